"""Details that come later: which songs take them, what they take, and that nothing else of a day changes."""

from collections.abc import Sequence
from datetime import datetime
from random import Random
from typing import Any

import msgspec
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from spotify_assets.transform.decode import RawObject
from spotify_assets.transform.observations import observe
from spotify_assets.transform.tables import DayTables, build_tables
from spotify_assets.transform.track_details import TrackAnswer, details_of, to_ask_for
from spotify_assets_tests.support.data.builders import (
    DAY,
    FETCHED_AT,
    Json,
    album,
    at,
    captured,
    credit,
    entries_of,
    page,
    playlist,
    spotify_id,
    to_json,
    track,
)

CSV = (
    "rank,uri,artist_names,track_name,source,peak_rank,previous_rank,days_on_chart,streams\n"
    '1,spotify:track:{a},"Artist A, Guest","Title A","Label",1,2,30,"2000"\n'
    '2,spotify:track:{b},"Artist B","Title B","Label",1,1,30,"1000"\n'
).format(a=spotify_id("A"), b=spotify_id("B"))


def named_alone(word: str, **changes: Any) -> Json:
    """A song of which no more is told than on a chart."""
    whole = track(word)
    told = {name: whole[name] for name in ("id", "name", "type", "uri")}
    return {**told, "artists": [{"name": artist["name"]} for artist in whole["artists"]], **changes}


def answer(word: str, document: Json | None, read_at: datetime = FETCHED_AT) -> TrackAnswer:
    return TrackAnswer(spotify_id(word), read_at.isoformat(), msgspec.Raw(to_json(document)))


def made(*documents: object, answers: Sequence[TrackAnswer] = (), names: Sequence[str] = ()) -> DayTables:
    """The tables of a day of these documents."""
    named = [*names, *(f"snapshot_date={DAY}/{number}.json" for number in range(len(names), len(documents)))]
    objects = [
        RawObject(name, document if isinstance(document, bytes) else to_json(document), FETCHED_AT)
        for name, document in zip(named, documents, strict=True)
    ]
    observations = observe(objects, DAY, "spotify", lambda: details_of(answers))
    assert observations.quarantined == []
    return build_tables(observations, DAY, 0.02)


def test_a_song_of_a_chart_gains_album_artists_length_and_isrc_and_keeps_what_the_chart_tells() -> None:
    chart = f"snapshot_date={DAY}/regional-de-daily-{DAY}.csv"
    details = track("A", name="Its name today", duration_ms=201_000, popularity=77)
    found = made(CSV.encode(), answers=[answer("A", details)], names=[chart])
    first, second = found.frames["songs"].sort("song_id").rows(named=True)
    assert (first["name"], first["album_id"], first["duration_ms"]) == ("Title A", spotify_id("AAlbum"), 201_000)
    assert (first["isrc"], first["is_explicit"], first["artists_text"]) == (
        details["external_ids"]["isrc"],
        False,
        None,
    )
    # How popular it was on the day nobody told.
    assert first["popularity"] is None
    assert (second["album_id"], second["artists_text"]) == (None, "Artist B")
    assert found.frames["albums"]["album_id"].to_list() == [spotify_id("AAlbum")]
    assert found.frames["song_artists"].select("song_id", "artist_id").rows() == [
        (spotify_id("A"), spotify_id("AArtist"))
    ]
    assert found.frames["artists"]["name"].to_list() == ["Artist AArtist"]
    assert found.frames["playlist_items"].sort("position")["streams"].to_list() == [2000, 1000]
    assert found.completed == [spotify_id("A")]


def test_with_all_details_a_day_that_names_songs_alone_is_the_day_that_tells_all() -> None:
    words = ["A", "B", "C"]
    alone = made(
        playlist("Chart", entries_of(*map(named_alone, words))), answers=[answer(word, track(word)) for word in words]
    )
    whole = made(playlist("Chart", entries_of(*map(track, words))))
    assert alone.completed == [spotify_id(word) for word in words]
    assert whole.completed == []
    for name, frame in whole.frames.items():
        # How popular a song was is of the day, and no detail.
        apart = ["popularity"] if name == "songs" else []
        assert_frame_equal(frame.drop(apart), alone.frames[name].drop(apart))


def test_who_observed_a_song_with_its_artists_comes_first_however_early() -> None:
    own = captured(playlist("Own", entries_of(track("A", album=album("Own")))), at(-60))
    chart = playlist("Chart", entries_of(named_alone("A"), named_alone("B")))
    late = [answer(word, track(word, album=album("Late")), at(60)) for word in "AB"]
    found = made(own, chart, answers=late)
    assert found.frames["songs"].sort("song_id")["album_id"].to_list() == [spotify_id("Own"), spotify_id("Late")]
    assert found.completed == [spotify_id("B")]


def test_details_are_those_that_were_read_first_and_only_of_use_with_artists() -> None:
    answers = [
        answer("A", track("A", album=album("Second")), at(10)),
        answer("A", track("A", album=album("First")), at(5)),
        answer("A", None, at(1)),
        answer("Unknown", None),
        answer("NoArtist", track("NoArtist", artists=[])),
        answer("Odd", track("Odd", artists=[credit("OddArtist", id="none")])),
        answer("OddAlbum", track("OddAlbum", album=album("x", id="none"))),
        # Spotify may answer with the id of another release of the same recording.
        answer("Asked", track("Told")),
        answer("OddLength", track("OddLength", duration_ms="long", explicit=7)),
    ]
    found = details_of(answers).sort("song_id")
    ids = [spotify_id("A"), spotify_id("Asked"), spotify_id("OddLength")]
    assert found["song_id"].to_list() == sorted(ids)
    assert found.filter(song_id=spotify_id("A"))["album_id"].to_list() == [spotify_id("First")]
    assert found.filter(song_id=spotify_id("OddLength"))["duration_ms"].to_list() == [None]
    assert details_of([]).is_empty()


def test_details_are_not_read_where_no_song_lacks_any() -> None:
    def read() -> pl.DataFrame:
        pytest.fail("details were read")

    raw = RawObject(f"snapshot_date={DAY}/0.json", to_json(page("Chart", entries_of(track("A"), None))), FETCHED_AT)
    observe([raw], DAY, "spotify", read)


def test_the_best_placed_are_asked_for_first_and_those_that_are_no_tracks_of_spotify_s_never() -> None:
    first = playlist("First", entries_of(track("Known"), named_alone("B"), named_alone("C")))
    second = playlist(
        "Second",
        entries_of(
            named_alone("C"),
            named_alone("D"),
            named_alone("x", id="no id"),
            {"name": "Mine", "is_local": True, "artists": [{"name": "Me"}]},
        ),
    )
    raw = [
        RawObject(f"snapshot_date={DAY}/{number}.json", to_json(document), FETCHED_AT)
        for number, document in enumerate((first, second))
    ]
    observed = observe(raw, DAY, "spotify")
    assert to_ask_for(observed.songs, observed.entries) == [spotify_id("C"), spotify_id("B"), spotify_id("D")]


WORDS = st.sampled_from("ABCDE")


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(st.booleans(), st.lists(WORDS, min_size=1, max_size=5)), min_size=1, max_size=4),
    st.lists(st.tuples(WORDS, st.integers(0, 3)), max_size=6),
    st.randoms(use_true_random=False),
)
def test_the_order_of_objects_and_answers_changes_nothing(
    charts: list[tuple[bool, list[str]]], told: list[tuple[str, int]], random: Random
) -> None:
    documents = [
        playlist(f"p{number}", entries_of(*((named_alone if alone else track)(word) for word in words)))
        for number, (alone, words) in enumerate(charts)
    ]
    names = [f"snapshot_date={DAY}/{number}.json" for number in range(len(documents))]
    answers = [answer(word, track(word, album=album(f"{word}{minute}")), at(minute)) for word, minute in told]
    expected = made(*documents, answers=answers, names=names)
    pairs = list(zip(names, documents, strict=True))
    random.shuffle(pairs)
    random.shuffle(answers)
    found = made(*(pair[1] for pair in pairs), answers=answers, names=[pair[0] for pair in pairs])
    assert found.completed == expected.completed
    for name, frame in expected.frames.items():
        assert_frame_equal(frame, found.frames[name])
    whole = {word for alone, words in charts if not alone for word in words}
    known = {word for word, _ in told} - whole
    alone = {word for alone, words in charts if alone for word in words}
    assert found.completed == sorted(spotify_id(word) for word in alone & known)
