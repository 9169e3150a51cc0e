"""An import is history: nothing of today looks fresh, or stale, because of it, and nobody is alarmed or kept busy."""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from spotify_assets.assets.todays_snapshot import published_today, todays_snapshot
from spotify_assets.automation.importing import BY_COMMAND, BY_SENSOR, IMPORT_TAG, import_goes_on
from spotify_assets.automation.run_metrics import latest_snapshot
from spotify_assets.automation.sensors import raw_objects
from spotify_assets.automation.unfinished_days import unfinished_days
from spotify_assets.charts.imported_object import compressed
from spotify_assets.config import Settings
from spotify_assets.definitions import defs
from spotify_assets.lake.insight_inputs import stale_days
from spotify_assets.lake.lake import Lake
from spotify_assets_tests.capture.test_held_files import write
from spotify_assets_tests.charts import files
from spotify_assets_tests.cli.test_commands import command
from spotify_assets_tests.conftest import HISTORY_START, IN_A_FOLDER, OpenLake
from spotify_assets_tests.support.dagster_internals import SensorExecutionData
from spotify_assets_tests.support.data.builders import entries_of, playlist, track
from spotify_assets_tests.support.data.small_days import DAY, NEXT, audit, publish, stage
from spotify_assets_tests.support.data.two_charts import publish_insights

TODAY = datetime.now(UTC).date()


def publish_import(lake: Lake, day: date, songs: Iterable[str]) -> None:
    """Publishes a day of which there is an import alone."""
    data = compressed(json.dumps(playlist("Chart", entries_of(*map(track, songs)))).encode())
    assert lake.raw.imports.land(day, hashlib.sha256(data).hexdigest(), "chart.json", data)
    assert audit(lake, stage(lake, day)) == []
    lake.publish([day])


def tick(sensor: dg.SensorDefinition, lake: Lake, instance: dg.DagsterInstance) -> SensorExecutionData:
    with dg.build_sensor_context(instance=instance, definitions=defs, resources={"lake": lake}) as context:
        return sensor.evaluate_tick(context)


@IN_A_FOLDER
def test_an_import_of_today_does_not_make_it_fresh_and_a_capture_beside_it_does(lake: Lake) -> None:
    publish_import(lake, TODAY, ["A"])
    assert list(published_today(lake, [TODAY])) == []
    publish(lake, TODAY, ["A"])
    [event] = published_today(lake, [TODAY])
    assert event.asset_key == todays_snapshot.key
    assert list(published_today(lake, [TODAY - timedelta(days=1)])) == []


@IN_A_FOLDER
def test_the_age_of_a_lake_that_captures_is_that_of_its_last_capture(open_lake: OpenLake) -> None:
    lake = open_lake(spotify_client_id="mine")
    publish(lake, DAY, ["A"])
    publish_import(lake, NEXT, ["A"])
    assert latest_snapshot(lake) == datetime(2026, 3, 1, 6, tzinfo=UTC)
    # Without an account what is imported is all there will be.
    assert latest_snapshot(open_lake()) == datetime(2026, 3, 3, tzinfo=UTC)
    # However many days were imported since, the age does not fall.
    for ahead in range(2, 10):
        publish_import(lake, DAY + timedelta(days=ahead), ["A"])
    last = latest_snapshot(lake)
    assert last is not None
    assert last <= datetime(2026, 3, 5, tzinfo=UTC)


@IN_A_FOLDER
def test_stale_insights_are_left_to_the_import_that_goes_on(lake: Lake, instance: dg.DagsterInstance) -> None:
    publish(lake, DAY, ["A"])
    tags, job = {IMPORT_TAG: BY_COMMAND}, defs.resolve_job_def("process_raw_objects")
    assert not import_goes_on(instance, datetime.now(UTC))
    instance.create_run_for_job(job, tags={IMPORT_TAG: BY_SENSOR}, status=dg.DagsterRunStatus.STARTED)
    assert not import_goes_on(instance, datetime.now(UTC))
    run = instance.create_run_for_job(job, tags=tags, status=dg.DagsterRunStatus.STARTED)
    found = tick(unfinished_days, lake, instance)
    assert not found.run_requests
    assert "left to the import" in str(found.skip_message)
    instance.report_run_canceled(run)
    assert import_goes_on(instance, datetime.now(UTC))
    assert not import_goes_on(instance, datetime.now(UTC) + timedelta(minutes=11))


def test_after_an_import_today_is_as_it_was_and_nothing_is_left_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = Lake(Settings(lake_url=str(tmp_path / "lake"), spotify_source="spotify", history_start=HISTORY_START))
    live = [TODAY - timedelta(days=2), TODAY - timedelta(days=1)]
    for day in live:
        publish(lake, day, ["A", "B"])
    publish_insights(lake, live)
    names = [f"regional-{chart}-daily-2025-01-0{day}.csv" for chart in ("de", "se", "global") for day in (1, 2, 3)]
    content = files.to_csv([files.row(rank) for rank in range(1, 31)]).encode()
    write(tmp_path, dict.fromkeys(names, content))
    ran = command(tmp_path, "import", *names, SPOTIFY_SOURCE="spotify", ARTIST_FACTS="off")
    assert (ran.returncode, ran.stderr) == (0, "")
    tables, insights = lake.published_days(), lake.published_insights()
    assert [str(day) for day in tables.whole][:3] == ["2025-01-01", "2025-01-02", "2025-01-03"]
    assert TODAY not in tables.whole
    assert stale_days(tables, insights) == []
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / ".dagster"))
    with dg.DagsterInstance.from_config(str(tmp_path / ".dagster")) as instance:
        assert {run.tags[IMPORT_TAG] for run in instance.get_runs()} == {BY_COMMAND}
        assert instance.get_latest_materialization_event(todays_snapshot.key) is None
        for sensor in (raw_objects, unfinished_days):
            found = tick(sensor, lake, instance)
            assert not found.run_requests
            assert "todays_snapshot" not in {event.asset_key.to_user_string() for event in found.asset_events}
