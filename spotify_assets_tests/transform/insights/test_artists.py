"""Artists of a region, worked out by hand: points, ranks, weeks, and how steady they are.

Song 0 is of artist 0, song 1 of artist 1, song 2 of both, song 5 of artist 3 (credited twice), song 6 of artist 2.
"""

import pytest

from spotify_assets_tests.support.data.chart_histories import OTHER, Chart
from spotify_assets_tests.support.data.worked_examples import Days, insights, one_chart, placed, shown

# On day 7 artist 0 earns 3 + 3 points, artist 1 earns 2 + 3 + 1, artist 2 earns 1; on day 6 artist 2 earns 2, artist 0
# 1; on day 1 artist 3 earns 1; on day 0, a week before, artist 3 earns 2 and artist 0 earns 1.
WEEK: Days = {
    0: {0: Chart("us", [5, 0])},
    1: {0: Chart("us", [5])},
    6: {0: Chart("us", [6, 0])},
    7: {0: Chart("us", [0, 1, 6]), 1: Chart("us", [2, OTHER, 1])},
}
TRENDS = insights(WEEK)["artist_trends"]


def test_every_artist_of_a_song_earns_its_points_in_full_and_equal_points_share_a_rank() -> None:
    assert shown(TRENDS, "artist_id", "entries", "best_position", "points", "rank") == [
        ("Artist0", 2, 1, 6, 1),
        ("Artist1", 3, 1, 6, 1),
        ("Artist2", 1, 3, 1, 3),
        ("Artist3", 0, None, 0, None),
    ]


def test_points_and_ranks_are_compared_with_the_captured_day_before() -> None:
    assert shown(TRENDS, "artist_id", "points_change", "rank_change") == [
        ("Artist0", 5, 1),
        ("Artist1", 6, None),
        ("Artist2", -1, -2),
        ("Artist3", 0, None),
    ]


def test_a_week_is_the_seven_days_up_to_this_one_and_compared_with_the_week_before() -> None:
    columns = ("artist_id", "week_points", "week_rank", "week_points_change", "week_rank_change", "week_days")
    assert shown(TRENDS, *columns) == [
        ("Artist0", 7, 1, 6, 1, 3),
        ("Artist1", 6, 2, 6, None, 3),
        ("Artist2", 3, 3, 3, None, 3),
        ("Artist3", 1, 4, -1, -3, 3),
    ]


@pytest.mark.parametrize(
    ("gap", "points_change", "week_points", "week_days", "week_points_change"),
    [
        # Both days have the same chart of two places, of which the artist has the top.
        (1, 0, 4, 2, None),
        (6, 0, 4, 2, None),
        (7, 0, 2, 1, 0),
        (8, None, 2, 1, 0),
        (13, None, 2, 1, 0),
        (14, None, 2, 1, None),
    ],
)
def test_windows_of_artists_end_where_they_say(
    gap: int, points_change: int | None, week_points: int, week_days: int, week_points_change: int | None
) -> None:
    trends = insights(one_chart("us", {0: [0, 1], gap: [0, 1]}))["artist_trends"]
    columns = ("points_change", "week_points", "week_days", "week_points_change")
    [first, _] = shown(trends, *columns)
    assert first == (points_change, week_points, week_days, week_points_change)


def test_of_several_days_to_compare_with_the_last_one_counts() -> None:
    # Of days 2 and 3, on which the artist had 2 points and 1; of the weeks up to days 0 and 2, which had 1 and 3.
    days = one_chart("us", {0: [0], 2: [OTHER, 0, 1], 3: [OTHER, OTHER, 0], 9: [0]})
    assert shown(insights(days)["artist_trends"], "artist_id", "points_change", "week_points_change") == [
        ("Artist0", 0, -1)
    ]


def test_an_artist_is_named_as_last_seen_also_after_leaving() -> None:
    # In the first variant artist 0 is called "Artist 0 & Co.".
    days = one_chart("us", {0: [0, 1], 1: [0, 1], 2: [1]})
    for variants, name in (({1: 1}, "Artist 0 & Co."), ({0: 1}, "Artist 0")):
        last = insights(days, variants)
        for table in ("artist_trends", "artist_consistency"):
            assert shown(last[table], "artist_name") == [(name,), ("Artist 1",)], table


# Consistency. Artist 0 is followed on charts of ten places, on which artist 1 is always the last.


def consistency(positions: dict[int, int | None]) -> dict[str, object]:
    """What is told of artist 0, given the position of each captured day; None where the artist is not there."""
    places = {number: [*placed(0, position or 0)[:9], 1] for number, position in positions.items()}
    rows = insights(one_chart("us", places))["artist_consistency"].to_dicts()
    [row] = [row for row in rows if row["artist_name"] == "Artist 0"]
    return row


@pytest.mark.parametrize(
    ("positions", "label", "climb", "trend"),
    [
        pytest.param({0: 9, 3: 4}, "viral", 5, None, id="half the chart in three days"),
        pytest.param({0: 9, 3: 5}, "steady", 4, None, id="a place less"),
        pytest.param({0: 9, 4: 4}, "steady", 0, None, id="a day more"),
        pytest.param({0: None, 1: 6}, "viral", 5, None, id="from just below the chart"),
        pytest.param({0: 4, 1: 9}, "steady", 0, None, id="a fall is no climb"),
        pytest.param({0: 9, 1: None, 2: None}, "occasional", 0, None, id="present on a third of the days"),
        pytest.param({0: 9, 1: None}, "steady", 0, None, id="present on half of the days"),
        pytest.param({0: 5, 7: 4}, "rising", 0, 1, id="a tenth of the chart better than before"),
        pytest.param({0: 4, 1: 5, 8: 4}, "steady", 0, 0.5, id="half of that"),
        pytest.param({0: 4, 7: 5}, "fading", 0, -1, id="a tenth of the chart worse than before"),
        pytest.param({0: 5, 1: 4, 8: 5}, "steady", 1, -0.5, id="half of that worse"),
        pytest.param({0: 5, 6: 4}, "steady", 0, None, id="all within the last seven days"),
    ],
)
def test_the_label_is_the_first_that_fits(
    positions: dict[int, int | None], label: str, climb: int, trend: float | None
) -> None:
    told = consistency(positions)
    assert (told["label"], told["steepest_climb"], told["trend"]) == (label, climb, trend)


def test_mean_and_spread_are_of_the_days_present_alone() -> None:
    told = consistency({0: 2, 1: None, 2: 4})
    assert (told["mean_position"], told["position_spread"]) == (3.0, 1.0)
    assert (told["days_captured"], told["days_present"], told["chart_length"]) == (3, 2, 10)


@pytest.mark.parametrize(("gap", "captured"), [(26, 2), (27, 2), (28, 1), (29, 1)])
def test_consistency_looks_back_on_28_days(gap: int, captured: int) -> None:
    told = consistency({0: 3, gap: 3})
    assert (told["days_captured"], told["days_present"]) == (captured, captured)


def test_an_artist_who_left_28_days_ago_is_no_longer_told_of() -> None:
    # Of the week after leaving there still are trends, without a place.
    days = one_chart("us", {0: [0, 1], 1: [1], 28: [1]})
    assert shown(insights(days)["artist_consistency"], "artist_id", "days_captured") == [("Artist1", 2)]


def test_an_artist_seen_within_28_days_is_told_of_though_not_there_today() -> None:
    told = consistency({0: 3, 27: None})
    assert (told["days_captured"], told["days_present"], told["label"]) == (2, 1, "fading")
