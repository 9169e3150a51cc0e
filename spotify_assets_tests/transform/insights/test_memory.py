"""What each day says to the memory of playlists, and what the memory is after it, worked out by hand."""

from datetime import timedelta

import polars as pl

from spotify_assets.transform.insights.memory import memory_after
from spotify_assets_tests.support.data.chart_histories import FIRST_DAY, OTHER
from spotify_assets_tests.support.data.worked_examples import insights, one_chart, shown

TOLD = ("song_id", "last_seen", "last_capture", "continued_as")


def said(*charts: list[int]) -> list[tuple[object, ...]]:
    """The rows of the last of some days, one chart after the other."""
    return shown(insights(one_chart("us", dict(enumerate(charts))))["playlist_songs"], *TOLD)


def test_a_day_says_something_of_each_song_that_is_there_or_was_on_the_capture_before() -> None:
    assert said([0, 1, 2], [0, 1]) == [("Song0", 1, 1, None), ("Song1", 1, 1, None), ("Song2", 0, 1, None)]
    # Two days ago it left, and nothing about it has changed since.
    assert said([0, 1, 2], [0, 1], [0, 1]) == [("Song0", 2, 2, None), ("Song1", 2, 2, None)]


def test_of_a_playlist_on_which_nothing_stands_one_song_tells_that_it_was_captured() -> None:
    assert said([0, 1], [OTHER]) == [("Song0", 0, 1, None), ("Song1", 0, 1, None)]
    assert said([0, 1], [OTHER], [OTHER]) == [("Song0", 0, 2, None)]
    assert said([OTHER], [OTHER]) == []


def test_an_id_that_goes_on_under_another_one_has_a_last_row_that_names_it() -> None:
    last = insights(one_chart("us", {0: [3], 1: [4]}))
    assert [row[0] for row in shown(last["playlist_changes"], "change")] == ["relinked"]
    rows = {row[0]: row for row in last["playlist_songs"].select("song_id", "continued_as", "is_available").rows()}
    (old, new) = sorted(rows)
    assert (rows[old], rows[new]) == ((old, new, None), (new, None, True))
    assert last["memory"]["song_id"].to_list() == [new]


def test_the_memory_is_the_last_row_of_each_song_whatever_the_order_of_days() -> None:
    days = {0: [0, 1, 2], 1: [0, 1], 2: [2]}
    made = [insights(one_chart("us", {number: days[number] for number in range(last + 1)})) for last in days]
    rows = pl.concat([of_day["playlist_songs"] for of_day in reversed(made)])
    empty = rows.clear()
    memory = memory_after(empty, rows)
    assert memory.equals(made[-1]["memory"])
    assert memory.equals(memory_after(memory_after(empty, rows.filter(pl.col("snapshot_date") == FIRST_DAY)), rows))
    changed = {row[0]: row[1] for row in shown(memory, "song_id", "snapshot_date")}
    assert changed == {"Song0": 2, "Song1": 2, "Song2": 2}
    # All that is true of the playlist is so of each of its songs.
    assert set(memory["last_capture"]) == {FIRST_DAY + timedelta(days=2)}


def test_days_that_say_nothing_change_nothing() -> None:
    memory = insights(one_chart("us", {0: [0, 1]}))["memory"]
    assert memory_after(memory, memory.clear()).equals(memory)
