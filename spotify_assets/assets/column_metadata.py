"""Tables in Dagster's words: their columns, where columns come from, and the first rows."""

from collections.abc import Iterable, Mapping

import dagster as dg
import polars as pl

from spotify_assets.lake.iceberg_schema import iceberg_schema
from spotify_assets.schemas.base import FOREIGN_KEYS
from spotify_assets.schemas.table import Table

PREVIEW_ROWS = 5
PREVIEW_CELL = 60


def column_schema(table: Table) -> dg.TableSchema:
    """Columns of a table for the UI: type as Athena and Iceberg name it, description, keys, whether it may be empty."""
    return dg.TableSchema(columns=_columns(table))


def database_schema(tables: Iterable[Table]) -> dg.TableSchema:
    """Columns of several tables together, each named `table.column`."""
    return dg.TableSchema(columns=[column for table in tables for column in _columns(table, f"{table.name}.")])


def _columns(table: Table, prefix: str = "") -> list[dg.TableColumn]:
    types = {field.name: str(field.field_type) for field in iceberg_schema(table).fields}
    references = {key.column: f"→ {key.parent}.{key.parent_column}" for key in FOREIGN_KEYS if key.table == table.name}
    return [
        dg.TableColumn(
            name=f"{prefix}{name}",
            type=types[name],
            description=column.description,
            constraints=dg.TableColumnConstraints(
                nullable=column.nullable,
                other=[*(["primary key"] if column.primary_key else []), *filter(None, [references.get(name)])],
            ),
        )
        for name, column in table.schema.columns().items()
    ]


def column_lineage(sources: Mapping[str, tuple[str, str]]) -> dg.TableColumnLineage:
    """Lineage of columns that hold another asset's column unchanged: column to (asset, column of that asset).

    Columns that are computed are left out: their lineage would have to tell how, and Dagster's cannot.
    """
    return dg.TableColumnLineage(
        {
            name: [dg.TableColumnDep(asset_key=dg.AssetKey(asset), column_name=column)]
            for name, (asset, column) in sources.items()
        }
    )


def preview(frame: pl.DataFrame) -> dg.TableMetadataValue:
    """The first rows as Dagster's own kind of table, names first and ids last; long values are cut."""
    frame = frame.select(sorted(frame.columns, key=_place))
    rows = frame.head(PREVIEW_ROWS).iter_rows(named=True)
    return dg.MetadataValue.table(
        [dg.TableRecord({name: _cell(value) for name, value in row.items()}) for row in rows],
        schema=dg.TableSchema([dg.TableColumn(name, str(dtype)) for name, dtype in frame.schema.items()]),
    )


def _place(column: str) -> int:
    """Where a preview shows a column: what people recognize first, then figures, then ids. Sorting keeps the rest."""
    if column in {"name", "title", "artist", "region"} or column.endswith("_name"):
        return 0
    return 2 if column.endswith(("_id", "_ids", "_url", "_json")) or column == "snapshot_date" else 1


def _cell(value: object) -> str | int | float | bool | None:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= PREVIEW_CELL else f"{text[: PREVIEW_CELL - 1]}…"
