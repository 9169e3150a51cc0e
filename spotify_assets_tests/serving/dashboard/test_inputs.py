"""The rows of the page: those that are kept, and those that are read since they came or changed."""

from collections.abc import Iterable
from datetime import date, timedelta

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from spotify_assets.lake.insight_inputs import Contents
from spotify_assets.lake.insight_memory import earlier_days
from spotify_assets.lake.kept_rows import read_kept
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.marks import Marks
from spotify_assets.schemas import TABLES
from spotify_assets.schemas.base import BASE
from spotify_assets.schemas.insights import INSIGHTS
from spotify_assets.serving.dashboard.data import COLUMNS, DAY
from spotify_assets.serving.dashboard.inputs import KEPT, read_dashboard_rows
from spotify_assets.transform.insights.day import build_insights
from spotify_assets_tests.conftest import IN_A_FOLDER
from spotify_assets_tests.support.data.chart_histories import FIRST_DAY, Chart, ChartDay, base_tables

DAYS = [FIRST_DAY + timedelta(days=number) for number in range(4)]


def publish(lake: Lake, days: Iterable[date], songs: int = 3) -> None:
    """Makes and publishes days, base tables and insights, each by itself."""
    for day in days:
        base = base_tables(day, ChartDay({0: Chart("us", list(range(songs)))}))
        earlier = earlier_days(lake, day, Contents.of(lake.published_insights()))
        for staging, frames in ((lake.staging, base), (lake.insight_staging, build_insights(day, base, earlier))):
            group = staging.group
            made = {name: frames.get(name, table.schema.create_empty()) for name, table in group.tables.items()}
            stage = staging.write(day, made, [], "a-run", made_from="0" * 16)
            for name in group.tables:
                staging.record(stage, name, [])
        lake.publish([day])
        lake.publish_insights([day])


def expected(lake: Lake) -> dict[str, pl.DataFrame]:
    return {
        name: lake.catalog.collect(TABLES[name]).select(DAY, *columns).sort(pl.all())
        for name, columns in COLUMNS.items()
    }


def shown(lake: Lake) -> dict[str, pl.DataFrame]:
    return {name: rows.sort(pl.all()) for name, rows in read_dashboard_rows(lake).tables.items()}


def assert_all_shown(lake: Lake) -> None:
    found, wanted = shown(lake), expected(lake)
    assert found.keys() == wanted.keys()
    for name, rows in wanted.items():
        assert_frame_equal(found[name], rows)


def forget_files(lake: Lake, days: Iterable[date]) -> None:
    for name in COLUMNS:
        files = [file for day in lake.catalog.published(TABLES[name], list(days)).values() for file in day.files]
        lake.storage.delete([lake.storage.key(file.address) or "" for file in files])


@IN_A_FOLDER
def test_a_day_that_came_is_read_and_no_other(lake: Lake) -> None:
    publish(lake, DAYS[:3])
    assert_all_shown(lake)
    publish(lake, DAYS[3:])
    wanted = expected(lake)
    forget_files(lake, DAYS[:3])
    found = shown(lake)
    for name, rows in wanted.items():
        assert_frame_equal(found[name], rows)


@IN_A_FOLDER
def test_a_day_that_was_published_anew_is_read_anew(lake: Lake) -> None:
    publish(lake, DAYS)
    assert_all_shown(lake)
    publish(lake, DAYS[1:2], songs=5)
    assert_all_shown(lake)
    assert shown(lake)["song_trends"].height == 3 * 3 + 5


@IN_A_FOLDER
@pytest.mark.parametrize("content", [None, b"", b"damaged"])
def test_what_is_kept_may_be_gone_or_damaged(lake: Lake, content: bytes | None) -> None:
    publish(lake, DAYS)
    assert_all_shown(lake)
    lake.storage.delete([KEPT])
    if content is not None:
        lake.storage.write(KEPT, content)
    assert_all_shown(lake)


@IN_A_FOLDER
@pytest.mark.parametrize("group", [BASE.name, INSIGHTS.name])
def test_a_day_in_the_midst_of_a_publish_is_shown_and_not_kept(lake: Lake, group: str) -> None:
    publish(lake, DAYS[:2])
    Marks(lake.storage, group).begin(DAYS[1:2], Marks(lake.storage, group).look())
    for _ in range(2):
        assert_all_shown(lake)
        assert read_kept(lake.storage, KEPT)["song_trends"].versions.keys() == {DAYS[0]}
    publish(lake, DAYS[1:2], songs=5)
    assert_all_shown(lake)


@IN_A_FOLDER
def test_nothing_is_kept_of_a_lake_without_a_day(lake: Lake) -> None:
    assert all(rows.is_empty() for rows in read_dashboard_rows(lake).tables.values())
    assert not lake.storage.exists(KEPT)
