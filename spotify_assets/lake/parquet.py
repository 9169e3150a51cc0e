"""Rows to the bytes of a Parquet file; equal rows give equal bytes."""

import io

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

# Rows of a row group: what a reader can skip or read alone.
ROWS_PER_GROUP = 100_000


def encode(frame: pl.DataFrame, schema: pa.Schema) -> bytes:
    """A Parquet file of the frame's rows, with the columns, types and field ids of `schema`."""
    buffer = io.BytesIO()
    with pq.ParquetWriter(buffer, schema, compression="zstd") as writer:
        # A group at a time, since a text shared by many rows is written out for each of them here.
        for rows in frame.select(schema.names).iter_slices(ROWS_PER_GROUP):
            writer.write_table(rows.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(schema))
    return buffer.getvalue()
