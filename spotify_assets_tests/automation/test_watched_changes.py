"""What people are told of the changes of a day, as a pure function."""

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotify_assets.automation.watched_changes import MOST_LINES, WORDS, message_about
from spotify_assets.schemas import TABLES
from spotify_assets.spotify.playlist_entry import PlaylistEntry, Watch

DAY, BEFORE = date(2026, 3, 2), date(2026, 3, 1)
EVERYTHING = Watch()


def row(
    song: str, change: str, position: int | None = None, before: int | None = None, **others: Any
) -> dict[str, Any]:
    given = {"song_id": f"id-{song}", "song_name": song, "artist_names": f"Artist {song}, Guest"}
    given |= dict.fromkeys(("previous_song_id", "occurrences", "previous_occurrences"))
    places = {"change": change, "position": position, "previous_position": before, "previous_capture": BEFORE}
    return given | places | others


def changes(*rows: dict[str, Any]) -> pl.DataFrame:
    schema = TABLES["playlist_changes"].schema.create_empty().schema
    return pl.DataFrame(list(rows), {name: schema[name] for name in row("A", "added")})


def told(watch: Watch, *rows: dict[str, Any]) -> list[str]:
    """The lines about changes, in their order."""
    alert = message_about(PlaylistEntry("p", "Mine", None, (), (watch,)), DAY, changes(*rows), ARTISTS)
    return [] if alert is None else [line.removeprefix("- ") for line in alert.message.splitlines()[1:]]


ARTISTS = {"id-A": {"artist-1", "Tyler, The Creator"}}
CAME, LEFT = row("A", "added", 5), row("A", "removed", None, 12)
CLIMBED, FELL = row("A", "moved", 8, 14), row("A", "moved", 14, 8)


def test_a_message_says_playlist_day_what_it_is_compared_with_and_each_change() -> None:
    alert = message_about(PlaylistEntry("p", "Mine", None, (), (EVERYTHING,)), DAY, changes(LEFT, CAME), {})
    assert alert is not None
    assert alert.subject == "Mine: 2 changes on 2026-03-02"
    assert alert.message.splitlines() == [
        "Mine on 2026-03-02, compared with 2026-03-01:",
        "- A by Artist A, Guest was added at 5",
        "- A by Artist A, Guest was removed (was at 12)",
    ]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (CAME, "was added at 5"),
        (LEFT, "was removed (was at 12)"),
        (CLIMBED, "climbed from 14 to 8"),
        (FELL, "fell from 8 to 14"),
        (row("A", "became_unavailable", None, 3), "is no longer available on Spotify (was at 3)"),
        (row("A", "became_unavailable", 3, 3), "is no longer available on Spotify at 3 (was at 3)"),
        (row("A", "available_again", 4), "is available again at 4"),
        (row("A", "relinked", 4, 5), "is now another edition of the same recording at 4 (was at 5)"),
        (row("A", "added", 4, 4, previous_occurrences=1, occurrences=2), "is on the list 2 times now, 1 before"),
        (row("A", "removed", 4, 4, previous_occurrences=2, occurrences=1), "is on the list 1 time now, 2 before"),
        (row("A", "added", 4, None, occurrences=2), "was added at 4"),
        (row("A", "some_new_kind", 4), "some new kind at 4"),
    ],
)
def test_every_kind_of_change_has_its_words(change: dict[str, Any], sentence: str) -> None:
    assert told(EVERYTHING, change) == [f"A by Artist A, Guest {sentence}"]


@pytest.mark.parametrize(
    ("watch", "change", "is_told"),
    [
        *((Watch(song=name), CAME, True) for name in ("id-A", "A", "a", " A ")),
        *((Watch(song=name), CAME, False) for name in ("id-B", "B", "id-a", "Artist A")),
        (Watch(song="STRASSE"), row("Straße", "added", 1), True),
        (Watch(song="A"), LEFT, True),
        (Watch(song="A"), CLIMBED, False),
        *((Watch(artist=name), CAME, True) for name in ("artist a", "GUEST", "artist-1", "tyler, the creator")),
        *((Watch(artist=name), CAME, False) for name in ("A", "Artist", "Artist A, Guest", "id-A")),
        (Watch(artist="guest"), LEFT, True),
        (Watch(artist="guest"), FELL, False),
        *((Watch(position=place), CLIMBED, place in {8, 13}) for place in (7, 8, 13, 14)),
        (Watch(position=10), FELL, False),
        (Watch(position=5), CAME, True),
        (Watch(position=4), CAME, False),
        (Watch(position=100), LEFT, False),
        (Watch(position=10), row("A", "available_again", 4), True),
        (Watch(position=10), row("A", "relinked", 4), False),
        (Watch(position=10), row("A", "relinked", 4, 14), True),
        (Watch(position=10), row("A", "became_unavailable", 4, 14), False),
        (Watch(song="id-old"), row("A", "relinked", 4, 4, previous_song_id="id-old"), True),
        (Watch(song="a", position=10), CLIMBED, True),
        (Watch(song="b", position=10), CLIMBED, False),
        (Watch(song="a", position=10), LEFT, False),
        (Watch(artist="guest", position=10), CLIMBED, True),
        (Watch(artist="nobody", position=10), CLIMBED, False),
        (Watch(artist="nobody"), row("A", "added", 1, artist_names=None), False),
    ],
)
def test_what_is_told_is_what_was_asked_for(watch: Watch, change: dict[str, Any], is_told: bool) -> None:
    assert bool(told(watch, change)) is is_told


def test_a_position_is_told_as_reached_by_the_best_one_asked_for() -> None:
    watches = (EVERYTHING, Watch(position=10), Watch(position=1))
    rows = changes(row("A", "moved", 1, 14), row("B", "added", 9), row("C", "added", 11))
    alert = message_about(PlaylistEntry("p", "Mine", None, (), watches), DAY, rows, {})
    assert alert is not None
    assert [line.partition(" Artist ")[2] for line in alert.message.splitlines()[1:]] == [
        "A, Guest reached number 1 (was at 14)",
        "B, Guest reached the top 10, now at 9",
        "C, Guest was added at 11",
    ]


def test_without_changes_or_a_watch_nothing_is_told() -> None:
    assert told(EVERYTHING) == []
    assert message_about(PlaylistEntry("p", "Mine", None, ()), DAY, changes(CAME), {}) is None


def test_what_moved_most_comes_first() -> None:
    rows = [row("A", "moved", 5, 6), row("B", "moved", 1, 9), row("C", "moved", 20, 15), row("D", "removed", None, 1)]
    assert [line[0] for line in told(EVERYTHING, *rows)] == ["D", "B", "C", "A"]


def test_an_old_row_that_does_not_say_what_it_is_compared_with_is_told_all_the_same() -> None:
    entry = PlaylistEntry("p", "Mine", None, (), (EVERYTHING,))
    alert = message_about(entry, DAY, changes(row("A", "added", 5, previous_capture=None)), {})
    assert alert is not None
    assert alert.message.startswith("Mine on 2026-03-02:\n")


@settings(deadline=None, max_examples=50)
@given(
    st.lists(
        st.builds(
            row,
            st.text(max_size=200),
            st.sampled_from([*WORDS, "other"]),
            st.none() | st.integers(1, 500),
            st.none() | st.integers(1, 500),
        ),
        max_size=3 * MOST_LINES,
    ),
    st.text(max_size=200),
)
def test_whatever_the_names_a_message_is_short_a_line_a_change_and_says_how_many_more(
    rows: list[dict[str, Any]], name: str
) -> None:
    alert = message_about(PlaylistEntry("p", name, None, (), (EVERYTHING,)), DAY, changes(*rows), {})
    assert (alert is None) is (not rows)
    if alert is not None:
        lines = alert.message.splitlines()
        assert len(alert.message) < 6_000
        assert "\n" not in alert.subject
        assert len(lines) == 1 + min(len(rows), MOST_LINES) + (len(rows) > MOST_LINES)
        assert (lines[-1] == f"… and {len(rows) - MOST_LINES} more") is (len(rows) > MOST_LINES)
