"""Days made up by hypothesis: odd, contradicting and broken observations of a few songs on two playlists."""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from spotify_assets_tests.support.data.builders import (
    Json,
    album,
    at,
    captured,
    captured_facts,
    captured_profiles,
    credit,
    entries_of,
    episode,
    local_file,
    page,
    playlist,
    profile,
    track,
)

few = settings(max_examples=30, deadline=None, derandomize=True)


def some(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


def changed(make: Any, words: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    """What `make` builds for one of a few words, some fields of it drawn."""
    return st.builds(
        lambda word, changes: make(word, **changes), some(*words), st.fixed_dictionaries({}, optional=fields)
    )


credits_ = changed(credit, "xyz", name=some("Anna", "Bela", None), id=some(None, "short"))
good_credits = changed(credit, "xyz", name=some("Anna", "Bela"))
albums = changed(
    album,
    "pq",
    name=some("One", "Two", None),
    release_date=some("1999", "1999-06", "1999-06-17", "0000", "1999-13", None),
    release_date_precision=some("year", "day", None),
    total_tracks=some(1, 2, -1, None),
    images=some([], None),
)
SONG_FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "name": some("Day", "Night"),
    "popularity": some(None, 1, 2),
    "duration_ms": some(None, 1, 2),
    "explicit": some(None, True),
    "external_ids": some(None, {"isrc": "A"}, {"isrc": "B"}),
    "uri": some("spotify:track:other", None),
    "album": albums,
}
good_songs = changed(track, "abc", **SONG_FIELDS, artists=st.lists(good_credits, max_size=2))
songs = changed(
    track,
    "abc",
    **SONG_FIELDS,
    artists=st.lists(credits_, max_size=3),
    id=some(None, "short", "../" * 7 + "x"),
    type=some("track", None),
)
bad_values = changed(track, "abc", name=some(None), popularity=some(101, -1), duration_ms=some(-5))
contents = st.one_of(songs, songs, bad_values, changed(episode, "e"), st.just(local_file("File")), st.none())
profiles = changed(
    profile,
    "xyz",
    id=some(None, "short"),
    name=some("Anna", None),
    genres=some(None, [], ["rock"]),
    followers=some(None, {"total": 5}, {"total": -5}),
    popularity=some(None, 3, 101),
    fetched_at=some("2026-02-20T00:00:00Z", "2026-03-01T06:31:00Z"),
)


WHOLE = some(0)


def captures(
    of: st.SearchStrategy[Any], most: int = 5, missing: st.SearchStrategy[int] = WHOLE
) -> st.SearchStrategy[Json]:
    """Captures of one of two playlists with entries of that kind, of which some may be missing."""

    def made(word: str, rows: list[Any], followers: int, absent: int) -> Json:
        whole = page(word, entries_of(*rows), total=len(rows) + absent, next=None)
        return playlist(word, followers={"total": followers}, tracks=whole)

    lists = st.builds(made, some("one", "two"), st.lists(of, max_size=most), some(7, 8, -1), missing)
    return st.builds(lambda document, minutes: captured(document, at(minutes)), lists, st.integers(0, 2))


profile_objects = st.builds(lambda found: captured_profiles(*found), st.lists(profiles, max_size=4))
fact_objects = st.builds(
    lambda countries, fetched_at, source: captured_facts(countries, fetched_at=fetched_at, source=source),
    st.dictionaries(some("x", "y", "short"), some("SE", "SEE", None), max_size=2),
    some(at(0), at(1)),
    some("wikidata", "somebody else"),
)
documents = st.lists(
    st.one_of(captures(contents), captures(contents), profile_objects, fact_objects), min_size=1, max_size=6
)
# Days of which some captures are not whole, and others lost many of their songs.
doubtful = st.lists(
    st.one_of(captures(contents, 12, some(0, 0, 1, 30)), captures(contents), profile_objects), min_size=1, max_size=6
)
