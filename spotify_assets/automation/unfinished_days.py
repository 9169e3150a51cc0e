"""The sensor that finishes work for which no new object has landed: partly published days, missing or stale insights,
an outdated page.

Objects that wait in the raw zone belong to `raw_objects`. A failed attempt is retried after an hour, then after longer,
since the cause may be fixed by then; the same work is never in progress twice.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import dagster as dg

from spotify_assets.assets.partitions import range_tags
from spotify_assets.assets.todays_snapshot import is_told_of_today, published_today
from spotify_assets.assets.versions import versioned
from spotify_assets.automation.importing import import_goes_on
from spotify_assets.automation.jobs import page, process_raw_objects, refresh_insights
from spotify_assets.automation.reloading import begin_history
from spotify_assets.automation.sensors import days_of_tags
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.marks import Mark, digits
from spotify_assets.lake.unfinished import Unfinished, left_of, version_of
from spotify_assets.transform.days import named, ranges
from spotify_assets.transform.findings import counted

LOOK_SECONDS = 60
WORK_TAG = "unfinished_work"
# A run of more days would show too little progress, and lose too much if it is killed.
MOST_DAYS = 31
FIRST_PAUSE, LONGEST_PAUSE = timedelta(hours=1), timedelta(days=1)
UNENDED = [
    status
    for status in dg.DagsterRunStatus
    if status not in (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)
]


@dataclass(frozen=True)
class Work:
    """A run that would finish something: the job, its days (none for the page), and a version of its work."""

    job: str
    days: tuple[date, ...]
    version: str

    def __str__(self) -> str:
        """The job and its days, for people."""
        return f"{self.job} of {named(ranges(self.days))}" if self.days else self.job


@dataclass(frozen=True)
class Attempts:
    """How often the same work failed, and when last (UTC)."""

    failures: int
    last: datetime

    @classmethod
    def ended(cls, seconds: Collection[float]) -> "Attempts | None":
        """Failures that ended at these seconds since 1970, in any order; None without any."""
        return cls(len(seconds), datetime.fromtimestamp(max(seconds), UTC)) if seconds else None

    @property
    def again_at(self) -> datetime:
        """When it is retried: an hour after the first failure, twice as long after each further one, a day at most."""
        return self.last + min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(self.failures - 1, 10))


def next_work(left: Unfinished, version: str, insights_version: str) -> Work | None:
    """The next work: partly published days, then insights from the earliest day on, then the page.

    `version` and `insights_version` identify the lake's content, so that the same work in the same lake is recognised.
    """
    if left.begun:
        return Work(process_raw_objects.name, _first_days(left.begun), version)
    if left.insights:
        return Work(refresh_insights.name, _first_days(left.insights), insights_version)
    return Work(page.name, (), version) if left.page else None


def _first_days(days: Sequence[date]) -> tuple[date, ...]:
    """The first of them and those that follow it without a gap."""
    first, last = ranges(days)[0]
    return tuple(first + timedelta(days=ahead) for ahead in range(min((last - first).days + 1, MOST_DAYS)))


def why_not_now(work: Work, busy: Collection[date], attempts: Attempts | None, now: datetime) -> str | None:
    """Why work has to wait, if it does."""
    if conflicting := sorted(set(work.days).intersection(busy)):
        return f"a run of {named(ranges(conflicting))} has not ended"
    if attempts is not None and now < attempts.again_at:
        failed = counted(attempts.failures, "time")
        return f"it failed {failed}, and is retried at {attempts.again_at:%Y-%m-%d %H:%M} UTC"
    return None


@dg.sensor(
    name="unfinished_days",
    jobs=[process_raw_objects, refresh_insights, page],
    minimum_interval_seconds=LOOK_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Finishes unfinished work: days whose publish was interrupted, insights that are missing or computed "
    "from data that has changed since, an outdated page. One run at a time, earliest day first.",
)
def unfinished_days(
    context: dg.SensorEvaluationContext, lake: dg.ResourceParam[Lake]
) -> dg.SensorResult | dg.SkipReason:
    """Requests the next run, or says why there is none; reports published days that Dagster does not know."""
    now = datetime.now(UTC)
    tables, insights = lake.published_days(), lake.published_insights()
    if (outdated := begin_history(context, lake, [*tables.whole, *tables.begun])) is not None:
        return dg.SkipReason(outdated)
    left = left_of(lake, tables, insights, lake.raw.waiting())
    version = digits(str(left), tables.version, insights.version)
    work = next_work(left, version, version_of(left.insights, tables, insights))
    active = [record.dagster_run for record in context.instance.get_run_records(dg.RunsFilter(statuses=UNENDED))]
    busy = {day for run in active for day in days_of_tags(run.tags)}
    events: list[dg.AssetMaterialization] = []
    if context.cursor != version:
        events += _unknown_to_dagster(context, "published_tables", tables.whole, busy)
        events += _unknown_to_dagster(context, "published_insights", insights.whole, busy)
        if not is_told_of_today(context.instance):
            events += published_today(lake, tables.whole.keys() - busy)
    # Days of an active run are looked at again after it.
    cursor = context.cursor if busy else version
    if work is None:
        reason = "Nothing is unfinished."
    elif any(WORK_TAG in run.tags for run in active):
        reason = f"{work} is next; a run of this sensor has not ended."
    elif not work.days and busy:
        reason = f"{work} is next; a run of {named(ranges(busy))} has not ended, which will do it."
    elif work.job == refresh_insights.name and import_goes_on(context.instance, now):
        reason = f"{work} is next; it is left to the import in progress, or ended a few minutes ago."
    elif (waiting := why_not_now(work, busy, _attempts(context, work), now)) is not None:
        reason = f"{work} is next; {waiting}."
    else:
        return dg.SensorResult(run_requests=list(_requests(work, now)), asset_events=events, cursor=cursor)
    return dg.SensorResult(skip_reason=dg.SkipReason(reason), asset_events=events, cursor=cursor)


def _unknown_to_dagster(
    context: dg.SensorEvaluationContext, asset: str, published: Mapping[date, Mark], busy: Collection[date]
) -> list[dg.AssetMaterialization]:
    """Events for published days unknown to this instance: from another instance, or under an older name."""
    known = context.instance.get_materialized_partitions(dg.AssetKey(asset))
    return [
        versioned(asset, day, mark.content)
        for day, mark in published.items()
        if str(day) not in known and day not in busy
    ]


def _requests(work: Work, now: datetime) -> Iterator[dg.RunRequest]:
    tags = {WORK_TAG: f"{work.job}-{work.version}"}
    if work.days:
        tags |= range_tags(work.days[0], work.days[-1])
    yield dg.RunRequest(run_key=f"{tags[WORK_TAG]}-{now:%Y%m%dT%H%M%S}", job_name=work.job, tags=tags)


def _attempts(context: dg.SensorEvaluationContext, work: Work) -> Attempts | None:
    wanted = dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE], tags={WORK_TAG: f"{work.job}-{work.version}"})
    records = context.instance.get_run_records(wanted)
    return Attempts.ended([record.end_time for record in records if record.end_time is not None])
