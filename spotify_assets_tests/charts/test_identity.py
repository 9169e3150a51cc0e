from datetime import date

import pytest

from spotify_assets.charts.errors import UnreadableChart
from spotify_assets.charts.identity import Chart, chart_of, check_day, named_in, playlist_of


@pytest.mark.parametrize(
    ("name", "chart", "day"),
    [
        (
            "regional-global-daily-2024-10-31.csv",
            Chart("regional-global-daily", "regional", "daily", "global"),
            date(2024, 10, 31),
        ),
        (
            "down/loads/viral-de-daily-2024-02-29 (1).csv",
            Chart("viral-de-daily", "viral", "daily", "de"),
            date(2024, 2, 29),
        ),
        (
            "regional-us-weekly-2023-11-16.csv.gz",
            Chart("regional-us-weekly", "regional", "weekly", "us"),
            date(2023, 11, 16),
        ),
        (
            "citytoptrack-new-york-city-weekly-2023-11-16.csv",
            Chart("citytoptrack-new-york-city-weekly", "city", "weekly", "new-york-city"),
            date(2023, 11, 16),
        ),
        (
            "citypulsetrack-berlin-weekly-2023-11-16.csv",
            Chart("citypulsetrack-berlin-weekly", "city_pulse", "weekly", "berlin"),
            date(2023, 11, 16),
        ),
        # The second Friday begins the next week.
        (
            "regional-gb-weekly-2020-01-17--2020-01-24.csv",
            Chart("regional-gb-weekly", "regional", "weekly", "gb"),
            date(2020, 1, 23),
        ),
        ("regional-global-daily-latest.csv", Chart("regional-global-daily", "regional", "daily", "global"), None),
        (
            "REGIONAL_GLOBAL_DAILY_2020_12_11.csv",
            Chart("regional-global-daily", "regional", "daily", "global"),
            date(2020, 12, 11),
        ),
        (r"C:\charts\viral-jp-daily-2022-01-01.csv", Chart("viral-jp-daily", "viral", "daily", "jp"), date(2022, 1, 1)),
        ("charts_songs_daily.csv", None, None),
        ("my regional list.csv", None, None),
    ],
)
def test_names_say_chart_and_day(name: str, chart: Chart | None, day: date | None) -> None:
    named = named_in(name)
    assert (named.chart, named.day) == (chart, day)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("regional-global-daily-2023-02-29.csv", "an impossible day"),
        ("regional-global-weekly-2023-11-17.csv", "ends on a Thursday, but 2023-11-17 is a Friday"),
        ("regional-global-weekly-2020-01-16--2020-01-23.csv", "not a week from one Friday to the next"),
        ("regional-global-weekly-2020-01-17--2020-01-31.csv", "not a week from one Friday to the next"),
        ("regional-global-daily-2020-01-17--2020-01-24.csv", "not a week from one Friday to the next"),
        ("regional-xx-daily-2023-02-28.csv", "'xx', which is neither a country code nor global"),
        ("artist-global-daily-2023-02-28.csv", "a chart of artists"),
        ("album-de-weekly-2023-02-28.csv", "a chart of albums"),
    ],
)
def test_names_of_other_things_are_refused(name: str, sentence: str) -> None:
    with pytest.raises(UnreadableChart, match=sentence):
        named_in(name)


def test_ids_are_those_of_the_site() -> None:
    assert chart_of("viral-de-weekly") == Chart("viral-de-weekly", "viral", "weekly", "de")
    for other in ("regional-global-daily-2024-10-31", "top50-de-daily", "regional-daily", ""):
        with pytest.raises(UnreadableChart, match="not a chart id"):
            chart_of(other)


def test_a_playlist_is_a_chart_without_region_and_recurrence() -> None:
    assert playlist_of("37i9dQZEVXbMDoHDwVN2tF") == Chart("37i9dQZEVXbMDoHDwVN2tF", "playlist")
    with pytest.raises(UnreadableChart, match="not a playlist id"):
        playlist_of("Top 50")


def test_days_of_daily_charts_are_any() -> None:
    check_day(chart_of("regional-de-daily"), date(2023, 11, 17))
    with pytest.raises(UnreadableChart, match="is a Friday"):
        check_day(chart_of("regional-de-weekly"), date(2023, 11, 17))
