"""Missing days: a late snapshot of today, and gaps that can no longer be filled."""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import dagster as dg

from spotify_assets.assets.clear_failures import clear_failures
from spotify_assets.config import settings
from spotify_assets.lake.lake import Lake
from spotify_assets.transform.days import named
from spotify_assets.transform.findings import counted

HOURS_UNTIL_LATE = 2
LISTED_GAPS = 20


def due_at(snapshot_hour: int) -> tuple[int, int]:
    """Hour and minute (UTC) at which the day's snapshot is due, at the latest at the end of the day."""
    hour = snapshot_hour + HOURS_UNTIL_LATE
    return (hour, 0) if hour <= 23 else (23, 59)


DUE_HOUR, DUE_MINUTE = due_at(settings().snapshot_hour)
DUE_CRON = f"{DUE_MINUTE} {DUE_HOUR} * * *"

# Anything since midnight counts; once today's snapshot is due, yesterday's no longer does.
snapshot_of_today = dg.FreshnessPolicy.cron(
    deadline_cron=DUE_CRON, lower_bound_delta=timedelta(hours=DUE_HOUR, minutes=DUE_MINUTE)
)


def is_due(now: datetime) -> bool:
    """Whether today's snapshot should be published by now (UTC)."""
    return (now.hour, now.minute) >= (DUE_HOUR, DUE_MINUTE)


def missing_ranges(published: Collection[date], last: date) -> list[tuple[date, date]]:
    """Ranges of days without a published snapshot, ends included, from the first published day to `last`."""
    known = sorted(day for day in published if day <= last)
    if not known:
        return []
    one_day = timedelta(days=1)
    edges = [*known, last + one_day]
    return [(day + one_day, following - one_day) for day, following in pairwise(edges) if following - day > one_day]


@dg.asset_check(
    asset="published_tables",
    description="Every day from the first published one until today is published. Today counts from two hours after "
    "the snapshot. A missed day cannot be captured later, since Spotify shows only today.",
)
@clear_failures
def no_missing_days(lake: dg.ResourceParam[Lake]) -> dg.AssetCheckResult:
    """Lists the missing days. Only a warning: the published days are correct without them."""
    now = datetime.now(UTC)
    last = now.date() if is_due(now) else now.date() - timedelta(days=1)
    published = lake.published_days().whole
    gaps = missing_ranges(published, last)
    missing = sum((end - start).days + 1 for start, end in gaps)
    return dg.AssetCheckResult(
        passed=not gaps,
        severity=dg.AssetCheckSeverity.WARN,
        description=_sentence(gaps, missing, sorted(published), last),
        metadata={
            "published_days": len(published),
            "missing_days": missing,
            "missing": named(gaps) or "none",
        },
    )


def _sentence(gaps: list[tuple[date, date]], missing: int, published: list[date], last: date) -> str:
    if not published:
        return "Nothing is published yet."
    period = f"from {published[0]} to {max(last, published[-1])}"
    if not gaps:
        return f"No day is missing {period}."
    listed = named(gaps[-LISTED_GAPS:])
    others = f", and {counted(len(gaps) - LISTED_GAPS, 'earlier gap')}" if len(gaps) > LISTED_GAPS else ""
    return f"{counted(missing, 'day', 'is', 'are')} missing {period}: {listed}{others}."
