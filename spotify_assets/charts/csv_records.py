"""Records of a CSV with their line numbers; a malformed record affects only itself.

An unclosed quote would swallow everything up to the next quote or the end of the file. So if a record has more lines
than a name can have, or several lines but not as many cells as the header, its first line is dropped and reading
resumes at the next one.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field

from spotify_assets.charts.chart_file import Problem, bounded
from spotify_assets.charts.text import Text

MOST_LINES = 20
QUOTES = "its quotes do not match"
NOT_UTF8 = "it is not UTF-8 like the other lines (probably Windows-1252)"


@dataclass
class Records:
    """Records below a header: their first lines, 1-based, and the cells of each column of the header."""

    lines: list[int]
    columns: list[list[str]]
    problems: list[Problem] = field(default_factory=list[Problem])


def first_records(lines: list[str], delimiter: str, count: int) -> list[tuple[int, list[str]]]:
    """The first non-empty records, each with its first line."""
    found: list[tuple[int, list[str]]] = []
    source = _Lines(lines, 0)
    try:
        for cells in csv.reader(source, delimiter=delimiter, strict=True):
            if any(cells):
                found.append((source.begin + 1, cells))
            if len(found) == count:
                break
            source.begin = source.next
    except csv.Error:
        pass  # truncated there, or not a CSV: the records before it count
    return found


def records_of(text: Text, delimiter: str, width: int, header_line: int) -> Records:
    """All records below the header."""
    if not text.unreadable and (whole := _one_a_line(text.lines[header_line:], delimiter, width)) is not None:
        return Records(list(range(header_line + 1, len(text.lines) + 1)), whole)
    found = Records([], [[] for _ in range(width)])
    for first, last, cells in _read(text.lines, delimiter, width, header_line):
        reason = None
        if cells is None:
            reason = QUOTES
        elif text.unreadable and not text.unreadable.isdisjoint(range(first, last + 1)):
            reason = NOT_UTF8
        elif len(cells) != width:
            reason = f"it has {len(cells)} cells, but the header has {width}"
        if reason is None and cells is not None:
            found.lines.append(first)
            for column, cell in zip(found.columns, cells, strict=True):
                column.append(cell)
        elif reason is not None:
            found.problems.append(Problem(first, reason, line_text(text, first)))
    return found


def line_text(text: Text, line: int) -> str:
    """A line for a problem, cut to length and encodable as UTF-8."""
    return bounded(text.lines[line - 1].encode("utf-8", "replace").decode())


def _one_a_line(lines: list[str], delimiter: str, width: int) -> list[list[str]] | None:
    """The columns of all lines, if each is a well-formed record: the usual case, and three times as fast.

    No record is kept as a list, because Python's garbage collector would traverse thousands of them again and again.
    """
    cells: list[str] = []
    try:
        for record in csv.reader(lines, delimiter=delimiter, strict=True):
            if len(record) != width or not any(record):
                return None
            cells += record
    except csv.Error:
        return None
    return [cells[place::width] for place in range(width)] if len(cells) == len(lines) * width else None


def _read(
    lines: list[str], delimiter: str, width: int, header_line: int
) -> Iterator[tuple[int, int, list[str] | None]]:
    """First and last line of each record, 1-based, and its cells; None if malformed."""
    source = _Lines(lines, header_line)
    reader = csv.reader(source, delimiter=delimiter, strict=True)
    while True:
        source.begin = first = source.next
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = None
        if cells is None or (len(cells) != width and source.next - first > 1):
            source.next = first + 1
            reader = csv.reader(source, delimiter=delimiter, strict=True)
            cells = None
        if cells is None or any(cells):
            yield first + 1, source.next, cells


class _Lines:
    """Lines for one record after the other, each from `begin` on."""

    def __init__(self, lines: list[str], start: int) -> None:
        self._lines = lines
        self.begin = self.next = start

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if self.next == len(self._lines) or self.next - self.begin == MOST_LINES:
            raise StopIteration
        self.next += 1
        return self._lines[self.next - 1]
