"""Quarantine: raw objects that could not be read, each with a note next to it that says why.

A note counts while its object is there and nothing readable has landed in its place.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime

from spotify_assets.lake.raw_keys import LANDED_AT_FORMAT, REASON_SUFFIX, addressable_objects
from spotify_assets.lake.storage import Storage, StoredObject
from spotify_assets.transform.key_words import LANDED_AT

QUARANTINE = "raw/quarantine"
# The folder of objects whose key names no day, next to those of days.
MISFILED = "misfiled"
# Prefix that filing puts before the key chosen by a producer.
FILING = re.compile(r"^(?:(?:snapshot_date=[^/]*|landed_at=\d{8}T\d{12}Z)/)+")


@dataclass(frozen=True)
class QuarantineNote:
    """Why an object was set aside, as stored next to it."""

    raw_object: str
    reason: str
    quarantined_at: str
    # Where the object is now.
    key: str


class Quarantine:
    """The quarantine of one raw zone."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def set_aside(self, key: str, name: str, etag: str | None, raw_object: str, reason: str) -> None:
        """Moves an object here under `name`, with its note; one that no longer has `etag` stays where it is."""
        target = f"{QUARANTINE}/{name}"
        note = {"raw_object": raw_object, "reason": reason, "quarantined_at": datetime.now(UTC).isoformat()}
        self._storage.write(f"{target}{REASON_SUFFIX}", json.dumps(note, indent=2).encode())
        if not self._storage.move(key, target, etag):
            self._storage.delete([f"{target}{REASON_SUFFIX}"])

    def count_by_day(self) -> dict[str, int]:
        """Number of objects here for each day, and for `MISFILED`, by one listing; removed ones do not count."""
        folders = Counter(found.key.split("/")[2].removeprefix("snapshot_date=") for found, _ in self._noted(""))
        return dict(sorted(folders.items()))

    def notes(self, day: date | str, most: int | None = None) -> list[QuarantineNote]:
        """Notes on the objects here of a day, or of `MISFILED`, sorted by key; at most `most`."""
        folder = MISFILED if day == MISFILED else f"snapshot_date={day}"
        noted = sorted(self._noted(folder), key=lambda pair: pair[0].key)
        return [
            QuarantineNote(**json.loads(self._storage.read(note.key)), key=found.key) for found, note in noted[:most]
        ]

    def forget_mended(self, day: date, readable: Mapping[str, datetime]) -> None:
        """Removes the notes of objects in whose place a readable one landed; their bytes stay.

        `readable` holds the names of the day's readable objects, and when each landed (UTC).
        """
        landed: dict[str, datetime] = {}
        for name, at in readable.items():
            key = FILING.sub("", name)
            landed[key] = max(at, landed.get(key, at))
        mended: list[str] = []
        for found, note in self._noted(f"snapshot_date={day}"):
            name = found.key.removeprefix(f"{QUARANTINE}/")
            at = landed.get(FILING.sub("", name))
            own = LANDED_AT.search(name)
            before = None if own is None else datetime.strptime(own.group(1), LANDED_AT_FORMAT).replace(tzinfo=UTC)
            if at is not None and (before is None or at > before):
                mended.append(note.key)
        self._storage.delete(mended)

    def take_back_changed(self, waiting: str) -> list[str]:
        """Moves objects that were written to since they were set aside back under `waiting`; returns their keys there.

        In a folder, a producer that resumes after a long pause writes to its file wherever that was moved. On S3
        objects are complete from the start.
        """
        if self._storage.is_s3:
            return []
        back: list[str] = []
        for found, note in list(self._noted("")):
            name = found.key.removeprefix(f"{QUARANTINE}/")
            if found.written_at <= note.written_at or not name.startswith("snapshot_date="):
                continue
            target = f"{waiting}/{name.partition('/')[0]}/{FILING.sub('', name)}"
            # A newer object may be there; two runs may look at once.
            with suppress(FileNotFoundError):
                if not self._storage.exists(target) and self._storage.move(found.key, target, found.etag):
                    self._storage.delete([note.key])
                    back.append(target)
        return back

    def _noted(self, prefix: str) -> Iterator[tuple[StoredObject, StoredObject]]:
        """Objects here, each with its note."""
        folder = f"{QUARANTINE}/{prefix}".rstrip("/")
        found = {stored.key: stored for stored in addressable_objects(self._storage, folder)}
        for key, note in found.items():
            if key.endswith(REASON_SUFFIX) and (beside := found.get(key.removesuffix(REASON_SUFFIX))) is not None:
                yield beside, note
