"""Snowflake's tables, derived from the same schemas as the Iceberg ones: names, types, keys and comments."""

from collections.abc import Collection

from pyiceberg.types import (
    BooleanType,
    DateType,
    DoubleType,
    IcebergType,
    ListType,
    LongType,
    NestedField,
    StringType,
    TimestamptzType,
)

from spotify_assets.lake.iceberg_schema import iceberg_schema
from spotify_assets.schemas import Table

# Snowflake's own mapping of Iceberg's types (https://docs.snowflake.com/en/user-guide/tables-iceberg-data-types), so
# that a query reads loaded and zero-copy tables alike; lists are of the plain kind, which every client understands.
_TYPES: dict[type[IcebergType], str] = {
    StringType: "VARCHAR",
    LongType: "BIGINT",
    DoubleType: "FLOAT",
    BooleanType: "BOOLEAN",
    DateType: "DATE",
    TimestamptzType: "TIMESTAMP_LTZ(6)",
    ListType: "ARRAY",
}

LEDGER = "loaded_days"
CREATE_LEDGER = f"""
CREATE TABLE IF NOT EXISTS {LEDGER} (
    table_name VARCHAR NOT NULL COMMENT 'Table that was loaded',
    snapshot_date DATE NOT NULL COMMENT 'Day that was loaded',
    source VARCHAR NOT NULL COMMENT 'Who captured it: sample or spotify; a schema holds one of them alone',
    files VARCHAR COMMENT 'Published files that the day was loaded from; empty for a day without rows',
    row_count BIGINT NOT NULL COMMENT 'Rows of that day',
    loaded_at TIMESTAMP_LTZ(6) NOT NULL COMMENT 'When',
    PRIMARY KEY (table_name, snapshot_date)
) COMMENT = 'One row per table and day: the published files it was loaded from'
"""


def create_table(table: Table) -> str:
    """DDL of a table with comments. Snowflake records primary keys, but enforces none of them."""
    key = [f"PRIMARY KEY ({', '.join(table.key)})"] if table.key else []
    body = ",\n    ".join([*columns(table), *key])
    return f"CREATE TABLE IF NOT EXISTS {table.name} (\n    {body}\n) COMMENT = {text(table.summary)}"


def add_columns(table: Table, there: Collection[str]) -> list[str]:
    """DDL that adds the columns that are not `there` to a table of an earlier version; its old rows lack them."""
    missing = [field for field in iceberg_schema(table).fields if field.name not in there]
    return [f"ALTER TABLE {table.name} ADD COLUMN IF NOT EXISTS {_column(field, required=False)}" for field in missing]


def columns(table: Table) -> list[str]:
    """Each column as in DDL: name, type, comment."""
    return [_column(field, required=field.required) for field in iceberg_schema(table).fields]


def text(value: str) -> str:
    """A text as a literal. Its apostrophes become typographic ones, which no client has to escape."""
    escaped = value.replace("\\", "\\\\").replace("'", "\N{RIGHT SINGLE QUOTATION MARK}")
    return f"'{escaped}'"


def _column(field: NestedField, *, required: bool) -> str:
    not_null = " NOT NULL" if required else ""
    return f"{field.name} {_TYPES[type(field.field_type)]}{not_null} COMMENT {text(field.doc or '')}"
