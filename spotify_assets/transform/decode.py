"""Raw bytes to snapshots: decompress, recognise the shape, and note what is odd or doubtful about each playlist.

One raw object is judged on its own. Only what has no readable structure (no JSON, no list of entries, no playlist id)
raises `UnreadableObject`, with a reason for the person who will look at it in quarantine: a cell that cannot be read is
null and noted (`cells.py`), and of a playlist that is not whole is said what is missing. Nothing here decides between
objects, or what of them is published; that is `tables.py` and `holding_back.py`.
"""

import gzip
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import msgspec
import zstandard

from spotify_assets.spotify.payloads import (
    ID,
    ArtistFactsAnswer,
    ArtistProfile,
    ArtistsPage,
    Document,
    Entry,
    Envelope,
    Page,
    Playlist,
)
from spotify_assets.transform.cells import ANY_LIST, OddCell, OddCells, Path, TooManyValues, mended, read_by_cell

ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
GZIP_MAGIC = b"\x1f\x8b"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# A playlist holds at most 10,000 entries of some 4 kB, in some 15 JSON objects; far beyond that, an object of the raw
# zone is a mistake or an attack. Whatever is in one, to decode it takes some 1.1 GiB of memory at most.
LARGEST_OBJECT_BYTES, MOST_JSON_OBJECTS, MOST_ENTRIES = 256 << 20, 4_000_000, 1_000_000
# Compressed bytes taken at a time, so that an object that unpacks to far more than that is noticed on the way: zstd
# makes at most 32 MiB of these.
PIECE_BYTES = 1 << 10
PLAYLIST_IN_HREF = re.compile(r"/playlists/([0-9A-Za-z]+)")

_DECODER = msgspec.json.Decoder(Document | list[Document])


class _Object(msgspec.Struct):
    """Any JSON object."""


_OBJECTS = msgspec.json.Decoder(_Object | list[_Object])


class UnreadableObject(ValueError):
    """A raw object that cannot become rows; the message says what is wrong with it."""


@dataclass(frozen=True)
class RawObject:
    """One object of the raw zone: its name there, its bytes, and when it landed (UTC).

    `too_large` is its size in bytes where that is more than anybody reads; `data` is empty then.
    """

    name: str
    data: bytes
    landed_at: datetime
    too_large: int | None = None


@dataclass(frozen=True)
class PlaylistSnapshot:
    """A playlist as captured: `entries` in playlist order, the first being position 1.

    `missing` are entries that it is told to have beyond these, None where nobody knows how many; `doubts` say in words
    what is not certain of it. `lost` are the indexes of entries whose song, or its id, could not be read.
    """

    playlist_id: str
    playlist: Playlist | Document
    entries: list[Entry | None]
    fetched_at: datetime
    source: str
    region: str | None = None
    tags: list[str] = field(default_factory=list)
    missing: int | None = 0
    doubts: tuple[str, ...] = ()
    lost: frozenset[int] = frozenset()


@dataclass(frozen=True)
class ProfileSnapshot:
    """A full artist object, and when it was read (UTC)."""

    profile: ArtistProfile
    fetched_at: datetime


@dataclass(frozen=True)
class FactsSnapshot:
    """What a second source answered about an artist, and when it was asked (UTC)."""

    answer: ArtistFactsAnswer
    fetched_at: datetime


@dataclass(frozen=True)
class ObjectContent:
    """All that one raw object holds, and its cells that could not be read."""

    playlists: list[PlaylistSnapshot]
    profiles: list[ProfileSnapshot]
    facts: list[FactsSnapshot] = field(default_factory=list)
    odd_cells: list[OddCell] = field(default_factory=list)


def decode_object(raw: RawObject, snapshot_date: date, lake_source: str) -> ObjectContent:
    """Everything in one raw object filed under `snapshot_date`, in a lake filled by `lake_source`.

    Raises:
        UnreadableObject: it is damaged, not of a known shape, of another day, or of another source.
    """
    if raw.too_large is not None:
        raise UnreadableObject(f"of {raw.too_large:,} bytes, and none larger than {LARGEST_OBJECT_BYTES:,} is read")
    documents = _parse(decompress(raw.data))
    if not documents:
        raise UnreadableObject("an empty list: neither a playlist, a page of entries, nor artists")
    parts: list[_Part] = []
    content = ObjectContent([], [])
    for document, odd in documents:
        if document.envelope is None and odd.tells_of("envelope"):
            raise UnreadableObject("an envelope without a readable source and fetched_at")
        fetched_at, source = _origin(document.envelope, raw.landed_at, snapshot_date, lake_source)
        if document.error is not None:
            raise UnreadableObject(f"an error answer of the API saved as data: {_error_text(document)}")
        if document.type not in (None, "playlist"):
            raise UnreadableObject(f"a Spotify object of type {document.type[:40]!r}, not a playlist")
        part = None
        if document.artist_facts is not None:
            content.facts.extend(_facts(document.artist_facts, fetched_at, odd))
        elif (found := _profiles(document, fetched_at, odd)) is not None:
            content.profiles.extend(found)
        else:
            parts.append(part := _part(document, fetched_at, source, odd))
        content.odd_cells.extend(odd.of(raw.name, part.playlist_id if part else None))
    content.playlists.extend(_assemble(parts))
    return content


def decompress(data: bytes) -> bytes:
    """Bytes as JSON text; compression is told by the content, since names of foreign objects lie.

    Raises:
        UnreadableObject: the compression is damaged, or there is far more in it than a playlist has.
    """
    try:
        if data.startswith(ZSTD_MAGIC):
            data = _unzstd(data)
        elif data.startswith(GZIP_MAGIC):
            with gzip.open(io.BytesIO(data)) as stream:
                data = stream.read(LARGEST_OBJECT_BYTES + 1)
    except (zstandard.ZstdError, gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise UnreadableObject(f"damaged compression: {error}") from error
    if len(data) > LARGEST_OBJECT_BYTES:
        raise UnreadableObject(f"larger than {LARGEST_OBJECT_BYTES:,} bytes when decompressed")
    return data.removeprefix(BYTE_ORDER_MARK)


def _unzstd(data: bytes) -> bytes:
    """All frames, decompressed; zstandard's own reader takes an object that was cut off for a whole one."""
    # One buffer: a list of pieces would hold everything twice when it is joined.
    decompressed, size = io.BytesIO(), 0
    frame = zstandard.ZstdDecompressor().decompressobj()
    for start in range(0, len(data), PIECE_BYTES):
        piece = data[start : start + PIECE_BYTES]
        while piece and size <= LARGEST_OBJECT_BYTES:
            if frame.eof:
                frame = zstandard.ZstdDecompressor().decompressobj()
            size += decompressed.write(frame.decompress(piece))
            piece = frame.unused_data
    if not frame.eof and size <= LARGEST_OBJECT_BYTES:
        raise EOFError("the last frame is cut off")
    return decompressed.getvalue()


def _parse(data: bytes) -> list[tuple[Document, OddCells]]:
    """The documents of an object, each with its cells that could not be read."""
    if not data.strip():
        raise UnreadableObject("empty, or cut off before its first byte")
    if data.lstrip().startswith(b"<"):
        raise UnreadableObject("a web page (HTML or XML), not JSON: probably an error page saved by the extractor")
    if (objects := data.count(b"{")) > MOST_JSON_OBJECTS:
        raise UnreadableObject(f"holds {objects:,} JSON objects, and none of more than {MOST_JSON_OBJECTS:,} is read")
    try:
        try:
            parsed = _DECODER.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError):
            # Odd cells, or half characters, are no more than that.
            return _parse_by_cell(data)
    except RecursionError as error:
        raise UnreadableObject("nested too deeply for a playlist") from error
    except msgspec.ValidationError as error:
        raise UnreadableObject(f"not in a known shape: {error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnreadableObject(f"not valid JSON: {error}") from error
    except TooManyValues as error:
        raise UnreadableObject("not in a known shape, and too long to be read cell by cell") from error
    return [(document, OddCells()) for document in (parsed if isinstance(parsed, list) else [parsed])]


def _parse_by_cell(data: bytes) -> list[tuple[Document, OddCells]]:
    text = mended(data)
    if text.lstrip().startswith(b"{"):
        elements = [(text, OddCells())]
    else:
        # Decoded for its error first: only lists of objects go on.
        _OBJECTS.decode(text)
        elements = [(bytes(each), OddCells(f"[{number}].")) for number, each in enumerate(ANY_LIST.decode(text))]
    return [(read_by_cell(each, Document, odd, is_mended=text != data), odd) for each, odd in elements]


def _origin(
    envelope: Envelope | None, landed_at: datetime, snapshot_date: date, lake_source: str
) -> tuple[datetime, str]:
    """When a document was captured, and by whom; refuses what belongs to another day or another lake."""
    if envelope is None:
        if lake_source == "sample":
            raise UnreadableObject("a foreign object in a lake of sample data; a lake holds one source only")
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
    """Artist profiles of a document, or None where it is not about artists."""
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
    """The time that a cell tells; that of its document where it tells none."""
    if text is None:
        return otherwise
    try:
        return _time(text, "")
    except UnreadableObject:
        odd.add(path, "a time with its zone", "other text")
        return otherwise


@dataclass(frozen=True)
class _Part:
    """A run of consecutive entries of one playlist, with its metadata where the object has it."""

    playlist_id: str
    playlist: Playlist | Document
    has_metadata: bool
    page: Page
    fetched_at: datetime
    source: str
    envelope: Envelope | None
    lost: frozenset[int]


def _part(document: Document, fetched_at: datetime, source: str, odd: OddCells) -> _Part:
    playlist: Playlist | Document = document.playlist or document
    # `items` is the newer name: an object that carries both (seen in 2026) says the same twice.
    found = playlist.items if playlist.items is not None else playlist.tracks
    if isinstance(found, list):
        if document.envelope is None and document.total is None and document.href is None:
            raise UnreadableObject("a list of entries without the playlist they belong to")
        page = Page(items=found, total=document.total, offset=document.offset, next=document.next, href=document.href)
    elif found is None:
        raise UnreadableObject(_no_entries_reason(playlist))
    else:
        page = found
    if page.items is None and page.total != 0:
        raise UnreadableObject(_no_entries_reason(playlist))
    playlist_id = playlist.id or _id_in(page.href) or _id_in(playlist.href)
    if playlist_id is None:
        raise UnreadableObject("no playlist id: neither `id` nor a playlist in `href`")
    if not re.fullmatch(ID, playlist_id):
        raise UnreadableObject(f"not a Spotify playlist id: {playlist_id[:60]!r}")
    entries = page.items or []
    lost = frozenset(at for at in odd.lost_entries if at < len(entries) and _has_no_id(entries[at]))
    return _Part(playlist_id, playlist, playlist.id is not None, page, fetched_at, source, document.envelope, lost)


def _has_no_id(entry: Entry | None) -> bool:
    song = None if entry is None else entry.item or entry.track
    return song is None or song.id is None


def _no_entries_reason(playlist: Playlist | Document) -> str:
    if playlist.id is not None:
        return "a playlist object without its entries (Spotify withholds those of playlists the user does not own)"
    return "not in a known shape: neither a playlist, a page of entries, nor artists"


def _id_in(href: str | None) -> str | None:
    match = PLAYLIST_IN_HREF.search(href or "")
    return match.group(1) if match else None


def _assemble(parts: list[_Part]) -> Iterator[PlaylistSnapshot]:
    """One snapshot per playlist from the pages of one object, with what is missing of it."""
    by_playlist: dict[str, list[_Part]] = {}
    for part in parts:
        by_playlist.setdefault(part.playlist_id, []).append(part)
    for playlist_id, pages in by_playlist.items():
        pages.sort(key=lambda part: part.page.offset or 0)
        described = next((part for part in pages if part.has_metadata), pages[0])
        envelope = described.envelope
        entries, lost = _joined(pages)
        missing, doubts = _missing(pages, len(entries))
        if envelope is not None and envelope.doubts is not None:
            doubts = [*doubts, str(envelope.doubts)]
        yield PlaylistSnapshot(
            playlist_id=playlist_id,
            playlist=described.playlist,
            entries=entries,
            fetched_at=described.fetched_at,
            source=described.source,
            region=envelope.region if envelope else None,
            tags=(envelope.tags or []) if envelope else [],
            missing=missing,
            doubts=tuple(doubts),
            lost=lost,
        )


def _joined(pages: list[_Part]) -> tuple[list[Entry | None], frozenset[int]]:
    """Entries of all pages, and the indexes of those that were lost."""
    entries: list[Entry | None] = []
    lost: set[int] = set()
    for part in pages:
        lost.update(len(entries) + number for number in part.lost)
        entries.extend(part.page.items or [])
    if len(entries) > MOST_ENTRIES:
        raise UnreadableObject(f"holds {len(entries):,} entries of playlist {pages[0].playlist_id}; no playlist does")
    return entries, frozenset(lost)


def _missing(pages: list[_Part], held: int) -> tuple[int | None, list[str]]:
    """How many entries are missing, None where nobody knows, and why that is thought.

    Pages must follow each other without gap, and hold as many entries as each of them tells.
    """
    first = 0
    for part in pages:
        if (part.page.offset or 0) != first:
            starts = (part.page.offset or 0) + 1
            return None, [f"entries are not in one piece: a page starts at entry {starts}, expected {first + 1}"]
        first += len(part.page.items or [])
    told = {part.page.total for part in pages if part.page.total is not None}
    doubts = [f"holds {held:,} of the {total:,} entries that it tells" for total in sorted(told - {held})]
    if pages[-1].page.next and max(told, default=held) <= held:
        return None, [*doubts, "the last page names a next one"]
    return max(0, max(told, default=held) - held), doubts
