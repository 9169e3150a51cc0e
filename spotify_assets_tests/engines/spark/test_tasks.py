"""The tasks of a Spark job, carried out by hand: however a day is cut up, its rows are those of the Polars engine."""

from collections.abc import Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from spotify_assets.config import Settings
from spotify_assets.engines.day_request import DayRequest, DayResult
from spotify_assets.engines.spark.bundles import Bundle, frames_of, pack
from spotify_assets.engines.spark.tasks import CAPTURES, NOTHING, Decode, FindCandidates, chunk_bundle
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.raw import RawEntry
from spotify_assets.spotify.playlist_entry import DeclaredPlaylist
from spotify_assets.transform.track_details import TrackAnswer
from spotify_assets_tests.support.data.builders import (
    DAY,
    FETCHED_AT,
    Json,
    album,
    artist_answer,
    captured,
    captured_facts,
    captured_profiles,
    credit,
    entries_of,
    page,
    playlist,
    profile,
    spotify_id,
    to_json,
    track,
    wikidata_answer,
)
from spotify_assets_tests.support.data.odd_days import documents, doubtful
from spotify_assets_tests.support.spark.shuffle import Shuffle, transform_by_hand
from spotify_assets_tests.support.spark.two_engines import expect_equal, request_of
from spotify_assets_tests.transform.test_real_raw import FILES

IN_A_FOLDER = pytest.mark.parametrize("home", ["folder"], indirect=True)


def landed(lake: Lake, found: Sequence[object]) -> None:
    for number, document in enumerate(found):
        lake.storage.write(f"raw/to_be_processed/snapshot_date={DAY}/{number}.json", to_json(document))


def cut(entries: Sequence[RawEntry], size: int) -> list[Sequence[RawEntry]]:
    return [entries[start : start + size] for start in range(0, len(entries), size)]


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(documents, doubtful), st.integers(1, 4), st.integers(1, 3), st.randoms(use_true_random=False))
def test_however_a_day_is_cut_up_its_rows_are_the_same(
    found: list[Json], parts: int, size: int, random: Random
) -> None:
    with TemporaryDirectory() as folder:
        lake = Lake(Settings(lake_url=folder, spotify_source="spotify"))
        landed(lake, [*found, {"error": {"status": 401, "message": "No token provided"}}])
        shuffle = Shuffle(parts, random)
        expect_equal(
            lake, request_of(lake, DAY), lambda request: transform_by_hand(request, cut(request.entries, size), shuffle)
        )


@IN_A_FOLDER
@pytest.mark.parametrize(("parts", "size"), [(1, 4), (3, 1), (2, 2)])
def test_details_that_came_later_count_the_same_however_a_day_is_cut_up(lake: Lake, parts: int, size: int) -> None:
    alone = {name: track("A")[name] for name in ("id", "name", "type", "uri")} | {"artists": [{"name": "Somebody"}]}
    other = {**alone, "id": spotify_id("B"), "uri": f"spotify:track:{spotify_id('B')}"}
    nobody = {**alone, "id": spotify_id("C"), "uri": f"spotify:track:{spotify_id('C')}"}
    landed(
        lake,
        [
            playlist("one", entries_of(alone, other)),
            playlist("two", entries_of(nobody, other, alone)),
            captured(playlist("own", entries_of(track("B", album=album("Own")), track("Own")))),
            captured_profiles(profile("OwnArtist")),
            captured_facts({"AArtist": None}),
        ],
    )
    lake.track_details.land(
        [
            TrackAnswer(spotify_id(word), FETCHED_AT.isoformat(), msgspec.Raw(to_json(track(word))))
            for word in ("A", "B")
        ]
    )
    lake.artist_details.land(
        [
            # Of the day itself there is another profile, and facts that tell nothing.
            artist_answer("OwnArtist", "spotify", profile("OwnArtist", genres=["late"])),
            artist_answer("BArtist", "spotify", profile("BArtist")),
            artist_answer("BArtist", "wikidata", wikidata_answer("DE")),
            artist_answer("AArtist", "wikidata", wikidata_answer("FR")),
            artist_answer("Elsewhere", "spotify", profile("Elsewhere")),
        ]
    )
    shuffle = Shuffle(parts, Random(size))
    results: list[DayResult] = []

    def transform(request: DayRequest) -> DayResult:
        results.append(transform_by_hand(request, cut(request.entries, size), shuffle))
        return results[-1]

    expect_equal(lake, request_of(lake, DAY), transform)
    # The other one was observed whole.
    named = [f"{kind}:{spotify_id(word)}" for kind, word in (("facts", "AArtist"), ("facts", "BArtist"))]
    assert results[0].completed == sorted([spotify_id("A"), *named, f"profile:{spotify_id('BArtist')}"])


DECLARED = [
    DeclaredPlaylist(spotify_id("own"), "Own", "us", tags=("x",)),
    DeclaredPlaylist(spotify_id("named"), "Another name", "de", "mood", "weekly", ("x", "y")),
    DeclaredPlaylist(spotify_id("nameless"), "Given name", tags=("z",)),
    DeclaredPlaylist(spotify_id("nowhere"), "Nowhere", "fr"),
]


@IN_A_FOLDER
@pytest.mark.parametrize(("parts", "size"), [(1, 4), (3, 1), (2, 2)])
def test_what_is_declared_counts_the_same_however_a_day_is_cut_up(lake: Lake, parts: int, size: int) -> None:
    found = [
        captured(playlist("own", entries_of(track("A"))), region="gb"),
        playlist("named", entries_of(track("A"), track("B"))),
        page("nameless", entries_of(track("B")), total=1),
        playlist("unknown", entries_of(track("B"))),
    ]
    landed(lake, found)
    request = msgspec.structs.replace(request_of(lake, DAY), declared=DECLARED)
    shuffle = Shuffle(parts, Random(1))
    frames = expect_equal(lake, request, lambda asked: transform_by_hand(asked, cut(asked.entries, size), shuffle))
    regions = dict(frames["playlists"].select("playlist_id", "region").iter_rows())
    assert [regions[spotify_id(word)] for word in ("own", "named", "nameless", "unknown")] == ["gb", "de", None, None]
    result = transform_by_hand(request, cut(request.entries, size), shuffle)
    assert {each.playlist_id: each.name for each in result.declared} == {
        spotify_id("named"): None,
        spotify_id("nameless"): "Given name",
    }


@IN_A_FOLDER
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_saved_answers_of_the_api_give_the_same_rows(lake: Lake, path: Path) -> None:
    lake.storage.write(f"raw/to_be_processed/snapshot_date={DAY}/{path.name}", path.read_bytes())
    expect_equal(
        lake,
        request_of(lake, DAY),
        lambda request: transform_by_hand(request, cut(request.entries, 1), Shuffle(3, Random(1))),
    )


def parents_refused(number: int) -> Json:
    """A playlist whose song, album and artist are refused, each for a reason of its own, beside good ones."""
    contents = [
        track("good", artists=[credit("good"), credit("bad", id="short")], album=album("bad", id="short")),
        track("bad", id="short", artists=[credit("good")]),
        track(f"own{number}", artists=[credit("bad", id="short")]),
    ]
    return captured(playlist(f"list{number}", entries_of(*contents)))


@IN_A_FOLDER
def test_what_was_refused_in_one_part_is_known_in_all(lake: Lake) -> None:
    landed(lake, [parents_refused(number) for number in range(8)])
    frames = expect_equal(
        lake,
        request_of(lake, DAY),
        lambda request: transform_by_hand(request, cut(request.entries, 1), Shuffle(4, Random(2))),
    )
    items = frames["playlist_items"]
    assert items["song_id"].null_count() == 8
    assert set(frames["song_artists"]["artist_id"]) == {spotify_id("good")}
    assert frames["songs"]["album_id"].to_list().count(None) == 1


@IN_A_FOLDER
@pytest.mark.parametrize("size", [1, 2, 5])
def test_pages_in_an_object_each_are_one_list_wherever_they_are_decoded(lake: Lake, size: int) -> None:
    for word in ("one", "two", "cut"):
        songs = [track(f"{word}{number}") for number in range(23)]
        for number, start in enumerate(range(0, 23, 6)):
            found = page(word, entries_of(*songs[start : start + 6]), offset=start, total=23)
            if (word, number) != ("cut", 1):
                key = f"raw/to_be_processed/snapshot_date={DAY}/{word}/page_{number}.json"
                lake.storage.write(key, to_json(found))
    frames = expect_equal(
        lake,
        request_of(lake, DAY),
        lambda request: transform_by_hand(request, cut(request.entries, size), Shuffle(3, Random(3))),
    )
    assert frames["playlists"]["entries"].to_list() == [23, 23]
    assert frames["playlist_items"]["position"].to_list() == [*range(1, 24)] * 2
    assert set(frames["rejected_rows"]["table_name"]) == {"playlists", "playlist_items"}


@IN_A_FOLDER
def test_an_artist_on_every_song_is_one_row_of_each_task_before_it_is_sent(lake: Lake) -> None:
    chunks = 10
    star = credit("star")
    documents: list[Any] = [
        captured(playlist(f"p{number}", entries_of(*(track(f"s{number}x{n}", artists=[star]) for n in range(50)))))
        for number in range(chunks)
    ]
    landed(lake, [*documents, *(captured_profiles(profile("star")) for _ in range(5))])
    request = request_of(lake, DAY)
    parts = [0, 1, 2, 3]
    decode = Decode(request, parts)
    decoded = [bundle for chunk in cut(request.entries, 1) for bundle in decode([chunk_bundle(0, chunk)])]
    by_part = [[bundle for bundle in decoded if bundle.kind == CAPTURES and bundle.part == part] for part in parts]
    sent = [
        bundle
        for bundles in by_part
        if bundles
        for bundle in FindCandidates(parts, request.rejected_rows_limit)(bundles)
    ]
    rows = sum(frame.height for frame in frames_of(sent, "artists", "rows"))
    assert rows <= len(parts)
    assert sum(frame.height for frame in frames_of(sent, "songs", "rows")) == 50 * chunks
    assert {bundle.part for bundle in sent if bundle.kind == "songs"} == set(parts)


def test_bundles_hold_what_was_put_in() -> None:
    frame = NOTHING.songs.clear(2)
    kept = [Bundle("songs", 0, pack(rows=frame)), Bundle("albums", 0, b"")]
    assert_frame_equal(frames_of(kept, "songs", "rows")[0], frame)
