"""Pages of entries to playlists: a document's playlist, its entries in order, and what is missing."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from spotify_assets.spotify.payloads import (
    ID,
    LIKED,
    LIKED_NAME,
    PLAYLIST_ID,
    Document,
    Entry,
    Envelope,
    Page,
    Playlist,
)
from spotify_assets.transform.cells import OddCells
from spotify_assets.transform.containers import UnreadableObject
from spotify_assets.transform.key_words import is_numbered_page, playlist_ids_in

MOST_ENTRIES = 1_000_000
LIKED_SONGS, OF_A_PLAYER = re.compile(r"/me/tracks(?:[?/]|\Z)"), re.compile(r"/me/player(?:[?/]|\Z)")
NAME_IT = (
    "put the id of the playlist, the 22 characters in its link, into the name of the file or its folder, as in "
    "playlist-37i9dQZEVXbMDoHDwVN2tF.json"
)
PLAYLIST_IN_HREF = re.compile(r"/playlists/([0-9A-Za-z]+)")


@dataclass(frozen=True)
class Run:
    """Consecutive entries of a playlist: where they begin, counted from 0, how many, and what the page states.

    `total` is the stated number of entries of the playlist; `has_next` says that a next page is named.
    """

    first: int
    length: int
    total: int | None
    has_next: bool


@dataclass(frozen=True)
class PlaylistSnapshot:
    """A playlist as captured: `entries` in playlist order, the first being position 1.

    `missing` is how many further entries it states, None if unknown; `doubts` say in words what is not certain of it.
    `lost` are the indexes of entries whose song, or its id, could not be read. `page` is set if another program landed
    it as a page, and it is not the entire playlist.
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
    page: Run | None = None
    chart_type: str | None = None
    recurrence: str | None = None


@dataclass(frozen=True)
class Part:
    """A run of consecutive entries of one playlist, with its metadata if the object has it."""

    playlist_id: str
    playlist: Playlist | Document
    has_metadata: bool
    page: Page
    fetched_at: datetime
    source: str
    envelope: Envelope | None
    lost: frozenset[int]
    doubts: tuple[str, ...] = ()


def part_of(document: Document, key: str, fetched_at: datetime, source: str, odd: OddCells) -> Part:
    """The entries of a document that is a playlist or a page of one; `key` names its file and folders.

    The playlist is the one that the document names, by `id` or `href`; if it names none, the one whose id is in the
    key.

    Raises:
        UnreadableObject: it has no list of entries, or neither it nor its key names one playlist.
    """
    playlist: Playlist | Document = document.playlist or document
    # `items` is the newer name: an object with both (seen in 2026) has the same twice.
    found = playlist.items if playlist.items is not None else playlist.tracks
    if isinstance(found, list):
        page = Page(items=found, total=document.total, offset=document.offset, next=document.next, href=document.href)
    elif found is None:
        raise UnreadableObject(_no_entries_reason(playlist))
    else:
        page = found
    if page.items is None and page.total != 0:
        raise UnreadableObject(_no_entries_reason(playlist))
    entries = page.items or []
    playlist_id, doubts = playlist.id or _id_in(page.href) or _id_in(playlist.href), ()
    if document.envelope is not None and not re.fullmatch(ID, playlist_id or ""):
        # This platform's captures are identified by its request.
        playlist_id = document.envelope.playlist_id or playlist_id
    if playlist_id is None:
        # If a playlist is named, entries without either are removed songs.
        if any(entries) and not any(map(_is_entry, entries)):
            raise UnreadableObject(
                "a list of something else than entries of a playlist: none has an `item` or a `track`"
            )
        playlist_id, doubts = _id_by_key(key, page), _doubts_of_rows(page)
    # Only this platform gives ids of its own.
    is_own = document.envelope is not None or playlist_id == LIKED
    if not re.fullmatch(PLAYLIST_ID if is_own else ID, playlist_id):
        raise UnreadableObject(f"not a Spotify playlist id: {playlist_id[:60]!r}")
    lost = frozenset(at for at in odd.lost_entries if at < len(entries) and _has_no_id(entries[at]))
    has_metadata = playlist.id is not None
    return Part(playlist_id, playlist, has_metadata, page, fetched_at, source, document.envelope, lost, doubts)


def _is_entry(entry: Entry | None) -> bool:
    """Whether it has a field that only entries have, not songs, albums or playlists."""
    return entry is not None and any(
        each is not None for each in (entry.item, entry.track, entry.added_at, entry.added_by)
    )


def _id_by_key(key: str, page: Page) -> str:
    """The playlist in the key of an object that names none itself."""
    what = "a list of entries without the playlist they belong to"
    if OF_A_PLAYER.search(page.href or ""):
        raise UnreadableObject("what a person played lately, and no playlist; it is not imported")
    identifiers = playlist_ids_in(key)
    if LIKED_SONGS.search(page.href or "") and len(identifiers) != 1:
        return LIKED
    if not identifiers:
        raise UnreadableObject(f"{what}: {NAME_IT}")
    if len(identifiers) > 1:
        raise UnreadableObject(f"{what}, and its key has {len(identifiers)} ids: {NAME_IT}")
    if page.items and not any(entry is not None and (entry.item or entry.track) for entry in page.items):
        raise UnreadableObject("a list of something else than songs: no entry has an `item` or a `track`")
    if page.offset is None and page.total is None and is_numbered_page(key):
        raise UnreadableObject(
            "a page that does not say where on its playlist it begins: "
            "land the API's complete responses, or all rows in one file"
        )
    return identifiers[0]


def _doubts_of_rows(page: Page) -> tuple[str, ...]:
    if page.total is not None:
        return ()
    return (f"a list of {len(page.items or []):,} entries that does not say how many the playlist has",)


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


def assemble(parts: Iterable[Part]) -> Iterator[PlaylistSnapshot]:
    """One snapshot per playlist from the pages of one object, with what is missing.

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
        runs = [_run(part.page) for part in pages]
        missing, doubts = missing_of(runs)
        page = _one_run(runs) if missing != 0 and envelope is None else None
        doubts = [*(doubt for part in pages for doubt in part.doubts), *doubts]
        if envelope is not None and envelope.doubts is not None:
            doubts = [*doubts, str(envelope.doubts)]
        playlist = described.playlist
        if playlist_id == LIKED and playlist.name is None:
            # Its pages do not have Spotify's name for it.
            playlist = msgspec.structs.replace(playlist, name=LIKED_NAME)
        yield PlaylistSnapshot(
            playlist_id=playlist_id,
            playlist=playlist,
            entries=entries,
            fetched_at=described.fetched_at,
            source=described.source,
            region=envelope.region if envelope else None,
            tags=(envelope.tags or []) if envelope else [],
            missing=missing,
            doubts=tuple(doubts),
            lost=lost,
            page=page,
            chart_type=envelope.chart_type if envelope else None,
            recurrence=envelope.recurrence if envelope else None,
        )


def _run(page: Page) -> Run:
    return Run(page.offset or 0, len(page.items or []), page.total, bool(page.next))


def _one_run(runs: list[Run]) -> Run | None:
    """Runs as one if each begins at the end of the one before it, and they agree on the playlist's length."""
    first, last = runs[0], runs[-1]
    held = 0
    for run in runs:
        if run.first != first.first + held or run.total is None or run.total != first.total:
            return None
        held += run.length
    return Run(first.first, held, first.total, last.has_next)


def _joined(pages: list[Part]) -> tuple[list[Entry | None], frozenset[int]]:
    """Entries of all pages, and the indexes of lost ones."""
    entries: list[Entry | None] = []
    lost: set[int] = set()
    for part in pages:
        lost.update(len(entries) + number for number in part.lost)
        entries.extend(part.page.items or [])
    if len(entries) > MOST_ENTRIES:
        raise UnreadableObject(f"holds {len(entries):,} entries of playlist {pages[0].playlist_id}; no playlist does")
    return entries, frozenset(lost)


def missing_of(runs: Sequence[Run]) -> tuple[int | None, list[str]]:
    """How many entries are missing from these runs, None if unknown, and why.

    They must follow each other without gap, and have as many entries as each of them states.
    """
    held = sum(run.length for run in runs)
    first = 0
    for run in runs:
        if run.first != first:
            return None, [f"entries are not in one piece: a page starts at entry {run.first + 1}, expected {first + 1}"]
        first += run.length
    told = {run.total for run in runs if run.total is not None}
    doubts = [f"holds {held:,} of the {total:,} entries that it tells" for total in sorted(told - {held})]
    if runs[-1].has_next and max(told, default=held) <= held:
        return None, [*doubts, "the last page names a next one"]
    return max(0, max(told, default=held) - held), doubts
