"""What people have on disk: the same playlist in every form is the same content, and what is none says what it is."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotify_assets.transform.chart_files import chart_in
from spotify_assets.transform.containers import UnreadableObject
from spotify_assets.transform.decode import ObjectContent, decode_object
from spotify_assets.transform.key_words import playlist_ids_in
from spotify_assets_tests.support.data.builders import (
    API,
    COMPRESSIONS,
    DAY,
    entries_of,
    page,
    pages,
    playlist,
    raw,
    spotify_id,
    tables_of,
    to_json,
    track,
    zipped,
)

ID = "37i9dQZEVXbMDoHDwVN2tF"
NAMED = f"snapshot_date=2026-03-01/landed_at=20260301T090000000001Z/playlist-{ID}.json"
SONGS = ["Song a", "Song b", "Song \u266b \U0001f3b5"]
ROWS: list[Any] = entries_of(track("a"), track("b"), track("c", name=SONGS[2]))
LIST = playlist("list", ROWS)
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
DATED = {"2026-02-28.json": to_json(LIST)}


def decode(data: object, name: str = "anything") -> ObjectContent:
    return decode_object(raw(data, name), DAY, "spotify", chart_in)


def songs(data: object, name: str = NAMED) -> list[str | None]:
    (snapshot,) = decode(data, name).playlists
    found = [entry and (entry.item or entry.track) for entry in snapshot.entries]
    return [song.name if song else None for song in found]


def reason(data: object, name: str = "anything") -> str:
    with pytest.raises(UnreadableObject) as refusal:
        decode(data, name)
    return str(refusal.value)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    encoding=st.sampled_from(ENCODINGS),
    compression=st.sampled_from(sorted(COMPRESSIONS)),
    is_escaped=st.booleans(),
    indent=st.sampled_from([None, 2]),
)
def test_every_encoding_in_every_container_is_the_same_playlist(
    encoding: str, compression: str, is_escaped: bool, indent: int | None
) -> None:
    text = json.dumps(LIST, ensure_ascii=is_escaped, indent=indent)
    content = decode(COMPRESSIONS[compression](text.encode(encoding)))
    assert content == decode(to_json(LIST))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(data=st.binary(max_size=200), start=st.sampled_from([b"", b"[", b'{"items":[', b"\xff\xfe", b"a,b\n"]))
def test_any_bytes_are_content_or_one_sentence_without_a_parsers_words(data: bytes, start: bytes) -> None:
    try:
        decode(start + data)
    except UnreadableObject as error:
        told = str(error)
        assert told
        assert "malformed" not in told
        assert "Expected `" not in told
        assert "truncated" not in told


def lines(documents: list[Any], between: str = "\n") -> bytes:
    return between.join(map(json.dumps, documents)).encode()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(ROWS, id="a list of rows"),
        pytest.param([[ROWS[0]], ROWS[1:]], id="a list of pages of rows"),
        pytest.param(lines(ROWS), id="rows as lines"),
        pytest.param(lines(ROWS) + b"\r\n\r\n", id="rows as lines, with empty ones"),
        pytest.param(lines([[ROWS[0]], ROWS[1:]]), id="lists of rows as lines"),
        pytest.param({"items": ROWS}, id="rows in an object"),
        pytest.param({"name": "Mine", "tracks": ROWS}, id="rows for a page"),
        pytest.param([{"track": row["track"]} for row in ROWS], id="rows with no more than a song"),
        pytest.param([{"item": row["track"], "added_at": None} for row in ROWS], id="rows of the newer generation"),
        pytest.param(zipped(**{"my list/rows.json": to_json(ROWS)}), id="rows in an archive"),
    ],
)
def test_rows_that_name_no_playlist_are_of_the_one_in_their_key_with_a_doubt(data: object) -> None:
    assert songs(data) == SONGS
    (snapshot,) = decode(data, NAMED).playlists
    assert (snapshot.playlist_id, snapshot.missing) == (ID, 0)
    assert snapshot.doubts == ("a list of 3 entries that does not say how many the playlist has",)
    assert reason(data).startswith("a list of entries without the playlist they belong to: put the id") or isinstance(
        data, bytes
    )


@pytest.mark.parametrize("between", ["\n", "", " \r\n"])
def test_documents_that_follow_each_other_are_one_object(between: str) -> None:
    first, second = pages("list", ROWS, 2)
    assert songs(lines([second, first], between)) == SONGS
    assert songs(lines([first], between) + json.dumps(second, indent=2).encode()) == SONGS
    lists = decode(lines([LIST, playlist("other", ROWS)], between)).playlists
    assert {snapshot.playlist_id for snapshot in lists} == {spotify_id("list"), spotify_id("other")}


def test_pages_in_an_archive_are_one_playlist() -> None:
    first, second = pages("list", ROWS, 2)
    assert songs(zipped(**{"page-2.json": to_json(second), "page-1.json": to_json(first)})) == SONGS


def test_an_odd_row_keeps_its_place_and_is_told_of() -> None:
    data = [ROWS[0], 5, None, {"track": {**track("b"), "duration_ms": {}}}, {"track": []}]
    content = decode(data, NAMED)
    assert songs(data) == ["Song a", None, None, "Song b", None]
    assert content.playlists[0].lost == {1, 4}
    assert sorted(cell.path for cell in content.odd_cells) == ["[]", "[].track", "[].track.duration_ms"]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (f"playlist-{ID}.json", [ID]),
        (f"me/{ID}/rows.json.gz", [ID]),
        (f"{ID}_{ID}.json", [ID]),
        (f"{ID}/0JQ5DAqbMKFEC4WFtoNRpw.json", [ID, "0JQ5DAqbMKFEC4WFtoNRpw"]),
        (f"x{ID}.json", []),
        (f"{ID}x.json", []),
        ("Discover Weekly.json", []),
        ("20260307PlaylistExport.json", []),
        ("2026030712345678901234.json", []),
        ("snapshot_date=2026-03-01/landed_at=20260301T090000000001Z/a.json", []),
        ("myfavouriteplaylistson.json", []),
        ("MyFavouritePlaylistSon.json", []),
    ],
)
def test_an_id_in_a_key_is_what_can_be_one(key: str, expected: list[str]) -> None:
    assert playlist_ids_in(key) == expected


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (ROWS, f"{ID}/0JQ5DAqbMKFEC4WFtoNRpw.json", "a list of entries .*, and its key has 2 ids: put the id"),
        (ROWS, f"playlist-{ID}/page-2.json", "a page that does not say where on its playlist it begins"),
        ([track("a"), track("b")], NAMED, "a Spotify object of type 'track', not a playlist"),
        ({"items": [track("a")]}, NAMED, "a list of something else than entries"),
        ({"items": [{"added_at": "2026-01-01T00:00:00Z", "album": {}}]}, NAMED, "a list of something else than songs"),
        (page("list", ROWS, href=f"{API}/me/player/recently-played"), NAMED, "what a person played lately"),
        ([{"track": track("a"), "played_at": "2026-01-01T00:00:00Z"}], NAMED, "streaming history"),
        (
            zipped(**DATED),
            "a.zip",
            "in its file '2026-02-28.json': it is of 2026-02-28, and the archive",
        ),
        (zipped(**{"a.json": b"[", "b.json": b"{}"}), "a.zip", "in its file 'a.json': cut off"),
    ],
)
def test_what_could_be_taken_for_another_playlist_or_day_is_refused(data: object, name: str, expected: str) -> None:
    assert reason(data, name).startswith(expected.partition(".*")[0])
    assert expected.rpartition(".*")[2] in reason(data, name)


def test_what_a_document_says_goes_before_what_its_key_says() -> None:
    assert decode(LIST, NAMED).playlists[0].playlist_id == spotify_id("list")


def test_liked_songs_are_a_playlist_of_their_own_unless_their_key_names_one() -> None:
    liked = pages("list", ROWS, 2)
    for each in liked:
        each["href"] = f"{API}/me/tracks?offset={each['offset']}"
    [published] = decode(liked).playlists
    assert (published.playlist_id, published.playlist.name) == ("liked", "Liked Songs")
    assert decode(liked, NAMED).playlists[0].playlist_id == "37i9dQZEVXbMDoHDwVN2tF"
    assert songs(liked) == SONGS
    assert decode(liked, NAMED).playlists[0].doubts == ()


def account(*names: str) -> dict[str, Any]:
    uri = f"spotify:track:{spotify_id('a')}"
    entry = {
        "track": {
            "trackName": "A",
            "artistName": "B",
            "albumName": "C",
            "trackUri": uri,
        },
        "episode": None,
        "localTrack": None,
        "addedDate": "2024-05-06",
    }
    local = {"track": None, "episode": None, "localTrack": {"uri": "spotify:local:a:b:c:1"}, "addedDate": "x"}
    podcast = {"track": None, "episode": {"episodeName": "E", "episodeUri": f"spotify:episode:{spotify_id('e')}"}}
    items = [entry, local, podcast, {"track": None}, None]
    return {"playlists": [{"name": name, "lastModifiedDate": "2024-05-07", "items": items} for name in names]}


def test_a_playlist_of_account_data_is_of_the_one_in_its_key() -> None:
    (snapshot,) = decode(account("Mine"), NAMED).playlists
    songs_of = [entry.track for entry in snapshot.entries if entry is not None]
    dates = [(entry.added_at, entry.is_local) for entry in snapshot.entries if entry is not None]
    assert (snapshot.playlist_id, snapshot.playlist.name) == (ID, "Mine")
    assert dates == [("2024-05-06T00:00:00Z", False), ("x", True), (None, False), (None, False)]
    assert [song and (song.id, song.name, song.type) for song in songs_of] == [
        (spotify_id("a"), "A", "track"),
        (None, None, None),
        (spotify_id("e"), "E", "episode"),
        None,
    ]
    assert snapshot.entries[-1] is None


def test_account_data_of_several_playlists_says_what_to_do() -> None:
    assert reason(account("One", "Two"), NAMED).startswith("account data of 2 playlists, and it has no ids")
    assert reason(account("One")).startswith("a list of entries without the playlist they belong to: put the id")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"position,track,artist\n1,a,b\n", "a CSV of spotifycharts.com without the column 'URL'"),
        (b"uri\tname\n1\t2", "a CSV of uri, name"),
        (b"%PDF-1.7", "a PDF"),
        (b"\x89PNG\r\n", "a picture (PNG)"),
        (b"PAR1....PAR1", "a Parquet file"),
        (b"SQLite format 3\0", "an SQLite database"),
        (COMPRESSIONS["gzip"](COMPRESSIONS["gzip"](b"{}")), "compressed more than once"),
        (COMPRESSIONS["zip"](COMPRESSIONS["gzip"](COMPRESSIONS["gzip"](b"{}"))), "in its file "),
        (b"a" * 257 + b"ustar", "a TAR archive"),
        (b"\x01\x02\xff\xfe\xfd", "binary data"),
        (b"hello", "text that is not JSON: it begins with 'h'"),
        (b"{'id': 'x'}", "a Python dictionary printed as text"),
        (b'{"a": 1,}', "not valid JSON: it is damaged at byte 8 (line 1), at"),
        (b'{"a":\n 1} x', "not valid JSON: it is damaged at byte 10 (line 2), at 'x'"),
        (b'[{"endTime": "2024-01-01 10:00", "msPlayed": 5}]', "streaming history"),
        (b'[{"ts": "2024-01-01T10:00:00Z", "ms_played": 5, "ip_addr": "1.1.1.1"}]', "streaming history"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_refused_is_called_by_what_it_is(data: bytes, expected: str) -> None:
    assert reason(data).startswith(expected)


@pytest.mark.parametrize(
    "name",
    [
        "Streaming_History_Audio_2024_1.json",
        "endsong_0.json",
        "a/StreamingHistory0.json",
        "StreamingHistory_music_0.json",
    ],
)
def test_streaming_history_is_told_by_its_name_whatever_is_in_it(name: str) -> None:
    assert reason(LIST, name).startswith("streaming history")
    assert reason(zipped(**{name: b"[]"})).endswith(reason(LIST, name))


def test_a_playlist_of_removed_songs_alone_is_one() -> None:
    frames = tables_of(playlist("list", [{"track": None}, {"track": None}]))
    assert frames["playlist_items"]["entry_type"].to_list() == ["unavailable", "unavailable"]
