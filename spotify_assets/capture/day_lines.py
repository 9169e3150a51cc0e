"""Splits a data set of many days by day: its header and the original lines of each day, in bounded memory.

Bytes are read as Latin-1, which maps each byte to one character and back: text is decoded when a day becomes rows.
Lines are split as in `charts/text.py`, so that both number them alike. Each day's lines are kept in a separate file in
a temporary folder, compressed in frames; a few dozen megabytes of them in memory.
"""

import csv
import hashlib
import io
import re
from array import array
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import IO

from spotify_assets.charts.csv_files import Header
from spotify_assets.charts.csv_records import MOST_LINES
from spotify_assets.charts.encoding import encoding_of
from spotify_assets.charts.errors import UnreadableChart
from spotify_assets.charts.imported_object import compressed
from spotify_assets.transform.containers import LARGEST_OBJECT_BYTES
from spotify_assets.transform.days import FIRST_DAY

BYTES_AS_TEXT = "latin-1"
LONGEST_LINE = 1 << 20
# Limits of buffered lines: bytes of all days together, and lines in one run.
BUFFERED_BYTES, LONGEST_RUN = 32 << 20, 4096
# Most lines before the first one with a day.
MOST_BEFORE = 1000
DAY = re.compile(r"\s*(\d{4}-\d\d-\d\d)\s*", re.ASCII)
Progress = Callable[[int], None]


@dataclass(frozen=True)
class DayLines:
    """A file's part of a day: its lines as runs, the number of records, a hash of the bytes, and their frames."""

    day: date
    lines: tuple[tuple[int, int], ...]
    records: int
    size: int
    digest: str
    frames: Path


@dataclass(frozen=True)
class SplitFile:
    """A file by days: its hash, its header with any lines above it, and the number of records without a day."""

    sha256: str
    header: bytes
    days: list[DayLines]
    undated: int
    first_undated: int | None


def is_possible(day: date) -> bool:
    """Whether there can be a chart of that day."""
    return FIRST_DAY <= day <= datetime.now(UTC).date() + timedelta(days=1)


def split_by_day(content: IO[bytes], header: Header, folder: Path, progress: Progress = lambda _: None) -> SplitFile:
    """Reads a file once; `progress` is called with the number of bytes read.

    A record without a readable day goes to the day of the line before it, and is rejected there by its line.

    Raises:
        UnreadableChart: its encoding cannot be split, no line has a day, or a line is too long.
    """
    start = content.peek(4)[:4] if isinstance(content, io.BufferedReader) else b""
    if (encoding := encoding_of(start)[1]) != "utf-8":
        raise UnreadableChart(f"a data set in {encoding.upper()}, which cannot be split by bytes: save it as UTF-8")
    lines = _Lines(io.TextIOWrapper(content, BYTES_AS_TEXT, newline=""))
    first = "".join(lines.next() for _ in range(header.line)).encode(BYTES_AS_TEXT)
    # Compression runs in parallel to reading.
    with ThreadPoolExecutor(1) as writer:
        split = _Split(folder, first, progress, writer)
        _read(lines, header, split)
        if split.day is None:
            raise UnreadableChart("no line has a readable day (YYYY-MM-DD): nothing is imported")
        return split.finish()


class _Lines:
    """Lines of a file, with push-back."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._back: list[str] = []
        self.number = 0

    def next(self) -> str:
        """The next line; empty after the last one."""
        line = self._back.pop() if self._back else self._text.readline(LONGEST_LINE)
        self.number += bool(line)
        if len(line) == LONGEST_LINE:
            raise UnreadableChart(f"line {self.number:,} is longer than any line of a chart: not a data set")
        return line

    def give_back(self, lines: list[str]) -> None:
        """Pushes lines back."""
        self._back.extend(reversed(lines))
        self.number -= len(lines)


def _read(lines: _Lines, header: Header, split: "_Split") -> None:
    names, day_column = header.names, header.format.day_column
    place = names.index((day_column or "").casefold())
    match = _cell_pattern(place, header.delimiter).match
    known: dict[str, date | None] = {}
    last = ""
    while line := lines.next():
        record = line
        if line.count('"') & 1:
            record = line + "".join(_rest_of(line, lines, header))
        found = match(record)
        cell = found[1] if found is not None else _cell(record, place, header.delimiter)
        if cell != last:
            if cell not in known:
                known = known if len(known) < 1 << 16 else {}
                known[cell] = _day(cell)
            if (day := known[cell]) is not None:
                split.turn_to(day)
                last = cell
            elif record.strip():
                split.count_undated(lines.number)
        split.add(record, lines.number)


def _rest_of(first: str, lines: _Lines, header: Header) -> list[str]:
    """The further lines of a record, as in names with a line break; none if quotes do not match."""
    rest: list[str] = []
    quotes = first.count('"')
    while len(rest) < MOST_LINES - 1 and (line := lines.next()):
        rest.append(line)
        quotes += line.count('"')
        if quotes % 2 == 0:
            break
    if quotes % 2 == 0 and len(_cells([first, *rest], header.delimiter)) == len(header.columns):
        return rest
    lines.give_back(rest)
    return []


def _cell_pattern(place: int, delimiter: str) -> re.Pattern[str]:
    """A pattern for the cell at a position of a record with well-formed quotes."""
    separator = re.escape(delimiter)
    before = rf'(?:(?>"[^"]*(?:""[^"]*)*"|[^{separator}"\r\n]*){separator}){{{place}}}'
    return re.compile(rf'{before}"?([^{separator}"\r\n]*)"?(?:{separator}|[\r\n]|\Z)')


def _cell(record: str, place: int, delimiter: str) -> str:
    cells = _cells(io.StringIO(record, newline=""), delimiter)
    return cells[place] if place < len(cells) else ""


def _cells(lines: list[str] | io.StringIO, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(lines, delimiter=delimiter, strict=True), [])
    except csv.Error:
        return []


def _day(cell: str) -> date | None:
    found = DAY.fullmatch(cell)
    try:
        day = date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None
    return day if day is not None and is_possible(day) else None


@dataclass
class _Part:
    """A day being collected."""

    path: Path
    digest: "hashlib._Hash"
    size: int = 0
    records: int = 0
    runs: "array[int]" = field(default_factory=lambda: array("Q"))
    waiting: list[bytes] = field(default_factory=list[bytes])


class _Split:
    """Collects runs of lines, one after the other, into their days."""

    def __init__(self, folder: Path, header: bytes, progress: Progress, writer: ThreadPoolExecutor) -> None:
        self.day: date | None = None
        self._folder, self._header, self._progress = folder, header, progress
        self._sha256 = hashlib.sha256(header)
        self._parts: dict[date, _Part] = {}
        self._run: list[str] = []
        # Line in which the run begins, and in which it ends.
        self._begin = self._end = header_lines(header)
        self._buffered = 0
        self._writer, self._writing = writer, Future[None]()
        self._writing.set_result(None)
        self._undated, self._first_undated = 0, None

    def turn_to(self, day: date) -> None:
        """Assigns the following records to this day, and those before the first day, too."""
        if self.day is not None:
            self._put()
        self.day = day

    def add(self, record: str, last_line: int) -> None:
        """Adds a record that ends in that line."""
        self._run.append(record)
        self._end = last_line
        if len(self._run) == LONGEST_RUN or (self.day is None and len(self._run) > MOST_BEFORE):
            self._put()

    def count_undated(self, line: int) -> None:
        """Counts a record without a readable day."""
        self._undated += 1
        self._first_undated = self._first_undated or line

    def _put(self) -> None:
        if self.day is None:
            raise UnreadableChart(
                f"none of its first {MOST_BEFORE:,} lines has a readable day (YYYY-MM-DD): nothing is imported"
            )
        data = "".join(self._run).encode(BYTES_AS_TEXT)
        self._sha256.update(data)
        part = self._parts.get(self.day)
        if part is None:
            digest = hashlib.sha256(self._header)
            part = self._parts[self.day] = _Part(self._folder / self.day.isoformat(), digest, len(self._header))
        part.digest.update(data)
        part.size += len(data)
        part.records += len(self._run)
        part.waiting.append(data)
        runs, count = part.runs, self._end - self._begin
        if runs and runs[-2] + runs[-1] == self._begin + 1:
            runs[-1] += count
        else:
            runs.extend((self._begin + 1, count))
        self._begin, self._run = self._end, []
        self._buffered += len(data)
        self._progress(len(data))
        if part.size > LARGEST_OBJECT_BYTES:
            raise UnreadableChart(
                f"it has more than {LARGEST_OBJECT_BYTES >> 20} MB of {self.day}, too much for charts"
            )
        if self._buffered > BUFFERED_BYTES:
            self._flush()

    def _flush(self) -> None:
        """Writes buffered lines in the background, after the previous ones."""
        full = [(part.path, part.waiting) for part in self._parts.values() if part.waiting]
        for part in self._parts.values():
            part.waiting = []
        self._writing.result()
        self._writing = self._writer.submit(_write, full)
        self._buffered = 0

    def finish(self) -> SplitFile:
        """The result, after the last line."""
        self._put()
        self._flush()
        self._writing.result()
        days = [
            DayLines(day, tuple(_runs(part.runs)), part.records, part.size, part.digest.hexdigest(), part.path)
            for day, part in sorted(self._parts.items())
        ]
        return SplitFile(self._sha256.hexdigest(), self._header, days, self._undated, self._first_undated)


def _write(full: list[tuple[Path, list[bytes]]]) -> None:
    for path, waiting in full:
        with path.open("ab") as frames:
            frames.write(compressed(b"".join(waiting)))


def header_lines(header: bytes) -> int:
    """The number of lines up to and including the header."""
    return len(list(io.StringIO(header.decode(BYTES_AS_TEXT), newline="")))


def _runs(flat: "array[int]") -> Iterator[tuple[int, int]]:
    return zip(flat[::2], flat[1::2], strict=True)
