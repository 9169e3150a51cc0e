import json
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from spotify_assets.schemas.base import BASE
from spotify_assets.transform import tables
from spotify_assets.transform.genre_vocabulary import fold_genres
from spotify_assets_tests.support.data.builders import (
    DAY,
    FETCHED_AT,
    GENERATIONS,
    Generation,
    Json,
    album,
    at,
    captured,
    captured_profiles,
    credit,
    entries_of,
    entry,
    episode,
    isrc,
    local_file,
    observations_of,
    page,
    playlist,
    profile,
    spotify_id,
    tables_of,
    track,
    without,
)


def one_row(frame: pl.DataFrame) -> Json:
    (row,) = frame.to_dicts()
    return row


def only_song(song: Json) -> dict[str, pl.DataFrame]:
    return tables_of(playlist("list", entries_of(song)))


def rejections(frames: dict[str, pl.DataFrame]) -> list[tuple[str, str | None, str]]:
    return frames["rejected_rows"].select("table_name", "key", "rule").rows()


def test_a_captured_playlist_becomes_one_row() -> None:
    frames = tables_of(captured(playlist("list", entries_of(track("a"))), at(5), region="jp", tags=["daily"]))
    assert one_row(frames["playlists"]) == {
        "snapshot_date": DAY,
        "playlist_id": spotify_id("list"),
        "name": "Playlist list",
        "description": "The songs of list",
        "owner_id": "owner1",
        "owner_name": "Owner One",
        "region": "jp",
        "tags": ["daily"],
        "followers": 1_234,
        "is_public": True,
        "is_collaborative": False,
        "version_id": "version-of-list",
        "entries": 1,
        "fetched_at": at(5),
        "source": "spotify",
        "doubt": None,
        "chart_type": "playlist",
        "recurrence": None,
    }


def test_a_song_becomes_a_song_its_credits_its_album_and_its_artists() -> None:
    frames = only_song(track("a", album=album("b"), artists=[credit("c"), credit("d")]))
    assert one_row(frames["songs"]) == {
        "snapshot_date": DAY,
        "song_id": spotify_id("a"),
        "name": "Song a",
        "album_id": spotify_id("b"),
        "duration_ms": 201_000,
        "is_explicit": False,
        "popularity": 61,
        "disc_number": 1,
        "track_number": 3,
        "isrc": isrc("a"),
        "url": f"https://open.spotify.com/track/{spotify_id('a')}",
        "is_playable": None,
        "linked_from_id": None,
        "recording_id": isrc("a"),
        "artists_text": None,
        "release_date": None,
    }
    assert one_row(frames["albums"]) == {
        "snapshot_date": DAY,
        "album_id": spotify_id("b"),
        "name": "Album b",
        "album_type": "album",
        "release_date": date(2024, 5, 17),
        "release_date_precision": "day",
        "total_tracks": 12,
        "image_url": "https://i.scdn.co/image/b640",
        "url": f"https://open.spotify.com/album/{spotify_id('b')}",
    }
    assert frames["song_artists"].rows() == [
        (DAY, spotify_id("a"), 1, spotify_id("c")),
        (DAY, spotify_id("a"), 2, spotify_id("d")),
    ]
    assert frames["artists"]["artist_id"].to_list() == [spotify_id("c"), spotify_id("d")]
    assert frames["rejected_rows"].is_empty()


def test_what_spotify_plays_in_place_of_a_song_is_told_and_whether_it_plays_it() -> None:
    songs = only_song(track("a", is_playable=False, linked_from={"id": spotify_id("b"), "type": "track"}))["songs"]
    assert songs.select("is_playable", "linked_from_id").rows() == [(False, spotify_id("b"))]


def test_an_artist_has_the_profile_where_there_is_one() -> None:
    song = track("a", artists=[credit("known"), credit("unknown")])
    read_at = datetime(2026, 2, 20, 12, tzinfo=UTC)
    frames = tables_of(
        captured(playlist("list", entries_of(song))),
        captured_profiles(profile("known", name="In full", fetched_at=read_at.isoformat())),
    )
    known, unknown = frames["artists"].to_dicts()
    assert known == {
        "snapshot_date": DAY,
        "artist_id": spotify_id("known"),
        "name": "In full",
        "genres": ["dream pop", "shoegaze"],
        "followers": 9_445,
        "popularity": 22,
        "image_url": "https://i.scdn.co/image/known640",
        "profile_fetched_at": read_at,
        "profile_age_days": 9,
        "url": f"https://open.spotify.com/artist/{spotify_id('known')}",
        "genre_source": "spotify",
        **dict.fromkeys(("country", "active_since", "wikidata_id", "musicbrainz_id")),
    }
    assert unknown["name"] == "Artist unknown"
    assert [unknown[name] for name in ("genres", "followers", "popularity", "profile_fetched_at")] == [None] * 4


def test_every_entry_keeps_its_position_whatever_it_is() -> None:
    song = track("a")
    rows = [*entries_of(episode("e"), None, song, local_file("File")), None, *entries_of(song)]
    items = tables_of(playlist("list", rows))["playlist_items"]
    assert items.select("position", "entry_type", "song_id", "name").rows() == [
        (1, "episode", None, "Episode e"),
        (2, "unavailable", None, None),
        (3, "track", spotify_id("a"), "Song a"),
        (4, "local", None, "File"),
        (5, "unavailable", None, None),
        (6, "track", spotify_id("a"), "Song a"),
    ]
    assert items["uri"].to_list()[3] == "spotify:local:Somebody:A+burnt+CD:File:273"


def test_entries_without_a_song_leave_no_trace_in_other_tables() -> None:
    frames = tables_of(playlist("list", [*entries_of(episode("e"), None, local_file("File")), None]))
    empty = {name for name, frame in frames.items() if frame.is_empty()}
    assert empty == {"songs", "song_artists", "albums", "artists", "imports", "rejected_rows"}


@pytest.mark.parametrize("marked_on", ["the entry", "the song"])
def test_a_local_file_is_known_by_its_entry_or_by_itself(marked_on: str) -> None:
    song = local_file("File", is_local=marked_on == "the song")
    frames = tables_of(playlist("list", [entry(song, is_local=marked_on == "the entry")]))
    assert one_row(frames["playlist_items"])["entry_type"] == "local"
    assert frames["rejected_rows"].is_empty()


def test_both_api_generations_give_identical_tables() -> None:
    rows = [*entries_of(track("a"), episode("e"), local_file("File"), None, track("b", popularity=None)), None]
    old, new = (tables_of(captured(playlist("list", rows, generation))) for generation in GENERATIONS)
    for name in BASE.tables:
        assert_frame_equal(old[name], new[name])


REMOVED_IN_2026 = ("popularity", "available_markets", "external_ids", "linked_from")


@pytest.mark.parametrize("generation", GENERATIONS)
def test_what_the_api_withholds_is_null(generation: Generation) -> None:
    thin = without(track("a", album=without(album("b"), "images", "total_tracks", "album_type")), *REMOVED_IN_2026)
    frames = tables_of(
        captured(without(playlist("list", entries_of(thin), generation), "followers", "owner", "public")),
        captured_profiles(without(profile("aArtist"), "popularity", "followers", "genres", "images")),
    )
    assert one_row(frames["songs"])["popularity"] is None
    assert one_row(frames["songs"])["isrc"] is None
    assert one_row(frames["albums"])["image_url"] is None
    assert one_row(frames["playlists"])["followers"] is None
    artist = one_row(frames["artists"])
    assert [artist[name] for name in ("genres", "popularity", "followers", "image_url")] == [None] * 4
    assert frames["rejected_rows"].is_empty()


@pytest.mark.parametrize(
    ("genres", "expected"), [([], []), (None, None), (["kpop", "folk", "K-Pop"], ["k-pop", "folk"])]
)
def test_genres_are_kept_as_told_in_the_names_of_the_vocabulary(
    genres: list[str] | None, expected: list[str] | None
) -> None:
    frames = tables_of(captured_profiles(profile("a", genres=genres)))
    assert one_row(frames["artists"])["genres"] == expected


@pytest.mark.parametrize("images", [None, [], [{"url": None}], [{}]])
def test_a_cover_may_be_missing(images: list[Json] | None) -> None:
    frames = only_song(track("a", album=album("b", images=images)))
    assert one_row(frames["albums"])["image_url"] is None
    assert frames["rejected_rows"].is_empty()


@pytest.mark.parametrize("missing", [{"album": None}, {"album": album("b", id=None)}, {"album": {}}])
def test_a_song_may_lack_an_album(missing: Json) -> None:
    frames = only_song(track("a") | missing)
    assert one_row(frames["songs"])["album_id"] is None
    assert frames["albums"].is_empty()
    assert frames["rejected_rows"].is_empty()


@pytest.mark.parametrize("artists", [None, [], [None]])
def test_a_song_may_lack_artists(artists: list[None] | None) -> None:
    frames = only_song(track("a", artists=artists))
    assert frames["songs"].height == 1
    assert frames["song_artists"].is_empty()
    assert frames["rejected_rows"].is_empty()


def test_a_null_among_the_artists_takes_no_place() -> None:
    found = only_song(track("a", artists=[None, credit("b"), None, credit("c")]))["song_artists"]
    assert found.select("artist_position", "artist_id").rows() == [(1, spotify_id("b")), (2, spotify_id("c"))]


def test_an_artist_credited_twice_keeps_both_places() -> None:
    assert only_song(track("a", artists=[credit("b"), credit("b")]))["song_artists"].height == 2


def test_an_empty_playlist_is_a_playlist_without_items() -> None:
    frames = tables_of(captured(playlist("list")))
    assert one_row(frames["playlists"])["entries"] == 0
    assert frames["playlist_items"].is_empty()


def test_a_bare_page_is_a_playlist_of_which_only_the_id_is_known() -> None:
    row = one_row(tables_of(page("list", entries_of(track("a"))))["playlists"])
    assert (row["playlist_id"], row["name"], row["entries"], row["tags"]) == (spotify_id("list"), None, 1, [])


def test_a_day_without_objects_has_all_tables_empty_and_typed() -> None:
    frames = tables_of()
    assert list(frames) == list(BASE.tables)
    for name, table in BASE.tables.items():
        assert frames[name].is_empty()
        assert table.schema.is_valid(frames[name])


def test_ten_thousand_entries_keep_their_positions() -> None:
    songs = [track(f"s{number}", album=album("b"), artists=[credit("c")]) for number in range(5_000)]
    frames = tables_of(captured(playlist("long", entries_of(*songs, *songs[::-1]))))
    items = frames["playlist_items"]
    assert items["position"].to_list() == list(range(1, 10_001))
    assert items["song_id"].to_list() == [song["id"] for song in [*songs, *songs[::-1]]]
    assert frames["songs"].height == 5_000
    assert one_row(frames["playlists"])["entries"] == 10_000


@pytest.mark.parametrize(
    "name",
    [
        pytest.param('She said "it\'s" \\ `fine`', id="quotes and backslashes"),
        pytest.param("first\nsecond\r\n\tthird\u2028fourth", id="newlines"),
        pytest.param("\u202e\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627", id="right to left"),
        pytest.param("\U0001f469\u200d\U0001f469\u200d\U0001f467 \U0001f3f4 \U0010ffff", id="emoji"),
        pytest.param("a\0b\0", id="NUL"),
        pytest.param("\ufeffname", id="byte order mark"),
        pytest.param("Z̸̢a͖l̨g̛o", id="combining marks"),
        pytest.param("長" * 10_240, id="ten thousand characters"),
        pytest.param("", id="nothing"),
        pytest.param("   ", id="spaces"),
        pytest.param("'; DROP TABLE songs; --", id="SQL"),
        pytest.param("../../etc/passwd", id="a path"),
        pytest.param("null", id="the word null"),
    ],
)
def test_a_name_stays_as_it_is_in_every_table(name: str) -> None:
    song = track("a", name=name, album=album("b", name=name), artists=[credit("c", name=name)])
    document = playlist("list", entries_of(song), name=name, description=name, owner={"id": name, "display_name": name})
    frames = tables_of(captured(document, region=name, tags=[name]), captured_profiles(profile("p", genres=[name])))
    for table in ("playlists", "playlist_items", "songs", "albums"):
        assert one_row(frames[table])["name"] == name
    assert one_row(frames["playlists"])["tags"] == [name]
    artists = frames["artists"].to_dicts()
    assert (artists[0]["name"], artists[1]["genres"]) == (name, fold_genres([name]))
    assert frames["rejected_rows"].is_empty()


@pytest.mark.parametrize(
    ("added_at", "expected"),
    [
        ("2026-02-27T05:00:00Z", datetime(2026, 2, 27, 5, tzinfo=UTC)),
        ("2026-02-27T05:00:00.123Z", datetime(2026, 2, 27, 5, 0, 0, 123_000, tzinfo=UTC)),
        ("2026-02-27T05:00:00+02:00", datetime(2026, 2, 27, 3, tzinfo=UTC)),
        ("1970-01-01T00:00:00Z", datetime(1970, 1, 1, tzinfo=UTC)),
        (None, None),
    ],
)
def test_the_time_at_which_an_entry_was_added_is_read_in_utc(added_at: str | None, expected: datetime | None) -> None:
    frames = tables_of(playlist("list", [entry(track("a"), added_at=added_at)]))
    assert one_row(frames["playlist_items"])["added_at"] == expected
    assert frames["rejected_rows"].is_empty()


UNREADABLE_TIMES = ["2026-02-27", "27/02/2026 05:00:00", "2026-02-27T05:00:00", "2026-02-30T05:00:00Z", "soon", ""]


@pytest.mark.parametrize("odd", UNREADABLE_TIMES)
@pytest.mark.parametrize("odd_first", [True, False])
def test_a_time_that_cannot_be_read_is_noted_and_spoils_no_other(odd: str, odd_first: bool) -> None:
    usual = entry(track("a"))
    rows = [entry(track("b"), added_at=odd), usual] if odd_first else [usual, entry(track("b"), added_at=odd)]
    frames = tables_of(playlist("list", rows))
    times = frames["playlist_items"].select("name", "added_at").rows()
    assert sorted(times) == [("Song a", datetime(2026, 2, 27, 5, tzinfo=UTC)), ("Song b", None)]
    position = 1 if odd_first else 2
    assert rejections(frames) == [("playlist_items", f"{spotify_id('list')}/{position}", "added_at|unreadable")]


@pytest.mark.parametrize(
    ("text", "precision", "expected"),
    [
        ("2024-05-17", "day", (date(2024, 5, 17), "day")),
        ("1999", "year", (date(1999, 1, 1), "year")),
        ("1999-06", "month", (date(1999, 6, 1), "month")),
        ("0000", "year", (None, None)),
        ("0000-00-00", "day", (None, None)),
        ("0001-01-01", "day", (date(1, 1, 1), "day")),
        ("2024-02-29", "day", (date(2024, 2, 29), "day")),
        (None, None, (None, None)),
        (None, "day", (None, None)),
        pytest.param("1999", "day", (date(1999, 1, 1), "year"), id="less is shown than said: month and day"),
        pytest.param("1999-06", "day", (date(1999, 6, 1), "month"), id="less is shown than said: day"),
        pytest.param("1999-06-17", "year", (date(1999, 1, 1), "year"), id="less is said than shown: month and day"),
        pytest.param("1999-06-17", "month", (date(1999, 6, 1), "month"), id="less is said than shown: day"),
        pytest.param("1999-06", "year", (date(1999, 1, 1), "year"), id="less is said than shown: month"),
        pytest.param("1999-06", None, (date(1999, 6, 1), "month"), id="nothing is said"),
        pytest.param("1999-06-17", "decade", (date(1999, 6, 17), "day"), id="an unknown word is said"),
    ],
)
def test_a_release_date_is_as_precise_as_both_text_and_api_say(
    text: str | None, precision: str | None, expected: tuple[date | None, str | None]
) -> None:
    frames = only_song(track("a", album=album("b", release_date=text, release_date_precision=precision)))
    row = one_row(frames["albums"])
    assert (row["release_date"], row["release_date_precision"]) == expected
    assert frames["rejected_rows"].is_empty()


@pytest.mark.parametrize(
    "text",
    ["1999-13", "1999-00", "1999-02-30", "1999-6-1", "May 1999", "99", "19990617", "", "\uff11\uff19\uff19\uff19"],
)
def test_an_unreadable_release_date_is_noted_and_its_album_stays(text: str) -> None:
    frames = only_song(track("a", album=album("b", release_date=text)))
    row = one_row(frames["albums"])
    assert (row["name"], row["release_date"], row["release_date_precision"]) == ("Album b", None, None)
    assert one_row(frames["songs"])["album_id"] == spotify_id("b")
    assert rejections(frames) == [("albums", spotify_id("b"), "release_date|unreadable")]
    assert json.loads(one_row(frames["rejected_rows"])["row_json"])["release_date_text"] == text


def reference_release_date(text: str | None, precision: str | None) -> tuple[date | None, str | None]:
    parts = (text or "").split("-")
    shapes = [[4], [4, 2], [4, 2, 2]]
    ascii_digits = all(set(part) <= set("0123456789") for part in parts)
    if [len(part) for part in parts] not in shapes or not ascii_digits:
        return None, None
    names = ("year", "month", "day")
    said = names.index(precision) + 1 if precision in names else 3
    try:
        date(*[int(part) for part in parts], *[1] * (3 - len(parts)))
    except ValueError:
        return None, None
    known = min(said, len(parts))
    return date(*[int(part) for part in parts[:known]], *[1] * (3 - known)), names[known - 1]


def numbers(length: int) -> st.SearchStrategy[str]:
    return st.integers(0, 10**length - 1).map(lambda number: str(number).zfill(length))


RELEASE_TEXTS = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.text("0123456789-٣ \n", min_size=3, max_size=11),
    st.tuples(numbers(4), numbers(2)).map("-".join),
    st.tuples(
        numbers(4), st.sampled_from(["01", "02", "06", "12"]), st.sampled_from(["01", "28", "29", "30", "31"])
    ).map("-".join),
)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(RELEASE_TEXTS, st.sampled_from([None, "year", "month", "day", "decade"])), min_size=1, max_size=40
    )
)
def test_release_dates_equal_a_plain_reference(told: list[tuple[str | None, str | None]]) -> None:
    songs = [
        track(f"s{number}", album=album(f"{number:04}", release_date=text, release_date_precision=precision))
        for number, (text, precision) in enumerate(told)
    ]
    found = tables_of(playlist("list", entries_of(*songs)))["albums"].select("release_date", "release_date_precision")
    assert found.rows() == [reference_release_date(text, precision) for text, precision in told]


# Rejected rows: what breaks a rule, and what depends on it.


def test_a_rejected_row_says_what_it_was_which_rule_it_breaks_and_where_it_came_from() -> None:
    frames = tables_of(
        playlist("good", entries_of(track("a"))), playlist("bad", entries_of(track("b"), track("b", id="short")))
    )
    row = one_row(frames["rejected_rows"].filter(pl.col("table_name") == "songs"))
    content = json.loads(row.pop("row_json"))
    assert row == {
        "snapshot_date": DAY,
        "table_name": "songs",
        "key": "short",
        "rule": "song_id|regex",
        "raw_object": "object-1",
    }
    assert content["name"] == "Song b"
    assert content["popularity"] == 61
    assert content["snapshot_date"] == DAY.isoformat()


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({"id": "short"}, ["song_id|regex"]),
        ({"id": "../../../etc/passwd..."}, ["song_id|regex"]),
        ({"id": spotify_id("a") + "\n"}, ["song_id|regex"]),
        ({"id": "short", "popularity": 101}, ["song_id|regex"]),
    ],
)
def test_a_song_that_breaks_a_rule_is_rejected_and_keeps_its_place_on_the_list(changes: Json, rules: list[str]) -> None:
    bad = track("a", album=album("b"), artists=[credit("c")]) | changes
    frames = tables_of(playlist("list", entries_of(track("good"), bad, track("good"))))
    rejected = [(table, rule) for table, _, rule in rejections(frames)]
    assert rejected == [("song_artists", "song_id|rejected"), *(("songs", rule) for rule in rules)]
    assert {key for table, key, _ in rejections(frames) if table == "songs"} == {bad["id"]}
    assert frames["songs"]["song_id"].to_list() == [spotify_id("good")]
    items = frames["playlist_items"].select("position", "entry_type", "song_id", "name").rows()
    assert items[1] == (2, "track", None, bad["name"])
    assert len(items) == 3


NUMBERS = [
    ({"duration_ms": -1}, "items[].track.duration_ms"),
    ({"duration_ms": 2**63 - 1}, "items[].track.duration_ms"),
    ({"duration_ms": -(2**63)}, "items[].track.duration_ms"),
    ({"popularity": 101}, "items[].track.popularity"),
    ({"popularity": -1}, "items[].track.popularity"),
    ({"disc_number": -1}, "items[].track.disc_number"),
    ({"track_number": -1}, "items[].track.track_number"),
    ({"album": album("b", total_tracks=-1)}, "items[].track.album.total_tracks"),
]


@pytest.mark.parametrize(("changes", "path"), NUMBERS)
def test_a_number_beyond_its_range_is_null_and_told_of_and_its_row_lives(changes: Json, path: str) -> None:
    document = playlist("list", entries_of(track("good"), track("bad", **changes), track("bad", **changes)))
    (odd,) = observations_of(document).odd_cells
    first = (path.replace("[]", "[1]"), path.replace("[]", "[2]"))
    assert (odd.raw_object, odd.playlist_id, odd.path) == ("object-0", spotify_id("list"), path)
    assert (odd.found, odd.count, odd.places) == ("a number beyond it", 2, first)
    frames = tables_of(document)
    assert rejections(frames) == []
    column = path.rpartition(".")[2]
    table = "albums" if "album" in path else "songs"
    assert frames[table][column].null_count() == 1
    assert frames["songs"].height == 2


def test_numbers_at_the_ends_of_their_ranges_stay() -> None:
    for popularity, duration in ((0, 0), (100, 86_400_000)):
        song = one_row(only_song(track("a", popularity=popularity, duration_ms=duration))["songs"])
        assert (song["popularity"], song["duration_ms"]) == (popularity, duration)


def test_a_playlist_with_impossible_followers_lives_without_them() -> None:
    document = playlist("list", entries_of(track("a")), followers={"total": -1})
    assert one_row(tables_of(document)["playlists"])["followers"] is None
    (odd,) = observations_of(document).odd_cells
    assert (odd.path, odd.playlist_id, odd.expected) == ("followers.total", spotify_id("list"), "a number from 0")


def test_a_song_and_an_artist_without_a_name_are_still_themselves() -> None:
    frames = only_song(track("a", name=None, artists=[credit("x", name=None)]))
    assert rejections(frames) == []
    assert (frames["songs"]["name"].to_list(), frames["artists"]["name"].to_list()) == ([None], [None])
    assert frames["song_artists"].height == 1


def test_a_rejected_album_leaves_its_songs_without_album() -> None:
    frames = only_song(track("a", album=album("b", id="short")))
    assert [(table, found) for table, _, found in rejections(frames)] == [("albums", "album_id|regex")]
    assert one_row(frames["songs"])["album_id"] is None
    assert frames["song_artists"].height == 1


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({"id": "short"}, ["artist_id|regex"]),
        ({"id": None}, ["artist_id|nullability", "url|nullability"]),
    ],
)
def test_a_rejected_artist_takes_the_credit_along_but_not_the_song(changes: Json, rules: list[str]) -> None:
    frames = only_song(track("a", artists=[credit("good"), credit("b", **changes), credit("other")]))
    assert [(table, rule) for table, _, rule in rejections(frames)] == [
        *(("artists", rule) for rule in rules),
        ("song_artists", "artist_id|rejected"),
    ]
    assert rejections(frames)[-1][1] == f"{spotify_id('a')}/2"
    assert frames["songs"].height == 1
    assert frames["song_artists"]["artist_position"].to_list() == [1, 3]


def test_a_profile_of_no_artist_is_rejected() -> None:
    frames = tables_of(captured_profiles(profile("good"), profile("bad", id="../" * 7 + "x")))
    assert [(table, rule) for table, _, rule in rejections(frames)] == [("artists", "artist_id|regex")]
    assert frames["artists"]["artist_id"].to_list() == [spotify_id("good")]


@pytest.mark.parametrize(
    ("changes", "column", "path"),
    [
        ({"followers": {"total": -1}}, "followers", "artists[].followers.total"),
        ({"popularity": 101}, "popularity", "artists[].popularity"),
    ],
)
def test_a_profile_with_an_impossible_number_lives_without_it(changes: Json, column: str, path: str) -> None:
    document = captured_profiles(profile("bad", **changes))
    assert one_row(tables_of(document)["artists"])[column] is None
    assert [(odd.path, odd.playlist_id, odd.count) for odd in observations_of(document).odd_cells] == [(path, None, 1)]


def test_an_artist_whose_profile_has_no_name_keeps_the_name_on_the_song() -> None:
    song = track("song", artists=[credit("a", name="As credited")])
    frames = tables_of(captured(playlist("list", entries_of(song))), captured_profiles(profile("a", name=None)))
    artist = one_row(frames["artists"])
    assert (artist["name"], artist["profile_age_days"]) == ("As credited", 0)
    assert frames["rejected_rows"].is_empty()


def test_every_profile_without_an_id_is_rejected_for_itself() -> None:
    profiles = [profile("a", id=None), without(profile("b"), "id"), profile("c", id=None), profile("good")]
    frames = tables_of(captured_profiles(*profiles))
    names = {json.loads(row)["name"] for row in frames["rejected_rows"]["row_json"]}
    assert names == {"Artist a", "Artist b", "Artist c"}
    assert frames["artists"]["name"].to_list() == ["Artist good"]


def test_a_removed_song_that_lost_its_id_is_unavailable_and_told_of() -> None:
    document = playlist("list", entries_of(*(track(word, id=None) for word in "abcd"), track("good"), local_file("f")))
    frames = tables_of(document)
    items = frames["playlist_items"]
    assert items["entry_type"].to_list() == [*["unavailable"] * 4, "track", "local"]
    assert items["song_id"].to_list() == [*[None] * 4, spotify_id("good"), None]
    assert items["name"].to_list()[:2] == ["Song a", "Song b"]
    assert frames["rejected_rows"].is_empty()
    (odd,) = observations_of(document).odd_cells
    assert (odd.path, odd.count, odd.found) == ("items[].track.id", 4, "null, so the entry is unavailable")
    assert odd.places == tuple(f"items[{number}].track.id" for number in range(3))


@pytest.mark.parametrize("odd", [5, "text", [], True, {"track": 5}, {"track": []}, {"track": track("b", id={})}])
def test_an_entry_that_cannot_be_read_keeps_its_place_as_unavailable(odd: Any) -> None:
    rows = [entry(track("a")), odd, entry(track("c"))]
    frames = tables_of(playlist("list", [], tracks={"items": rows, "total": 3}))
    items = frames["playlist_items"].select("position", "entry_type", "song_id").rows()
    assert items == [
        (1, "track", spotify_id("a")),
        (2, "unavailable", None),
        (3, "track", spotify_id("c")),
    ]


def test_parts_of_any_size_make_the_same_sorted_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = entries_of(track("a"), None, track("b", id="short"), episode("e"), track("c"))
    lists = [playlist(word, entries[: 2 + number]) for number, word in enumerate(["z", "m", "a"])]
    lists[1]["tracks"]["total"] = 30
    whole = tables_of(*lists)
    monkeypatch.setattr(tables, "ENTRIES_PER_PART", 2)
    for name, frame in tables_of(*lists).items():
        assert_frame_equal(frame, whole[name])
        assert_frame_equal(frame, frame.sort(BASE.tables[name].order))
    assert whole["playlist_items"].height == 6
    assert whole["rejected_rows"].height > 2


def test_a_strange_name_survives_in_the_rejected_row() -> None:
    name = 'quote " newline \n NUL \0 emoji \U0001f469 rtl \u202e'
    frames = tables_of(playlist("list", entries_of(track("good"), track("a", name=name, id="short"))))
    (content,) = frames["rejected_rows"].filter(pl.col("table_name") == "songs")["row_json"]
    assert json.loads(content)["name"] == name


# Several objects of one day.


def test_one_bad_object_is_set_aside_and_takes_no_other_along() -> None:
    observations = observations_of(
        playlist("one", entries_of(track("a"))), b"{", playlist("two", entries_of(track("b")))
    )
    assert [(found.raw_object, found.reason[:14]) for found in observations.quarantined] == [
        ("object-1", "cut off: its J")
    ]
    assert observations.playlists.height == 2


def test_a_bad_document_in_a_list_takes_the_whole_object_along() -> None:
    observations = observations_of([playlist("one", entries_of(track("a"))), {"error": "x"}])
    assert len(observations.quarantined) == 1
    assert observations.playlists.is_empty()
    assert observations.songs.is_empty()


def capture(words: str, minutes: int, **changes: Any) -> Json:
    return captured(playlist("list", entries_of(*map(track, words)), **changes), at(minutes))


@pytest.mark.parametrize(
    ("captures", "expected"),
    [
        pytest.param([("abc", 1), ("xy", 2)], "xy", id="in order"),
        pytest.param([("xy", 2), ("abc", 1)], "xy", id="in reverse"),
        pytest.param([("abc", 1), ("", 3), ("xy", 2)], "", id="emptied since"),
        pytest.param([("abc", 1), ("xy", 1)], "xy", id="at the same moment: the object whose name is last"),
    ],
)
def test_a_playlist_captured_twice_is_taken_whole_from_its_last_capture(
    captures: list[tuple[str, int]], expected: str
) -> None:
    frames = tables_of(*(capture(words, minutes, name=words) for words, minutes in captures))
    assert frames["playlist_items"]["name"].to_list() == [f"Song {word}" for word in expected]
    row = one_row(frames["playlists"])
    assert (row["name"], row["entries"]) == (expected, len(expected))
    assert set(frames["songs"]["name"]) == {f"Song {word}" for word in expected}
    assert frames["albums"].height == frames["songs"].height


def test_a_local_file_and_a_song_of_the_same_title_are_two_things() -> None:
    frames = tables_of(playlist("list", entries_of(track("a", name="Same"), local_file("Same"))))
    assert frames["playlist_items"]["entry_type"].to_list() == ["track", "local"]
    assert frames["songs"].height == 1


def test_times_of_capture_keep_their_microseconds() -> None:
    moment = FETCHED_AT.replace(microsecond=123_456)
    frames = tables_of(captured(playlist("list"), moment))
    assert one_row(frames["playlists"])["fetched_at"] == moment
