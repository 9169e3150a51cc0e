"""One odd cell costs itself: every wrong type that was seen, and any JSON value at any place of a valid document."""

import json
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotify_assets.spotify.payloads import Track
from spotify_assets.transform.cells import (
    EXAMPLES,
    MOST_COMMAS,
    MOST_ELEMENTS,
    MOST_LISTED,
    OddCell,
    OddCells,
    TooManyValues,
    listed,
    mended,
    read_by_cell,
)
from spotify_assets.transform.containers import UnreadableObject
from spotify_assets.transform.decode import ObjectContent, decode_object
from spotify_assets_tests.support.data.builders import (
    DAY,
    LIMIT,
    Json,
    captured,
    captured_profiles,
    credit,
    entries_of,
    entry,
    playlist,
    profile,
    raw,
    spotify_id,
    tables_of,
    track,
)


def read(**changes: Any) -> tuple[Track, list[OddCell]]:
    odd = OddCells()
    song = read_by_cell(json.dumps(track("a", **changes)).encode(), Track, odd)
    return song, odd.of("object", "playlist")


def decode(document: object) -> ObjectContent:
    return decode_object(raw(document), DAY, "spotify")


@pytest.mark.parametrize(
    ("field", "value", "expected", "found"),
    [
        ("duration_ms", {"total": 5}, "a whole number", "an object"),
        ("duration_ms", [5], "a whole number", "a list"),
        ("duration_ms", 1.5, "a whole number", "another number"),
        ("duration_ms", 2**63, "a whole number", "another number"),
        ("duration_ms", -(2**63) - 1, "a whole number", "another number"),
        ("duration_ms", 10**400, "a whole number", "another number"),
        ("duration_ms", "3:21", "a whole number", "text"),
        ("duration_ms", "1e5", "a whole number", "text"),
        ("duration_ms", "\u0663", "a whole number", "text"),
        ("duration_ms", True, "a whole number", "true or false"),
        ("name", {"text": "x"}, "text", "an object"),
        ("name", ["x"], "text", "a list"),
        ("name", False, "text", "true or false"),
        ("explicit", "yes", "true or false", "text"),
        ("explicit", 2, "true or false", "another number"),
        ("explicit", {}, "true or false", "an object"),
        ("album", [], "an object", "a list"),
        ("album", "Album", "an object", "text"),
        ("album", 5, "an object", "another number"),
        ("artists", {}, "a list", "an object"),
        ("artists", "Artist", "a list", "text"),
        ("external_ids", "QM24S2402528", "an object", "text"),
    ],
)
def test_a_value_of_the_wrong_type_is_null_and_told_of_by_path_and_types(
    field: str, value: Any, expected: str, found: str
) -> None:
    song, odd = read(**{field: value})
    assert getattr(song, field) is None
    assert odd == [OddCell("object", "playlist", field, expected, found, 1, (field,))]
    good = msgspec.json.decode(json.dumps(track("a")), type=Track)
    assert msgspec.structs.replace(song, **{field: getattr(good, field)}) == good


@pytest.mark.parametrize(
    ("field", "value", "read_as"),
    [
        ("duration_ms", 55.0, 55),
        ("duration_ms", "55", 55),
        ("duration_ms", "-55.00", -55),
        ("name", 1999, "1999"),
        ("name", 5.50, "5.5"),
        ("explicit", 1, True),
        ("explicit", 0, False),
        ("explicit", "True", True),
        ("explicit", "false", False),
    ],
)
def test_what_loses_nothing_is_read_and_is_no_odd_cell(field: str, value: Any, read_as: Any) -> None:
    song, odd = read(**{field: value})
    assert (getattr(song, field), type(getattr(song, field))) == (read_as, type(read_as))
    assert odd == []


def test_what_cannot_be_read_in_a_list_is_null_where_there_may_be_nulls_and_left_out_where_not() -> None:
    song, odd = read(artists=[credit("x"), 5, None, credit("y", id=[])])
    assert [artist and artist.name for artist in song.artists or ()] == ["Artist x", None, None, "Artist y"]
    assert [cell.path for cell in odd] == ["artists[]", "artists[].id"]
    (found,) = decode(captured_profiles(profile("a", genres=["pop", None, {"x": 1}, 80]))).profiles
    assert found.profile.genres == ("pop", "80")


def test_cells_that_are_odd_in_the_same_way_are_one_row_with_the_first_places() -> None:
    rows = entries_of(*(track(f"s{number}", duration_ms={}) for number in range(9)), track("fine"))
    (odd,) = decode(playlist("list", rows)).odd_cells
    assert (odd.playlist_id, odd.path, odd.count) == (spotify_id("list"), "tracks.items[].track.duration_ms", 9)
    assert odd.places == tuple(f"tracks.items[{number}].track.duration_ms" for number in range(EXAMPLES))


def test_the_value_itself_is_never_told() -> None:
    content = decode(playlist("list", entries_of(track("a", duration_ms={"secret": "hunter2"}, name=["hunter2"]))))
    assert "hunter2" not in str(content.odd_cells)
    assert "secret" not in str(content.odd_cells)


def test_a_day_lists_so_many_kinds_and_counts_the_others() -> None:
    cells = [OddCell(f"object-{number:04}", None, "name", "text", "a list", 2, ()) for number in range(MOST_LISTED + 3)]
    shown = listed(reversed(cells))
    assert shown[:-1] == cells[:MOST_LISTED]
    assert (shown[-1].path, shown[-1].count) == ("3 further kinds", 6)
    assert listed(cells[:2]) == cells[:2]


@pytest.mark.parametrize("elements", [MOST_COMMAS + 2, MOST_ELEMENTS + 1])
def test_a_list_that_would_take_all_memory_is_not_taken_apart(elements: int) -> None:
    with pytest.raises(TooManyValues):
        read_by_cell(b'{"artists":[' + b"1," * (elements - 1) + b"1]}", Track, OddCells())


def test_an_object_with_such_a_list_is_refused_with_a_sentence() -> None:
    data = b'{"items":[' + b"1," * MOST_ELEMENTS + b"1]}"
    with pytest.raises(UnreadableObject, match="not in a known shape, and too long to be read cell by cell"):
        decode(data)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (rb"\ud83d and more", "\ufffd and more"),
        (rb"x \ude00", "x \ufffd"),
        (rb"\ud83d\ude00", "\U0001f600"),
        (rb"\ud83d\ud83d\ude00", "\ufffd\U0001f600"),
        (rb"\\ud83d", r"\ud83d"),
        (rb"\\\ud83d", "\\\ufffd"),
        (b"\xed\xa0\xbd!", "\ufffd!"),
        ("\ud7ff \ue000".encode(), "\ud7ff \ue000"),
    ],
)
def test_half_a_character_becomes_the_replacement_character(text: bytes, expected: str) -> None:
    assert msgspec.json.decode(mended(b'"' + text + b'"')) == expected


def test_half_a_character_in_a_name_is_replaced_and_told_of_by_its_place() -> None:
    document = playlist("list", entries_of(track("a"), track("b", name="half \ud83d"), track("c", name="\ufffd")))
    content = decode(json.dumps(document).replace('"\\ufffd"', '"\ufffd"').encode())
    names = [row.track.name for row in content.playlists[0].entries if row and row.track]
    assert names == ["Song a", "half \ufffd", "\ufffd"]
    assert [odd.places for odd in content.odd_cells] == [("tracks.items[1].track.name",)]


# Any JSON value at any cell of a valid document.

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield (*path, key)
        yield from places(child, (*path, key))


def put(document: Json, path: tuple[str | int, ...], value: Any) -> Json:
    changed = deepcopy(document)
    inner: Any = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return changed


GOOD = captured(playlist("list", [entry(track("a")), entry(track("b")), entry(track("c"))]), doubts=None)
# What tells the structure: that it is a playlist, which one, whose, and its list of entries.
STRUCTURE = {
    ("envelope",), ("envelope", "source"), ("envelope", "fetched_at"), ("playlist",), ("playlist", "id"),
    ("playlist", "tracks"), ("playlist", "tracks", "items"),
}  # fmt: skip
# What says how many entries there are: a playlist that tells of more than are there is held back.
WHOLENESS = {("playlist", "tracks", field) for field in ("total", "offset", "next")}
CELLS = sorted((path for path in places(GOOD) if path not in STRUCTURE | WHOLENESS), key=str)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.sampled_from(CELLS), json_values)
def test_any_value_at_any_cell_quarantines_nothing_and_loses_no_other_row(
    path: tuple[str | int, ...], odd: Any
) -> None:
    frames = tables_of(put(GOOD, path, odd), limit=LIMIT)
    items = frames["playlist_items"]
    assert items["position"].to_list() == [1, 2, 3]
    assert frames["playlists"].height == 1
    hit = path[3] if path[:3] == ("playlist", "tracks", "items") else None
    for number, word in enumerate("abc"):
        if number != hit:
            assert items["song_id"][number] == spotify_id(word)
            assert spotify_id(word) in frames["songs"]["song_id"]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.sampled_from(sorted(STRUCTURE | WHOLENESS, key=str)), json_values)
def test_any_value_at_the_structure_ends_in_rows_or_a_reason(path: tuple[str | int, ...], odd: Any) -> None:
    with suppress(UnreadableObject):
        assert len(decode(put(GOOD, path, odd)).playlists) <= 1
