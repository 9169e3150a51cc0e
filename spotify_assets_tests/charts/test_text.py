import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotify_assets.charts.errors import UnreadableChart
from spotify_assets.charts.text import start_of, text_of

ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
BODY = st.text(st.characters(exclude_categories=["Cs"]))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.sampled_from(ENCODINGS), BODY)
def test_text_is_the_same_in_every_encoding_of_unicode(encoding: str, body: str) -> None:
    content = f"rank,uri\n{body}".encode(encoding)
    text = text_of(content)
    assert "".join(text.lines) == f"rank,uri\n{body}"
    assert not text.unreadable
    assert start_of(content).startswith("rank,uri")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_any_program_ends_them(end: str) -> None:
    assert text_of(f"a{end}b{end}".encode()).lines == [f"a{end}", f"b{end}"]


def test_utf_16_is_read_and_told_of() -> None:
    assert text_of("rank".encode("utf-16")).oddities == ["it is in UTF-16-LE, which is supported"]


def test_utf_16_that_is_cut_off_is_refused() -> None:
    with pytest.raises(UnreadableChart, match="damaged UTF-16-LE from byte 8 on"):
        text_of("rank".encode("utf-16") + b"x")


def test_a_file_in_windows_1252_is_refused_with_its_first_line() -> None:
    with pytest.raises(
        UnreadableChart, match=r"probably Windows-1252\): 2 lines, the first is line 2: save it as UTF-8"
    ):
        text_of("rank\nBeyoncé\nRosalía\n".encode("cp1252"))


def test_one_line_in_another_encoding_is_one_line() -> None:
    text = text_of("rank\nBeyoncé\n".encode() + "Rosalía\n".encode("cp1252"))
    assert text.unreadable == {3}
    assert text_of(b"rank\n" + "Rosalía\n".encode("cp1252")).unreadable == {2}


@pytest.mark.parametrize("name", ["Beyoncé", "Ängie", "Señorita", "Sigur Rós", "Жанна", "日本", "♥", "Motörhead"])
def test_mojibake_is_told_of_and_right_names_are_not(name: str) -> None:
    assert text_of(f"rank\n{name}\n".encode()).oddities == []
    wrong = name.encode().decode("cp1252", "ignore")
    if wrong.encode("cp1252").decode("utf-8", "ignore") == name:
        (oddity,) = text_of(f"rank\n{wrong}\n".encode()).oddities
        assert "lines that look like UTF-8 read as Windows-1252: 1, the first is line 2" in oddity
