"""Missed days: gaps in the published history, and when today counts as late."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta, tzinfo

import dagster as dg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotify_assets.automation import missing_days as module
from spotify_assets.automation.missing_days import due_at, is_due, missing_ranges, no_missing_days
from spotify_assets.definitions import defs
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.marks import Mark, PublishedDays
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


@pytest.mark.parametrize(
    ("snapshot_hour", "due"), [(0, (2, 0)), (6, (8, 0)), (21, (23, 0)), (22, (23, 59)), (23, (23, 59))]
)
def test_a_snapshot_that_is_taken_late_is_due_on_its_own_day_all_the_same(
    snapshot_hour: int, due: tuple[int, int]
) -> None:
    assert due_at(snapshot_hour) == due


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


class Published:
    """What a lake tells of days that are published, as far as the check asks."""

    def __init__(self, days: Iterable[date]) -> None:
        self._days = PublishedDays(dict.fromkeys(days, Mark("content")), frozenset())

    def published_days(self) -> PublishedDays:
        return self._days


Checked = Callable[[datetime, Iterable[date]], dg.AssetCheckResult]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Checked:
    """The check at some moment, of a lake with some days."""

    def checked(moment: datetime, days: Iterable[date]) -> dg.AssetCheckResult:
        class Clock(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> datetime:
                return moment if tz is None else moment.astimezone(tz)

        monkeypatch.setattr(module, "datetime", Clock)
        found = no_missing_days(Published(days))
        assert isinstance(found, dg.AssetCheckResult)
        return found

    return checked


@pytest.mark.parametrize(("hour", "minute", "passed"), [(7, 59, True), (8, 0, False)])
def test_today_is_missing_from_the_hour_on_at_which_it_is_due(
    at: Checked, hour: int, minute: int, passed: bool
) -> None:
    found = at(datetime(2026, 3, 9, hour, minute, tzinfo=UTC), [day(number) for number in range(8)])
    assert found.passed is passed
    assert found.metadata["missing"].value == ("none" if passed else "2026-03-09")
    assert ("1 day is missing" in (found.description or "")) is not passed


@pytest.mark.parametrize("gaps", [1, 2, 20, 21, 22])
def test_the_latest_twenty_gaps_are_listed_and_earlier_ones_counted(at: Checked, gaps: int) -> None:
    # Every other day is published, the first one and the last one among them.
    days = [day(2 * number) for number in range(gaps + 1)]
    found = at(datetime(2026, 6, 9, tzinfo=UTC), [*days, *(days[-1] + timedelta(days=n) for n in range(100))])
    description = found.description or ""
    listed = [number for number in range(gaps) if f"{day(2 * number + 1)}" in description]
    assert listed == list(range(gaps))[-20:]
    assert (f"{gaps - 20} earlier gap" in description) == (gaps > 20)
    assert f"{gaps} day" in description
    assert found.metadata["missing_days"].value == gaps


def test_the_period_ends_with_the_last_published_day_also_where_that_is_in_the_future(at: Checked) -> None:
    found = at(datetime(2026, 3, 2, 12, tzinfo=UTC), [day(0), day(1), day(5)])
    assert f"from {day(0)} to {day(5)}" in (found.description or "")


def test_todays_snapshot_alone_is_shown_as_late_from_the_hour_at_which_it_is_due() -> None:
    policies = {spec.key.to_user_string(): spec.freshness_policy for spec in defs.resolve_all_asset_specs()}
    expected = dg.FreshnessPolicy.cron(deadline_cron="0 8 * * *", lower_bound_delta=timedelta(hours=8))
    # Partitioned assets would look fresh through any of their days.
    assert {name: policy for name, policy in policies.items() if policy is not None} == {"todays_snapshot": expected}
