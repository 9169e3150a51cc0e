"""SQL on a laptop: DuckDB over the published tables, wherever the lake lies. Stands where Athena stands on AWS."""

import re
from collections.abc import Mapping
from datetime import date

import duckdb
import polars as pl

from spotify_assets.lake.errors import LakeError, explain
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.rebuilding import require_tables

READING = {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN}


class NotAQuery(LakeError):
    """The SQL does not (only) read."""


def query(lake: Lake, sql: str, parameters: Mapping[str, str | int | date | None] | None = None) -> pl.DataFrame:
    """Rows of one SELECT over the published tables, each known by its name; `$name` in it is a parameter.

    Raises:
        NotAQuery: the SQL is empty, has several statements, or would change something.
        LakeError: nothing is published yet, or a table that is named cannot be read or is not all there.
        duckdb.Error: DuckDB refuses the SQL; its message says where.
    """
    tables = require_tables(lake)
    with duckdb.connect() as connection:
        for table in tables:
            connection.register(table.name, lake.catalog.scan(table))
        # A query reads the tables and nothing else: no files, no settings, no variables of this program.
        connection.execute("SET TimeZone='UTC'")
        connection.execute("SET python_enable_replacements=false")
        connection.execute("SET enable_external_access=false")
        connection.execute("SET lock_configuration=true")
        statements = connection.extract_statements(sql)
        if len(statements) != 1 or statements[0].type not in READING:
            raise NotAQuery("Only one SELECT at a time: published tables are changed by publishing alone.")
        for table in tables:
            # DuckDB tells the names in a query only where it can bind it; one too many costs a look.
            if re.search(rf"\b{table.name}\b", sql, re.IGNORECASE):
                lake.catalog.require_files(table)
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
