"""Insight assets: computed from published days, staged day by day, then published like the base tables."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date

import dagster as dg
import polars as pl

from spotify_assets.assets.audit_checks import days_looked_at
from spotify_assets.assets.clear_failures import clear_failures
from spotify_assets.assets.column_metadata import column_schema, preview
from spotify_assets.assets.partitions import days_of, one_run_per_range, snapshot_dates
from spotify_assets.assets.published_tables import PUBLISHED, publish_days, published_tables, publishing, require_all
from spotify_assets.assets.tables import STAGED
from spotify_assets.assets.versions import code_version, data_version, versioned
from spotify_assets.config import settings
from spotify_assets.lake.insight_inputs import (
    LONGEST_WINDOW,
    BaseDays,
    Contents,
    days_looking_back,
    stale_days,
    versions,
)
from spotify_assets.lake.insight_memory import earlier_days, keep_latest
from spotify_assets.lake.lake import Lake, mark_of
from spotify_assets.lake.side_by_side import behind
from spotify_assets.lake.staging import Stage
from spotify_assets.schemas.insights import INSIGHTS
from spotify_assets.schemas.table import Table
from spotify_assets.transform.days import named, ranges
from spotify_assets.transform.insights.day import EarlierDays, build_insights

GROUP = "insights"
Insights = dict[str, pl.DataFrame]
EARLIER_DAYS = "earlier_days"
# Its metadata: captured days of the windows, and songs that were ever on a playlist, one per playlist.
PRIOR_DAYS, REMEMBERED = "prior_days", "songs_remembered"


def _spec(table: Table, lake: Lake) -> dg.AssetSpec:
    name = lake.catalog.name(table)
    return dg.AssetSpec(
        key=table.name,
        deps=[*published_tables.keys, EARLIER_DAYS],
        group_name=GROUP,
        partitions_def=snapshot_dates,
        kinds={"polars", "parquet", STAGED},
        code_version=code_version(build_insights.__module__),
        description=f"{table.description}\n\nThese rows are staged, not published: readers see them as table `{name}` "
        "after every blocking check of the day has passed and `published_insights` has run. Materializing this asset "
        f"computes all {len(INSIGHTS.tables)} insight tables of the day in one step.",
        metadata={
            "dagster/column_schema": column_schema(table),
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
            description="State from prior days that insights depend on: every song that was ever on a playlist, and "
            f"the trends of up to {LONGEST_WINDOW} days. It has no table; its data version changes exactly when that "
            "state does. If a prior day is published late or republished, later days that depend on it are shown as "
            "stale here, and the sensor unfinished_days recomputes them.",
        ),
        *(_spec(table, Lake(settings())) for table in INSIGHTS.tables.values()),
    ],
    backfill_policy=one_run_per_range,
    # A day looks back on those before it, so runs of several days wait for one another, in the order of the queue.
    pool="insights",
)
@clear_failures
def insights(context: dg.AssetExecutionContext, lake: dg.ResourceParam[Lake]) -> Iterator[dg.MaterializeResult]:
    """Computes the insights of each day in order, from its base tables and the state from prior days."""
    lake.claim()
    # Looked at before anything is read: whatever is published meanwhile then makes these days stale, not silently old.
    published, contents = lake.published_days().whole, Contents.of(lake.published_insights())
    days = _with_tables(context, published)
    lake.read_ahead(lake.insight_staging, days_looked_at(days))
    base = BaseDays(lake, days)

    def build(earlier: EarlierDays) -> Iterator[tuple[date, Insights]]:
        for day in days:
            prior[day] = {PRIOR_DAYS: len(earlier.windows["song_trends"].days), REMEMBERED: earlier.memory.height}
            frames = build_insights(day, base.read(day), earlier)
            earlier = earlier.followed_by(day, frames)
            yield day, frames
        # By now all but the last day are staged, so that `contents` lack that one.
        last.append(earlier)

    def stage(built: tuple[date, Insights]) -> tuple[Stage, Insights]:
        day, frames = built
        version = contents.version(day, published[day].content)
        staged = lake.insight_staging.write(day, frames, [], context.run.run_id, made_from=version)
        # What the next day is made from.
        contents.put(day, mark_of(staged).says)
        return staged, frames

    prior: dict[date, dict[str, int]] = {}
    last: list[EarlierDays] = []
    made_from: dict[date, str] = {}
    made: dict[str, list[str]] = defaultdict(list)
    # The weeks before the first day are handed over, not held beside those of the days that follow.
    for number, (staged, frames) in enumerate(behind(stage, build(earlier_days(lake, days[0], contents))), 1):
        day = staged.snapshot_date
        made_from[day] = str(staged.made_from)
        context.add_asset_metadata(prior[day], EARLIER_DAYS, day.isoformat())
        for name, frame in frames.items():
            context.add_asset_metadata(_metadata(lake, staged, name, frame), name, day.isoformat())
            made[name].append(staged.tables[name].sha256)
        context.log.info(f"insights of {day} ({number} of {len(days)})")
    keep_latest(lake, days[-1], last.pop(), contents)
    yield dg.MaterializeResult(asset_key=EARLIER_DAYS, data_version=dg.DataVersion(made_from[days[-1]]))
    if len(days) > 1:
        # Dagster gives all days of a run one version, but what is known before each of them differs.
        for day, version in made_from.items():
            context.log_event(versioned(EARLIER_DAYS, day, version, prior[day]))
    for name in INSIGHTS.tables:
        yield dg.MaterializeResult(asset_key=name, data_version=data_version(made[name]))


def _with_tables(context: dg.AssetExecutionContext, published: Collection[date]) -> list[date]:
    """The days of the run that have base tables; the others are left out, with a sentence."""
    days = days_of(context)
    if without := [day for day in days if day not in published]:
        sentence = f"Nothing is published of {named(ranges(without))}: never captured, or held back."
        if len(without) == len(days):
            raise dg.Failure(f"{sentence} Run the job process_raw_objects first.", allow_retries=False)
        context.log.warning(f"{sentence} Left out.")
    return [day for day in days if day in published]


def _metadata(lake: Lake, stage: Stage, name: str, frame: pl.DataFrame) -> dict[str, dg.MetadataValue]:
    table = stage.tables[name]
    metadata: dict[str, dg.MetadataValue] = {
        "dagster/partition_row_count": dg.MetadataValue.int(table.rows),
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
@clear_failures
def published_insights(context: dg.AssetExecutionContext, lake: dg.ResourceParam[Lake]) -> dg.MaterializeResult:
    """Publishes the staged insights of each day of the run, and marks later days that depend on them."""
    days = _with_tables(context, lake.published_days().whole)
    publication = publish_days(context, lake, INSIGHTS, days, lake.publish_insights)
    tables, insights = lake.published_days(), lake.published_insights()
    wanted = versions(tables, insights)
    for day in days_looking_back(insights, days[0], days[-1]):
        # Also where it agrees (again): what was stale becomes fresh without being made again.
        if day in wanted and (day not in publication.stages or insights.whole[day].made_from != wanted[day]):
            context.log_event(versioned(EARLIER_DAYS, day, wanted[day]))
    require_all(context, publication, "published_insights")
    return dg.MaterializeResult(data_version=data_version(stage.content for stage in publication.stages.values()))


@dg.asset_check(
    asset=published_insights,
    description="Every published day has insights, computed from what is published now. If a day is published late or "
    "republished, the sensor unfinished_days recomputes the insights of later days.",
)
@clear_failures
def insights_up_to_date(lake: dg.ResourceParam[Lake]) -> dg.AssetCheckResult:
    """Lists all stale days. A warning: published insights were right when they were computed."""
    disagreeing = stale_days(lake.published_days(), lake.published_insights())
    stale = named(ranges(disagreeing))
    return dg.AssetCheckResult(
        passed=not disagreeing,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"Insights are missing, or older than what is published now: {stale}. The sensor unfinished_days "
        f"recomputes them; so does the job refresh_insights, from {disagreeing[0]} on."
        if disagreeing
        else "The insights of every published day are computed from what is published now.",
        metadata={"stale_days": len(disagreeing), "stale": stale or "none"},
    )
