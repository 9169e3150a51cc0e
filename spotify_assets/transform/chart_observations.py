"""Chart files as observations: their captures, entries and songs, numbered after all others of the day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from spotify_assets.charts.chart_file import ChartDay, PlaylistFacts
from spotify_assets.transform.chart_files import (
    ChartRows,
    ChartSnapshot,
    problem_rows,
    rows_of,
)
from spotify_assets.transform.observed_columns import (
    ENTRY_COLUMNS,
    IMPORT_COLUMNS,
    PLAYLIST_COLUMNS,
    PROBLEM_COLUMNS,
    SONG_COLUMNS,
    TOLD,
)

# Columns of a song that have another name in a chart file.
OF_SONGS = {
    "name": "title",
    "artist_ids": "song_artist_ids",
    "artist_names": "song_artist_names",
    "told_release_date": "release_date",
}
TAKEN = ("song_id", "uri", "type", "is_local", "duration_ms", "is_explicit", "popularity", "album_id", "album_name")


@dataclass(frozen=True)
class ChartFrames:
    """All chart files of a day, in the columns of `observed_columns.py`."""

    playlists: pl.DataFrame
    entries: pl.DataFrame
    songs: pl.DataFrame
    told: pl.DataFrame
    problems: pl.DataFrame
    imports: pl.DataFrame


@dataclass
class ChartFiles:
    """Chart files, read one after the other."""

    _files: list[tuple[str, ChartSnapshot, ChartRows]] = field(default_factory=list)

    def add(self, raw_object: str, snapshot: ChartSnapshot) -> None:
        """Adds a file that is this raw object, or in it."""
        self._files.append((raw_object, snapshot, rows_of(snapshot)))

    def frames(self, captures: int, songs: int) -> ChartFrames:
        """All of them as frames; that many captures and songs are already numbered."""
        frames: dict[str, list[pl.DataFrame]] = {name: [] for name in ("entries", "songs", "told")}
        playlists: list[dict[str, object]] = []
        problems: list[dict[str, object]] = []
        imports: list[dict[str, object]] = []
        for raw_object, snapshot, rows in self._files:
            capture = pl.col("chart") + captures
            song = pl.col("song").cast(pl.Int64) + songs
            frames["entries"].append(
                _shaped(rows.entries.with_columns(snapshot_index=capture, song_index=song), ENTRY_COLUMNS)
            )
            renamed = {name: pl.col(told) for name, told in OF_SONGS.items()}
            frames["songs"].append(
                _shaped(
                    rows.songs.select(
                        *TAKEN, "artists_text", song_index=song, is_completed=pl.lit(value=False), **renamed
                    ),
                    SONG_COLUMNS,
                )
            )
            frames["told"].append(_shaped(rows.told.with_columns(snapshot_index=capture), TOLD))
            entries = dict(rows.entries.group_by("chart").len().iter_rows())
            playlists += [
                _playlist(raw_object, snapshot, chart)
                | {"snapshot_index": captures + number, "entries": entries.get(number, 0)}
                for number, chart in enumerate(rows.charts)
            ]
            if rows.charts:
                of_file = {"snapshot_index": captures, "raw_object": raw_object}
                problems += [of_file | row for row in problem_rows(snapshot, rows.problems)]
                imports += [of_file | row for row in _imports(snapshot, rows)]
            captures += len(rows.charts)
            songs += rows.songs.height
        return ChartFrames(
            playlists=_frame(playlists, PLAYLIST_COLUMNS),
            entries=pl.concat([pl.DataFrame(schema=ENTRY_COLUMNS), *frames["entries"]]),
            songs=pl.concat([pl.DataFrame(schema=SONG_COLUMNS), *frames["songs"]]),
            told=pl.concat([pl.DataFrame(schema=TOLD), *frames["told"]]),
            problems=_frame(problems, PROBLEM_COLUMNS),
            imports=_frame(imports, IMPORT_COLUMNS),
        )


def _playlist(raw_object: str, snapshot: ChartSnapshot, chart: ChartDay) -> dict[str, object]:
    told = snapshot.file.playlist or PlaylistFacts(chart.chart.chart_id, name=chart.chart.chart_id)
    return {
        "raw_object": raw_object,
        "playlist_id": chart.chart.chart_id,
        "name": told.name,
        "description": told.description,
        "owner_id": told.owner_id,
        "owner_name": told.owner_name,
        "region": chart.chart.region,
        "tags": [],
        "followers": told.followers,
        "version_id": told.version_id,
        "fetched_at": snapshot.fetched_at,
        "source": snapshot.source,
        "missing": 0,
        "doubt": "; ".join(snapshot.file.oddities) or None,
        "chart_type": chart.chart.chart_type,
        "recurrence": chart.chart.recurrence,
    }


def _imports(snapshot: ChartSnapshot, rows: ChartRows) -> list[dict[str, object]]:
    provenance = snapshot.provenance
    if provenance is None:
        return []
    return [
        {
            "file": provenance.file,
            "sha256": provenance.sha256,
            "format": snapshot.file.format,
            "origin": provenance.origin,
            "licence": provenance.licence,
            "imported_at": snapshot.fetched_at,
            "charts": len(rows.charts),
            "rows_read": snapshot.file.rows.height,
            "lines_not_read": sum(problem.column is None for problem in rows.problems),
        }
    ]


def _shaped(frame: pl.DataFrame, columns: Mapping[str, Any]) -> pl.DataFrame:
    """The columns in their order and types, null if the frame does not have them."""
    schema = pl.Schema(columns)
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in schema.items()
    )


def _frame(rows: list[dict[str, object]], columns: Mapping[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=pl.Schema(columns), orient="row")
