"""Several publishers at once, each with a lake object of its own, as several runs have: nothing mixed, nothing lost."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from typing import Any

import polars as pl
import pytest
from pyiceberg.catalog.sql import SqlCatalogBaseTable
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from spotify_assets.config import Settings
from spotify_assets.lake.errors import LakeError
from spotify_assets.lake.lake import Lake
from spotify_assets.schemas.base import BASE
from spotify_assets.schemas.table import Table
from spotify_assets_tests.conftest import IN_A_FOLDER, ON_S3, OpenLake
from spotify_assets_tests.support.aws.lossy_proxy import Proxy, first_time, proxy_to
from spotify_assets_tests.support.data.small_days import DAY, NEXT, capture, prove, publish, rows, stage, titles
from spotify_assets_tests.support.processes.at_once import at_once


def expect_whole(lake: Lake, charts: dict[date, list[str]]) -> None:
    """Every table holds exactly the given days, each whole, each in one file."""
    for day, songs in charts.items():
        assert titles(lake, day) == songs
        assert rows(lake, "songs", day)["name"].to_list() == [f"Song {song}" for song in sorted(songs)]
        assert rows(lake, "song_artists", day).height == len(songs)
    for name in ("playlists", "playlist_items", "songs", "albums", "artists", "song_artists"):
        found = lake.catalog.load(BASE.tables[name])
        assert found is not None
        files = [task.file.file_path for task in found.scan().plan_files()]
        assert len(files) == len(charts), name


def test_two_publishers_of_different_days(open_lake: OpenLake) -> None:
    lakes, days = [open_lake(), open_lake()], [DAY, NEXT]
    for day, song in zip(days, "AB", strict=True):
        prove(lakes[0], day, [song])
    at_once(*(partial(lake.publish, [day]) for lake, day in zip(lakes, days, strict=True)))
    expect_whole(open_lake(), {DAY: ["A"], NEXT: ["B"]})


def test_two_publishers_of_the_same_day(open_lake: OpenLake) -> None:
    lakes = [open_lake(), open_lake()]
    publish(lakes[0], DAY, ["Old", "Older"])
    prove(lakes[0], DAY, ["A", "B", "C"], minute=1)
    at_once(*(partial(lake.publish, [DAY]) for lake in lakes))
    expect_whole(open_lake(), {DAY: ["A", "B", "C"]})
    assert list(open_lake().raw.waiting()) == []


SONG_ARTISTS = BASE.tables["song_artists"]


def staged(lake: Lake, day: date, who: str) -> dict[date, list[str]]:
    """A file of one row, ready to be published as the whole of a day of one table."""
    row = {"snapshot_date": [day], "song_id": ["s" * 22], "artist_position": [1], "artist_id": [who * 22]}
    written = lake.staging.write(day, {SONG_ARTISTS.name: pl.DataFrame(row)}, [], f"run-{who}")
    return {day: [lake.storage.address(key) for key in written.keys(SONG_ARTISTS.name)]}


def published(lake: Lake) -> list[tuple[date, str]]:
    """What readers see: each day, and who wrote it."""
    found = rows(lake, SONG_ARTISTS.name).sort("snapshot_date", "artist_id")
    return [(day, artist[0]) for day, artist in found.select("snapshot_date", "artist_id").iter_rows()]


BEFORE = pytest.mark.parametrize("before", [[], [NEXT], [DAY, NEXT]], ids=["empty", "another day", "the day as well"])


@pytest.mark.parametrize(
    ("publishers", "before"),
    [(2, []), (2, [NEXT]), (5, [DAY, NEXT])],
    ids=["two, empty", "two, another day", "five, the day as well"],
)
def test_many_publishers_of_one_day_of_a_table(open_lake: OpenLake, before: list[date], publishers: int) -> None:
    for day in before:
        open_lake().catalog.publish(SONG_ARTISTS, staged(open_lake(), day, "o"))
    files = [staged(open_lake(), DAY, who) for who in "abcde"[:publishers]]
    at_once(*(partial(open_lake().catalog.publish, SONG_ARTISTS, file) for file in files))
    last, *others = published(open_lake())
    assert last[0] == DAY
    assert last[1] in "abcde"[:publishers]
    assert others == ([(NEXT, "o")] if before else [])


@pytest.mark.parametrize("before", [[], [DAY, NEXT]], ids=["empty", "two of the days"])
def test_many_publishers_of_different_days_of_a_table(open_lake: OpenLake, before: list[date]) -> None:
    for day in before:
        open_lake().catalog.publish(SONG_ARTISTS, staged(open_lake(), day, "o"))
    days = [DAY + timedelta(days=number) for number in range(6)]
    files = [staged(open_lake(), day, "n") for day in days]
    changed = at_once(*(partial(open_lake().catalog.publish, SONG_ARTISTS, file) for file in files))
    assert changed == [[day] for day in days]
    assert published(open_lake()) == [(day, "n") for day in days]


@IN_A_FOLDER
def test_six_first_users_of_a_new_lake(open_lake: OpenLake) -> None:
    """Two first starters on an empty catalog must not trip over each other's tables."""
    days = [DAY + timedelta(days=number) for number in range(6)]
    at_once(*(partial(publish, open_lake(), day, ["A"]) for day in days))
    expect_whole(open_lake(), {day: ["A"] for day in days})


@IN_A_FOLDER
def test_another_first_user_makes_the_catalog_at_the_same_moment(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    create_all = SqlCatalogBaseTable.metadata.create_all
    others = iter([True, True])

    def overtaken(engine: Engine) -> None:
        create_all(engine)
        if next(others, False):
            # So it goes for whoever looked before the other was done: he creates after him.
            raise OperationalError("CREATE TABLE", None, Exception("table iceberg_tables already exists"))

    monkeypatch.setattr(SqlCatalogBaseTable.metadata, "create_all", overtaken)
    publish(lake, DAY, ["A"])
    expect_whole(lake, {DAY: ["A"]})


def test_two_runs_create_the_same_table(open_lake: OpenLake) -> None:
    created = at_once(*(partial(open_lake().catalog.ensure, BASE.tables["songs"]) for _ in range(4)))
    assert len({table.metadata.table_uuid for table in created}) == 1


class Overtaking:
    """Calls `meanwhile` in front of the publish of one table, once."""

    def __init__(self, lake: Lake, table: str, meanwhile: Callable[[], Any]) -> None:
        self._publish = lake.catalog.publish
        self._table = table
        self._meanwhile: Callable[[], Any] | None = meanwhile

    def __call__(self, table: Table, files: dict[date, list[str]]) -> list[date]:
        if table.name == self._table and self._meanwhile is not None:
            meanwhile, self._meanwhile = self._meanwhile, None
            meanwhile()
        return self._publish(table, files)


@pytest.mark.parametrize("table", ["artists", "songs", "playlist_items"])
@IN_A_FOLDER
def test_a_run_that_is_overtaken_leaves_the_newer_day_in_every_table(
    open_lake: OpenLake, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    slow, fast = open_lake(), open_lake()
    prove(slow, DAY, ["A", "B"])
    overtaking = Overtaking(slow, table, lambda: publish(fast, DAY, ["C"], minute=1))
    monkeypatch.setattr(slow.catalog, "publish", overtaking)
    slow.publish([DAY])
    expect_whole(open_lake(), {DAY: ["C"]})
    assert list(open_lake().raw.waiting()) == []


@IN_A_FOLDER
def test_a_newer_stage_that_is_not_audited_yet_is_left_to_its_own_run(
    open_lake: OpenLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = open_lake()
    prove(lake, DAY, ["A", "B"])

    def stage_anew() -> None:
        capture(lake, DAY, ["C"], minute=1)
        stage(lake, DAY)

    monkeypatch.setattr(lake.catalog, "publish", Overtaking(lake, "songs", stage_anew))
    lake.publish([DAY])
    expect_whole(open_lake(), {DAY: ["A", "B"]})
    assert len(list(lake.raw.waiting())) == 1


@contextmanager
def through_a_proxy(settings: Settings) -> Iterator[tuple[Lake, Proxy]]:
    """The lake as seen through a proxy, and the proxy."""
    with proxy_to(int((settings.aws_endpoint_url or "").rpartition(":")[2])) as proxy:
        yield Lake(settings.model_copy(update={"aws_endpoint_url": proxy.endpoint})), proxy


def updates(proxy: Proxy) -> int:
    return sum("AWSGlue.UpdateTable" in request for request in proxy.requests)


@ON_S3
@BEFORE
def test_a_lost_answer_of_glue_loses_nothing(lake_settings: Settings, lake: Lake, before: list[date]) -> None:
    """The commit landed, its answer did not; it is sent again, and meets itself as a conflict."""
    for day in before:
        lake.catalog.publish(SONG_ARTISTS, staged(lake, day, "o"))
    files = staged(lake, DAY, "n")
    with through_a_proxy(lake_settings) as (through, proxy):
        proxy.lose_answer = first_time("AWSGlue.UpdateTable")
        assert through.catalog.publish(SONG_ARTISTS, files) == [DAY]
        assert updates(proxy) == 2
    assert published(lake) == [(DAY, "n"), *((NEXT, "o") for _ in before[:1])]
    later = staged(lake, DAY, "l")
    assert lake.catalog.publish(SONG_ARTISTS, later) == [DAY]
    assert published(lake)[0] == (DAY, "l")


@ON_S3
def test_a_hiccup_of_glue_fails_nothing(lake_settings: Settings, lake: Lake) -> None:
    """Whichever request it meets: all of them are sent again."""
    before, files = staged(lake, DAY, "o"), staged(lake, DAY, "n")
    lake.catalog.publish(SONG_ARTISTS, before)
    with through_a_proxy(lake_settings) as (through, proxy):
        met: set[str] = set()

        def is_new(request: str) -> bool:
            is_met = "AWSGlue" not in request or request in met
            met.add(request)
            return not is_met

        proxy.lose_answer = is_new
        assert through.catalog.publish(SONG_ARTISTS, files) == [DAY]
        assert {"POST AWSGlue.GetTable", "POST AWSGlue.UpdateTable"} <= met
    assert published(lake) == [(DAY, "n")]


@ON_S3
def test_a_conflict_that_cannot_be_looked_into_deletes_nothing(lake_settings: Settings, lake: Lake) -> None:
    lake.catalog.publish(SONG_ARTISTS, staged(lake, DAY, "o"))
    files = staged(lake, DAY, "n")
    with through_a_proxy(lake_settings) as (through, proxy):
        after_update: list[str] = []

        def lose(request: str) -> bool:
            after_update.extend([request] if "UpdateTable" in request or after_update else [])
            return "UpdateTable" in request or ("GetTable" in request and bool(after_update))

        proxy.lose_answer = lose
        with pytest.raises(LakeError, match="song_artists"):
            through.catalog.publish(SONG_ARTISTS, files)
    assert published(lake) == [(DAY, "n")]


@ON_S3
def test_lost_answers_while_another_publisher_is_at_work(lake_settings: Settings, lake: Lake) -> None:
    ours, theirs = staged(lake, DAY, "n"), staged(lake, NEXT, "t")
    with through_a_proxy(lake_settings) as (through, proxy):
        proxy.lose_answer = first_time("AWSGlue.UpdateTable")
        at_once(
            partial(through.catalog.publish, SONG_ARTISTS, ours), partial(lake.catalog.publish, SONG_ARTISTS, theirs)
        )
    assert published(lake) == [(DAY, "n"), (NEXT, "t")]


@ON_S3
def test_a_commit_that_glue_never_took_is_an_error_and_loses_nothing(lake_settings: Settings, lake: Lake) -> None:
    lake.catalog.publish(SONG_ARTISTS, staged(lake, DAY, "o"))
    files = staged(lake, DAY, "n")
    with through_a_proxy(lake_settings) as (through, proxy):
        proxy.damage = lambda request, body: b"{}" if "UpdateTable" in request else body
        with pytest.raises(LakeError, match="Cannot publish song_artists"):
            through.catalog.publish(SONG_ARTISTS, files)
    assert published(lake) == [(DAY, "o")]
    lake.catalog.publish(SONG_ARTISTS, files)
    assert published(lake) == [(DAY, "n")]


def test_two_runs_add_the_same_columns(open_lake: OpenLake, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = open_lake(), open_lake()
    songs = BASE.tables["songs"]
    with_one_less = first.catalog.ensure(songs)
    with with_one_less.update_schema() as update:
        update.delete_column("isrc")
    # Both have loaded the table without the column before either adds it.
    stale = second.catalog.load(songs)
    load = second.catalog.load
    first.catalog.ensure(songs)
    answers = iter([stale])
    monkeypatch.setattr(second.catalog, "load", lambda table: next(answers, None) or load(table))
    found = second.catalog.ensure(songs)
    assert found.schema().column_names.count("isrc") == 1
