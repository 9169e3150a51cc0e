"""CSV files: their format, by the header, and their records by column."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from spotify_assets.charts.chart_file import bounded
from spotify_assets.charts.csv_records import Records, first_records, line_text, records_of
from spotify_assets.charts.errors import UnreadableChart
from spotify_assets.charts.format import Format
from spotify_assets.charts.source import Source
from spotify_assets.charts.text import Text

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
# Some files have a note above the header, or a line naming the separator.
LINES_ABOVE_A_HEADER = 3
# Fewer columns in common are no similarity.
LIKE_A_FORMAT = 2
OF_SPOTIFY = re.compile(r"spotify:track:|open\.spotify\.com/(?:intl-[a-z-]+/)?track/")
ARTIST_CHART, ALBUM_CHART = {"rank", "uri", "artist_name"}, {"rank", "uri", "album_name"}


@dataclass(frozen=True)
class Header:
    """The header of a file: its format, its columns as written, and its line (1-based)."""

    format: Format
    columns: tuple[str, ...]
    line: int
    delimiter: str

    @property
    def names(self) -> list[str]:
        """The columns, normalised for comparison."""
        return names_of(self.columns)


def names_of(cells: Sequence[str]) -> list[str]:
    """Column names without case and surrounding spaces."""
    return [cell.strip().casefold() for cell in cells]


def header_of(
    lines: list[str], formats: Sequence[Format], refuse: Callable[[set[str]], None] = lambda _: None
) -> Header | None:
    """The header of a file in lines; None if it is not a CSV. `refuse` raises for columns of files that are refused.

    Raises:
        UnreadableChart: a CSV of none of these formats; the message says what it lacks of the most similar one.
    """
    found = [candidate for delimiter in DELIMITERS for candidate in _candidates(lines, delimiter)]
    for line, cells, delimiter in found:
        names = set(names_of(cells))
        refuse(names)
        matching = [each for each in formats if {name.casefold() for name in each.needed} <= names]
        if matching and not (names >= ARTIST_CHART or (names >= ALBUM_CHART and "track_name" not in names)):
            best = max(matching, key=lambda each: len(each.known & names))
            _refuse_twice(best, names_of(cells))
            return Header(best, tuple(cells), line, delimiter)
    if found:
        raise UnreadableChart(_unknown(lines, found, formats))
    return None


def records_in(text: Text, header: Header) -> Source:
    """The records of a file below its header."""
    records = records_of(text, header.delimiter, len(header.columns), header.line)
    records = _without_headers(records, header)
    frame = pl.DataFrame(
        [
            pl.Series("line", records.lines, pl.Int64),
            *(
                pl.Series(name, column, pl.String)
                for name, column in zip(header.names, records.columns, strict=True)
                if name in header.format.known
            ),
        ]
    )
    oddities = [*text.oddities, *_odd_columns(header)]
    return Source(frame, lambda line: line_text(text, line), records.problems, oddities)


def _candidates(lines: list[str], delimiter: str) -> list[tuple[int, list[str], str]]:
    """Candidates for the header: the first records with more than one name."""
    records = first_records(lines, delimiter, LINES_ABOVE_A_HEADER)
    return [(line, cells, delimiter) for line, cells in records if sum(bool(cell.strip()) for cell in cells) > 1]


def _refuse_twice(best: Format, names: list[str]) -> None:
    twice = sorted({name for name in names if name in best.known and names.count(name) > 1})
    if twice:
        raise UnreadableChart(f"a {best.name} with two columns {twice[0]!r}: it is unknown which one counts")


def _without_headers(records: Records, header: Header) -> Records:
    """Records without repeated headers, as in concatenated files."""
    again = [
        place
        for place, first in enumerate(records.columns[0])
        if first == header.columns[0] and tuple(column[place] for column in records.columns) == header.columns
    ]
    if not again:
        return records
    if header.format.day_column is None:
        raise UnreadableChart(
            f"two files in one: the header is repeated in line {records.lines[again[0]]:,}, and the chart and day of "
            "each part are unknown: split them, each under its own name"
        )
    kept = sorted({*range(len(records.lines))}.difference(again))
    columns = [[column[place] for place in kept] for column in records.columns]
    return Records([records.lines[place] for place in kept], columns, records.problems)


def _odd_columns(header: Header) -> list[str]:
    names, known = set(header.names), header.format.known
    expected = {cell.column.casefold() for cell in header.format.cells.values()}
    missing = expected - names - {name.casefold() for name in header.format.optional}
    further = [
        bounded(column, 40) for column in header.columns if column.strip() and column.strip().casefold() not in known
    ]
    oddities: list[str] = []
    if header.delimiter != ",":
        oddities.append(f"{DELIMITERS[header.delimiter]} separate its columns, which is supported")
    if missing:
        oddities.append(f"without {_columns(sorted(missing))}, so these values are unknown")
    if further:
        oddities.append(f"with {_columns(further)}, which {'is' if len(further) == 1 else 'are'} unknown and ignored")
    return oddities


def _unknown(lines: list[str], found: list[tuple[int, list[str], str]], formats: Sequence[Format]) -> str:
    """The message about a header of no known format."""
    alike = max(found, key=lambda candidate: max(_likeness(candidate[1], each) for each in formats))
    is_alike = any(_likeness(alike[1], each) >= LIKE_A_FORMAT for each in formats)
    line, cells, _ = alike if is_alike else found[0]
    names = set(names_of(cells))
    if names >= ARTIST_CHART:
        return "a chart of artists, by its header; only charts of songs are supported"
    if names >= ALBUM_CHART and "track_name" not in names:
        return "a chart of albums, by its header; only charts of songs are supported"
    shown = bounded(", ".join(cell.strip() for cell in cells), 120)
    likeliest = max(formats, key=lambda each: _likeness(cells, each))
    if is_alike:
        missing = [name for name in likeliest.needed if name.casefold() not in names]
        return (
            f"a {likeliest.name} without {_columns(missing)}, by its header in line {line} ({shown}): "
            "restore the original column names"
        )
    if any(OF_SPOTIFY.search(text) for text in lines[line : line + LINES_ABOVE_A_HEADER]):
        return (
            f"Spotify songs under an unknown header ({shown}), in another language or from another program: export it "
            "again in English"
        )
    return f"a CSV of {shown}: not a supported chart or list; docs/charts.md lists them"


def _likeness(cells: Sequence[str], each: Format) -> int:
    return len(each.known & set(names_of(cells)))


def _columns(names: Sequence[str]) -> str:
    quoted = [f"'{name}'" for name in names[:8]]
    return f"the column{'s' if len(quoted) > 1 else ''} {', '.join(quoted)}"
