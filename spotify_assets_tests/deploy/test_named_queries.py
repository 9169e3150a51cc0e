"""Athena's named queries are the saved queries: the same text, and the same answers, translated back for DuckDB."""

import pytest
import sqlglot
from sqlglot import exp

from spotify_assets.config import Settings
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.sql import query
from spotify_assets.schemas import TABLES
from spotify_assets.serving.saved_queries import saved_queries
from spotify_assets_tests.deploy.named_queries import TEMPLATE, with_named_queries
from spotify_assets_tests.deploy.stack import full_stack
from spotify_assets_tests.support.data.two_charts import publish_two_charts

STACK = full_stack()
QUERIES = {found["Name"]: found for found in STACK.of_type("AWS::Athena::NamedQuery").values()}


@pytest.fixture(scope="module")
def charts(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = Lake(Settings(lake_url=str(tmp_path_factory.mktemp("charts") / "lake"), spotify_source="spotify"))
    publish_two_charts(lake)
    return lake


def test_the_template_has_the_saved_queries_of_today() -> None:
    template = TEMPLATE.read_text(encoding="utf-8")
    assert with_named_queries(template) == template, "python -m spotify_assets_tests.deploy.named_queries"
    assert set(QUERIES) == set(saved_queries())


@pytest.mark.parametrize("name", saved_queries())
def test_a_named_query_answers_as_the_saved_one(charts: Lake, name: str) -> None:
    named, saved = QUERIES[name], saved_queries()[name]
    assert named["Description"] == saved.description
    (sql,) = sqlglot.transpile(named["QueryString"], "athena", "duckdb")
    assert query(charts, sql).equals(query(charts, saved.sql, saved.values({})))


def test_every_query_belongs_to_the_database_and_work_group_and_says_what_it_answers() -> None:
    [work_group] = STACK.of_type("AWS::Athena::WorkGroup").values()
    for found in QUERIES.values():
        assert (found["Database"], found["WorkGroup"]) == (STACK.parameters["GlueDatabase"], work_group["Name"])
        assert len(found["Description"]) > 40


@pytest.mark.parametrize("name", list(QUERIES))
def test_every_query_is_one_statement_of_athenas_dialect_about_published_tables(name: str) -> None:
    [statement] = sqlglot.parse(QUERIES[name]["QueryString"], "athena", error_level=sqlglot.ErrorLevel.RAISE)
    assert isinstance(statement, exp.Select)
    common = {found.alias for found in statement.find_all(exp.CTE)}
    assert {table.name for table in statement.find_all(exp.Table)} - common <= set(TABLES)
