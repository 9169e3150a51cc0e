"""Gone is not removed, worked out by hand.

Songs 0 to 2 were put on the list in one go, songs 3 and 4 in another, song 5 alone, and of song 6 that is not known.
"""

import pytest

from spotify_assets_tests.support.data.chart_histories import gone, song_id
from spotify_assets_tests.support.data.worked_examples import insights, one_chart, shown


def changes(*days: list[int], variants: dict[int, int] | None = None) -> dict[str, str]:
    """What changed on the last of some captured days, by song."""
    made = insights(one_chart("us", dict(enumerate(days))), variants or {})
    return {str(song): str(change) for song, change in shown(made["playlist_changes"], "song_id", "change")}


@pytest.mark.parametrize(
    ("then", "now", "expected"),
    [
        ([0, 1, 2], [0, gone(1), 2], {"Song1": "became_unavailable"}),
        ([0, 1, 2], [0, 2], {"Song1": "removed", "Song2": "moved"}),
        # At either end, and all of them.
        ([0, 1, 2], [gone(0), 1, 2], {"Song0": "became_unavailable"}),
        ([0, 1, 2], [0, 1, gone(2)], {"Song2": "became_unavailable"}),
        ([0, 1], [gone(0), gone(1)], {"Song0": "became_unavailable", "Song1": "became_unavailable"}),
        # Further down, since something was put on top.
        ([0, 5], [3, 0, gone(5)], {"Song0": "moved", "Song3": "added", "Song5": "became_unavailable"}),
        # Added at another time: it is not this song's entry. Nor where that is not known.
        ([0, 5, 2], [0, gone(3), 2], {"Song5": "removed"}),
        ([0, 6, 2], [0, gone(6), 2], {"Song6": "removed"}),
        # Elsewhere on the list.
        ([0, 1, 5, 3], [0, 5, gone(1), 3], {"Song1": "removed", "Song5": "moved"}),
        # Two are missing, and one entry is left: which one it was is not guessed.
        ([3, 0, 1, 4], [3, gone(0), 4], {"Song0": "removed", "Song1": "removed", "Song4": "moved"}),
    ],
)
def test_an_entry_without_its_song_is_the_missing_one_where_that_is_certain(
    then: list[int], now: list[int], expected: dict[str, str]
) -> None:
    assert changes(then, now) == expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (([0, 1], [0, gone(1)], [0, gone(1)]), {}),
        (([0, 1], [0, gone(1)], [0, 1]), {"Song1": "available_again"}),
        (([0, 1], [0, gone(1)], [0]), {"Song1": "removed"}),
        (([0, 1], [0, gone(1)], [0], [0, 1]), {"Song1": "added"}),
        # It may move meanwhile.
        (([0, 1, 3], [0, gone(1), 3], [gone(1), 3, 0]), {"Song0": "moved", "Song3": "moved"}),
    ],
)
def test_it_stays_unavailable_until_it_is_back_or_its_entry_is_gone(
    days: tuple[list[int], ...], expected: dict[str, str]
) -> None:
    assert changes(*days) == expected


def test_a_song_that_is_not_played_keeps_its_place() -> None:
    """Song 2 is not playable in variant 2."""
    assert changes([2, 0], [2, 0], variants={1: 2})["Song2"] == "became_unavailable"
    assert changes([2, 0], [2, 0], [2, 0], variants={1: 2}) == {"Song2": "available_again"}
    made = insights(one_chart("us", {0: [2, 0], 1: [2, 0]}), {1: 2})
    assert shown(made["song_trends"], "position", "days_on_chart", song_id=song_id(2)) == [(1, 2)]
    assert shown(made["playlist_songs"], "is_available", song_id=song_id(2)) == [(False,)]


@pytest.mark.parametrize(
    ("then", "now", "expected"),
    [
        ([0, 5, 0], [0, 5], {"Song0": "removed"}),
        ([0, 5], [0, 5, 0], {"Song0": "added"}),
        ([0, 0, 0], [0], {"Song0": "removed"}),
        # Of a song that moves as well the entry is told, with both positions.
        ([5, 0, 0], [0, 5], {"Song0": "removed", "Song5": "moved"}),
    ],
)
def test_a_duplicate_that_is_deleted_is_a_removal(then: list[int], now: list[int], expected: dict[str, str]) -> None:
    assert changes(then, now) == expected
