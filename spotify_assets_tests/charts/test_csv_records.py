import csv
import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotify_assets.charts.csv_records import MOST_LINES, records_of
from spotify_assets.charts.text import text_of

CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"), max_size=8)
TABLE = st.integers(2, 5).flatmap(lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), max_size=8))


def table(rows: list[list[str]], **form: Any) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL, **form).writerows(rows)
    return text.getvalue().encode()


@settings(max_examples=60, deadline=None, derandomize=True)
@given(TABLE, st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from(",;\t|"))
def test_what_was_written_is_read(rows: list[list[str]], end: str, delimiter: str) -> None:
    rows = [cells for cells in rows if any(cells)]
    width = len(rows[0]) if rows else 2
    header = [f"h{number}" for number in range(width)]
    text = text_of(table([header, *rows], lineterminator=end, delimiter=delimiter))
    found = records_of(text, delimiter, width, 1)
    assert ([list(cells) for cells in zip(*found.columns, strict=True)], found.problems) == (rows, [])
    assert found.lines == sorted(set(found.lines))


def records(text: str, width: int = 3) -> tuple[list[tuple[int, list[str]]], list[tuple[int, str]]]:
    found = records_of(text_of(text.encode()), ",", width, 1)
    problems = [(problem.line, problem.reason) for problem in found.problems]
    return list(zip(found.lines, map(list, zip(*found.columns, strict=True)), strict=True)), problems


def test_records_know_their_lines() -> None:
    kept, problems = records('a,b,c\n1,"x\ny",2\n\n3,z,4\n')
    assert kept == [(2, ["1", "x\ny", "2"]), (5, ["3", "z", "4"])]
    assert problems == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('1,"x,2', "its quotes do not match"),
        ('1,"x"y,2', "its quotes do not match"),
        ('1,"say \\"x\\"",2', "its quotes do not match"),
        ("1,2", "it has 2 cells, but the header has 3"),
        ("1,2,3,4", "it has 4 cells, but the header has 3"),
    ],
)
@pytest.mark.parametrize("rest", ["3,z,4\n5,y,6\n", '3,"z",4\n5,"y",6\n', ""])
def test_a_malformed_line_costs_itself_alone(line: str, reason: str, rest: str) -> None:
    kept, problems = records(f"a,b,c\n0,w,1\n{line}\n{rest}")
    assert [number for number, _ in kept] == [2, 4, 5][: 1 + rest.count("\n")]
    assert problems == [(3, reason)]


def test_a_quote_without_end_does_not_take_in_the_rest() -> None:
    good = [f"{number},x,y" for number in range(100)]
    kept, problems = records("\n".join(["a,b,c", *good[:10], '10,"x,y', *good[10:]]) + "\n")
    assert [cells[0] for _, cells in kept] == [str(number) for number in range(100)]
    assert problems == [(12, "its quotes do not match")]


def test_a_name_may_take_many_lines_but_not_any_number() -> None:
    name = "\n" * (MOST_LINES - 1)
    assert records(f'a,b,c\n1,"{name}",2\n')[0] == [(2, ["1", name, "2"])]
    _, problems = records(f'a,b,c\n1,"{name}\n",2\n')
    assert problems[0] == (2, "its quotes do not match")


def test_lines_in_another_encoding_are_left_out() -> None:
    content = "a,b,c\n1,é,2\n".encode() + "3,é,4\n".encode("cp1252") + b"5,y,6\n"
    found = records_of(text_of(content), ",", 3, 1)
    assert found.lines == [2, 4]
    (problem,) = found.problems
    assert problem.line == 3
    assert "not UTF-8" in problem.reason
    assert problem.text == "3,?,4"
