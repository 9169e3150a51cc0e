"""A lake remembers the first day of its history: data of an earlier day moves it back, nothing moves it forward."""

from datetime import date, timedelta

from spotify_assets.lake.first_day import FOLDER, FirstDay
from spotify_assets.lake.lake import Lake
from spotify_assets_tests.conftest import OpenLake
from spotify_assets_tests.support.data.small_days import DAY, NEXT, publish


def test_the_first_day_moves_back_alone(lake: Lake, open_lake: OpenLake) -> None:
    assert lake.first_day() is None
    lake.begin_history([])
    assert lake.first_day() is None
    lake.begin_history([NEXT, NEXT + timedelta(days=5)])
    assert lake.first_day() == NEXT
    lake.begin_history([NEXT + timedelta(days=1)])
    assert lake.first_day() == NEXT
    lake.begin_history([date(2017, 1, 1), NEXT])
    assert open_lake().first_day() == date(2017, 1, 1)
    assert [found.key for found in lake.storage.list(FOLDER)] == [f"{FOLDER}/2017-01-01"]


def test_of_several_processes_the_earliest_day_counts_whoever_was_last(lake: Lake) -> None:
    # Each has looked before the other wrote: both names are there, in any order.
    lake.storage.write(f"{FOLDER}/2026-03-01", b"")
    lake.storage.write(f"{FOLDER}/2017-01-01", b"")
    lake.storage.write(f"{FOLDER}/2026-05-01", b"")
    assert FirstDay(lake.storage).read() == date(2017, 1, 1)
    lake.begin_history([date(2016, 1, 1)])
    assert [found.key for found in lake.storage.list(FOLDER)] == [f"{FOLDER}/2016-01-01"]


def test_an_older_lake_begins_with_its_first_published_day(lake: Lake) -> None:
    publish(lake, NEXT, ["A"])
    publish(lake, DAY, ["A"])
    assert list(lake.storage.list(FOLDER)) == []
    assert lake.first_day() == DAY
    # Whatever comes next writes it down, though it is a later day.
    lake.begin_history([NEXT + timedelta(days=1)])
    assert [found.key for found in lake.storage.list(FOLDER)] == [f"{FOLDER}/{DAY}"]
