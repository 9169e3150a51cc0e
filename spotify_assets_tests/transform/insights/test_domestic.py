"""How much of a country's charts falls to artists from there, worked out by hand.

Artist 0 is from GB, artist 1 from US, artist 3 from JP; of artist 2 no country is known. Song 2 is of artists 0 and 1,
song 3 of 2 and 3, song 4 of nobody, song 6 of artist 2.
"""

import pytest

from spotify_assets_tests.support.data.chart_histories import OTHER, gone
from spotify_assets_tests.support.data.worked_examples import insights, one_chart, shown

POINTS = ("points", "domestic_points", "foreign_points", "unknown_points")


def test_points_are_split_among_the_artists_and_told_by_where_these_are_from() -> None:
    # Song 2 has 3 points, half of them domestic; song 3 has 2, of which 1 is unknown; song 4 has 1.
    [row] = shown(insights(one_chart("gb", {0: [2, 3, 4]}))["domestic_share"], "country", *POINTS)
    assert row == ("GB", 6.0, 1.5, 2.5, 2.0)
    [row] = shown(
        insights(one_chart("gb", {0: [2, 3, 4]}))["domestic_share"],
        "share",
        "known_share",
        "artists",
        "domestic_artists",
    )
    assert row == (0.25, pytest.approx(4 / 6), 4, 1)


def test_places_without_a_song_are_part_of_no_figure_and_told() -> None:
    places = [OTHER, 0, gone(1), 0, 6]
    [row] = shown(insights(one_chart("gb", {0: places}))["domestic_share"], "points", "points_without_song")
    # Song 0 has 4 points and song 6 has 1; 5 and 3 are nobody's, and 2 are of song 0 again.
    assert row == (5.0, 10)


def test_a_region_whose_artists_are_all_unknown_has_no_share() -> None:
    [row] = shown(insights(one_chart("us", {0: [6]}))["domestic_share"], *POINTS, "share", "known_share", "artists")
    assert row == (1.0, 0.0, 0.0, 1.0, None, 0.0, 1)


def test_a_region_without_domestic_artists_has_a_share_of_nothing() -> None:
    [row] = shown(insights(one_chart("fr", {0: [0]}))["domestic_share"], *POINTS, "share", "known_share")
    assert row == (1.0, 0.0, 1.0, 0.0, 0.0, 1.0)


@pytest.mark.parametrize(
    ("region", "country"), [("gb", "GB"), ("GB", "GB"), ("uk", "GB"), ("us", "US"), ("global", None), ("u", None)]
)
def test_a_region_is_a_country_where_it_is_the_code_of_one(region: str, country: str | None) -> None:
    rows = shown(insights(one_chart(region, {0: [0]}))["domestic_share"], "country")
    assert rows == ([] if country is None else [(country,)])
