"""What the checks say of held-back playlists, doubtful captures, odd cells and lost songs: a sentence and a list."""

from collections.abc import Mapping

import polars as pl
import pytest

from spotify_assets.schemas.base import BASE
from spotify_assets.transform import audit_of_doubt as checks
from spotify_assets.transform.audited_day import Audit, Check, History
from spotify_assets.transform.findings import Finding
from spotify_assets.transform.holding_back import REMEDY
from spotify_assets_tests.support.data.builders import (
    DAY,
    LIMIT,
    Json,
    at,
    captured,
    entries_of,
    observations_of,
    page,
    playlist,
    spotify_id,
    tables_of,
    track,
)

GOOD = captured(playlist("good", entries_of(track("x"), track("y"))))
TABLES: Mapping[Check, str] = {
    checks.no_playlist_held_back: "playlists",
    checks.no_doubtful_captures: "playlists",
    checks.no_odd_cells: "playlists",
    checks.every_track_has_a_song: "playlist_items",
    checks.artist_coverage: "song_artists",
}


def found(check: Check, *documents: Json, limit: float = LIMIT) -> Finding:
    frames = {name: frame.lazy() for name, frame in tables_of(*documents, limit=limit).items()}
    audit = Audit(DAY, frames, odd_cells=observations_of(*documents).odd_cells)
    return check(audit, BASE.tables[TABLES[check]], History())


def bad_list(word: str, songs: int = 7) -> Json:
    return captured(playlist(word, entries_of(*(track(f"{word}{number}", id="malformed") for number in range(songs)))))


def not_whole(word: str, minutes: int = 0, total: int = 60) -> Json:
    return captured(playlist(word, tracks=page(word, entries_of(track("x")), total=total, next=None)), at(minutes))


def test_a_day_without_doubt_passes_all() -> None:
    for check in TABLES:
        finding = found(check, GOOD)
        assert (finding.passed, finding.blocking, finding.rows) == (True, False, ()), finding


def test_a_playlist_that_is_held_back_is_told_of_by_name_id_reason_and_remedy() -> None:
    finding = found(checks.no_playlist_held_back, GOOD, not_whole("bad"))
    assert (finding.passed, finding.blocking) == (False, False)
    assert finding.sentence == (
        f"1 playlist is held back: Playlist bad ({spotify_id('bad')}): it is incomplete: holds 1 of the 60 "
        f"entries that it tells. {REMEDY}"
    )
    assert finding.figures == {"held_back": 1, "passed_over": 0}
    reason = "it is incomplete: holds 1 of the 60 entries that it tells"
    shown = {"playlist": "Playlist bad", "playlist_id": spotify_id("bad"), "rule": "held_back|not_whole"}
    [row] = finding.rows
    assert {name: row[name] for name in row if name != "raw_object"} == shown | {"reason": reason}
    assert row["raw_object"]


def test_many_playlists_that_are_held_back_are_counted_and_the_first_named() -> None:
    finding = found(checks.no_playlist_held_back, GOOD, *(bad_list(f"bad{number}") for number in range(7)))
    assert finding.sentence.startswith("7 playlists are held back: Playlist bad0 ")
    assert "; and 9 more" in finding.sentence
    assert finding.figures["held_back"] == 7
    assert len(finding.rows) == 14


def test_a_capture_that_was_passed_over_is_told_of() -> None:
    finding = found(checks.no_playlist_held_back, GOOD, not_whole("good", minutes=9))
    assert not finding.passed
    assert finding.sentence.startswith("No playlist of the day is held back. 1 later capture was passed over for an ")
    assert finding.figures == {"held_back": 0, "passed_over": 1}


def test_a_doubtful_capture_is_published_and_told_of() -> None:
    finding = found(checks.no_doubtful_captures, GOOD, not_whole("list", total=2))
    assert (finding.passed, finding.blocking) == (False, False)
    assert finding.sentence == (
        "1 playlist was captured with doubt and published as read: Playlist list (holds 1 of the 2 entries that it "
        "tells)."
    )
    (row,) = finding.rows
    assert (row["name"], row["playlist_id"]) == ("Playlist list", spotify_id("list"))


def test_odd_cells_are_counted_and_listed_by_path_types_playlist_and_object() -> None:
    odd = captured(playlist("list", entries_of(track("a", duration_ms={}), track("b", duration_ms={}, popularity=101))))
    finding = found(checks.no_odd_cells, GOOD, odd)
    assert (finding.passed, finding.blocking, finding.figures) == (False, False, {"odd_cells": 3})
    assert finding.sentence == (
        "3 values of the raw objects could not be read and are null, such as "
        "playlist.tracks.items[0].track.duration_ms of object-1: an object instead of a whole number."
    )
    assert finding.rows[0] == {
        "path": "playlist.tracks.items[].track.duration_ms",
        "expected": "a whole number",
        "found": "an object",
        "cells": 2,
        "playlist_id": spotify_id("list"),
        "raw_object": "object-1",
        "first": "playlist.tracks.items[0].track.duration_ms, playlist.tracks.items[1].track.duration_ms",
    }
    assert finding.rows[1]["path"] == "items[].track.popularity"


def test_tracks_without_a_song_are_told_of_by_name_and_place() -> None:
    finding = found(checks.every_track_has_a_song, captured(playlist("l", entries_of(track("a"), track("b", id="x")))))
    assert (finding.passed, finding.blocking) == (False, False)
    assert finding.sentence == "1 of 2 tracks has no readable song: Playlist l number 2 (Song b)."
    assert finding.figures == {"tracks": 2, "without_song": 1}
    assert finding.rows == (
        {"playlist": "Playlist l", "playlist_id": spotify_id("l"), "position": 2, "name": "Song b"},
    )


def test_of_much_doubt_the_first_five_are_named_and_a_hundred_listed() -> None:
    doubtful = found(checks.no_doubtful_captures, *(not_whole(f"p{number:03}", total=2) for number in range(101)))
    assert doubtful.sentence.startswith("101 playlists were captured")
    assert doubtful.sentence.count("holds 1 of the 2") == 5
    assert doubtful.figures == {"doubtful": 101}
    held = found(checks.no_playlist_held_back, GOOD, *(not_whole(f"p{number:03}") for number in range(101)))
    assert "; and 96 more" in held.sentence
    assert held.figures == {"held_back": 101, "passed_over": 0}
    songs = entries_of(*(track(f"s{number}", id="x") for number in range(101)), *map(track, "abc"))
    lost = found(checks.every_track_has_a_song, captured(playlist("l", songs)), limit=1)
    assert lost.sentence.count("Playlist l number") == 5
    assert lost.figures == {"tracks": 104, "without_song": 101}
    odd = [captured(playlist(f"p{number:03}", entries_of(track("a", duration_ms={})))) for number in range(101)]
    cells = found(checks.no_odd_cells, *odd)
    assert cells.figures == {"odd_cells": 101}
    for finding in (doubtful, held, lost, cells):
        assert len(finding.rows) == 100, finding.check


@pytest.mark.parametrize(("captures", "more"), [(5, False), (6, True)])
def test_no_more_than_five_held_back_playlists_are_named(captures: int, more: bool) -> None:
    finding = found(checks.no_playlist_held_back, GOOD, *(not_whole(f"p{number}") for number in range(captures)))
    assert finding.sentence.count("it is incomplete") == 5
    assert ("; and 1 more" in finding.sentence) is more
    assert ("more" in finding.sentence) is more


def test_one_odd_cell_is_told_of_as_one() -> None:
    finding = found(checks.no_odd_cells, captured(playlist("list", entries_of(track("a", duration_ms={})))))
    assert finding.sentence.startswith("1 value of the raw objects could not be read and is null, such as ")


def coverage(*without_artists: str) -> Finding:
    """Of a list of x, y and z, worth 3, 2 and 1 points, where some songs have no artists."""
    songs = entries_of(track("x"), track("y"), track("z"))
    frames = {name: frame.lazy() for name, frame in tables_of(captured(playlist("l", songs))).items()}
    known = ~pl.col("song_id").is_in([spotify_id(word) for word in without_artists])
    audit = Audit(DAY, frames | {"song_artists": frames["song_artists"].filter(known)})
    return checks.artist_coverage(audit, BASE.tables["song_artists"], History())


@pytest.mark.parametrize(
    ("without", "share", "passed"), [("", 0, True), ("z", 1 / 6, True), ("x", 1 / 2, True), ("xz", 4 / 6, False)]
)
def test_points_of_songs_without_known_artists_are_told_and_more_than_half_warn(
    without: str, share: float, passed: bool
) -> None:
    finding = coverage(*without)
    assert (finding.passed, finding.blocking) == (passed, False)
    assert finding.figures == {"share_without_known_artists": pytest.approx(share)}
    assert finding.sentence.startswith(f"{share:.0%} of all chart points belong to songs whose artists are given only")
    assert ("docs/charts.md" in finding.sentence) == (not passed)


def test_a_day_without_songs_has_no_points_to_have_artists() -> None:
    finding = found(checks.artist_coverage, captured(playlist("l", [])))
    assert (finding.passed, finding.figures) == (True, {})
