"""How releases do, worked out by hand: song 1 came out on day 3, song 0 on day -40, song 2 in some month."""

import pytest

from spotify_assets_tests.support.data.chart_histories import OTHER, Chart
from spotify_assets_tests.support.data.worked_examples import insights, one_chart, placed, shown

COLUMNS = (
    "song_id",
    "debut_date",
    "debut_position",
    "peak_position",
    "peak_date",
    "days_on_chart",
    "position",
    "days_since_release",
    "days_to_peak",
)


def test_a_release_is_followed_from_its_day_on_also_after_it_has_left() -> None:
    # Day 2 is before the release; on day 9 the song is gone; song 2 has no day.
    days = one_chart("us", {2: [1], 3: [2, OTHER, 1], 5: [1, 2], 6: [1], 9: [2]})
    assert shown(insights(days)["release_performance"], *COLUMNS) == [("Song1", 3, 3, 1, 5, 3, None, 6, 2)]


@pytest.mark.parametrize(
    ("days", "known"),
    [
        pytest.param({4: [1], 5: [1]}, False, id="there on the first capture, a day after its release"),
        pytest.param({3: [1], 5: [1]}, True, id="there on the first capture, the day of its release"),
        pytest.param({2: [0], 5: [1]}, True, id="not there on the first capture"),
        pytest.param({2: [1], 5: [1]}, True, id="there before its release, which does not count"),
    ],
)
def test_a_debut_is_known_where_history_does_not_begin_with_it(days: dict[int, list[int]], known: bool) -> None:
    rows = shown(insights(one_chart("us", days))["release_performance"], "song_id", "is_debut_known")
    assert [told for song, told in rows if song == "Song1"] == [known]


def test_a_debut_is_not_known_where_a_chart_of_the_region_begins_with_it() -> None:
    first = {0: Chart("us", [0])}
    both = {0: Chart("us", [0]), 1: Chart("us", [1])}
    rows = shown(insights({2: first, 5: both})["release_performance"], "song_id", "is_debut_known")
    assert ("Song1", False) in rows


def test_a_song_has_its_best_position_among_the_charts_of_a_region() -> None:
    charts = {0: Chart("us", placed(1, 4)), 1: Chart("us", placed(1, 2)), 2: Chart("gb", placed(1, 9))}
    rows = shown(insights({4: charts})["release_performance"], "region", "debut_position", "position", "days_on_chart")
    assert rows == [("gb", 9, 9, 1), ("us", 2, 2, 1)]


@pytest.mark.parametrize(("today", "told"), [(15, True), (16, True), (17, False)])
def test_a_song_takes_part_for_56_days_after_its_release(today: int, told: bool) -> None:
    rows = shown(insights(one_chart("us", {today: [0]}))["release_performance"], "song_id", "days_since_release")
    assert rows == ([("Song0", today + 40)] if told else [])


def test_the_whole_eight_weeks_are_looked_back_on() -> None:
    days = one_chart("us", {3: [1], 30: placed(1, 2), 59: placed(1, 3)})
    assert shown(insights(days)["release_performance"], *COLUMNS) == [("Song1", 3, 1, 1, 3, 3, 3, 56, 0)]


def test_a_region_that_was_not_captured_on_the_day_has_no_rows() -> None:
    rows = insights({4: {0: Chart("us", [1])}, 5: {1: Chart("gb", [2])}})["release_performance"]
    assert rows.is_empty()
