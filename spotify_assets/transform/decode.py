"""Raw bytes to snapshots: decompress, recognise the shape, and prove that each playlist is whole.

One raw object is judged on its own. What cannot be read, or is not whole, raises `UnreadableObject` with a reason for
the person who will look at it in quarantine. Nothing here decides between objects; that is `tables.py`.
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
    """A whole playlist as captured: `entries` in playlist order, the first being position 1."""

    playlist_id: str
    playlist: Playlist | Document
    entries: list[Entry | None]
    fetched_at: datetime
    source: str
    region: str | None = None
    tags: list[str] = field(default_factory=list)


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
    """All that one raw object holds."""

    playlists: list[PlaylistSnapshot]
    profiles: list[ProfileSnapshot]
    facts: list[FactsSnapshot] = field(default_factory=list)


def decode_object(raw: RawObject, snapshot_date: date, lake_source: str) -> ObjectContent:
    """Everything in one raw object filed under `snapshot_date`, in a lake filled by `lake_source`.

    Raises:
        UnreadableObject: it is damaged, not of a known shape, not whole, of another day, or of another source.
    """
    if raw.too_large is not None:
        raise UnreadableObject(f"of {raw.too_large:,} bytes, and none larger than {LARGEST_OBJECT_BYTES:,} is read")
    parsed = _parse(decompress(raw.data))
    documents = parsed if isinstance(parsed, list) else [parsed]
    if not documents:
        raise UnreadableObject("an empty list: neither a playlist, a page of entries, nor artists")
    parts: list[_Part] = []
    profiles: list[ProfileSnapshot] = []
    facts: list[FactsSnapshot] = []
    for document in documents:
        fetched_at, source = _origin(document.envelope, raw.landed_at, snapshot_date, lake_source)
        if document.error is not None:
            raise UnreadableObject(f"an error answer of the API saved as data: {_error_text(document)}")
        if document.type not in (None, "playlist"):
            raise UnreadableObject(f"a Spotify object of type {document.type[:40]!r}, not a playlist")
        if document.artist_facts is not None:
            facts.extend(_facts(document.artist_facts, fetched_at))
        elif (found := _profiles(document, fetched_at)) is not None:
            profiles.extend(found)
        else:
            parts.append(_part(document, fetched_at, source))
    return ObjectContent(list(_assemble(parts)), profiles, facts)


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


def _parse(data: bytes) -> Document | list[Document]:
    if not data.strip():
        raise UnreadableObject("empty, or cut off before its first byte")
    if data.lstrip().startswith(b"<"):
        raise UnreadableObject("a web page (HTML or XML), not JSON: probably an error page saved by the extractor")
    if (objects := data.count(b"{")) > MOST_JSON_OBJECTS:
        raise UnreadableObject(f"holds {objects:,} JSON objects, and none of more than {MOST_JSON_OBJECTS:,} is read")
    try:
        return _DECODER.decode(data)
    except RecursionError as error:
        raise UnreadableObject("nested too deeply for a playlist") from error
    except msgspec.ValidationError as error:
        raise UnreadableObject(f"not in a known shape: {error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnreadableObject(f"not valid JSON: {error}") from error


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


def _profiles(document: Document, fetched_at: datetime) -> list[ProfileSnapshot] | None:
    """Artist profiles of a document, or None where it is not about artists."""
    if document.artists is None:
        return None
    artists = document.artists.items if isinstance(document.artists, ArtistsPage) else document.artists
    return [
        ProfileSnapshot(artist, _time(artist.fetched_at, "artists[].fetched_at") if artist.fetched_at else fetched_at)
        for artist in artists or []
        if artist is not None
    ]


def _facts(answers: list[ArtistFactsAnswer], fetched_at: datetime) -> Iterator[FactsSnapshot]:
    for answer in answers:
        told = answer.fetched_at
        yield FactsSnapshot(answer, _time(told, "artist_facts[].fetched_at") if told else fetched_at)


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


def _part(document: Document, fetched_at: datetime, source: str) -> _Part:
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
    return _Part(playlist_id, playlist, playlist.id is not None, page, fetched_at, source, document.envelope)


def _no_entries_reason(playlist: Playlist | Document) -> str:
    if playlist.id is not None:
        return "a playlist object without its entries (Spotify withholds those of playlists the user does not own)"
    return "not in a known shape: neither a playlist, a page of entries, nor artists"


def _id_in(href: str | None) -> str | None:
    match = PLAYLIST_IN_HREF.search(href or "")
    return match.group(1) if match else None


def _assemble(parts: list[_Part]) -> Iterator[PlaylistSnapshot]:
    """One snapshot per playlist from the pages of one object, refusing any that is not whole."""
    by_playlist: dict[str, list[_Part]] = {}
    for part in parts:
        by_playlist.setdefault(part.playlist_id, []).append(part)
    for playlist_id, pages in by_playlist.items():
        pages.sort(key=lambda part: part.page.offset or 0)
        described = next((part for part in pages if part.has_metadata), pages[0])
        envelope = described.envelope
        yield PlaylistSnapshot(
            playlist_id=playlist_id,
            playlist=described.playlist,
            entries=_whole(pages),
            fetched_at=described.fetched_at,
            source=described.source,
            region=envelope.region if envelope else None,
            tags=(envelope.tags or []) if envelope else [],
        )


def _whole(pages: list[_Part]) -> list[Entry | None]:
    """Entries of all pages; they must follow each other without gap and be as many as every page's `total`."""
    entries: list[Entry | None] = []
    for part in pages:
        if (part.page.offset or 0) != len(entries):
            raise UnreadableObject(
                f"entries of playlist {part.playlist_id} are not in one piece: "
                f"a page starts at entry {(part.page.offset or 0) + 1}, expected {len(entries) + 1}"
            )
        entries.extend(part.page.items or [])
    if len(entries) > MOST_ENTRIES:
        raise UnreadableObject(f"holds {len(entries):,} entries of playlist {pages[0].playlist_id}; no playlist does")
    if pages[-1].page.next and pages[-1].page.total is None:
        raise UnreadableObject(
            f"the last page of playlist {pages[-1].playlist_id} names a next one; a snapshot must be whole"
        )
    for part in pages:
        if part.page.total is not None and part.page.total != len(entries):
            raise UnreadableObject(
                f"holds {len(entries)} of the {part.page.total} entries of playlist {part.playlist_id}; "
                "a snapshot must be whole"
            )
    return entries
