import gzip
import json
from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from spotify_assets.transform.containers import UnreadableObject
from spotify_assets.transform.decode import ObjectContent, decode_object
from spotify_assets.transform.pages import NAME_IT
from spotify_assets_tests.support.data.builders import (
    COMPRESSIONS,
    DAY,
    FETCHED_AT,
    GENERATIONS,
    Generation,
    at,
    captured,
    captured_facts,
    captured_profiles,
    entries_of,
    entry,
    envelope,
    episode,
    local_file,
    page,
    pages,
    playlist,
    profile,
    raw,
    spotify_id,
    to_json,
    track,
    without,
)

LIST = playlist("list", entries_of(track("a"), track("b"), track("c")))
BYTES = to_json(LIST)
UNKNOWN, NO_PLAYLIST = "not in a known shape: neither", "a list of entries without the playlist they belong to"
AN_ERROR = "an error answer of the API saved as data"
ANOTHER_HOME = "a foreign object in a lake of sample data; a lake holds one source only"
BOM = b"\xef\xbb\xbf"


def decode(document: object, day: date = DAY, source: str = "spotify") -> ObjectContent:
    return decode_object(raw(document), day, source)


def reason(document: object, day: date = DAY, source: str = "spotify") -> str:
    with pytest.raises(UnreadableObject) as refusal:
        decode(document, day, source)
    return str(refusal.value)


def titles(content: ObjectContent) -> list[list[str | None]]:
    found: list[list[str | None]] = []
    for snapshot in content.playlists:
        songs = [row and (row.item or row.track) for row in snapshot.entries]
        found.append([song.name if song else None for song in songs])
    return found


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"", "empty", id="no bytes"),
        pytest.param(b" \r\n\t ", "empty", id="whitespace only"),
        pytest.param(BOM, "empty", id="byte order mark only"),
        pytest.param(zstandard.compress(b""), "empty", id="nothing, compressed"),
        pytest.param(gzip.compress(b"\n"), "empty", id="whitespace, compressed"),
        pytest.param(
            BYTES[:-1], "cut off: .* after [0-9,]+ bytes; land the complete file again", id="cut off at the end"
        ),
        pytest.param(BYTES[: len(BYTES) // 2], "cut off: ", id="cut off in the middle"),
        pytest.param(BYTES + b"}", "not valid JSON: .* at byte .* at '}'", id="something behind it"),
        pytest.param(BYTES + b"\n" + BYTES[:-1], "cut off: ", id="JSON lines cut off"),
        pytest.param(b"{'id': None}", "a Python dictionary printed as text", id="Python's repr"),
        pytest.param(b'{"id": NaN}', "not valid JSON: at byte 7 .line 1. is NaN", id="NaN"),
        pytest.param(b"\0" * 100, "nothing but zero bytes", id="zero bytes"),
        pytest.param(BYTES.decode().encode("utf-16")[:-1], "text in UTF-16 that is damaged or cut off", id="UTF-16"),
        pytest.param(
            to_json(playlist("list", name="Beyonc\u00e9")).replace(b"\xc3\xa9", b"\xe9"),
            "text that is not UTF-8",
            id="Latin-1",
        ),
        pytest.param(b'{"unknown": ' + nested(100_000) + b"}", "nested too deeply", id="deep in an unknown field"),
        pytest.param(
            b'{"items": ' * 50_000 + b"1" + b"}" * 50_000, "(nested too deeply|not in a known shape)", id="deep"
        ),
        pytest.param(nested(100_000), "nested too deeply", id="deep lists"),
        pytest.param(b"<!DOCTYPE html><title>502 Bad Gateway</title>", "a web page .* not JSON", id="HTML"),
        pytest.param(BOM + b"\n <?xml version='1.0'?><Error/>", "a web page .* not JSON", id="XML"),
        pytest.param(gzip.compress(b"<html></html>"), "a web page .* not JSON", id="HTML, compressed"),
    ],
)
def test_what_is_not_json_is_refused_with_what_it_is_instead(data: bytes, expected: str) -> None:
    with pytest.raises(UnreadableObject, match=f"^{expected}"):
        decode(data)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (None, f"{UNKNOWN} an object nor a list of objects"),
        (7, f"{UNKNOWN} an object nor a list of objects"),
        ("playlist", f"{UNKNOWN} an object nor a list of objects"),
        ([None], f"{UNKNOWN} an object nor a list of objects"),
        ([], "an empty list: neither a playlist, a page of entries, nor artists"),
        ({}, "not in a known shape: neither a playlist, a page of entries, nor artists"),
        ([{}], "not in a known shape: neither a playlist, a page of entries, nor artists"),
        ({"envelope": envelope()}, "not in a known shape: neither a playlist, a page of entries, nor artists"),
        (entries_of(track("a")), f"{NO_PLAYLIST}: {NAME_IT}"),
        ({"items": entries_of(track("a"))}, f"{NO_PLAYLIST}: {NAME_IT}"),
        (track("a"), "a Spotify object of type 'track', not a playlist"),
        (profile("a"), "a Spotify object of type 'artist', not a playlist"),
        (
            {"id": spotify_id("a"), "type": "album", "artists": [], "tracks": {"items": [{"id": spotify_id("b")}]}},
            "a Spotify object of type 'album', not a playlist",
        ),
        ({"error": {"status": 401, "message": "The token expired"}}, f"{AN_ERROR}: 401 The token expired"),
        ({"error": "invalid_grant"}, f"{AN_ERROR}: invalid_grant"),
        ([LIST, {"error": {"status": 429, "message": "x" * 500}}], f"{AN_ERROR}: 429 " + "x" * 196),
    ],
)
def test_a_document_of_another_kind_is_refused_with_what_it_is(document: object, expected: str) -> None:
    assert reason(document) == expected


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("name", ["a.json", "a.json.gz", "a.json.zst", "a", "a.json.gz.zst"])
def test_compression_is_told_by_the_content_whatever_the_name_says(compression: str, name: str) -> None:
    data = COMPRESSIONS[compression](BYTES)
    content = decode_object(raw(data, name), DAY, "spotify")
    assert titles(content) == [["Song a", "Song b", "Song c"]]


def test_a_million_removed_entries_are_refused_before_they_become_rows() -> None:
    start = b'{"id":"' + b"1" * 22 + b'","items":{"items":['
    assert "holds 1,000,001 entries" in reason(start + b"null," * 1_000_000 + b"null]}}")


def test_millions_of_little_objects_are_refused_before_they_become_structs() -> None:
    assert reason(b"[" + b"{}," * 4_000_000 + b"{}]").startswith("holds 4,000,001 JSON objects")


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    compression=st.sampled_from(sorted(COMPRESSIONS)), place=st.floats(0, 1, exclude_max=True), flip=st.integers(0, 255)
)
def test_whatever_happens_to_an_object_it_is_read_or_refused(compression: str, place: float, flip: int) -> None:
    data = bytearray(COMPRESSIONS[compression](BYTES))
    data[int(place * len(data))] ^= flip
    for damaged in (bytes(data), bytes(data[: int(place * len(data))])):
        with suppress(UnreadableObject):
            (snapshot,) = decode(damaged).playlists
            assert len(snapshot.entries) == 3


def test_a_byte_order_mark_is_skipped() -> None:
    assert titles(decode(BOM + BYTES)) == [["Song a", "Song b", "Song c"]]


def test_a_pretty_printed_document_with_escapes_decodes() -> None:
    assert titles(decode(json.dumps(LIST, indent=4, ensure_ascii=True).encode())) == [["Song a", "Song b", "Song c"]]


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("form", ["playlist", "captured", "in a list", "page"])
def test_entries_decode_in_every_form_and_generation(generation: Generation, form: str) -> None:
    rows = [*entries_of(track("a"), episode("e"), local_file("l"), None), None]
    document = playlist("list", rows, generation)
    forms = {
        "playlist": document,
        "captured": captured(document),
        "in a list": [document],
        "page": page("list", rows, generation),
    }
    (snapshot,) = decode(forms[form]).playlists
    assert snapshot.playlist_id == spotify_id("list")
    assert titles(decode(forms[form])) == [["Song a", "Episode e", "l", None, None]]


def test_entries_told_under_both_names_count_once() -> None:
    both = playlist("list", entries_of(track("a")), "items", tracks=page("list", entries_of(track("a"))))
    both["items"]["items"][0]["track"] = track("a")
    assert titles(decode(both)) == [["Song a"]]


def test_pages_in_a_list_are_assembled_whatever_their_order() -> None:
    first, second, third = pages("list", entries_of(*map(track, "abcde")), 2)
    expected = [[f"Song {word}" for word in "abcde"]]
    assert titles(decode([third, first, second])) == expected


def test_a_playlist_object_and_its_further_pages_are_one_playlist_with_its_name() -> None:
    first, second = pages("list", entries_of(*map(track, "abc")), 2)
    (snapshot,) = decode([second, playlist("list", tracks=first)]).playlists
    assert snapshot.playlist.name == "Playlist list"
    assert len(snapshot.entries) == 3


def test_pages_of_several_playlists_in_a_list_are_told_apart() -> None:
    mixed = [*pages("one", entries_of(*map(track, "abc")), 2), *pages("two", entries_of(*map(track, "cba")), 1)]
    content = decode(mixed[::-1])
    assert {snapshot.playlist_id for snapshot in content.playlists} == {spotify_id("one"), spotify_id("two")}
    assert sorted(map(str, titles(content))) == ["['Song a', 'Song b', 'Song c']", "['Song c', 'Song b', 'Song a']"]


WHOLE = pages("list", entries_of(*map(track, "abcde")), 2)


@pytest.mark.parametrize(
    ("document", "missing", "doubt"),
    [
        pytest.param(WHOLE[0], 3, "holds 2 of the 5 entries that it tells", id="the first page alone"),
        pytest.param(WHOLE[2], None, "a page starts at entry 5, expected 1", id="the last page alone"),
        pytest.param([WHOLE[0], WHOLE[2]], None, "a page starts at entry 5, expected 3", id="a gap"),
        pytest.param(WHOLE[:2], 1, "holds 4 of the 5 entries", id="the last page missing"),
        pytest.param([*WHOLE, WHOLE[1]], None, "a page starts at entry 3, expected 5", id="a page twice"),
        pytest.param([LIST, LIST], None, "a page starts at entry 1, expected 4", id="a whole playlist twice"),
        pytest.param([WHOLE[0], WHOLE[1] | {"offset": 1}, WHOLE[2]], None, "entry 2, expected 3", id="an overlap"),
        pytest.param([*WHOLE[:2], WHOLE[2] | {"total": 6}], 1, "holds 5 of the 6 entries", id="totals that differ"),
        pytest.param(WHOLE[0] | {"offset": -1}, None, "a page starts at entry 0, expected 1", id="a negative offset"),
        pytest.param(page("list", [], total=-1), 0, "holds 0 of the -1 entries", id="a negative total"),
        pytest.param(page("list", entries_of(track("a")), total=0), 0, "holds 1 of the 0 entries", id="more than told"),
        pytest.param(WHOLE[0] | {"total": None}, None, "the last page names a next one", id="no total but a next page"),
        pytest.param(WHOLE[0] | {"total": 2}, None, "the last page names a next one", id="a next page after the total"),
    ],
)  # fmt: skip
def test_of_a_playlist_that_is_not_whole_is_said_what_is_missing(
    document: object, missing: int | None, doubt: str
) -> None:
    (snapshot,) = decode(document).playlists
    assert snapshot.missing == missing
    assert doubt in snapshot.doubts[-1]


@pytest.mark.parametrize("document", [LIST, WHOLE, captured(LIST), page("list", entries_of(track("a")), total=1)])
def test_of_a_whole_playlist_nothing_is_missing_or_doubtful(document: object) -> None:
    (snapshot,) = decode(document).playlists
    assert (snapshot.missing, snapshot.doubts) == (0, ())


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        pytest.param(LIST | {"tracks": {"total": 3}}, "a playlist object without its entries", id="only a total"),
        pytest.param(playlist("list", tracks={}), "a playlist object without its entries", id="an empty page object"),
        pytest.param(page("list", []) | {"items": None, "total": None}, "not in a known shape", id="a page of nothing"),
        pytest.param(without(LIST, "tracks"), "a playlist object without its entries .*withholds", id="no page"),
        pytest.param(LIST | {"tracks": None}, "a playlist object without its entries .*withholds", id="a null page"),
        pytest.param(LIST | {"tracks": 5}, "a playlist object without its entries", id="a number for a page"),
        pytest.param(captured(without(LIST, "tracks")), "a playlist object without its entries", id="captured without"),
    ],
)  # fmt: skip
def test_a_playlist_without_a_list_of_entries_is_refused(document: object, expected: str) -> None:
    with pytest.raises(UnreadableObject, match=expected):
        decode(document)


@pytest.mark.parametrize("told", [None, 5, {}, "short"])
def test_a_capture_is_known_by_what_was_asked_for_where_the_answer_does_not_say(told: object) -> None:
    answer = LIST | {"id": told, "href": None, "tracks": page("list", entries_of(track("a")), href=None)}
    (snapshot,) = decode(captured(answer, playlist_id=spotify_id("asked"))).playlists
    assert snapshot.playlist_id == spotify_id("asked")
    assert decode(captured(LIST, playlist_id=spotify_id("asked"))).playlists[0].playlist_id == spotify_id("list")


def test_the_doubts_of_a_capture_are_those_of_its_envelope() -> None:
    doubts = {"told": 4, "read": 3, "attempts": 3, "versions": 3, "agreed": True}
    (snapshot,) = decode(captured(LIST, doubts=doubts)).playlists
    assert snapshot.doubts == (
        "read 3 times, two readings equal, in 3 versions; Spotify reported 4 entries and gave 3",
    )


def test_what_could_not_be_read_on_any_page_is_known_by_its_place_on_the_playlist() -> None:
    first, second = pages("list", entries_of(*map(track, "abcd")), 2)
    second["items"][0] = 5
    second["items"][1]["track"]["id"] = {"not": "an id"}
    (snapshot,) = decode([second, first]).playlists
    assert snapshot.lost == {2, 3}
    assert titles(decode([second, first])) == [["Song a", "Song b", None, "Song d"]]


@pytest.mark.parametrize("document", [playlist("list"), playlist("list", tracks={"total": 0}), page("list", [])])
def test_an_empty_playlist_is_whole(document: object) -> None:
    (snapshot,) = decode(document).playlists
    assert snapshot.entries == []


def test_a_playlist_of_ten_thousand_entries_decodes_from_one_page_or_many() -> None:
    rows = [entry(without(track(f"s{number}"), "available_markets")) for number in range(10_000)]
    for document in (playlist("long", rows), pages("long", rows, 100)[::-1]):
        (found,) = titles(decode(document))
        assert found == [f"Song s{number}" for number in range(10_000)]


@pytest.mark.parametrize(
    "identifier",
    [
        *("", "short", "x" * 21, "x" * 23, "x" * 22 + "\n", "x" * 21 + "\0", "é" * 22, "٣" * 22),
        *("../../../etc/passwd", "%2e%2e%2f" + "x" * 13, "spotify:playlist:37i9dQZEVXbMD"),
    ],
)
def test_a_malformed_playlist_id_is_refused(identifier: str) -> None:
    assert reason(LIST | {"id": identifier, "href": None, "tracks": page("list", [], href=None)}).startswith(
        ("not a Spotify playlist id: ", NO_PLAYLIST)
    )


def test_a_long_malformed_id_is_cut_in_the_reason() -> None:
    assert len(reason(LIST | {"id": "../" * 10_000})) < 100


@pytest.mark.parametrize("href", [None, "", f"https://api.spotify.com/v1/somewhere?offset={spotify_id('list')}"])
def test_a_page_that_names_no_playlist_is_refused(href: str | None) -> None:
    assert reason(page("list", entries_of(track("a")), href=href)).startswith(NO_PLAYLIST)


@pytest.mark.parametrize("path", ["playlists/{}/tracks?x=1", "users/user1/playlists/{}/tracks", "playlists/{}"])
def test_a_page_names_its_playlist_in_its_address(path: str) -> None:
    document = page(
        "list", entries_of(track("a")), href=f"https://api.spotify.com/v1/{path.format(spotify_id('list'))}"
    )
    assert decode(document).playlists[0].playlist_id == spotify_id("list")


@pytest.mark.parametrize(
    ("own", "address", "of_page"),
    [("own", "own", "own"), ("own", None, None), (None, "own", None), (None, None, "own")],
)
def test_a_playlist_is_known_by_its_id_or_by_its_address_or_by_that_of_its_page(
    own: str | None, address: str | None, of_page: str | None
) -> None:
    def told(word: str | None) -> str | None:
        return word and f"https://api.spotify.com/v1/playlists/{spotify_id(word)}"

    tracks = page("own", entries_of(track("a")), href=told(of_page))
    document = LIST | {"id": own and spotify_id(own), "href": told(address), "tracks": tracks}
    assert decode(document).playlists[0].playlist_id == spotify_id("own")


def test_a_foreign_playlist_is_dated_by_its_landing_and_called_foreign() -> None:
    (snapshot,) = decode(LIST).playlists
    assert (snapshot.source, snapshot.fetched_at, snapshot.region, snapshot.tags) == ("foreign", FETCHED_AT, None, [])


def test_a_captured_playlist_is_dated_and_described_by_its_envelope() -> None:
    (snapshot,) = decode(captured(LIST, at(7))).playlists
    assert (snapshot.source, snapshot.fetched_at) == ("spotify", at(7))
    assert (snapshot.region, snapshot.tags) == ("global", ["chart", "daily"])


@pytest.mark.parametrize(
    ("fetched_at", "expected"),
    [
        ("2026-03-01T23:30:00-01:00", "captured on 2026-03-02 but filed under 2026-03-01"),
        ("2026-02-28T12:00:00Z", "captured on 2026-02-28 but filed under 2026-03-01"),
        ("2026-03-01T12:00:00", "no time zone in envelope.fetched_at: '2026-03-01T12:00:00'"),
        ("2026-03-01", "no time zone in envelope.fetched_at: '2026-03-01'"),
        ("yesterday", "no time in envelope.fetched_at: 'yesterday'"),
        ("", "no time in envelope.fetched_at: ''"),
        ("0001-01-01T00:00:00+14:00", "no time in envelope.fetched_at: '0001-01-01T00:00:00+14:00'"),
        ("9999-12-31T23:59:59-14:00", "no time in envelope.fetched_at: '9999-12-31T23:59:59-14:00'"),
    ],
)
def test_a_capture_of_another_day_or_of_no_certain_time_is_refused(fetched_at: str, expected: str) -> None:
    assert reason({"envelope": envelope() | {"fetched_at": fetched_at}, "playlist": LIST}) == expected


def test_a_capture_is_of_the_utc_day_whatever_its_time_zone() -> None:
    document = {"envelope": envelope() | {"fetched_at": "2026-03-02T01:30:00+02:00"}, "playlist": LIST}
    (snapshot,) = decode(document).playlists
    assert snapshot.fetched_at == datetime(2026, 3, 1, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "odd",
    [without(envelope(), "source"), without(envelope(), "fetched_at"), envelope() | {"source": []}, [], "spotify"],
)
def test_an_envelope_must_tell_source_and_time(odd: object) -> None:
    message = reason({"envelope": odd, "playlist": LIST})
    assert message == "an envelope without a readable source and fetched_at"


def test_an_odd_cell_of_the_envelope_is_no_more_than_that() -> None:
    content = decode(captured(LIST, region={"no": "text"}, tags=["chart", None, 5]))
    (snapshot,) = content.playlists
    assert (snapshot.region, snapshot.tags, snapshot.source) == (None, ["chart", "5"], "spotify")
    assert {odd.path for odd in content.odd_cells} == {"envelope.region", "envelope.tags[]"}


@pytest.mark.parametrize(
    ("document", "lake", "expected"),
    [
        (captured(LIST, source="sample"), "spotify", "captured from 'sample' but this lake holds 'spotify'"),
        (captured(LIST), "sample", "captured from 'spotify' but this lake holds 'sample'"),
        (captured_profiles(profile("a")), "sample", "captured from 'spotify' but this lake holds 'sample'"),
        (captured(LIST, source="foreign"), "spotify", "captured from 'foreign' but this lake holds 'spotify'"),
        (LIST, "sample", ANOTHER_HOME),
        ({"artists": [profile("a")]}, "sample", ANOTHER_HOME),
    ],
)
def test_a_lake_refuses_what_another_source_captured(document: object, lake: str, expected: str) -> None:
    assert reason(document, source=lake) == expected


def test_a_sample_lake_takes_sample_data() -> None:
    (snapshot,) = decode(captured(LIST, source="sample"), source="sample").playlists
    assert snapshot.source == "sample"


@pytest.mark.parametrize(
    "document",
    [
        {"artists": [profile("a"), None, profile("b")]},
        {"artists": {"items": [profile("a"), None, profile("b")], "next": None}},
        captured_profiles(profile("a"), None, profile("b")),
        [{"artists": [profile("a")]}, {"artists": [profile("b")]}],
    ],
)
def test_artist_profiles_decode_in_every_form(document: object) -> None:
    content = decode(document)
    assert [found.profile.name for found in content.profiles] == ["Artist a", "Artist b"]
    assert not content.playlists


@pytest.mark.parametrize("document", [captured_profiles(), {"artists": {"items": None}}])
def test_a_day_without_artists_is_readable(document: object) -> None:
    assert decode(document).profiles == []


def test_a_profile_keeps_the_time_at_which_it_was_read_even_on_another_day() -> None:
    carried_over = profile("a", fetched_at="2026-02-20T12:00:00+00:00")
    content = decode(captured_profiles(carried_over, profile("b")))
    assert [found.fetched_at for found in content.profiles] == [datetime(2026, 2, 20, 12, tzinfo=UTC), FETCHED_AT]


@pytest.mark.parametrize("fetched_at", ["2026-02-20", "soon", "0001-01-01T00:00:00+01:00"])
def test_a_profile_of_no_certain_time_has_that_of_its_document(fetched_at: str) -> None:
    content = decode(captured_profiles(profile("a", fetched_at=fetched_at), fetched_at=at(3)))
    assert [found.fetched_at for found in content.profiles] == [at(3)]
    assert [(odd.path, odd.places) for odd in content.odd_cells] == [
        ("artists[].fetched_at", ("artists[0].fetched_at",))
    ]


def test_playlists_and_profiles_may_share_an_object() -> None:
    content = decode([LIST, {"artists": [profile("a")]}])
    assert (len(content.playlists), len(content.profiles)) == (1, 1)


def test_answers_of_a_second_source_come_in_order_with_their_own_times_or_that_of_their_object() -> None:
    facts = captured_facts({"a": "Sweden", "b": None, "c": None})
    facts["artist_facts"][0]["fetched_at"] = at(-5).isoformat()
    facts["artist_facts"][1]["fetched_at"] = at(-5).replace(tzinfo=None).isoformat()
    content = decode([captured(LIST), facts])
    assert [(found.answer.artist_id, found.fetched_at) for found in content.facts] == [
        (spotify_id("a"), at(-5)),
        (spotify_id("b"), FETCHED_AT),
        (spotify_id("c"), FETCHED_AT),
    ]
    (odd,) = content.odd_cells
    assert (odd.count, odd.expected, odd.playlist_id) == (1, "a time with its zone", None)
    assert [found.playlist_id for found in content.playlists] == [spotify_id("list")]
