"""What the UI shows of a check: one result for the days of a run, and for other days that fail it in the lake now.

Dagster keeps one latest result per check, whichever days its run was of (partitioned checks are a preview there). So a
result is never about the run's days alone: what still waits for a person on another day stays in it until it is fixed.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import date

import dagster as dg

from spotify_assets.lake.lake import Lake
from spotify_assets.lake.staging import Staging
from spotify_assets.transform.audit_of_doubt import quarantine_finding
from spotify_assets.transform.audited_day import SetAside
from spotify_assets.transform.days import named, ranges
from spotify_assets.transform.findings import Finding, listed, part_of

# Metadata of a result: the days that fail, of the run and before it.
FAILED_DAYS = "failed_days"
# Checks that do not block, and yet wait for a person.
WAITS_FOR_A_PERSON = frozenset({"no_playlist_held_back"})
# Days that are named with their sentence, and quarantined objects of a day that are listed.
MOST_NAMED, MOST_LISTED = 3, 10
# Runs at a time that have planned a check and not finished it.
MOST_IN_PROGRESS = 5


def result_of_days(
    table_name: str,
    check: str,
    by_day: Mapping[date, Finding],
    note: str = "",
    *,
    still_failing: Mapping[str, Finding],
    details: Callable[[str, Finding], Mapping[str, dg.MetadataValue]],
) -> dg.AssetCheckResult:
    """One result for all days of the run: the first day that fails speaks for it, else the last day.

    A blocking check stops the run if none of its days passes; otherwise the publish step holds back the failed days.
    `note` says why this day was chosen if the run did not name it. `still_failing` are other days that fail in the lake
    now, and `details` gives the metadata of a failing day; both name days as text, such as 2026-11-26.
    """
    failed = [str(day) for day, finding in by_day.items() if not finding.passed]
    findings = {**{str(day): finding for day, finding in by_day.items()}, **still_failing}
    shown = failed[0] if failed else str(max(by_day))
    finding = findings[shown]
    description = f"{shown}{note}: {finding.sentence}"
    if len(by_day) > 1:
        held_back = " Held back:" if failed and finding.blocking else ""
        passing = part_of(len(by_day) - len(failed), len(by_day), "day", "passes", "pass")
        description = f"{passing}.{held_back} {description}"
    if still_failing:
        others = listed([f"{day}: {of_day.sentence}" for day, of_day in sorted(still_failing.items())], MOST_NAMED)
        description = f"{description} Still failing: {others}"
    failing = sorted([*failed, *still_failing])
    if failing and not failed:
        shown, finding = failing[0], findings[failing[0]]
    metadata: dict[str, dg.RawMetadataValue] = {
        "snapshot_date": shown,
        # Text: Dagster plots numbers, and this one is of the run, not of the data.
        "days": named(ranges(by_day)),
        **finding.figures,
    }
    if failing:
        metadata |= details(shown, finding)
        metadata[FAILED_DAYS] = ", ".join(failing)
    stops = finding.blocking and (not failing or len(failed) == len(by_day))
    severity = dg.AssetCheckSeverity.ERROR if stops else dg.AssetCheckSeverity.WARN
    return dg.AssetCheckResult(
        asset_key=table_name,
        check_name=check,
        passed=not failing,
        severity=severity,
        description=description,
        metadata=metadata,
    )


def failed_before(instance: dg.DagsterInstance, table: str, check: str) -> list[date]:
    """The days that the last result of a check names as failing."""
    key = dg.AssetCheckKey(dg.AssetKey(table), check)
    # The newest records are of this run and of others in progress: planned, without a result.
    for record in instance.event_log_storage.get_asset_check_execution_history(key, limit=MOST_IN_PROGRESS):
        evaluation = None if record.event is None else record.event.asset_check_evaluation
        if evaluation is not None:
            said = evaluation.metadata.get(FAILED_DAYS)
            return [] if said is None else [date.fromisoformat(day) for day in str(said.value).split(", ")]
    return []


def still_failing(staging: Staging, table: str, check: str, days: Collection[date]) -> dict[str, Finding]:
    """Those of some days that fail a check of a table as they are staged now."""
    found = {str(day): staging.finding(day, table, check) for day in days}
    return {day: finding for day, finding in found.items() if finding is not None and not finding.passed}


def set_aside(lake: Lake, day: date | str, most: int) -> list[SetAside]:
    """The first objects of a day, or of `MISFILED`, in quarantine. Each reason is an object to read."""
    return [SetAside(note.raw_object, note.reason, note.key) for note in lake.raw.quarantined(day, most)]


def still_quarantined(lake: Lake, quarantine: Mapping[str, int], days: Collection[date]) -> dict[str, Finding]:
    """Of the objects in quarantine by day, or `misfiled` if their key names no day, those not of `days`."""
    others = sorted(quarantine.keys() - set(map(str, days)))
    # Only the first days are shown with their objects.
    shown = {name: set_aside(lake, name, MOST_LISTED) for name in others[:MOST_NAMED]}
    return {name: quarantine_finding(quarantine[name], shown.get(name, [])) for name in others}
