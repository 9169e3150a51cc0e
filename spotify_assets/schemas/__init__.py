"""The one definition of each table: columns, types, keys, row rules and the words that explain them.

Iceberg schemas, Parquet field ids, Dagster column metadata, row checks and documentation are all derived from these
classes; nothing here knows how a table is built (`transform/`) or where it is stored (`lake/`).
"""

from spotify_assets.schemas.base import BASE
from spotify_assets.schemas.insights import INSIGHTS
from spotify_assets.schemas.table import Table, TableGroup

# Every table in the catalog, in publishing order.
TABLES: dict[str, Table] = {**BASE.tables, **INSIGHTS.tables}

__all__ = ["BASE", "INSIGHTS", "TABLES", "Table", "TableGroup"]
