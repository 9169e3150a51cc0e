"""The published rows that the dashboard shows: its latest days, as many as a page can hold.

The rows of the last page are kept beside it, so that the next one reads the days that came or changed since, and not a
year of them. Which those are is told by the marks of base tables and insights; only rows of days whose marks are the
same before and after they are read are kept.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import polars as pl

from spotify_assets.lake.kept_rows import KeptTable, read_kept, rows_still_true, write_kept
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.published_day import PublishedDay
from spotify_assets.schemas import TABLES
from spotify_assets.serving.dashboard.data import COLUMNS, DAY

MOST_DAYS = 366
# A year of five charts of a hundred has 182,500; the page stays quick, and small enough to be sent by mail.
MOST_CHART_ROWS = 250_000


KEPT = "dashboard/rows.kept"
TRENDS = "song_trends"


@dataclass(frozen=True)
class DashboardRows:
    """First and last day of the dashboard, and the published rows of every table and column that it is made from."""

    first: date
    last: date
    tables: Mapping[str, pl.DataFrame]


def read_dashboard_rows(lake: Lake, most_chart_rows: int = MOST_CHART_ROWS) -> DashboardRows:
    """The rows of as many of the latest days as fit; only today before the first days are published."""
    before = _look(lake)
    held = read_kept(lake.storage, KEPT)
    kept = {name: rows_still_true(held.get(name), before.whole, _empty(name)) for name in COLUMNS}
    first, last = _period(_rows_by_day(lake, before.with_insights, kept[TRENDS]), most_chart_rows)
    days = sorted(day for day in before.known if first <= day <= last)
    tables = {name: _rows(lake, name, days, kept[name]) for name in COLUMNS}
    if any(day not in table.versions for table in kept.values() for day in days):
        after = _look(lake).whole
        same = {day: before.whole[day] for day in days if day in before.whole and before.whole[day] == after.get(day)}
        of_days = pl.Series(list(same), dtype=pl.Date).implode()
        now = {name: KeptTable(same, rows.filter(pl.col(DAY).is_in(of_days))) for name, rows in tables.items()}
        write_kept(lake.storage, KEPT, now)
    return DashboardRows(first, last, tables)


@dataclass(frozen=True)
class PublishedHistory:
    """Everything that a lake has published, read a few days at a time."""

    lake: Lake

    def days(self) -> list[date]:
        """Days with places on charts, in order."""
        return sorted(day for day, found in self.lake.catalog.published(TABLES[TRENDS]).items() if found.rows)

    def rows(self, name: str, columns: Sequence[str], days: Sequence[date]) -> pl.DataFrame:
        """Some columns of a table's rows of some days."""
        return self.lake.catalog.rows(TABLES[name], _published(self.lake, name, days).values(), columns)


@dataclass(frozen=True)
class _Look:
    """Days of which anything is published, those with insights, and the version of each that is published whole."""

    known: Collection[date]
    with_insights: Collection[date]
    whole: Mapping[date, str]


def _look(lake: Lake) -> _Look:
    base, insights = lake.published_days(), lake.published_insights()
    begun, with_insights = base.begun | insights.begun, insights.whole.keys() | insights.begun
    known = base.whole.keys() | begun | with_insights
    marks = {day: (base.whole.get(day), insights.whole.get(day)) for day in known - begun}
    whole = {day: " ".join("-" if mark is None else mark.content for mark in both) for day, both in marks.items()}
    return _Look(known, with_insights, whole)


def _rows_by_day(lake: Lake, days: Collection[date], kept: KeptTable) -> dict[date, int]:
    """Chart rows of the days of the latest year that has any."""
    latest = max(days, default=date.min)
    recent = sorted(day for day in days if (latest - day).days < MOST_DAYS)
    others = [day for day in recent if day not in kept.versions]
    rows = {day: found.rows for day, found in _published(lake, TRENDS, others).items()}
    counted = kept.rows.group_by(DAY).len().filter(pl.col(DAY).is_between(recent[0], latest)) if recent else None
    rows |= {} if counted is None else dict(counted.iter_rows())
    # The complete history is searched only if no song was on any chart for a year.
    return rows or {day: found.rows for day, found in lake.catalog.published(TABLES[TRENDS]).items()}


def _period(rows: Mapping[date, int], most_chart_rows: int) -> tuple[date, date]:
    """First and last day, given the chart rows of days."""
    last = max(rows, default=datetime.now(UTC).date())
    first, total = last, 0
    for day in sorted((day for day in rows if (last - day).days < MOST_DAYS), reverse=True):
        total += rows[day]
        if total > most_chart_rows and day != last:
            break
        first = day
    return first, last


def _rows(lake: Lake, name: str, days: Sequence[date], kept: KeptTable) -> pl.DataFrame:
    """The rows of days of one table: of those that are kept, and of the others as they are published."""
    published = _published(lake, name, [day for day in days if day not in kept.versions])
    read = lake.catalog.rows(TABLES[name], published.values(), [DAY, *COLUMNS[name]])
    return pl.concat([kept.rows.filter(pl.col(DAY).is_between(days[0], days[-1])), read]) if days else read


def _published(lake: Lake, name: str, days: Sequence[date]) -> Mapping[date, PublishedDay]:
    return lake.catalog.published(TABLES[name], days) if days else {}


def _empty(name: str) -> pl.DataFrame:
    return TABLES[name].schema.create_empty().select(DAY, *COLUMNS[name])
