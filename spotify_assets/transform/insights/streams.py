"""Streams, if charts have them: how those of each song have changed."""

from datetime import date

import polars as pl

from spotify_assets.transform.insights.charts import PLAYLIST_SONG
from spotify_assets.transform.insights.windows import DAYS_OF_TOLERANCE, Window, with_texts

# Days back, and the column with the change since.
CHANGES = {1: "streams_change_day", 7: "streams_change_week"}


def with_stream_changes(songs: pl.DataFrame, earlier: Window, day: date) -> pl.DataFrame:
    """A day's song trends with changes in streams; `earlier` are those of the days before."""
    for back, column in CHANGES.items():
        then = earlier.on_days(day, back + DAYS_OF_TOLERANCE, back)
        is_last = pl.col("snapshot_date") == pl.col("snapshot_date").max().over("playlist_id")
        known = with_texts(then.filter(is_last).select(*PLAYLIST_SONG, streams_then="streams"))
        songs = (
            songs.join(known, on=PLAYLIST_SONG, how="left")
            .with_columns((pl.col("streams") - pl.col("streams_then")).alias(column))
            .drop("streams_then")
        )
    return songs
