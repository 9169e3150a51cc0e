"""Details of artists that come later: who takes them, what they take, and that what a day tells itself comes first."""

from collections.abc import Sequence
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from spotify_assets.transform.artist_details import ArtistAnswer, ArtistDetails
from spotify_assets.transform.decode import RawObject
from spotify_assets.transform.observations import observe
from spotify_assets.transform.tables import DayTables, build_tables
from spotify_assets_tests.support.data.builders import (
    DAY,
    FETCHED_AT,
    artist_answer,
    at,
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
from spotify_assets_tests.transform.test_holding_back import FLOOR, with_lost

A = "AArtist"
# Months after the day: its chart was imported.
LATER = at(60 * 24 * 100)


def made(*documents: object, answers: Sequence[ArtistAnswer] = (), names: Sequence[int] | None = None) -> DayTables:
    """The tables of a day of these documents."""
    numbers = names or range(len(documents))
    objects = [
        RawObject(f"snapshot_date={DAY}/{number}.json", to_json(document), FETCHED_AT)
        for number, document in zip(numbers, documents, strict=True)
    ]
    details = ArtistDetails(answers, "spotify")
    observations = observe(objects, DAY, "spotify", artist_details=lambda: details)
    assert observations.quarantined == []
    return build_tables(observations, DAY, 0.02)


def artist_of(tables: DayTables, word: str = A) -> dict[str, object]:
    return tables.frames["artists"].row(by_predicate=pl.col("artist_id") == spotify_id(word), named=True)


def test_an_artist_without_profile_and_facts_gains_them_and_nothing_that_differs_from_day_to_day() -> None:
    chart = playlist("Chart", entries_of(track("A"), track("B")))
    answers = [
        artist_answer(A, "spotify", profile(A, name="Its name today"), LATER),
        artist_answer(A, "wikidata", wikidata_answer("DE"), LATER),
    ]
    found = made(chart, answers=answers)
    row = artist_of(found)
    assert {name: row[name] for name in ("name", "genres", "genre_source", "country", "wikidata_id")} == {
        "name": "Artist AArtist",
        "genres": ["dream pop", "shoegaze"],
        "genre_source": "spotify",
        "country": "DE",
        "wikidata_id": "Q1",
    }
    assert (row["followers"], row["popularity"], row["image_url"] is None) == (None, None, False)
    # Read a hundred days after the day.
    assert (row["profile_fetched_at"], row["profile_age_days"]) == (LATER, -100)
    other = artist_of(found, "BArtist")
    assert (other["profile_fetched_at"], other["genre_source"], other["wikidata_id"]) == (None, "none", None)
    assert found.completed == [f"facts:{spotify_id(A)}", f"profile:{spotify_id(A)}"]
    without = made(chart)
    assert without.completed == []
    for name in found.frames.keys() - {"artists"}:
        assert_frame_equal(found.frames[name], without.frames[name])


def test_what_was_captured_on_the_day_comes_first_and_what_told_nothing_does_not() -> None:
    answers = [
        artist_answer(A, "spotify", profile(A, genres=["late"])),
        artist_answer(A, "wikidata", wikidata_answer("DE")),
    ]
    chart, own = playlist("Chart", entries_of(track("A"))), captured_profiles(profile(A), fetched_at=at(-300))
    told = made(chart, own, captured_facts({A: "FR"}), answers=answers)
    assert (artist_of(told)["genres"], artist_of(told)["country"], told.completed) == (
        ["dream pop", "shoegaze"],
        "FR",
        [],
    )
    unknown = made(chart, own, captured_facts({A: None}), answers=answers)
    assert (artist_of(unknown)["country"], unknown.completed) == ("DE", [f"facts:{spotify_id(A)}"])


def test_of_each_source_the_first_answer_that_knows_the_artist_counts() -> None:
    answers = [
        artist_answer(A, "spotify", profile(A, genres=["second"]), at(10)),
        artist_answer(A, "spotify", profile(A, genres=["first"]), at(5)),
        artist_answer(A, "spotify", None, at(1)),
        artist_answer(A, "wikidata", wikidata_answer("DE"), at(9)),
        artist_answer(A, "wikidata", wikidata_answer("FR"), at(8)),
        artist_answer("Odd", "spotify", profile("Odd", genres="none", images=7), at(1)),
        artist_answer("Empty", "wikidata", [], at(1)),
        artist_answer("List", "spotify", [], at(1)),
    ]
    details = ArtistDetails(answers, "spotify")
    assert details.profiles.sort("artist_id")["artist_id"].to_list() == sorted([spotify_id(A), spotify_id("Odd")])
    assert details.profiles.filter(artist_id=spotify_id(A))["genres"].to_list() == [["first"]]
    assert details.facts["country"].to_list() == ["FR"]


def test_details_add_no_artist_whom_the_day_does_not_credit() -> None:
    lost = with_lost(FLOOR, 10)
    songs = [entry["track"] for entry in lost["tracks"]["items"]]
    credited = [artist["id"] for song in songs for artist in song["artists"]]
    answers = [artist_answer(word, "spotify", profile(word)) for word in ("Elsewhere", A)]
    answers += [ArtistAnswer(artist_id, "spotify", LATER.isoformat(), answers[0].answer) for artist_id in credited]
    found = made(playlist("Chart", entries_of(track("A"))), captured(lost), answers=answers)
    assert found.frames["playlists"]["playlist_id"].to_list() == [spotify_id("Chart")]
    assert found.frames["artists"]["artist_id"].to_list() == [spotify_id(A)]


def test_an_artist_who_is_credited_without_a_name_has_that_of_the_profile() -> None:
    nameless = track("A", artists=[credit(A, name=None)])
    found = made(playlist("Chart", entries_of(nameless)), answers=[artist_answer(A, "spotify", profile(A))])
    assert artist_of(found)["name"] == f"Artist {A}"


def test_details_are_not_read_where_no_artist_lacks_any() -> None:
    def read() -> ArtistDetails:
        pytest.fail("details were read")

    documents = (page("Chart", entries_of(track("A"), None)), captured_profiles(profile(A)), captured_facts({A: "FR"}))
    raw = [
        RawObject(f"snapshot_date={DAY}/{number}.json", to_json(document), FETCHED_AT)
        for number, document in enumerate(documents)
    ]
    observe(raw, DAY, "spotify", artist_details=read)


WORDS = st.sampled_from("ABC")


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.lists(st.lists(WORDS, min_size=1, max_size=3), min_size=1, max_size=3),
    st.lists(WORDS, max_size=2),
    st.lists(st.tuples(WORDS, st.sampled_from(["spotify", "wikidata"]), st.integers(0, 3)), max_size=6),
    st.randoms(use_true_random=False),
)
def test_the_order_of_objects_and_answers_changes_nothing(
    charts: list[list[str]], own: list[str], told: list[tuple[str, str, int]], random: Random
) -> None:
    documents = [playlist(f"p{number}", entries_of(*map(track, words))) for number, words in enumerate(charts)]
    documents.append(captured_profiles(*(profile(f"{word}Artist") for word in own)))
    answers = [
        artist_answer(
            f"{word}Artist",
            source,
            profile(f"{word}Artist", genres=[str(minute)]) if source == "spotify" else wikidata_answer("DE"),
            at(minute),
        )
        for word, source, minute in told
    ]
    numbers = list(range(len(documents)))
    expected = made(*documents, answers=answers, names=numbers)
    random.shuffle(numbers)
    random.shuffle(answers)
    found = made(*(documents[number] for number in numbers), answers=answers, names=numbers)
    assert found.completed == expected.completed
    for name, frame in expected.frames.items():
        assert_frame_equal(frame, found.frames[name])
    on_charts = {word for words in charts for word in words}
    profiles = {f"profile:{spotify_id(f'{word}Artist')}" for word, by, _ in told if by == "spotify"}
    facts = {f"facts:{spotify_id(f'{word}Artist')}" for word, by, _ in told if by == "wikidata"}
    known = {f"{kind}:{spotify_id(f'{word}Artist')}" for word in on_charts for kind in ("profile", "facts")}
    captured_then = {f"profile:{spotify_id(f'{word}Artist')}" for word in own}
    assert set(found.completed) == ((profiles - captured_then) | facts) & known
