"""Raw objects landed by an import: named by their content, so that the same content lands once for a day."""

import re
from datetime import date

from spotify_assets.lake.raw_keys import PROCESSED, TO_BE_PROCESSED, addressable_objects
from spotify_assets.lake.storage import Storage

DIGITS, LONGEST_FILE_NAME = 12, 60
# The file's name is for people: the provenance inside has it in full.
IMPORT_NAME = re.compile(
    rf"^snapshot_date=\d{{4}}-\d\d-\d\d/import-(?P<digest>[0-9a-f]{{{DIGITS}}})"
    rf"-[0-9A-Za-z][0-9A-Za-z._-]{{0,{LONGEST_FILE_NAME - 1}}}\.zst\Z"
)
NOT_IN_A_NAME = re.compile(r"[^0-9A-Za-z._-]+")


def import_name(day: date, digest: str, file: str) -> str:
    """Name of the object with a file's content for a day; `digest` is a hash of that, in hexadecimal digits."""
    last = re.split(r"[/\\]", file)[-1]
    safe = NOT_IN_A_NAME.sub("-", last).strip("._-")[:LONGEST_FILE_NAME] or "file"
    return f"snapshot_date={day}/import-{digest[:DIGITS]}-{safe}.zst"


class RawImports:
    """Imported objects of one raw zone, for whoever lands them: each day is listed once."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._digests: dict[date, set[str]] = {}

    def is_there(self, day: date, digest: str) -> bool:
        """Whether an object with that content for that day waits or is processed, whatever its file's name."""
        if day not in self._digests:
            self._digests[day] = set(self._listed(day))
        return digest[:DIGITS] in self._digests[day]

    def land(self, day: date, digest: str, file: str, data: bytes) -> bool:
        """Writes an object unless one with that content is there; returns whether it was written."""
        if self.is_there(day, digest):
            return False
        is_new = self._storage.create(f"{TO_BE_PROCESSED}/{import_name(day, digest, file)}", data)
        self._digests[day].add(digest[:DIGITS])
        return is_new

    def _listed(self, day: date) -> list[str]:
        names = [
            found.key.removeprefix(f"{zone}/")
            for zone in (TO_BE_PROCESSED, PROCESSED)
            for found in addressable_objects(self._storage, f"{zone}/snapshot_date={day}")
        ]
        return [found["digest"] for name in names if (found := IMPORT_NAME.match(name)) is not None]
