"""The asset that publishes the tables: staged files that passed their audit become visible to readers."""

from collections.abc import Callable, Mapping
from datetime import date

import dagster as dg

from spotify_assets.assets.clear_failures import clear_failures
from spotify_assets.assets.column_metadata import column_lineage, database_schema
from spotify_assets.assets.partitions import days_of, one_run_per_range, snapshot_dates
from spotify_assets.assets.todays_snapshot import published_today
from spotify_assets.assets.versions import code_version, data_version, versioned
from spotify_assets.config import settings
from spotify_assets.lake.iceberg_schema import iceberg_schema
from spotify_assets.lake.lake import Lake, Publication
from spotify_assets.lake.staging import NotAudited, Stage
from spotify_assets.schemas.base import BASE
from spotify_assets.schemas.table import TableGroup
from spotify_assets.transform.days import named, ranges
from spotify_assets.transform.findings import counted, part_of

PUBLISHED = (
    "as Athena, DuckDB, Spark and Snowflake see them. One commit per table replaces a day's rows; only files that "
    "passed every blocking check are ever registered."
)


def publishing(name: str, group: TableGroup, group_name: str, description: str) -> dg.AssetSpec:
    """The asset that publishes a group's staged tables."""
    return dg.AssetSpec(
        name,
        group_name=group_name,
        partitions_def=snapshot_dates,
        deps=list(group.tables),
        kinds={"iceberg"},
        code_version=code_version(iceberg_schema.__module__),
        description=description,
        metadata={
            "dagster/column_schema": database_schema(group.tables.values()),
            # A staged file is registered byte for byte, so each column is the staged one.
            "dagster/column_lineage": column_lineage(
                {
                    f"{table.name}.{column}": (table.name, column)
                    for table in group.tables.values()
                    for column in table.schema.column_names()
                }
            ),
            "dagster/uri": Lake(settings()).storage.address(""),
        },
    )


def publish_days(
    context: dg.AssetExecutionContext,
    lake: Lake,
    group: TableGroup,
    days: list[date],
    publish: Callable[[list[date]], Publication],
) -> Publication:
    """Publishes what is staged of the days, and shows what that did for each."""
    try:
        publication = publish(days)
    except NotAudited as error:
        raise dg.Failure(f"Not published. {error}", allow_retries=False) from error
    for day, stage in publication.stages.items():
        metadata = _metadata(lake, group, stage, publication.changed)
        context.add_asset_metadata(metadata, partition_key=day.isoformat())
    published = sum(any(day in dates for dates in publication.changed.values()) for day in publication.stages)
    unchanged = len(publication.stages) - published
    context.log.info(
        f"published {part_of(published, len(days), 'day')}"
        + (f"; {counted(unchanged, 'day')} had not changed" if unchanged else "")
    )
    return publication


def require_all(context: dg.AssetExecutionContext, publication: Publication, asset: str) -> None:
    """Says which days were held back, after the others are published.

    Raises:
        dagster.Failure: there are some.
    """
    if not publication.held_back:
        return
    for day, stage in publication.stages.items():
        # The step fails, and what it did would not be shown otherwise.
        context.log_event(versioned(asset, day, data_version([stage.content]).value))
    reasons = "\n".join(f"- {error}" for error in publication.held_back.values())
    raise dg.Failure(
        f"{counted(len(publication.stages), 'day')} published, {len(publication.held_back)} held back:\n{reasons}",
        metadata={"published": named(ranges(publication.stages)), "held_back": named(ranges(publication.held_back))},
        allow_retries=False,
    )


@dg.multi_asset(
    specs=[
        publishing(
            "published_tables",
            BASE,
            "publish",
            f"The published tables, {PUBLISHED} Afterwards the day's raw objects move to raw/processed.",
        )
    ],
    backfill_policy=one_run_per_range,
)
@clear_failures
def published_tables(context: dg.AssetExecutionContext, lake: dg.ResourceParam[Lake]) -> dg.MaterializeResult:
    """Publishes the staged tables of each day of the run, dimensions before facts."""
    publication = publish_days(context, lake, BASE, days_of(context), lake.publish)
    for event in published_today(lake, publication.stages):
        context.log_event(event)
    require_all(context, publication, "published_tables")
    return dg.MaterializeResult(data_version=data_version(stage.content for stage in publication.stages.values()))


def _metadata(
    lake: Lake, group: TableGroup, stage: Stage, changed: Mapping[str, list[date]]
) -> dict[str, dg.MetadataValue]:
    """What a publish did for one day: rows and bytes per table of the group, and which of them changed."""
    day = stage.snapshot_date
    rows = [
        dg.TableRecord(
            {
                "table": lake.catalog.name(table),
                "rows": stage.tables[name].rows,
                "bytes": stage.tables[name].size,
                "this run": "replaced the day" if day in changed[name] else "found it published already",
            }
        )
        for name, table in group.tables.items()
    ]
    return {
        "dagster/partition_row_count": dg.MetadataValue.int(sum(table.rows for table in stage.tables.values())),
        "tables_changed": dg.MetadataValue.int(sum(day in changed[name] for name in group.tables)),
        "published": dg.MetadataValue.table(rows),
    }
