"""From records to rows: types cells, identifies charts and days, resolves positions, and reports every loss."""

from collections.abc import Iterator
from datetime import date

import polars as pl

from spotify_assets.charts.cells import NOT_THERE, SONG_LINK, TEXT, Kind
from spotify_assets.charts.chart_file import COLUMNS, ChartDay, ChartFile, PlaylistFacts, Problem, bounded
from spotify_assets.charts.errors import UnreadableChart
from spotify_assets.charts.format import Format
from spotify_assets.charts.identity import Chart, playlist_of
from spotify_assets.charts.places import settle_places
from spotify_assets.charts.source import Source, Told

# Without one of these there is no row.
REQUIRED = ("chart_type", "region", "snapshot_date", "position", "song_id")
ODD = "odd: "
OTHER_URIS = {"spotify:local:": "a local file", "spotify:episode:": "an episode"}
ORDER = ("snapshot_date", "chart_id", "position", "line")


def chart_file(source: Source, format: Format, told: Told) -> ChartFile:  # noqa: A002  the word of the field
    """The chart file in some records.

    Raises:
        UnreadableChart: their chart, playlist or day is unknown, or all are of another day.
    """
    named, playlist = _named(source, format, told)
    problems = list(source.problems)
    rows = _typed(source, format)
    rows, found = _without_odd(rows, source, format)
    problems += found
    rows = _with_places(rows, problems) if format.is_playlist else rows
    rows = rows.with_columns(_literals(named)) if len(named) == 1 and format.region_column is None else rows
    rows = _complete(format.finish(rows))
    if format.region_column is not None:
        rows, found = _without_others(rows, source, told)
        problems += found
    if not format.is_playlist:
        rows, found, gaps = settle_places(rows, source.line_text)
        problems += found
    else:
        gaps = []
    rows = rows.sort(ORDER)
    problems.sort(key=lambda problem: problem.line)
    return ChartFile(format.name, rows, _chart_days(rows, named), problems, [*source.oddities, *gaps], playlist)


def _named(source: Source, format: Format, told: Told) -> tuple[list[tuple[Chart, date]], PlaylistFacts | None]:  # noqa: A002
    """Charts and days that apply to the whole file, and its playlist."""
    if format.is_playlist:
        playlist_id = source.playlist.playlist_id if source.playlist else told.playlist_id
        if playlist_id is None:
            raise UnreadableChart("its playlist is unknown: state its id", missing="playlist")
        return [(playlist_of(playlist_id), told.required_day())], source.playlist or PlaylistFacts(playlist_id)
    if source.charts or format.region_column is not None:
        return list(source.charts), None
    chart, day = told.chart_and_day()
    for column, recurrence in format.recurrences.items():
        if column in source.frame.columns and recurrence != chart.recurrence:
            raise UnreadableChart(
                f"its name says {chart.chart_id}, but its column '{column}' means that it is {recurrence}"
            )
    return [(chart, day)], None


def _typed(source: Source, format: Format) -> pl.DataFrame:  # noqa: A002
    """Typed cells, and for each whether it held a value of the wrong kind."""
    frame = source.frame
    texts = {name: text.str.strip_chars() for name, text in _columns(frame) if frame.schema[name] == pl.String}
    frame = frame.with_columns(pl.when(text != "").then(text).alias(name) for name, text in texts.items())
    typed: list[pl.Expr] = []
    for name, cell in format.cells.items():
        column = cell.column.casefold()
        if column not in frame.columns:
            typed.append(cell.kind.read(pl.lit(None, pl.String)).alias(name))
            continue
        value = cell.kind.read(pl.col(column))
        typed.append(value.alias(name))
        if cell.kind is not TEXT:
            typed.append((value.is_null() & pl.col(column).is_not_null()).alias(f"{ODD}{name}"))
        if cell.kind is not TEXT and frame.schema[column] == pl.String:
            typed.append(pl.col(column).alias(f"{ODD}{name} as told"))
    return frame.select("line", *typed)


def _columns(frame: pl.DataFrame) -> Iterator[tuple[str, pl.Expr]]:
    return ((name, pl.col(name)) for name in frame.columns)


def _without_odd(rows: pl.DataFrame, source: Source, format: Format) -> tuple[pl.DataFrame, list[Problem]]:  # noqa: A002
    """Readable rows without their odd values, and the problems."""
    required = [name for name in REQUIRED if name in format.cells]
    odd = [name for name in format.cells if f"{ODD}{name}" in rows.columns]
    is_lost = pl.any_horizontal(pl.col(name).is_null() for name in required) if required else pl.lit(False)
    is_odd = pl.any_horizontal(is_lost, *(pl.col(f"{ODD}{name}") for name in odd))
    problems: list[Problem] = []
    for row in rows.filter(is_odd).iter_rows(named=True):
        lost = [name for name in required if row[name] is None]
        for name in lost[:1] or [name for name in odd if row[f"{ODD}{name}"]]:
            cell = format.cells[name]
            reason = _reason(cell.column, cell.kind, row.get(f"{ODD}{name} as told"))
            column = None if lost else cell.column
            problems.append(Problem(row["line"], reason, source.line_text(row["line"]), column))
    kept = rows.filter(~is_lost) if required else rows
    return kept.select("line", *format.cells), problems


def _reason(column: str, kind: Kind, value: str | None) -> str:
    if value is None:
        return f"its '{column}' is missing"
    for start, what in OTHER_URIS.items():
        if kind is SONG_LINK and value.startswith(start):
            return f"{what}, not a song on Spotify"
    return f"its '{column}' is {bounded(value, 60)!r}, expected {kind.expected}"


def _with_places(rows: pl.DataFrame, problems: list[Problem]) -> pl.DataFrame:
    """Entries of a playlist with their positions, counting unreadable ones, and their types."""
    lost = pl.Series("line", [problem.line for problem in problems if problem.column is None], pl.Int64)
    places = pl.concat([rows["line"], lost]).unique().sort().to_frame().with_row_index("position", offset=1)
    uri = pl.col("uri").fill_null("")
    song = SONG_LINK.read(uri)
    entry_type = (
        pl.when(song.is_not_null())
        .then(pl.lit("track"))
        .when(uri.str.starts_with("spotify:local:"))
        .then(pl.lit("local"))
        .when(uri.str.contains(r"^spotify:episode:|open\.spotify\.com/(?:intl-[a-z-]+/)?episode/"))
        .then(pl.lit("episode"))
        .otherwise(pl.lit("unavailable"))
    )
    return rows.join(places, on="line").with_columns(song_id=song, entry_type=entry_type)


def _literals(named: list[tuple[Chart, date]]) -> list[pl.Expr]:
    ((chart, day),) = named
    return [
        pl.lit(chart.chart_id).alias("chart_id"),
        pl.lit(chart.chart_type).alias("chart_type"),
        pl.lit(chart.recurrence, pl.String).alias("recurrence"),
        pl.lit(chart.region, pl.String).alias("region"),
        pl.lit(day).alias("snapshot_date"),
    ]


def _complete(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with all columns, null if unknown."""
    if "entry_type" not in rows.columns:
        rows = rows.with_columns(entry_type=pl.lit("track"))
    if "previous_position" in rows.columns:
        previous = pl.col("previous_position")
        rows = rows.with_columns(
            previous_position=pl.when(previous != NOT_THERE).then(previous), is_previous_told=previous.is_not_null()
        )
    elif "is_previous_told" not in rows.columns:
        rows = rows.with_columns(is_previous_told=pl.lit(False))
    return rows.select(
        (pl.col(name) if name in rows.columns else pl.lit(None)).cast(kind).alias(name)
        for name, kind in COLUMNS.items()
    )


def _without_others(rows: pl.DataFrame, source: Source, told: Told) -> tuple[pl.DataFrame, list[Problem]]:
    """Rows of the chart and day stated from outside, if any."""
    is_other = pl.lit(False)
    if told.day is not None:
        is_other |= pl.col("snapshot_date") != told.day
    if told.chart is not None:
        is_other |= pl.col("chart_id") != told.chart.chart_id
    others = rows.filter(is_other)
    said = " of ".join(str(each) for each in (told.chart.chart_id if told.chart else None, told.day) if each)
    if others.height == rows.height > 0:
        row = others.row(0, named=True)
        raise UnreadableChart(
            f"none of its rows is of {said}, as its name or option says; the first is {row['chart_id']} of "
            f"{row['snapshot_date']}: one of the two is wrong"
        )
    problems = [
        Problem(line, f"it is {chart} of {day}, but the file should be {said}", source.line_text(line))
        for line, chart, day in others.select("line", "chart_id", "snapshot_date").iter_rows()
    ]
    return rows.filter(~is_other), problems


def _chart_days(rows: pl.DataFrame, named: list[tuple[Chart, date]]) -> tuple[ChartDay, ...]:
    """Charts and days of a file in order, including those without rows."""
    keys = ("chart_id", "chart_type", "recurrence", "region", "snapshot_date")
    counted: dict[tuple[date, str], ChartDay] = {(day, chart.chart_id): ChartDay(chart, day, 0) for chart, day in named}
    for chart_id, chart_type, recurrence, region, day, count in rows.group_by(keys).len().iter_rows():
        counted[day, chart_id] = ChartDay(Chart(chart_id, chart_type, recurrence, region), day, count)
    return tuple(counted[key] for key in sorted(counted))
