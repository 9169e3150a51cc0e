"""The unit of work: one UTC day, `snapshot_date`. Today is a partition from its first minute."""

import logging
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

import dagster as dg

from spotify_assets.aws.client import Patience
from spotify_assets.config import settings
from spotify_assets.lake.errors import LakeError
from spotify_assets.lake.lake import Lake

RANGE_START_TAG = "dagster/asset_partition_range_start"
RANGE_END_TAG = "dagster/asset_partition_range_end"

# Code is loaded with whatever is known then; the sensors notice a lake that was silent.
IMPATIENT = Patience(connect=2, answer=3, content=3)


def history_begins(first_day: date | None, history_start: date | None) -> date:
    """The first partition: the lake's first day, or HISTORY_START where that is earlier; today while it has none."""
    return min(first_day or date.max, history_start or date.max, datetime.now(UTC).date())


def first_partition_now(lake: Lake) -> date:
    """The same for a lake, without its first day where it cannot be asked."""
    first_day = None
    try:
        first_day = lake.first_day()
    except LakeError as error:
        logging.getLogger(__name__).warning("The lake's first day is not known yet, and today stands for it: %s", error)
    return history_begins(first_day, lake.settings.history_start)


class Days(dg.DailyPartitionsDefinition):
    """Dagster's daily partitions, each a UTC day, listed by counting days.

    Dagster works each key out as the next time of a schedule, and in a run with checks it lists all keys once a table.
    """

    def get_partition_keys(
        self, current_time: datetime | None = None, dynamic_partitions_store: Any = None
    ) -> Sequence[str]:
        """All days from the first to the last one, as YYYY-MM-DD."""
        with dg.partition_loading_context(current_time, dynamic_partitions_store):
            first, last = self.get_first_partition_key(), self.get_last_partition_key()
        return (
            [] if first is None or last is None else list(_listed(date.fromisoformat(first), date.fromisoformat(last)))
        )


@lru_cache(maxsize=4)
def _listed(first: date, last: date) -> tuple[str, ...]:
    return tuple((first + timedelta(days=number)).isoformat() for number in range((last - first).days + 1))


first_partition = first_partition_now(Lake(settings(), IMPATIENT))
snapshot_dates = Days(start_date=first_partition.isoformat(), end_offset=1)

# A range of days is one run: each run pays seconds of imports. `multi_asset` takes this as a stable parameter, `asset`
# only as a beta one, which is why single assets are declared with it.
one_run_per_range = dg.BackfillPolicy.single_run()


def days_of(context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext) -> list[date]:
    """The days a run covers, in order."""
    return sorted(date.fromisoformat(key) for key in context.partition_keys)


def has_days(context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext) -> bool:
    """Whether a run covers days; a check that is asked for by itself does not."""
    return context.has_partition_key or context.has_partition_key_range


def range_tags(first: date, last: date) -> dict[str, str]:
    """The tags by which Dagster knows that one run covers a range of days, both included."""
    return {RANGE_START_TAG: first.isoformat(), RANGE_END_TAG: last.isoformat()}
