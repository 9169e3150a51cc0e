"""Raw bytes to snapshots: unpack, recognise the shape, and note what is odd or doubtful about each playlist.

Each raw object is judged on its own. Only an object without readable structure (no JSON, no list of entries, no
playlist id) raises `UnreadableObject`, with a reason for whoever looks at it in quarantine. A cell that cannot be read
is null and noted (`cells.py`), and an incomplete playlist states what is missing. Nothing here decides between
objects, or what is published; that is `tables.py` and `holding_back.py`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from spotify_assets.charts.imported_object import NotImported, Provenance, provenance_of
from spotify_assets.spotify.payloads import ArtistFactsAnswer, ArtistProfile, ArtistsPage, Document, Envelope
from spotify_assets.transform.account_data import as_page
from spotify_assets.transform.cells import OddCell, OddCells, Path
from spotify_assets.transform.containers import LARGEST_OBJECT_BYTES, File, UnreadableObject, files_in
from spotify_assets.transform.documents import count_objects, documents_of, utf8
from spotify_assets.transform.foreign_kinds import kind_by_name
from spotify_assets.transform.key_dates import NotADay, day_in_key
from spotify_assets.transform.pages import Part, PlaylistSnapshot, assemble, part_of

if TYPE_CHECKING:
    from spotify_assets.transform.chart_files import ChartSnapshot

# How a file of a raw object is read as charts: `chart_files.chart_in`. It is passed in, since it needs Polars,
# which code that only reads playlists, such as the extraction function, does not load.
ReadCharts = Callable[[File, str, date, Provenance | None, datetime], "ChartSnapshot | None"]


@dataclass(frozen=True)
class RawObject:
    """One object of the raw zone: its name there, its bytes, and when it landed (UTC).

    `too_large` is its size in bytes if that is beyond the limit; `data` is empty then.
    """

    name: str
    data: bytes
    landed_at: datetime
    too_large: int | None = None


@dataclass(frozen=True)
class ProfileSnapshot:
    """A full artist object, and when it was read (UTC)."""

    profile: ArtistProfile
    fetched_at: datetime


@dataclass(frozen=True)
class FactsSnapshot:
    """A second source's answer about an artist, and when it was asked (UTC)."""

    answer: ArtistFactsAnswer
    fetched_at: datetime


@dataclass(frozen=True)
class ObjectContent:
    """The content of one raw object, and its cells that could not be read."""

    playlists: list[PlaylistSnapshot]
    profiles: list[ProfileSnapshot]
    facts: list[FactsSnapshot] = field(default_factory=list)
    odd_cells: list[OddCell] = field(default_factory=list)
    charts: "list[ChartSnapshot]" = field(default_factory=list)


def decode_object(
    raw: RawObject, snapshot_date: date, lake_source: str, read_charts: ReadCharts | None = None
) -> ObjectContent:
    """Everything in one raw object filed under `snapshot_date`, in a lake filled by `lake_source`.

    Without `read_charts` chart files count as unreadable.

    Raises:
        UnreadableObject: it is damaged, not of a known shape, of another day, or of another source.
    """
    if raw.too_large is not None:
        raise UnreadableObject(f"of {raw.too_large:,} bytes, and none larger than {LARGEST_OBJECT_BYTES:,} is read")
    if (kind := kind_by_name(raw.name)) is not None:
        raise UnreadableObject(kind)
    reading = _Reading(raw, snapshot_date, lake_source, _provenance(raw), read_charts)
    files = files_in(raw.data)
    count_objects(file.data for file in files)
    for file in files:
        with _named(file):
            reading.read(file)
    reading.content.playlists.extend(assemble(reading.parts))
    return reading.content


def source_of(raw: RawObject) -> str | None:
    """The source that a capture by this platform names; None if it names none."""
    with suppress(UnreadableObject):
        for file in files_in(raw.data):
            for document in documents_of(utf8(file.data))[0]:
                if document.envelope is not None:
                    return document.envelope.source
    return None


@contextmanager
def _named(file: File) -> Iterator[None]:
    """Adds the file's name to errors about a file in an archive."""
    try:
        yield
    except UnreadableObject as error:
        raise UnreadableObject(f"in its file {file.name[:100]!r}: {error}" if file.name else str(error)) from error


@dataclass
class _Reading:
    """One raw object, read file by file."""

    raw: RawObject
    snapshot_date: date
    lake_source: str
    provenance: Provenance | None
    read_charts: ReadCharts | None
    content: ObjectContent = field(default_factory=lambda: ObjectContent([], []))
    parts: list[Part] = field(default_factory=list[Part])

    def read(self, file: File) -> None:
        if file.name:
            _refuse_by_name(file.name, self.snapshot_date)
        key = f"{self.raw.name}/{file.name}" if file.name else self.raw.name
        if (chart := self._chart(file, key)) is not None:
            _refuse_in_samples(self.lake_source)
            self.content.charts.append(chart)
            return
        if self.provenance is not None:
            raise UnreadableObject("an import of something that is neither a chart nor a list: import the file again")
        documents, odd_cells = documents_of(utf8(file.data))
        for number, document in enumerate(documents):
            odd = odd_cells.get(number) or OddCells()
            part = self._read_document(document, odd, key)
            self.content.odd_cells.extend(odd.of(self.raw.name, part.playlist_id if part else None))

    def _chart(self, file: File, key: str) -> "ChartSnapshot | None":
        if self.read_charts is None:
            return None
        return self.read_charts(file, key, self.snapshot_date, self.provenance, self.raw.landed_at)

    def _read_document(self, document: Document, odd: OddCells, key: str) -> Part | None:
        if document.envelope is None and odd.tells_of("envelope"):
            raise UnreadableObject("an envelope without a readable source and fetched_at")
        fetched_at, source = _origin(document.envelope, self.raw.landed_at, self.snapshot_date, self.lake_source)
        if document.error is not None:
            raise UnreadableObject(f"an error answer of the API saved as data: {_error_text(document)}")
        if document.type not in (None, "playlist"):
            raise UnreadableObject(f"a Spotify object of type {document.type[:40]!r}, not a playlist")
        if document.artist_facts is not None:
            self.content.facts.extend(_facts(document.artist_facts, fetched_at, odd))
        elif (found := _profiles(document, fetched_at, odd)) is not None:
            self.content.profiles.extend(found)
        else:
            page = document if document.playlists is None else as_page(document)
            self.parts.append(part := part_of(page, key, fetched_at, source, odd))
            return part
        return None


def _provenance(raw: RawObject) -> Provenance | None:
    try:
        return provenance_of(raw.data)
    except NotImported as error:
        raise UnreadableObject(str(error)) from error


def _refuse_in_samples(lake_source: str) -> None:
    if lake_source == "sample":
        raise UnreadableObject("a foreign object in a lake of sample data; a lake holds one source only")


def _refuse_by_name(name: str, snapshot_date: date) -> None:
    """Refuses a file in an archive if its name says another day than its object's, or a foreign kind."""
    if (kind := kind_by_name(name)) is not None:
        raise UnreadableObject(kind)
    try:
        day = day_in_key(name)
    except NotADay as error:
        raise UnreadableObject(str(error)) from error
    if day not in (None, snapshot_date):
        raise UnreadableObject(
            f"it is of {day}, and the archive is filed under {snapshot_date}: unpack it, and land its files one by one"
        )


def _origin(
    envelope: Envelope | None, landed_at: datetime, snapshot_date: date, lake_source: str
) -> tuple[datetime, str]:
    """When a document was captured, and by whom; refuses what belongs to another day or another lake."""
    if envelope is None:
        _refuse_in_samples(lake_source)
        return landed_at, "foreign"
    if envelope.source != lake_source:
        raise UnreadableObject(f"captured from '{envelope.source}' but this lake holds '{lake_source}'")
    fetched_at = _time(envelope.fetched_at, "envelope.fetched_at")
    if fetched_at.date() != snapshot_date:
        raise UnreadableObject(f"captured on {fetched_at.date()} but filed under {snapshot_date}")
    return fetched_at, envelope.source


def _time(text: str, path: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        in_utc = moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UnreadableObject(f"no time in {path}: {text[:40]!r}") from error
    if moment.tzinfo is None:
        raise UnreadableObject(f"no time zone in {path}: {text[:40]!r}")
    return in_utc


def _error_text(document: Document) -> str:
    error = document.error
    return error[:200] if isinstance(error, str) else f"{error.status} {error.message}"[:200] if error else ""


def _profiles(document: Document, fetched_at: datetime, odd: OddCells) -> list[ProfileSnapshot] | None:
    """Artist profiles of a document, or None if it is not about artists."""
    if document.artists is None:
        return None
    artists = document.artists.items if isinstance(document.artists, ArtistsPage) else document.artists
    return [
        ProfileSnapshot(artist, _time_or(fetched_at, artist.fetched_at, ("artists", number, "fetched_at"), odd))
        for number, artist in enumerate(artists or [])
        if artist is not None
    ]


def _facts(answers: list[ArtistFactsAnswer], fetched_at: datetime, odd: OddCells) -> Iterator[FactsSnapshot]:
    for number, answer in enumerate(answers):
        at = _time_or(fetched_at, answer.fetched_at, ("artist_facts", number, "fetched_at"), odd)
        yield FactsSnapshot(answer, at)


def _time_or(otherwise: datetime, text: str | None, path: Path, odd: OddCells) -> datetime:
    """The time in a cell; that of its document if it has none."""
    if text is None:
        return otherwise
    try:
        return _time(text, "")
    except UnreadableObject:
        odd.add(path, "a time with its zone", "other text")
        return otherwise
