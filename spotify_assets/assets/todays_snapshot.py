"""Today's snapshot as an asset of its own, so that the UI can show it late.

Dagster judges the freshness of a partitioned asset by any of its partitions: an old day that is published again would
make a missing today look fresh.
"""

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime

import dagster as dg

from spotify_assets.lake.lake import Lake

todays_snapshot = dg.AssetSpec(
    "todays_snapshot",
    group_name="publish",
    deps=["published_tables"],
    kinds={"iceberg"},
    description="Whether today (UTC) is published: fresh once today's tables are published, late if they are not two "
    "hours after SNAPSHOT_HOUR. There is no table and nothing to materialize: publishing today is recorded here; other "
    "days and imports do not count.",
)


def published_today(lake: Lake, days: Collection[date]) -> Iterator[dg.AssetMaterialization]:
    """The event that says that today is published, where it is among these published days, and captured."""
    if (today := datetime.now(UTC).date()) in days and lake.is_captured(today):
        yield dg.AssetMaterialization(todays_snapshot.key, metadata={"snapshot_date": today.isoformat()})


def is_told_of_today(instance: dg.DagsterInstance) -> bool:
    """Whether Dagster knows that today is published."""
    latest = instance.get_latest_materialization_event(todays_snapshot.key)
    if latest is None or latest.asset_materialization is None:
        return False
    told = latest.asset_materialization.metadata["snapshot_date"].value
    return told == datetime.now(UTC).date().isoformat()
