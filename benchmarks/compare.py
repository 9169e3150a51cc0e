"""Proof that the contenders did the same work: their tables hold the same rows, value for value."""

from pathlib import Path

import polars as pl

from spotify_assets.lake.insight_inputs import OF_FILES
from spotify_assets.schemas.base import BASE
from spotify_assets.schemas.table import Table
from spotify_assets.transform.artist_facts import TAKEN

# What a second source tells, which the raw objects of the comparison do not have.
OF_FACTS = {"genre_source", *TAKEN}


class TablesDiffer(RuntimeError):
    """Two contenders made different tables, so their times must not be compared."""


def rows_of_equal_tables(first: Path, others: list[Path]) -> dict[str, int]:
    """Rows per table, if all folders hold the same tables.

    Raises:
        TablesDiffer: they do not; the message names the table and the columns.
    """
    rows: dict[str, int] = {}
    for table in BASE.tables.values():
        if table.name in OF_FILES:
            continue  # only ours rejects anything, and imports are of chart files
        ours = _read(first, table)
        rows[table.name] = ours.height
        for other in others:
            theirs = _read(other, table)
            if ours.height != theirs.height:
                raise TablesDiffer(f"{table.name}: {ours.height:,} rows, but {theirs.height:,} in {other.name}")
            compared = [name for name in ours.columns if name not in OF_FACTS]
            if different := [name for name in compared if not ours[name].equals(theirs[name])]:
                raise TablesDiffer(f"{table.name} in {other.name}: other values in {', '.join(different)}")
    return rows


def _read(folder: Path, table: Table) -> pl.DataFrame:
    schema = table.schema.create_empty().schema
    return pl.read_parquet(folder / f"{table.name}.parquet").select(schema.names()).cast(schema).sort(table.key)
