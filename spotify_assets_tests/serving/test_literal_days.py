"""Saved queries whose days are literals: the same rows, and of a lake on S3 the files of their days alone."""

import re
from datetime import date

import pytest

from spotify_assets.config import Settings
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.sql import query
from spotify_assets.serving.literal_days import with_literal_days
from spotify_assets.serving.saved_queries import SavedQuery, saved_queries, saved_query
from spotify_assets_tests.conftest import ON_S3
from spotify_assets_tests.support.aws.moto import MotoAws
from spotify_assets_tests.support.data.two_charts import EIGHTH, LAST, publish_two_charts

OF_A_DAY = {name: found for name, found in saved_queries().items() if "(SELECT max(snapshot_date) FROM" in found.sql}


@pytest.fixture(scope="module")
def two_charts(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = Lake(Settings(lake_url=str(tmp_path_factory.mktemp("two-charts")), spotify_source="spotify"))
    publish_two_charts(lake)
    return lake


@pytest.mark.parametrize("found", OF_A_DAY.values(), ids=OF_A_DAY)
@pytest.mark.parametrize("day", [None, EIGHTH])
def test_rows_are_the_same(two_charts: Lake, found: SavedQuery, day: date | None) -> None:
    values = {**found.values({}), **({"day": day} if "day" in found.parameters else {})}
    sql, left = with_literal_days(two_charts, found.sql, values)
    assert query(two_charts, sql, left).equals(query(two_charts, found.sql, values))
    # In another form, a query would read all of history unnoticed.
    assert re.search(r"coalesce\(CAST", sql) is None


def test_the_latest_day_is_the_last_of_the_table_and_a_given_one_is_itself(two_charts: Lake) -> None:
    risers = saved_query("risers")
    assert f"= DATE '{LAST}'" in with_literal_days(two_charts, risers.sql, risers.values({}))[0]
    given = risers.values({"day": str(EIGHTH), "top": "3"})
    sql, left = with_literal_days(two_charts, risers.sql, given)
    assert f"= DATE '{EIGHTH}'" in sql
    assert left == {name: value for name, value in given.items() if name != "day"}


def test_without_rows_the_sql_stays_as_it_is(lake: Lake) -> None:
    risers = saved_query("risers")
    assert with_literal_days(lake, risers.sql, risers.values({})) == (risers.sql, risers.values({}))


@ON_S3
def test_a_query_about_a_day_loads_the_tables_it_names_and_reads_that_day(
    moto_aws: MotoAws, lake: Lake, lake_settings: Settings
) -> None:
    publish_two_charts(lake)

    def asked(name: str) -> dict[tuple[str, str], int]:
        found, reader, before = saved_query(name), Lake(lake_settings, of_a_run=True), moto_aws.kinds()
        sql, values = with_literal_days(reader, found.sql, found.values({}))
        assert query(reader, sql, values).height
        return dict(moto_aws.kinds() - before)

    per_table = {("catalog", "GetTable"): 1, ("table metadata", "GET"): 1}
    per_table |= {("manifest list", "GET"): 1, ("manifest", "GET"): 1}
    one = asked("top_artists_day")
    # Whether its files are all there is known by a listing, and its file is read in place: size and columns.
    assert one.pop(("something else", "LIST")) == 1
    assert one.pop(("data file", "GET")) <= 2
    assert one == per_table
    # Two tables, and `artists`, which is the name of a column of the answer.
    three = asked("top_songs")
    assert three.pop(("something else", "LIST")) == 3
    assert three.pop(("data file", "GET")) <= 4
    assert three == {kind: 3 * times for kind, times in per_table.items()}
