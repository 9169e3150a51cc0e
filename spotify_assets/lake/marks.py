"""Marks of completely published days: one for each, written once the last of its tables is committed.

A mark is an empty object whose name says what was published, so one listing covers a thousand days:

    published/base/snapshot_date=2026-03-01/<content>[.<made from>]
    published/insights/snapshot_date=2026-03-01/<content>.<made from>.<what it says to later days, a part per table>

`begun` exists next to it from before the first commit of a publish until after its mark. A day where it remains is
published in part, and has to be published again.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from spotify_assets.lake.storage import Storage

MARKS = "published"
BEGUN = "begun"
PAGE = f"{MARKS}/page"
TOLD = f"{MARKS}/told"
DIGITS = 16
AND = "-"


@dataclass(frozen=True)
class Mark:
    """A published day: content of all its tables, what it was built from, what it contributes to later days.

    All are hashes of 16 hex digits. Base tables contribute nothing here; besides raw objects they are built from the
    declarations of the day's playlists in `playlists.yaml` (`declared`) and from details of its songs that came later
    (`completed`), combined by `made_from`; empty if there were none.
    """

    content: str
    made_from: str = ""
    says: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The last part of its key."""
        more = (self.made_from, *self.says) if self.made_from or self.says else ()
        return ".".join((self.content, *more))

    @property
    def declared(self) -> str:
        """Version of what `playlists.yaml` declared for base tables."""
        return self.made_from.partition(AND)[0]

    @property
    def completed(self) -> str:
        """Version of their songs' later details."""
        return self.made_from.partition(AND)[2]

    @classmethod
    def named(cls, name: str) -> "Mark":
        """The mark with a name."""
        content, *rest = name.split(".")
        return cls(content, "".join(rest[:1]), tuple(rest[1:]))


def made_from(declared: str, completed: str) -> str:
    """Inputs of base tables besides raw objects, in one text."""
    return f"{declared}{AND}{completed}" if completed else declared


def digits(*texts: str) -> str:
    """16 hex digits over some texts, in their order."""
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:DIGITS]


@dataclass(frozen=True)
class PublishedDays:
    """The days of a group of tables: those published completely, and those whose publish did not finish."""

    whole: Mapping[date, Mark]
    begun: frozenset[date]

    @property
    def version(self) -> str:
        """Version of all of it, the same in every process."""
        return digits(*(f"{day} {mark.name}" for day, mark in self.whole.items()), *map(str, sorted(self.begun)))


class Marks:
    """The marks of one group of tables."""

    def __init__(self, storage: Storage, group: str) -> None:
        self._storage = storage
        self._folder = f"{MARKS}/{group}"

    def look(self) -> PublishedDays:
        """All of them, by one listing. A day with two marks counts as begun: another publish decides which is right."""
        found: dict[date, list[str]] = {}
        for entry in self._storage.list(self._folder):
            folder, _, name = entry.key.rpartition("/")
            found.setdefault(date.fromisoformat(folder.rpartition("=")[2]), []).append(name)
        whole = {day: Mark.named(names[0]) for day, names in found.items() if len(names) == 1 and names != [BEGUN]}
        return PublishedDays(dict(sorted(whole.items())), frozenset(found.keys() - whole.keys()))

    def begin(self, days: Iterable[date], before: PublishedDays) -> None:
        """Marks days as about to change, before any of their tables does."""
        for day in days:
            self._storage.write(self._key(day, BEGUN), b"")
            if (mark := before.whole.get(day)) is not None:
                self._storage.delete([self._key(day, mark.name)])

    def make(self, marks: Mapping[date, Mark]) -> None:
        """Marks days as published completely; removes all their other marks."""
        for day, mark in marks.items():
            self._storage.write(self._key(day, mark.name), b"")
            prefix = f"{self._folder}/snapshot_date={day}"
            others = [found.key for found in self._storage.list(prefix) if found.key != self._key(day, mark.name)]
            self._storage.delete(others)

    def withdraw(self, marks: Mapping[date, Mark]) -> None:
        """Removes marks of days that were built from outdated inputs."""
        self._storage.delete([self._key(day, mark.name) for day, mark in marks.items()])

    def _key(self, day: date, name: str) -> str:
        return f"{self._folder}/snapshot_date={day}/{name}"


def page_version(insights: PublishedDays) -> str:
    """Version of the page: of the insights of all days."""
    return digits(*(f"{day} {mark.content}" for day, mark in insights.whole.items()))


class PageMark:
    """Inputs of the page, as the name of an empty object."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def read(self) -> str | None:
        """The version that the page shows; None if there is no page."""
        return next((found.key.rpartition("/")[2] for found in self._storage.list(PAGE)), None)

    def write(self, version: str) -> None:
        """Records what the page shows now."""
        before = [found.key for found in self._storage.list(PAGE)]
        self._storage.write(f"{PAGE}/{version}", b"")
        self._storage.delete([key for key in before if key != f"{PAGE}/{version}"])


class ToldMarks:
    """Notifications of people: an object each, written before the message that it holds is sent.

    If a process dies between the two, nobody is ever notified of that.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def make(self, day: date, playlist_id: str, message: str) -> bool:
        """Records that people are notified now; returns whether nothing was recorded before, in any process."""
        return self._storage.create(f"{TOLD}/snapshot_date={day}/{playlist_id}", message.encode())

    def make_of_sign_in(self, ends: datetime, stage: str, message: str) -> bool:
        """The same for the end of a sign-in, at one stage on the way to it."""
        return self._storage.create(f"{TOLD}/sign_in/{ends:%Y%m%dT%H%M%SZ}/{stage}", message.encode())
