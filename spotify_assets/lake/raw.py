"""The raw zone: objects waiting in `to_be_processed`, kept in `processed`, or set aside in `quarantine`.

An object's *name* is its key within a zone once it is filed under its day. It never changes, whichever zone the object
is in, so a day's rows do not depend on how far its objects have moved. Foreign objects are filed with their landing
time in the name, since copying inside S3 resets an object's own timestamp.
"""

import hashlib
import json
import re
from collections import deque
from collections.abc import Container, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote

import msgspec

from spotify_assets.charts.imported_object import compressed
from spotify_assets.lake.errors import LakeError, TooLarge
from spotify_assets.lake.quarantine import MISFILED, Quarantine, QuarantineNote
from spotify_assets.lake.raw_imports import IMPORT_NAME, RawImports
from spotify_assets.lake.raw_keys import (
    LANDED_AT_FORMAT,
    LONGEST_PART,
    PROCESSED,
    TO_BE_PROCESSED,
    addressable_objects,
    any_objects,
    is_litter,
    objects_of_days,
    unfit,
)
from spotify_assets.lake.storage import Storage, StoredObject
from spotify_assets.transform.containers import LARGEST_OBJECT_BYTES
from spotify_assets.transform.days import FIRST_DAY
from spotify_assets.transform.decode import RawObject
from spotify_assets.transform.key_dates import NotADay, day_in_key
from spotify_assets.transform.key_words import LANDED_AT

# Names given by this platform; they need no landing time, since the envelope inside records the time of capture.
OWN_NAME = re.compile(
    r"^snapshot_date=\d{4}-\d\d-\d\d/(?P<kind>playlist-(?:[0-9A-Za-z]{22}|[a-z][a-z0-9]*(?:-[a-z0-9]+)*)|artists|artist_facts)-(?P<at>\d{8}T\d{6}Z)"
    r"\.json\.zst\Z"
)
OF_A_DAY = re.compile(r"snapshot_date=(\d{4}-\d\d-\d\d)")
CAPTURED_AT_FORMAT = "%Y%m%dT%H%M%SZ"
ARTISTS, ARTIST_FACTS = "artists", "artist_facts"
# Objects, and their bytes, that are read ahead of the current one.
READERS, AHEAD_BYTES = 8, 64 << 20
# Other producers may write straight into a folder; a file changed more recently may not be complete yet.
SETTLED_AFTER = timedelta(seconds=2)
# An unreadable object that is younger may be half of a file whose producer pauses.
YOUNG_FOR = timedelta(minutes=10)


@dataclass(frozen=True)
class RawEntry:
    """A raw object of one day: where it is now, its lasting name, and when it landed (UTC)."""

    key: str
    name: str
    snapshot_date: date
    size: int
    etag: str
    landed_at: datetime

    @property
    def is_waiting(self) -> bool:
        """Whether it is still in `to_be_processed`."""
        return self.key.startswith(TO_BE_PROCESSED)

    @property
    def is_own(self) -> bool:
        """Whether this platform captured it; other producers' objects are named after their landing time."""
        return self.own_kind is not None

    @property
    def is_import(self) -> bool:
        """Whether this platform landed it from somebody's file."""
        return IMPORT_NAME.match(self.name) is not None

    @property
    def is_written_whole(self) -> bool:
        """Whether this platform wrote it, which others never see in part."""
        return self.is_own or self.is_import

    @property
    def own_kind(self) -> str | None:
        """The kind of capture, as in `own_name`; None for an object of another producer."""
        own = OWN_NAME.match(self.name)
        return None if own is None else own["kind"]


@dataclass(frozen=True)
class Capture:
    """A raw object of our own: where it is, its kind, and the second (UTC) of its capture."""

    key: str
    kind: str
    captured_at: datetime


@dataclass(frozen=True)
class Misfiled:
    """A waiting object whose key cannot be filed under a day."""

    found: StoredObject
    reason: str

    @property
    def key(self) -> str:
        """Where it is."""
        return self.found.key


def own_name(kind: str, fetched_at: datetime) -> str:
    """Name of an object this platform captures; `kind` is `playlist-<id>`, `artists` or `artist_facts`."""
    return f"snapshot_date={fetched_at:%Y-%m-%d}/{kind}-{fetched_at.strftime(CAPTURED_AT_FORMAT)}.json.zst"


def playlist_kind(playlist_id: str) -> str:
    """The kind of the objects that hold this playlist."""
    return f"playlist-{playlist_id}"


def file_entry(found: StoredObject, latest: date) -> RawEntry | Misfiled:
    """Files one waiting object under its day: the day in its key, or the day on which it landed (UTC).

    A key is `Misfiled` if no client can address it, or if its day cannot be determined, is after `latest` or is before
    Spotify existed.
    """
    relative = found.key.removeprefix(f"{TO_BE_PROCESSED}/")
    if (reason := unfit(relative)) is not None:
        return Misfiled(found, reason)
    imported = IMPORT_NAME.match(relative)
    try:
        # The file name behind it may contain other days, such as both ends of a week.
        key = relative.partition("/")[0] + "/" if imported else relative
        day = day_in_key(key) or found.written_at.date()
    except NotADay as error:
        return Misfiled(found, str(error))
    if day < FIRST_DAY:
        return Misfiled(found, f"{day} is before there was Spotify, which opened in October 2008")
    if day > latest:
        return Misfiled(found, f"{day} is in the future")
    name = relative
    if imported is None and not OWN_NAME.match(relative):
        # With the full key: without its folder, it could be that of another object.
        name = f"snapshot_date={day}/{_landing(found)}/{relative}"
    return RawEntry(found.key, name, day, found.size, found.etag, found.written_at)


def _landing(found: StoredObject) -> str:
    return f"landed_at={found.written_at.strftime(LANDED_AT_FORMAT)}"


class RawZone:
    """Raw objects of one lake."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._quarantine = Quarantine(storage)
        self.imports = RawImports(storage)

    def land(self, name: str, document: object) -> str:
        """Writes one captured document as compressed JSON; returns its key. Equal name and content change nothing."""
        key = f"{TO_BE_PROCESSED}/{name}"
        self._storage.write(key, compressed(as_json(document)))
        return key

    def captures(self, day: date) -> Iterator[Capture]:
        """Objects of a day captured by this platform, whether they wait or are processed."""
        for zone in (TO_BE_PROCESSED, PROCESSED):
            for found in addressable_objects(self._storage, f"{zone}/snapshot_date={day}"):
                if (capture := _capture(found.key, found.key.removeprefix(f"{zone}/"))) is not None:
                    yield capture

    def latest(self, kind: str, day: date, days: int, objects: Iterable[RawEntry] | None = None) -> bytes | None:
        """The last captured object of a kind on a day or the `days` before it, as stored; None if there is none.

        `objects` are those of the day itself, for callers that have listed them.
        """
        known = None if objects is None else filter(None, (_capture(entry.key, entry.name) for entry in objects))
        for back in range(days + 1):
            found = self.captures(day - timedelta(days=back)) if back or known is None else known
            of_kind = (capture for capture in found if capture.kind == kind)
            for latest in sorted(of_kind, key=lambda capture: capture.captured_at, reverse=True):
                # It may be moving to another zone; and nothing that we write is too large.
                with suppress(TooLarge):
                    if (data := self._storage.read_if_any(latest.key, LARGEST_OBJECT_BYTES)) is not None:
                        return data
        return None

    def processed_days(self) -> set[date]:
        """Days that have processed objects."""
        named = map(OF_A_DAY.fullmatch, self._storage.folders(PROCESSED))
        return {date.fromisoformat(found[1]) for found in named if found is not None}

    def waiting(self, days: Container[date] | None = None) -> Iterator[RawEntry | Misfiled]:
        """Every object in `to_be_processed`, filed under its day, except litter.

        With `days`, all that may be of these, and some others.
        """
        latest = datetime.now(UTC).date() + timedelta(days=1)
        zone = self._storage, TO_BE_PROCESSED
        for found in any_objects(*zone) if days is None else objects_of_days(*zone, days):
            if not is_litter(found.key.removeprefix(f"{TO_BE_PROCESSED}/")):
                yield file_entry(found, latest)

    def is_settled(self, entry: RawEntry | Misfiled, now: datetime) -> bool:
        """Whether a waiting object is surely complete: at once on S3, in a folder after two seconds without change."""
        if self._storage.is_s3 or (isinstance(entry, RawEntry) and entry.is_written_whole):
            return True
        written_at = entry.landed_at if isinstance(entry, RawEntry) else entry.found.written_at
        # A clock ahead of this one must not make an object wait forever.
        return abs(now - written_at) >= SETTLED_AFTER

    def young_until(self, entry: RawEntry, now: datetime) -> datetime | None:
        """Until when (UTC) an unreadable waiting object may be a file still being written; None if it cannot be.

        On S3, and if this platform wrote it, an object is complete from the start.
        """
        is_whole = self._storage.is_s3 or entry.is_written_whole
        if is_whole or not entry.is_waiting or abs(now - entry.landed_at) >= YOUNG_FOR:
            return None
        return entry.landed_at + YOUNG_FOR

    def objects_of(self, days: Iterable[date]) -> dict[date, list[RawEntry]]:
        """Objects of each day, waiting or processed, by name; an object found in both zones counts once.

        Misfiled waiting objects found on the way are quarantined, since they belong to no day that would ever do it;
        quarantined objects that were written to since wait again. Misfiled objects in another day's folder are left to
        whoever lists all that waits: the sensor `raw_objects`, or `run`.
        """
        self.take_back_changed()
        by_day, misfiled = self._found(days)
        for entry in misfiled:
            self.quarantine_misfiled(entry)
        return by_day

    def seen_of(self, days: Iterable[date]) -> dict[date, list[RawEntry]]:
        """Like `objects_of`, for a caller that may not set anything aside."""
        return self._found(days)[0]

    def _found(self, days: Iterable[date]) -> tuple[dict[date, list[RawEntry]], list[Misfiled]]:
        by_day: dict[date, dict[str, RawEntry]] = {day: {} for day in days}
        misfiled: list[Misfiled] = []
        # In the order in which objects move: one moved by another run meanwhile is found in the second zone.
        for entry in self.waiting(by_day):
            if isinstance(entry, Misfiled):
                misfiled.append(entry)
            elif entry.snapshot_date in by_day:
                by_day[entry.snapshot_date][entry.name] = entry
        for day, entries in by_day.items():
            for found in addressable_objects(self._storage, f"{PROCESSED}/snapshot_date={day}"):
                entry = _processed_entry(found, day)
                entries.setdefault(entry.name, entry)
        return {day: [entries[name] for name in sorted(entries)] for day, entries in by_day.items()}, misfiled

    def read(self, entries: Iterable[RawEntry]) -> Iterator[RawObject]:
        """Contents of raw objects in the given order, read ahead by a few objects and bytes, never all in memory.

        An object over the size limit comes without its content.
        """
        remaining, ahead, held = deque(entries), deque[tuple[RawEntry, Future[RawObject]]](), 0
        with ThreadPoolExecutor(READERS) as readers:
            while remaining or ahead:
                while remaining and len(ahead) < READERS and (not ahead or held + remaining[0].size <= AHEAD_BYTES):
                    entry = remaining.popleft()
                    ahead.append((entry, readers.submit(self._read, entry)))
                    held += entry.size
                entry, content = ahead.popleft()
                yield content.result()
                del content
                held -= entry.size

    def _read(self, entry: RawEntry) -> RawObject:
        for key in (entry.key, f"{PROCESSED}/{entry.name}"):
            # Another run may have published, and so moved, a waiting object since it was listed.
            try:
                data = self._storage.read_if_any(key, LARGEST_OBJECT_BYTES)
            except TooLarge as error:
                return RawObject(entry.name, b"", entry.landed_at, error.size)
            if data is not None:
                return RawObject(entry.name, data, entry.landed_at)
        raise LakeError(
            f"{entry.key} is gone since it was listed. Run the job process_raw_objects for {entry.snapshot_date} again."
        )

    def file_as_processed(self, entries: Iterable[RawEntry]) -> int:
        """Moves published objects out of `to_be_processed`; returns how many are there now.

        An object that landed again meanwhile, with other content, stays until its own turn.
        """
        waiting = [entry for entry in entries if entry.is_waiting]
        with ThreadPoolExecutor(READERS) as movers:
            return sum(movers.map(self._file_one, waiting))

    def _file_one(self, entry: RawEntry) -> bool:
        return self._storage.move(entry.key, f"{PROCESSED}/{entry.name}", entry.etag)

    def quarantine(self, entry: RawEntry, reason: str) -> None:
        """Sets an unreadable object aside, with the reason next to it; one that landed again since stays."""
        etag = entry.etag if entry.is_waiting else None
        self._quarantine.set_aside(entry.key, entry.name, etag, entry.name, reason)

    def quarantined(self, day: date | str, most: int | None = None) -> list[QuarantineNote]:
        """Notes on the objects of a day (or `misfiled`) still in quarantine, by key; at most `most`."""
        return self._quarantine.notes(day, most)

    def quarantined_by_day(self) -> dict[str, int]:
        """Number of objects in quarantine, by day; under `misfiled` those whose key names no day."""
        return self._quarantine.count_by_day()

    def forget_mended(self, day: date, readable: Iterable[RawEntry]) -> None:
        """Removes the notes of quarantined objects in whose place these readable ones landed."""
        self._quarantine.forget_mended(day, {entry.name: entry.landed_at for entry in readable})

    def take_back_changed(self) -> list[str]:
        """Makes quarantined objects that were written to since wait again; returns their keys."""
        return self._quarantine.take_back_changed(TO_BE_PROCESSED)

    def quarantine_misfiled(self, misfiled: Misfiled) -> None:
        """Sets an object without a day aside, with the reason next to it; one that landed again since stays."""
        relative = misfiled.key.removeprefix(f"{TO_BE_PROCESSED}/")
        name = quote(relative, safe="=-_.", errors="surrogateescape").replace("..", "%2E%2E")
        if len(name) > LONGEST_PART:
            name = f"{name[:100]}-{hashlib.sha256(name.encode()).hexdigest()}"
        target = f"{MISFILED}/{_landing(misfiled.found)}/{name}"
        self._quarantine.set_aside(misfiled.key, target, misfiled.found.etag, misfiled.key, misfiled.reason)


def _capture(key: str, name: str) -> Capture | None:
    own = OWN_NAME.match(name)
    if own is None:
        return None
    return Capture(key, own["kind"], datetime.strptime(own["at"], CAPTURED_AT_FORMAT).replace(tzinfo=UTC))


def as_json(document: object) -> bytes:
    """JSON of any JSON value, as Spotify sent it."""
    try:
        return msgspec.json.encode(document)
    except UnicodeEncodeError:
        # Half a character, which is no text in any encoding: it lands escaped, as it came.
        return json.dumps(document, default=msgspec.to_builtins).encode()


def _processed_entry(found: StoredObject, day: date) -> RawEntry:
    name = found.key.removeprefix(f"{PROCESSED}/")
    landed = LANDED_AT.search(name)
    landed_at = datetime.strptime(landed.group(1), LANDED_AT_FORMAT).replace(tzinfo=UTC) if landed else found.written_at
    return RawEntry(found.key, name, day, found.size, found.etag, landed_at)
