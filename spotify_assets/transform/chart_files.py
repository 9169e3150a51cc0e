"""Chart files among a day's raw objects: which objects are chart files, and their rows as observations.

A chart is treated as a playlist: a capture with entries at its places. What the chart says of a place (streams, the
previous place, the label) is kept next to the entry. Places without a line keep their number, without a song.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import polars as pl

from spotify_assets.charts.chart_file import ChartDay, ChartFile, Problem
from spotify_assets.charts.encoding import encoding_of
from spotify_assets.charts.errors import UnreadableChart
from spotify_assets.charts.imported_object import Provenance, file_line
from spotify_assets.charts.recognition import HEAD_BYTES, Recognised, read, recognise, recognise_document
from spotify_assets.charts.text import start_of
from spotify_assets.transform.containers import File, UnreadableObject
from spotify_assets.transform.foreign_kinds import kind_of

# Columns that a chart gives for its places, by their names in `playlist_items`.
TOLD_COLUMNS: dict[str, pl.DataType] = {
    "label": pl.String(),
    "streams": pl.Int64(),
    "previous_rank": pl.Int64(),
    "was_on_previous_chart": pl.Boolean(),
    "peak_rank": pl.Int64(),
    "periods_on_chart": pl.Int64(),
}
# A place beyond this many times the lines of its chart is a mistake, not that many gaps.
MOST_GAPS, FEW_GAPS = 2, 50


@dataclass(frozen=True)
class ChartSnapshot:
    """A chart file that is a raw object, or in one: its content, its name for sentences, and its origin.

    `header_line` is the line of the object (1-based) that the header ends in; 0 for a document.
    """

    file: ChartFile
    name: str
    fetched_at: datetime
    source: str
    provenance: Provenance | None
    header_line: int


def chart_in(
    file: File, key: str, day: date, provenance: Provenance | None, landed_at: datetime
) -> ChartSnapshot | None:
    """A file of a raw object of that day as charts; None if it has no charts. `key` names it.

    Raises:
        UnreadableObject: it is refused, or no chart of the day can be read from it.
    """
    name = key if provenance is None else provenance.file
    try:
        found = _recognised(name, file.data)
        if found is None:
            return None
        told = provenance or Provenance("", "", "")
        tells_its_days = found.format.day_column is not None and provenance is None
        chart_file = read(
            name,
            file.data,
            day=None if tells_its_days else day,
            chart_id=told.chart_id,
            playlist_id=told.playlist_id,
        )
    except UnreadableChart as error:
        raise UnreadableObject(str(error)) from error
    _require_the_day(chart_file, day)
    fetched_at = landed_at if provenance is None else datetime.fromisoformat(provenance.imported_at).astimezone(UTC)
    return ChartSnapshot(
        chart_file,
        name,
        fetched_at,
        "foreign" if provenance is None else "import",
        provenance,
        found.header.line if found.header else 0,
    )


def _recognised(name: str, data: bytes) -> Recognised | None:
    head = data[:HEAD_BYTES]
    start = start_of(head).lstrip()
    if start.startswith(("{", "[")):
        return recognise_document(start)
    # Binary files are reported in the words of raw objects, as is a web page that does not say it is a CSV.
    is_other = kind_of(data[encoding_of(head)[0] :]) is not None
    return None if is_other and not name.lower().endswith(".csv") else recognise(name, head)


def _require_the_day(chart_file: ChartFile, day: date) -> None:
    days = sorted({chart.day for chart in chart_file.charts})
    if len(days) > 1:
        raise UnreadableObject(
            f"a file of {len(days):,} days, {days[0]} to {days[-1]}, filed under {day}: `spotify-assets import` files "
            "each under its own day"
        )
    if days and days != [day]:
        raise UnreadableObject(f"it is of {days[0]}, and filed under {day}: land it under its own day")
    if not days and chart_file.problems:
        first = chart_file.problems[0]
        raise UnreadableObject(f"none of its lines can be read; line {first.line:,}: {first.reason}")


@dataclass(frozen=True)
class ChartRows:
    """Rows of a chart file as observations, without the day's numbers of songs and captures.

    `entries` have `chart`, which counts the file's charts from 0, and `song`, which counts its `songs`; null for none.
    `told` has `chart` and `position` in addition to `TOLD_COLUMNS`, only for places with any of these.
    """

    charts: list[ChartDay]
    entries: pl.DataFrame
    songs: pl.DataFrame
    told: pl.DataFrame
    problems: list[Problem]


def rows_of(snapshot: ChartSnapshot) -> ChartRows:
    """The charts of a file that have entries, their entries with all places, and their distinct songs."""
    charts = [chart for chart in snapshot.file.charts if chart.rows]
    numbers = pl.DataFrame(
        {"chart_id": [chart.chart.chart_id for chart in charts], "chart": range(len(charts))},
        schema={"chart_id": pl.String, "chart": pl.Int64},
    )
    rows = snapshot.file.rows.join(numbers, on="chart_id", maintain_order="left")
    far = rows.filter(pl.col("position") > MOST_GAPS * pl.len().over("chart") + FEW_GAPS)
    problems = [*snapshot.file.problems, *map(_beyond, far.select("line", "position", "chart_id").iter_rows())]
    if not far.is_empty():
        rows = rows.join(far.select("line"), on="line", how="anti", maintain_order="left")
    is_named = pl.col("entry_type") != "unavailable"
    identity = ("entry_type", "song_id", "title", "artist_names", "artist_ids", "release_date", "album_id")
    songs = _songs(rows.filter(is_named).unique(identity, keep="first", maintain_order=True).with_row_index("song"))
    keyed = rows.join(songs.select("song", *identity), on=identity, how="left", nulls_equal=True, maintain_order="left")
    entries = _with_gaps(keyed.select("chart", "position", "song", "added_at", is_lost=pl.lit(value=False)))
    told = rows.select(
        "chart",
        "position",
        "label",
        "streams",
        previous_rank="previous_position",
        was_on_previous_chart=pl.when("is_previous_told").then(pl.col("previous_position").is_not_null()),
        peak_rank="peak_position",
        periods_on_chart="periods_on_chart",
    )
    told = told.filter(pl.any_horizontal(pl.col(*TOLD_COLUMNS).is_not_null()))
    return ChartRows(charts, entries, songs, told, problems)


def problem_rows(snapshot: ChartSnapshot, problems: list[Problem]) -> list[dict[str, object]]:
    """Unreadable lines and cells for `rejected_rows`: line of the file (1-based), reason, text, column of a cell."""
    provenance = snapshot.provenance
    return [
        {
            "file": snapshot.name,
            "line": file_line(provenance, problem.line, snapshot.header_line) if provenance else problem.line,
            "reason": problem.reason,
            "text": problem.text,
            "column": problem.column,
        }
        for problem in problems
    ]


def _beyond(row: tuple[int, int, str]) -> Problem:
    line, position, chart_id = row
    return Problem(line, f"its rank is {position:,}, far beyond the other places of {chart_id}", "")


def _songs(rows: pl.DataFrame) -> pl.DataFrame:
    """Song objects as in other observations, each with the columns that identify it in the file."""
    ids = pl.col("artist_ids").fill_null([])
    has_ids = ids.list.len() > 0
    as_many = has_ids & (pl.col("artist_name_list").list.len() == ids.list.len())
    unnamed = pl.lit(None, pl.String).repeat_by(ids.list.len())
    return rows.with_columns(
        song_artist_ids=ids,
        song_artist_names=pl.when(as_many).then("artist_name_list").otherwise(unnamed),
        artists_text=pl.when(~has_ids).then("artist_names"),
        uri=pl.when(pl.col("song_id").is_not_null()).then(pl.format("spotify:track:{}", "song_id")),
        type=pl.when(pl.col("entry_type") == "episode").then(pl.lit("episode")).otherwise(pl.lit("track")),
        is_local=pl.col("entry_type") == "local",
    )


def _with_gaps(entries: pl.DataFrame) -> pl.DataFrame:
    """Entries for each place up to the last one of their chart; those without a line are lost."""
    places = (
        entries.group_by("chart", maintain_order=True)
        .agg(position=pl.int_range(1, pl.col("position").max() + 1, dtype=pl.Int64))
        .explode("position")
    )
    if places.height == entries.height:
        return entries
    return places.join(entries, on=["chart", "position"], how="left", maintain_order="left").with_columns(
        pl.col("is_lost").fill_null(value=True)
    )
