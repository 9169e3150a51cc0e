"""Pages of a playlist in one raw object each are joined by their offsets, and never those of two captures."""

from datetime import timedelta
from random import Random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotify_assets.transform.decode import RawObject
from spotify_assets.transform.key_words import series_of
from spotify_assets.transform.observations import observe
from spotify_assets.transform.tables import build_tables
from spotify_assets_tests.support.data.builders import (
    DAY,
    FETCHED_AT,
    LIMIT,
    Json,
    entries_of,
    page,
    playlist,
    spotify_id,
    to_json,
    track,
)
from spotify_assets_tests.support.data.odd_days import few

MORNING, EVENING = 0, 600
# Entries of a page; fewer are never too many to be missing.
SIZE = 6


def landed(document: object, name: str, minute: float = MORNING) -> RawObject:
    at = FETCHED_AT + timedelta(minutes=minute)
    return RawObject(f"snapshot_date={DAY}/landed_at={at:%Y%m%dT%H%M%S%f}Z/{name}", to_json(document), at)


def pages_of(songs: str, size: int = SIZE, word: str = "list") -> list[Json]:
    """The pages of a playlist of these songs."""
    return [
        page(word, entries_of(*map(track, songs[start : start + size])), offset=start, total=len(songs))
        for start in range(0, len(songs), size)
    ]


def saved(songs: str, name: str = "page_{}.json", minute: float = MORNING, word: str = "list") -> list[RawObject]:
    """Pages of six times each song in a file each, as a loop lands them, a second after another."""
    wanted = pages_of("".join(song * SIZE for song in songs), word=word)
    return [landed(found, name.format(number), minute + number / 60) for number, found in enumerate(wanted, 1)]


def tables_of(objects: list[RawObject]) -> dict[str, pl.DataFrame]:
    """Tables of a day; its objects come by name, as they do from a lake."""
    ordered = sorted(objects, key=lambda found: found.name)
    return build_tables(observe(ordered, DAY, "spotify"), DAY, LIMIT).frames


def songs_on(objects: list[RawObject]) -> str:
    """The song of each page of the published playlist, in order."""
    items = tables_of(objects)["playlist_items"]
    assert items["position"].to_list() == [*range(1, items.height + 1)]
    entries = "".join(name.removeprefix("Song ") for name in items["name"])
    assert entries == "".join(song * SIZE for song in entries[::SIZE])
    return entries[::SIZE]


def test_pages_in_a_file_each_are_one_list() -> None:
    tables = tables_of(saved("ABCDE"))
    row = tables["playlists"].row(0, named=True)
    assert (tables["playlists"].height, row["entries"], row["doubt"]) == (1, 30, None)
    assert row["fetched_at"] == FETCHED_AT + timedelta(seconds=5)
    assert songs_on(saved("ABCDE")) == "ABCDE"
    assert tables["rejected_rows"].is_empty()


@pytest.mark.parametrize(
    "name",
    [
        "page_{}.json",
        "some/folder/page-{}.json",
        spotify_id("list") + "_{}00.json",
        "2026-03-01_part{}_of_3.json",
        "2026-03-01/Liste {}.json.bz2",
        "0630_{}.json",
    ],
)
def test_names_that_differ_by_the_number_of_the_page_are_of_one_list(name: str) -> None:
    assert len({series_of(name.format(number)) for number in (1, 2, 10)}) == 1


@pytest.mark.parametrize(
    "names",
    [
        ("a/page_1.json", "b/page_1.json"),
        ("0630_page_1.json", "1830_page_1.json"),
        ("page_1_0630.json", "page_1_1830.json"),
        ("one.json", "two.json"),
        ("1-0630.json", "2-0631x.json"),
    ],
)
def test_names_that_differ_by_more_are_of_two(names: tuple[str, str]) -> None:
    assert series_of(names[0]) != series_of(names[1])


def test_pages_that_came_in_any_order_and_at_one_moment_are_one_list() -> None:
    pages = [
        landed(found, f"page_{number}.json")
        for number, found in enumerate(pages_of("".join(song * SIZE for song in "ABCDEFGH")), 9)
    ]
    Random(1).shuffle(pages)
    assert songs_on(pages) == "ABCDEFGH"


def test_the_page_that_describes_the_playlist_names_it() -> None:
    first, *others = pages_of("ABCDEFGHI")
    described = landed(playlist("list", tracks=first, description="Mine"), "page_1.json")
    tables = tables_of([described, *(landed(found, "page_2.json") for found in others)])
    row = tables["playlists"].row(0, named=True)
    assert (row["name"], row["description"], row["entries"], row["doubt"]) == ("Playlist list", "Mine", 9, None)


def held_back(objects: list[RawObject]) -> str:
    """Why the only playlist of a day is held back."""
    tables = tables_of(objects)
    assert tables["playlists"].is_empty()
    return "; ".join(sorted(set(tables["rejected_rows"]["row_json"])))


@pytest.mark.parametrize(
    ("gone", "reason"),
    [
        (0, "a page starts at entry 7, expected 1"),
        (2, "a page starts at entry 19, expected 13"),
        (4, "holds 24 of the 30 entries"),
    ],
)
def test_a_missing_page_is_judged_like_a_list_that_is_not_whole(gone: int, reason: str) -> None:
    pages = saved("ABCDE")
    del pages[gone]
    assert reason in held_back(pages)


def test_few_missing_entries_are_a_doubt() -> None:
    pages = [
        landed(page("list", entries_of(*(track(f"s{n}") for n in range(start, end))), offset=start, total=300), name)
        for start, end, name in ((0, 100, "p1.json"), (100, 200, "p2.json"), (200, 298, "p3.json"))
    ]
    row = tables_of(pages)["playlists"].row(0, named=True)
    assert (row["entries"], row["doubt"]) == (298, "holds 298 of the 300 entries that it tells")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"offset": 3}, "starts at entry 4, expected 7"), ({"total": 60}, "holds 18 of the 60 entries")],
)
def test_pages_that_overlap_or_tell_other_lengths_are_held_back(changes: Json, reason: str) -> None:
    first, second, third = pages_of("AAAAAABBBBBBCCCCCC")
    pages = [landed(found, f"page_{number}.json") for number, found in enumerate((first, second | changes, third))]
    assert reason in held_back(pages)


@pytest.mark.parametrize("name", ["page_{}.json", "x/{}.json"])
def test_an_offset_that_comes_again_begins_another_capture(name: str) -> None:
    morning, evening = saved("ABCD", name), saved("EFGH", name, EVENING)
    assert songs_on([*morning, *evening]) == "EFGH"
    # As long as the later one is not whole, the earlier one stands.
    assert songs_on([*morning, evening[0]]) == "ABCD"
    within_the_hour = saved("EFGH", name, 5)
    assert songs_on([*morning, *within_the_hour]) == "EFGH"


def test_pages_of_a_morning_and_an_evening_are_never_mixed() -> None:
    morning, evening = saved("ABCDEF"), saved("UVWXYZ", minute=EVENING)
    # The evening's first page was written over the morning's.
    assert "holds 6 of the 36" in held_back([evening[0], *morning[1:]])
    one, other = saved("ABCD", "page_{}_0630.json"), saved("EFGH", "page_{}_1830.json")
    assert songs_on([one[0], other[0], *other[1:], *one[1:]]) == "EFGH"
    assert "starts at entry 7" in held_back([one[0], *other[1:]])


def test_pages_of_two_playlists_in_one_folder_are_two_lists() -> None:
    tables = tables_of([*saved("ABCD", "a/{}.json"), *saved("EFG", "a/{}.json", word="other")])
    assert sorted(tables["playlists"]["entries"]) == [18, 24]


def test_a_page_that_is_written_twice_is_no_reason_to_doubt_what_is_whole() -> None:
    pages = saved("ABCDEF")
    assert songs_on([*pages, saved("ABCDEF", minute=9)[1]]) == "ABCDEF"


@few
@given(st.text("abc", min_size=1, max_size=12), st.integers(1, 4), st.randoms(use_true_random=False))
def test_pages_give_the_rows_of_the_whole_list(songs: str, size: int, random: Random) -> None:
    objects = [landed(found, f"{number}.json") for number, found in enumerate(pages_of(songs, size))]
    random.shuffle(objects)
    whole = tables_of([landed(page("list", entries_of(*map(track, songs))), "0.json")])
    for name, rows in tables_of(objects).items():
        kept = [column for column in rows.columns if column != "fetched_at"]
        assert rows.select(kept).equals(whole[name].select(kept)), name
