"""Where windows begin and end, day by day."""

from datetime import timedelta

import polars as pl
import pytest

from spotify_assets.transform.insights.windows import Window, captured_days, days_compared_with, on_days
from spotify_assets_tests.support.data.chart_histories import FIRST_DAY
from spotify_assets_tests.support.data.worked_examples import day

TODAY = 100


def captured(*numbers: int, series: str = "playlist", region: str = "us") -> pl.DataFrame:
    return pl.DataFrame({"series": series, "region": region, "snapshot_date": [day(number) for number in numbers]})


@pytest.mark.parametrize(("back", "until", "first", "last"), [(0, 0, 100, 100), (6, 0, 94, 100), (6, 1, 94, 99)])
def test_a_window_has_both_of_its_ends(back: int, until: int, first: int, last: int) -> None:
    found = on_days(captured(*range(80, 110)), day(TODAY), back, until)["snapshot_date"]
    assert [(told - FIRST_DAY).days for told in found] == list(range(first, last + 1))


@pytest.mark.parametrize(("back", "until", "first", "last"), [(0, 0, 100, 100), (6, 0, 94, 100), (6, 1, 94, 99)])
def test_a_window_of_rows_has_the_same_ends_and_its_days_in_order(back: int, until: int, first: int, last: int) -> None:
    window = Window.of(captured(*range(109, 79, -1)))
    found = window.on_days(day(TODAY), back, until)["snapshot_date"]
    assert [(told - FIRST_DAY).days for told in found] == list(range(first, last + 1))


def test_a_window_goes_on_with_as_many_days_and_gives_the_rows_as_they_came() -> None:
    window = Window.of(captured(95, 97, 98))
    assert window.rows().equals(captured(95, 97, 98))
    after = window.followed_by(day(TODAY), captured(TODAY).with_columns(further=1), 3)
    assert after.rows().equals(captured(98, TODAY))
    assert window.rows().equals(captured(95, 97, 98))


def test_a_window_without_days_has_no_rows_and_all_columns() -> None:
    window = Window.of(captured())
    assert window.rows().is_empty()
    assert window.on_days(day(TODAY), 7).columns == captured(1).columns


@pytest.mark.parametrize("days", [1, 7, 28])
def test_the_day_compared_with_is_at_least_so_long_ago_and_at_most_six_days_more(days: int) -> None:
    for gap in range(days - 1, days + 9):
        compared = days_compared_with(captured(TODAY - gap), day(TODAY), days)["compared_with"].to_list()
        assert compared == ([day(TODAY - gap)] if days <= gap <= days + 6 else []), gap


def test_each_region_is_compared_with_its_own_last_day_in_each_series() -> None:
    days = pl.concat(
        [
            captured(88, 90, 93, 94),
            captured(87, 91, region="gb"),
            captured(86, 94, region="fr"),
            captured(89, series="viral-daily"),
        ]
    )
    compared = days_compared_with(days, day(TODAY), 7).sort("series", "region")
    assert compared.rows() == [
        ("playlist", "gb", day(91)),
        ("playlist", "us", day(93)),
        ("viral-daily", "us", day(89)),
    ]


def test_a_region_is_captured_where_songs_stood_on_its_charts_and_as_long_as_its_longest() -> None:
    trends = pl.DataFrame(
        {
            "series": ["playlist", "playlist", "playlist", "viral-daily"],
            "region": ["us", "us", "gb", "us"],
            "snapshot_date": [FIRST_DAY, FIRST_DAY, FIRST_DAY + timedelta(days=1), FIRST_DAY],
            "position": [3, 1, 2, 1],
            "points": [8, 50, 1, 100],
            "label": [None, "One", None, None],
        }
    )
    assert sorted(captured_days(trends).rows()) == [
        ("playlist", "gb", day(1), 2, False),
        ("playlist", "us", day(0), 50, True),
        ("viral-daily", "us", day(0), 100, False),
    ]
