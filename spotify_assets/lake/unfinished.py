"""Unfinished work in a lake, from listings of its marks and its raw zone: the only list of it.

The command `run`, the sensors and the checks all use it; each of them decides what to do about it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from spotify_assets.lake.insight_inputs import stale_days, versions
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.marks import PageMark, PublishedDays, digits, page_version
from spotify_assets.lake.raw import Misfiled, RawEntry


@dataclass(frozen=True)
class Unfinished:
    """Days in order, by what they lack.

    `waiting` have raw objects that no publish has taken yet. The raw objects of days published in part (`begun`), and
    of days whose insights are missing or outdated (`insights`), may all be processed. `page` says that the page was
    built before the last publish.
    """

    waiting: tuple[date, ...]
    begun: tuple[date, ...]
    insights: tuple[date, ...]
    page: bool

    def __bool__(self) -> bool:
        """Whether anything is left to do."""
        return bool(self.waiting or self.begun or self.insights or self.page)

    @property
    def to_process(self) -> tuple[date, ...]:
        """Days whose tables are to be rebuilt and published again."""
        return tuple(sorted({*self.waiting, *self.begun}))


def unfinished(
    waiting: Collection[date], tables: PublishedDays, insights: PublishedDays, page: str | None
) -> Unfinished:
    """What is left to do, given days whose raw objects wait, the published days, and the page's version."""
    # The insights of a day whose tables are to change would be computed twice.
    changing = {*waiting, *tables.begun}
    stale = [day for day in stale_days(tables, insights) if day not in changing]
    is_behind = bool(insights.whole) and page != page_version(insights)
    return Unfinished(tuple(sorted(waiting)), tuple(sorted(tables.begun)), tuple(stale), is_behind)


def look_for_unfinished(lake: Lake) -> Unfinished:
    """What is left to do in a lake now."""
    return left_of(lake, lake.published_days(), lake.published_insights(), lake.raw.waiting())


def left_of(
    lake: Lake, tables: PublishedDays, insights: PublishedDays, waiting: Iterable[RawEntry | Misfiled]
) -> Unfinished:
    """The same, for a caller that already knows what is published and what waits."""
    days = {entry.snapshot_date for entry in waiting if isinstance(entry, RawEntry)}
    return unfinished(days, tables, insights, PageMark(lake.storage).read())


def version_of(days: Iterable[date], tables: PublishedDays, insights: PublishedDays) -> str:
    """Version of the inputs that some days' insights should have: the same work has the same one."""
    wanted = versions(tables, insights)
    return digits(*(f"{day} {wanted[day]}" for day in days))
