"""What the charts of two regions share and who leads, worked out by hand."""

import pytest

from spotify_assets_tests.support.data.chart_histories import Chart
from spotify_assets_tests.support.data.worked_examples import Days, insights, shown

COLUMNS = ("region", "other_region", "songs", "other_songs", "shared_songs", "songs_only_here", "compared_songs")
LEAD = ("region", "median_lead_days", "leader")


def gb_and_us(days: dict[int, tuple[list[int], list[int]]]) -> Days:
    return {number: {0: Chart("gb", gb), 1: Chart("us", us)} for number, (gb, us) in days.items()}


def test_a_pair_is_told_from_both_sides() -> None:
    # Song 0 was there on the first day of both; song 1 came to gb on day 1 and to us on day 3; song 2 is in gb alone.
    links = insights(gb_and_us({0: ([0], [0]), 1: ([0, 1], [0]), 3: ([0, 1, 2], [0, 1])}))["region_links"]
    assert shown(links, *COLUMNS) == [("gb", "us", 3, 2, 2, 1, 1), ("us", "gb", 2, 3, 2, 0, 1)]
    assert shown(links, "overlap") == [(pytest.approx(2 / 3),), (pytest.approx(2 / 3),)]
    assert shown(links, *LEAD) == [("gb", 2.0, "gb"), ("us", -2.0, "gb")]


def test_nobody_leads_where_songs_arrive_on_the_same_day_or_none_was_seen_to_arrive() -> None:
    together = insights(gb_and_us({0: ([0], [0]), 1: ([0, 1], [0, 1])}))["region_links"]
    assert shown(together, *LEAD) == [("gb", 0.0, None), ("us", 0.0, None)]
    unseen = insights(gb_and_us({0: ([0], [0])}))["region_links"]
    assert shown(unseen, *LEAD) == [("gb", None, None), ("us", None, None)]
    apart = insights(gb_and_us({0: ([0], [1])}))["region_links"]
    assert shown(apart, "shared_songs", "compared_songs", "songs_only_here", "overlap") == [(0, 0, 1, 0.0)] * 2


def test_the_lead_is_the_median_of_the_songs_that_arrived_in_both() -> None:
    # gb has songs 1, 2 and 3 one, two and five days before us.
    links = insights(
        gb_and_us(
            {
                0: ([0], [0]),
                1: ([0, 1, 2, 3], [0]),
                2: ([0, 1, 2, 3], [0, 1]),
                3: ([0, 1, 2, 3], [0, 1, 2]),
                6: ([0, 1, 2, 3], [0, 1, 2, 3]),
            }
        )
    )["region_links"]
    assert shown(links, *LEAD) == [("gb", 2.0, "gb"), ("us", -2.0, "gb")]


def test_a_song_arrives_in_a_region_with_the_first_of_its_playlists() -> None:
    # On us's second playlist song 1 was there on its first day, which is later than its arrival on the first one.
    links = insights(
        {
            0: {0: Chart("gb", [0]), 1: Chart("us", [0])},
            1: {0: Chart("gb", [0]), 1: Chart("us", [0, 1])},
            2: {0: Chart("gb", [0]), 1: Chart("us", [0, 1]), 2: Chart("us", [1])},
            4: {0: Chart("gb", [0, 1]), 1: Chart("us", [0, 1]), 2: Chart("us", [1])},
        }
    )["region_links"]
    assert shown(links, *LEAD) == [("gb", -3.0, "us"), ("us", 3.0, "us")]


def test_a_song_that_was_on_a_playlist_from_its_first_day_may_have_been_there_before() -> None:
    # Song 1 came to us's first playlist on the very day that its second one was first captured, with it.
    links = insights(
        {
            0: {0: Chart("gb", [0]), 1: Chart("us", [0])},
            1: {0: Chart("gb", [0]), 1: Chart("us", [0, 1]), 2: Chart("us", [1])},
            2: {0: Chart("gb", [0, 1]), 1: Chart("us", [0, 1]), 2: Chart("us", [1])},
        }
    )["region_links"]
    assert shown(links, "compared_songs", "leader") == [(0, None), (0, None)]
