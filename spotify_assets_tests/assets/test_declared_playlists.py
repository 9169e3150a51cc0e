"""`playlists.yaml` changes: published days become stale in Dagster, and are made again only when somebody asks."""

from pathlib import Path

import dagster as dg
import pytest

from spotify_assets.automation.playlists_file_changes import apply_playlists_file, playlists_file
from spotify_assets.automation.unfinished_days import unfinished_days
from spotify_assets.capture.playlists_file import NOTHING_TO_CAPTURE
from spotify_assets.capture.snapshots import capture_playlists
from spotify_assets.config import Settings
from spotify_assets.definitions import defs
from spotify_assets.lake.lake import Lake
from spotify_assets.spotify.live import LivePlaylists
from spotify_assets.spotify.playlist_entry import PlaylistEntry
from spotify_assets.spotify.source import SimulatedPlaylists
from spotify_assets.transform.observations import observe
from spotify_assets.transform.tables import build_tables
from spotify_assets_tests.assets.conftest import TABLES_PUBLISHED, Platform
from spotify_assets_tests.assets.test_insights import day, land, stale_days
from spotify_assets_tests.assets.test_main_path import failure_message, published
from spotify_assets_tests.conftest import HISTORY_START
from spotify_assets_tests.support.dagster_internals import SensorExecutionData

LIST = "p" * 22
REGION = "playlists:\n  - {{id: {id}, region: {region}, tags: [archive], capture: false}}\n"


@pytest.fixture
def archive(tmp_path: Path, instance: dg.DagsterInstance) -> Platform:
    """A platform of foreign objects alone, with a playlists file of its own that names another playlist."""
    settings = Settings(
        lake_url=str(tmp_path / "lake"),
        spotify_source="spotify",
        history_start=HISTORY_START,
        playlists_file=tmp_path / "mine.yaml",
    )
    platform = Platform(Lake(settings), instance, LivePlaylists(settings))
    say(platform, "us", playlist_id="q" * 22)
    return platform


def say(platform: Platform, region: str, playlist_id: str = LIST) -> None:
    platform.lake.settings.playlists_file.write_text(REGION.format(id=playlist_id, region=region))


def regions(platform: Platform) -> list[str | None]:
    return published(platform, "playlists").sort("snapshot_date")["region"].to_list()


def look(platform: Platform, cursor: str | None = None) -> SensorExecutionData:
    return platform.tick(playlists_file, cursor)


def test_what_the_file_says_is_shown_stale_and_made_only_when_asked_for(archive: Platform) -> None:
    for number in range(3):
        land(archive, number, "ab")
    assert archive.materialize(day(0), day(2), steps=[*TABLES_PUBLISHED]).success
    assert regions(archive) == [None, None, None]
    first = look(archive)
    assert (first.asset_events, first.run_requests) == ([], [])
    say(archive, "de")
    second = look(archive, first.cursor)
    assert "has changed for 3 published days (2026-03-14 to 2026-03-16)" in str(second.skip_message)
    assert [event.partition for event in second.asset_events] == [str(day(number)) for number in range(3)]
    assert stale_days(archive, range(3), "playlists") == [0, 1, 2]
    # Nothing has changed, and nothing is told twice.
    assert look(archive, second.cursor).asset_events == []
    assert regions(archive) == [None, None, None]
    # Whoever processes a day for another reason makes it as the file says.
    assert archive.materialize(day(1), steps=[*TABLES_PUBLISHED]).success
    assert regions(archive) == [None, "de", None]
    third = look(archive, second.cursor)
    assert "for 2 published days" in str(third.skip_message)
    assert stale_days(archive, range(3), "playlists") == [0, 2]
    # What the file said before is right again.
    say(archive, "us", playlist_id="q" * 22)
    fourth = look(archive, third.cursor)
    assert stale_days(archive, range(3), "playlists") == [1]
    say(archive, "de")
    assert "for 2 published days" in str(look(archive, fourth.cursor).skip_message)
    expect_made_by_the_job(archive)


def expect_made_by_the_job(platform: Platform) -> None:
    """The job asks for what is stale alone, and the sensor of unfinished days has it made."""
    assert apply_playlists_file.execute_in_process(
        instance=platform.instance, resources={"lake": platform.lake}
    ).success
    for number in (0, 2):
        resources = {"lake": platform.lake}
        with dg.build_sensor_context(instance=platform.instance, definitions=defs, resources=resources) as context:
            [request] = unfinished_days.evaluate_tick(context).run_requests or []
        assert request.job_name == "process_raw_objects"
        assert request.tags["dagster/asset_partition_range_start"] == str(day(number))
        assert platform.materialize(day(number), steps=[*TABLES_PUBLISHED]).success
    assert regions(platform) == ["de", "de", "de"]
    assert "published days match playlists.yaml" in str(look(platform).skip_message)
    assert stale_days(platform, range(3), "playlists") == []


def test_a_file_that_cannot_be_read_fails_the_day_with_its_sentence(archive: Platform) -> None:
    land(archive, 0, "ab")
    file = archive.lake.settings.playlists_file
    file.write_text("playlists:\n  - {id: regional-de-daily}\n")
    result = archive.materialize(day(0), steps=[*TABLES_PUBLISHED])
    assert failure_message(result, "tables") == (
        f"{file}:2: regional-de-daily is a chart, which Spotify's API does not offer: add `capture: false`."
    )
    assert "is a chart" in str(look(archive).skip_message)


def test_a_day_that_was_made_with_a_file_is_not_made_without(
    archive: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    land(archive, 0, "ab")
    say(archive, "de")
    assert archive.materialize(day(0), steps=[*TABLES_PUBLISHED]).success
    monkeypatch.chdir(tmp_path)
    elsewhere = Settings(lake_url=str(tmp_path / "lake"), spotify_source="spotify")
    lost = Platform(Lake(elsewhere), archive.instance, archive.source)
    result = lost.materialize(day(0), steps=[*TABLES_PUBLISHED])
    assert failure_message(result, "tables").startswith("playlists.yaml: no such file, and 2026-03-14 was made with")
    assert "There is no file playlists.yaml" in str(look(lost).skip_message)
    assert regions(archive) == ["de"]


def test_no_day_is_told_of_twice_where_only_others_were_published(archive: Platform) -> None:
    for number in range(2):
        land(archive, number, "ab")
    assert archive.materialize(day(0), steps=[*TABLES_PUBLISHED]).success
    say(archive, "de")
    told = look(archive)
    assert len(told.asset_events) == 1
    assert archive.materialize(day(1), steps=[*TABLES_PUBLISHED]).success
    again = look(archive, told.cursor)
    assert again.asset_events == []
    assert again.cursor != told.cursor


def test_where_others_land_everything_a_capture_says_so(archive: Platform) -> None:
    say(archive, "de")
    result = archive.materialize(day(0), steps=["raw_playlists"])
    assert failure_message(result, "raw_playlists") == NOTHING_TO_CAPTURE


def test_a_capture_has_the_series_that_the_file_says_in_its_envelope(tmp_path: Path) -> None:
    lake = Lake(Settings(lake_url=str(tmp_path / "lake"), spotify_source="sample"))
    named = PlaylistEntry("5ampleChartGlobal00000", "Top", "global", ("x",), (), "mood", "weekly")
    plain = PlaylistEntry("5ampleChartJapan000000", "Top", "jp", ())
    captured = capture_playlists(lake, SimulatedPlaylists(), [named, plain], day(0), None)
    assert (captured.landed, captured.failed) == (2, ())
    objects = list(lake.raw.read(lake.raw.objects_of([day(0)])[day(0)]))
    rows = build_tables(observe(objects, day(0), "sample"), day(0), 0.05).frames["playlists"]
    assert rows.sort("region").select("region", "chart_type", "recurrence").rows() == [
        ("global", "mood", "weekly"),
        ("jp", "playlist", None),
    ]
