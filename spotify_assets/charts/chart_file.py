"""The content of a chart file: rows, problems and oddities."""

from dataclasses import dataclass, field
from datetime import date

import polars as pl

from spotify_assets.charts.identity import Chart

# Columns of a row; those that a format lacks are null throughout.
COLUMNS: dict[str, pl.DataType] = {
    # 1-based: where the row begins in the file; in JSON, which entry of its list it is.
    "line": pl.Int64(),
    "chart_id": pl.String(),
    "chart_type": pl.String(),
    "recurrence": pl.String(),
    "region": pl.String(),
    # UTC; of a weekly chart the Thursday that ends it.
    "snapshot_date": pl.Date(),
    # 1 is the top.
    "position": pl.Int64(),
    # track; on playlists also episode, local and unavailable, which have no song_id.
    "entry_type": pl.String(),
    "song_id": pl.String(),
    "title": pl.String(),
    # As given, however the source joins them.
    "artist_names": pl.String(),
    # In order of credit, if given as lists; nothing is split at commas.
    "artist_name_list": pl.List(pl.String()),
    "artist_ids": pl.List(pl.String()),
    "label": pl.String(),
    "streams": pl.Int64(),
    # Null with is_previous_told: it was not on the previous chart. Null without: unknown.
    "previous_position": pl.Int64(),
    "is_previous_told": pl.Boolean(),
    "peak_position": pl.Int64(),
    "peak_date": pl.Date(),
    # Days on a daily chart, weeks on a weekly one.
    "periods_on_chart": pl.Int64(),
    # In the source's word, such as NEW_ENTRY.
    "entry_status": pl.String(),
    # As given: a year, a month or a day.
    "release_date": pl.String(),
    "album_id": pl.String(),
    "album_name": pl.String(),
    "duration_ms": pl.Int64(),
    "is_explicit": pl.Boolean(),
    # 0 to 100.
    "popularity": pl.Int64(),
    # UTC time at which it was added to the playlist.
    "added_at": pl.Datetime("us", "UTC"),
}
LONGEST_TEXT = 200


def bounded(text: str, length: int = LONGEST_TEXT) -> str:
    """Text of a file for a sentence, cut to `length` characters."""
    text = text.strip()
    return text if len(text) <= length else f"{text[: length - 1]}…"


@dataclass(frozen=True)
class Problem:
    """A rejected line, or, if a column is named, one of its cells that is null for that reason."""

    line: int
    reason: str
    text: str
    column: str | None = None


@dataclass(frozen=True)
class ChartDay:
    """A chart of a day in a file, and its rows; 0 if there was no chart that day."""

    chart: Chart
    day: date
    rows: int


@dataclass(frozen=True)
class PlaylistFacts:
    """A file's statements about a playlist itself."""

    playlist_id: str
    name: str | None = None
    description: str | None = None
    owner_id: str | None = None
    owner_name: str | None = None
    followers: int | None = None
    version_id: str | None = None


@dataclass(frozen=True)
class ChartFile:
    """A file, read: rows with `COLUMNS`, in order of day, chart and position."""

    format: str
    rows: pl.DataFrame
    charts: tuple[ChartDay, ...]
    # In order of line; rows and problems together are all lines of the file.
    problems: list[Problem] = field(default_factory=list[Problem])
    # Sentences about the file; they cost no rows.
    oddities: list[str] = field(default_factory=list[str])
    playlist: PlaylistFacts | None = None
