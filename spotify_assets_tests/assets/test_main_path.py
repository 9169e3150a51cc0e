"""From raw to published through Dagster, on a folder: good days, bad days, and the ways around a check."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from spotify_assets.assets.tables import LOOK_AGAIN_TAG
from spotify_assets.lake.sql import query
from spotify_assets.lake.staging import Stage
from spotify_assets.schemas.base import BASE
from spotify_assets.transform.audit import BLOCKING
from spotify_assets_tests.assets.conftest import TABLES_PUBLISHED, Platform
from spotify_assets_tests.support.data.builders import zipped

DAY = date(2026, 3, 14)
NEXT = DAY + timedelta(days=1)
SONG = {
    "id": "1" * 22,
    "name": "Song",
    "type": "track",
    "duration_ms": 1000,
    "album": {"id": "3" * 22, "name": "Album", "release_date": "2026-01-01", "release_date_precision": "day"},
    "artists": [{"id": "2" * 22, "name": "Artist"}],
}


def playlist(entries: list[object], playlist_id: str = "p" * 22) -> bytes:
    page = {"items": entries, "total": len(entries), "offset": 0, "next": None}
    return json.dumps({"id": playlist_id, "name": "List", "tracks": page}).encode()


def songs(count: int, **changes: object) -> list[object]:
    return [{"track": SONG | {"id": f"{number:022d}"} | changes} for number in range(count)]


def published(platform: Platform, table: str) -> pl.DataFrame:
    return platform.lake.catalog.scan(BASE.tables[table]).collect()


def failed_checks(result: dg.ExecuteInProcessResult) -> set[str]:
    return {
        f"{evaluation.asset_key.to_user_string()}.{evaluation.check_name}"
        for evaluation in result.get_asset_check_evaluations()
        if not evaluation.passed
    }


def failure_message(result: dg.ExecuteInProcessResult, step: str) -> str:
    failure = result.failure_data_for_node(step)
    assert failure is not None
    assert failure.user_failure_data is not None
    return failure.user_failure_data.description or ""


def test_a_day_goes_from_raw_to_published(sample: Platform) -> None:
    result = sample.materialize(DAY)
    assert result.success
    assert failed_checks(result) == set()
    items = published(sample, "playlist_items")
    assert items["snapshot_date"].unique().to_list() == [DAY]
    assert items["playlist_id"].n_unique() == 5
    assert list(sample.lake.raw.waiting()) == []
    assert {entry.is_waiting for entry in sample.lake.raw.objects_of([DAY])[DAY]} == {False}


def test_a_range_is_one_run_with_figures_for_each_day(sample: Platform) -> None:
    result = sample.materialize(DAY, NEXT)
    assert result.success
    counts = {
        event.partition: event.step_materialization_data.materialization.metadata["dagster/partition_row_count"].value
        for event in result.get_asset_materialization_events()
        if event.asset_key == dg.AssetKey("playlist_items")
    }
    by_day = dict(published(sample, "playlist_items").group_by("snapshot_date").len().iter_rows())
    assert counts == {str(day): rows for day, rows in by_day.items()}
    assert set(by_day) == {DAY, NEXT}


def test_a_day_made_twice_is_published_once(sample: Platform) -> None:
    sample.materialize(DAY)
    before = {name: sample.lake.catalog.load(table).current_snapshot() for name, table in BASE.tables.items()}  # pyright: ignore[reportOptionalMemberAccess]
    result = sample.materialize(DAY, steps=TABLES_PUBLISHED)
    assert result.success
    after = {name: sample.lake.catalog.load(table).current_snapshot() for name, table in BASE.tables.items()}  # pyright: ignore[reportOptionalMemberAccess]
    assert after == before


def test_a_bad_day_is_held_back_and_the_good_one_after_it_is_published(foreign_anywhere: Platform) -> None:
    foreign_anywhere.land(f"snapshot_date={DAY}/bad.json", playlist([*songs(5), *songs(5, id="malformed")]))
    foreign_anywhere.land(f"snapshot_date={NEXT}/good.json", playlist(songs(10)))
    bad = foreign_anywhere.materialize(DAY, steps=TABLES_PUBLISHED)
    good = foreign_anywhere.materialize(NEXT, steps=TABLES_PUBLISHED)
    assert not bad.success
    assert "playlists.not_empty" in failed_checks(bad)
    assert not bad.get_asset_materialization_events() or all(
        event.asset_key != dg.AssetKey("published_tables") for event in bad.get_asset_materialization_events()
    )
    assert good.success
    assert published(foreign_anywhere, "playlist_items")["snapshot_date"].unique().to_list() == [NEXT]
    assert [entry.snapshot_date for entry in foreign_anywhere.lake.raw.waiting()] == [DAY]  # pyright: ignore[reportAttributeAccessIssue]


def test_a_day_that_is_held_back_names_its_object_and_its_rows_can_be_asked_for(foreign: Platform) -> None:
    foreign.land(f"snapshot_date={DAY}/bad.json", playlist([*songs(5), *songs(5, id="malformed")]))
    result = foreign.materialize(DAY, steps=TABLES_PUBLISHED)
    told = checked(result, "playlists", "not_empty")
    [row, *_] = shown(told)
    assert (row["playlist_id"], row["rule"]) == ("p" * 22, "held_back|entries_without_song")
    [waiting] = foreign.lake.raw.waiting()
    assert row["address"] == foreign.lake.raw_storage.address(waiting.key)
    assert f"query --staged {DAY}" in str(told.metadata["next_step"].value)
    rejected = query(foreign.lake, "SELECT rule, count(*) AS n FROM rejected_rows GROUP BY rule", staged=DAY)
    assert dict(rejected.iter_rows())["playlist_id|held_back"] == 10


def test_a_bad_day_in_a_range_is_held_back_alone(foreign: Platform) -> None:
    foreign.land(f"snapshot_date={DAY}/bad.json", playlist([*songs(5), *songs(5, id="malformed")]))
    foreign.land(f"snapshot_date={NEXT}/good.json", playlist(songs(10)))
    result = foreign.materialize(DAY, NEXT, steps=TABLES_PUBLISHED)
    assert not result.success
    message = failure_message(result, "published_tables")
    assert message.startswith("1 day published, 1 held back:")
    assert f"{DAY}: playlists failed its check 'not_empty': playlists has no rows. All of the day's" in message
    assert "5 of 10 tracks have no readable song" in message
    assert published(foreign, "playlist_items")["snapshot_date"].unique().to_list() == [NEXT]
    known = foreign.instance.get_materialized_partitions(dg.AssetKey("published_tables"))
    assert known == {str(NEXT)}
    assert list(foreign.lake.published_days().whole) == [NEXT]


def test_a_later_run_of_the_catalog_alone_cannot_publish_what_failed(foreign_anywhere: Platform) -> None:
    foreign_anywhere.land(f"snapshot_date={DAY}/bad.json", playlist(songs(5, id="malformed")))
    foreign_anywhere.materialize(DAY, steps=TABLES_PUBLISHED)
    result = foreign_anywhere.materialize(DAY, steps=["published_tables"])
    assert not result.success
    assert "playlists failed its check" in failure_message(result, "published_tables")
    assert published(foreign_anywhere, "songs").is_empty()


def test_tables_without_their_checks_cannot_be_published(sample: Platform) -> None:
    result = sample.materialize(DAY, steps=["raw_playlists", "raw_artists", "tables", "published_tables"])
    assert not result.success
    assert "has not been audited" in failure_message(result, "published_tables")
    assert published(sample, "songs").is_empty()


def test_tables_made_again_after_their_checks_cannot_be_published_unchecked(sample: Platform) -> None:
    sample.materialize(DAY, steps=["raw_playlists", "raw_artists", "tables", "checks"])
    first = sample.lake.raw.objects_of([DAY])[DAY][0]
    sample.lake.storage.delete([first.key])
    sample.materialize(DAY, steps=["tables"])
    result = sample.materialize(DAY, steps=["published_tables"])
    assert "has not been audited as it is staged now" in failure_message(result, "published_tables")


def staged(platform: Platform, day: date) -> Stage:
    stage = platform.lake.staging.current(day)
    assert stage is not None
    return stage


@pytest.mark.parametrize(
    ("table", "change", "check"),
    [
        ("playlist_items", lambda rows: rows.filter(pl.col("position") != 3), "completeness"),
        ("songs", lambda rows: pl.concat([rows, rows.head(1)]), "primary_key"),
        ("albums", lambda rows: rows.head(1), "foreign_keys"),
        ("artists", lambda rows: rows.clear(), "not_empty"),
        ("songs", lambda rows: rows.with_columns(popularity=pl.lit(101, pl.Int64)), "contract"),
    ],
)
def test_each_blocking_check_reads_the_files_back(sample: Platform, table: str, change: object, check: str) -> None:
    """A transform that went wrong: files that differ from what the rules give."""
    sample.materialize(DAY, steps=["raw_playlists", "raw_artists", "tables"])
    stage = staged(sample, DAY)
    frames = {name: sample.lake.staging.read(stage, name).collect() for name in BASE.tables}
    frames[table] = change(frames[table])  # pyright: ignore[reportCallIssue]
    sample.lake.staging.write(DAY, frames, list(stage.inputs), "tampered")
    result = sample.materialize(DAY, steps=["checks", "published_tables"])
    assert not result.success
    assert check in {name.split(".")[1] for name in failed_checks(result)} & BLOCKING
    assert published(sample, "songs").is_empty()


def test_an_unreadable_object_is_quarantined_and_the_good_ones_are_published(foreign_anywhere: Platform) -> None:
    foreign_anywhere.land(f"snapshot_date={DAY}/good.json", playlist(songs(10)))
    foreign_anywhere.land(f"snapshot_date={DAY}/page.json", b"<!doctype html><title>502</title>")
    result = foreign_anywhere.materialize(DAY, steps=TABLES_PUBLISHED)
    assert result.success
    assert failed_checks(result) == {"playlists.no_quarantined_objects"}
    assert published(foreign_anywhere, "songs").height == 10
    notes = foreign_anywhere.lake.raw.quarantined(DAY)
    assert ["web page" in note.reason for note in notes] == [True]
    told = checked(result, "playlists", "no_quarantined_objects")
    assert "page.json: " in (told.description or "")
    assert shown(told) == [
        {
            "rule": "unreadable",
            "raw_object": notes[0].raw_object,
            "reason": notes[0].reason,
            "address": foreign_anywhere.lake.raw_storage.address(notes[0].key),
        }
    ]
    assert foreign_anywhere.lake.storage.read(f"raw/quarantine/{notes[0].raw_object}").startswith(b"<!doctype")


def test_what_cannot_be_read_and_is_young_waits_for_its_producer(foreign: Platform) -> None:
    whole, key = playlist(songs(5), "q" * 22), f"snapshot_date={DAY}/slow.json"
    foreign.land(f"snapshot_date={DAY}/good.json", playlist(songs(10)))
    foreign.land(key, whole[: len(whole) // 2], age=timedelta(minutes=1))
    result = foreign.materialize(DAY, steps=TABLES_PUBLISHED)
    assert (result.success, failed_checks(result)) == (True, set())
    assert published(foreign, "playlists").height == 1
    assert [found.key for found in foreign.lake.raw.waiting()] == [f"raw/to_be_processed/{key}"]
    run = foreign.instance.get_run_by_id(result.run_id)
    assert run is not None
    assert datetime.fromisoformat(run.tags[LOOK_AGAIN_TAG]) - datetime.now(UTC) < timedelta(minutes=9)
    foreign.land(key, whole, age=timedelta())
    assert foreign.materialize(DAY, steps=TABLES_PUBLISHED).success
    assert published(foreign, "playlists").height == 2


def test_a_readable_object_that_lands_in_the_place_of_a_quarantined_one_takes_its_note_out(
    foreign_anywhere: Platform,
) -> None:
    foreign_anywhere.land(f"chart-{DAY}.json", b"{", age=timedelta(minutes=30))
    foreign_anywhere.land(f"good-{DAY}.json", playlist(songs(10)))
    assert "playlists.no_quarantined_objects" in failed_checks(
        foreign_anywhere.materialize(DAY, steps=TABLES_PUBLISHED)
    )
    foreign_anywhere.land(f"snapshot_date={DAY}/chart-{DAY}.json", playlist(songs(5), "q" * 22))
    result = foreign_anywhere.materialize(DAY, steps=TABLES_PUBLISHED)
    assert (result.success, failed_checks(result)) == (True, set())
    assert published(foreign_anywhere, "playlists").height == 2
    kept = [found.key for found in foreign_anywhere.lake.storage.list("raw/quarantine")]
    assert [key.rpartition("/")[2] for key in kept] == [f"chart-{DAY}.json"]


def test_a_few_rejected_rows_warn_and_are_published_with_their_rule(foreign: Platform) -> None:
    foreign.land(f"snapshot_date={DAY}/list.json", playlist([*songs(99), *songs(1, id="malformed")]))
    result = foreign.materialize(DAY, steps=TABLES_PUBLISHED)
    assert result.success
    assert failed_checks(result) == {"rejected_rows.no_rejected_rows", "playlist_items.every_track_has_a_song"}
    rejected = published(foreign, "rejected_rows").filter(pl.col("table_name") == "songs").row(0, named=True)
    assert (rejected["key"], rejected["rule"]) == ("malformed", "song_id|regex")
    assert published(foreign, "playlist_items").filter(pl.col("position") == 100)["song_id"].to_list() == [None]


def checked(result: dg.ExecuteInProcessResult, asset: str, check: str) -> dg.AssetCheckEvaluation:
    (found,) = (
        evaluation
        for evaluation in result.get_asset_check_evaluations()
        if (evaluation.asset_key, evaluation.check_name) == (dg.AssetKey(asset), check)
    )
    return found


def shown(evaluation: dg.AssetCheckEvaluation) -> list[dict[str, object]]:
    rows = evaluation.metadata["culprits"].value
    assert isinstance(rows, dg.TableMetadataValue)
    return [dict(record.data) for record in rows.records]


def test_a_bad_playlist_is_held_back_alone_and_comes_back_when_it_is_mended(foreign_anywhere: Platform) -> None:
    foreign_anywhere.land(f"snapshot_date={DAY}/good.json", playlist(songs(10)))
    foreign_anywhere.land(f"snapshot_date={DAY}/bad.json", playlist([*songs(5, id="malformed"), *songs(20)], "q" * 22))
    result = foreign_anywhere.materialize(DAY, steps=TABLES_PUBLISHED)
    assert result.success
    assert failed_checks(result) == {"playlists.no_playlist_held_back", "rejected_rows.no_rejected_rows"}
    told = checked(result, "playlists", "no_playlist_held_back")
    assert f"List ({'q' * 22}): 5 of 25 tracks have no readable song" in (told.description or "")
    [row, *_] = shown(told)
    assert (row["playlist_id"], row["rule"]) == ("q" * 22, "held_back|entries_without_song")
    assert str(row["raw_object"]).endswith("bad.json")
    assert "REJECTED_ROWS_LIMIT" in str(told.metadata["next_step"].value)
    [first, *_] = shown(checked(result, "rejected_rows", "no_rejected_rows"))
    assert str(first["raw_object"]).endswith("bad.json")
    assert str(first["address"]) == foreign_anywhere.lake.raw_storage.address(f"raw/processed/{first['raw_object']}")
    assert published(foreign_anywhere, "playlists")["playlist_id"].to_list() == ["p" * 22]
    assert published(foreign_anywhere, "songs").height == 10
    rejected = published(foreign_anywhere, "rejected_rows")
    assert rejected.filter(pl.col("rule") == "playlist_id|held_back").height == 25
    foreign_anywhere.land(f"snapshot_date={DAY}/mended.json", playlist(songs(25), "q" * 22))
    assert foreign_anywhere.materialize(DAY, steps=TABLES_PUBLISHED).success
    assert set(published(foreign_anywhere, "playlists")["playlist_id"]) == {"p" * 22, "q" * 22}
    assert published(foreign_anywhere, "rejected_rows").is_empty()


def test_odd_cells_and_removed_songs_cost_no_row_and_are_shown(foreign_anywhere: Platform) -> None:
    odd = [*songs(29), *songs(1, id=None), *songs(1, duration_ms={"total": 5}), 5]
    foreign_anywhere.land(f"snapshot_date={DAY}/odd.json", playlist(odd))
    result = foreign_anywhere.materialize(DAY, steps=TABLES_PUBLISHED)
    assert result.success
    assert failed_checks(result) == {"playlists.no_odd_cells"}
    told = checked(result, "playlists", "no_odd_cells")
    assert [(row["path"], row["cells"]) for row in shown(told)] == [
        ("items[].track.id", 1),
        ("tracks.items[]", 1),
        ("tracks.items[].track.duration_ms", 1),
    ]
    kinds = published(foreign_anywhere, "playlist_items").sort("position")["entry_type"].to_list()
    assert kinds == [*["track"] * 29, "unavailable", "track", "unavailable"]
    assert foreign_anywhere.lake.raw.quarantined(DAY) == []


def test_a_list_that_is_cut_short_is_held_back_and_one_that_is_nearly_whole_is_published(foreign: Platform) -> None:
    def told(count: int, total: int, playlist_id: str) -> bytes:
        document = json.loads(playlist(songs(count), playlist_id))
        document["tracks"] |= {"total": total, "next": "https://api.spotify.com/v1/next" if count == total else None}
        return json.dumps(document).encode()

    foreign.land(f"snapshot_date={DAY}/first-page.json", told(50, 50, "q" * 22))
    foreign.land(f"snapshot_date={DAY}/half.json", told(50, 100, "r" * 22))
    foreign.land(f"snapshot_date={DAY}/nearly.json", told(50, 51, "s" * 22))
    result = foreign.materialize(DAY, steps=TABLES_PUBLISHED)
    assert result.success
    assert {"playlists.no_playlist_held_back", "playlists.no_doubtful_captures"} <= failed_checks(result)
    assert published(foreign, "playlists").select("playlist_id", "doubt").rows() == [
        ("s" * 22, "holds 50 of the 51 entries that it tells")
    ]


def test_a_day_without_raw_objects_says_so(foreign: Platform) -> None:
    result = foreign.materialize(DAY, steps=TABLES_PUBLISHED)
    assert failure_message(result, "tables").startswith(f"No raw objects for {DAY}")


def test_a_past_day_of_the_live_api_is_refused(foreign: Platform) -> None:
    result = foreign.materialize(DAY, steps=["raw_playlists"])
    assert "Spotify shows only today" in failure_message(result, "raw_playlists")
    assert list(foreign.lake.raw.waiting()) == []


def test_a_sample_lake_refuses_spotify_through_the_assets(sample: Platform, foreign: Platform) -> None:
    sample.materialize(DAY)
    assert foreign.lake.storage.url == sample.lake.storage.url
    result = foreign.materialize(DAY, steps=TABLES_PUBLISHED)
    assert not result.success
    failure = result.failure_data_for_node("tables")
    assert failure is not None
    assert failure.error is not None
    assert "holds sample data but SPOTIFY_SOURCE=spotify" in failure.error.to_string()


def test_maintenance_leaves_what_is_published(sample: Platform) -> None:
    sample.materialize(DAY)
    before = published(sample, "songs")
    assert sample.materialize(DAY, steps=["maintenance"]).success
    assert published(sample, "songs").equals(before)


def test_warnings_compare_with_the_days_before(foreign: Platform) -> None:
    foreign.land(f"snapshot_date={DAY}/list.json", playlist(songs(40, popularity=50)))
    foreign.land(
        f"snapshot_date={NEXT}/list.json", playlist([{"track": SONG | {"id": f"{n:022d}"}} for n in range(100, 110)])
    )
    assert foreign.materialize(DAY, steps=TABLES_PUBLISHED).success
    result = foreign.materialize(NEXT, steps=TABLES_PUBLISHED)
    assert result.success
    assert {"songs.volume", "songs.null_drift", "playlist_items.churn"} <= failed_checks(result)


def test_a_range_that_runs_again_is_compared_with_what_was_published_before_each_of_its_days(foreign: Platform) -> None:
    # Half as many songs, then as many as at first: against itself or a later day, no day would be told of.
    for number, count in enumerate((40, 10, 40)):
        foreign.land(f"snapshot_date={DAY + timedelta(days=number)}/list.json", playlist(songs(count)))
        assert foreign.materialize(DAY + timedelta(days=number), steps=TABLES_PUBLISHED).success
    result = foreign.materialize(DAY, DAY + timedelta(days=2), steps=TABLES_PUBLISHED)
    assert result.success
    [told] = [
        evaluation
        for evaluation in result.get_asset_check_evaluations()
        if (evaluation.asset_key, evaluation.check_name) == (dg.AssetKey("songs"), "volume")
    ]
    assert not told.passed
    assert told.metadata["failed_days"].value == f"{NEXT}, {NEXT + timedelta(days=1)}"
    assert told.metadata["median_before"].value == 40.0


def test_the_saved_api_answers_are_published_whole(foreign_anywhere: Platform) -> None:
    folder = Path(__file__).parents[3] / "shared" / "real_raw"
    if not folder.is_dir():
        pytest.skip("the saved API answers are not beside this checkout")
    for file in folder.glob("*.json"):
        foreign_anywhere.land(f"snapshot_date={DAY}/{file.name}", file.read_bytes())
    result = foreign_anywhere.materialize(DAY, steps=TABLES_PUBLISHED)
    assert result.success
    assert failed_checks(result) == set()
    assert published(foreign_anywhere, "playlist_items").height == 50 + 1 + 2 + 30 + 4


def test_what_people_have_on_disk_is_published_and_a_csv_is_told_to_be_one(foreign: Platform) -> None:
    rows, identifier = songs(3), "37i9dQZEVXbMDoHDwVN2tF"
    foreign.land(f"{DAY}/playlist-{identifier}/rows.json", json.dumps(rows).encode("utf-16"))
    foreign.land(f"{DAY}/both.zip", zipped(**{"a.json": playlist(songs(2)), "__MACOSX/a.json": b"litter"}))
    foreign.land(f"{DAY}/chart.csv", b"position,track\n1,Song\n")
    assert foreign.materialize(DAY, steps=TABLES_PUBLISHED).success
    held = dict(published(foreign, "playlists").select("playlist_id", "entries").iter_rows())
    assert held == {identifier: 3, "p" * 22: 2}
    (note,) = foreign.lake.raw.quarantined(DAY)
    assert note.reason.startswith("a CSV of position, track")


def evaluation_of(result: dg.ExecuteInProcessResult, asset: str, check: str) -> dg.AssetCheckEvaluation:
    (found,) = [
        evaluation
        for evaluation in result.get_asset_check_evaluations()
        if (evaluation.asset_key, evaluation.check_name) == (dg.AssetKey(asset), check)
    ]
    return found


def test_a_held_back_day_stays_in_its_checks_until_it_passes(foreign: Platform) -> None:
    foreign.land(f"snapshot_date={DAY}/list.json", playlist(songs(10, id="malformed")))
    assert not foreign.materialize(DAY, steps=TABLES_PUBLISHED).success
    foreign.land(f"snapshot_date={NEXT}/list.json", playlist(songs(10)))
    result = foreign.materialize(NEXT, steps=TABLES_PUBLISHED)
    assert result.success
    found = evaluation_of(result, "playlists", "not_empty")
    assert not found.passed
    assert found.severity == dg.AssetCheckSeverity.WARN
    assert found.metadata["failed_days"].value == str(DAY)
    assert f"Still failing: {DAY}: " in (found.description or "")
    foreign.land(f"snapshot_date={DAY}/list.json", playlist(songs(10)))
    assert foreign.materialize(DAY, steps=TABLES_PUBLISHED).success
    assert evaluation_of(foreign.materialize(NEXT, steps=TABLES_PUBLISHED), "playlists", "not_empty").passed


def test_objects_in_quarantine_keep_their_check_failing_whichever_day_a_run_is_of(foreign: Platform) -> None:
    foreign.land(f"snapshot_date={DAY}/list.json", playlist(songs(10)))
    foreign.land(f"snapshot_date={DAY}/broken.json.gz", b"not gzip")
    foreign.materialize(DAY, steps=TABLES_PUBLISHED)
    foreign.land(f"snapshot_date={NEXT}/list.json", playlist(songs(10)))
    found = evaluation_of(foreign.materialize(NEXT, steps=TABLES_PUBLISHED), "playlists", "no_quarantined_objects")
    assert not found.passed
    assert "broken.json.gz" in (found.description or "")
    assert found.metadata["snapshot_date"].value == str(DAY)
    assert "culprits" in found.metadata
    (note,) = foreign.lake.raw.quarantined(DAY)
    foreign.lake.raw_storage.delete([note.key, f"{note.key}.reason.json"])
    result = foreign.materialize(NEXT, steps=TABLES_PUBLISHED)
    assert evaluation_of(result, "playlists", "no_quarantined_objects").passed
