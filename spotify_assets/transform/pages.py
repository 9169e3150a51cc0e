"""Pages of entries to playlists: which one a document is about, its entries in order, and what is missing of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from spotify_assets.spotify.payloads import ID, Document, Entry, Envelope, Page, Playlist
from spotify_assets.transform.cells import OddCells

MOST_ENTRIES = 1_000_000
PLAYLIST_IN_HREF = re.compile(r"/playlists/([0-9A-Za-z]+)")


class UnreadableObject(ValueError):
    """A raw object that cannot become rows; the message says what is wrong with it."""


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
class Part:
    """A run of consecutive entries of one playlist, with its metadata where the object has it."""

    playlist_id: str
    playlist: Playlist | Document
    has_metadata: bool
    page: Page
    fetched_at: datetime
    source: str
    envelope: Envelope | None
    lost: frozenset[int]


def part_of(document: Document, fetched_at: datetime, source: str, odd: OddCells) -> Part:
    """What a document holds of a playlist.

    Raises:
        UnreadableObject: it has no list of entries, or no playlist that they belong to.
    """
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
    if document.envelope is not None and not re.fullmatch(ID, playlist_id or ""):
        # What the platform captured is known by what it asked for.
        playlist_id = document.envelope.playlist_id or playlist_id
    if playlist_id is None:
        raise UnreadableObject("no playlist id: neither `id` nor a playlist in `href`")
    if not re.fullmatch(ID, playlist_id):
        raise UnreadableObject(f"not a Spotify playlist id: {playlist_id[:60]!r}")
    entries = page.items or []
    lost = frozenset(at for at in odd.lost_entries if at < len(entries) and _has_no_id(entries[at]))
    return Part(playlist_id, playlist, playlist.id is not None, page, fetched_at, source, document.envelope, lost)


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


def assemble(parts: list[Part]) -> Iterator[PlaylistSnapshot]:
    """One snapshot per playlist from the pages of one object, with what is missing of it.

    Raises:
        UnreadableObject: there are more entries than any playlist has.
    """
    by_playlist: dict[str, list[Part]] = {}
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


def _joined(pages: list[Part]) -> tuple[list[Entry | None], frozenset[int]]:
    """Entries of all pages, and the indexes of those that were lost."""
    entries: list[Entry | None] = []
    lost: set[int] = set()
    for part in pages:
        lost.update(len(entries) + number for number in part.lost)
        entries.extend(part.page.items or [])
    if len(entries) > MOST_ENTRIES:
        raise UnreadableObject(f"holds {len(entries):,} entries of playlist {pages[0].playlist_id}; no playlist does")
    return entries, frozenset(lost)


def _missing(pages: list[Part], held: int) -> tuple[int | None, list[str]]:
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
