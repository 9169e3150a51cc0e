"""What a second source adds to artists: who wins, what fills in, and that nothing it says costs a row."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotify_assets_tests.support.data.builders import (
    FETCHED_AT,
    Json,
    captured,
    captured_facts,
    captured_profiles,
    credit,
    entries_of,
    observations_of,
    playlist,
    profile,
    spotify_id,
    tables_of,
    track,
)

LIST = captured(playlist("list", entries_of(track("a", artists=[credit("one"), credit("two")]))))
FACTS = ("genres", "genre_source", "country", "active_since", "wikidata_id", "musicbrainz_id")


def facts_of(artist: str, *genres: str, **changes: Any) -> Json:
    """An answer about an artist with these genres."""
    document = captured_facts({artist: "SE"})
    (answer,) = document["artist_facts"]
    item = answer["answer"][0]["item"]
    answer["answer"] += [
        {
            "item": item,
            "fact": {"value": "genre"},
            "value": {"value": f"http://www.wikidata.org/entity/Q{number}"},
            "label": {"value": genre, "xml:lang": "en"},
        }
        for number, genre in enumerate(genres, 10)
    ]
    answer.update(changes)
    return document


def told(*documents: Json) -> dict[str, tuple[Any, ...]]:
    """What the table says of the artists one and two; nothing may be rejected."""
    frames = tables_of(LIST, *documents)
    assert frames["rejected_rows"].is_empty()
    by_id = {row["artist_id"]: tuple(row[name] for name in FACTS) for row in frames["artists"].to_dicts()}
    return {word: by_id[spotify_id(word)] for word in ("one", "two")}


def test_spotify_s_genres_are_taken_where_it_tells_any() -> None:
    found = told(captured_profiles(profile("one", genres=["Synth-pop"])), facts_of("one", "pop music"))
    assert found["one"] == (["synthpop"], "spotify", "SE", None, "Q1", None)


@pytest.mark.parametrize("genres", [[], None, [""]])
def test_wikidata_fills_in_where_spotify_tells_none(genres: list[str] | None) -> None:
    found = told(captured_profiles(profile("one", genres=genres)), facts_of("one", "hip-hop", "Pop music", "pop"))
    assert found["one"][:2] == (["pop", "hip hop"], "wikidata")


def test_an_artist_without_a_profile_has_facts_all_the_same() -> None:
    assert told(facts_of("two", "pop"))["two"] == (["pop"], "wikidata", "SE", None, "Q1", None)


@pytest.mark.parametrize("genres", [[], None])
def test_where_nobody_tells_a_genre_it_stays_as_spotify_has_it(genres: list[str] | None) -> None:
    documents = [captured_profiles(profile("one", genres=genres)), captured_facts({"one": None})]
    assert told(*documents)["one"] == (genres, "none", None, None, None, None)
    assert told(documents[0])["one"][:2] == (genres, "none")


@pytest.mark.parametrize(
    "changes",
    [
        {"source": "somebody unknown"},
        {"source": None},
        {"answer": {"not": "rows"}},
        {"answer": 7},
        {"artist_id": None},
        {"artist_id": "nobody's"},
    ],
)
def test_an_answer_that_nobody_can_read_says_nothing(changes: dict[str, Any]) -> None:
    assert told(facts_of("one", "pop", **changes))["one"][1:3] == ("none", None)


def test_the_last_answer_speaks_whatever_the_order_of_the_objects() -> None:
    earlier = facts_of("one", "rock", fetched_at=(FETCHED_AT - timedelta(days=3)).isoformat())
    later = facts_of("one", "folk")
    assert told(earlier, later) == told(later, earlier)
    assert told(earlier, later)["one"][0] == ["folk"]


def test_an_answer_without_a_time_zone_has_the_time_of_its_object_and_is_told_of() -> None:
    facts = facts_of("one", "pop", fetched_at="2026-03-01T00:00:00")
    observations = observations_of(LIST, facts)
    assert not observations.quarantined
    (odd,) = observations.odd_cells
    assert (odd.path, odd.expected, odd.places) == (
        "artist_facts[].fetched_at",
        "a time with its zone",
        ("artist_facts[0].fetched_at",),
    )
    assert told(facts)["one"][0] == ["pop"]


term = st.dictionaries(st.sampled_from(["value", "type", "xml:lang"]), st.text(max_size=8) | st.none() | st.integers())
row = st.dictionaries(st.sampled_from(["item", "fact", "value", "label"]), term)
values = st.sampled_from(["citizenship", "origin", "begin", "genre", "musicbrainz"]).flatmap(
    lambda fact: st.builds(
        lambda value: {
            "item": {"value": "http://www.wikidata.org/entity/Q1"},
            "fact": {"value": fact},
            "value": {"value": value},
            "label": {"value": value, "xml:lang": "en"},
        },
        st.text(max_size=30) | st.sampled_from(["SE", "1999-01-01T00:00:00Z", "2999-12-31T00:00:00Z", "\u0661"]),
    )
)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(row, max_size=4) | st.lists(values, max_size=4) | st.recursive(st.none() | st.text(), st.lists))
def test_whatever_is_answered_no_row_is_lost(answer: Any) -> None:
    told(facts_of("one", answer=answer))
