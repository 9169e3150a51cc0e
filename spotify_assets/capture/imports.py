"""Imports: examines files by chart and day, and lands them as raw objects, each under its day.

A file of one chart and day lands unsplit; a data set lands by day, with the original lines of that day. All files are
examined before anything lands, and are kept compressed in a temporary folder meanwhile.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import IO

import zstandard

from spotify_assets.capture.day_lines import DayLines, SplitFile, is_possible, split_by_day
from spotify_assets.capture.unpacking import HeldFile, RefusedFile
from spotify_assets.charts.chart_file import ChartFile
from spotify_assets.charts.csv_files import Header
from spotify_assets.charts.errors import Missing, UnreadableChart
from spotify_assets.charts.imported_object import Provenance, compressed, provenance_frame
from spotify_assets.charts.recognition import HEAD_BYTES, read, recognise
from spotify_assets.lake.raw_imports import RawImports
from spotify_assets.spotify.playlist_entry import DeclaredPlaylist
from spotify_assets.transform.containers import LARGEST_OBJECT_BYTES

TOLD_BY: dict[Missing, str] = {
    "chart": "name it as charts.spotify.com does, or state it with --chart, such as --chart regional-global-daily",
    "day": "state it with --as-of, such as --as-of 2024-10-31",
    "playlist": "state it with --playlist, the id in the address of the playlist",
}
DATA_ENDING = re.compile(r"\.(?:csv|tsv|json)\Z", re.IGNORECASE)
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Said:
    """The user's options about the files."""

    as_of: date | None = None
    chart_id: str | None = None
    playlist_id: str | None = None
    origin: str | None = None
    licence: str | None = None


@dataclass(frozen=True)
class FoundFile:
    """A file that can be imported: its format, its days with their content, and its oddities."""

    shown: str
    name: str
    format_name: str
    sha256: str
    header: bytes
    days: list[DayLines]
    # The file's own statements about its charts; for a data set, those of its last day.
    told: list[DeclaredPlaylist]
    oddities: list[str] = field(default_factory=list[str])

    @property
    def charts(self) -> list[str]:
        """The ids of its charts."""
        return [chart.playlist_id for chart in self.told]

    @property
    def records(self) -> int:
        """Rows below its header, or entries of its list."""
        return sum(each.records for each in self.days)


@dataclass(frozen=True)
class Survey:
    """The files under the paths: those to import, those refused, and those that are not charts."""

    found: list[FoundFile] = field(default_factory=list[FoundFile])
    refused: list[RefusedFile] = field(default_factory=list[RefusedFile])
    others: list[str] = field(default_factory=list[str])

    @property
    def days(self) -> set[date]:
        """All days of the files."""
        return {each.day for file in self.found for each in file.days}


def survey(
    files: Iterable[HeldFile | RefusedFile],
    said: Said,
    folder: Path,
    progress: Callable[[HeldFile], Progress] = lambda _: lambda _: None,
) -> Survey:
    """Reads each file once; its content is kept in `folder` from then on."""
    result = Survey()
    seen: dict[tuple[str, date], FoundFile] = {}
    for number, file in enumerate(files):
        if isinstance(file, RefusedFile):
            result.refused.append(file)
            continue
        try:
            found = look_into(file, said, folder / str(number), progress(file))
            if found is None:
                result.others.append(file.shown)
                continue
            _compare(found, seen, said)
            result.found.append(found)
        except UnreadableChart as error:
            result.refused.append(RefusedFile(file.shown, _with_option(error)))
        except OSError as error:
            result.refused.append(RefusedFile(file.shown, f"cannot be read ({error.strerror or error})"))
    return result


def look_into(file: HeldFile, said: Said, folder: Path, progress: Progress = lambda _: None) -> FoundFile | None:
    """The content of a file; None if it is not a chart, and nobody named it.

    Raises:
        UnreadableChart: it is refused, or nothing in it can be read.
    """
    if file.day is not None and said.as_of is not None:
        raise UnreadableChart("its commit determines its day: import it without --as-of")
    with file.open() as content:
        try:
            recognised = recognise(file.name, _head(content))
        except UnreadableChart:
            # Folders of charts also hold notes and pages, which nobody named as charts.
            if file.is_named or DATA_ENDING.search(file.name):
                raise
            return None
        if recognised is None:
            if file.is_named:
                raise UnreadableChart("not a supported chart or list; docs/charts.md lists them")
            return None
        folder.mkdir()
        if recognised.header is not None and recognised.format.day_column is not None:
            _refuse_told(said)
            return _data_set(file, recognised.header, split_by_day(content, recognised.header, folder, progress))
        return _whole(file, content, said, folder, progress)


def objects_of(file: FoundFile, said: Said, imported_at: str) -> Iterator[tuple[DayLines, bytes]]:
    """The raw objects of a file, one for each of its days."""
    for each in file.days:
        provenance = Provenance(
            file=file.name,
            sha256=file.sha256,
            imported_at=imported_at,
            origin=said.origin,
            licence=said.licence,
            as_of=said.as_of,
            chart_id=said.chart_id,
            playlist_id=said.playlist_id,
            lines=each.lines,
        )
        header = compressed(file.header) if file.header else b""
        yield each, provenance_frame(provenance) + header + each.frames.read_bytes()


def land(file: FoundFile, said: Said, imported_at: str, imports: RawImports) -> Iterator[tuple[DayLines, bool]]:
    """Lands a file's days one by one, each with whether it is new."""
    for each, data in objects_of(file, said, imported_at):
        yield each, imports.land(each.day, each.digest, file.name, data)


def _head(content: IO[bytes]) -> bytes:
    """The first bytes of a stream, without consuming them."""
    peek = getattr(content, "peek")  # noqa: B009  what all buffered readers have, and their type does not
    return peek(HEAD_BYTES)[:HEAD_BYTES]


def _whole(file: HeldFile, content: IO[bytes], said: Said, folder: Path, progress: Progress) -> FoundFile:
    data = content.read(LARGEST_OBJECT_BYTES + 1)
    if len(data) > LARGEST_OBJECT_BYTES:
        raise UnreadableChart(f"larger than {LARGEST_OBJECT_BYTES >> 20} MB, too large for a chart of one day")
    progress(len(data))
    chart_file = read(file.name, data, day=file.day or said.as_of, chart_id=said.chart_id, playlist_id=said.playlist_id)
    days = {chart.day for chart in chart_file.charts}
    if len(days) != 1:
        raise UnreadableChart("has several days, but no column with the day: split it into a file per day")
    day = days.pop()
    if not is_possible(day):
        raise UnreadableChart(
            f"of {day}, but Spotify's charts are from October 2008 at the earliest, and from today at the latest"
        )
    told = _told(chart_file)
    charts = [chart.playlist_id for chart in told]
    path = folder / "whole"
    path.write_bytes(compressed(data))
    digest = hashlib.sha256(" ".join(charts).encode() + b"\n" + data).hexdigest()
    each = DayLines(day, (), chart_file.rows.height, len(data), digest, path)
    sha256 = hashlib.sha256(data).hexdigest()
    return FoundFile(file.shown, file.name, chart_file.format, sha256, b"", [each], told, _oddities(chart_file))


def _told(chart_file: ChartFile) -> list[DeclaredPlaylist]:
    """A file's statements about its charts, by id."""
    name = chart_file.playlist.name if chart_file.playlist else None
    charts = {found.chart for found in chart_file.charts}
    return [
        DeclaredPlaylist(chart.chart_id, name, chart.region, chart.chart_type, chart.recurrence)
        for chart in sorted(charts, key=lambda chart: chart.chart_id)
    ]


def _refuse_told(said: Said) -> None:
    told = {"--as-of": said.as_of, "--chart": said.chart_id, "--playlist": said.playlist_id}
    if options := [option for option, value in told.items() if value is not None]:
        raise UnreadableChart(f"each of its lines states chart and day: import it without {' and '.join(options)}")


def _data_set(file: HeldFile, header: Header, split: SplitFile) -> FoundFile:
    last = split.days[-1]
    chart_file = read(file.name, split.header + _unpacked(last.frames), day=last.day)
    oddities = [*_undated(split), *(f"on {last.day}: {oddity}" for oddity in _oddities(chart_file))]
    return FoundFile(
        file.shown, file.name, header.format.name, split.sha256, split.header, split.days, _told(chart_file), oddities
    )


def _unpacked(frames: Path) -> bytes:
    with frames.open("rb") as packed:
        return zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True).read()


def _undated(split: SplitFile) -> list[str]:
    if not split.undated:
        return []
    sentence = (
        f"lines without a readable day: {split.undated:,}, the first is line {split.first_undated:,}; "
        "each is rejected by line number, in the day of the line before it"
    )
    return [sentence]


def _oddities(chart_file: ChartFile) -> list[str]:
    if not chart_file.problems:
        return list(chart_file.oddities)
    first = chart_file.problems[0]
    told = f"problems: {len(chart_file.problems):,}, the first is in line {first.line:,}: {first.reason}"
    return [told, *chart_file.oddities]


def _compare(found: FoundFile, seen: dict[tuple[str, date], FoundFile], said: Said) -> None:
    """Notes files with other content for the same chart and day; refuses a second one of a playlist given by option."""
    if len(found.days) != 1 or len(found.charts) != 1:
        return
    first = seen.setdefault((found.charts[0], found.days[0].day), found)
    if first.days[0].digest == found.days[0].digest:
        return
    if said.playlist_id == found.charts[0]:
        raise UnreadableChart(
            f"{first.shown} is already imported for that playlist and day: import each under its own id"
        )
    found.oddities.append(f"another file for the chart and day of {first.shown}: only one of them counts")


def _with_option(error: UnreadableChart) -> str:
    """Why a file is refused, and the option that supplies what it lacks."""
    return str(error) if error.missing is None else f"{str(error).partition(':')[0]}: {TOLD_BY[error.missing]}"
