"""`charts_songs_daily.csv` of the data set "Spotify charts (daily updated)": daily charts of 73 markets from 2017 on.

Some 11 GB, sorted by country, so that a day is spread over the entire file. Lists are joined by a vertical bar; names
and release dates may be missing. A name with a vertical bar yields more names than ids: then the ids count, and the
names are text. The charts are the regional ones of charts.spotify.com, with the same ids.
"""

import polars as pl

from spotify_assets.charts.cells import (
    ARTIST_URIS,
    COUNT,
    COUNTRY,
    DAY,
    PERIODS,
    PREVIOUS_RANK,
    RANK,
    SONG_LINK,
    TEXT,
    Cell,
    joined_by,
)
from spotify_assets.charts.format import Format


def _finish(frame: pl.DataFrame) -> pl.DataFrame:
    is_whole = pl.col("artist_name_list").list.len() == pl.col("artist_ids").list.len()
    return frame.with_columns(
        chart_type=pl.lit("regional"),
        recurrence=pl.lit("daily"),
        chart_id=pl.format("regional-{}-daily", "region"),
        artist_name_list=pl.when(is_whole).then("artist_name_list"),
    )


FORMAT = Format(
    name="data set charts_songs_daily.csv",
    needed=("date", "country", "rank", "uri"),
    unused=("consecutive_days", "entry_rank", "entry_date"),
    cells={
        "snapshot_date": Cell("date", DAY),
        "region": Cell("country", COUNTRY),
        "position": Cell("rank", RANK),
        "song_id": Cell("uri", SONG_LINK),
        "artist_names": Cell("artist_names", TEXT),
        "artist_name_list": Cell("artist_names", joined_by("|")),
        "artist_ids": Cell("artist_uris", ARTIST_URIS),
        "title": Cell("track_name", TEXT),
        "label": Cell("label", TEXT),
        "peak_position": Cell("peak_rank", RANK),
        "peak_date": Cell("peak_date", DAY),
        "previous_position": Cell("previous_rank", PREVIOUS_RANK),
        "periods_on_chart": Cell("days_on_chart", PERIODS),
        "streams": Cell("streams", COUNT),
        "entry_status": Cell("entry_status", TEXT),
        "release_date": Cell("release_date", TEXT),
    },
    finish=_finish,
)
