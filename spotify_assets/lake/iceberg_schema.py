"""Iceberg schemas, derived from the dataframely schemas: names, types, keys and the words that explain them."""

import dataframely as dy
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

from spotify_assets.schemas.table import Table

_SIMPLE_TYPES: dict[pl.DataType, IcebergType] = {
    pl.String(): StringType(),
    pl.Int64(): LongType(),
    pl.Float64(): DoubleType(),
    pl.Boolean(): BooleanType(),
    pl.Date(): DateType(),
    pl.Datetime("us", "UTC"): TimestamptzType(),
}


def iceberg_schema(table: Table) -> Schema:
    """The Iceberg schema of a table. Ids are provisional: the catalog assigns its own when it creates the table.

    Raises:
        TypeError: a column has a type Iceberg lacks (unsigned or 8-bit integers, say).
    """
    columns = table.schema.columns()
    fields = [_field(number, name, column, len(columns)) for number, (name, column) in enumerate(columns.items(), 1)]
    key_ids = [field.field_id for field in fields if field.name in table.key]
    return Schema(*fields, identifier_field_ids=key_ids)


def _field(number: int, name: str, column: dy.Column, columns: int) -> NestedField:
    # Only keys are required: a column that is added to a table later cannot be, and old files lack it.
    required = column.primary_key or name == "snapshot_date"
    iceberg_type = _type(column.dtype, columns + number)
    return NestedField(number, name, iceberg_type, required=required, doc=column.description)


def _type(dtype: pl.DataType, element_id: int) -> IcebergType:
    if isinstance(dtype, pl.List):
        element = dtype.inner
        simple = _SIMPLE_TYPES.get(element if isinstance(element, pl.DataType) else element())
        if simple is not None:
            return ListType(element_id, simple, element_required=False)
    elif (simple := _SIMPLE_TYPES.get(dtype)) is not None:
        return simple
    raise TypeError(f"{dtype} has no counterpart in Iceberg")
