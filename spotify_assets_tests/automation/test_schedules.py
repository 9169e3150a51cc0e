"""Schedules, jobs and the instance's settings: what happens by the clock."""

from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import dagster as dg
import pytest

from spotify_assets.automation import schedules
from spotify_assets.automation.schedules import capture_request, daily_capture
from spotify_assets.config import read_settings
from spotify_assets.definitions import defs
from spotify_assets.schemas import BASE, INSIGHTS, TABLES

SIX = datetime(2026, 3, 14, 6, tzinfo=UTC)


def test_a_tick_asks_for_today_of_the_capture_job() -> None:
    now = datetime.now(UTC)
    with dg.build_schedule_context(scheduled_execution_time=now, repository_def=defs.get_repository_def()) as context:
        found = daily_capture.evaluate_tick(context)
    [request] = found.run_requests or []
    assert request.partition_key == str(now.date())
    assert daily_capture.job_name == "capture"


def test_without_an_account_a_tick_is_skipped_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPOTIFY_SOURCE", "spotify")
    monkeypatch.setattr(schedules, "settings", read_settings)
    with dg.build_schedule_context(repository_def=defs.get_repository_def()) as context:
        found = daily_capture.evaluate_tick(context)
    assert (found.run_requests or []) == []
    assert found.skip_message is not None
    assert "SPOTIFY_CLIENT_ID" in found.skip_message


def test_a_tick_that_comes_late_on_its_day_asks_for_that_day() -> None:
    found = capture_request(SIX, SIX.replace(hour=23, minute=59))
    assert isinstance(found, dg.RunRequest)
    assert found.partition_key == "2026-03-14"


@pytest.mark.parametrize("late", [timedelta(hours=18), timedelta(days=3)])
def test_a_tick_that_comes_after_its_day_is_skipped_with_the_reason(late: timedelta) -> None:
    found = capture_request(SIX, SIX + late)
    assert isinstance(found, dg.SkipReason)
    assert found.skip_message is not None
    assert found.skip_message.startswith("The snapshot of 2026-03-14 was missed")


def test_what_runs_by_itself_runs_without_being_switched_on() -> None:
    repository = defs.get_repository_def()
    assert {(found.name, found.job_name) for found in repository.schedule_defs} == {
        ("daily_capture", "capture"),
        ("daily_details", "capture_details"),
        ("daily_look_for_missed_days", "missed_days"),
        ("weekly_tidy", "tidy"),
    }
    assert {found.name for found in repository.sensor_defs} == {
        "playlists_file",
        "details",
        "raw_objects",
        "run_failures",
        "sign_in_end",
        "lost_runs",
        "unfinished_days",
        "watched_changes",
    }
    assert {found.default_status for found in repository.schedule_defs} == {dg.DefaultScheduleStatus.RUNNING}
    assert {found.default_status for found in repository.sensor_defs} == {dg.DefaultSensorStatus.RUNNING}
    assert {found.execution_timezone for found in repository.schedule_defs} == {"UTC"}


CAPTURED = {"raw_playlists", "raw_tracks", "raw_artists", "raw_artist_facts", "raw_artist_details"}
PROCESSED = {"declared_playlists", "completed_details", *BASE.tables, "published_tables"}
REFRESHED = {"earlier_days", *INSIGHTS.tables, "published_insights", "dashboard"}


@pytest.mark.parametrize(
    ("job", "assets"),
    [
        ("capture", CAPTURED),
        ("process_raw_objects", {*PROCESSED, *REFRESHED}),
        ("daily_snapshot", {*CAPTURED, *PROCESSED, *REFRESHED}),
        ("refresh_insights", REFRESHED),
        ("tidy", {"maintenance"}),
    ],
)
def test_each_job_runs_its_part_and_tags_its_runs_by_source(job: str, assets: set[str]) -> None:
    resolved = defs.resolve_job_def(job)
    assert {key.to_user_string() for key in resolved.asset_layer.selected_asset_keys} == assets
    assert resolved.run_tags["source"] == "sample"


def checks_of(job: str) -> set[tuple[str, str]]:
    keys = defs.resolve_job_def(job).asset_layer.asset_graph.asset_check_keys
    return {(key.asset_key.to_user_string(), key.name) for key in keys}


OF_THE_CAPTURE = {
    ("raw_playlists", "every_playlist_captured"),
    ("raw_playlists", "captured_without_doubt"),
    ("raw_playlists", "sign_in_lasts"),
    ("raw_artists", "every_profile_read"),
    ("raw_tracks", "every_track_read"),
    ("raw_artist_details", "every_artist_read"),
}


def test_processing_runs_every_check_of_tables_and_capturing_those_of_what_was_captured() -> None:
    assert {table for table, _ in checks_of("process_raw_objects")} == {
        *TABLES,
        "published_tables",
        "published_insights",
    }
    assert {table for table, _ in checks_of("refresh_insights")} == {*INSIGHTS.tables, "published_insights"}
    assert checks_of("daily_snapshot") == checks_of("process_raw_objects") | OF_THE_CAPTURE
    assert checks_of("missed_days") == {("published_tables", "no_missing_days")}
    assert checks_of("capture") == OF_THE_CAPTURE


def test_the_packaged_instance_settings_are_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    packaged = files("spotify_assets.automation").joinpath("dagster.yaml").read_text(encoding="utf-8")
    (tmp_path / "dagster.yaml").write_text(packaged)
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        concurrency = instance.get_concurrency_config()
        assert concurrency.run_queue_config is not None
        assert concurrency.run_queue_config.tag_concurrency_limits == [
            {"key": "dagster/partition", "value": {"applyLimitPerUniqueValue": True}, "limit": 1}
        ]
        assert concurrency.pool_config.default_pool_limit == 1
        assert (instance.run_retries_enabled, instance.run_retries_max_retries) == (True, 1)
        assert instance.run_retries_retry_on_asset_or_op_failure
        assert instance.freshness_enabled
        assert instance.telemetry_enabled is False
