"""The first day of a lake: the name of an empty object, so that no setting and no listing of raw objects is needed.

    published/first_day/2017-01-01

It only moves back. If several processes move it, the earliest name counts, whoever was last.
"""

from datetime import date

from spotify_assets.lake.marks import MARKS
from spotify_assets.lake.storage import Storage

FOLDER = f"{MARKS}/first_day"


class FirstDay:
    """The first day remembered by a lake."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def read(self) -> date | None:
        """The day; None if none was ever remembered."""
        return min(self._names(), default=None)

    def move_back(self, day: date) -> None:
        """Remembers an earlier day; a later one changes nothing."""
        names = self._names()
        if min(names, default=date.max) <= day:
            return
        self._storage.write(f"{FOLDER}/{day}", b"")
        self._storage.delete([f"{FOLDER}/{later}" for later in names])

    def _names(self) -> list[date]:
        return [date.fromisoformat(found.key.rpartition("/")[2]) for found in self._storage.list(FOLDER)]
