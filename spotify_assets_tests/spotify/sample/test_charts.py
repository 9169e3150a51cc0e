"""The simulation: charts that move as charts do, regions that differ, genres that drift."""

from collections import Counter
from datetime import date
from functools import cache
from itertools import pairwise
from statistics import mean, median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotify_assets.spotify.sample.artists import Artists
from spotify_assets.spotify.sample.charts import Charts
from spotify_assets.spotify.sample.songs import Song, Songs

SEED = 20260211
CHARTS = Charts(SEED, Songs(SEED, Artists(SEED)))
FIRST_DAY = date(2026, 1, 5).toordinal()
REGIONS = ("us", "gb", "br", "jp", "global", "de")

every_region = pytest.mark.parametrize("region", REGIONS)


@cache
def season(region: str) -> list[list[Song]]:
    """The region's charts of 60 days."""
    return [CHARTS.chart(region, FIRST_DAY + offset) for offset in range(60)]


def numbers(chart: list[Song]) -> list[int]:
    return [song.number for song in chart]


@given(st.integers(date(2015, 1, 1).toordinal(), date(2035, 12, 31).toordinal()), st.sampled_from(REGIONS))
@settings(max_examples=6, deadline=None)
def test_from_one_day_to_the_next_most_songs_stay(day: int, region: str) -> None:
    today, tomorrow = numbers(CHARTS.chart(region, day)), numbers(CHARTS.chart(region, day + 1))
    assert len(set(today) & set(tomorrow)) >= 85


def test_a_day_is_the_same_whatever_was_asked_before() -> None:
    fresh = Charts(SEED, Songs(SEED, Artists(SEED)))
    assert numbers(fresh.chart("global", FIRST_DAY + 30)) == numbers(season("global")[30])


@every_region
def test_songs_move_by_a_few_places(region: str) -> None:
    moves = [
        abs(tomorrow.index(number) - place)
        for today, tomorrow in pairwise(map(numbers, season(region)))
        for place, number in enumerate(today)
        if number in tomorrow
    ]
    assert 1 <= median(moves) <= 4
    assert mean(moves) < 6


@every_region
def test_the_first_place_is_held_for_days(region: str) -> None:
    changes = sum(today[0] != tomorrow[0] for today, tomorrow in pairwise(season(region)))
    assert 1 <= changes <= 20


@every_region
def test_songs_debut_every_week_and_some_come_back(region: str) -> None:
    known = set(numbers(season(region)[0]))
    debuts, returns = [], 0
    for yesterday, today in pairwise(season(region)):
        entered = set(numbers(today)) - set(numbers(yesterday))
        debuts.append(len(entered - known))
        returns += len(entered & known)
        known |= entered
    assert all(sum(debuts[day : day + 7]) > 0 for day in range(len(debuts) - 6))
    assert 2 <= mean(debuts) <= 6
    assert returns > 0


def test_regions_differ_but_share_hits() -> None:
    for day in (0, 30, 59):
        charts = {region: set(numbers(season(region)[day])) for region in ("us", "gb", "br", "jp", "de")}
        for region, chart in charts.items():
            for other in charts.keys() - {region}:
                assert len(chart & charts[other]) < 80
        assert charts["us"] & charts["gb"]
        assert charts["us"] & charts["br"]


def test_regions_lead_one_another() -> None:
    """Songs that come to both charts within the season break in one of them first; not always in the same."""

    def first_days(region: str) -> dict[int, int]:
        days: dict[int, int] = {}
        for day, chart in enumerate(season(region)):
            for number in numbers(chart):
                days.setdefault(number, day)
        return {number: day for number, day in days.items() if day > 0}

    us, gb = first_days("us"), first_days("gb")
    leads = [gb[number] - us[number] for number in us.keys() & gb.keys()]
    assert sum(lead > 2 for lead in leads) >= 5
    assert sum(lead < -2 for lead in leads) >= 5


def test_genres_drift_over_months() -> None:
    def shares(first_day: int) -> Counter[str]:
        charts = [CHARTS.chart("us", first_day + offset) for offset in range(0, 28, 7)]
        return Counter(song.artists[0].genre.name for chart in charts for song in chart)

    now, half_a_year_later = shares(FIRST_DAY), shares(FIRST_DAY + 180)
    assert max(abs(now[genre] - half_a_year_later[genre]) for genre in now) > 20


def test_artists_have_several_songs_over_time() -> None:
    songs = {song.number: song for chart in season("us") for song in chart}
    singers = Counter((song.artists[0].number, song.artists[0].profile) for song in songs.values())
    assert max(singers.values()) >= 4
    assert {profile for _, profile in singers} == {"hitmaker", "rising", "viral"}
