"""A recording goes on under another id, worked out by hand.

Songs 3 and 4 have one ISRC. Song 6 is linked from song 5 in variant 1. The others are recordings of their own.
"""

import pytest

from spotify_assets_tests.support.data.chart_histories import Chart, song_id
from spotify_assets_tests.support.data.worked_examples import insights, one_chart, shown

CHANGE = ("song_id", "previous_song_id", "change", "position", "previous_position")
TREND = ("song_id", "position", "previous_position", "status", "days_on_chart", "first_seen")


def test_the_same_recording_under_another_id_is_neither_removed_nor_added() -> None:
    last = insights(one_chart("us", {0: [2, 3], 1: [0, 4, 2]}))
    assert shown(last["playlist_changes"], *CHANGE) == [
        ("Song0", None, "added", 1, None),
        ("Song2", None, "moved", 3, 1),
        ("Song4", "Song3", "relinked", 2, 2),
    ]
    assert shown(last["song_trends"], *TREND, song_id=song_id(4)) == [("Song4", 2, 2, "same", 2, 0)]
    assert shown(last["memory"], "song_id", "previous_song_id", "recording_id", song_id=song_id(4)) == [
        ("Song4", "Song3", "JPAAA2600003")
    ]
    assert shown(last["memory"], "song_id", song_id=song_id(3)) == []


def test_it_goes_on_where_it_comes_back_under_another_id_and_then_under_the_first() -> None:
    last = insights(one_chart("us", {0: [3, 0], 1: [0], 2: [0, 4], 3: [3, 0]}))
    assert shown(last["song_trends"], *TREND, song_id=song_id(3)) == [("Song3", 1, 2, "up", 3, 0)]
    assert shown(last["memory"], "song_id", "peak_position", "peak_date", "days_on_chart") == [
        ("Song0", 1, 1, 4),
        ("Song3", 1, 0, 3),
    ]


def test_two_ids_on_a_playlist_at_once_are_two_songs() -> None:
    last = insights(one_chart("us", {0: [3, 4], 1: [4, 3], 2: [4]}))
    assert shown(last["playlist_changes"], *CHANGE) == [("Song3", None, "removed", None, 2)]
    assert shown(last["song_trends"], *TREND) == [("Song4", 1, 1, "same", 3, 0)]


@pytest.mark.parametrize("variants", [{1: 1}, {0: 1}])
def test_what_spotify_links_is_one_recording_also_without_a_code(variants: dict[int, int]) -> None:
    """Song 6 names song 5 as the one that it stands for: on the later day, or on the earlier one."""
    then, now = (5, 6) if 1 in variants else (6, 5)
    last = insights(one_chart("us", {0: [then], 1: [now]}), variants)
    assert shown(last["playlist_changes"], "song_id", "previous_song_id", "change") == [
        (f"Song{now}", f"Song{then}", "relinked")
    ]
    assert shown(last["memory"], "recording_id") == [(f"Song{then}",)]


def test_a_recording_is_one_song_in_what_its_release_and_its_regions_tell() -> None:
    days = {
        # What is on a first capture may have been there before: the recording comes to gb on day 1, to us on day 3.
        0: {0: Chart("us", [0]), 1: Chart("gb", [0])},
        1: {0: Chart("us", [0]), 1: Chart("gb", [3, 0])},
        3: {0: Chart("us", [0, 4]), 1: Chart("gb", [0, 3])},
    }
    last = insights(days)
    links = shown(last["region_links"], "region", "shared_songs", "compared_songs", "median_lead_days", "leader")
    assert links == [("gb", 2, 1, 2.0, "gb"), ("us", 2, 1, -2.0, "gb")]


def test_a_release_goes_on_under_the_id_seen_last() -> None:
    """Song 5 has no day of release in variant 0; song 6 neither; songs 1 and 0 are told apart by their codes."""
    last = insights(one_chart("us", {4: [2, 4], 5: [1, 2], 6: [1, 2]}))
    assert shown(last["release_performance"], "song_id", "debut_date", "days_on_chart") == [("Song1", 5, 2)]
