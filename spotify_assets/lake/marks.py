"""Which days are published whole: a mark for each, made once the last of its tables is committed.

A mark is an empty object whose name says what was published, so one listing tells of a thousand days:

    published/base/snapshot_date=2026-03-01/<content>[.<made from>]
    published/insights/snapshot_date=2026-03-01/<content>.<made from>.<what it says to later days, a part per table>

`begun` lies beside it from before the first commit of a publish until after its mark: a day where it stayed behind is
published in part, and its publish has to be made again.
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
    """What is published of a day: content of all its tables, what it was made from, what it says to later days.

    All are hashes of 16 hex digits. Base tables say nothing here; beside raw objects they are made from what
    `playlists.yaml` said of the day's playlists (`declared`) and from details of its songs that came later
    (`completed`), as `made_from` puts them together; empty where that was nothing.
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
        """Version of what `playlists.yaml` said of base tables."""
        return self.made_from.partition(AND)[0]

    @property
    def completed(self) -> str:
        """Version of what came later of their songs."""
        return self.made_from.partition(AND)[2]

    @classmethod
    def named(cls, name: str) -> "Mark":
        """The mark of a name."""
        content, *rest = name.split(".")
        return cls(content, "".join(rest[:1]), tuple(rest[1:]))


def made_from(declared: str, completed: str) -> str:
    """What base tables are made from beside raw objects, in one text."""
    return f"{declared}{AND}{completed}" if completed else declared


def digits(*texts: str) -> str:
    """16 hex digits over some texts, in their order."""
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:DIGITS]


@dataclass(frozen=True)
class PublishedDays:
    """The days of a group of tables: those published whole, and those whose publish did not come to its end."""

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
        """All of them, by one listing. A day with two marks counts as begun: which is right, a publish will say."""
        found: dict[date, list[str]] = {}
        for entry in self._storage.list(self._folder):
            folder, _, name = entry.key.rpartition("/")
            found.setdefault(date.fromisoformat(folder.rpartition("=")[2]), []).append(name)
        whole = {day: Mark.named(names[0]) for day, names in found.items() if len(names) == 1 and names != [BEGUN]}
        return PublishedDays(dict(sorted(whole.items())), frozenset(found.keys() - whole.keys()))

    def begin(self, days: Iterable[date], before: PublishedDays) -> None:
        """Says that days are about to change, before any of their tables does."""
        for day in days:
            self._storage.write(self._key(day, BEGUN), b"")
            if (mark := before.whole.get(day)) is not None:
                self._storage.delete([self._key(day, mark.name)])

    def make(self, marks: Mapping[date, Mark]) -> None:
        """Says that days are published whole; whatever else was said of them goes."""
        for day, mark in marks.items():
            self._storage.write(self._key(day, mark.name), b"")
            prefix = f"{self._folder}/snapshot_date={day}"
            others = [found.key for found in self._storage.list(prefix) if found.key != self._key(day, mark.name)]
            self._storage.delete(others)

    def withdraw(self, marks: Mapping[date, Mark]) -> None:
        """Takes marks back that were made of something that is no longer what a day is to hold."""
        self._storage.delete([self._key(day, mark.name) for day, mark in marks.items()])

    def _key(self, day: date, name: str) -> str:
        return f"{self._folder}/snapshot_date={day}/{name}"


def page_version(insights: PublishedDays) -> str:
    """Version of what the page shows: of the insights of all days."""
    return digits(*(f"{day} {mark.content}" for day, mark in insights.whole.items()))


class PageMark:
    """What the page was made from, as the name of an empty object."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def read(self) -> str | None:
        """The version that the page shows; None where there is no page."""
        return next((found.key.rpartition("/")[2] for found in self._storage.list(PAGE)), None)

    def write(self, version: str) -> None:
        """Says what the page shows now."""
        before = [found.key for found in self._storage.list(PAGE)]
        self._storage.write(f"{PAGE}/{version}", b"")
        self._storage.delete([key for key in before if key != f"{PAGE}/{version}"])


class ToldMarks:
    """Of what people were told: an object each, made before the message is sent, which it holds.

    Whoever dies between the two has told nobody, and nobody is told of that any more.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def make(self, day: date, playlist_id: str, message: str) -> bool:
        """Says that people are told of it now; tells whether nobody said so before, in this or any other process."""
        return self._storage.create(f"{TOLD}/snapshot_date={day}/{playlist_id}", message.encode())

    def make_of_sign_in(self, ends: datetime, stage: str, message: str) -> bool:
        """The same of the end of a sign-in, at one stage on the way to it."""
        return self._storage.create(f"{TOLD}/sign_in/{ends:%Y%m%dT%H%M%SZ}/{stage}", message.encode())
