"""Sensors for metrics: the age of the latest snapshot, and what each run did. Present if METRICS_NAMESPACE is set."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta

import dagster as dg
import polars as pl

from spotify_assets.assets.raw import LEFT, USED, WAITING
from spotify_assets.automation.cloudwatch import Metric, Name, send
from spotify_assets.automation.costs import run_cost
from spotify_assets.config import settings
from spotify_assets.lake.lake import Lake
from spotify_assets.schemas import TABLES

# Well within the hour after which the alarm takes silence for a stopped daemon.
AGE_SECONDS = 900
# Days searched for one that was captured; if none was, the alarm rang long ago.
LATEST_DAYS = 7
# Metadata of materializations that is summed. Raw assets give the first, if their source is on a network.
API_CALLS, ROWS, RAW_OBJECTS, CHANGED = "api_calls", "dagster/partition_row_count", "raw_objects", "tables_changed"
# Findings of captures: the latest of a run counts.
FOUND = {USED: Name.REQUESTS_USED, LEFT: Name.REQUESTS_LEFT, WAITING: Name.PROFILES_WAITING}
CHECKS = "checks"


@dg.sensor(
    name="snapshot_age",
    minimum_interval_seconds=AGE_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Sends the age of the latest published snapshot to CloudWatch, four times an hour. Starts nothing.",
)
def snapshot_age(context: dg.SensorEvaluationContext, lake: dg.ResourceParam[Lake]) -> dg.SkipReason:
    """Measures the age; sends nothing for a lake without a snapshot, since the alarm notices the silence."""
    now = datetime.now(UTC)
    taken_at = latest_snapshot(lake)
    if taken_at is None:
        return dg.SkipReason("Nothing is published yet.")
    hours = (now - taken_at) / timedelta(hours=1)
    if (problem := send([Metric(Name.SNAPSHOT_AGE, hours)], lake.settings)) is not None:
        context.log.error(problem)
    return dg.SkipReason(
        f"The latest published snapshot was taken {hours:.1f} hours ago, {taken_at:%Y-%m-%d %H:%M} UTC."
    )


def latest_snapshot(lake: Lake) -> datetime | None:
    """When the latest published day was captured (UTC); None if nothing is published.

    At the latest the end of that day: objects that land later without a time of fetching are no younger. Imports into a
    lake that captures do not count.
    """
    playlists = TABLES["playlists"]
    published = sorted(lake.published_days().whole, reverse=True)[:LATEST_DAYS]
    if not published:
        return None
    # If none of them was captured, the earliest gives the age.
    day = next((day for day in published if not lake.settings.captures or lake.is_captured(day)), published[-1])
    of_day = lake.catalog.rows(playlists, lake.catalog.published(playlists, [day]).values(), ["fetched_at"])
    fetched_at: datetime = of_day.select(pl.col("fetched_at").max()).item()
    return min(fetched_at, datetime.combine(day + timedelta(days=1), time(), UTC))


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    name="run_metrics",
    minimum_interval_seconds=settings().sensor_seconds,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Sends metrics of each run to CloudWatch: rows, rejects, calls of Spotify's API and how many are left, "
    "seconds per step, and the estimated cost.",
)
def run_metrics(context: dg.RunStatusSensorContext, lake: dg.ResourceParam[Lake]) -> None:
    """Measures one successful run; `run_failures` measures the others."""
    if (problem := send(measure(context.instance, context.dagster_run), lake.settings)) is not None:
        context.log.error(problem)


def measure(instance: dg.DagsterInstance, run: dg.DagsterRun) -> list[Metric]:
    """The metrics of a run, from its events."""
    wanted = {dg.DagsterEventType.ASSET_MATERIALIZATION, dg.DagsterEventType.STEP_FAILURE}
    entries = [record.event_log_entry for record in instance.get_records_for_run(run.run_id, of_type=wanted).records]
    events = [entry.asset_materialization for entry in entries]
    seconds = _seconds_per_step(instance, run.run_id)
    amounts = _amounts(
        [event for event in events if event is not None],
        sum(_calls_of_failure(entry) for entry in entries),
        _seconds_of_machine(instance, run.run_id),
    )
    return [*amounts, *(Metric(Name.STEP_SECONDS, lasted, step) for step, lasted in seconds.items())]


def _seconds_of_machine(instance: dg.DagsterInstance, run_id: str) -> float:
    """Seconds from the launch of a run, including imports, to its end."""
    run = instance.get_run_stats(run_id)
    began = run.launch_time or run.start_time
    return 0 if began is None or run.end_time is None else run.end_time - began


def _seconds_per_step(instance: dg.DagsterInstance, run_id: str) -> dict[str, float]:
    """Seconds of each completed step; audit steps, one per table, count as one."""
    seconds: dict[str, float] = defaultdict(float)
    for step in instance.get_run_step_stats(run_id):
        if step.start_time is not None and step.end_time is not None:
            name = CHECKS if step.step_key.endswith("_checks") else step.step_key
            seconds[name] += step.end_time - step.start_time
    return seconds


def _calls_of_failure(entry: dg.EventLogEntry) -> float:
    """Calls of Spotify's API that a step made before it failed."""
    event = entry.dagster_event
    if event is None or not event.is_step_failure or event.step_failure_data.user_failure_data is None:
        return 0
    return _numbers(event.step_failure_data.user_failure_data.metadata).get(API_CALLS, 0)


def _amounts(events: Sequence[dg.AssetMaterialization], failed_calls: float, seconds: float) -> list[Metric]:
    by_asset: dict[str, list[dict[str, float]]] = defaultdict(list)
    for event in events:
        by_asset[event.asset_key.to_user_string()].append(_numbers(event.metadata))
    published = [figures for figures in by_asset["published_tables"] if figures.get(CHANGED)]
    rejected = by_asset["rejected_rows"]
    calls = [figures[API_CALLS] for found in by_asset.values() for figures in found if API_CALLS in figures]
    raw_objects = sum(figures.get(RAW_OBJECTS, 0) for figures in by_asset["playlists"])
    metrics = [Metric(Name.RUN_COST, run_cost(seconds, len(by_asset["published_tables"]), int(raw_objects)))]
    if by_asset["published_tables"]:
        metrics.append(Metric(Name.ROWS_PUBLISHED, sum(figures.get(ROWS, 0) for figures in published)))
    if rejected:
        metrics.append(Metric(Name.ROWS_REJECTED, sum(figures.get(ROWS, 0) for figures in rejected)))
    if calls or failed_calls:
        metrics.append(Metric(Name.API_CALLS, sum(calls) + failed_calls))
    return [*metrics, *_found_last(events)]


def _found_last(events: Sequence[dg.AssetMaterialization]) -> list[Metric]:
    """The budget used when the run ended, in event order."""
    last: dict[str, float] = {}
    for event in events:
        last |= {name: value for name, value in _numbers(event.metadata).items() if name in FOUND}
    return [Metric(FOUND[name], value) for name, value in last.items()]


def _numbers(metadata: Mapping[str, dg.MetadataValue]) -> dict[str, float]:
    return {name: float(value.value) for name, value in metadata.items() if isinstance(value.value, int | float)}
