"""Genres of a region, worked out by hand.

Artist 0 makes pop; artist 1 rock, jazz and pop; of artists 2 and 3 no genre is known. Song 2 is of artists 0 and 1,
song 3 of 2 and 3, song 4 of nobody; song 0 of artist 0 alone, song 1 of artist 1 alone.
"""

import pytest

from spotify_assets_tests.support.data.worked_examples import insights, one_chart, shown


def test_points_of_a_song_are_split_among_its_artists_and_then_among_their_genres() -> None:
    genres = insights(one_chart("us", {0: [2, 3, 4]}))["genre_trends"]
    # Song 2 has 3 points: 1.5 for pop of artist 0, 0.5 for each genre of artist 1. Songs 3 and 4 have 2 and 1.
    assert shown(genres, "genre", "points", "share", "artists") == [
        ("jazz", 0.5, 0.5 / 6, 1),
        ("pop", 2.0, 2.0 / 6, 2),
        ("rock", 0.5, 0.5 / 6, 1),
        ("unknown", 3.0, 3.0 / 6, 2),
    ]


@pytest.mark.parametrize(
    ("gap", "changed"),
    [
        (6, None),
        (7, "share_change_7_days"),
        (13, "share_change_7_days"),
        (14, None),
        (27, None),
        (28, "share_change_28_days"),
        (34, "share_change_28_days"),
        (35, None),
    ],
)
def test_shares_are_compared_with_the_last_captured_day_of_the_window(gap: int, changed: str | None) -> None:
    # Before, pop had 2 of 3 points; now it has none.
    rows = insights(one_chart("us", {0: [0, 4], gap: [4]}))["genre_trends"].filter(genre="pop").to_dicts()
    told = [{name: value for name, value in row.items() if name.startswith("share_change")} for row in rows]
    found = [{name: change for name, change in row.items() if change is not None} for row in told]
    # A genre that is in no day compared with has no row.
    assert found == ([] if changed is None else [{changed: pytest.approx(-2 / 3)}])


def test_a_genre_that_was_not_there_before_has_gained_all_of_its_share() -> None:
    genres = insights(one_chart("us", {0: [4], 7: [0, 4]}))["genre_trends"]
    rows = shown(genres, "genre", "share", "share_change_7_days", "share_change_28_days")
    assert rows == [
        ("pop", pytest.approx(2 / 3), pytest.approx(2 / 3), None),
        ("unknown", pytest.approx(1 / 3), pytest.approx(-2 / 3), None),
    ]


def test_a_genre_that_has_left_stays_for_comparison_and_is_then_forgotten() -> None:
    days = {0: [0, 4], 7: [4], 14: [4]}
    left = insights(one_chart("us", {number: days[number] for number in (0, 7)}))["genre_trends"]
    assert shown(left, "genre", "points", "share", "artists")[0] == ("pop", 0.0, 0.0, 0)
    assert shown(insights(one_chart("us", days))["genre_trends"], "genre") == [("unknown",)]
