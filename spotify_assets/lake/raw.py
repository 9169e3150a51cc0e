"""The raw zone: objects waiting in `to_be_processed`, kept in `processed`, or set aside in `quarantine`.

An object's *name* is its key within a zone once it is filed under its day; it never changes, whichever zone the object
lies in, so a day's rows do not depend on how far its objects have travelled. Foreign objects are filed with the time at
which they landed in their name, since copying inside S3 resets an object's own timestamp.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from urllib.parse import quote

import msgspec
import zstandard

from spotify_assets.lake.errors import LakeError
from spotify_assets.lake.storage import Storage, StoredObject
from spotify_assets.transform.decode import RawObject

TO_BE_PROCESSED = "raw/to_be_processed"
PROCESSED = "raw/processed"
QUARANTINE = "raw/quarantine"
REASON_SUFFIX = ".reason.json"

# Names this platform gives; they need no landing time, since the envelope inside tells the time of capture.
OWN_NAME = re.compile(
    r"^snapshot_date=\d{4}-\d\d-\d\d/(?P<kind>playlist-[0-9A-Za-z]{22}|artists|artist_facts)-(?P<at>\d{8}T\d{6}Z)"
    r"\.json\.zst\Z"
)
CAPTURED_AT_FORMAT = "%Y%m%dT%H%M%SZ"
ARTISTS, ARTIST_FACTS = "artists", "artist_facts"
DATE_FOLDER = re.compile(r"(?:^|/)snapshot_date=([^/]*)/")
DATE_IN_NAME = re.compile(r"(?<!\d)(\d{4}-\d{2}-\d{2})(?!\d)")
LANDED_AT = re.compile(r"/landed_at=(\d{8}T\d{6}\d{6}Z)/")
LANDED_AT_FORMAT = "%Y%m%dT%H%M%S%fZ"
# What an object store client can address; other keys exist on S3 (`..`, `//`, control characters) and are set aside.
ADDRESSABLE = re.compile(r"^(?!.*(?:^|/)(?:\.{1,2})?(?:/|$))[^\x00-\x1f\x7f\\\ud800-\udfff]+\Z")
# File systems take 255 bytes per name and S3 takes 1,024 per key; filing an object adds to both.
LONGEST_PART, LONGEST_KEY = 240, 800
READERS = 8
# Other producers may write straight into a folder; what changed more recently than this may not be whole yet.
SETTLED_AFTER = timedelta(seconds=2)


@dataclass(frozen=True)
class RawEntry:
    """A raw object of one day: where it lies now, its lasting name, and when it landed (UTC)."""

    key: str
    name: str
    snapshot_date: date
    size: int
    etag: str
    landed_at: datetime

    @property
    def is_waiting(self) -> bool:
        """Whether it still lies in `to_be_processed`."""
        return self.key.startswith(TO_BE_PROCESSED)

    @property
    def is_own(self) -> bool:
        """Whether this platform captured it; other producers' objects are named after when they landed."""
        return OWN_NAME.match(self.name) is not None


@dataclass(frozen=True)
class Capture:
    """A raw object of our own: where it lies, its kind, and the second (UTC) of its capture."""

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
        """Where it lies."""
        return self.found.key


@dataclass(frozen=True)
class QuarantineNote:
    """Why an object was set aside, as stored beside it."""

    raw_object: str
    reason: str
    quarantined_at: str


def own_name(kind: str, fetched_at: datetime) -> str:
    """Name of an object this platform captures; `kind` is `playlist-<id>`, `artists` or `artist_facts`."""
    return f"snapshot_date={fetched_at:%Y-%m-%d}/{kind}-{fetched_at.strftime(CAPTURED_AT_FORMAT)}.json.zst"


def playlist_kind(playlist_id: str) -> str:
    """The kind of the objects that hold this playlist."""
    return f"playlist-{playlist_id}"


def file_entry(found: StoredObject, earliest: date, latest: date) -> RawEntry | Misfiled:
    """Files one waiting object under its day: `snapshot_date=` in its key, else a date in its name, else its landing.

    A key that no client can address, or a day outside `earliest`..`latest`, is `Misfiled`.
    """
    relative = found.key.removeprefix(f"{TO_BE_PROCESSED}/")
    if (unfit := _unfit(relative)) is not None:
        return Misfiled(found, unfit)
    folder, in_name = DATE_FOLDER.search(relative), DATE_IN_NAME.search(relative)
    stated = folder.group(1) if folder else in_name.group(1) if in_name else None
    try:
        day = date.fromisoformat(stated) if stated is not None else found.written_at.date()
    except ValueError:
        return Misfiled(found, f"'{stated}' in its key is not a date")
    if not earliest <= day <= latest:
        return Misfiled(found, f"{day} lies outside the lake's history, {earliest} to {latest} (HISTORY_START)")
    name = relative
    if not OWN_NAME.match(relative):
        # With the key whole: without its folder, it could be that of another object.
        name = f"snapshot_date={day}/{_landing(found)}/{relative}"
    return RawEntry(found.key, name, day, found.size, found.etag, found.written_at)


def _unfit(relative: str) -> str | None:
    """Why a key cannot be kept as a name, if so."""
    if not ADDRESSABLE.match(relative):
        return f"a key that cannot be addressed safely: {relative[:200]!r}"
    if len(relative.encode()) > LONGEST_KEY or any(len(part.encode()) > LONGEST_PART for part in relative.split("/")):
        return f"a key that is too long, over {LONGEST_KEY} bytes or {LONGEST_PART} between slashes"
    if relative.endswith(REASON_SUFFIX):
        return f"a key that ends in {REASON_SUFFIX}, as the notes in quarantine do"
    return None


def _landing(found: StoredObject) -> str:
    return f"landed_at={found.written_at.strftime(LANDED_AT_FORMAT)}"


class RawZone:
    """Raw objects of one lake."""

    def __init__(self, storage: Storage, history_start: date) -> None:
        self._storage = storage
        self._history_start = history_start

    def land(self, name: str, document: object) -> str:
        """Writes one captured document as compressed JSON; gives its key. The same name and content change nothing."""
        key = f"{TO_BE_PROCESSED}/{name}"
        data = zstandard.ZstdCompressor(level=3, write_checksum=True).compress(msgspec.json.encode(document))
        self._storage.write(key, data)
        return key

    def captures(self, day: date) -> Iterator[Capture]:
        """Objects of a day that this platform captured, whether they wait or are processed."""
        for zone in (TO_BE_PROCESSED, PROCESSED):
            for found in self._of_day(zone, day):
                if (own := OWN_NAME.match(found.key.removeprefix(f"{zone}/"))) is not None:
                    at = datetime.strptime(own["at"], CAPTURED_AT_FORMAT).replace(tzinfo=UTC)
                    yield Capture(found.key, own["kind"], at)

    def latest(self, kind: str, day: date, days: int) -> bytes | None:
        """The last captured object of a kind on a day or the `days` before it, as it lies there; None without any."""
        for back in range(days + 1):
            of_day = (found for found in self.captures(day - timedelta(days=back)) if found.kind == kind)
            for latest in sorted(of_day, key=lambda found: found.captured_at, reverse=True):
                # It may be on its way to another zone.
                if (data := self._storage.read_if_any(latest.key)) is not None:
                    return data
        return None

    def waiting(self) -> Iterator[RawEntry | Misfiled]:
        """Every object in `to_be_processed`, filed under its day."""
        latest = datetime.now(UTC).date() + timedelta(days=1)
        for found in self._list_any_key(TO_BE_PROCESSED):
            yield file_entry(found, self._history_start, latest)

    def is_settled(self, entry: RawEntry | Misfiled, now: datetime) -> bool:
        """Whether a waiting object is surely whole: at once on S3, and in a folder once it has lain for two seconds."""
        if self._storage.is_s3 or (isinstance(entry, RawEntry) and entry.is_own):
            return True
        written_at = entry.landed_at if isinstance(entry, RawEntry) else entry.found.written_at
        # A clock that is ahead of this one must not make an object wait for ever.
        return abs(now - written_at) >= SETTLED_AFTER

    def objects_of(self, days: Iterable[date]) -> dict[date, list[RawEntry]]:
        """Objects of each day, waiting or processed, by name; an object found in both zones counts once.

        Misfiled waiting objects are quarantined on the way, since they belong to no day that would ever do it.
        """
        by_day, misfiled = self._found(days)
        for entry in misfiled:
            self.quarantine_misfiled(entry)
        return by_day

    def seen_of(self, day: date) -> list[RawEntry]:
        """Like `objects_of` for one day, by somebody who may not set anything aside."""
        return self._found([day])[0][day]

    def _found(self, days: Iterable[date]) -> tuple[dict[date, list[RawEntry]], list[Misfiled]]:
        by_day: dict[date, dict[str, RawEntry]] = {day: {} for day in days}
        for day, entries in by_day.items():
            for found in self._of_day(PROCESSED, day):
                entry = _processed_entry(found, day)
                entries[entry.name] = entry
        misfiled: list[Misfiled] = []
        for entry in self.waiting():
            if isinstance(entry, Misfiled):
                misfiled.append(entry)
            elif entry.snapshot_date in by_day:
                by_day[entry.snapshot_date][entry.name] = entry
        return {day: [entries[name] for name in sorted(entries)] for day, entries in by_day.items()}, misfiled

    def read(self, entries: Iterable[RawEntry]) -> Iterator[RawObject]:
        """Contents of raw objects in the given order, read ahead by a few, never all in memory."""
        remaining = iter(entries)
        with ThreadPoolExecutor(READERS) as readers:
            ahead = [(entry, readers.submit(self._read, entry)) for entry in islice(remaining, READERS)]
            while ahead:
                entry, content = ahead.pop(0)
                yield RawObject(entry.name, content.result(), entry.landed_at)
                del content
                ahead.extend((following, readers.submit(self._read, following)) for following in islice(remaining, 1))

    def _read(self, entry: RawEntry) -> bytes:
        for key in (entry.key, f"{PROCESSED}/{entry.name}"):
            # A waiting object may have been published, and so moved, by another run since it was listed.
            if (data := self._storage.read_if_any(key)) is not None:
                return data
        raise LakeError(
            f"{entry.key} is gone since it was listed. Run the job process_raw_objects for {entry.snapshot_date} again."
        )

    def file_as_processed(self, entries: Iterable[RawEntry]) -> int:
        """Moves published objects out of `to_be_processed`; gives how many are there now.

        One that landed again meanwhile, with other content, stays: it waits for its own turn.
        """
        waiting = [entry for entry in entries if entry.is_waiting]
        with ThreadPoolExecutor(READERS) as movers:
            return sum(movers.map(self._file_one, waiting))

    def _file_one(self, entry: RawEntry) -> bool:
        return self._storage.move(entry.key, f"{PROCESSED}/{entry.name}", entry.etag)

    def quarantine(self, entry: RawEntry, reason: str) -> None:
        """Sets an unreadable object aside, with the reason beside it; one that landed anew since stays."""
        etag = entry.etag if entry.is_waiting else None
        self._set_aside(entry.key, f"{QUARANTINE}/{entry.name}", etag, entry.name, reason)

    def quarantined(self, day: date) -> list[QuarantineNote]:
        """Notes on the objects of a day that were set aside, by name."""
        notes = [
            QuarantineNote(**json.loads(self._storage.read(found.key)))
            for found in self._of_day(QUARANTINE, day)
            if found.key.endswith(REASON_SUFFIX)
        ]
        return sorted(notes, key=lambda note: note.raw_object)

    def _set_aside(self, key: str, target: str, etag: str | None, raw_object: str, reason: str) -> None:
        note = {"raw_object": raw_object, "reason": reason, "quarantined_at": datetime.now(UTC).isoformat()}
        self._storage.write(f"{target}{REASON_SUFFIX}", json.dumps(note, indent=2).encode())
        if not self._storage.move(key, target, etag):
            self._storage.delete([f"{target}{REASON_SUFFIX}"])

    def quarantine_misfiled(self, misfiled: Misfiled) -> None:
        """Sets an object that belongs to no day aside, with the reason beside it; one that landed anew since stays."""
        relative = misfiled.key.removeprefix(f"{TO_BE_PROCESSED}/")
        name = quote(relative, safe="=-_.", errors="surrogateescape").replace("..", "%2E%2E")
        if len(name) > LONGEST_PART:
            name = f"{name[:100]}-{hashlib.sha256(name.encode()).hexdigest()}"
        target = f"{QUARANTINE}/misfiled/{_landing(misfiled.found)}/{name}"
        self._set_aside(misfiled.key, target, misfiled.found.etag, misfiled.key, misfiled.reason)

    def _of_day(self, zone: str, day: date) -> Iterator[StoredObject]:
        """Objects of a zone in the folder of a day, those left out that no client can address: strangers write there."""
        for found in self._list_any_key(f"{zone}/snapshot_date={day}"):
            if ADDRESSABLE.match(found.key):
                yield found

    def _list_any_key(self, prefix: str) -> Iterator[StoredObject]:
        for found in self._storage.list_any_key(prefix):
            if not found.key.endswith("/"):
                yield found


def _processed_entry(found: StoredObject, day: date) -> RawEntry:
    name = found.key.removeprefix(f"{PROCESSED}/")
    landed = LANDED_AT.search(name)
    landed_at = datetime.strptime(landed.group(1), LANDED_AT_FORMAT).replace(tzinfo=UTC) if landed else found.written_at
    return RawEntry(found.key, name, day, found.size, found.etag, landed_at)
