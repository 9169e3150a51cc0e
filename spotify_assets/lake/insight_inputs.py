"""What a day's insights are made from: its published base tables, and what the published days before it say.

Each day looks back on the memory after the last day before it, and on the rows of some tables over the weeks before it
(`transform/insights/day.py`). The version of all that changes exactly when its content does, so it tells which days
have to be made again after an earlier one was published late or anew.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

import polars as pl

from spotify_assets.lake.lake import Lake
from spotify_assets.lake.published_day import PublishedDay
from spotify_assets.schemas.base import BASE
from spotify_assets.schemas.insights import INSIGHTS
from spotify_assets.schemas.table import Table
from spotify_assets.transform.insights.day import MEMORY, WINDOWS, EarlierDays

LONGEST_WINDOW = max(WINDOWS.values())
VERSION_LENGTH = 16


class BaseDays:
    """The published base tables of some days."""

    def __init__(self, lake: Lake, days: Iterable[date]) -> None:
        self.published = set(lake.catalog.published(BASE.tables["playlists"], days))
        tables = {name: table for name, table in BASE.tables.items() if name != "rejected_rows"}
        self._scans = {name: _with_all_columns(lake.catalog.scan(table), table) for name, table in tables.items()}

    def read(self, day: date) -> dict[str, pl.DataFrame]:
        """The base tables of one day, whole."""
        return {name: scan.filter(pl.col("snapshot_date") == day).collect() for name, scan in self._scans.items()}


def _with_all_columns(rows: pl.LazyFrame, table: Table) -> pl.LazyFrame:
    """Null in the columns that the catalog's table lacks, which an older version made and nobody published to since."""
    there = rows.collect_schema()
    columns = table.schema.columns().items()
    return rows.with_columns(pl.lit(None, column.dtype).alias(name) for name, column in columns if name not in there)


class Contents:
    """Content hashes of what published days say to later ones, per table and day."""

    def __init__(self, by_table: Mapping[str, dict[date, str]]) -> None:
        self._by_table = by_table

    def memory_day(self, day: date) -> date | None:
        """The last day before, which remembers everything earlier."""
        return max((known for known in self._by_table[MEMORY] if known < day), default=None)

    def version(self, day: date) -> str:
        """Version of all that the days before say to a day."""
        remembered = self.memory_day(day)
        lines = [] if remembered is None else [f"{MEMORY} {remembered} {self._by_table[MEMORY][remembered]}"]
        for name, length in WINDOWS.items():
            first = day - timedelta(days=length)
            known = self._by_table[name]
            lines += [f"{name} {past} {known[past]}" for past in sorted(known) if first <= past < day]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:VERSION_LENGTH]

    def put(self, day: date, made: Mapping[str, str | None]) -> None:
        """Takes the contents that a day's tables have once it is published; None for a table without rows."""
        for name, known in self._by_table.items():
            known.pop(day, None)
            if (content := made[name]) is not None:
                known[day] = content


Files = Mapping[str, dict[date, PublishedDay]]


def published_files(lake: Lake, first: date, last: date) -> Files:
    """The files of all that the days from `first` to `last` look back on, and of the days themselves, by table."""
    days = _days(first - timedelta(days=LONGEST_WINDOW), last)
    files = {name: lake.catalog.published(INSIGHTS.tables[name], days) for name in (MEMORY, *WINDOWS)}
    if not any(day < first for day in files[MEMORY]):
        # The memory is older than any window, or there is none: only then is all of history looked through.
        files[MEMORY] = lake.catalog.published(INSIGHTS.tables[MEMORY])
    return files


def contents_of(files: Files) -> Contents:
    """Their content hashes."""
    return Contents({name: {day: file.content for day, file in found.items()} for name, found in files.items()})


def memory_before(lake: Lake, day: date) -> pl.LazyFrame | None:
    """The memory after the last published day before a day, if there is one."""
    files = published_files(lake, day, day)
    remembered = contents_of(files).memory_day(day)
    return None if remembered is None else lake.catalog.read(INSIGHTS.tables[MEMORY], [files[MEMORY][remembered]])


def earlier_days(lake: Lake, day: date, files: Files) -> EarlierDays:
    """What the published days before a day say."""
    remembered = contents_of(files).memory_day(day)
    found = {MEMORY: [] if remembered is None else [files[MEMORY][remembered]]}
    for name, length in WINDOWS.items():
        first = day - timedelta(days=length)
        found[name] = [files[name][past] for past in sorted(files[name]) if first <= past < day]
    frames = {name: lake.catalog.read(INSIGHTS.tables[name], chosen).collect() for name, chosen in found.items()}
    return EarlierDays(frames[MEMORY], {name: frames[name] for name in WINDOWS})


def days_that_look_back(lake: Lake, first: date, last: date) -> Iterator[tuple[date, str]]:
    """Published days from `first` on that are among, or look back on, the days up to `last`, in order.

    Each comes with the version of what published days say to it now.
    """
    table = INSIGHTS.tables[MEMORY]
    known = set(lake.catalog.published(table, _days(first, last + timedelta(days=LONGEST_WINDOW))))
    if not any(day > last for day in known):
        # Beyond the windows only the next day looks back: on the memory. On most days there is none that could.
        beyond = _days(last + timedelta(days=LONGEST_WINDOW + 1), datetime.now(UTC).date())
        known.update(sorted(lake.catalog.published(table, beyond))[:1])
    if known:
        contents = contents_of(published_files(lake, min(known), max(known)))
        yield from ((day, contents.version(day)) for day in sorted(known))


def is_made_from(lake: Lake, day: date, version: str) -> bool:
    """Whether a day's insights, as they are staged, were made from this version of what the days before it say."""
    stage = lake.insight_staging.current(day)
    return stage is not None and stage.made_from == version


def stale_days(lake: Lake, first: date, last: date) -> list[date]:
    """Of the published days that are among, or look back on, those given: the ones made from something else."""
    return [day for day, version in days_that_look_back(lake, first, last) if not is_made_from(lake, day, version)]


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
