"""Unavailable is not removed: songs that a playlist still has though Spotify no longer offers them.

Spotify then leaves an entry without its song, with the time at which it was added. The rule: such an entry belongs to
a missing song if it was added at the same moment and is between the songs that were next to the missing one; as long
as it is there, the song counts as kept. If that fits more songs than entries, or fewer, nothing is guessed: the songs
count as removed.
"""

import polars as pl

from spotify_assets.transform.insights.charts import PLAYLIST_SONG, Charts

ADDED = ["playlist_id", "added_at"]
BELOW_ALL = 2**62
GAP = [*ADDED, "above", "below"]


def unavailable_songs(charts: Charts, before: pl.DataFrame) -> pl.DataFrame:
    """Songs of the memory before the day whose playlists have them as entries without a song: playlist_id, song_id."""
    is_missing = pl.col("position").is_null() & pl.col("added_at").is_not_null()
    was_there = pl.col("last_seen") == pl.col("last_capture")
    remembered = (
        before.join(charts.places.select(*PLAYLIST_SONG, "position"), on=PLAYLIST_SONG, how="left")
        .join(charts.playlists.select("playlist_id"), on="playlist_id", how="semi")
        .filter(was_there | is_kept_unavailable())
    )
    empty = charts.entries_without_song
    missing = _between_neighbours(remembered.filter(was_there)).filter(is_missing)
    places = empty.join(missing.select(GAP).unique(), on=ADDED).filter(
        pl.col("position").is_between("above", "below", closed="none")
    )
    new = _as_many(missing, places, GAP)
    kept = remembered.filter(~was_there & is_missing)
    still = _as_many(kept, empty, ADDED, at_least=True)
    return pl.concat([new.select(PLAYLIST_SONG), still.select(PLAYLIST_SONG)])


def is_kept_unavailable() -> pl.Expr:
    """Whether the song's playlist still had it on its last capture, as an entry without a song."""
    was_there = pl.col("last_seen") == pl.col("last_capture")
    return ~was_there & (pl.col("is_available") == pl.lit(value=False)).fill_null(value=False)


def _between_neighbours(songs: pl.DataFrame) -> pl.DataFrame:
    """The songs, with today's positions of the nearest songs above and below that are still there."""
    return songs.sort("playlist_id", "last_position").with_columns(
        above=pl.col("position").forward_fill().over("playlist_id").fill_null(0),
        below=pl.col("position").backward_fill().over("playlist_id").fill_null(BELOW_ALL),
    )


def _as_many(songs: pl.DataFrame, entries: pl.DataFrame, key: list[str], *, at_least: bool = False) -> pl.DataFrame:
    """The songs whose key has as many entries as songs, or at least as many."""
    counted = entries.group_by(key).agg(entries=pl.len())
    enough = pl.col("entries") >= pl.col("songs") if at_least else pl.col("entries") == pl.col("songs")
    return songs.with_columns(songs=pl.len().over(key)).join(counted, on=key).filter(enough)
