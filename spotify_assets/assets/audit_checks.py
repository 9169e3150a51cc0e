"""Asset checks: one op per table runs the audit of `transform/` on what is staged, and writes its receipt.

What is checked, and how, belongs there; here findings become Dagster's results and the receipts that publish asks for.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from itertools import chain
from math import ceil

import dagster as dg
import polars as pl

from spotify_assets.assets.check_results import (
    WAITS_FOR_A_PERSON,
    failed_before,
    result_of_days,
    set_aside,
    still_failing,
    still_quarantined,
)
from spotify_assets.assets.clear_failures import clear_failures
from spotify_assets.assets.culprits import details_of
from spotify_assets.assets.partitions import days_of, has_days
from spotify_assets.lake.insight_inputs import Contents
from spotify_assets.lake.insight_memory import memory_before
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.quarantine import MISFILED
from spotify_assets.lake.side_by_side import AT_ONCE, side_by_side
from spotify_assets.lake.staging import Stage, Staging
from spotify_assets.schemas.base import BASE
from spotify_assets.schemas.insights import INSIGHTS
from spotify_assets.schemas.table import Table, TableGroup
from spotify_assets.transform import audit
from spotify_assets.transform.audited_day import Audit, Check, History
from spotify_assets.transform.days import named, ranges
from spotify_assets.transform.findings import Finding, counted
from spotify_assets.transform.insights import audit as insight_audit
from spotify_assets.transform.insights.memory import MEMORY, memory_after

HISTORY_DAYS = 28
# Days whose rows are held, and looked at, together: what a look costs by itself is that of a thousand rows.
ROWS_TOGETHER = 30_000
# Tables whose checks look at rows of published days before, and of how many; the memory is looked up by itself.
DAYS_LOOKED_AT = {"playlist_items": 1, "genre_trends": 1, "playlists": 7}


class StagedTables(Mapping[str, pl.LazyFrame]):
    """The staged tables of a day, each read back once; insights with the published entries they are about."""

    def __init__(self, lake: Lake, staging: Staging, stage: Stage) -> None:
        self._staging = staging
        self._stage = stage
        self._published = {} if staging is lake.staging else {"playlist_items": BASE.tables["playlist_items"]}
        self._lake = lake
        self._read_back: dict[str, pl.LazyFrame] = {}

    def __getitem__(self, name: str) -> pl.LazyFrame:
        """The table as it lies in the lake, for all checks of an audit."""
        if name not in self._read_back:
            self._read_back[name] = self._read(name)
        return self._read_back[name]

    def _read(self, name: str) -> pl.LazyFrame:
        if (table := self._published.get(name)) is not None:
            published = self._lake.catalog.published(table, [self._stage.snapshot_date])
            return self._lake.catalog.read(table, published.values())
        return self._staging.read(self._stage, name)

    def __iter__(self) -> Iterator[str]:
        """Names of the tables."""
        return iter([*self._stage.tables, *self._published])

    def __len__(self) -> int:
        """How many tables there are."""
        return len(self._stage.tables) + len(self._published)


@dataclass(frozen=True)
class Auditing:
    """How the tables of one group are audited: where they are staged, and by which checks."""

    group: TableGroup
    staging: Callable[[Lake], Staging]
    checks_of: Callable[[Table], Sequence[Check]]
    audit_table: Callable[[Audit, str, History], list[Finding]]
    blocking: frozenset[str]
    job: str


BASE_AUDITING = Auditing(
    BASE, lambda lake: lake.staging, audit.checks_of, audit.audit_table, audit.BLOCKING, "process_raw_objects"
)
INSIGHT_AUDITING = Auditing(
    INSIGHTS,
    lambda lake: lake.insight_staging,
    insight_audit.checks_of,
    insight_audit.audit_table,
    insight_audit.BLOCKING,
    "refresh_insights",
)


def _table_checks(auditing: Auditing, table: Table) -> dg.AssetChecksDefinition:
    checks = auditing.checks_of(table)
    specs = [
        dg.AssetCheckSpec(
            name=check.__name__,
            asset=table.name,
            blocking=check.__name__ in auditing.blocking,
            description=(check.__doc__ or "").strip(),
        )
        for check in checks
    ]

    @dg.multi_asset_check(name=f"{table.name}_checks", specs=specs, can_subset=True)
    @clear_failures
    def table_checks(
        context: dg.AssetCheckExecutionContext, lake: dg.ResourceParam[Lake]
    ) -> Iterator[dg.AssetCheckResult]:
        # A check that the UI asks for by itself comes without days.
        wanted = days_of(context) if has_days(context) else [_latest(auditing, lake)]
        stages = _staged(auditing, lake, wanted, context.run.run_id)
        days = list(stages)
        before = histories(lake, table, days, {day: stage.table(table.name).rows for day, stage in stages.items()})
        parts = _parts(table, list(stages.values()))
        quarantine = lake.raw.quarantined_by_day() if audit.no_quarantined_objects in checks else {}
        audited = side_by_side(
            lambda part: _audit(auditing, lake, table, part, before, quarantine=quarantine),
            parts,
            min(AT_ONCE, len(parts)),
        )
        findings = dict(zip(days, chain.from_iterable(audited), strict=True))
        context.log.info(f"audited {table.name} of {counted(len(days), 'day')}")
        others = _still_failing(context.instance, auditing, lake, table, days)
        others[audit.no_quarantined_objects.__name__] = still_quarantined(lake, quarantine, days)
        details = partial(_details, auditing.staging(lake), lake, table)
        for number, check in enumerate(checks):
            # A receipt covers all checks of a table, so all of them run, even where the UI asked for one.
            if dg.AssetCheckKey(dg.AssetKey(table.name), check.__name__) in context.selected_asset_check_keys:
                by_day = {day: of_day[number] for day, of_day in findings.items()}
                note = "" if has_days(context) else ", the latest day staged"
                yield result_of_days(
                    table.name,
                    check.__name__,
                    by_day,
                    note,
                    still_failing=others.get(check.__name__, {}),
                    details=details,
                )

    return table_checks


def _still_failing(
    instance: dg.DagsterInstance, auditing: Auditing, lake: Lake, table: Table, days: Collection[date]
) -> dict[str, Mapping[str, Finding]]:
    """For each check that holds a day until somebody acts, the days outside the run that still fail it."""
    checks = {check.__name__ for check in auditing.checks_of(table)}
    found: dict[str, Mapping[str, Finding]] = {}
    for check in checks & (auditing.blocking | WAITS_FOR_A_PERSON):
        before = set(failed_before(instance, table.name, check)) - set(days)
        found[check] = still_failing(auditing.staging(lake), table.name, check, before)
    return found


def _details(staging: Staging, lake: Lake, table: Table, day: str, finding: Finding) -> Mapping[str, dg.MetadataValue]:
    return details_of(
        lake, day, None if day == MISFILED else staging.current(date.fromisoformat(day)), table.name, finding
    )


def _staged(auditing: Auditing, lake: Lake, days: Sequence[date], run_id: str) -> dict[date, Stage]:
    """What is staged of each day; a day of a range of which nothing is was left out by the step before.

    Raises:
        dagster.Failure: nothing is staged of any.
    """
    staging = auditing.staging(lake)
    staged = {day: stage for day in days if (stage := staging.to_audit(day, run_id)) is not None}
    if not staged:
        raise dg.Failure(
            f"{named(ranges(days))}: nothing is staged. Run the job {auditing.job} for it.", allow_retries=False
        )
    return staged


def _latest(auditing: Auditing, lake: Lake) -> date:
    """The last day that has a stage.

    Raises:
        dagster.Failure: no day has one.
    """
    latest = max(auditing.staging(lake).days(), default=None)
    if latest is None:
        raise dg.Failure(
            f"Nothing is staged, so there is nothing to check. Run the job {auditing.job} for a day; that checks it.",
            allow_retries=False,
        )
    return latest


def _parts(table: Table, stages: Sequence[Stage]) -> list[Sequence[Stage]]:
    """The days in parts that are read together: as many parts as are worked on at a time, more where rows are many."""
    rows = sum(stage.table(table.name).rows for stage in stages)
    most = max(1, min(ceil(len(stages) / AT_ONCE), len(stages) * ROWS_TOGETHER // max(rows, 1)))
    return [stages[first : first + most] for first in range(0, len(stages), most)]


def _audit(
    auditing: Auditing,
    lake: Lake,
    table: Table,
    stages: Sequence[Stage],
    before: Mapping[date, History],
    *,
    quarantine: Mapping[str, int],
) -> list[list[Finding]]:
    """The findings of each of some days, whose receipts are written."""
    staging = auditing.staging(lake)
    tables = {stage.snapshot_date: StagedTables(lake, staging, stage) for stage in stages}
    sound = frozenset[str]()
    if sum(stage.table(table.name).rows for stage in stages) <= audit.ROWS_AT_A_TIME and audit.are_sound(
        table, {day: of_day[table.name] for day, of_day in tables.items()}
    ):
        sound = frozenset([table.name])
    found: list[list[Finding]] = []
    for stage in stages:
        day = stage.snapshot_date
        quarantined = quarantine.get(str(day), 0)
        shown = set_aside(lake, day, audit.MOST_SHOWN) if quarantined else []
        # What was read of a day goes with it.
        audited = Audit(day, tables.pop(day), quarantined, stage.odd_cells, shown, sound, stage.unreadable)
        found.append(auditing.audit_table(audited, table.name, before[day]))
        staging.record(stage, table.name, found[-1])
    return found


def days_looked_at(days: Sequence[date]) -> list[date]:
    """The days of which the checks of some days ask what is published."""
    first = min(days) - timedelta(days=HISTORY_DAYS)
    return [first + timedelta(days=offset) for offset in range((max(days) - first).days)]


def histories(
    lake: Lake, table: Table, days: list[date], staged: Mapping[date, int] | None = None
) -> dict[date, History]:
    """What was published in the four weeks before each day; of rows, also how many the run has `staged` of each day."""
    published = lake.catalog.published(table, days_looked_at(days))
    counted_rows = {past: file.rows for past, file in published.items()} | dict(staged or {})
    found: dict[date, History] = {}
    for day in days:
        first = day - timedelta(days=HISTORY_DAYS)
        before = {past: file for past, file in published.items() if first <= past < day}
        rows_before = {past: rows for past, rows in counted_rows.items() if first <= past < day}
        if not before:
            found[day] = History(rows_before)
            continue
        last = before[max(before)]
        shares = {name: nulls / last.rows for name, nulls in last.nulls.items()}
        rows = None
        if (number := DAYS_LOOKED_AT.get(table.name)) is not None:
            rows = lake.catalog.read(table, [before[past] for past in sorted(before)[-number:]])
        found[day] = History(rows_before, shares, rows)
    if table.name == MEMORY:
        return {day: replace(found[day], previous_rows=memory.lazy()) for day, memory in _memories(lake, days)}
    return found


def _memories(lake: Lake, days: list[date]) -> Iterator[tuple[date, pl.DataFrame]]:
    """Each day with what was remembered before it: what is published, and then what the days of this run add."""
    memory = memory_before(lake, days[0], Contents.of(lake.published_insights()))
    for day in days:
        yield day, memory
        if (stage := lake.insight_staging.current(day)) is not None:
            memory = memory_after(memory, lake.insight_staging.read(stage, MEMORY).collect())


table_checks = [_table_checks(BASE_AUDITING, table) for table in BASE.tables.values()]
insight_checks = [_table_checks(INSIGHT_AUDITING, table) for table in INSIGHTS.tables.values()]
