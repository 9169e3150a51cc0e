"""SQL on a laptop: DuckDB over the published tables, wherever the lake is. The counterpart of Athena on AWS."""

import re
from collections.abc import Mapping
from datetime import date
from functools import partial

import duckdb
import polars as pl

from spotify_assets.lake.errors import LakeError, explain
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.rebuilding import require_tables
from spotify_assets.lake.staging import NotAudited
from spotify_assets.schemas import TABLES, Table
from spotify_assets.transform.days import named as named_days
from spotify_assets.transform.days import ranges

READING = {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN}


class NotAQuery(LakeError):
    """The SQL does not (only) read."""


def query(
    lake: Lake,
    sql: str,
    parameters: Mapping[str, str | int | date | None] | None = None,
    *,
    staged: date | None = None,
) -> pl.DataFrame:
    """Rows of one SELECT over the published tables, each known by its name; `$name` in it is a parameter.

    With `staged`, over the tables of that day only, as they were last written, published or held back.

    Raises:
        NotAQuery: the SQL is empty, has several statements, or would change something.
        LakeError: nothing is published yet, or staged for the day, or a named table cannot be read or is not complete.
        duckdb.Error: DuckDB refuses the SQL; its message says where.
    """
    named = _published(lake, sql) if staged is None else _staged(lake, staged, sql)
    with duckdb.connect() as connection:
        for name, rows in named.items():
            connection.register(name, rows)
        # A query reads the tables and nothing else: no files, no settings, no variables of this program.
        connection.execute("SET TimeZone='UTC'")
        connection.execute("SET python_enable_replacements=false")
        connection.execute("SET enable_external_access=false")
        connection.execute("SET lock_configuration=true")
        statements = connection.extract_statements(sql)
        if len(statements) != 1 or statements[0].type not in READING:
            raise NotAQuery("Only one SELECT at a time: published tables are changed by publishing alone.")
        for name in named if staged is None else ():
            if _names(sql, name):
                lake.catalog.require_files(TABLES[name])
        try:
            return connection.query(statements[0].query, params=parameters).pl()
        except pl.exceptions.PolarsError as error:
            first_line = str(error).partition("\n")[0]
            raise NotAQuery(
                f"A column of the answer has a type that has no form here ({first_line}). "
                "Cast it to text in the query: CAST(… AS VARCHAR)."
            ) from error
        except duckdb.InvalidInputException as error:
            if "exporting a stream" not in str(error):
                raise
            raise LakeError(explain(lake.settings.lake_url, "read the published tables", error)) from error


def _published(lake: Lake, sql: str) -> dict[str, pl.LazyFrame]:
    """Published rows by table. Tables not named by the SQL are known, too, but loaded only if they are read.

    Raises:
        LakeError: nothing is published yet.
    """
    tables = [table for table in TABLES.values() if _names(sql, table.name)]
    others = [table for table in TABLES.values() if table not in tables]
    if not (held := [table for table in tables if lake.catalog.load(table) is not None]):
        held, others = require_tables(lake), []
    scans = {table.name: lake.catalog.scan(table) for table in held}
    return scans | {table.name: pl.defer(partial(_rows, lake, table), schema=_empty(table).schema) for table in others}


def _rows(lake: Lake, table: Table) -> pl.DataFrame:
    empty = _empty(table)
    return pl.concat([empty, lake.catalog.collect(table)], how="diagonal_relaxed").select(empty.columns)


def _empty(table: Table) -> pl.DataFrame:
    return table.schema.create_empty()


def _names(sql: str, table: str) -> bool:
    """Whether SQL may name a table: DuckDB says so only if it can bind the query. One too many costs a look."""
    return re.search(rf"\b{table}\b", sql, re.IGNORECASE) is not None


def _staged(lake: Lake, day: date, sql: str) -> dict[str, pl.LazyFrame]:
    """The tables that SQL names, as staged for a day; the others are empty."""
    held = {name: (staging, staging.current(day)) for staging in lake.stagings for name in staging.group.tables}
    if all(stage is None for _, stage in held.values()):
        known = sorted({found for staging in lake.stagings for found in staging.days()})
        there = f"There are {named_days(ranges(known))}." if known else "No day has been processed here yet."
        raise LakeError(f"Nothing is staged of {day}. {there}")
    rows: dict[str, pl.LazyFrame] = {}
    for name, (staging, stage) in held.items():
        rows[name] = staging.group.tables[name].schema.create_empty(lazy=True)
        if not _names(sql, name):
            continue
        if stage is None:
            raise LakeError(f"{name} is not staged of {day}: insights are computed after its tables are published.")
        try:
            rows[name] = staging.read(stage, name)
        except NotAudited as error:
            raise LakeError(str(error)) from error
    return rows
