"""The unit of work: one UTC day, `snapshot_date`. Today is a partition from its first minute."""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise

import dagster as dg

from spotify_assets.config import settings

RANGE_START_TAG = "dagster/asset_partition_range_start"
RANGE_END_TAG = "dagster/asset_partition_range_end"

snapshot_dates = dg.DailyPartitionsDefinition(start_date=settings().history_start.isoformat(), end_offset=1)

# A range of days is one run: each run pays seconds of imports. `multi_asset` takes this as a stable parameter, `asset`
# only as a beta one, which is why single assets are declared with it.
one_run_per_range = dg.BackfillPolicy.single_run()


def days_of(context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext) -> list[date]:
    """The days a run covers, in order."""
    return sorted(date.fromisoformat(key) for key in context.partition_keys)


def has_days(context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext) -> bool:
    """Whether a run covers days; a check that is asked for by itself does not."""
    return context.has_partition_key or context.has_partition_key_range


def ranges(days: Iterable[date]) -> list[tuple[date, date]]:
    """Consecutive days taken together, as (first, last)."""
    known = sorted(days)
    breaks = [index for index, (day, following) in enumerate(pairwise(known), 1) if following - day > timedelta(days=1)]
    edges = [0, *breaks, len(known)] if known else [0]
    return [(known[start], known[end - 1]) for start, end in pairwise(edges)]


def range_tags(first: date, last: date) -> dict[str, str]:
    """The tags by which Dagster knows that one run covers a range of days, both included."""
    return {RANGE_START_TAG: first.isoformat(), RANGE_END_TAG: last.isoformat()}


def named(found: Iterable[tuple[date, date]]) -> str:
    """Ranges of days in words."""
    return ", ".join(str(first) if first == last else f"{first} to {last}" for first, last in found)
