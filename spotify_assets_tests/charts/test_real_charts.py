"""Files that people downloaded from charts.spotify.com and spotifycharts.com, against plain readings of the same files.

The files lie beside the checkout and are not part of it; see ../shared/real_charts/index.md.
"""

import csv
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from spotify_assets.charts.chart_file import ChartFile
from spotify_assets.charts.identity import named_in
from spotify_assets.charts.recognition import read
from spotify_assets_tests.charts.files import values

REAL_CHARTS = Path(__file__).parents[3] / "shared" / "real_charts"
FILES = sorted(REAL_CHARTS.glob("*.csv"))
# What the file of the old site does not say.
DAY_OF_LATEST = date(2018, 11, 10)

pytestmark = pytest.mark.skipif(not FILES, reason=f"no real chart files in {REAL_CHARTS}")
each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def read_file(path: Path) -> ChartFile:
    day = DAY_OF_LATEST if path.stem.endswith("latest") else None
    return read(path.name, path.read_bytes(), day=day)


def plain(path: Path) -> list[dict[str, str]]:
    """The lines below the header, as Python's csv module reads them."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        if path.stem.endswith("latest"):
            next(lines)
        return list(csv.DictReader(lines))


def number(text: str | None) -> int | None:
    return int(text) if text else None


@each_file
def test_every_line_is_a_row_and_nothing_is_odd(path: Path) -> None:
    file = read_file(path)
    assert (file.problems, file.oddities) == ([], [])
    assert file.rows.height == len(plain(path)) == (100 if "viral" in path.stem else 200)
    (chart,) = file.charts
    assert chart.chart == named_in(path.name).chart
    assert chart.rows == file.rows.height
    header_lines = 2 if path.stem.endswith("latest") else 1
    assert values(file, "line") == [header_lines + place for place in range(1, file.rows.height + 1)]


@each_file
def test_rows_say_what_the_lines_say(path: Path) -> None:
    file, rows = read_file(path), plain(path)
    if path.stem.endswith("latest"):
        expected: list[tuple[Any, ...]] = [
            (int(row["Position"]), row["URL"][-22:], row["Track Name"].strip(), row["Artist"], int(row["Streams"]))
            for row in rows
        ]
        names = ["position", "song_id", "title", "artist_names", "streams"]
    else:
        expected = [
            (
                *(int(row["rank"]), row["uri"][-22:], row["track_name"].strip(), row["artist_names"].strip()),
                *(row["source"].strip(), int(row["peak_rank"]), number(row.get("streams"))),
                None if row["previous_rank"] == "-1" else int(row["previous_rank"]),
                int(row.get("weeks_on_chart") or row["days_on_chart"]),
            )
            for row in rows
        ]
        names = [
            *("position", "song_id", "title", "artist_names", "label", "peak_position", "streams"),
            *("previous_position", "periods_on_chart"),
        ]
    assert file.rows.select(names).rows() == expected


@each_file
def test_sums_are_those_of_duckdb(path: Path) -> None:
    skipped = 1 if path.stem.endswith("latest") else 0
    found = duckdb.read_csv(str(path), all_varchar=True, header=True, skiprows=skipped)
    streams = [column for column in found.columns if column.lower() == "streams"]
    total = sum(int(text) for (text,) in found.select(*streams).fetchall()) if streams else 0
    assert total == read_file(path).rows["streams"].sum()


def test_previous_places_are_those_of_the_week_before() -> None:
    before, after = (read_file(REAL_CHARTS / f"regional-global-weekly-2023-11-{day}.csv") for day in ("09", "16"))
    places = dict(before.rows.select("song_id", "position").iter_rows())
    told = after.rows.select("song_id", "previous_position").rows()
    # One recording changed its id between the weeks, while the chart went on counting it.
    assert sum(places.get(song) == previous for song, previous in told) == 199
    assert all(after.rows["is_previous_told"])
