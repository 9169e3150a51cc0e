"""Partitions begin with the lake's first day, also where code is loaded while nobody can ask the lake."""

import cProfile
import logging
from datetime import UTC, date, datetime, timedelta

import dagster as dg
import pytest

from spotify_assets.assets.partitions import IMPATIENT, Days, first_partition_now
from spotify_assets.config import Settings
from spotify_assets.lake.lake import Lake
from spotify_assets_tests.conftest import OpenLake
from spotify_assets_tests.support.data.small_days import DAY, NEXT, publish


def test_a_new_lake_begins_today(open_lake: OpenLake) -> None:
    assert first_partition_now(open_lake(history_start=None)) == datetime.now(UTC).date()


def test_a_lake_begins_with_its_first_day_however_late_that_came(open_lake: OpenLake) -> None:
    lake = open_lake(history_start=None)
    publish(lake, NEXT, ["A"])
    assert first_partition_now(lake) == NEXT
    lake.begin_history([DAY])
    assert first_partition_now(lake) == DAY


def test_the_former_setting_moves_the_beginning_back_and_never_forward(open_lake: OpenLake) -> None:
    lake = open_lake(history_start=DAY)
    assert first_partition_now(lake) == DAY
    lake.begin_history([DAY - timedelta(days=1)])
    assert first_partition_now(lake) == DAY - timedelta(days=1)


@pytest.mark.parametrize("history_start", [None, date(2020, 1, 1)])
def test_code_loads_while_the_lake_cannot_be_reached(
    history_start: date | None, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(lake_url="s3://bucket/lake", aws_endpoint_url="http://127.0.0.1:9", history_start=history_start)
    with caplog.at_level(logging.WARNING):
        first = first_partition_now(Lake(settings, IMPATIENT))
    assert first == (history_start or datetime.now(UTC).date())
    assert "The lake's first day is not known yet" in caplog.text


@pytest.mark.parametrize(
    "now",
    [
        datetime(2024, 2, 27, 23, 59, 59, tzinfo=UTC),
        datetime(2024, 2, 28, 0, 0, tzinfo=UTC),
        datetime(2024, 2, 28, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(2024, 3, 2, 12, 0, tzinfo=UTC),
        datetime(2026, 3, 1, 0, 0, tzinfo=UTC),
    ],
)
@pytest.mark.parametrize("end_offset", [0, 1])
def test_days_are_those_of_dagster(now: datetime, end_offset: int) -> None:
    days = Days(start_date="2024-02-28", end_offset=end_offset)
    theirs = dg.DailyPartitionsDefinition(start_date="2024-02-28", end_offset=end_offset)
    assert days.get_partition_keys(now) == theirs.get_partition_keys(now)
    assert days.get_serializable_unique_identifier() == theirs.get_serializable_unique_identifier()
    with dg.partition_loading_context(now):
        assert days.get_partition_keys() == theirs.get_partition_keys()


def test_a_long_history_asks_dagster_no_more_than_a_short_one() -> None:
    def calls_within_dagster(start: str) -> int:
        profile = cProfile.Profile()
        profile.runcall(Days(start_date=start, end_offset=1).get_partition_keys)
        return sum(
            entry.callcount for entry in profile.getstats() if "dagster" in getattr(entry.code, "co_filename", "")
        )

    assert calls_within_dagster("2015-01-01") == calls_within_dagster("2025-01-01") > 0
