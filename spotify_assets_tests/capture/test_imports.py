"""An import as a whole: what files hold, what lands of it, and that a day's object says what the file said of it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from spotify_assets.capture.held_files import files_in
from spotify_assets.capture.imports import FoundFile, Said, Survey, land, objects_of, survey
from spotify_assets.charts.imported_object import provenance_of
from spotify_assets.charts.recognition import read
from spotify_assets.lake.lake import Lake
from spotify_assets.transform.containers import decompress
from spotify_assets_tests.capture.test_day_lines import DAYS, to_csv
from spotify_assets_tests.capture.test_day_lines import row as data_row
from spotify_assets_tests.capture.test_held_files import write
from spotify_assets_tests.charts import files
from spotify_assets_tests.charts.test_real_charts import FILES, REAL_CHARTS

AT = datetime(2026, 11, 27, tzinfo=UTC).isoformat()
PLAYLIST = "37i9dQZF1DXcBWIGoYBM5M"
CHART = files.to_csv([files.row(1), files.row(2)]).encode()
LATEST = (
    b"Position,Track Name,Artist,Streams,URL\n1,A,B,5,https://open.spotify.com/track/%s\n" % files.song_id(1).encode()
)
EXPORTIFY = b"Track URI,Track Name\n%s,Song\n" % files.uri(1).encode()
DATA_SET = to_csv(
    [
        [*data_row(day, title, rank)[:4], f"https://open.spotify.com/track/{files.song_id(rank)}", country, *rest]
        for country in ("Germany", "Global")
        for day in DAYS
        for rank, title in ((1, "Plain"), (2, "Two\nlines, and more"))
        for rest in [["top200", "MOVE_UP", 10 - rank]]
    ]
)


def look(folder: Path, held: Mapping[str, bytes], said: Said | None = None) -> Survey:
    folder.mkdir(exist_ok=True)
    (folder / "work").mkdir()
    paths = [write(folder / "held", held) / name for name in held]
    return survey(files_in(paths), said or Said(), folder / "work")


def only(found: Survey) -> FoundFile:
    assert found.refused == []
    (file,) = found.found
    return file


def reason(found: Survey) -> str:
    (refused,) = found.refused
    return refused.reason


def test_a_chart_lands_as_it_came_with_where_it_is_from(tmp_path: Path) -> None:
    said = Said(origin="a friend", licence="CC0")
    file = only(look(tmp_path, {files.NAME: CHART}, said))
    assert (file.charts, file.records, file.oddities) == (["regional-global-daily"], 2, [])
    ((day, data),) = objects_of(file, said, AT)
    assert (day.day, decompress(data)) == (files.DAY, CHART)
    provenance = provenance_of(data)
    assert provenance is not None
    assert (provenance.file, provenance.origin, provenance.licence) == (files.NAME, "a friend", "CC0")
    assert (provenance.sha256, provenance.imported_at, provenance.lines) == (file.sha256, AT, ())


def test_days_of_a_data_set_say_together_what_the_file_says(tmp_path: Path) -> None:
    file = only(look(tmp_path, {"charts.csv": DATA_SET}))
    assert (file.records, len(file.charts), [each.day for each in file.days]) == (12, 2, DAYS)
    by_day = [
        read("charts.csv", decompress(data), day=day.day).rows.drop("line")
        for day, data in objects_of(file, Said(), AT)
    ]
    order = ["snapshot_date", "chart_id", "position"]
    whole = read("charts.csv", DATA_SET)
    assert whole.problems == []
    assert pl.concat(by_day).sort(order).equals(whole.rows.drop("line").sort(order))


def test_importing_again_lands_nothing(tmp_path: Path, lake: Lake) -> None:
    file = only(look(tmp_path / "first", {"charts.csv": DATA_SET}))
    assert [is_new for _, is_new in land(file, Said(), AT, lake.raw.imports)] == [True] * 3
    renamed = only(look(tmp_path / "second", {"renamed.csv": DATA_SET}))
    later = Lake(lake.settings).raw.imports
    assert [is_new for _, is_new in land(renamed, Said(), "later", later)] == [False] * 3


def test_the_same_content_under_another_chart_is_another_object(tmp_path: Path) -> None:
    header = f"{files.HEADER}\n".encode()
    names = [f"regional-{region}-daily-2024-10-31.csv" for region in ("de", "global")]
    found = look(tmp_path, dict.fromkeys(names, header))
    assert len({file.days[0].digest for file in found.found}) == 2
    assert [file.records for file in found.found] == [0, 0]


@pytest.mark.parametrize(
    ("name", "content", "lacks"),
    [
        ("regional-global-daily-latest.csv", LATEST, "its day is unknown: state it with --as-of"),
        ("chart-2024-10-31.csv", CHART, "its chart is unknown: name it as charts.spotify.com does, or"),
        ("my_list.csv", EXPORTIFY, "its playlist is unknown: state it with --playlist"),
    ],
)
def test_what_a_file_does_not_say_has_to_be_told(tmp_path: Path, name: str, content: bytes, lacks: str) -> None:
    assert reason(look(tmp_path / "untold", {name: content})).startswith(lacks)
    chart_id = "regional-global-daily" if "chart" in lacks else None
    said = Said(files.DAY, chart_id, PLAYLIST if "playlist" in lacks else None)
    file = only(look(tmp_path / "told", {name: content}, said))
    assert file.charts == [said.playlist_id or "regional-global-daily"]
    ((day, data),) = objects_of(file, said, AT)
    told = provenance_of(data)
    assert told is not None
    assert (day.day, told.as_of, told.chart_id, told.playlist_id) == (files.DAY, files.DAY, chart_id, said.playlist_id)


@pytest.mark.parametrize(
    ("said", "name", "content", "expected"),
    [
        (Said(date(2024, 1, 1)), files.NAME, CHART, "its name says 2024-10-31, but it is read as of 2024-01-01"),
        (Said(DAYS[0]), "charts.csv", DATA_SET, "each of its lines states chart and day: import it without --as-of"),
        (Said(), "notes.csv", b"a,b\n1,2\n", "a CSV of a, b"),
        (Said(), "picture.csv", b"\x89PNG\0\0", "not a supported chart or list"),
        (Said(), "empty.csv", b"", "empty"),
        (Said(), "page.csv", b"<!DOCTYPE html>", "a web page"),
        (Said(), "a.json", b'[{"ts": "", "ms_played": 3}]', "what one person played and when"),
        (Said(), files.NAME, CHART + CHART, "two files in one"),
        (Said(), "regional-de-daily-2204-10-31.csv", CHART, "of 2204-10-31, but Spotify's charts are"),
    ],
)
def test_a_file_that_cannot_be_imported_says_why(
    tmp_path: Path, said: Said, name: str, content: bytes, expected: str
) -> None:
    assert expected in reason(look(tmp_path, {name: content}, said))


def test_what_is_no_chart_in_a_folder_is_left_out(tmp_path: Path) -> None:
    write(tmp_path / "held", {"README.md": b"Notes, and more", "picture.png": b"\x89PNG\0\0", files.NAME: CHART})
    (tmp_path / "work").mkdir()
    found = survey(files_in([tmp_path / "held"]), Said(), tmp_path / "work")
    assert (len(found.found), found.refused, len(found.others)) == (1, [], 2)


def test_a_bad_file_takes_no_other_with_it(tmp_path: Path) -> None:
    found = look(tmp_path, {"broken.csv.gz": b"\x1f\x8b", files.NAME: CHART, "empty.csv": b""})
    assert [file.name for file in found.found] == [files.NAME]
    assert [refused.shown.rpartition("/")[2] for refused in found.refused] == ["broken.csv.gz", "empty.csv"]


def test_what_is_odd_is_told(tmp_path: Path) -> None:
    lines = DATA_SET + to_csv([data_row("soon")]).partition(b"\n")[2]
    oddity, _ = only(look(tmp_path / "data set", {"charts.csv": lines})).oddities
    assert oddity.startswith("lines without a readable day: 1, the first is line 20;")
    chart = files.to_csv([files.row(1), files.row("two", 2)]).encode()
    assert (
        "problems: 1, the first is in line 3: its 'rank' is 'two'"
        in only(look(tmp_path / "chart", {files.NAME: chart})).oddities[0]
    )


def test_two_files_of_one_chart_and_day_are_told_of(tmp_path: Path) -> None:
    other = files.to_csv([files.row(1, 7), files.row(2)]).encode()
    first, second = look(tmp_path, {files.NAME: CHART, f"other-{files.NAME}": other}).found
    assert first.oddities == []
    assert second.oddities == [f"another file for the chart and day of {first.shown}: only one of them counts"]


def test_a_playlist_that_is_told_is_that_of_one_file(tmp_path: Path) -> None:
    other = EXPORTIFY.replace(b"Song", b"Another")
    found = look(tmp_path, {"a.csv": EXPORTIFY, "b.csv": other}, Said(files.DAY, None, PLAYLIST))
    assert len(found.found) == 1
    assert "already imported for that playlist and day" in reason(found)


@pytest.mark.skipif(not FILES, reason=f"no real chart files in {REAL_CHARTS}")
def test_real_files_are_found(tmp_path: Path) -> None:
    found = survey(files_in([REAL_CHARTS]), Said(), tmp_path)
    assert {tuple(file.charts) for file in found.found} >= {("regional-global-weekly",), ("viral-global-daily",)}
    assert all(file.records in (100, 200) and file.oddities == [] for file in found.found)
    assert [refused.reason.partition(":")[0] for refused in found.refused] == ["its day is unknown"]
