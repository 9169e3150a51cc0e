"""Athena's saved queries, translated from its dialect and run by DuckDB over a published lake."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlglot
from sqlglot import exp

from spotify_assets.lake.lake import Lake
from spotify_assets.lake.sql import query
from spotify_assets.schemas import TABLES as PUBLISHED
from spotify_assets_tests.deploy.stack import full_stack
from spotify_assets_tests.support.small_days import DAY, publish

STACK = full_stack()
QUERIES = {found["Name"]: found for found in STACK.of_type("AWS::Athena::NamedQuery").values()}
THREE_DAYS = [["One", "Two"], ["Two", "One", "Three"], ["Three", "Two"]]
LAST = DAY + timedelta(days=2)


@pytest.fixture
def answer(lake: Lake) -> Any:
    """Runs a saved query by name over a chart of three days."""
    for number, songs in enumerate(THREE_DAYS):
        publish(lake, DAY + timedelta(days=number), songs)
    return lambda name: query(lake, sqlglot.transpile(QUERIES[name]["QueryString"], "athena", "duckdb")[0]).to_dicts()


pytestmark = pytest.mark.parametrize("home", ["folder"], indirect=True)


def test_every_query_belongs_to_the_database_and_work_group_and_says_what_it_answers(home: str) -> None:
    assert {"top_songs", "top_artists_week", "longest_on_playlists", "new_releases"} <= set(QUERIES)
    [work_group] = STACK.of_type("AWS::Athena::WorkGroup").values()
    for found in QUERIES.values():
        assert (found["Database"], found["WorkGroup"]) == (STACK.parameters["GlueDatabase"], work_group["Name"])
        assert len(found["Description"]) > 40


@pytest.mark.parametrize("name", list(QUERIES))
def test_every_query_is_one_statement_of_athenas_dialect_about_published_tables(home: str, name: str) -> None:
    [statement] = sqlglot.parse(QUERIES[name]["QueryString"], "athena", error_level=sqlglot.ErrorLevel.RAISE)
    assert isinstance(statement, exp.Select)
    common = {found.alias for found in statement.find_all(exp.CTE)}
    assert {table.name for table in statement.find_all(exp.Table)} - common <= set(PUBLISHED)


@pytest.mark.parametrize("name", list(QUERIES))
def test_every_query_runs_over_a_published_lake_and_names_its_columns(home: str, answer: Any, name: str) -> None:
    statement = sqlglot.parse_one(QUERIES[name]["QueryString"], "athena")
    named = statement.named_selects
    assert len(set(named)) == len(named)
    assert all(list(row) == named for row in answer(name))


def test_top_songs_are_those_of_the_latest_day_from_the_top(answer: Any) -> None:
    found = answer("top_songs")
    assert [(row["snapshot_date"], row["position"], row["song"]) for row in found] == [
        (LAST, 1, "Song Three"),
        (LAST, 2, "Song Two"),
    ]
    assert all(row["artists"] for row in found)


def test_artists_of_the_week_have_the_points_of_all_their_entries(answer: Any) -> None:
    found = answer("top_artists_week")
    assert sum(row["points"] for row in found) == (2 + 1) + (3 + 2 + 1) + (2 + 1)
    assert [row["points"] for row in found] == sorted((row["points"] for row in found), reverse=True)


def test_songs_that_stayed_longest_come_first_with_peak_and_days(answer: Any) -> None:
    found = answer("longest_on_playlists")
    assert [(row["song"], row["days"], row["peak"]) for row in found] == [
        ("Song Two", 3, 1),
        ("Song Three", 2, 1),
        ("Song One", 2, 1),
    ] or {(row["song"], row["days"], row["peak"]) for row in found[1:]} == {("Song Three", 2, 1), ("Song One", 2, 1)}
    assert found[0]["song"] == "Song Two"
    assert (found[0]["first_seen"], found[0]["last_seen"]) == (DAY, LAST)


def test_old_albums_are_no_new_releases(answer: Any) -> None:
    assert date(2024, 5, 17) < DAY - timedelta(days=56)
    assert answer("new_releases") == []
