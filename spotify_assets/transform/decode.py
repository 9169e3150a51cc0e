"""Raw bytes to snapshots: decompress, recognise the shape, and note what is odd or doubtful about each playlist.

One raw object is judged on its own. Only what has no readable structure (no JSON, no list of entries, no playlist id)
raises `UnreadableObject`, with a reason for the person who will look at it in quarantine: a cell that cannot be read is
null and noted (`cells.py`), and of a playlist that is not whole is said what is missing. Nothing here decides between
objects, or what of them is published; that is `tables.py` and `holding_back.py`.
"""

import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import msgspec
import zstandard

from spotify_assets.spotify.payloads import (
    ArtistFactsAnswer,
    ArtistProfile,
    ArtistsPage,
    Document,
    Envelope,
)
from spotify_assets.transform.cells import ANY_LIST, OddCell, OddCells, Path, TooManyValues, mended, read_by_cell
from spotify_assets.transform.pages import Part, PlaylistSnapshot, UnreadableObject, assemble, part_of

ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
GZIP_MAGIC = b"\x1f\x8b"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# A playlist holds at most 10,000 entries of some 4 kB, in some 15 JSON objects; far beyond that, an object of the raw
# zone is a mistake or an attack. Whatever is in one, to decode it takes some 1.1 GiB of memory at most.
LARGEST_OBJECT_BYTES, MOST_JSON_OBJECTS = 256 << 20, 4_000_000
# Compressed bytes taken at a time, so that an object that unpacks to far more than that is noticed on the way: zstd
# makes at most 32 MiB of these.
PIECE_BYTES = 1 << 10

_DECODER = msgspec.json.Decoder(Document | list[Document])


class _Object(msgspec.Struct):
    """Any JSON object."""


_OBJECTS = msgspec.json.Decoder(_Object | list[_Object])


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
    documents, odd_cells = _parse(decompress(raw.data))
    if not documents:
        raise UnreadableObject("an empty list: neither a playlist, a page of entries, nor artists")
    parts: list[Part] = []
    content = ObjectContent([], [])
    for number, document in enumerate(documents):
        odd = odd_cells.get(number) or OddCells()
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
            parts.append(part := part_of(document, fetched_at, source, odd))
        content.odd_cells.extend(odd.of(raw.name, part.playlist_id if part else None))
    content.playlists.extend(assemble(parts))
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


def _parse(data: bytes) -> tuple[list[Document], dict[int, OddCells]]:
    """The documents of an object, and by their numbers the cells that could not be read."""
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
    return parsed if isinstance(parsed, list) else [parsed], {}


def _parse_by_cell(data: bytes) -> tuple[list[Document], dict[int, OddCells]]:
    text = mended(data)
    # Decoded for its error: only objects, and lists of them, go on.
    is_list = isinstance(_OBJECTS.decode(text), list)
    documents: list[Document] = []
    found: dict[int, OddCells] = {}
    for number, element in enumerate(ANY_LIST.decode(text) if is_list else [text]):
        odd = OddCells(f"[{number}]." if is_list else "")
        documents.append(read_by_cell(element, Document, odd, is_mended=text != data))
        if odd.found:
            found[number] = odd
    return documents, found


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
