"""Consecutive days are taken together, and said in words."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from spotify_assets.transform.days import named, ranges

DAY = date(2026, 2, 27)


def day(number: int) -> date:
    return DAY + timedelta(days=number)


@given(st.sets(st.integers(0, 60)))
def test_ranges_hold_exactly_the_days_and_never_touch(numbers: set[int]) -> None:
    found = ranges(day(number) for number in numbers)
    held = [first + timedelta(days=ahead) for first, last in found for ahead in range((last - first).days + 1)]
    assert held == sorted(day(number) for number in numbers)
    for (_, last), (following, _) in pairwise(found):
        assert following - last > timedelta(days=1)


def test_ranges_are_named_by_their_ends() -> None:
    assert named(ranges([day(0), day(1), day(2), day(5)])) == "2026-02-27 to 2026-03-01, 2026-03-04"
    assert named([]) == ""
