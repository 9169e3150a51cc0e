"""A lake that was moved or copied, or whose catalog was lost: what the catalog lacks, and how that is rebuilt.

Iceberg names files by absolute addresses, so the tables of a moved lake cannot be read. They are rebuilt from `raw/`,
as any day is: each lost day is marked as begun, which is what `run` and the sensor `unfinished_days` look for. So
the next of these continues a rebuild that was cut off.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from spotify_assets.lake.errors import Elsewhere, LakeError
from spotify_assets.lake.lake import Lake, holds, mark_of
from spotify_assets.lake.marks import Marks, PublishedDays
from spotify_assets.lake.raw import RawEntry
from spotify_assets.lake.staging import Staging
from spotify_assets.schemas import TABLES, Table
from spotify_assets.transform.containers import LARGEST_OBJECT_BYTES
from spotify_assets.transform.decode import RawObject, source_of

NAMED_DAYS = 5


@dataclass(frozen=True)
class Lost:
    """What the catalog of a lake lacks.

    `strays` are tables that a folder's catalog has elsewhere; `base` and `insights` are days to be rebuilt.
    """

    strays: tuple[Table, ...]
    base: tuple[date, ...]
    insights: tuple[date, ...]

    def __bool__(self) -> bool:
        """Whether anything is lost."""
        return bool(self.strays or self.base or self.insights)


def look_for_lost(lake: Lake) -> Lost:
    """What the catalog lacks of days marked as published, or present in `raw/processed`. Changes nothing.

    Raises:
        LakeError: Glue has tables elsewhere, or a lost day has no raw objects any more.
    """
    strays = tuple(table for table in TABLES.values() if _is_astray(lake, table))
    tables = Marks(lake.storage, lake.staging.group.name).look()
    insights = Marks(lake.storage, lake.insight_staging.group.name).look()
    base = set(tables.whole) if strays else _lost_days(lake, lake.staging, tables)
    # In the order in which objects move: days that a run publishes meanwhile are in one of the two.
    waiting = {entry.snapshot_date for entry in lake.raw.waiting() if isinstance(entry, RawEntry)}
    processed = lake.raw.processed_days()
    if gone := base - processed - waiting:
        raise LakeError(
            f"The raw objects of published days are gone, so the days cannot be rebuilt: {_named(gone)}. Restore their "
            f"raw/processed/snapshot_date=… in {lake.raw_storage.url}; to give the days up, delete their "
            f"published/base/snapshot_date=… and published/insights/snapshot_date=… from {lake.storage.url}."
        )
    base |= processed - tables.whole.keys() - tables.begun
    lost_insights = set(insights.whole) if strays else _lost_days(lake, lake.insight_staging, insights)
    return Lost(strays, tuple(sorted(base)), tuple(sorted(lost_insights)))


def _is_astray(lake: Lake, table: Table) -> bool:
    try:
        lake.catalog.load(table)
    except Elsewhere:
        # A folder's catalog is its own. A database in Glue may be another lake's, which nobody may take apart.
        if lake.storage.is_s3:
            raise
        return True
    return False


def _lost_days(lake: Lake, staging: Staging, published: PublishedDays) -> set[date]:
    """Days marked as completely published that are not in the catalog as they were staged for that.

    For a day that was staged again since, the catalog need only have rows.
    """
    contents = lake.contents(staging) if published.whole else {}
    held = set[date]().union(*contents.values())
    lost = set[date]()
    for day, mark in published.whole.items():
        stage = staging.current(day)
        is_there = holds(contents, stage) if stage is not None and mark_of(stage) == mark else day in held
        if not is_there:
            lost.add(day)
    return lost


def _named(days: Iterable[date]) -> str:
    known = sorted(days)
    more = f" and {len(known) - NAMED_DAYS} more" if len(known) > NAMED_DAYS else ""
    return ", ".join(map(str, known[:NAMED_DAYS])) + more


def begin_rebuild(lake: Lake, lost: Lost) -> None:
    """Marks the lost days as begun, and removes tables that are elsewhere from the catalog; deletes no file.

    Raises:
        LakeError: the raw objects are from another source than the configured one.
    """
    if lake.source() is None:
        _require_source_of_captures(lake, lost.base)
    lake.claim()
    lake.begin_history(lost.base)
    for staging, days in ((lake.staging, lost.base), (lake.insight_staging, lost.insights)):
        marks = Marks(lake.storage, staging.group.name)
        marks.begin(days, marks.look())
    for table in lost.strays:
        lake.catalog.forget(table)


def _require_source_of_captures(lake: Lake, days: Iterable[date]) -> None:
    """Data copied without the lake's marker: captures name its source; under another one all would be set aside."""
    wanted = lake.require_source()
    capture = next((found for day in days for found in lake.raw.captures(day)), None)
    if capture is not None:
        data = lake.raw_storage.read(capture.key, LARGEST_OBJECT_BYTES)
        if (held := source_of(RawObject(capture.key, data, capture.captured_at))) not in (None, wanted):
            raise LakeError(
                f"{capture.key} was captured from '{held}', and SPOTIFY_SOURCE={wanted}: set SPOTIFY_SOURCE={held}."
            )


def days_without_tables(lake: Lake) -> list[date]:
    """Days with processed raw objects but nothing published: their lake is another one."""
    published = lake.published_days()
    return sorted(lake.raw.processed_days() - published.whole.keys() - published.begun)


def require_tables(lake: Lake) -> list[Table]:
    """The published tables, for a reader.

    Raises:
        LakeError: there are none; the message says how to build them.
    """
    tables = lake.catalog.tables()
    if not tables:
        # If there were some, this says so.
        lake.published_days()
        fill = "rebuild" if lake.raw.processed_days() else "run"
        raise LakeError(f"Nothing is published in {lake.settings.lake_url} yet. Fill it first: spotify-assets {fill}")
    return tables
