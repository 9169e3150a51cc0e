"""A lake of a run loads a table once, and still never builds on less than what the marks tell or than it proved."""

import pytest

from spotify_assets.config import Settings
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.staging import NotAudited
from spotify_assets.schemas.base import BASE
from spotify_assets_tests.conftest import ON_S3
from spotify_assets_tests.support.aws.moto import MotoAws
from spotify_assets_tests.support.data.small_days import DAY, NEXT, prove, publish, rows, titles

SONGS = BASE.tables["songs"]


@pytest.fixture
def of_a_run(lake_settings: Settings) -> Lake:
    return Lake(lake_settings, of_a_run=True)


def test_what_somebody_published_is_seen_from_the_next_look_at_the_marks_on(lake: Lake, of_a_run: Lake) -> None:
    publish(lake, DAY, ["A"])
    assert of_a_run.published_days().whole.keys() == {DAY}
    assert of_a_run.catalog.published(SONGS).keys() == {DAY}
    publish(lake, NEXT, ["B"])
    assert of_a_run.published_days().whole.keys() == {DAY, NEXT}
    assert of_a_run.catalog.published(SONGS).keys() == {DAY, NEXT}


def test_its_own_publish_is_seen_and_leaves_nothing_to_load(lake: Lake, of_a_run: Lake) -> None:
    publish(of_a_run, DAY, ["A"])
    loaded = of_a_run.catalog.load(SONGS)
    publish(of_a_run, NEXT, ["B"])
    assert of_a_run.published_days().whole.keys() == {DAY, NEXT}
    assert of_a_run.catalog.load(SONGS) is loaded
    assert of_a_run.catalog.published(SONGS) == lake.catalog.published(SONGS)
    assert titles(of_a_run, NEXT) == titles(lake, NEXT) == ["B"]


@pytest.mark.parametrize("others_day", [DAY, NEXT])
def test_a_table_that_somebody_changed_since_it_was_loaded_is_not_overwritten(
    lake: Lake, of_a_run: Lake, others_day: object
) -> None:
    publish(of_a_run, DAY, ["A"])
    stage = prove(of_a_run, DAY, ["A", "B"], minute=1)
    files = {DAY: [of_a_run.storage.address(key) for key in stage.keys("songs")]}
    loaded = of_a_run.catalog.load(SONGS)
    assert loaded is not None
    publish(lake, NEXT if others_day == NEXT else DAY, ["C"], minute=2)
    assert of_a_run.catalog.load(SONGS) is loaded
    assert of_a_run.catalog.publish(SONGS, files) == [DAY]
    assert rows(lake, "songs", DAY)["name"].to_list() == ["Song A", "Song B"]
    assert rows(lake, "songs", NEXT)["name"].to_list() == (["Song C"] if others_day == NEXT else [])


def test_a_day_that_somebody_replaced_since_is_published_though_it_was_the_same_when_loaded(
    lake: Lake, of_a_run: Lake
) -> None:
    publish(of_a_run, DAY, ["A"])
    held = of_a_run.catalog.published(SONGS)[DAY]
    publish(lake, DAY, ["C"], minute=2)
    assert of_a_run.catalog.publish(SONGS, {DAY: [file.address for file in held.files]}) == [DAY]
    assert rows(lake, "songs", DAY)["name"].to_list() == ["Song A"]


def test_a_staged_file_that_changed_after_it_was_read_is_not_published(lake: Lake, of_a_run: Lake) -> None:
    stage = prove(of_a_run, DAY, ["A"])
    (key,) = stage.keys("songs")
    lake.storage.write(key, b"other bytes")
    with pytest.raises(NotAudited, match="songs was changed since it was written"):
        of_a_run.publish([DAY])
    assert not lake.published_days().whole


@ON_S3
def test_it_asks_for_the_size_of_nothing_and_once_for_the_marker(moto_aws: MotoAws, of_a_run: Lake) -> None:
    of_a_run.claim()
    before = moto_aws.kinds()
    for day in (DAY, NEXT):
        publish(of_a_run, day, ["A"])
        of_a_run.claim()
        of_a_run.require_source()
    asked = moto_aws.kinds() - before
    assert [about for about in asked if "HEAD" in about or "marker" in about] == []
