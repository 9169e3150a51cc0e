"""What a playlist remembers and how its songs do, worked out by hand.

Captured on days 0, 1 and 5; song 0 stands twice on the last:

    position   day 0     day 1     day 5
    1          song 0    song 1    song 0
    2          song 1    song 0    song 2
    3          song 2    song 3    song 1
    4                    song 5    song 5
    5                              song 6
    6                              song 0

Another playlist was only there on day 0.
"""

import pytest

from spotify_assets_tests.support.data.chart_histories import OTHER, Chart
from spotify_assets_tests.support.data.worked_examples import insights, one_chart, shown

LAST = insights(
    {
        0: {0: Chart("us", [0, 1, 2]), 1: Chart("gb", [OTHER, 6])},
        1: {0: Chart("us", [1, 0, 3, 5])},
        5: {0: Chart("us", [0, 2, 1, 5, 6, 0])},
    }
)
CHANGES = LAST["playlist_changes"]


@pytest.mark.parametrize(
    ("song", "expected"),
    [
        # position, points, previous position, movement, status
        ("Song0", (1, 6, 2, 1, "up")),
        ("Song1", (3, 4, 1, -2, "down")),
        ("Song2", (2, 5, None, None, "re-entry")),
        ("Song5", (4, 3, 4, 0, "same")),
        ("Song6", (5, 2, None, None, "new")),
    ],
)
def test_a_song_is_compared_with_its_place_on_the_captured_day_before(song: str, expected: tuple[object, ...]) -> None:
    columns = ("position", "points", "previous_position", "movement", "status")
    rows = shown(LAST["song_trends"], "song_id", "previous_capture", *columns)
    assert [row[2:] for row in rows if row[0] == song] == [expected]
    assert {row[1] for row in rows} == {1}


@pytest.mark.parametrize(
    ("song", "expected"),
    [
        # first and last seen, last position, days, streak, peak and its day
        ("Song0", (0, 5, 1, 3, 3, 1, 0)),
        ("Song1", (0, 5, 3, 3, 3, 1, 1)),
        ("Song2", (0, 5, 2, 2, 1, 2, 5)),
        ("Song3", (1, 1, 3, 1, 1, 3, 1)),
        ("Song5", (1, 5, 4, 2, 2, 4, 1)),
        ("Song6", (5, 5, 5, 1, 1, 5, 5)),
    ],
)
def test_a_playlist_remembers_each_song(song: str, expected: tuple[object, ...]) -> None:
    told = ("first_seen", "last_seen", "last_position", "days_on_chart", "streak", "peak_position", "peak_date")
    rows = shown(LAST["memory"], "song_id", "playlist_id", "last_capture", *told)
    assert [row[3:] for row in rows if row[:2] == (song, "Playlist0")] == [expected]
    assert {row[2] for row in rows if row[1] == "Playlist0"} == {5}


def test_a_playlist_that_was_not_captured_keeps_its_memory_as_it_is() -> None:
    columns = ("playlist_id", "song_id", "last_seen", "last_position", "days_on_chart", "streak", "last_capture")
    rows = shown(LAST["memory"], *columns)
    assert [row for row in rows if row[0] == "Playlist1"] == [("Playlist1", "Song6", 0, 2, 1, 1, 0)]


def test_changes_are_what_was_added_removed_and_moved_since_the_captured_day_before() -> None:
    columns = ("song_id", "change", "position", "previous_position", "movement", "first_seen", "last_seen")
    assert shown(CHANGES, *columns) == [
        # It stands there twice now.
        ("Song0", "added", 1, 2, 1, 0, 5),
        ("Song1", "moved", 3, 1, -2, 0, 5),
        ("Song2", "added", 2, None, None, 0, 5),
        ("Song3", "removed", None, 3, None, 1, 1),
        ("Song6", "added", 5, None, None, 5, 5),
    ]
    assert set(shown(CHANGES, "playlist_id", "previous_capture", "region")) == {("Playlist0", 1, "us")}


def test_on_the_first_captured_day_no_song_is_added_and_none_new() -> None:
    first = insights(one_chart("us", {0: [1, 0]}))
    assert shown(first["playlist_changes"], "song_id", "change", "previous_capture") == []
    assert shown(first["song_trends"], "song_id", "status") == [("Song0", "first capture"), ("Song1", "first capture")]


@pytest.mark.parametrize("gap", [1, 6, 13, 27, 34, 56, 57, 400])
def test_days_that_were_not_captured_are_no_absence_however_many(gap: int) -> None:
    last = insights(one_chart("us", {0: [0, 1], gap: [1, 0]}))
    columns = ("song_id", "movement", "days_on_chart", "streak", "previous_capture", "peak_date")
    assert shown(last["song_trends"], *columns) == [("Song0", -1, 2, 2, 0, 0), ("Song1", 1, 2, 2, 0, gap)]
