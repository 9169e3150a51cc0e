"""Asset checks: one op per table runs the audit of `transform/audit.py` on what is staged, and writes its receipt.

What is checked, and how, belongs there; here findings become Dagster's results and the receipts that publish asks for.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import dagster as dg
import polars as pl

from spotify_assets.findings import Finding
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.staging import NotAudited, Stage
from spotify_assets.partitions import days_of
from spotify_assets.schemas.base import BASE
from spotify_assets.schemas.table import Table
from spotify_assets.transform.audit import BLOCKING, Audit, History, audit_table, checks_of

HISTORY_DAYS = 28


class StagedTables(Mapping[str, pl.LazyFrame]):
    """The staged tables of a day, read back when asked for."""

    def __init__(self, lake: Lake, stage: Stage) -> None:
        self._lake = lake
        self._stage = stage

    def __getitem__(self, name: str) -> pl.LazyFrame:
        """The table as it lies in the lake now."""
        return self._lake.staging.read(self._stage, name)

    def __iter__(self) -> Iterator[str]:
        """Names of the staged tables."""
        return iter(self._stage.files)

    def __len__(self) -> int:
        """How many tables are staged."""
        return len(self._stage.files)


def _table_checks(table: Table) -> dg.AssetChecksDefinition:
    specs = [
        dg.AssetCheckSpec(
            name=check.__name__,
            asset=table.name,
            blocking=check.__name__ in BLOCKING,
            description=(check.__doc__ or "").strip(),
        )
        for check in checks_of(table)
    ]

    @dg.multi_asset_check(name=f"{table.name}_checks", specs=specs, can_subset=True)
    def table_checks(
        context: dg.AssetCheckExecutionContext, lake: dg.ResourceParam[Lake]
    ) -> Iterator[dg.AssetCheckResult]:
        days = days_of(context) if _has_days(context) else list(lake.staging.days())[-1:]
        findings = {day: _audit(lake, table, day, _history(lake, table, days)) for day in days}
        context.log.info(f"audited {table.name} of {len(days)} days")
        for number, check in enumerate(checks_of(table)):
            # A receipt covers all checks of a table, so all of them run, even where the UI asked for one.
            if dg.AssetCheckKey(dg.AssetKey(table.name), check.__name__) in context.selected_asset_check_keys:
                by_day = {day: of_day[number] for day, of_day in findings.items()}
                yield _result(table.name, check.__name__, by_day)

    return table_checks


def _has_days(context: dg.AssetCheckExecutionContext) -> bool:
    return context.has_partition_key or context.has_partition_key_range


def _audit(lake: Lake, table: Table, day: date, published: dict[date, History]) -> list[Finding]:
    stage = lake.staging.current(day)
    if stage is None:
        raise dg.Failure(f"{day}: nothing is staged. Run the job process_raw_objects for {day}.", allow_retries=False)
    audit = Audit(day, StagedTables(lake, stage), lake.settings.rejected_rows_limit, len(lake.raw.quarantined(day)))
    try:
        findings = audit_table(audit, table.name, published[day])
    except NotAudited as error:
        raise dg.Failure(str(error), allow_retries=False) from error
    lake.staging.record(stage, table.name, findings)
    return findings


def _history(lake: Lake, table: Table, days: list[date]) -> dict[date, History]:
    """What was published in the four weeks before each day."""
    first = min(days) - timedelta(days=HISTORY_DAYS)
    window = [first + timedelta(days=offset) for offset in range((max(days) - first).days)]
    published = lake.catalog.published(table, window)
    histories: dict[date, History] = {}
    for day in days:
        before = {past: file for past, file in published.items() if day - timedelta(days=HISTORY_DAYS) <= past < day}
        if not before:
            histories[day] = History()
            continue
        last = before[max(before)]
        shares = {name: nulls / last.rows for name, nulls in last.nulls.items()}
        items = lake.catalog.scan(table).filter(pl.col("snapshot_date") == last.snapshot_date)
        histories[day] = History({past: file.rows for past, file in before.items()}, shares, items)
    return histories


def _result(table_name: str, check: str, by_day: dict[date, Finding]) -> dg.AssetCheckResult:
    """One result for all days of the run: the first day that fails speaks for it, else the last day."""
    failed = [day for day, finding in by_day.items() if not finding.passed]
    shown = failed[0] if failed else max(by_day)
    finding = by_day[shown]
    description = f"{shown}: {finding.sentence}"
    if len(by_day) > 1:
        description = f"{len(by_day) - len(failed)} of {len(by_day)} days pass. {description}"
    metadata: dict[str, dg.RawMetadataValue] = {
        "snapshot_date": shown.isoformat(),
        "days": len(by_day),
        **finding.figures,
    }
    if len(failed) > 1:
        metadata["failed_days"] = ", ".join(map(str, failed))
    severity = dg.AssetCheckSeverity.ERROR if finding.blocking else dg.AssetCheckSeverity.WARN
    return dg.AssetCheckResult(
        asset_key=table_name,
        check_name=check,
        passed=not failed,
        severity=severity,
        description=description,
        metadata=metadata,
    )


table_checks = [_table_checks(table) for table in BASE.tables.values()]
