"""From cells to rows: what is odd costs its cell, then its line, and is told of."""

from typing import Any

import pytest

from spotify_assets.charts.chart_file import COLUMNS
from spotify_assets_tests.charts.files import read_rows, row, song_id, values


def problems(*rows: list[object]) -> list[tuple[int, str, str | None]]:
    return [(problem.line, problem.reason, problem.column) for problem in read_rows(*rows).problems]


def test_rows_have_all_columns_in_their_types() -> None:
    assert dict(read_rows(row(1)).rows.schema) == COLUMNS
    assert dict(read_rows().rows.schema) == COLUMNS


@pytest.mark.parametrize("rank", [0, -1, "", "first", "1.5", "1e3", "٣"])
def test_a_rank_that_is_none_costs_its_line(rank: object) -> None:
    file = read_rows(row(1), row(rank, 2), row(3))
    assert values(file, "position") == [1, 3]
    (problem,) = file.problems
    expected = (
        f"its 'rank' is '{rank}', expected a rank, a whole number from 1" if rank != "" else "its 'rank' is missing"
    )
    assert (problem.line, problem.reason, problem.column) == (3, expected, None)
    assert song_id(2) in problem.text


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("", "its 'uri' is missing"),
        ("spotify:local:Somebody:Album:Song:200", "a local file, not a song on Spotify"),
        (f"spotify:episode:{song_id(1)}", "an episode, not a song on Spotify"),
        ("spotify:track:short", "its 'uri' is 'spotify:track:short', expected the URI or address of a song on Spotify"),
        ("x" * 300, f"its 'uri' is '{'x' * 59}…', expected the URI or address of a song on Spotify"),
    ],
)
def test_an_id_that_is_none_costs_its_line(link: str, reason: str) -> None:
    assert problems(row(1), row(2, uri=link)) == [(3, reason, None)]


@pytest.mark.parametrize(
    "link",
    [
        f"spotify:track:{song_id(1)}",
        f"https://open.spotify.com/track/{song_id(1)}",
        f"https://open.spotify.com/intl-de/track/{song_id(1)}?si=x",
    ],
)
def test_links_of_a_song_are_its_id(link: str) -> None:
    assert values(read_rows(row(1, uri=link)), "song_id") == [song_id(1)]


@pytest.mark.parametrize(
    ("streams", "number"),
    [
        ("1234567", 1234567),
        ("1,234,567", 1234567),
        ("1.234.567", 1234567),
        ("1 234 567", 1234567),
        ("1\u202f234", 1234),
        ("1'234", 1234),
        ("1234.0", 1234),
        ("0", 0),
        ("", None),
    ],
)
def test_streams_are_read_in_the_forms_that_programs_write(streams: str, number: int | None) -> None:
    file = read_rows(row(1, streams=streams))
    assert values(file, "streams") == [number]
    assert file.problems == []


@pytest.mark.parametrize("streams", ["-5", "1.234", "1,23", "1,234.5", "many", "99999999999999999999"])
def test_streams_that_cannot_be_read_are_null_and_told_of(streams: str) -> None:
    file = read_rows(row(1, streams=streams))
    assert values(file, "streams") == [None]
    (problem,) = file.problems
    assert problem.column == "streams"
    assert problem.reason == f"its 'streams' is '{streams}', expected a whole number from 0"


@pytest.mark.parametrize(
    ("told", "previous", "is_told"),
    [("7", 7, True), ("-1", None, True), ("", None, False), ("0", None, False), ("x", None, False)],
)
def test_not_there_before_is_something_else_than_not_told(told: str, previous: int | None, is_told: bool) -> None:
    file = read_rows(row(1, previous_rank=told))
    assert (values(file, "previous_position"), values(file, "is_previous_told")) == ([previous], [is_told])


def test_every_line_is_a_row_or_a_problem() -> None:
    rows: list[Any] = [row(1), row("x", 2), row(3, uri=""), row(4, streams="x"), row(5)[:4], row(1), row(7)]
    file = read_rows(*rows)
    lost = [problem.line for problem in file.problems if problem.column is None]
    assert sorted([*values(file, "line"), *lost]) == [2, 3, 4, 5, 6, 7, 8]
    assert [problem.line for problem in file.problems] == sorted(problem.line for problem in file.problems)


def test_ranks_out_of_order_are_put_in_order() -> None:
    file = read_rows(row(3), row(1), row(2))
    assert values(file, "position") == [1, 2, 3]
    assert values(file, "line") == [3, 4, 2]
    assert (file.problems, file.oddities) == ([], [])


def test_texts_are_kept_as_they_are_but_for_space_around_them() -> None:
    file = read_rows(row(1, artist_names="Tyler, The Creator", track_name=" x ", source="A / B"))
    assert [values(file, name) for name in ("artist_names", "title", "label")] == [
        ["Tyler, The Creator"],
        ["x"],
        ["A / B"],
    ]
    assert values(file, "artist_name_list") == [None]
    assert values(file, "artist_ids") == [None]


def test_a_missing_name_is_null() -> None:
    file = read_rows(row(1, track_name="", artist_names=" "))
    assert (values(file, "title"), values(file, "artist_names"), file.problems) == ([None], [None], [])
