"""Inputs of a day's insights: its published base tables, and state from the published days before it.

Each day looks back on the memory of all prior days (`lake/insight_memory.py`), and on the rows of some tables over the
weeks before it (`transform/insights/day.py`). The version of all inputs, including its own base tables, changes with
their content, so it shows which days to recompute after one was published late or republished.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from spotify_assets.lake.lake import Lake
from spotify_assets.lake.marks import PublishedDays, digits
from spotify_assets.schemas.base import BASE
from spotify_assets.transform.insights.day import SAYING, WINDOWS
from spotify_assets.transform.insights.memory import MEMORY

# Tables about files only.
OF_FILES = ("imports", "rejected_rows")
LONGEST_WINDOW = max(WINDOWS.values())
# Version of the form of insights: 2 reports them by series, 3 remembers what each day changes.
# Insights in an older form are recomputed automatically.
FORM = 3


class BaseDays:
    """The published base tables, one day at a time."""

    def __init__(self, lake: Lake, days: Iterable[date]) -> None:
        """Looks up once what is published of these days."""
        wanted = list(days)
        self._lake = lake
        self._tables = {name: table for name, table in BASE.tables.items() if name not in OF_FILES}
        self._published = {name: lake.catalog.published(table, wanted) for name, table in self._tables.items()}

    def read(self, day: date) -> dict[str, pl.DataFrame]:
        """The complete base tables of one day.

        Raises:
            LakeError: their files hold fewer or more rows than the manifests say.
        """
        held = {name: [of_day] if (of_day := found.get(day)) else [] for name, found in self._published.items()}
        return {name: self._lake.catalog.rows(table, held[name]) for name, table in self._tables.items()}


@dataclass(frozen=True)
class RememberedDay:
    """A day whose rows are remembered: their content hash, and the version of the memory after it."""

    day: date
    content: str
    memory: str


class Contents:
    """Content hashes of what published days contribute to later ones, per table and day."""

    def __init__(self, by_table: Mapping[str, dict[date, str]]) -> None:
        self._by_table = by_table
        self._remembering = sorted(by_table[MEMORY])
        # Of the first of these days, as far as requested.
        self._memories: list[str] = []

    @classmethod
    def of(cls, insights: PublishedDays) -> "Contents":
        """The contributions of days whose insights are completely published."""
        return cls(
            {
                name: {day: mark.says[number] for day, mark in insights.whole.items() if mark.says[number]}
                for number, name in enumerate(SAYING)
            }
        )

    def memories(self, day: date) -> list[RememberedDay]:
        """The days before a day whose rows form its memory, in order."""
        number = self._follow(day)
        told = zip(self._remembering[:number], self._memories[:number], strict=True)
        return [RememberedDay(known, self._by_table[MEMORY][known], memory) for known, memory in told]

    def _follow(self, day: date) -> int:
        """How many days before a day are remembered; the versions of their memory are known from now on."""
        number = bisect_left(self._remembering, day)
        for known in self._remembering[len(self._memories) : number]:
            self._memories.append(digits(*self._memories[-1:], f"{known} {self._by_table[MEMORY][known]}"))
        return number

    def version(self, day: date, base: str) -> str:
        """Version of all inputs of a day's insights: base tables of this content, days before, form."""
        remembered = self._follow(day)
        lines = [f"{MEMORY} {self._memories[remembered - 1]}"] if remembered else []
        for name in WINDOWS:
            lines += [f"{name} {before} {content}" for before, content in self.window(name, day).items()]
        return digits(f"form {FORM}", base, *lines)

    def last(self) -> date:
        """The last day that contributes anything."""
        return max((max(known, default=date.min) for known in self._by_table.values()), default=date.min)

    def window(self, name: str, day: date) -> dict[date, str]:
        """Content of the days that a day looks back on in one table, in order."""
        known = self._by_table[name]
        past = (day - timedelta(days=back) for back in range(WINDOWS[name], 0, -1))
        return {before: known[before] for before in past if before in known}

    def put(self, day: date, says: Sequence[str]) -> None:
        """Records what a day contributes once it is published; empty for a table without rows."""
        for name, content in zip(SAYING, says, strict=True):
            known = self._by_table[name]
            known.pop(day, None)
            if content:
                known[day] = content
        self._remembering = sorted(self._by_table[MEMORY])
        del self._memories[bisect_left(self._remembering, day) :]


def versions(tables: PublishedDays, insights: PublishedDays) -> dict[date, str]:
    """The version that each day's insights should have now, if its base tables are completely published."""
    contents = Contents.of(insights)
    return {day: contents.version(day, mark.content) for day, mark in tables.whole.items()}


def stale_days(tables: PublishedDays, insights: PublishedDays) -> list[date]:
    """Days with base tables whose insights are missing, partly published, or from other inputs, in order."""
    return [
        day
        for day, version in versions(tables, insights).items()
        if (mark := insights.whole.get(day)) is None or mark.made_from != version
    ]


def days_looking_back(insights: PublishedDays, first: date, last: date) -> list[date]:
    """Days with insights that are among, or look back on, the days from `first` to `last`, in order."""
    known = [day for day in insights.whole if day >= first]
    within = [day for day in known if day <= last + timedelta(days=LONGEST_WINDOW)]
    # Beyond the windows, only the next day looks back, on the memory.
    return within if any(day > last for day in within) else known[: len(within) + 1]
