"""Missed days: gaps in the published history, and when today counts as late."""

from datetime import UTC, date, datetime, timedelta

import dagster as dg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotify_assets.automation.missing_days import is_due, missing_ranges, no_missing_days
from spotify_assets.definitions import defs
from spotify_assets.lake.lake import Lake
from spotify_assets_tests.support.data.small_days import publish

FIRST = date(2026, 3, 1)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def test_gaps_are_ranges_up_to_the_last_day() -> None:
    assert missing_ranges({day(0), day(1), day(3), day(7)}, day(9)) == [
        (day(2), day(2)),
        (day(4), day(6)),
        (day(8), day(9)),
    ]


def test_nothing_is_missing_before_the_first_published_day_or_after_the_last_due_one() -> None:
    assert missing_ranges(set(), day(9)) == []
    assert missing_ranges({day(9), day(12)}, day(9)) == []


@given(st.sets(st.integers(0, 40)), st.integers(0, 40))
def test_each_day_is_either_published_or_in_exactly_one_gap(numbers: set[int], last: int) -> None:
    gaps = missing_ranges({day(number) for number in numbers}, day(last))
    listed = [start + timedelta(days=back) for start, end in gaps for back in range((end - start).days + 1)]
    first = min(numbers, default=last + 1)
    assert listed == [day(number) for number in range(first, last + 1) if number not in numbers]


@pytest.mark.parametrize(("hour", "minute", "due"), [(0, 0, False), (7, 59, False), (8, 0, True), (23, 59, True)])
def test_today_is_due_two_hours_after_the_snapshot(hour: int, minute: int, due: bool) -> None:
    assert is_due(datetime(2026, 3, 14, hour, minute, tzinfo=UTC)) is due


def check(lake: Lake) -> dg.AssetCheckResult:
    found = no_missing_days(lake)
    assert isinstance(found, dg.AssetCheckResult)
    return found


def test_an_empty_lake_has_no_missing_days(lake: Lake) -> None:
    found = check(lake)
    assert found.passed
    assert found.description == "Nothing is published yet."


def test_missing_days_are_listed_with_their_number_as_a_warning(lake: Lake) -> None:
    today = datetime.now(UTC).date()
    for back in (6, 5, 2, 1, 0):
        publish(lake, today - timedelta(days=back), ["One"])
    found = check(lake)
    assert not found.passed
    assert found.severity == dg.AssetCheckSeverity.WARN
    gap = f"{today - timedelta(days=4)} to {today - timedelta(days=3)}"
    assert found.description == f"2 days are missing from {today - timedelta(days=6)} to {today}: {gap}."
    figures = {name: value.value for name, value in found.metadata.items()}
    assert figures == {"published_days": 5, "missing_days": 2, "missing": gap}


def test_a_whole_history_says_so(lake: Lake) -> None:
    today = datetime.now(UTC).date()
    for back in (1, 0):
        publish(lake, today - timedelta(days=back), ["One"])
    found = check(lake)
    assert found.passed
    assert found.description == f"No day is missing from {today - timedelta(days=1)} to {today}."


def test_raw_playlists_and_catalog_are_shown_as_late_from_the_hour_at_which_today_is_due() -> None:
    policies = {spec.key.to_user_string(): spec.freshness_policy for spec in defs.resolve_all_asset_specs()}
    assert {name for name, policy in policies.items() if policy is not None} == {"raw_playlists", "published_tables"}
    expected = dg.FreshnessPolicy.cron(deadline_cron="0 8 * * *", lower_bound_delta=timedelta(hours=8))
    assert policies["published_tables"] == expected
