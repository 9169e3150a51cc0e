"""Song objects to columns: a row for each, as in `observed_columns.py`."""

from collections.abc import Iterable, Iterator
from itertools import accumulate, chain, islice
from typing import Any

import polars as pl
import pyarrow as pa

from spotify_assets.spotify.payloads import Track
from spotify_assets.transform.observed_columns import SONG_COLUMNS

# Songs held as Python objects before they become a frame.
SONGS_PER_FRAME = 2_000


def song_frames(tracks: Iterable[tuple[int, Track]]) -> Iterator[pl.DataFrame]:
    """Frames of some songs each, with their given numbers; the first one is empty."""
    yield pl.DataFrame(schema=SONG_COLUMNS)  # a day may have none
    numbered = iter(tracks)
    while rows := [_song_row(index, track) for index, track in islice(numbered, SONGS_PER_FRAME)]:
        columns: dict[str, Any] = dict(zip(SONG_COLUMNS, zip(*rows, strict=True), strict=True))
        lists = {name: _list_column(columns[name]) for name, kind in SONG_COLUMNS.items() if isinstance(kind, pl.List)}
        yield pl.DataFrame(columns | lists, schema=SONG_COLUMNS)


def _list_column(rows: tuple[tuple[str | None, ...], ...]) -> pl.Series:
    """A column of lists, laid out flat and then cut: Polars would create a separate series for each list.

    Not `pyarrow.array(rows)`, which imports pandas if that is installed.
    """
    offsets = pl.Series([0, *accumulate(map(len, rows))], dtype=pl.Int64)
    flat = pl.Series(list(chain.from_iterable(rows)), dtype=pl.String)
    return pl.Series(pa.LargeListArray.from_arrays(offsets.to_arrow(), flat.to_arrow()))


def _song_row(index: int, track: Track) -> tuple[object, ...]:
    album = track.album
    credited = [artist for artist in track.artists or () if artist is not None]
    text = None
    if track.id is not None and credited and not any(artist.id for artist in credited):
        # Only named, as on a chart.
        text = ", ".join(artist.name for artist in credited if artist.name) or None
        credited = []
    return (
        index,
        track.id,
        track.name,
        track.uri,
        track.type,
        track.is_local,
        track.duration_ms,
        track.explicit,
        track.popularity,
        track.disc_number,
        track.track_number,
        track.external_ids.isrc if track.external_ids else None,
        track.is_playable,
        track.linked_from.id if track.linked_from else None,
        album.id if album else None,
        album.name if album else None,
        album.album_type if album else None,
        album.release_date if album else None,
        album.release_date_precision if album else None,
        album.total_tracks if album else None,
        album.images[0].url if album and album.images else None,
        tuple([artist.id for artist in credited]),
        tuple([artist.name for artist in credited]),
        text,
        None,
        False,
    )
