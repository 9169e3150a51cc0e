"""A data set taken apart by day: every byte goes where its day is, and nothing is lost or held."""

import csv
import hashlib
import io
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotify_assets.capture import day_lines
from spotify_assets.capture.day_lines import DayLines, SplitFile, split_by_day
from spotify_assets.charts.errors import UnreadableChart
from spotify_assets.charts.imported_object import Provenance, file_line
from spotify_assets.charts.recognition import recognise
from spotify_assets.transform.containers import decompress

DAYS = [date(2021, 12, 31), date(2022, 1, 1), date(2022, 1, 2)]
COLUMNS = ["title", "rank", "date", "artist", "url", "region", "chart", "trend", "streams"]


def row(day: object, title: str = "A song", rank: int = 1) -> list[object]:
    return [title, rank, day, "Somebody", "https://open.spotify.com/track/x", "Germany", "top200", "MOVE_UP", 5]


def to_csv(rows: Sequence[Sequence[object]], ending: str = "\n", is_quoted: bool = False) -> bytes:
    text = io.StringIO(newline="")
    # The writer leaves line breaks of other kinds than its own without quotes.
    quoting = csv.QUOTE_ALL if is_quoted or ending == "\r" else csv.QUOTE_MINIMAL
    csv.writer(text, lineterminator=ending, quoting=quoting).writerows([COLUMNS, *rows])
    return text.getvalue().encode()


def split(content: bytes, folder: Path) -> SplitFile:
    found = recognise("charts.csv", content)
    assert found is not None
    assert found.header is not None
    return split_by_day(io.BufferedReader(io.BytesIO(content)), found.header, folder)  # pyright: ignore[reportArgumentType]


def content_of(found: SplitFile, day: DayLines) -> bytes:
    return found.header + decompress(day.frames.read_bytes())


def lines_of(content: bytes) -> list[bytes]:
    return [line.encode("latin-1") for line in io.StringIO(content.decode("latin-1"), newline="")]


def check(content: bytes, found: SplitFile) -> None:
    """Every line below the header is in one day, where its number says."""
    lines, taken = lines_of(content), dict[int, bytes]()
    header_line = len(lines_of(found.header))
    assert found.sha256 == hashlib.sha256(content).hexdigest()
    for day in found.days:
        of_day = content_of(found, day)
        assert (day.size, day.digest) == (len(of_day), hashlib.sha256(of_day).hexdigest())
        provenance = Provenance("charts.csv", "", "", lines=day.lines)
        for number, line in enumerate(lines_of(of_day), 1):
            if number > header_line:
                taken[file_line(provenance, number, header_line)] = line
    assert taken == dict(enumerate(lines[header_line:], header_line + 1))


TITLES = st.sampled_from(["Plain", "A, B", 'Say "so"', "Two\nlines", "Three\r\nlines\n.", "Ünï", "", "2022-01-01"])


@given(
    rows=st.lists(st.builds(row, st.sampled_from([*DAYS, "no day", ""]), TITLES), max_size=12),
    ending=st.sampled_from(["\n", "\r\n", "\r"]),
    is_quoted=st.booleans(),
    start=st.sampled_from([b"", b"\xef\xbb\xbf"]),
)
def test_each_byte_is_in_the_day_of_its_record(
    rows: list[list[object]], ending: str, is_quoted: bool, start: bytes
) -> None:
    content = start + to_csv([row(DAYS[0]), *rows], ending, is_quoted)
    with TemporaryDirectory() as folder:
        found = split(content, Path(folder))
        check(content, found)
        expected, day = {DAYS[0]: 1}, DAYS[0]
        for each in rows:
            day = each[2] if isinstance(each[2], date) else day
            expected[day] = expected.get(day, 0) + 1
        assert {each.day: each.records for each in found.days} == expected
        assert found.undated == sum(not isinstance(each[2], date) for each in rows)


def test_days_that_take_turns_are_put_together_from_many_frames(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = to_csv([row(DAYS[number % 3], rank=number + 1) for number in range(90)])
    monkeypatch.setattr(day_lines, "BUFFERED_BYTES", 500)
    found = split(content, tmp_path)
    check(content, found)
    assert [day.records for day in found.days] == [30, 30, 30]
    assert len(found.days[0].lines) == 30
    assert found.days[0].frames.read_bytes().count(b"\x28\xb5\x2f\xfd") > 5


def test_a_file_in_order_is_one_run_a_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(day_lines, "LONGEST_RUN", 7)
    content = to_csv([row(DAYS[number // 30], rank=number + 1) for number in range(90)])
    assert [day.lines for day in split(content, tmp_path).days] == [((2, 30),), ((32, 30),), ((62, 30),)]


def test_a_quote_that_is_not_closed_costs_its_own_line(tmp_path: Path) -> None:
    broken = to_csv([row(DAYS[0])]) + f'"Never closed,2,{DAYS[1]},x\n'.encode()
    content = broken + to_csv([row(DAYS[1]), row(DAYS[2])]).partition(b"\n")[2]
    found = split(content, tmp_path)
    check(content, found)
    assert [(day.day, day.records) for day in found.days] == [(DAYS[0], 2), (DAYS[1], 1), (DAYS[2], 1)]
    assert (found.undated, found.first_undated) == (1, 3)


@pytest.mark.parametrize("day", ["0217-01-01", str(date.today() + timedelta(days=3)), "2022-02-30", "2022-W01-1"])  # noqa: DTZ011
def test_a_day_that_no_chart_has_goes_with_the_line_before(tmp_path: Path, day: str) -> None:
    found = split(to_csv([row(DAYS[0]), row(day)]), tmp_path)
    assert [(each.day, each.records) for each in found.days] == [(DAYS[0], 2)]
    assert (found.undated, found.first_undated) == (1, 3)


def test_lines_before_the_first_day_go_with_it(tmp_path: Path) -> None:
    content = to_csv([row("unknown"), row(DAYS[1])])
    found = split(content, tmp_path)
    check(content, found)
    assert [(each.day, each.records) for each in found.days] == [(DAYS[1], 2)]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (to_csv([]), "no line has a readable day"),
        (to_csv([row("unknown")] * 3), "no line has a readable day"),
        (to_csv([row("unknown")] * 1100), "none of its first 1,000 lines has a readable day"),
        (to_csv([row(DAYS[0])]) + b"x" * (1 << 20), "line 3 is longer than any line of a chart"),
        (to_csv([row(DAYS[0])]).decode().encode("utf-16"), "a data set in UTF-16-LE.*save it as UTF-8"),
    ],
)
def test_what_cannot_be_taken_apart_says_why(tmp_path: Path, content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableChart, match=reason):
        split(content, tmp_path)


def test_more_of_a_day_than_an_object_holds_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(day_lines, "LARGEST_OBJECT_BYTES", 1000)
    with pytest.raises(UnreadableChart, match="too much for charts"):
        split(to_csv([row(DAYS[0])] * 30), tmp_path)
