"""What the checks of a day look back on, and how the findings of several days become one result."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import dagster as dg
import polars as pl
import pytest

from spotify_assets.assets.audit_checks import StagedTables, histories, insight_checks, table_checks
from spotify_assets.config import Settings
from spotify_assets.lake.lake import Lake
from spotify_assets.schemas.base import BASE
from spotify_assets.schemas.insights import INSIGHTS
from spotify_assets.schemas.table import Table
from spotify_assets.transform import audit
from spotify_assets.transform.audited_day import History
from spotify_assets.transform.insights import audit as insight_audit
from spotify_assets.transform.insights.memory import MEMORY
from spotify_assets_tests.support.data.small_days import DAY, publish
from spotify_assets_tests.support.data.two_charts import EIGHTH, FIRST, LAST, publish_two_charts

ITEMS = BASE.tables["playlist_items"]
# The chart of each published day: of so many songs, and on each day others.
CHARTS = {0: "a", 1: "bc", 2: "def"}


def day(number: int) -> date:
    return DAY + timedelta(days=number)


@pytest.fixture(scope="module")
def three_days(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake in which days 0, 1 and 2 are published."""
    folder = tmp_path_factory.mktemp("three-days")
    lake = Lake(Settings(lake_url=str(folder), spotify_source="spotify"))
    for number, songs in CHARTS.items():
        publish(lake, day(number), songs)
    return lake


def looked_back_on(lake: Lake, numbers: Iterable[int]) -> dict[int, tuple[dict[int, int], list[str]]]:
    """For each day of a run: rows of the days before by their numbers, and the songs of the last of them."""
    found = histories(lake, ITEMS, [day(number) for number in numbers])
    return {(told - DAY).days: (_by_number(history), _songs(history)) for told, history in found.items()}


def _by_number(history: History) -> dict[int, int]:
    return {(past - DAY).days: rows for past, rows in history.rows.items()}


def _songs(history: History) -> list[str]:
    if history.previous_rows is None:
        return []
    return sorted(name.removeprefix("Song ") for name in history.previous_rows.collect()["name"])


def test_a_day_looks_back_on_all_days_before_and_closely_at_the_last_one_alone(three_days: Lake) -> None:
    assert looked_back_on(three_days, [3]) == {3: ({0: 1, 1: 2, 2: 3}, ["d", "e", "f"])}


def test_a_published_range_that_runs_again_compares_no_day_with_itself_or_later_ones(three_days: Lake) -> None:
    assert looked_back_on(three_days, [0, 1, 2]) == {
        0: ({}, []),
        1: ({0: 1}, ["a"]),
        2: ({0: 1, 1: 2}, ["b", "c"]),
    }
    assert looked_back_on(three_days, [1]) == {1: ({0: 1}, ["a"])}


def test_days_count_for_four_weeks_and_not_a_day_longer(three_days: Lake) -> None:
    assert looked_back_on(three_days, [28, 29, 30, 31]) == {
        28: ({0: 1, 1: 2, 2: 3}, ["d", "e", "f"]),
        29: ({1: 2, 2: 3}, ["d", "e", "f"]),
        30: ({2: 3}, ["d", "e", "f"]),
        31: ({}, []),
    }


def test_playlists_are_looked_at_for_a_week_of_published_days_and_genres_for_one(
    three_days: Lake, two_charts: Lake
) -> None:
    table, stage = BASE.tables["playlists"], three_days.staging.current(day(0))
    assert stage is not None
    frame = three_days.staging.read(stage, table.name).collect()
    with_older = Lake(three_days.settings.model_copy(update={"lake_url": f"{three_days.settings.lake_url}-older"}))
    files: dict[date, list[str]] = {}
    for number in range(0, -16, -2):
        name = pl.lit("Chart" if number else None, pl.String)
        of_day = frame.with_columns(snapshot_date=pl.lit(day(number)), name=name)
        staged = with_older.staging.write(day(number), {table.name: of_day}, [], f"run{number}")
        files[day(number)] = [with_older.storage.address(key) for key in staged.keys(table.name)]
    with_older.catalog.publish(table, files)

    def looked_at(lake: Lake, table: Table, at: date) -> list[date]:
        rows = histories(lake, table, [at])[at].previous_rows
        return [] if rows is None else sorted(set(rows.collect()["snapshot_date"]))

    assert looked_at(with_older, table, day(1)) == sorted(files)[-7:]
    # Of the last day, the only one without a name.
    assert histories(with_older, table, [day(1)])[day(1)].null_shares["name"] == 1.0
    assert looked_at(two_charts, INSIGHTS.tables["genre_trends"], LAST) == [EIGHTH]


def test_a_day_before_everything_published_has_nothing_to_look_back_on(three_days: Lake) -> None:
    [history] = histories(three_days, ITEMS, [day(-1)]).values()
    assert history == History()


def test_days_of_one_run_are_compared_with_the_days_before_them_in_it(three_days: Lake) -> None:
    days = [day(2), day(3), day(4)]
    found = histories(three_days, ITEMS, days, {day(2): 30, day(3): 31, day(4): 32})
    assert [_by_number(history) for history in found.values()] == [
        {0: 1, 1: 2},
        {0: 1, 1: 2, 2: 30},
        {0: 1, 1: 2, 2: 30, 3: 31},
    ]
    in_an_empty_lake = histories(three_days, ITEMS, [day(-2), day(-1)], {day(-2): 7, day(-1): 8})
    assert [_by_number(history) for history in in_an_empty_lake.values()] == [{}, {-2: 7}]


def test_null_shares_are_those_of_the_last_day(three_days: Lake) -> None:
    [history] = histories(three_days, ITEMS, [day(2)]).values()
    assert (history.null_shares["song_id"], history.null_shares["position"]) == (0.0, 0.0)
    [history] = histories(three_days, BASE.tables["artists"], [day(2)]).values()
    assert history.null_shares["popularity"] == 1.0


@pytest.fixture(scope="module")
def two_charts(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake in which three days and their insights are published."""
    folder = tmp_path_factory.mktemp("two-charts")
    lake = Lake(Settings(lake_url=str(folder), spotify_source="spotify"))
    publish_two_charts(lake)
    return lake


def test_the_memory_is_compared_with_that_of_the_day_before_in_the_run_or_the_last_published_one(
    two_charts: Lake,
) -> None:
    def compared_with(*days: date) -> list[date | None]:
        found = histories(two_charts, INSIGHTS.tables[MEMORY], list(days))
        rows = [found[told].previous_rows for told in days]
        return [None if frame is None else max(frame.collect()["snapshot_date"], default=None) for frame in rows]

    assert compared_with(FIRST, EIGHTH, LAST) == [None, FIRST, EIGHTH]
    assert compared_with(LAST) == [EIGHTH]
    # However long ago, unlike what other tables are compared with.
    assert compared_with(LAST + timedelta(days=29)) == [LAST]


def test_insights_are_audited_beside_the_published_entries_of_their_day(two_charts: Lake) -> None:
    staging = two_charts.insight_staging
    stage = staging.current(EIGHTH)
    assert stage is not None
    tables = StagedTables(two_charts, staging, stage)
    assert set(tables) == {*INSIGHTS.tables, "playlist_items"}
    assert len(tables) == len(INSIGHTS.tables) + 1
    items = tables["playlist_items"].collect()
    assert (items.height, set(items["snapshot_date"])) == (5, {EIGHTH})
    base = two_charts.staging.current(EIGHTH)
    assert base is not None
    assert set(StagedTables(two_charts, two_charts.staging, base)) == set(BASE.tables)


@pytest.mark.parametrize(
    ("definitions", "blocking"), [(table_checks, audit.BLOCKING), (insight_checks, insight_audit.BLOCKING)]
)
def test_what_blocks_a_publish_blocks_in_dagster_as_well_and_nothing_else_does(
    definitions: Sequence[dg.AssetChecksDefinition], blocking: frozenset[str]
) -> None:
    specs = [spec for definition in definitions for spec in definition.check_specs]
    assert {spec.name for spec in specs if spec.blocking} == blocking
    assert not {spec.name for spec in specs if not spec.blocking} & blocking
    assert all(spec.description and spec.description == spec.description.strip() for spec in specs)
