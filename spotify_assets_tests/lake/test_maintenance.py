"""Maintenance removes what nobody can see, and nothing that anybody can."""

import os
import tempfile
from datetime import UTC, date, datetime, timedelta
from functools import partial

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spotify_assets.config import Settings
from spotify_assets.lake.errors import LakeError
from spotify_assets.lake.insight_inputs import Contents
from spotify_assets.lake.insight_memory import FOLDER, memory_before
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.maintenance import Removed, remove_half_written, tidy_lake
from spotify_assets.schemas import TABLES
from spotify_assets.schemas.base import BASE
from spotify_assets.transform.insights.day import NOTHING_EARLIER, build_insights
from spotify_assets_tests.conftest import IN_A_FOLDER, ON_S3, OpenLake
from spotify_assets_tests.support.data.chart_histories import FIRST_DAY, Chart, ChartDay, base_tables
from spotify_assets_tests.support.data.small_days import (
    DAY,
    NEXT,
    audit,
    capture,
    prove,
    publish,
    rows,
    snapshots,
    stage,
    titles,
)
from spotify_assets_tests.support.data.two_charts import publish_two_charts
from spotify_assets_tests.support.processes.at_once import at_once


def next_month() -> datetime:
    """When all that was written until now has outlived its retention."""
    return datetime.now(UTC) + timedelta(days=31)


def everything(lake: Lake) -> dict[str, pl.DataFrame]:
    return {name: rows(lake, name) for name in BASE.tables}


def keys(lake: Lake, folder: str) -> set[str]:
    return {found.key for found in lake.storage.list(folder)}


def data_files(lake: Lake) -> set[str]:
    return {key for table in BASE.tables.values() for key in keys(lake, f"{table.folder}/data")}


def live_files(lake: Lake) -> set[str]:
    """What readers see now, and what is staged for them."""
    published = {
        lake.storage.key(file.address) or ""
        for table in BASE.tables.values()
        for day in lake.catalog.published(table).values()
        for file in day.files
    }
    stages = [lake.staging.current(day) for day in lake.staging.days()]
    return published | {key for stage in stages if stage for name in stage.tables for key in stage.keys(name)}


def expect_equal(found: dict[str, pl.DataFrame], wanted: dict[str, pl.DataFrame]) -> None:
    for name, frame in wanted.items():
        assert found[name].equals(frame), name


def test_what_was_replaced_goes_and_what_is_published_stays(lake: Lake) -> None:
    publish(lake, DAY, ["A"])
    publish(lake, DAY, ["B", "C"], minute=1)
    prove(lake, NEXT, ["E"])
    before, made, files = everything(lake), snapshots(lake), data_files(lake)
    removed = tidy_lake(lake, next_month())
    expect_equal(everything(lake), before)
    assert removed["songs"].snapshots == made["songs"] - 1
    assert removed["songs"].files >= 1
    assert removed["songs"].size > 0
    assert snapshots(lake)["songs"] == 1
    assert data_files(lake) == live_files(lake)
    assert data_files(lake) < files
    lake.publish([NEXT])
    assert titles(lake, NEXT) == ["E"]
    assert titles(lake, DAY) == ["B", "C"]


@IN_A_FOLDER
def test_nothing_goes_before_its_time(lake: Lake) -> None:
    publish(lake, DAY, ["A"])
    publish(lake, DAY, ["B"], minute=1)
    # Two that nobody refers to: the first of them is replaced by the second, the second by the third.
    for _ in range(3):
        stage(lake, DAY)
    files, made = data_files(lake), snapshots(lake)
    assert live_files(lake) < files
    removed = tidy_lake(lake, datetime.now(UTC) + timedelta(days=lake.settings.retention_days, minutes=-5))
    assert {(table.snapshots, table.files, table.size) for table in removed.values()} == {(0, 0, 0)}
    assert (data_files(lake), snapshots(lake)) == (files, made)


@IN_A_FOLDER
def test_the_retention_setting_counts(open_lake: OpenLake) -> None:
    lake = open_lake(retention_days=1)
    publish(lake, DAY, ["A"])
    publish(lake, DAY, ["B"], minute=1)
    in_two_days = datetime.now(UTC) + timedelta(days=2)
    assert tidy_lake(open_lake(retention_days=3), in_two_days)["songs"].files == 0
    assert tidy_lake(lake, in_two_days)["songs"].files > 0


@IN_A_FOLDER
def test_a_day_staged_long_ago_can_still_be_published(lake: Lake) -> None:
    prove(lake, DAY, ["A"])
    tidy_lake(lake, next_month())
    lake.publish([DAY])
    assert titles(lake, DAY) == ["A"]


@IN_A_FOLDER
def test_replaced_stages_go(lake: Lake) -> None:
    capture(lake, DAY, ["A"])
    first = stage(lake, DAY)
    current = stage(lake, DAY)
    tidy_lake(lake, next_month())
    assert set(first.keys("songs")).isdisjoint(data_files(lake))
    assert set(current.keys("songs")) <= data_files(lake)


def stage_insights(lake: Lake, run_id: str) -> set[str]:
    """Stages the insights of a small day as a run of its own; gives the keys of its files."""
    day = ChartDay({0: Chart("global", [0, 1, 2]), 1: Chart("gb", [1, 5])})
    frames = build_insights(FIRST_DAY, base_tables(FIRST_DAY, day), NOTHING_EARLIER)
    staged = lake.insight_staging.write(FIRST_DAY, frames, [], run_id, made_from="version")
    return {key for name in staged.tables for key in staged.keys(name)}


@IN_A_FOLDER
def test_insights_that_wait_for_their_publish_stay_and_replaced_ones_go(lake: Lake) -> None:
    replaced, current = stage_insights(lake, "first"), stage_insights(lake, "second")
    assert replaced
    assert replaced.isdisjoint(current)
    removed = tidy_lake(lake, next_month())
    assert {key for table in TABLES.values() for key in keys(lake, f"{table.folder}/data")} == current
    assert sum(table.files for table in removed.values()) == len(replaced)


@IN_A_FOLDER
def test_what_belongs_to_no_table_stays(lake: Lake) -> None:
    publish(lake, DAY, ["A"])
    others = ["songs_data2/x.parquet", "raw/processed/x", "insights_data/x", "songs_dat/x", "lake.json", "catalog.db"]
    for key in others[:4]:
        lake.storage.write(key, b"another's")
    lake.storage.write("songs_data/data/left-over.parquet", b"nobody's")
    raw_before, staged_before = keys(lake, "raw"), keys(lake, "staging")
    tidy_lake(lake, next_month())
    assert all(lake.storage.read_if_any(key) is not None for key in others)
    assert (keys(lake, "raw"), keys(lake, "staging")) == (raw_before, staged_before)
    assert "songs_data/data/left-over.parquet" not in keys(lake, "songs_data")


@IN_A_FOLDER
def test_what_killed_writers_left_half_written_goes_but_nothing_of_a_stranger(lake: Lake) -> None:
    left = [
        "raw/to_be_processed/snapshot_date=2026-03-01/artists-20260301T063000Z.json.zst#1",
        "raw/to_be_processed/snapshot_date=2026-03-01/import-0123456789ab-charts.csv.zst#1",
        "raw/quarantine/snapshot_date=2026-03-01/landed_at=20260301T063000000000Z/x.json.reason.json#2",
        "staging/base/snapshot_date=2026-03-01/stage.json#1",
        "songs_data/data/snapshot_date=2026-03-01/x.parquet#12",
        "published/base/snapshot_date=2026-03-01/begun#1",
        "lake.json#1",
    ]
    strangers = ["raw/to_be_processed/Top 50 #1", "raw/to_be_processed/snapshot_date=2026-03-01/chart#1", "notes#1"]
    for key in [*left, *strangers]:
        path = lake.storage.folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half")
    assert remove_half_written(lake).files == 0
    assert remove_half_written(lake, next_month()) == Removed(0, len(left), 4 * len(left))
    there = {path.relative_to(lake.storage.folder).as_posix() for path in lake.storage.folder.rglob("*#*")}
    assert there == set(strangers)


def test_memories_kept_of_days_as_they_were_before_go_once_they_are_old(lake: Lake) -> None:
    publish_two_charts(lake)
    memory_before(lake, date(2026, 4, 1), Contents.of(lake.published_insights()))
    kept = keys(lake, FOLDER)
    forgotten = f"{FOLDER}/0123456789abcdef.0123456789abcdef.parquet"
    lake.storage.write(forgotten, b"of other days")
    tidy_lake(lake)
    assert forgotten in keys(lake, FOLDER)
    tidy_lake(lake, next_month())
    assert keys(lake, FOLDER) == kept != []


def test_a_lake_without_tables_has_nothing_to_tidy(lake: Lake) -> None:
    assert {(table.snapshots, table.files, table.size) for table in tidy_lake(lake, next_month()).values()} == {
        (0, 0, 0)
    }


@IN_A_FOLDER
def test_tidying_twice_finds_nothing_more(lake: Lake) -> None:
    publish(lake, DAY, ["A"])
    publish(lake, DAY, ["B"], minute=1)
    tidy_lake(lake, next_month())
    # The first time wrote metadata of its own and left that of before in the log; then all is as it should be.
    tidy_lake(lake, next_month())
    assert {table.files for table in tidy_lake(lake, next_month()).values()} == {0}


@IN_A_FOLDER
def test_old_metadata_does_not_pile_up(lake: Lake) -> None:
    publish(lake, DAY, ["A"])
    table = lake.catalog.load(BASE.tables["songs"])
    assert table is not None
    for number in range(60):
        with table.transaction() as transaction:
            transaction.set_properties(count=str(number))
    metadata = {key for key in keys(lake, "songs_data/metadata") if key.endswith(".metadata.json")}
    assert len(metadata) <= 52
    assert titles(lake, DAY) == ["A"]


def backdate(lake: Lake) -> None:
    """Makes every file of a folder a month old; what is written from now on is young."""
    past = (datetime.now(UTC) - timedelta(days=31)).timestamp()
    for path in lake.storage.folder.rglob("*"):
        os.utime(path, (past, past))


@IN_A_FOLDER
def test_two_may_tidy_while_a_third_publishes(open_lake: OpenLake) -> None:
    for minute in range(3):
        capture(open_lake(), DAY, ["A"], minute)
        stage(open_lake(), DAY)
    for minute, songs in enumerate((["A"], ["B"]), 3):
        publish(open_lake(), DAY, songs, minute)
    prove(open_lake(), NEXT, ["C"])
    backdate(open_lake())
    at_once(partial(tidy_lake, open_lake()), partial(tidy_lake, open_lake()), partial(open_lake().publish, [NEXT]))
    assert (titles(open_lake(), DAY), titles(open_lake(), NEXT)) == (["B"], ["C"])


@IN_A_FOLDER
def test_a_publish_that_is_overtaken_by_tidying_is_whole(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """Maintenance between the staging of a day and its commit, between any two commits, and right after."""
    publish(lake, DAY, ["A"])
    prove(lake, DAY, ["B"], minute=1)
    one_publish = lake.catalog.publish

    def tidy_first(*arguments: object) -> list[date]:
        tidy_lake(lake, next_month())
        return one_publish(*arguments)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(lake.catalog, "publish", tidy_first)
    lake.publish([DAY])
    tidy_lake(lake, next_month())
    assert titles(lake, DAY) == ["B"]
    assert rows(lake, "songs")["name"].to_list() == ["Song B"]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("publish"), st.sampled_from([DAY, NEXT]), st.sampled_from(["A", "B", "AB", ""])),
        st.tuples(st.just("stage"), st.sampled_from([DAY, NEXT]), st.sampled_from(["A", "C"])),
        st.tuples(st.just("tidy"), st.none(), st.none()),
    ),
    min_size=2,
    max_size=6,
)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(STEPS)
def test_whatever_came_before_tidying_changes_no_published_row(
    steps: list[tuple[str, date | None, str | None]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(Settings(lake_url=folder, spotify_source="spotify"))
        for minute, (step, day, songs) in enumerate([*steps, ("tidy", None, None)]):
            if day is not None:
                capture(lake, day, songs or "", minute)
                staged = stage(lake, day)
                if step == "publish":
                    assert audit(lake, staged) == []
                    lake.publish([day])
                continue
            before, live = everything(lake), live_files(lake)
            tidy_lake(lake, next_month())
            expect_equal(everything(lake), before)
            assert data_files(lake) == live == live_files(lake)


@ON_S3
def test_a_lake_of_another_place_is_not_tidied(lake: Lake, open_lake: OpenLake) -> None:
    publish(lake, DAY, ["A"])
    with pytest.raises(LakeError, match="outside the lake"):
        tidy_lake(open_lake(lake_url=f"s3://{lake.storage.bucket}/other"), next_month())
    assert titles(lake, DAY) == ["A"]
