"""Days (UTC): which are possible, and ranges of consecutive ones."""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise

# Spotify launched in October 2008: no playlist or chart is older.
FIRST_DAY = date(2008, 10, 1)


def ranges(days: Iterable[date]) -> list[tuple[date, date]]:
    """Ranges of consecutive days, as (first, last)."""
    known = sorted(days)
    breaks = [index for index, (day, following) in enumerate(pairwise(known), 1) if following - day > timedelta(days=1)]
    edges = [0, *breaks, len(known)] if known else [0]
    return [(known[start], known[end - 1]) for start, end in pairwise(edges)]


def named(found: Iterable[tuple[date, date]]) -> str:
    """Ranges of days in words."""
    return ", ".join(str(first) if first == last else f"{first} to {last}" for first, last in found)
