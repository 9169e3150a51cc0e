"""The maintenance asset: removes what no reader can see any more."""

import dagster as dg

from spotify_assets.assets.clear_failures import clear_failures
from spotify_assets.assets.versions import code_version
from spotify_assets.config import settings
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.maintenance import remove_half_written, remove_old_counts, tidy_lake
from spotify_assets.schemas import TABLES


@dg.asset(
    group_name="publish",
    kinds={"iceberg"},
    code_version=code_version(tidy_lake.__module__),
    description="Removes what is older than RETENTION_DAYS: replaced snapshots, files that were staged but never "
    "published, half-written files of killed processes, old metadata, kept state of replaced days, and request "
    "counts. Never touches anything that a reader or the current stage of a day can refer to.",
    metadata={"dagster/uri": Lake(settings()).storage.address("")},
)
@clear_failures
def maintenance(lake: dg.ResourceParam[Lake]) -> dg.MaterializeResult:
    """Expires snapshots and removes unused files of every table, and half-written files anywhere in the lake."""
    removed, half_written = tidy_lake(lake), remove_half_written(lake)
    rows = [
        dg.TableRecord(
            {
                "table": lake.catalog.name(TABLES[name]),
                "snapshots expired": table.snapshots,
                "files removed": table.files,
                "bytes freed": table.size,
            }
        )
        for name, table in removed.items()
    ]
    return dg.MaterializeResult(
        metadata={
            "snapshots_expired": sum(table.snapshots for table in removed.values()),
            "files_removed": sum(table.files for table in removed.values()),
            "bytes_freed": sum(table.size for table in removed.values()),
            "half_written_files_removed": half_written.files,
            "request_counts_removed": remove_old_counts(lake),
            "removed": dg.MetadataValue.table(rows),
        }
    )
