"""What the checks say of playlists that are missing, emptied, cut short or exchanged, against their own past."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from spotify_assets.schemas.base import BASE
from spotify_assets.transform.audit_of_change import churn, usual_playlists
from spotify_assets.transform.audited_day import Audit, History
from spotify_assets.transform.findings import Finding
from spotify_assets_tests.support.data.builders import (
    DAY,
    Json,
    captured,
    entries_of,
    episode,
    local_file,
    playlist,
    spotify_id,
    tables_of,
    track,
)


def list_of(word: str, songs: Sequence[str] = "") -> Json:
    return captured(playlist(word, entries_of(*map(track, songs))))


def audit_of(*documents: Json) -> Audit:
    return Audit(DAY, {name: frame.lazy() for name, frame in tables_of(*documents).items()})


def songs_before(*places: tuple[str, str]) -> History:
    items = {"playlist_id": [spotify_id(one) for one, _ in places], "song_id": [spotify_id(song) for _, song in places]}
    return History(previous_rows=pl.LazyFrame(items, schema={"playlist_id": pl.String, "song_id": pl.String}))


def churned(history: History, *documents: Json) -> Finding:
    finding = churn(audit_of(*documents), BASE.tables["playlist_items"], history)
    assert not finding.blocking
    return finding


ONE = captured(playlist("one", entries_of(track("a"), track("b"), episode("e"), local_file("File"), track("c"))))


@pytest.mark.parametrize(
    ("history", "sentence"),
    [
        (History(), "Not evaluated: no earlier day to compare with."),
        (songs_before(("other", "x")), "Not evaluated: no playlist was there on the previous day."),
        (
            songs_before(("one", "a"), ("one", "b"), ("one", "x")),
            "At most 33% of a playlist's songs were added and 33% removed since the day before (limit 50%).",
        ),
    ],
)
def test_a_first_day_and_small_changes_pass(history: History, sentence: str) -> None:
    finding = churned(history, ONE)
    assert (finding.passed, finding.sentence) == (True, sentence)


@pytest.mark.parametrize(
    ("today", "figures", "told"),
    [
        pytest.param("", (0, 1), "Playlist one: 0 of 0 songs added, 4 of 4 removed", id="emptied"),
        pytest.param("a", (0, 0.75), "Playlist one: 0 of 1 song added, 3 of 4 removed", id="cut short"),
        pytest.param("abcdwxyzv", (5 / 9, 0), "Playlist one: 5 of 9 songs added, 0 of 4 removed", id="grown"),
        pytest.param("axyz", (0.75, 0.75), "Playlist one: 3 of 4 songs added, 3 of 4 removed", id="exchanged"),
    ],
)
def test_a_list_that_changed_by_more_than_half_is_named(today: str, figures: tuple[float, float], told: str) -> None:
    history = songs_before(*[("one", song) for song in "abcd"], ("two", "t"))
    finding = churned(history, list_of("one", today), list_of("two", "t"))
    assert not finding.passed
    assert finding.figures == {"largest_share_new": figures[0], "largest_share_left": figures[1]}
    assert told in finding.sentence
    assert finding.sentence.startswith("1 playlist has changed")
    assert [row["playlist_id"] for row in finding.rows] == [spotify_id("one")]


@pytest.mark.parametrize(("today", "passed"), [("abxy", True), ("axyz", False), ("ab", True), ("a", False)])
def test_half_of_the_songs_is_the_most_that_passes(today: str, passed: bool) -> None:
    assert churned(songs_before(*[("one", song) for song in "abcd"]), list_of("one", today)).passed is passed


def test_a_song_that_stands_twice_counts_once() -> None:
    # Today a twice, b and c; before, a and b twice: one of three songs is new, though it is one of four entries.
    history = songs_before(("one", "a"), ("one", "b"), ("one", "b"))
    assert churned(history, list_of("one", "abca")).figures["largest_share_new"] == pytest.approx(1 / 3)


def test_songs_of_the_same_playlist_alone_are_compared_and_the_worst_comes_first() -> None:
    # On "one" b and c are new, though c was on "two"; "two" has lost all of it.
    history = songs_before(("one", "a"), ("two", "c"))
    finding = churned(history, list_of("one", "abc"), list_of("two", "xyz"))
    assert [row["playlist"] for row in finding.rows] == ["Playlist two", "Playlist one"]


def test_of_many_lists_that_changed_the_first_five_are_named_and_a_hundred_listed() -> None:
    words = [f"p{number:03}" for number in range(101)]
    finding = churned(songs_before(*[(word, "a") for word in words]), *(list_of(word, "b") for word in words))
    assert finding.sentence.startswith("101 playlists have changed")
    assert finding.sentence.count("1 of 1 removed") == 5
    assert [row["playlist_id"] for row in finding.rows] == [spotify_id(word) for word in words[:100]]


def recent(days: Sequence[tuple[date, Sequence[str]]], **names: Any) -> History:
    """Playlists by day, each of a word or letter."""
    rows = [(day, spotify_id(word), names.get(word, f"Playlist {word}")) for day, words in days for word in words]
    schema = {"snapshot_date": pl.Date, "playlist_id": pl.String, "name": pl.String}
    return History(previous_rows=pl.DataFrame(rows, schema=schema, orient="row").lazy())


def ago(days: int) -> date:
    return DAY - timedelta(days=days)


def usual(history: History, *documents: Json) -> Finding:
    finding = usual_playlists(audit_of(*documents), BASE.tables["playlists"], history)
    assert not finding.blocking
    return finding


def test_a_playlist_of_most_days_that_is_missing_is_named_with_its_last_day() -> None:
    # Of three days x is there on two, y on one, z on all.
    history = recent([(ago(4), "xz"), (ago(3), "xyz"), (ago(1), "z")])
    finding = usual(history, list_of("z", "a"), list_of("new", "a"))
    assert not finding.passed
    assert finding.figures == {"usual": 2, "missing": 1}
    assert finding.sentence.startswith(f"1 of 2 usual playlists are missing: Playlist x (last on {ago(3)}).")
    assert finding.rows == ({"playlist": "Playlist x", "playlist_id": spotify_id("x"), "last_day": str(ago(3))},)


def test_half_of_the_days_does_not_make_a_playlist_usual() -> None:
    assert usual(recent([(ago(2), "xz"), (ago(1), "z")]), list_of("z", "a")).passed
    assert not usual(recent([(ago(1), "xz")]), list_of("z", "a")).passed


@pytest.mark.parametrize(("number", "more"), [(5, ""), (6, "; and 1 more"), (101, "; and 96 more")])
def test_the_first_five_that_are_missing_are_named_and_a_hundred_listed(number: int, more: str) -> None:
    finding = usual(recent([(ago(1), [f"p{word:03}" for word in range(number)])]), list_of("z", "a"))
    assert finding.sentence.count("last on") == 5
    assert f"(last on {ago(1)}){more}. Capture" in finding.sentence
    assert finding.figures == {"usual": number, "missing": number}
    assert len(finding.rows) == min(number, 100)


def test_a_playlist_is_missing_under_its_latest_name() -> None:
    history = recent([(ago(3), "x")], x="Old"), recent([(ago(1), "x")], x="New"), recent([(ago(2), "x")], x="Middle")
    rows = pl.concat([one.previous_rows for one in history if one.previous_rows is not None])
    assert usual(History(previous_rows=rows), list_of("z", "a")).rows[0]["playlist"] == "New"


def test_a_first_day_passes_and_so_does_one_with_all_that_are_usual() -> None:
    assert usual(History(), list_of("z", "a")).sentence == "Not evaluated: no earlier day to compare with."
    assert usual(recent([(ago(1), "z")]), list_of("z")).sentence == "All of 1 usual playlist are present."


def test_one_that_is_held_back_is_told_of_as_that_and_not_as_missing() -> None:
    bad = captured(playlist("x", entries_of(*(track(f"s{number}", id="malformed") for number in range(9)))))
    assert usual(recent([(ago(1), "xz")]), list_of("z", "a"), bad).passed
