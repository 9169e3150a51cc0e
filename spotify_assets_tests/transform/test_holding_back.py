"""Which playlists are held back, each alone, at which number of lost entries, and what becomes of the others."""

import json
from typing import Any

import polars as pl
import pytest

from spotify_assets.schemas.base import BASE
from spotify_assets.transform.holding_back import FLOOR
from spotify_assets_tests.support.data.builders import (
    Json,
    at,
    captured,
    credit,
    entries_of,
    page,
    playlist,
    spotify_id,
    tables_of,
    track,
)

Frames = dict[str, pl.DataFrame]
OTHER = captured(playlist("other", entries_of(track("x"), track("y"))))


def with_lost(lost: int, total: int, **changes: Any) -> Json:
    """A playlist of so many songs, of which the first ones have something odd."""
    odd = changes or {"id": "malformed"}
    return playlist("list", entries_of(*(track(f"s{n}", **(odd if n < lost else {})) for n in range(total))))


def holding_rows(frames: Frames) -> list[tuple[str | None, str]]:
    rules = pl.col("rule").str.contains("held_back|passed_over")
    return frames["rejected_rows"].filter((pl.col("table_name") == "playlists") & rules).select("key", "rule").rows()


def is_held(document: Json, limit: float = 0.02) -> bool:
    frames = tables_of(captured(document), OTHER, limit=limit)
    published = set(frames["playlists"]["playlist_id"])
    assert spotify_id("other") in published
    return spotify_id("list") not in published


@pytest.mark.parametrize(
    ("lost", "total", "limit", "held"),
    [
        pytest.param(1, 30, 0.02, False, id="one of thirty"),
        pytest.param(FLOOR - 1, 10, 0.02, False, id="one below the floor"),
        pytest.param(FLOOR, 10, 0.02, True, id="at the floor"),
        pytest.param(FLOOR, 50, 0.1, False, id="at the limit"),
        pytest.param(FLOOR, 49, 0.1, True, id="beyond the limit"),
        pytest.param(2, 2, 0.02, True, id="all there are"),
        pytest.param(FLOOR, 10, 1, False, id="without a limit"),
        pytest.param(10, 10, 1, False, id="all, without a limit"),
        pytest.param(0, 10, 0, False, id="none"),
    ],
)
@pytest.mark.parametrize("odd", [{"id": "malformed"}, {"id": {"not": "text"}}])
def test_a_playlist_is_held_back_beyond_the_limit_and_from_the_floor_on(
    lost: int, total: int, limit: float, held: bool, odd: Json
) -> None:
    assert is_held(with_lost(lost, total, **odd), limit) is held


@pytest.mark.parametrize(
    ("missing", "entries", "limit", "held"),
    [
        (0, 10, 0.02, False),
        (1, 30, 0.02, False),
        (FLOOR - 1, 10, 0.02, False),
        (FLOOR, 10, 0.02, True),
        (FLOOR, 45, 0.1, False),
        (FLOOR, 44, 0.1, True),
        (1, 0, 0.02, True),
        (0, 0, 0.02, False),
    ],
)
def test_a_playlist_that_is_not_whole_is_held_back_by_the_same_rule(
    missing: int, entries: int, limit: float, held: bool
) -> None:
    rows = entries_of(*(track(f"s{n}") for n in range(entries)))
    document = playlist("list", tracks=page("list", rows, total=entries + missing, next=None))
    assert is_held(document, limit) is held


def test_a_list_of_which_nobody_knows_what_is_missing_is_held_back() -> None:
    rows = entries_of(*(track(f"s{n}") for n in range(50)))
    assert is_held(playlist("list", tracks=page("list", rows, total=50, next="https://api.spotify.com/next")))


def test_one_that_is_nearly_whole_is_published_with_its_doubt() -> None:
    rows = entries_of(*(track(f"s{n}") for n in range(50)))
    frames = tables_of(playlist("list", tracks=page("list", rows, total=51, next=None)))
    assert frames["playlists"]["doubt"].to_list() == ["holds 50 of the 51 entries that it tells"]
    assert frames["playlists"]["entries"].to_list() == [50]


@pytest.mark.parametrize("odd", [{"album": {"id": "short"}}, {"artists": [credit("a", id="short")]}])
def test_many_rejected_albums_or_artists_hold_a_playlist_back_and_few_never_do(odd: Json) -> None:
    assert is_held(with_lost(FLOOR, 10, **odd))
    assert not is_held(with_lost(FLOOR - 1, FLOOR - 1, **odd))


def test_songs_that_were_removed_are_no_loss_unless_no_song_has_an_id() -> None:
    assert not is_held(with_lost(19, 20, id=None))
    assert not is_held(with_lost(FLOOR - 1, FLOOR - 1, id=None))
    assert is_held(with_lost(FLOOR, FLOOR, id=None))
    assert not is_held(with_lost(FLOOR, FLOOR, id=None), limit=1)


def test_nothing_of_a_playlist_that_is_held_back_is_in_any_table_but_rejected_rows() -> None:
    frames = tables_of(captured(with_lost(FLOOR, 10)), OTHER)
    assert frames["playlists"]["playlist_id"].to_list() == [spotify_id("other")]
    assert frames["playlist_items"]["playlist_id"].unique().to_list() == [spotify_id("other")]
    for name in ("songs", "song_artists"):
        assert set(frames[name]["song_id"]) == {spotify_id("x"), spotify_id("y")}
    assert set(frames["albums"]["album_id"]) == {spotify_id("xAlbum"), spotify_id("yAlbum")}
    assert set(frames["artists"]["artist_id"]) == {spotify_id("xArtist"), spotify_id("yArtist")}
    rejected = frames["rejected_rows"]
    rules = {(table, rule): count for table, rule, count in rejected.group_by("table_name", "rule").len().iter_rows()}
    assert rules == {
        ("playlist_items", "playlist_id|held_back"): 10,
        ("playlists", "held_back|entries_without_song"): 1,
        ("playlists", "held_back|rejected_rows"): 1,
    }
    assert BASE.tables["rejected_rows"].schema.is_valid(rejected)


def test_the_reason_names_the_first_places_and_what_stands_there() -> None:
    frames = tables_of(captured(with_lost(7, 10)), OTHER)
    row = frames["rejected_rows"].filter(pl.col("rule") == "held_back|entries_without_song").row(0, named=True)
    told = json.loads(row["row_json"])
    assert (row["key"], row["raw_object"], told["name"]) == (spotify_id("list"), "object-0", "Playlist list")
    assert told["reason"] == (
        "7 of 10 tracks have no readable song: position 1 (Song s0), position 2 (Song s1), "
        "position 3 (Song s2), position 4 (Song s3), position 5 (Song s4) and others"
    )


def test_a_reason_with_room_for_all_places_speaks_of_no_others() -> None:
    frames = tables_of(captured(with_lost(5, 10, id="malformed", name=None)), OTHER)
    (row,) = frames["rejected_rows"].filter(pl.col("rule") == "held_back|entries_without_song")["row_json"]
    places = ", ".join(f"position {number} (without a name)" for number in range(1, 6))
    assert json.loads(row)["reason"] == f"5 of 10 tracks have no readable song: {places}"


def test_entries_that_share_one_malformed_song_count_each() -> None:
    document = playlist("list", entries_of(*[track("top", id="one malformed id")] * 30, *map(track, "abcdefghij")))
    (reason,) = {row for row in holding_rows(tables_of(captured(document), OTHER)) if "song" in row[1]}
    assert reason == (spotify_id("list"), "held_back|entries_without_song")


# Several captures of a day.


def capture(minutes: int, words: str, total: int | None = None) -> Json:
    whole = page("list", entries_of(*map(track, words)), total=total, next=None)
    return captured(playlist("list", tracks=whole), at(minutes))


def test_a_capture_that_is_not_whole_does_not_replace_an_earlier_one_that_is() -> None:
    frames = tables_of(capture(0, "abcdef"), capture(5, "ab", 60), OTHER)
    items = frames["playlist_items"].filter(pl.col("playlist_id") == spotify_id("list"))
    assert items["name"].to_list() == [f"Song {word}" for word in "abcdef"]
    assert holding_rows(frames) == [(spotify_id("list"), "passed_over|not_whole")]


def test_an_earlier_capture_that_was_not_whole_is_nothing_to_tell_of_once_a_whole_one_came() -> None:
    frames = tables_of(capture(0, "ab", 60), capture(5, "abcdef"), OTHER)
    assert frames["rejected_rows"].is_empty()
    assert frames["playlist_items"].height == 6 + 2


def test_of_several_bad_captures_the_last_one_tells_why() -> None:
    frames = tables_of(capture(5, "abc", 60), capture(0, "ab", 60), OTHER)
    (row,) = frames["rejected_rows"].filter(pl.col("rule") == "held_back|not_whole")["row_json"]
    assert json.loads(row)["reason"] == "it is incomplete: holds 3 of the 60 entries that it tells"
    assert frames["rejected_rows"].filter(pl.col("rule") == "playlist_id|held_back").height == 3
