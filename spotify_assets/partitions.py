"""The unit of work: one UTC day, `snapshot_date`. Today is a partition from its first minute."""

from datetime import date

import dagster as dg

from spotify_assets.config import settings

snapshot_dates = dg.DailyPartitionsDefinition(start_date=settings().history_start.isoformat(), end_offset=1)

# A range of days is one run: each run pays seconds of imports. `multi_asset` takes this as a stable parameter, `asset`
# only as a beta one, which is why single assets are declared with it.
one_run_per_range = dg.BackfillPolicy.single_run()


def days_of(context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext) -> list[date]:
    """The days a run covers, in order."""
    return sorted(date.fromisoformat(key) for key in context.partition_keys)
