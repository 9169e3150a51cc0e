"""The memory before a day, read from what is kept of it and from what the days since then say."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from spotify_assets.lake.insight_inputs import Contents
from spotify_assets.lake.insight_memory import (
    FOLDER,
    LATEST,
    TABLE,
    earlier_days,
    keep_latest,
    kept_keys,
    memory_before,
)
from spotify_assets.lake.lake import Lake, mark_of
from spotify_assets.schemas.insights import INSIGHTS
from spotify_assets.transform.insights.day import NOTHING_EARLIER, EarlierDays, build_insights
from spotify_assets.transform.insights.memory import MEMORY, memory_after
from spotify_assets_tests.conftest import IN_A_FOLDER
from spotify_assets_tests.support.data.chart_histories import FIRST_DAY, Chart, ChartDay, base_tables

# On each day a song comes, which leaves three days later.
CHARTS = {FIRST_DAY + timedelta(days=number): [*range(number % 5, number % 5 + 3)] for number in range(8)}
AFTER = max(CHARTS) + timedelta(days=1)


def publish(lake: Lake, days: Iterable[date], charts: Mapping[date, list[int]] = CHARTS) -> None:
    """Makes and publishes the insights of days, each by itself, from what is published before it."""
    for day in days:
        earlier = earlier_days(lake, day, Contents.of(lake.published_insights()))
        made = build_insights(day, base_tables(day, ChartDay({0: Chart("us", charts[day])})), earlier)
        # The memory alone counts here, and the others' commits take their time.
        frames = {name: frame if name == MEMORY else frame.clear() for name, frame in made.items()}
        stage = lake.insight_staging.write(day, frames, [], "a-run", made_from="0" * 16)
        for name in INSIGHTS.tables:
            lake.insight_staging.record(stage, name, [])
        lake.publish_insights([day])


def remembered(lake: Lake, day: date = AFTER) -> pl.DataFrame:
    return memory_before(lake, day, Contents.of(lake.published_insights()))


def told(lake: Lake) -> pl.DataFrame:
    """The memory after all days, from the whole table."""
    return memory_after(NOTHING_EARLIER.memory, lake.catalog.collect(TABLE))


def kept(lake: Lake) -> list[str]:
    return sorted(found.key for found in lake.storage.list(FOLDER))


def test_it_is_that_of_all_days_and_what_is_kept_holds_no_more_rows_than_the_table(lake: Lake) -> None:
    publish(lake, CHARTS)
    assert_frame_equal(remembered(lake), told(lake))
    held = [pl.read_parquet(lake.storage.read(key)).height for key in kept(lake)]
    assert 1 < len(held) < len(CHARTS)
    assert sum(held) <= lake.catalog.collect(TABLE).height


@IN_A_FOLDER
def test_only_what_was_said_since_is_read(lake: Lake) -> None:
    publish(lake, CHARTS)
    before = remembered(lake)
    contents = Contents.of(lake.published_insights())
    versions = {key.rpartition("/")[2].partition(".")[0] for key in kept(lake)}
    last_kept = max(found.day for found in contents.memories(AFTER) if found.memory in versions)
    earlier = lake.catalog.published(TABLE, [day for day in CHARTS if day <= last_kept])
    for file in (file for day in earlier.values() for file in day.files):
        key = lake.storage.key(file.address)
        assert key is not None
        lake.storage.delete([key])
    assert_frame_equal(remembered(lake), before)


@IN_A_FOLDER
@pytest.mark.parametrize("content", [b"", b"half of a file", None])
def test_what_is_kept_and_was_damaged_is_made_again(lake: Lake, content: bytes | None) -> None:
    publish(lake, CHARTS)
    for key in kept(lake):
        lake.storage.delete([key])
        if content is not None:
            lake.storage.write(key, content)
    assert_frame_equal(remembered(lake), told(lake))


@IN_A_FOLDER
def test_a_day_published_anew_leaves_nothing_of_before_in_the_memory(lake: Lake) -> None:
    publish(lake, CHARTS)
    before = kept(lake)
    assert kept_keys(lake, Contents.of(lake.published_insights())) == set(before)
    changed = {**CHARTS, FIRST_DAY: [6]}
    publish(lake, CHARTS, changed)
    assert_frame_equal(remembered(lake), told(lake))
    assert remembered(lake).filter(pl.col("first_seen") == FIRST_DAY).height == 1
    assert len(before) > 1
    assert kept_keys(lake, Contents.of(lake.published_insights())).isdisjoint(before)


@IN_A_FOLDER
def test_a_day_that_was_published_since_its_mark_was_read_is_not_kept_under_the_version_of_before(lake: Lake) -> None:
    publish(lake, list(CHARTS)[:1])
    before = Contents.of(lake.published_insights())
    publish(lake, list(CHARTS)[:1], {**CHARTS, FIRST_DAY: [6]})
    assert memory_before(lake, AFTER, before).height == 1
    assert kept(lake) == []


@IN_A_FOLDER
def test_before_the_first_day_nothing_is_remembered(lake: Lake) -> None:
    assert remembered(lake).is_empty()
    publish(lake, list(CHARTS)[:1])
    assert remembered(lake, FIRST_DAY).is_empty()


def publish_as_a_run_does(lake: Lake, days: Iterable[date]) -> None:
    """The same as `publish`, each day keeping what the next one looks back on."""
    for day in days:
        contents = Contents.of(lake.published_insights())
        earlier = earlier_days(lake, day, contents)
        made = build_insights(day, base_tables(day, ChartDay({0: Chart("us", CHARTS[day])})), earlier)
        stage = lake.insight_staging.write(day, made, [], "a-run", made_from="0" * 16)
        for name in INSIGHTS.tables:
            lake.insight_staging.record(stage, name, [])
        contents.put(day, mark_of(stage).says)
        keep_latest(lake, day, earlier.followed_by(day, made), contents)
        lake.publish_insights([day])


def looked_back_on(lake: Lake, day: date = AFTER) -> EarlierDays:
    return earlier_days(lake, day, Contents.of(lake.published_insights()))


def assert_the_same(found: EarlierDays, wanted: EarlierDays) -> None:
    assert_frame_equal(found.memory, wanted.memory)
    assert found.windows.keys() == wanted.windows.keys()
    for name, window in wanted.windows.items():
        assert found.windows[name].days.keys() == window.days.keys()
        assert_frame_equal(found.windows[name].rows(), window.rows())


@IN_A_FOLDER
def test_what_the_last_run_left_is_all_that_the_next_day_reads(lake: Lake) -> None:
    publish_as_a_run_does(lake, CHARTS)
    kept = lake.storage.read(LATEST)
    lake.storage.delete([LATEST])
    wanted = looked_back_on(lake)
    assert all(window.rows().height > 0 for window in wanted.windows.values())
    lake.storage.write(LATEST, kept)
    for name in INSIGHTS.tables:
        lake.storage.delete([found.key for found in lake.storage.list(f"{INSIGHTS.tables[name].folder}/data")])
    assert_the_same(looked_back_on(lake), wanted)


@IN_A_FOLDER
def test_of_what_the_last_run_left_only_days_that_are_published_so_count(lake: Lake) -> None:
    days = list(CHARTS)
    publish_as_a_run_does(lake, days)
    kept = lake.storage.read(LATEST)
    # A day in the midst is published anew; nothing is kept then, since later days are there.
    publish(lake, days[2:3], {**CHARTS, days[2]: [6]})
    assert lake.storage.read(LATEST) == kept
    found = looked_back_on(lake)
    lake.storage.delete([LATEST])
    assert_the_same(found, looked_back_on(lake))
    assert days[2] not in found.windows["song_trends"].days


@IN_A_FOLDER
def test_a_day_made_again_before_later_ones_leaves_what_is_kept_of_them(lake: Lake) -> None:
    days = list(CHARTS)
    publish_as_a_run_does(lake, days)
    kept = lake.storage.read(LATEST)
    publish_as_a_run_does(lake, days[:1])
    assert lake.storage.read(LATEST) == kept
