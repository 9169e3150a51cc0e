"""Iceberg schemas, derived from the dataframely schemas: names, types, keys and descriptions."""

import polars as pl
from pyiceberg.schema import Schema
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

from spotify_assets.lake.published_day import PARTITION_COLUMN
from spotify_assets.schemas.table import Table

_SIMPLE_TYPES: dict[pl.DataType, IcebergType] = {
    pl.String(): StringType(),
    pl.Int64(): LongType(),
    pl.Float64(): DoubleType(),
    pl.Boolean(): BooleanType(),
    pl.Date(): DateType(),
    pl.Datetime("us", "UTC"): TimestamptzType(),
}


def iceberg_schema(table: Table, held: Schema | None = None) -> Schema:
    """The Iceberg schema of a table. Ids are provisional: the catalog assigns its own when it creates the table.

    Args:
        table: the table.
        held: its schema in the catalog, perhaps of an older version. Its old files lack a newer key column, which
            thus cannot be required; then no columns identify a row, since the older ones are no longer unique, and
            identifier fields must be required.

    Raises:
        TypeError: a column has a type that Iceberg lacks (unsigned or 8-bit integers, say).
    """
    columns = table.schema.columns()
    # Only keys are required: a column added to a table later cannot be, since old files lack it.
    required = {*table.key, PARTITION_COLUMN}
    if held is not None:
        required &= {field.name for field in held.fields if field.required}
    fields = [
        NestedField(number, name, _type(column.dtype, len(columns) + number), name in required, doc=column.description)
        for number, (name, column) in enumerate(columns.items(), 1)
    ]
    is_identified = required.issuperset(table.key)
    return Schema(
        *fields, identifier_field_ids=[field.field_id for field in fields if is_identified and field.name in table.key]
    )


def _type(dtype: pl.DataType, element_id: int) -> IcebergType:
    if isinstance(dtype, pl.List):
        element = dtype.inner
        simple = _SIMPLE_TYPES.get(element if isinstance(element, pl.DataType) else element())
        if simple is not None:
            return ListType(element_id, simple, element_required=False)
    elif (simple := _SIMPLE_TYPES.get(dtype)) is not None:
        return simple
    raise TypeError(f"{dtype} has no counterpart in Iceberg")
