"""When a sign-in ends by the calendar, and on which days people are told."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotify_assets.spotify.sign_in_end import AGE_UNKNOWN, OVER, end_of, kept_time, outlook, written

# 28 August and 31 August 2026 end on the same Sunday: that February has no more days.
FRIDAY, LAST_OF_AUGUST = datetime(2026, 8, 28, 9, 30, tzinfo=UTC), datetime(2026, 8, 31, 9, 30, tzinfo=UTC)
SUNDAY = datetime(2027, 2, 28, 9, 30, tzinfo=UTC)
ENDS = "The sign-in ends on Sunday, 2027-02-28 (09:30 UTC)"
TIMES = st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@pytest.mark.parametrize(
    ("signed_in", "ends"),
    [
        ("2026-08-28T09:30:00Z", "2027-02-28T09:30:00Z"),
        ("2026-08-31T09:30:00Z", "2027-02-28T09:30:00Z"),
        ("2027-08-29T09:30:00Z", "2028-02-29T09:30:00Z"),
        ("2027-08-31T09:30:00Z", "2028-02-29T09:30:00Z"),
        ("2026-10-31T00:00:00Z", "2027-04-30T00:00:00Z"),
        ("2026-12-31T23:59:59Z", "2027-06-30T23:59:59Z"),
        ("2026-02-28T12:00:00Z", "2026-08-28T12:00:00Z"),
        ("2026-03-31T12:00:00Z", "2026-09-30T12:00:00Z"),
        # By the calendar of UTC.
        ("2026-09-01T00:30:00+02:00", "2027-02-28T22:30:00Z"),
    ],
)
def test_a_sign_in_ends_six_months_later_by_the_calendar(signed_in: str, ends: str) -> None:
    assert written(end_of(datetime.fromisoformat(signed_in))) == ends


@pytest.mark.parametrize("signed_in_at", [FRIDAY, LAST_OF_AUGUST])
def test_people_are_told_a_month_ahead_a_week_ahead_daily_in_the_last_week_and_once_it_is_over(
    signed_in_at: datetime,
) -> None:
    hours = [SUNDAY + timedelta(hours=hour) for hour in range(-24 * 40, 24 * 40)]
    first: dict[str | None, datetime] = {}
    for now in hours:
        first.setdefault(outlook(signed_in_at, now).stage, now)
    days = {stage: f"{now:%a %d %b %H:%M}" for stage, now in first.items() if stage}
    assert days == {
        "30_days_ahead": "Fri 29 Jan 00:30",
        "7_days_ahead": "Sun 21 Feb 00:30",
        "6_days_ahead": "Mon 22 Feb 00:30",
        "5_days_ahead": "Tue 23 Feb 00:30",
        "4_days_ahead": "Wed 24 Feb 00:30",
        "3_days_ahead": "Thu 25 Feb 00:30",
        "2_days_ahead": "Fri 26 Feb 00:30",
        "1_days_ahead": "Sat 27 Feb 00:30",
        "0_days_ahead": "Sun 28 Feb 00:30",
        OVER: "Sun 28 Feb 09:30",
    }


@pytest.mark.parametrize(
    ("now", "sentence", "needs_attention"),
    [
        (
            datetime(2026, 12, 1, tzinfo=UTC),
            f"{ENDS}, in 89 days; then sign in again: spotify-assets login",
            False,
        ),
        (
            datetime(2027, 1, 29, tzinfo=UTC),
            f"{ENDS}, in 30 days. Sign in again before: spotify-assets login",
            True,
        ),
        (
            datetime(2027, 2, 27, 23, 59, tzinfo=UTC),
            f"{ENDS}, in 1 day. Sign in again before: spotify-assets login",
            True,
        ),
        (
            SUNDAY - timedelta(seconds=1),
            f"{ENDS}, today. Sign in again before: spotify-assets login",
            True,
        ),
        (SUNDAY, "The sign-in ended on Sunday, 2027-02-28 (09:30 UTC). Sign in again: spotify-assets login", True),
    ],
)
def test_the_day_and_the_command_are_named(now: datetime, sentence: str, needs_attention: bool) -> None:
    found = outlook(FRIDAY, now)
    assert (found.sentence, found.end, found.needs_attention) == (sentence, SUNDAY, needs_attention)
    assert found.days_left == (SUNDAY - now) / timedelta(days=1)


def test_an_unknown_age_is_said_and_nothing_is_counted() -> None:
    found = outlook(None, SUNDAY)
    assert (found.sentence, found.end, found.days_left, found.stage) == (AGE_UNKNOWN, None, None, None)
    assert found.needs_attention
    assert "Sign in again to know the day: spotify-assets login" in AGE_UNKNOWN


@given(TIMES, st.integers(-14, 14))
def test_a_time_that_is_kept_is_the_one_that_is_read(signed_in_at: datetime, hours: int) -> None:
    told = signed_in_at.astimezone(timezone(timedelta(hours=hours)))
    assert kept_time(written(told), signed_in_at) == kept_time(told.isoformat(), signed_in_at) == signed_in_at


@pytest.mark.parametrize(
    "text", [None, "", "soon", "2026-13-01", 7, True, [], "2027-03-02T00:00:00Z", "0001-01-01T00:00:00+14:00"]
)
def test_what_is_no_time_or_has_not_come_is_not_known(text: object) -> None:
    assert kept_time(text, SUNDAY) is None


def test_a_clock_may_be_a_day_slow_and_no_more() -> None:
    ahead = SUNDAY + timedelta(days=1)
    assert kept_time(written(ahead), SUNDAY) == ahead
    assert kept_time(written(ahead + timedelta(seconds=1)), SUNDAY) is None


def test_a_time_without_a_zone_is_in_utc() -> None:
    assert kept_time("2026-08-28", SUNDAY) == datetime(2026, 8, 28, tzinfo=UTC)


@given(TIMES, TIMES)
def test_whatever_the_day_there_is_at_most_one_stage_a_day_but_on_the_last(
    signed_in_at: datetime, now: datetime
) -> None:
    midnight = now.replace(hour=0, minute=0, second=0)
    stages = {outlook(signed_in_at, midnight + timedelta(hours=hour)).stage for hour in range(24)}
    assert len(stages) == 1 or stages == {"0_days_ahead", OVER}
