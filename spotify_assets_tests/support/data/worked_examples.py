"""Small histories whose insights can be worked out by hand: what a rule says is read off a table in the test.

Days are numbers, the first one 0; charts are told by the songs of `chart_histories`, which names their
artists and releases.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType

import polars as pl

from spotify_assets.transform.insights.day import NOTHING_EARLIER, build_insights
from spotify_assets_tests.support.data.chart_histories import FIRST_DAY, OTHER, Chart, ChartDay, base_tables

# Charts by the number of their playlist, for each captured day.
Days = Mapping[int, Mapping[int, Chart]]


def day(number: int) -> date:
    return FIRST_DAY + timedelta(days=number)


def insights(days: Days, variants: Mapping[int, int] = MappingProxyType({})) -> dict[str, pl.DataFrame]:
    """The insight tables of the last of these days, each made from what the days before say, and the `memory` after it.

    On days with a variant other names, genres and dates hold, as `chart_histories` has them.
    """
    made: dict[str, pl.DataFrame] = {}
    earlier = NOTHING_EARLIER
    for number in sorted(days):
        told = ChartDay(dict(days[number]), variants.get(number, 0))
        made = build_insights(day(number), base_tables(day(number), told), earlier)
        earlier = earlier.followed_by(day(number), made)
    return {**made, "memory": earlier.memory}


def one_chart(region: str, places: Mapping[int, list[int]]) -> Days:
    """A single playlist, as captured on some days."""
    return {number: {0: Chart(region, songs)} for number, songs in places.items()}


def placed(song: int, position: int, length: int = 10) -> list[int]:
    """A chart on which one song has a place, among entries that are no songs."""
    return [song if place == position else OTHER for place in range(1, length + 1)]


def shown(frame: pl.DataFrame, *columns: str, **where: object) -> list[tuple[object, ...]]:
    """Some columns of the rows of which something holds; ids as `Song1`, days as the test numbers them."""
    kept = frame.filter(**where).select(columns)
    return [tuple(_short(value) for value in row) for row in kept.rows()]


def _short(value: object) -> object:
    if isinstance(value, date):
        return (value - FIRST_DAY).days
    return value.lstrip("0") if isinstance(value, str) else value
