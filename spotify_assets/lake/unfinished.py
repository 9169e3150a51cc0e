"""What is left to do in a lake, from listings of its marks and its raw zone: the one list of it that there is.

The command `run`, the sensors and the checks all go by it; what each of them does about it is theirs.
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

    `waiting` have raw objects that no publish has taken yet; of those published in part (`begun`) and those whose
    insights are missing or were made from something else (`insights`) the raw objects may all be processed. `page` says
    that the page was made before the last publish.
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
        """Days whose tables are to be made and published again."""
        return tuple(sorted({*self.waiting, *self.begun}))


def unfinished(
    waiting: Collection[date], tables: PublishedDays, insights: PublishedDays, page: str | None
) -> Unfinished:
    """What is left to do, given days whose raw objects wait, those published, and what the page was made from."""
    # The insights of a day whose tables are to change would be made twice.
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
    """The same, by somebody who has looked at what is published and what waits already."""
    days = {entry.snapshot_date for entry in waiting if isinstance(entry, RawEntry)}
    return unfinished(days, tables, insights, PageMark(lake.storage).read())


def version_of(days: Iterable[date], tables: PublishedDays, insights: PublishedDays) -> str:
    """Version of what the insights of some days are to be made from: the same work has the same one."""
    wanted = versions(tables, insights)
    return digits(*(f"{day} {wanted[day]}" for day in days))
