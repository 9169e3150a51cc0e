"""Saved queries as files: their comments, their parameters, and their translation for Athena and Snowflake."""

import re
from datetime import date
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp
from sqlglot.optimizer.qualify import qualify
from sqlglot.schema import MappingSchema

from spotify_assets.lake.iceberg_schema import iceberg_schema
from spotify_assets.schemas import TABLES
from spotify_assets.serving import saved_queries as module
from spotify_assets.serving.saved_queries import NoSuchQuery, SavedQuery, read_query, saved_queries, saved_query
from spotify_assets_tests.support.data.dialects import translated

COLUMNS: dict[str, object] = {
    name: {field.name: str(field.field_type) for field in iceberg_schema(table).fields}
    for name, table in TABLES.items()
}
every_query = pytest.mark.parametrize("found", saved_queries().values(), ids=saved_queries())

EXAMPLE = """\
-- What it answers,
-- in two lines.
--
-- $region text = 'global'  region of it
-- $day date = NULL         day of it
-- $top integer = 10        how many

SELECT $region, $day, $top
"""


def test_a_file_holds_description_parameters_and_sql() -> None:
    found = read_query("example", EXAMPLE)
    assert found.description == "What it answers, in two lines."
    assert found.values({}) == {"region": "global", "day": None, "top": 10}
    assert found.values({"day": "2026-03-01", "top": "5", "region": "it's = here"}) == {
        "region": "it's = here",
        "day": date(2026, 3, 1),
        "top": 5,
    }
    assert found.sql == "SELECT $region, $day, $top\n"


@pytest.mark.parametrize("line", ["-- $day date: day of it", "-- $day date = today  day of it", "-- $top int = 1  it"])
def test_a_parameter_in_another_form_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"example\.sql: not a parameter"):
        read_query("example", f"-- What.\n--\n{line}\n\nSELECT 1\n")


@every_query
def test_comments_and_sql_name_the_same_parameters(found: SavedQuery) -> None:
    assert set(re.findall(r"\$(\w+)", found.sql)) == set(found.parameters)
    assert 30 < len(found.description) < 200
    assert found.description.endswith(".")


def test_no_file_is_left_out() -> None:
    folder = Path(module.__file__).parent / "sql"
    assert {path.stem for path in folder.glob("*.sql")} == set(saved_queries())


@every_query
@pytest.mark.parametrize("dialect", ["duckdb", "athena", "snowflake"])
def test_a_translation_parses_and_names_only_tables_and_columns_there_are(found: SavedQuery, dialect: str) -> None:
    sql = translated(found, dialect)
    statement = sqlglot.parse_one(sql, read=dialect)
    assert isinstance(statement, exp.Select)
    assert not statement.find(exp.Placeholder, exp.Parameter)
    # Raises where a column belongs to none of the tables, or to several.
    schema = MappingSchema(COLUMNS, dialect=dialect)
    qualify(statement, schema=schema, dialect=dialect, validate_qualify_columns=True)
    names = {table.name for table in statement.find_all(exp.Table)} - {cte.alias for cte in statement.find_all(exp.CTE)}
    assert {name.lower() for name in names} <= set(TABLES)


@every_query
def test_every_query_is_sorted_to_the_last_row(found: SavedQuery) -> None:
    assert sqlglot.parse_one(found.sql, read="duckdb").args.get("order")


def test_an_unknown_query_is_answered_with_the_known_ones() -> None:
    with pytest.raises(
        NoSuchQuery, match=r"^No saved query is called 'top_ten'\. There are consistent_artists, .*top_songs\.$"
    ):
        saved_query("top_ten")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"regoin": "jp"},
            r"risers has no parameter 'regoin'\. It has series = NULL \(.*\); region = 'global' \(.*\); day = NULL",
        ),
        ({"day": "yesterday"}, r"risers: day=yesterday is not a date such as 2026-03-01\."),
        ({"top": "ten"}, r"risers: top=ten is not a whole number\."),
    ],
)
def test_an_unknown_parameter_or_value_is_one_clear_message(given: dict[str, str], message: str) -> None:
    with pytest.raises(NoSuchQuery, match=message):
        saved_query("risers").values(given)
