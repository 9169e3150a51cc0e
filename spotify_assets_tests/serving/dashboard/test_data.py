"""What the page holds: all that the tables say of the chosen rows, packed and found again."""

import json
from datetime import timedelta
from typing import Any

import polars as pl
from hypothesis import given, settings

from spotify_assets.serving.dashboard.data import LONGEST_NAME, RELEASES_PER_DAY, page_data
from spotify_assets_tests.support.data.chart_histories import (
    FIRST_DAY,
    Chart,
    ChartDay,
    History,
    histories,
    playlist_id,
)
from spotify_assets_tests.support.data.dashboard_pages import Tables, dashboard_tables

CHART_COLUMNS = ("position", "previous_position", "peak_position", "days_on_chart")


def unpacked(data: dict[str, Any], section: str) -> list[dict[str, Any]]:
    """The rows of a section with `group` and `day`, as the page reads them."""
    rows: list[dict[str, Any]] = []
    for group, packed in enumerate(data[section]):
        if packed is None:
            continue
        columns = {name: values for name, values in packed.items() if name not in ("days", "ends")}
        begin = 0
        for day, end in zip(packed["days"], packed["ends"], strict=True):
            for row in range(begin, end):
                rows.append({"group": group, "day": day, **{name: values[row] for name, values in columns.items()}})
            begin = end
        assert {len(values) for values in columns.values()} == {begin}
    return rows


@settings(max_examples=40, deadline=None, derandomize=True)
@given(histories(max_days=6, max_span=70))
def test_every_row_of_the_charts_is_found_again(history: History) -> None:
    tables = dashboard_tables(history)
    data = json.loads(json.dumps(page_data(tables), allow_nan=False))
    found = [
        (
            data["days"][row["day"]],
            data["playlists"]["id"][row["group"]],
            data["songs"]["id"][row["song"]],
            *(row[name] for name in CHART_COLUMNS),
        )
        for row in unpacked(data, "chart")
    ]
    columns = ["snapshot_date", "playlist_id", "song_id", *CHART_COLUMNS]
    wanted = tables["song_trends"].with_columns(pl.col("snapshot_date").dt.to_string()).select(columns).rows()
    assert sorted(found) == sorted(wanted)
    for row in unpacked(data, "links"):
        assert data["regions"][row["group"]] != data["regions"][row["other_region"]]
    credited = {song: data["songs"]["artists"][number] for number, song in enumerate(data["songs"]["id"])}
    for song, artists in credited.items():
        by_id = [data["artists"]["id"][artist] for artist in artists or []]
        told = tables["song_artists"].filter(song_id=song).sort("snapshot_date", "artist_position")
        last_day = told.filter(pl.col("snapshot_date") == pl.col("snapshot_date").max())
        assert by_id == last_day["artist_id"].to_list()


def test_a_region_stands_there_once_for_each_of_its_series() -> None:
    charts = {
        0: Chart("gb", [0, 1], "regional", "daily"),
        1: Chart("gb", [2]),
        2: Chart("us", [0], "regional", "daily"),
    }
    tables = dashboard_tables({FIRST_DAY: ChartDay(charts)})
    unknown = {
        name: frame.with_columns(series=pl.col("series").replace("playlist", None))
        if "series" in frame.columns
        else frame
        for name, frame in tables.items()
    }
    # Rows of an older version, too, are those of playlists.
    for told in (tables, unknown):
        data = page_data(told)
        assert data["series"] == ["playlist", "regional-daily"]
        assert list(zip(data["region_series"], data["regions"], strict=True)) == [(0, "gb"), (1, "gb"), (1, "us")]
        assert data["playlists"]["region"] == [0, 1, 2]
        assert [row["group"] for row in unpacked(data, "domestic")] == [0, 1, 2]
        assert [(row["group"], row["other_region"]) for row in unpacked(data, "links")] == [(1, 2), (2, 1)]


def test_first_captures_are_told_by_playlist() -> None:
    charts = [{0: Chart("gb", [0, 1])}, {0: Chart("gb", [0]), 1: Chart("us", [2])}, {0: Chart("ie", [0])}]
    days = [FIRST_DAY + timedelta(days=number) for number in range(3)]
    data = page_data(dashboard_tables({day: ChartDay(of_day) for day, of_day in zip(days, charts, strict=True)}))
    told = dict(zip(data["playlists"]["id"], data["playlists"]["first_captures"], strict=True))
    assert told == {playlist_id(0): [0, 2], playlist_id(1): [1]}


def test_shares_are_whole_ten_thousandths_and_sum_up(tables: Tables) -> None:
    shares: dict[tuple[int, int], int] = {}
    for row in unpacked(page_data(tables), "genre_shares"):
        shares[row["group"], row["day"]] = shares.get((row["group"], row["day"]), 0) + row["share"]
    assert shares
    assert all(abs(total - 10_000) <= 5 for total in shares.values())


def test_labels_are_those_of_the_last_day_and_of_each_seventh_before_it(tables: Tables) -> None:
    data = page_data(tables)
    last = FIRST_DAY + timedelta(days=29)
    labelled = {data["days"][row["day"]] for row in unpacked(data, "consistency")}
    assert labelled == {str(last - timedelta(days=back)) for back in (0, 7, 14, 21, 28)}


def test_of_many_releases_the_best_placed_are_kept(tables: Tables) -> None:
    one = tables["release_performance"].filter(region="gb").head(1)
    many = pl.concat(
        one.with_columns(song_id=pl.lit(f"{number:022}"), position=pl.lit(number or None, pl.Int64))
        for number in range(40)
    )
    data = page_data({**tables, "release_performance": many})
    assert [row["position"] for row in unpacked(data, "releases")] == list(range(1, RELEASES_PER_DAY + 1))


def test_long_names_are_cut(tables: Tables) -> None:
    trends = tables["song_trends"].with_columns(song_name=pl.lit("é" * 10_000))
    data = page_data({**tables, "song_trends": trends})
    assert max(map(len, data["songs"]["name"])) == LONGEST_NAME


def test_the_page_begins_with_a_global_chart_else_with_the_first(tables: Tables) -> None:
    data = page_data(tables)
    assert data["regions"][data["playlists"]["region"][data["start"]]] == "global"
    elsewhere = {
        name: frame.filter(region="jp") if "region" in frame.columns else frame for name, frame in tables.items()
    }
    assert page_data(elsewhere)["start"] == 0
    nowhere = {name: frame.clear() for name, frame in tables.items()}
    assert page_data(nowhere)["start"] is None
