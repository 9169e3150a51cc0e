from datetime import date

import polars as pl
import pytest

from spotify_assets.cli.terminal import as_written, print_frame


@pytest.mark.parametrize(
    ("column", "value", "written"),
    [
        ("share", 0.504, "50.4 %"),
        ("share_change_7_days", -0.0125, "-1.2 %"),
        ("streams_share", 1.0, "100.0 %"),
        ("overlap", 0.0, "0.0 %"),
        ("points", 1234.5, "1,234.5"),
        ("points", 12.0, "12"),
        ("points", 0.00012, "0.00012"),
        ("points", 0.0, "0"),
        ("rows", 14012, "14,012"),
        ("shared_songs", 1200, "1,200"),
        ("active_since", 1987, "1987"),
        ("release_year", 2026, "2026"),
        ("is_new", True, "True"),
        ("day", date(2026, 3, 1), "2026-03-01"),
        ("name", "a\x1b[31mb\nc", "a [31mb c"),
        ("name", None, ""),
    ],
)
def test_values_are_written_as_people_write_them(column: str, value: object, written: str) -> None:
    assert as_written(column, value) == written


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_no_name_of_a_column_is_cut_on_any_terminal(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    names = ["snapshot_date", "playlist_id", "previous_position", "position", "song"]
    print_frame(pl.DataFrame({name: ["x" * 50] for name in names}), "Title")
    shown = capsys.readouterr().out
    assert all(name in shown for name in names)
    assert "…" not in shown
    assert shown.replace("\n", "").count("x") == 50 * len(names)


def test_a_table_of_many_columns_and_no_row_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    print_frame(pl.DataFrame({"a_long_name_of_a_column": [], "another": []}))
    assert capsys.readouterr().out == "no rows of a_long_name_of_a_column, another\n"
