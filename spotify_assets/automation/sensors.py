"""Sensors: for raw objects that land, and for runs that fail."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

import dagster as dg

from spotify_assets.assets.partitions import RANGE_END_TAG, RANGE_START_TAG, first_partition
from spotify_assets.assets.tables import LOOK_AGAIN_TAG
from spotify_assets.automation.alert_channels import deliver
from spotify_assets.automation.alerts import compose
from spotify_assets.automation.arrivals import (
    ActiveRun,
    Arrival,
    Decision,
    EndedRun,
    NeedsPerson,
    Outcome,
    Request,
    arrivals,
    decide,
    explain,
)
from spotify_assets.automation.cloudwatch import Metric, Name, send
from spotify_assets.automation.dagster_internals import (
    BULK_ACTION_TERMINAL_STATUSES,
    BulkActionsFilter,
    BulkActionStatus,
)
from spotify_assets.automation.failures import failure_reasons
from spotify_assets.automation.importing import BY_SENSOR, IMPORT_TAG, imported_at
from spotify_assets.automation.jobs import LIMIT_OF_ONE_DAY, process_raw_objects
from spotify_assets.automation.landings import unrecorded
from spotify_assets.automation.raw_zone_polling import Listing, done_with, recorded_keys, still_to_run
from spotify_assets.automation.reloading import begin_history
from spotify_assets.automation.run_metrics import measure
from spotify_assets.config import settings
from spotify_assets.lake.errors import LakeError
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.raw import TO_BE_PROCESSED, Misfiled, RawEntry
from spotify_assets.lake.raw_events import Announcement

FINGERPRINT_TAG = "raw_objects"
# Dagster takes some hundredths of a second for each submission; a tick should stay under five seconds.
MOST_RUNS = 50
MOST_QUARANTINED = 50
# Databases limit the number of values in a query; in SQLite it was 999 for a long time.
FINGERPRINTS_PER_QUERY = 500
ENDED = {
    dg.DagsterRunStatus.SUCCESS: Outcome.SUCCEEDED,
    dg.DagsterRunStatus.FAILURE: Outcome.FAILED,
    dg.DagsterRunStatus.CANCELED: Outcome.CANCELED,
}


@dg.sensor(
    name="raw_objects",
    job=process_raw_objects,
    minimum_interval_seconds=settings().sensor_seconds,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Looks for objects in raw/to_be_processed and requests a run for each day that has some: one at a "
    "time, and another if more objects land meanwhile. Failed days are not retried automatically.",
)
def raw_objects(context: dg.SensorEvaluationContext, lake: dg.ResourceParam[Lake]) -> dg.SensorResult | dg.SkipReason:
    """Requests runs for waiting objects, or says why not.

    Raises:
        LakeError: the lake cannot be listed, or belongs to another source. That is not the same as nothing to do.
    """
    # Taken before any lookup, so that a run that ends meanwhile is noticed.
    now = datetime.now(UTC)
    lake.require_source()
    # Read before the listing, which then includes every announced object.
    announced = _announced(context, lake)
    last = Listing.of(context.cursor)
    if announced == [] and last is not None and not last.is_over(now):
        return dg.SkipReason(last.reason)
    for key in lake.raw.take_back_changed():
        context.log.warning(f"{key} was changed since it was quarantined, and waits again.")
    found = list(lake.raw.waiting())
    arrived = _arrived(context, lake, found, now)
    early = [arrival.day for arrival in arrived if arrival.day < first_partition]
    # Queue messages stay until a tick that requests runs.
    if early and (outdated := begin_history(context, lake, early)) is not None:
        return dg.SkipReason(outdated)
    active = [*_active_runs(context.instance), *_active_backfills(context)] if arrived else []
    ended = _ended_runs(context.instance, [arrival.fingerprint for arrival in arrived])
    imported = imported_at(context.instance, now) if any(arrival.is_import for arrival in arrived) else None
    decisions = decide(arrived, active, ended, now, MOST_RUNS - len(active), imported_at=imported)
    said = explain(decisions) if arrived else f"No raw objects wait in {lake.raw_storage.address(TO_BE_PROCESSED)}."
    if announced is not None:
        recorded = recorded_keys(arrived, active, decisions)
        _forget(context, lake, done_with(announced, lake.raw_storage, {entry.key for entry in found}, recorded))
        context.update_cursor(Listing(now, still_to_run(decisions), said).cursor)
    return _answer(context, decisions, said)


def _answer(
    context: dg.SensorEvaluationContext, decisions: list[Decision], said: str
) -> dg.SensorResult | dg.SkipReason:
    requests = [decision for decision in decisions if isinstance(decision, Request)]
    if not requests:
        return dg.SkipReason(said)
    if said:
        log = context.log.warning if any(isinstance(found, NeedsPerson) for found in decisions) else context.log.info
        log(said)
    return dg.SensorResult(
        run_requests=[
            dg.RunRequest(
                run_key=request.run_key,
                partition_key=request.day.isoformat(),
                tags={FINGERPRINT_TAG: request.arrival.fingerprint}
                | LIMIT_OF_ONE_DAY
                | ({IMPORT_TAG: BY_SENSOR} if request.arrival.is_import else {}),
            )
            for request in requests
        ],
        asset_events=[event for request in requests for event in unrecorded(context.instance, request.arrival)],
    )


def _announced(context: dg.SensorEvaluationContext, lake: Lake) -> list[Announcement] | None:
    """The queue's messages; None if there is no queue, or it does not answer, and only listing is left.

    Messages that are not S3 events are left for the dead-letter queue, where a person sees them.
    """
    if lake.raw_events is None:
        return None
    try:
        found = lake.raw_events.look()
    except LakeError as error:
        context.log.warning(f"{error} The raw zone is listed instead.")
        return None
    for problem in filter(None, (announcement.problem for announcement in found)):
        context.log.warning(f"A message in RAW_EVENTS_QUEUE_URL is left to its dead-letter queue: {problem}")
    return [announcement for announcement in found if announcement.problem is None]


def _forget(context: dg.SensorEvaluationContext, lake: Lake, done: list[Announcement]) -> None:
    if lake.raw_events is None:
        return
    try:
        lake.raw_events.forget(done)
    except LakeError as error:
        context.log.warning(f"{error} These messages will be delivered again, which does no harm.")


def _arrived(
    context: dg.SensorEvaluationContext, lake: Lake, found: list[RawEntry | Misfiled], now: datetime
) -> list[Arrival]:
    """Waiting objects by day; objects without a day are quarantined."""
    misfiled = [entry for entry in found if isinstance(entry, Misfiled) and lake.raw.is_settled(entry, now)]
    for entry in misfiled[:MOST_QUARANTINED]:
        lake.raw.quarantine_misfiled(entry)
        context.log.warning(f"quarantined {entry.key!r}: {entry.reason}")
    entries = [entry for entry in found if isinstance(entry, RawEntry)]
    return arrivals(entries, [entry for entry in entries if not lake.raw.is_settled(entry, now)])


def _active_runs(instance: dg.DagsterInstance) -> Iterator[ActiveRun]:
    unended = [status for status in dg.DagsterRunStatus if status not in ENDED]
    for record in instance.get_run_records(dg.RunsFilter(statuses=unended)):
        run = record.dagster_run
        title = f"run {run.run_id} ({run.job_name}, {run.status.value.lower()})"
        yield ActiveRun(title, days_of_tags(run.tags), run.tags.get(FINGERPRINT_TAG))


def days_of_tags(tags: Mapping[str, str]) -> frozenset[date]:
    """The days that a run with these tags covers; none if it has no partition, or not one of ours."""
    first = tags.get(RANGE_START_TAG) or tags.get("dagster/partition")
    last = tags.get(RANGE_END_TAG) or tags.get("dagster/partition")
    return frozenset() if first is None or last is None else _days(first, last)


def _days(first: str, last: str) -> frozenset[date]:
    try:
        start, end = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return frozenset()
    return frozenset(start + timedelta(days=number) for number in range((end - start).days + 1))


def _active_backfills(context: dg.SensorEvaluationContext) -> Iterator[ActiveRun]:
    statuses = [status for status in BulkActionStatus if status not in BULK_ACTION_TERMINAL_STATUSES]
    for backfill in context.instance.get_backfills(BulkActionsFilter(statuses=statuses)):
        keys: Iterable[str] = backfill.partition_names or ()
        if backfill.is_asset_backfill and context.repository_def is not None:
            data = backfill.get_asset_backfill_data(context.repository_def.asset_graph)
            subsets = data.target_subset.partitions_subsets_by_asset_key.values()
            keys = {key for subset in subsets for key in subset.get_partition_keys()}
        days = frozenset[date]().union(*(_days(key, key) for key in keys))
        yield ActiveRun(f"backfill {backfill.backfill_id}", days)


def _ended_runs(instance: dg.DagsterInstance, fingerprints: list[str]) -> Mapping[str, list[EndedRun]]:
    ended: dict[str, list[EndedRun]] = defaultdict(list)
    for start in range(0, len(fingerprints), FINGERPRINTS_PER_QUERY):
        named = fingerprints[start : start + FINGERPRINTS_PER_QUERY]
        for record in instance.get_run_records(dg.RunsFilter(statuses=list(ENDED), tags={FINGERPRINT_TAG: named})):
            ended[record.dagster_run.tags[FINGERPRINT_TAG]].append(_ended_run(record))
    return ended


def _ended_run(record: dg.RunRecord) -> EndedRun:
    run = record.dagster_run
    outcome = ENDED[run.status]
    if outcome is Outcome.FAILED and will_retry(run) and "dagster/auto_retry_run_id" not in run.tags:
        outcome = Outcome.WILL_RETRY
    ended_at = record.update_timestamp if record.end_time is None else datetime.fromtimestamp(record.end_time, UTC)
    again = run.tags.get(LOOK_AGAIN_TAG)
    look_again_at = datetime.fromisoformat(again) if again else None
    return EndedRun(run.run_id, outcome, record.create_timestamp, ended_at, look_again_at)


def will_retry(run: dg.DagsterRun) -> bool:
    """Whether Dagster retries this failed run."""
    return run.tags.get("dagster/will_retry") == "true"


@dg.run_failure_sensor(
    name="run_failures",
    default_status=dg.DefaultSensorStatus.RUNNING,
    minimum_interval_seconds=settings().sensor_seconds,
    description="Reports runs that failed for good, why, and what to do: in this sensor's log, to the SNS topic "
    "ALERT_TOPIC_ARN and to ALERT_ADDRESSES if set. Does not report runs that are retried or of imported days. Sends "
    "metrics to METRICS_NAMESPACE.",
)
def run_failures(context: dg.RunFailureSensorContext, lake: dg.ResourceParam[Lake]) -> dg.SkipReason | None:
    """Reports one failed run."""
    run = context.dagster_run
    is_import = IMPORT_TAG in run.tags
    failed = [] if will_retry(run) or is_import else [Metric(Name.RUNS_FAILED, 1)]
    if (problem := send([*measure(context.instance, run), *failed], lake.settings)) is not None:
        context.log.error(problem)
    if is_import:
        return dg.SkipReason(f"Run {run.run_id} is of imported days: `import` reports it, and the sensor raw_objects.")
    if not failed:
        return dg.SkipReason(f"Run {run.run_id} is retried.")
    records = context.instance.get_records_for_run(
        run.run_id, of_type={dg.DagsterEventType.ASSET_CHECK_EVALUATION, dg.DagsterEventType.STEP_FAILURE}
    ).records
    events = [record.event_log_entry.dagster_event for record in records]
    reasons = failure_reasons(event for event in events if event is not None)
    alert = compose(
        run.job_name,
        run.run_id,
        days_of_tags(run.tags),
        reasons or [context.failure_event.message or ""],
        lake.settings,
    )
    context.log.error(f"{alert.subject}\n{alert.message}")
    for problem in deliver(alert, lake.settings):
        context.log.error(problem)
    return None
