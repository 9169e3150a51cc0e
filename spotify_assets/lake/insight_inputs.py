"""What a day's insights are made from: its published base tables, and what the published days before it say.

Each day looks back on the memory after the last day before it, and on the rows of some tables over the weeks before it
(`transform/insights/day.py`). The version of all that, its own base tables included, changes exactly when its content
does, so it tells which days have to be made again after one was published late or anew.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

import polars as pl

from spotify_assets.lake.lake import Lake
from spotify_assets.lake.marks import PublishedDays, digits
from spotify_assets.lake.published_day import PublishedDay
from spotify_assets.schemas.base import BASE
from spotify_assets.schemas.insights import INSIGHTS
from spotify_assets.transform.insights.day import MEMORY, SAYING, WINDOWS, EarlierDays

# Tables about files alone.
OF_FILES = ("imports", "rejected_rows")
LONGEST_WINDOW = max(WINDOWS.values())
# Counts what the insights of equal days have been made of: 2 tells them by series. What was made in an older form is
# made again by itself.
FORM = 2


class BaseDays:
    """The published base tables, a day at a time."""

    def __init__(self, lake: Lake, days: Iterable[date]) -> None:
        """Looks up once what is published of these days."""
        wanted = list(days)
        self._lake = lake
        self._tables = {name: table for name, table in BASE.tables.items() if name not in OF_FILES}
        self._published = {name: lake.catalog.published(table, wanted) for name, table in self._tables.items()}

    def read(self, day: date) -> dict[str, pl.DataFrame]:
        """The base tables of one day, whole.

        Raises:
            LakeError: their files hold fewer or more rows than the manifests say.
        """
        held = {name: [of_day] if (of_day := found.get(day)) else [] for name, found in self._published.items()}
        return {name: self._lake.catalog.rows(table, held[name]) for name, table in self._tables.items()}


class Contents:
    """Content hashes of what published days say to later ones, per table and day."""

    def __init__(self, by_table: Mapping[str, dict[date, str]]) -> None:
        self._by_table = by_table

    @classmethod
    def of(cls, insights: PublishedDays) -> "Contents":
        """What the days say whose insights are published whole."""
        return cls(
            {
                name: {day: mark.says[number] for day, mark in insights.whole.items() if mark.says[number]}
                for number, name in enumerate(SAYING)
            }
        )

    def memory_day(self, day: date) -> date | None:
        """The last day before, which remembers everything earlier."""
        return max((known for known in self._by_table[MEMORY] if known < day), default=None)

    def version(self, day: date, base: str) -> str:
        """Version of all that a day's insights are made from: base tables of this content, days before, form."""
        remembered = self.memory_day(day)
        lines = [] if remembered is None else [f"{MEMORY} {remembered} {self._by_table[MEMORY][remembered]}"]
        for name, length in WINDOWS.items():
            known = self._by_table[name]
            past = (day - timedelta(days=back) for back in range(length, 0, -1))
            lines += [f"{name} {before} {known[before]}" for before in past if before in known]
        return digits(f"form {FORM}", base, *lines)

    def put(self, day: date, says: Sequence[str]) -> None:
        """Takes what a day says once it is published; empty for a table without rows."""
        for name, content in zip(SAYING, says, strict=True):
            known = self._by_table[name]
            known.pop(day, None)
            if content:
                known[day] = content


Files = Mapping[str, dict[date, PublishedDay]]


def published_files(lake: Lake, first: date, last: date) -> Files:
    """The files of all that the days from `first` to `last` look back on, and of the days themselves, by table."""
    days = _days(first - timedelta(days=LONGEST_WINDOW), last)
    files = {name: lake.catalog.published(INSIGHTS.tables[name], days) for name in SAYING}
    if not any(day < first for day in files[MEMORY]):
        # The memory is older than any window, or there is none: only then is all of history looked through.
        files[MEMORY] = lake.catalog.published(INSIGHTS.tables[MEMORY])
    return files


def memory_day(files: Files, day: date) -> date | None:
    """The last published day before a day, which remembers everything earlier."""
    return max((known for known in files[MEMORY] if known < day), default=None)


def memory_before(lake: Lake, day: date) -> pl.LazyFrame | None:
    """The memory after the last published day before a day, if there is one."""
    files = published_files(lake, day, day)
    remembered = memory_day(files, day)
    return None if remembered is None else lake.catalog.read(INSIGHTS.tables[MEMORY], [files[MEMORY][remembered]])


def earlier_days(lake: Lake, day: date, files: Files) -> EarlierDays:
    """What the published days before a day say."""
    remembered = memory_day(files, day)
    found = {MEMORY: [] if remembered is None else [files[MEMORY][remembered]]}
    for name, length in WINDOWS.items():
        first = day - timedelta(days=length)
        found[name] = [files[name][past] for past in sorted(files[name]) if first <= past < day]
    frames = {name: lake.catalog.rows(INSIGHTS.tables[name], chosen) for name, chosen in found.items()}
    return EarlierDays(frames[MEMORY], {name: frames[name] for name in WINDOWS})


def versions(tables: PublishedDays, insights: PublishedDays) -> dict[date, str]:
    """What the insights of each day are to be made from now, where its base tables are published whole."""
    contents = Contents.of(insights)
    return {day: contents.version(day, mark.content) for day, mark in tables.whole.items()}


def stale_days(tables: PublishedDays, insights: PublishedDays) -> list[date]:
    """Days with base tables whose insights are missing, published in part, or made from something else, in order."""
    return [
        day
        for day, version in versions(tables, insights).items()
        if (mark := insights.whole.get(day)) is None or mark.made_from != version
    ]


def days_looking_back(insights: PublishedDays, first: date, last: date) -> list[date]:
    """Days with insights that are among, or look back on, those from `first` to `last`, in order."""
    known = [day for day in insights.whole if day >= first]
    within = [day for day in known if day <= last + timedelta(days=LONGEST_WINDOW)]
    # Beyond the windows only the next day looks back: on the memory.
    return within if any(day > last for day in within) else known[: len(within) + 1]


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
