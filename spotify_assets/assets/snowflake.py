"""The Snowflake asset: published days, loaded into a warehouse. Defined only if Snowflake is configured."""

import dagster as dg

from spotify_assets.assets.clear_failures import clear_failures
from spotify_assets.assets.column_metadata import database_schema
from spotify_assets.assets.insights import published_insights
from spotify_assets.assets.partitions import days_of, one_run_per_range, snapshot_dates
from spotify_assets.assets.published_tables import published_tables
from spotify_assets.assets.versions import code_version, data_version
from spotify_assets.config import settings
from spotify_assets.lake.lake import Lake
from spotify_assets.schemas import TABLES
from spotify_assets.serving.snowflake.connection import SnowflakeAccount
from spotify_assets.serving.snowflake.load import LoadedDay, Loader
from spotify_assets.serving.snowflake.tables import create_table

# Unlike `eager`: also for an old day that is published again, never before a publish, and not only once every insight
# of the day is there, too.
WHEN_PUBLISHED = (
    dg.AutomationCondition.any_deps_updated().since_last_handled()
    & ~dg.AutomationCondition.any_deps_in_progress()
    & ~dg.AutomationCondition.in_progress()
)


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            "snowflake",
            group_name="serving",
            partitions_def=snapshot_dates,
            deps=[*published_tables.keys, *published_insights.keys],
            kinds={"snowflake"},
            code_version=code_version(create_table.__module__),
            automation_condition=WHEN_PUBLISHED,
            description="The published tables in Snowflake. Each day of a table is replaced in one transaction by "
            "exactly the published file; the table `loaded_days` records which file that was. Loading a day again "
            "changes nothing.",
            metadata={
                "dagster/column_schema": database_schema(TABLES.values()),
                "dagster/table_name": SnowflakeAccount(settings()).schema,
            },
        )
    ],
    backfill_policy=one_run_per_range,
)
@clear_failures
def snowflake(
    context: dg.AssetExecutionContext,
    lake: dg.ResourceParam[Lake],
    snowflake_account: dg.ResourceParam[SnowflakeAccount],
) -> dg.MaterializeResult:
    """Loads every table of each day of the run."""
    source = lake.require_source()
    days = days_of(context)
    published = lake.published_days().whole
    if without := [day for day in days if day not in published]:
        raise dg.Failure(
            f"Nothing is published of {', '.join(map(str, without))}: materialize published_tables for it first.",
            allow_retries=False,
        )
    loaded: list[LoadedDay] = []
    with snowflake_account.connect() as connection:
        loader = Loader(connection, lake.catalog, source)
        loader.prepare(list(TABLES.values()))
        for number, day in enumerate(days, 1):
            loaded_today = [loader.load(table, day) for table in TABLES.values()]
            context.add_asset_metadata(_metadata(snowflake_account, loaded_today), partition_key=day.isoformat())
            context.log.info(f"loaded {day} ({number} of {len(days)})")
            loaded.extend(loaded_today)
    return dg.MaterializeResult(data_version=data_version(_content(found) for found in loaded))


def _metadata(account: SnowflakeAccount, loaded: list[LoadedDay]) -> dict[str, dg.MetadataValue]:
    rows = [
        dg.TableRecord(
            {
                "table": f"{account.schema}.{found.table}",
                "rows": found.rows,
                "files": found.addresses or None,
            }
        )
        for found in loaded
    ]
    return {
        "dagster/partition_row_count": dg.MetadataValue.int(sum(found.rows for found in loaded)),
        "loaded": dg.MetadataValue.table(rows),
    }


def _content(found: LoadedDay) -> str:
    return f"{found.table} {found.snapshot_date} {found.addresses}"


when_published = dg.AutomationConditionSensorDefinition(
    "snowflake_loads",
    target=dg.AssetSelection.assets(*snowflake.keys),
    default_status=dg.DefaultSensorStatus.RUNNING,
    # Networks and warehouses come back.
    run_tags={"dagster/max_retries": "2"},
    description="Requests a load of every published day, including old ones.",
)
