"""The charts of a day, from its base tables."""

import polars as pl
import pytest

from spotify_assets.transform.insights.charts import read_charts
from spotify_assets_tests.support.data.chart_histories import FIRST_DAY, OTHER, Chart, ChartDay, base_tables
from spotify_assets_tests.support.data.worked_examples import shown

CHARTS = read_charts(
    FIRST_DAY, base_tables(FIRST_DAY, ChartDay({0: Chart("us", [2, OTHER, 0, 2]), 1: Chart(None, [1])}))
)


def test_a_song_stands_once_on_a_playlist_at_its_better_position() -> None:
    assert shown(CHARTS.places, "playlist_id", "song_id", "region", "position", "points") == [
        ("Playlist0", "Song2", "us", 1, 4),
        ("Playlist0", "Song0", "us", 3, 2),
        ("Playlist1", "Song1", "unassigned", 1, 1),
    ]


@pytest.mark.parametrize(
    ("chart_type", "recurrence", "series"),
    [
        (None, None, "playlist"),
        ("playlist", None, "playlist"),
        ("regional", "daily", "regional-daily"),
        ("viral", "weekly", "viral-weekly"),
        ("moods of our own", None, "moods of our own"),
    ],
)
def test_the_series_is_the_chart_type_with_its_recurrence(
    chart_type: str | None, recurrence: str | None, series: str
) -> None:
    told = ChartDay({0: Chart("us", [0], chart_type, recurrence)})
    charts = read_charts(FIRST_DAY, base_tables(FIRST_DAY, told))
    assert (charts.playlists["series"].to_list(), charts.places["series"].to_list()) == ([series], [series])


@pytest.mark.parametrize(("song", "artists"), [(0, "Artist 0"), (2, "Artist 0, Artist 1"), (4, None)])
def test_artists_of_a_song_are_named_in_the_order_of_their_credits(song: int, artists: str | None) -> None:
    charts = read_charts(FIRST_DAY, base_tables(FIRST_DAY, ChartDay({0: Chart("us", [song])})))
    assert shown(charts.places, "artist_names") == [(artists,)]


@pytest.mark.parametrize(("song", "released"), [(0, -40), (1, 3), (2, None), (3, None), (5, None), (6, None)])
def test_a_release_is_a_day_and_never_a_month_or_a_year(song: int, released: int | None) -> None:
    charts = read_charts(FIRST_DAY, base_tables(FIRST_DAY, ChartDay({0: Chart("us", [song])})))
    assert shown(charts.places, "release_date") == [(released,)]


def test_an_artist_is_credited_once_on_a_song() -> None:
    charts = read_charts(FIRST_DAY, base_tables(FIRST_DAY, ChartDay({0: Chart("us", [2, 5])})))
    assert shown(charts.credits, "song_id", "artist_id") == [
        ("Song2", "Artist0"),
        ("Song2", "Artist1"),
        ("Song5", "Artist3"),
    ]


def test_a_song_and_an_artist_whose_names_could_not_be_read_are_shown_with_an_empty_one() -> None:
    base = base_tables(FIRST_DAY, ChartDay({0: Chart("us", [0, 2])}))
    nameless = {name: base[name].with_columns(name=pl.lit(None, pl.String)) for name in ("songs", "artists")}
    charts = read_charts(FIRST_DAY, {**base, **nameless})
    assert charts.places["song_name"].to_list() == ["", ""]
    assert set(charts.artists["name"]) == {""}
