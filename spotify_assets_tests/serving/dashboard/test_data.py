"""What the page holds: all that the tables say of the chosen rows, packed and found again."""

import json
from datetime import timedelta
from typing import Any

import polars as pl
from hypothesis import given, settings

from spotify_assets.serving.dashboard.choice import PARTS_PER_REGION, RELEASES_PER_DAY, leading_artists
from spotify_assets.serving.dashboard.data import LONGEST_NAME, page_data
from spotify_assets_tests.support.data.chart_histories import (
    FIRST_DAY,
    Chart,
    ChartDay,
    History,
    histories,
    playlist_id,
    song_id,
)
from spotify_assets_tests.support.data.dashboard_pages import Tables, dashboard_tables

CHART_COLUMNS = ("position", "previous_position", "peak_position", "days_on_chart", "streams")


def unpacked(data: dict[str, Any], section: str) -> list[dict[str, Any]]:
    """The rows of a section with `group` and `day`, as the page reads them."""
    rows: list[dict[str, Any]] = []
    for group, packed in enumerate(data[section]):
        if packed is None:
            continue
        empty = [None] * packed["ends"][-1]
        columns = {name: values or empty for name, values in packed.items() if name not in ("days", "ends")}
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
    credited = data["songs"]["artists"] or [None] * len(data["songs"]["id"])
    for song, artists in zip(data["songs"]["id"], credited, strict=True):
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


def test_of_many_labels_those_with_most_points_or_streams_are_kept_and_unknown_ones(tables: Tables) -> None:
    one = tables["label_trends"].filter(region="gb").head(1)
    names = [f"Label {number:02}" for number in range(40)]
    rising = [
        one.with_columns(label=pl.lit(name), points=pl.lit(40 - number, pl.Int64), streams=pl.lit(number, pl.Int64))
        for number, name in enumerate(names)
    ]
    many = pl.concat(
        [*rising, one.with_columns(label=pl.lit("unknown"), points=pl.lit(0, pl.Int64), streams=pl.lit(0, pl.Int64))]
    )
    most = PARTS_PER_REGION
    for trends, wanted in (
        (many, {*names[:most], *names[-most:]}),
        (many.with_columns(streams=pl.lit(None, pl.Int64)), set(names[:most])),
    ):
        data = page_data({**tables, "label_trends": trends})
        assert {data["labels"][row["label"]] for row in unpacked(data, "label_shares")} == {*wanted, "unknown"}


def test_ranks_by_streams_leave_out_whom_no_chart_tells_streams_of(tables: Tables) -> None:
    one = tables["artist_trends"].filter(region="gb").head(1)
    ranked = pl.concat(
        one.with_columns(
            artist_id=pl.lit(f"{number:022}"),
            streams=pl.lit(streams, pl.Int64),
            week_streams=pl.lit(streams, pl.Int64),
            rank=pl.lit(99, pl.Int64),
            week_rank=pl.lit(99, pl.Int64),
        )
        for number, streams in enumerate([7, None, 9, 9, *range(7)])
    )
    kept = leading_artists(ranked)
    assert kept["streams_rank"].to_list() == [3, 1, 1, 10, 9, 8, 7, 6, 5, 4]
    assert kept["week_streams_rank"].to_list() == kept["streams_rank"].to_list()


def test_songs_without_ids_of_artists_have_the_text_of_the_chart(tables: Tables) -> None:
    known = tables["song_artists"].filter(pl.col("song_id") != song_id(1))
    names = pl.when(song_id=song_id(1)).then(pl.lit("Tyler, The Creator")).otherwise("artist_names")
    told = {name: tables[name].with_columns(artist_names=names) for name in ("song_trends", "release_performance")}
    songs = page_data({**tables, **told, "song_artists": known})["songs"]
    number = songs["id"].index(song_id(1))
    assert songs["artists"][number] is None
    # Of song 4 nobody is credited.
    assert [text for text in songs["artists_text"] if text] == ["Tyler, The Creator"]
    assert songs["artists_text"][number] == "Tyler, The Creator"
    assert page_data(tables)["songs"]["artists_text"] is None


def test_what_charts_do_not_tell_is_counted_by_region_and_day() -> None:
    """Three places of 3, 2 and 1 points: of song 0 no artist is known, of song 3 no streams are told."""
    tables = dashboard_tables({FIRST_DAY: ChartDay({0: Chart("gb", [1, 0, 3]), 1: Chart("jp", [1])})})
    known = tables["song_artists"].filter(pl.col("song_id") != song_id(0))
    streams = {song_id(1): 601, song_id(0): 200, song_id(3): None}
    trends = tables["song_trends"].with_columns(streams=pl.col("song_id").replace_strict(streams))
    told = {**tables, "song_trends": trends, "song_artists": known}
    row = {"places": 3, "streamed_places": 2, "unnamed_share": 3333, "unnamed_streams_share": 2497}
    assert unpacked(page_data(told), "told")[0] == {"group": 0, "day": 0, **row}
    # Nothing is held of regions that tell no streams and the id of every artist.
    silent = {**tables, "song_trends": trends.with_columns(streams=pl.lit(None, pl.Int64)), "song_artists": known}
    row = {"places": 3, "streamed_places": 0, "unnamed_share": 3333, "unnamed_streams_share": None}
    assert unpacked(page_data(silent), "told") == [{"group": 0, "day": 0, **row}]


def test_a_share_that_is_not_nothing_is_never_told_as_nothing() -> None:
    tables = dashboard_tables({FIRST_DAY: ChartDay({0: Chart("gb", [1, 3])})})
    rare = pl.when(song_id=song_id(3)).then(1).otherwise(1_000_000)
    told = {
        "song_trends": tables["song_trends"].with_columns(points=rare),
        "song_artists": tables["song_artists"].filter(pl.col("song_id") != song_id(3)),
    }
    assert [row["unnamed_share"] for row in unpacked(page_data({**tables, **told}), "told")] == [1]


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
