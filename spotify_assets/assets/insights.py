"""Insight assets: what published days tell, staged day by day, then published like the base tables."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

import dagster as dg
import polars as pl

from spotify_assets.assets.column_metadata import column_schema, preview
from spotify_assets.assets.owners import OWNERS
from spotify_assets.assets.partitions import days_of, has_days, named, one_run_per_range, ranges, snapshot_dates
from spotify_assets.assets.published_tables import PUBLISHED, publish_days, published_tables, publishing
from spotify_assets.assets.versions import code_version, data_version, versioned
from spotify_assets.config import settings
from spotify_assets.lake.insight_inputs import (
    LONGEST_WINDOW,
    BaseDays,
    contents_of,
    days_that_look_back,
    earlier_days,
    is_made_from,
    published_files,
    stale_days,
)
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.staging import Stage
from spotify_assets.schemas.insights import INSIGHTS
from spotify_assets.schemas.table import Table
from spotify_assets.transform.insights.day import build_insights

GROUP = "insights"
EARLIER_DAYS = "earlier_days"


def _spec(table: Table, lake: Lake) -> dg.AssetSpec:
    name = lake.catalog.name(table)
    return dg.AssetSpec(
        key=table.name,
        deps=[*published_tables.keys, EARLIER_DAYS],
        group_name=GROUP,
        partitions_def=snapshot_dates,
        kinds={"polars", "parquet"},
        owners=OWNERS,
        code_version=code_version(build_insights.__module__),
        description=f"{table.description}\n\nStaged until every check of the day has passed; then `published_insights` "
        f"publishes it, and readers find it as table `{name}`.",
        metadata={
            "dagster/column_schema": column_schema(table),
            "dagster/table_name": name,
            "dagster/uri": lake.storage.address(table.folder),
        },
    )


@dg.multi_asset(
    name="insights",
    specs=[
        dg.AssetSpec(
            EARLIER_DAYS,
            group_name=GROUP,
            partitions_def=snapshot_dates,
            kinds={"iceberg"},
            owners=OWNERS,
            description="What the published days before a day say to its insights: the memory of each playlist after "
            f"the last of them, and the trends of up to {LONGEST_WINDOW} days. No table of its own; its data version "
            "changes exactly when that content does. Where an earlier day is published late or anew, the later days "
            "that see something else become stale through it.",
        ),
        *(_spec(table, Lake(settings())) for table in INSIGHTS.tables.values()),
    ],
    backfill_policy=one_run_per_range,
    # A day looks back on those before it, so runs of several days wait for one another, in the order of the queue.
    pool="insights",
)
def insights(context: dg.AssetExecutionContext, lake: dg.ResourceParam[Lake]) -> Iterator[dg.MaterializeResult]:
    """Builds the insights of each day in order, each from its base tables and from what the days before it say."""
    lake.claim()
    days = days_of(context)
    base = BaseDays(lake, days)
    if without := [day for day in days if day not in base.published]:
        raise dg.Failure(
            f"Nothing is published of {named(ranges(without))}. Leave days out that were never captured; run the job "
            "process_raw_objects for the others.",
            allow_retries=False,
        )
    files = published_files(lake, days[0], days[-1])
    contents, earlier = contents_of(files), earlier_days(lake, days[0], files)
    versions: dict[date, str] = {}
    made: dict[str, list[str]] = defaultdict(list)
    for number, day in enumerate(days, 1):
        versions[day] = contents.version(day)
        frames = build_insights(day, base.read(day), earlier)
        stage = lake.insight_staging.write(day, frames, [], context.run.run_id, made_from=versions[day])
        contents.put(day, {name: table.content for name, table in stage.tables.items()})
        earlier = earlier.followed_by(day, frames)
        for name, frame in frames.items():
            context.add_asset_metadata(_metadata(lake, stage, name, frame), name, day.isoformat())
            made[name].append(stage.tables[name].sha256)
        context.log.info(f"insights of {day} ({number} of {len(days)})")
    yield dg.MaterializeResult(asset_key=EARLIER_DAYS, data_version=dg.DataVersion(versions[days[-1]]))
    if len(days) > 1:
        # Dagster gives all days of a run one version, but what is known before each of them differs.
        for day, version in versions.items():
            context.log_event(versioned(EARLIER_DAYS, day, version))
    for name in INSIGHTS.tables:
        yield dg.MaterializeResult(asset_key=name, data_version=data_version(made[name]))


def _metadata(lake: Lake, stage: Stage, name: str, frame: pl.DataFrame) -> dict[str, dg.MetadataValue]:
    table = stage.tables[name]
    metadata: dict[str, dg.MetadataValue] = {
        "dagster/partition_row_count": dg.MetadataValue.int(table.rows),
        "dagster/table_name": dg.MetadataValue.text(lake.catalog.name(INSIGHTS.tables[name])),
        "bytes": dg.MetadataValue.int(table.size),
        "preview": preview(frame),
    }
    if table.files:
        metadata["dagster/uri"] = dg.MetadataValue.text(lake.storage.address(table.files[0].key))
    return metadata


@dg.multi_asset(
    specs=[publishing("published_insights", INSIGHTS, GROUP, f"The published insight tables, {PUBLISHED}")],
    backfill_policy=one_run_per_range,
)
def published_insights(context: dg.AssetExecutionContext, lake: dg.ResourceParam[Lake]) -> dg.MaterializeResult:
    """Publishes the staged insights of each day of the run, and tells which later days they change."""
    stages = publish_days(context, lake, lake.insight_staging, lake.publish_insights)
    days = days_of(context)
    for day, version in days_that_look_back(lake, days[0], days[-1]):
        # Also where it agrees (again): what was stale becomes fresh without being made again.
        if day not in stages or not is_made_from(lake, day, version):
            context.log_event(versioned(EARLIER_DAYS, day, version))
    return dg.MaterializeResult(data_version=data_version(stage.content for stage in stages.values()))


@dg.asset_check(
    asset=published_insights,
    description="Neither this day nor a later one was made from something else than is published now. Where an old day "
    "is published late or anew, this names the days to make again with the job refresh_insights.",
)
def insights_up_to_date(context: dg.AssetCheckExecutionContext, lake: dg.ResourceParam[Lake]) -> dg.AssetCheckResult:
    """Lists the days that are stale. A warning: what is published was right when it was made."""
    days = days_of(context) if has_days(context) else sorted(lake.insight_staging.days())[-1:]
    disagreeing = stale_days(lake, days[0], days[-1]) if days else []
    stale = named(ranges(disagreeing))
    return dg.AssetCheckResult(
        passed=not disagreeing,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"Made from something else than is published now: {stale}. Run the job refresh_insights for "
        f"{disagreeing[0]} and the days after it."
        if disagreeing
        else "Every day that looks back on these was made from what is published now.",
        metadata={"stale_days": len(disagreeing), "stale": stale or "none"},
    )
