"""Impossible values of the right type: a number beyond its column's range is null, and reported as an odd cell.

So a song or a playlist is not lost to one of its numbers, and the rest of its row does not depend on it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from spotify_assets.schemas.base import BASE
from spotify_assets.transform.cells import EXAMPLES, OddCell

# Columns of each kind of observation that a table limits, and where they are in a document.
OF_SONGS = {
    "duration_ms": ("songs", "items[].track.duration_ms"),
    "popularity": ("songs", "items[].track.popularity"),
    "disc_number": ("songs", "items[].track.disc_number"),
    "track_number": ("songs", "items[].track.track_number"),
    "total_tracks": ("albums", "items[].track.album.total_tracks"),
}
OF_PLAYLISTS = {"followers": ("playlists", "followers.total")}
OF_PROFILES = {"followers": ("artists", "artists[].followers.total"), "popularity": ("artists", "artists[].popularity")}

Columns = Mapping[str, tuple[str, str]]


def in_range(frame: pl.DataFrame, columns: Columns) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    """A frame with null for numbers beyond their range, and by column the rows with such numbers."""
    beyond = {name: _is_beyond(name, table) for name, (table, _) in columns.items()}
    odd = {name: frame.filter(is_beyond) for name, is_beyond in beyond.items()}
    odd = {name: rows for name, rows in odd.items() if not rows.is_empty()}
    return frame.with_columns(pl.when(~beyond[name]).then(name) for name in odd), odd


def odd_songs(
    playlists: pl.DataFrame, entries: pl.DataFrame, songs: pl.DataFrame, odd: Mapping[str, pl.DataFrame]
) -> Iterator[OddCell]:
    """The cells of entries whose song has a number beyond its range, or no id and is no local file."""
    wanted = {name: (*OF_SONGS[name][1:], _range(name, OF_SONGS[name][0]), "a number beyond it") for name in odd}
    is_nameless = pl.col("song_id").is_null() & ~pl.col("is_local").fill_null(value=False)
    nameless = songs.filter(is_nameless & (pl.col("type") != "episode").fill_null(value=True))
    found = {**odd, "song_id": nameless.drop("is_local")}
    wanted["song_id"] = ("items[].track.id", "text", "null, so the entry is unavailable")
    for name, rows in found.items():
        if rows.is_empty():
            continue
        places = entries.join(rows.select("song_index"), on="song_index").sort("position")
        if name == "song_id":
            places = places.filter(~pl.col("is_lost") & ~pl.col("is_local").fill_null(value=False))
        counted = places.group_by("snapshot_index").agg(count=pl.len(), first=pl.col("position").head(EXAMPLES))
        named = counted.join(playlists.select("snapshot_index", "raw_object", "playlist_id"), on="snapshot_index")
        path, expected, kind = wanted[name]
        for row in named.sort("snapshot_index").iter_rows(named=True):
            first = tuple(path.replace("[]", f"[{position - 1}]", 1) for position in row["first"])
            yield OddCell(row["raw_object"], row["playlist_id"], path, expected, kind, row["count"], first)


def odd_rows(odd: Mapping[str, pl.DataFrame], columns: Columns) -> Iterator[OddCell]:
    """The cells of playlists or profiles with a number beyond its range."""
    for name, rows in odd.items():
        table, path = columns[name]
        identified = rows.select("raw_object", playlist_id="playlist_id" if "playlist_id" in rows else pl.lit(None))
        for (raw_object, playlist_id), group in identified.group_by(["raw_object", "playlist_id"], maintain_order=True):
            told = (path,) if playlist_id is not None else ()
            yield OddCell(
                str(raw_object),
                None if playlist_id is None else str(playlist_id),
                path,
                _range(name, table),
                "a number beyond it",
                group.height,
                told,
            )


def _is_beyond(name: str, table: str) -> pl.Expr:
    column: Any = BASE.tables[table].schema.columns()[name]
    most = pl.col(name) > column.max if column.max is not None else pl.lit(value=False)
    return ((pl.col(name) < column.min) | most).fill_null(value=False)


def _range(name: str, table: str) -> str:
    column: Any = BASE.tables[table].schema.columns()[name]
    return f"a number from {column.min}" if column.max is None else f"a number from {column.min} to {column.max:,}"
