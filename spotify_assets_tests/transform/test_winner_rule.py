"""The winner rule and the keys between tables, on days made up of odd, contradicting and broken observations."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from spotify_assets.schemas.base import BASE, FOREIGN_KEYS
from spotify_assets.transform.decode import RawObject
from spotify_assets.transform.observations import observe
from spotify_assets.transform.tables import build_tables
from spotify_assets_tests.support.data.builders import (
    DAY,
    LIMIT,
    Json,
    album,
    at,
    captured,
    captured_profiles,
    credit,
    entries_of,
    pages,
    playlist,
    profile,
    raw,
    spotify_id,
    tables_of,
    track,
)
from spotify_assets_tests.support.data.odd_days import captures, documents, doubtful, few, good_songs

Frames = dict[str, pl.DataFrame]


def build(objects: Iterable[RawObject]) -> Frames:
    observations = observe(objects, DAY, "spotify")
    assert observations.quarantined == []
    return build_tables(observations, DAY, LIMIT).frames


def named(found: Sequence[object]) -> list[RawObject]:
    return [raw(document, f"object-{number}") for number, document in enumerate(found)]


def assert_same_tables(left: Frames, right: Frames) -> None:
    assert list(left) == list(right) == list(BASE.tables)
    for name in BASE.tables:
        assert_frame_equal(left[name], right[name])


@few
@given(st.one_of(documents, doubtful), st.randoms(use_true_random=False))
def test_the_order_of_raw_objects_changes_nothing(found: list[Json], random: Any) -> None:
    objects = named(found)
    shuffled = random.sample(objects, len(objects))
    assert_same_tables(build(objects), build(shuffled))


@few
@given(documents)
def test_landing_the_same_objects_again_under_later_names_changes_no_published_row(found: list[Json]) -> None:
    again = [raw(document, f"x-object-{number}") for number, document in enumerate(found)]
    once, twice = build(named(found)), build([*named(found), *again])
    for name in BASE.tables.keys() - {"rejected_rows"}:
        assert_frame_equal(once[name], twice[name])


def split_otherwise(found: list[Json], size: int) -> Iterator[list[Json]]:
    """The same documents, several to an object where no playlist stands in it twice, playlists cut into pages."""
    waiting = list(found)
    while waiting:
        bundle: dict[str, Json] = {}
        for document in list(waiting):
            key = document["playlist"]["id"] if "playlist" in document else "artists"
            if key not in bundle:
                bundle[key] = document
                waiting.remove(document)
        yield [part for document in bundle.values() for part in parts_of(document, size)][::-1]


def parts_of(document: Json, size: int) -> list[Json]:
    whole = document.get("playlist")
    if whole is None or not whole["tracks"]["items"]:
        return [document]
    first, *others = pages(whole["id"].lstrip("0"), whole["tracks"]["items"], size)
    return [
        document | {"playlist": whole | {"tracks": first}},
        *({"envelope": document["envelope"], "playlist": {"tracks": page}} for page in others),
    ]


def one_capture_per_moment(found: list[Json]) -> list[Json]:
    """At most one capture of a playlist at a moment, since there the name of the object decides."""
    seen: dict[tuple[str, str], Json] = {}
    others = [document for document in found if "playlist" not in document]
    for document in found:
        if "playlist" in document:
            seen.setdefault((document["playlist"]["id"], document["envelope"]["fetched_at"]), document)
    return [*others, *seen.values()]


@few
@given(documents.map(one_capture_per_moment), st.integers(1, 3))
def test_how_a_day_is_split_into_objects_changes_nothing(found: list[Json], page_size: int) -> None:
    apart, bundled = build(named(found)), build(named(list(split_otherwise(found, page_size))))
    for frames in (apart, bundled):
        frames["rejected_rows"] = frames["rejected_rows"].drop("raw_object").unique().sort(pl.all())
    assert_same_tables(apart, bundled)


@few
@given(st.one_of(documents, doubtful))
def test_whatever_comes_the_tables_keep_their_contracts_and_keys(found: list[Json]) -> None:
    frames = build(named(found))
    for name, table in BASE.tables.items():
        assert table.schema.is_valid(frames[name]), name
    for key in FOREIGN_KEYS:
        used = set(frames[key.table][key.column].drop_nulls())
        assert used <= set(frames[key.parent][key.parent_column]), key
    for playlist_id, entries in frames["playlists"].select("playlist_id", "entries").rows():
        places = frames["playlist_items"].filter(pl.col("playlist_id") == playlist_id)["position"]
        assert places.to_list() == list(range(1, entries + 1))


def last_captures(found: list[Json]) -> list[Json]:
    """The captures that count, by a reading of the rule in plain Python; the order of `found` is that of the names."""
    latest: dict[str, Json] = {}
    for document in found:
        if "playlist" in document:
            before = latest.setdefault(document["playlist"]["id"], document)
            if document["envelope"]["fetched_at"] >= before["envelope"]["fetched_at"]:
                latest[document["playlist"]["id"]] = document
    return list(latest.values())


def observed_songs(found: list[Json]) -> list[tuple[datetime, Json]]:
    return [
        (datetime.fromisoformat(document["envelope"]["fetched_at"]), row["track"])
        for document in last_captures(found)
        for row in document["playlist"]["tracks"]["items"]
        if row["track"] and row["track"].get("type") != "episode" and not row["track"]["is_local"]
    ]


@few
@given(st.one_of(documents, doubtful))
def test_no_observed_song_is_lost(found: list[Json]) -> None:
    frames = build(named(found))
    published = set(frames["songs"]["song_id"])
    rejected = frames["rejected_rows"].filter(pl.col("table_name") == "songs")
    items = frames["rejected_rows"].filter(pl.col("rule") == "playlist_id|held_back")
    held_back = {json.loads(row)["song_id"] for row in items["row_json"]}
    # The last capture, where an earlier one of the day stands for the playlist.
    other = frames["rejected_rows"].filter(pl.col("rule").str.starts_with("passed_over"))["raw_object"].unique()
    passed_over = {
        row["track"]["id"]
        for name in other
        for row in found[int(name.removeprefix("object-"))]["playlist"]["tracks"]["items"]
        if row["track"]
    }
    for _, song in observed_songs(found):
        # Without an id it was removed from Spotify.
        if song["id"] is not None:
            assert song["id"] in published | set(rejected["key"]) | held_back | passed_over


def rank(moment: datetime, values: Sequence[Any]) -> tuple[Any, ...]:
    """Last seen first, then most filled, then the values themselves in their order, a missing one below all others."""
    return moment, sum(value is not None for value in values), [(value is not None, value) for value in values]


def song_values(song: Json) -> tuple[Any, ...]:
    isrc = song["external_ids"] and song["external_ids"]["isrc"]
    numbers = (song["duration_ms"], song["explicit"], song["popularity"], song["disc_number"], song["track_number"])
    return song["name"], song["album"]["id"], *numbers, isrc, [artist["id"] for artist in song["artists"]]


def album_values(found: Json) -> tuple[Any, ...]:
    # A number that cannot be is none.
    total = found["total_tracks"] if (found["total_tracks"] or 0) >= 0 else None
    told = (found["release_date"], found["release_date_precision"], total)
    return found["name"], found["album_type"], *told, found["images"][0]["url"] if found["images"] else None


@few
@given(st.lists(captures(good_songs), min_size=1, max_size=6))
def test_winners_are_those_of_the_rule_read_in_plain_python(found: list[Json]) -> None:
    song_ranks: dict[str, tuple[Any, ...]] = {}
    album_ranks: dict[str, tuple[Any, ...]] = {}
    for moment, song in observed_songs(found):
        of_song, of_album = rank(moment, song_values(song)), rank(moment, album_values(song["album"]))
        song_ranks[song["id"]] = max(of_song, song_ranks.get(song["id"], of_song))
        album_ranks[song["album"]["id"]] = max(of_album, album_ranks.get(song["album"]["id"], of_album))
    frames = build(named(found))
    columns = ("name", "duration_ms", "is_explicit", "popularity", "isrc")
    for song_id, *values in frames["songs"].select("song_id", *columns).rows():
        name, _, duration_ms, explicit, popularity, _, _, isrc, credited = (
            value for _, value in song_ranks[song_id][2]
        )
        assert values == [name, duration_ms, explicit, popularity, isrc]
        places = frames["song_artists"].filter(pl.col("song_id") == song_id)
        assert places["artist_id"].to_list() == credited
    assert set(frames["songs"]["song_id"]) == set(song_ranks)
    for album_id, *values in frames["albums"].select("album_id", "name", "total_tracks", "image_url").rows():
        name, _, _, _, total_tracks, image_url = (value for _, value in album_ranks[album_id][2])
        assert values == [name, total_tracks, image_url]


def name_of_song(*observations: tuple[Json, int]) -> str:
    lists = [
        captured(playlist(f"p{n}", entries_of(song)), at(minutes)) for n, (song, minutes) in enumerate(observations)
    ]
    (name,) = tables_of(*lists)["songs"]["name"]
    return name


@pytest.mark.parametrize(
    ("loser", "winner"),
    [
        pytest.param((track("a", name="Z"), 1), (track("a", name="A", popularity=None), 2), id="the one seen last"),
        pytest.param((track("a", name="Z", popularity=None), 1), (track("a", name="A"), 1), id="the fuller one"),
        pytest.param((track("a", name="A"), 1), (track("a", name="Z"), 1), id="the one that sorts last"),
    ],
)
def test_of_two_observations_of_a_song_wins(loser: tuple[Json, int], winner: tuple[Json, int]) -> None:
    assert name_of_song(loser, winner) == name_of_song(winner, loser) == winner[0]["name"]


def test_a_profile_beats_a_later_mention() -> None:
    mention = captured(playlist("one", entries_of(track("a", artists=[credit("x", name="Mentioned")]))), at(30))
    frames = tables_of(mention, captured_profiles(profile("x", name="Told"), fetched_at=at(0)))
    assert frames["artists"]["name"].to_list() == ["Told"]


def test_of_two_profiles_the_one_read_last_wins_whenever_it_was_captured() -> None:
    older = profile("x", name="Older", fetched_at="2026-02-01T00:00:00Z")
    newer = profile("x", name="Newer", fetched_at="2026-02-20T00:00:00Z", genres=None)
    frames = tables_of(captured_profiles(newer, fetched_at=at(0)), captured_profiles(older, fetched_at=at(9)))
    assert frames["artists"]["name"].to_list() == ["Newer"]


@pytest.mark.parametrize("reverse", [False, True])
def test_a_rejected_row_names_the_same_object_whatever_their_order(reverse: bool) -> None:
    bad = track("a", id="short", album=album("p", release_date="1999-13"))
    objects = [
        *named([captured(playlist(word, entries_of(bad, track("good")))) for word in ("one", "two", "three")]),
        *(raw(captured_profiles(profile("x", id="short")), f"profiles-{number}") for number in range(3)),
    ]
    rejected = build(objects[::-1] if reverse else objects)["rejected_rows"].select("table_name", "raw_object").unique()
    assert sorted(rejected.rows()) == [
        ("albums", "object-2"),
        ("artists", "profiles-2"),
        ("song_artists", "object-2"),
        ("songs", "object-2"),
    ]


def test_songs_that_differ_in_nothing_published_leave_one_row() -> None:
    frames = tables_of(*(captured(playlist(word, entries_of(track("a", uri=word)))) for word in ("one", "two")))
    assert frames["songs"].height == 1
    assert frames["playlist_items"]["uri"].to_list() == ["one", "two"]
    assert spotify_id("a") in frames["songs"]["song_id"]
