"""Chart files that land as raw objects: what becomes of them in the tables of their day."""

from datetime import UTC, datetime

import polars as pl
import pytest

from spotify_assets.charts.imported_object import Provenance, packed
from spotify_assets.transform.decode import RawObject
from spotify_assets.transform.observations import Observations, observe
from spotify_assets.transform.tables import build_tables
from spotify_assets_tests.charts.files import COLUMNS, DAY, NAME, WEEKLY, csv_of, row, song_id
from spotify_assets_tests.support.data.builders import captured, entries_of, playlist, to_json, track

LANDED = datetime(2026, 11, 27, 6, tzinfo=UTC)
SHA256 = "ab" * 32


def landed(content: bytes, name: str = NAME) -> RawObject:
    return RawObject(f"snapshot_date={DAY}/landed_at=20261127T060000000000Z/{name}", content, LANDED)


def imported(content: bytes, name: str = NAME, **told: object) -> RawObject:
    provenance = Provenance(name, SHA256, "2026-11-27T05:00:00+00:00", **told)  # pyright: ignore[reportArgumentType]
    return RawObject(f"snapshot_date={DAY}/import-0123456789ab-{name}.zst", packed(provenance, content), LANDED)


def observed(*objects: RawObject, source: str = "spotify") -> Observations:
    return observe(objects, DAY, source)


def tables(*objects: RawObject) -> dict[str, pl.DataFrame]:
    return build_tables(observed(*objects), DAY, 0.05).frames


def refusal(*objects: RawObject, source: str = "spotify") -> str:
    (quarantined,) = observed(*objects, source=source).quarantined
    return quarantined.reason


def test_a_chart_becomes_a_playlist_with_all_that_it_tells() -> None:
    frames = tables(landed(csv_of(row(1), row(2, previous_rank=1, streams=7, artist_names="Tyler, The Creator"))))
    (chart,) = frames["playlists"].to_dicts()
    assert (chart["playlist_id"], chart["chart_type"], chart["recurrence"], chart["region"], chart["source"]) == (
        *("regional-global-daily", "regional", "daily", "global"),
        "foreign",
    )
    told = ("position", "song_id", "label", "streams", "previous_rank", "was_on_previous_chart", "peak_rank")
    assert frames["playlist_items"].select(*told, "periods_on_chart").rows() == [
        (1, song_id(1), "Label", 999, None, False, 1, 3),
        (2, song_id(2), "Label", 7, 1, True, 1, 3),
    ]
    assert frames["songs"]["artists_text"].to_list() == ["Artist 1", "Tyler, The Creator"]
    empty = ("song_artists", "artists", "albums", "imports", "rejected_rows")
    assert [name for name in empty if not frames[name].is_empty()] == []


def test_a_daily_and_a_weekly_chart_are_two() -> None:
    weekly = ",".join(column.replace("days_on", "weeks_on") for column in COLUMNS)
    frames = tables(landed(csv_of(row(1))), landed(csv_of(row(1), header=weekly), WEEKLY))
    assert frames["playlists"].select("playlist_id", "recurrence").rows() == [
        ("regional-global-daily", "daily"),
        ("regional-global-weekly", "weekly"),
    ]


def test_an_import_tells_where_it_is_from_and_counts_before_what_others_landed_later() -> None:
    content = csv_of(row(1), row(2))
    frames = tables(imported(content, origin="a friend"), landed(csv_of(row(1, number=9))))
    assert frames["playlist_items"]["song_id"].to_list() == [song_id(1), song_id(2)]
    (provenance,) = frames["imports"].to_dicts()
    assert (provenance["sha256"], provenance["origin"], provenance["charts"], provenance["rows_read"]) == (
        *(SHA256, "a friend"),
        *(1, 2),
    )
    assert frames["rejected_rows"]["rule"].to_list() == ["passed_over|less_trusted"]


def test_a_line_that_cannot_be_read_costs_itself_and_is_told_of_with_its_line_in_the_file() -> None:
    lines = [row(rank) for rank in range(1, 41)]
    lines[20][1] = "spotify:track:short"
    frames = tables(imported(csv_of(*lines), lines=((1000, 40),)))
    items = frames["playlist_items"]
    assert items.height == frames["playlists"]["entries"].item() == 40
    assert items.filter(pl.col("song_id").is_null()).select("position", "entry_type").rows() == [(21, "unavailable")]
    (rejected,) = frames["rejected_rows"].to_dicts()
    assert (rejected["key"], rejected["rule"]) == (f"{NAME}:1020", "line|unreadable")
    assert "spotify:track:short" in rejected["row_json"]


def test_a_cell_that_cannot_be_read_is_null_and_told_of() -> None:
    frames = tables(landed(csv_of(row(1, streams="many"), row(2))))
    assert frames["playlist_items"]["streams"].to_list() == [None, 998]
    assert frames["rejected_rows"]["rule"].to_list() == ["streams|unreadable"]


def test_a_chart_that_lost_too_many_lines_is_held_back_alone() -> None:
    lines = [row(rank) for rank in range(1, 41)]
    for line in lines[10:20]:
        line[1] = "nothing"
    whole = landed(csv_of(row(1)), NAME.replace("global", "de"))
    frames = tables(landed(csv_of(*lines)), whole)
    assert frames["playlists"]["playlist_id"].to_list() == ["regional-de-daily"]
    assert "held_back|entries_without_song" in frames["rejected_rows"]["rule"].to_list()


def test_a_rank_far_beyond_all_others_is_no_chart_of_a_million_places() -> None:
    frames = tables(landed(csv_of(row(1), row(1_000_000, number=2))))
    assert frames["playlist_items"].height == 1
    assert "far beyond" in frames["rejected_rows"]["row_json"].item()


def test_who_tells_more_of_a_song_than_its_name_tells_it_however_early() -> None:
    song = track("a") | {"id": song_id(1)}
    document = to_json(captured(playlist("list", entries_of(song)), datetime(2024, 10, 31, 1, tzinfo=UTC)))
    capture = RawObject(f"snapshot_date={DAY}/playlist-x.json", document, LANDED)
    songs = tables(capture, landed(csv_of(row(1))))["songs"]
    assert songs.select("album_id").null_count().item() == 0
    assert songs["artists_text"].item() is None


def test_a_header_alone_says_that_no_chart_was_made() -> None:
    found = observed(landed(csv_of()))
    assert (found.quarantined, found.playlists.height) == ([], 0)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        (NAME, b"<!doctype html><title>Log in</title>", "sign in to charts.spotify.com"),
        (NAME, b"", "empty"),
        (NAME.replace("31", "30"), csv_of(row(1)), "one of the two is wrong"),
        ("chart.csv", csv_of(row(1)), "its chart is unknown"),
        (NAME, csv_of(["none", "of", "these"], header="a,b,c"), "not a supported chart"),
    ],
)
def test_what_is_no_chart_of_the_day_is_quarantined_with_what_to_do(name: str, content: bytes, expected: str) -> None:
    assert expected in refusal(landed(content, name))


def test_a_data_set_of_many_days_is_for_the_import() -> None:
    header = "date,country,rank,uri,artist_names,track_name"
    lines = [[f"2024-10-{day}", "de", 1, f"spotify:track:{song_id(1)}", "A", "B"] for day in (30, 31)]
    assert "spotify-assets import" in refusal(landed(csv_of(*lines, header=header), "charts_songs_daily.csv"))


def test_a_lake_of_samples_takes_no_chart() -> None:
    assert "one source only" in refusal(landed(csv_of(row(1))), source="sample")


def test_an_import_whose_provenance_is_damaged_is_told_of() -> None:
    good = imported(csv_of(row(1)))
    bad = RawObject(good.name, good.data.replace(b'"file"', b'"flie"'), LANDED)
    assert "import the file again" in refusal(bad)
