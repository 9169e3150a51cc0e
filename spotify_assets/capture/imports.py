"""An import: what files hold, by chart and day, and their landing as raw objects, each under its day.

A file of one chart and day lands whole; a data set lands by day, with the lines of that day as they came. Everything is
looked at before anything lands, and waits in a temporary folder meanwhile, compressed.
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
    "chart": "name it as charts.spotify.com does, or tell it by --chart, such as --chart regional-global-daily",
    "day": "tell it by --as-of, such as --as-of 2024-10-31",
    "playlist": "tell it by --playlist, the id in the address of the playlist",
}
DATA_ENDING = re.compile(r"\.(?:csv|tsv|json)\Z", re.IGNORECASE)
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Said:
    """What the person says of the files."""

    as_of: date | None = None
    chart_id: str | None = None
    playlist_id: str | None = None
    origin: str | None = None
    licence: str | None = None


@dataclass(frozen=True)
class FoundFile:
    """A file that can be imported: what it is, its days with their content, and what is odd in it."""

    shown: str
    name: str
    format_name: str
    sha256: str
    header: bytes
    days: list[DayLines]
    # What the file says of its charts; of a data set, those of its last day.
    told: list[DeclaredPlaylist]
    oddities: list[str] = field(default_factory=list[str])

    @property
    def charts(self) -> list[str]:
        """The ids of those charts."""
        return [chart.playlist_id for chart in self.told]

    @property
    def records(self) -> int:
        """Rows below its header, or entries of its list."""
        return sum(each.records for each in self.days)


@dataclass(frozen=True)
class Survey:
    """What is under the paths: files to import, those that are refused, and how many are none of charts."""

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
    """Reads each file once; its content waits in `folder` from then on."""
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
            result.refused.append(RefusedFile(file.shown, f"it cannot be read ({error.strerror or error})"))
    return result


def look_into(file: HeldFile, said: Said, folder: Path, progress: Progress = lambda _: None) -> FoundFile | None:
    """What a file holds; None where it is none of charts, and nobody said that it was.

    Raises:
        UnreadableChart: it is refused, or nothing of it can be read.
    """
    if file.day is not None and said.as_of is not None:
        raise UnreadableChart("its commit says its day: import it without --as-of")
    with file.open() as content:
        try:
            recognised = recognise(file.name, _head(content))
        except UnreadableChart:
            # Beside charts lie notes and pages, of which nobody said that they are any.
            if file.is_named or DATA_ENDING.search(file.name):
                raise
            return None
        if recognised is None:
            if file.is_named:
                raise UnreadableChart("none of the charts and lists that are read, which docs/charts.md names")
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
    """Lands a file's days one by one, and tells of each whether it was not there before."""
    for each, data in objects_of(file, said, imported_at):
        yield each, imports.land(each.day, each.digest, file.name, data)


def _head(content: IO[bytes]) -> bytes:
    """The first bytes of a stream, which come again."""
    peek = getattr(content, "peek")  # noqa: B009  what all buffered readers have, and their type does not
    return peek(HEAD_BYTES)[:HEAD_BYTES]


def _whole(file: HeldFile, content: IO[bytes], said: Said, folder: Path, progress: Progress) -> FoundFile:
    data = content.read(LARGEST_OBJECT_BYTES + 1)
    if len(data) > LARGEST_OBJECT_BYTES:
        raise UnreadableChart(f"larger than {LARGEST_OBJECT_BYTES >> 20} MB, and no chart of one day is")
    progress(len(data))
    chart_file = read(file.name, data, day=file.day or said.as_of, chart_id=said.chart_id, playlist_id=said.playlist_id)
    days = {chart.day for chart in chart_file.charts}
    if len(days) != 1:
        raise UnreadableChart("of several days, without a column that says which: take it apart, a day a file")
    day = days.pop()
    if not is_possible(day):
        raise UnreadableChart(
            f"of {day}, and no chart of Spotify is: it began in October 2008, and today has not ended"
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
    """What a file says of its charts, by id."""
    name = chart_file.playlist.name if chart_file.playlist else None
    charts = {found.chart for found in chart_file.charts}
    return [
        DeclaredPlaylist(chart.chart_id, name, chart.region, chart.chart_type, chart.recurrence)
        for chart in sorted(charts, key=lambda chart: chart.chart_id)
    ]


def _refuse_told(said: Said) -> None:
    told = {"--as-of": said.as_of, "--chart": said.chart_id, "--playlist": said.playlist_id}
    if options := [option for option, value in told.items() if value is not None]:
        raise UnreadableChart(f"each of its lines says chart and day: import it without {' and '.join(options)}")


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
        f"lines without a day that can be read: {split.undated:,}, the first is line {split.first_undated:,}; "
        "each is rejected by its line, with the day before it in the file"
    )
    return [sentence]


def _oddities(chart_file: ChartFile) -> list[str]:
    if not chart_file.problems:
        return list(chart_file.oddities)
    first = chart_file.problems[0]
    told = f"problems: {len(chart_file.problems):,}, the first is in line {first.line:,}: {first.reason}"
    return [told, *chart_file.oddities]


def _compare(found: FoundFile, seen: dict[tuple[str, date], FoundFile], said: Said) -> None:
    """Tells of files that say the same chart and day in other words; refuses a second one of one told playlist."""
    if len(found.days) != 1 or len(found.charts) != 1:
        return
    first = seen.setdefault((found.charts[0], found.days[0].day), found)
    if first.days[0].digest == found.days[0].digest:
        return
    if said.playlist_id == found.charts[0]:
        raise UnreadableChart(f"{first.shown} is taken for that playlist and day already: import each under its own id")
    found.oddities.append(f"another file for the chart and day of {first.shown}: one of both is taken")


def _with_option(error: UnreadableChart) -> str:
    """Why a file is refused, and by which option to say what it lacks."""
    return str(error) if error.missing is None else f"{str(error).partition(':')[0]}: {TOLD_BY[error.missing]}"
