"""The memory of playlists: the history of each song that was ever on one, stored as each day's changes.

`playlist_songs` has the rows that each day changed. The memory after a day is the last row of each song up to it,
without ids that were relinked to another one; what is true of an entire playlist is the same in all its rows.
"""

import polars as pl

from spotify_assets.transform.insights.charts import PLAYLIST_SONG, SERIES_REGION

# The table whose rows of all prior days are the memory before a day.
MEMORY = "playlist_songs"
# Columns that are the same in all rows of a playlist, so a change needs no new row per song.
OF_PLAYLIST = ["last_capture", *SERIES_REGION, "region_since"]


def memory_after(memory: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The memory after some days, from the memory before them and their rows of `playlist_songs`.

    Each row has the `snapshot_date` of its last change.
    """
    newest = rows.sort("snapshot_date").unique(PLAYLIST_SONG, keep="last")
    playlists = rows.sort("snapshot_date").unique("playlist_id", keep="last").select("playlist_id", *OF_PLAYLIST)
    known = pl.concat(
        [memory.join(newest, on=PLAYLIST_SONG, how="anti"), newest.filter(pl.col("continued_as").is_null())]
    )
    return known.update(playlists, on="playlist_id").select(memory.columns).sort(PLAYLIST_SONG)


def rows_of_the_day(memory: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """A day's rows, from the entire memory after it and the memory before it under the day's ids.

    A song has a row if it was on the playlist on this day or on the capture before, or Spotify has ceased to offer
    it. A relinked id has a last row, as it was, which names the new id.
    """
    captured = pl.col("last_capture") == pl.col("snapshot_date")
    is_first = pl.col("song_id") == pl.col("song_id").min().over("playlist_id")
    was = before.select(
        *PLAYLIST_SONG, was_available="is_available", was_here=pl.col("last_seen") == pl.col("last_capture")
    )
    is_here = pl.col("last_seen") == pl.col("snapshot_date")
    has_changed = is_here | pl.col("was_here") | pl.col("is_available").ne_missing(pl.col("was_available"))
    # A playlist that is empty, as before, was captured nevertheless: one song's row records it.
    is_silent = ~pl.col("has_changed").any().over("playlist_id") & is_first
    told = (
        memory.filter(captured)
        .join(was, on=PLAYLIST_SONG, how="left")
        .with_columns(has_changed=has_changed, continued_as=pl.lit(None, pl.String))
        .filter(pl.col("has_changed") | is_silent)
    )
    columns = [*memory.columns, "continued_as"]
    return pl.concat([told.select(columns), _continued(memory, before).select(columns)])


def _continued(memory: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """A last row for each relinked id."""
    now = memory.select(*PLAYLIST_SONG, "snapshot_date", *OF_PLAYLIST)
    return (
        before.filter(pl.col("relinked_from").is_not_null())
        .drop("snapshot_date", *OF_PLAYLIST)
        .join(now, on=PLAYLIST_SONG)
        .with_columns(continued_as="song_id", song_id="relinked_from", is_available=pl.lit(None, pl.Boolean))
    )
