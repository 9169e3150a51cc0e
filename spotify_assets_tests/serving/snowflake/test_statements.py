"""Snowflake's SQL as text: what sqlglot knows of it parses, the tables are those of the schemas, and no pipe ingests
by itself. What it does not know (pipes, integrations, users) is looked at as words.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from spotify_assets.lake.iceberg_schema import iceberg_schema
from spotify_assets.schemas import TABLES, Table
from spotify_assets.serving.snowflake.load import CREATE_STAGE
from spotify_assets.serving.snowflake.pipes import snowpipe_sql
from spotify_assets.serving.snowflake.tables import CREATE_LEDGER, add_columns, create_table

FOLDER = Path(__file__).parents[3] / "deploy" / "snowflake"
# Statements of Snowflake that sqlglot takes as they are, by their first words.
UNPARSED = (
    "CREATE ROLE",
    "CREATE USER",
    "CREATE PIPE",
    "CREATE EXTERNAL VOLUME",
    "CREATE CATALOG INTEGRATION",
    "CREATE DATABASE SPOTIFY_LAKE LINKED_CATALOG",
    "ALTER DATABASE SPOTIFY_LAKE UPDATE LINKED_CATALOG",
    "CREATE STORAGE INTEGRATION",
    "GRANT ROLE",
    "GRANT SELECT ON FUTURE",
    "GRANT SELECT ON ALL",
    "GRANT USAGE ON ALL",
)
# Words that name no column without quotes (https://docs.snowflake.com/en/sql-reference/reserved-keywords).
RESERVED = frozenset(
    re.findall(
        r"\w+",
        """account all alter and any as between by case cast check column connect connection constraint create cross
        current
    current_date current_time current_timestamp current_user database delete distinct drop else exists false following
    for from full grant group gscluster having ilike in increment inner insert intersect into is issue join lateral left
    like localtime localtimestamp minus natural not null of on or order organization qualify regexp revoke right rlike
    row rows sample schema select set some start table tablesample then to trigger true try_cast union unique update
    using values view when whenever where with""",
    )
)
TYPES = {"string": "VARCHAR", "long": "BIGINT", "double": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE"}

every_table = pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)


def parsed(sql: str) -> exp.Expr:
    statement = sqlglot.parse_one(sql, read="snowflake")
    assert not isinstance(statement, exp.Command), sql
    return statement


def columns_of(statement: exp.Expr) -> dict[str, str]:
    return {column.name: column.args["kind"].sql("snowflake") for column in statement.find_all(exp.ColumnDef)}


@every_table
def test_a_table_of_snowflake_has_the_columns_types_and_key_of_its_schema(table: Table) -> None:
    statement = parsed(create_table(table))
    expected = {field.name: str(field.field_type) for field in iceberg_schema(table).fields}
    found = columns_of(statement)
    assert list(found) == list(expected)
    for name, kind in expected.items():
        wanted = "ARRAY" if kind.startswith("list") else TYPES.get(kind, "TIMESTAMPLTZ(6)")
        assert found[name].replace("TIMESTAMP_LTZ", "TIMESTAMPLTZ") == wanted
    key = statement.find(exp.PrimaryKey)
    assert [column.name for column in key.expressions] == table.key if key else table.key == []
    assert not RESERVED & set(expected)


@every_table
def test_columns_that_are_added_may_be_empty_in_old_rows_those_of_a_key_too(table: Table) -> None:
    statements = add_columns(table, {"snapshot_date"})
    added = [column for sql in statements for column in columns_of(parsed(sql))]
    assert {*added, "snapshot_date"} == {field.name for field in iceberg_schema(table).fields}
    assert not [sql for sql in statements if "NOT NULL" in sql.upper()]
    assert add_columns(table, table.schema.column_names()) == []


@pytest.mark.parametrize("sql", [CREATE_LEDGER, CREATE_STAGE])
def test_what_else_the_loader_makes_parses(sql: str) -> None:
    assert isinstance(parsed(sql), exp.Create)


@pytest.mark.parametrize("name", ["setup", "snowpipe", "iceberg"])
def test_every_statement_of_a_script_parses_or_is_of_a_known_kind(name: str) -> None:
    statements = [found for found in sqlglot.parse((FOLDER / f"{name}.sql").read_text(), read="snowflake") if found]
    assert len(statements) > 5
    for statement in statements:
        if isinstance(statement, exp.Command):
            words = without_comments(statement.sql("snowflake"))
            assert words.startswith(UNPARSED), words


def without_comments(sql: str) -> str:
    return " ".join(token.text for token in sqlglot.tokenize(sql, read="snowflake"))


def test_the_script_of_snowpipe_is_that_of_the_schemas() -> None:
    assert (FOLDER / "snowpipe.sql").read_text() == snowpipe_sql(TABLES.values()), (
        "python -m spotify_assets.serving.snowflake.pipes > deploy/snowflake/snowpipe.sql"
    )


def test_the_documented_command_writes_that_script(tmp_path: Path) -> None:
    with (tmp_path / "snowpipe.sql").open("wb") as file:
        command = [sys.executable, "-m", "spotify_assets.serving.snowflake.pipes"]
        subprocess.run(command, check=True, stdout=file, env={**os.environ, "PYTHONPATH": str(FOLDER.parents[1])})
    assert (tmp_path / "snowpipe.sql").read_bytes() == (FOLDER / "snowpipe.sql").read_bytes()


def test_no_pipe_takes_files_by_itself() -> None:
    pipes = [words for words in statements_of("snowpipe") if words.startswith("CREATE PIPE")]
    assert len(pipes) == len(TABLES)
    assert all("AUTO_INGEST = FALSE" in words for words in pipes)
    assert not [words for words in statements_of("snowpipe") if "AUTO_INGEST = TRUE" in words]


def statements_of(name: str) -> list[str]:
    return [statement.strip() for statement in (FOLDER / f"{name}.sql").read_text().split(";\n")]


def test_the_linked_database_only_reads_and_its_iceberg_tables_are_granted() -> None:
    [linked] = [words for words in statements_of("iceberg") if "LINKED_CATALOG = (" in words]
    assert "ALLOWED_WRITE_OPERATIONS = NONE" in linked
    # Its page has none (https://docs.snowflake.com/en/sql-reference/sql/create-database-catalog-linked).
    assert "CREATE DATABASE SPOTIFY_LAKE\n" in linked
    granted = [words for words in statements_of("iceberg") if "GRANT SELECT" in words]
    assert len(granted) == 1
    assert "GRANT SELECT ON ALL ICEBERG TABLES IN DATABASE SPOTIFY_LAKE TO ROLE SPOTIFY_READER" in granted[0]


@every_table
def test_a_pipe_copies_data_files_of_its_table_alone(table: Table) -> None:
    words = next(words for words in statements_of("snowpipe") if f"{table.name}_pipe AUTO_INGEST" in words)
    copy = parsed(words.split(" AS\n", 1)[1])
    assert isinstance(copy, exp.Copy)
    assert copy.this.sql() == f"SPOTIFY_LANDING.{table.name}"
    pattern = re.search(r"PATTERN = '(.*)'", words)
    assert pattern
    folders = [other.folder for other in TABLES.values()]
    files = {folder: f"team/{folder}/data/snapshot_date=2026-03-01/0a1b-run.parquet" for folder in folders}
    assert [folder for folder, file in files.items() if re.fullmatch(pattern[1], file)] == [table.folder]
    assert re.fullmatch(pattern[1], files[table.folder].removeprefix("team/"))
