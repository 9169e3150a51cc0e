"""The whole loop with a live daemon and nobody who clicks: by the clock, by what lands, and a day that fails."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import URLError

import dagster as dg
import pytest

from spotify_assets.automation.instance import open_instance
from spotify_assets.schemas.base import BASE
from spotify_assets_tests.automation.conftest import Platform, Running, lake_in, start_platform
from spotify_assets_tests.support.dagster_internals import (
    GrpcServerCodeLocationOrigin,
    InstigatorState,
    InstigatorStatus,
    InstigatorType,
    RemoteInstigatorOrigin,
    RemoteRepositoryOrigin,
    ScheduleInstigatorData,
    TickStatus,
)
from spotify_assets_tests.support.data.builders import captured, entries_of, playlist, track

SETTINGS = {"SPOTIFY_SOURCE": "sample", "SNAPSHOT_HOUR": "0", "SENSOR_SECONDS": "1"}
FAILED = dg.DagsterRunStatus.FAILURE


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("platform")


@pytest.fixture(scope="module")
def ui(folder: Path) -> Iterator[Platform]:
    """Interrupted by the last test, or here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", str(folder / "home"))
        with open_instance() as instance:
            daemon_ran_until_yesterday(instance)
        platform = start_platform(folder, folder / "home", LAKE_URL=str(folder / "lake"), **SETTINGS)
        yield platform
        if platform.process.poll() is None:
            platform.interrupt()


@pytest.fixture(scope="module")
def running(ui: Platform, folder: Path) -> Iterator[Running]:
    with open_instance() as instance:
        yield Running(lake_in(folder / "lake", "sample"), instance, ui.log, ui.webserver)


def daemon_ran_until_yesterday(instance: dg.DagsterInstance) -> None:
    """What an instance remembers of a schedule that was on until yesterday: so today's tick is due, and late."""
    location = GrpcServerCodeLocationOrigin(host="127.0.0.1", port=1, location_name="spotify_assets")
    origin = RemoteInstigatorOrigin(RemoteRepositoryOrigin(location, "__repository__"), "daily_capture")
    yesterday = datetime.now(UTC) - timedelta(days=1)
    data = ScheduleInstigatorData("0 0 * * *", yesterday.timestamp())
    state = InstigatorState(origin, InstigatorType.SCHEDULE, InstigatorStatus.DECLARED_IN_CODE, data)
    instance.add_instigator_state(state)


def captured_by_another(fetched_at: datetime, *songs: str, **changes: object) -> bytes:
    """A playlist that says it comes from the simulation: a sample lake takes nothing else."""
    chart = playlist("Chart", entries_of(*(track(song, **changes) for song in songs)))
    return json.dumps(captured(chart, fetched_at, source="sample")).encode()


def published_days(running: Running) -> list[str]:
    return [str(day) for day in running.lake.catalog.published(BASE.tables["playlists"])]


def ticks(running: Running, sensor: str) -> list[tuple[TickStatus, str]]:
    """Status and skip reason of a sensor's ticks, latest first."""
    states = [state for state in running.instance.all_instigator_state() if state.instigator_name == sensor]
    return [
        (tick.status, tick.skip_reason or "")
        for state in states
        for tick in running.instance.get_ticks(state.instigator_origin_id, state.selector_id, limit=50)
    ]


def skip_reason(running: Running, words: str) -> str | None:
    return next((reason for _, reason in ticks(running, "raw_objects")[:1] if words in reason), None)


def ended_runs(running: Running, job: str, day: str) -> list[dg.DagsterRun] | None:
    runs = running.runs(job, day)
    return runs if runs and all(run.is_finished for run in runs) else None


def test_the_schedule_captures_today_and_the_sensor_has_it_published(running: Running) -> None:
    day = running.eventually(lambda: next(iter(published_days(running)), None), 300)
    assert day == str(datetime.now(UTC).date())
    reason = running.eventually(lambda: skip_reason(running, "No raw objects wait"))
    assert reason.endswith("lake/raw/to_be_processed.")
    for job in ("capture", "process_raw_objects"):
        # Nothing waits any more from the publish on, but the run goes on to the insights and the page.
        runs = running.eventually(lambda job=job: ended_runs(running, job, day))
        assert [run.status for run in runs] == [dg.DagsterRunStatus.SUCCESS]
        assert runs[0].tags["source"] == "sample"


def test_what_another_producer_lands_is_published_and_told_of(running: Running) -> None:
    landed = datetime.now(UTC) - timedelta(days=3)
    day = str(landed.date())
    document = captured_by_another(landed, "One", "Two")
    folder = running.lake.storage.folder / "raw/to_be_processed/extractor"
    folder.mkdir(parents=True)
    (folder / f"export-{day}.json").write_bytes(document)
    running.eventually(lambda: day in published_days(running) or None)
    running.eventually(lambda: skip_reason(running, "No raw objects wait"))
    runs = running.eventually(lambda: ended_runs(running, "process_raw_objects", day))
    assert [run.status for run in runs] == [dg.DagsterRunStatus.SUCCESS]
    assert running.runs("capture", day) == []
    filters = dg.AssetRecordsFilter(asset_key=dg.AssetKey("landed_objects"), asset_partitions=[day])
    [event] = running.instance.fetch_materializations(filters, limit=10).records
    assert event.asset_materialization is not None
    told = {name: value.value for name, value in event.asset_materialization.metadata.items()}
    assert (told["objects"], told["bytes"]) == (1, len(document))
    assert told["keys"] == f"raw/to_be_processed/extractor/export-{day}.json"


def test_history_begins_with_that_day_in_the_ui_without_anybody_who_reloads(running: Running) -> None:
    wanted = [str(datetime.now(UTC).date() - timedelta(days=back)) for back in (3, 2, 1, 0)]
    query = '{ assetNodeOrError(assetKey: {path: ["songs"]}) { ... on AssetNode { partitionKeys } } }'
    running.eventually(
        lambda: running.ask_webserver(query)["assetNodeOrError"]["partitionKeys"] == wanted or None, seconds=30
    )


def test_a_bad_day_is_not_retried_and_waits_for_a_person_until_its_object_is_removed(running: Running) -> None:
    landed = datetime.now(UTC) - timedelta(days=2)
    day = str(landed.date())
    document = captured_by_another(landed, "One", "Two", id="malformed")
    key = f"raw/to_be_processed/snapshot_date={day}/bad.json"
    running.lake.storage.write(key, document)
    reason = running.eventually(lambda: skip_reason(running, "Waiting for a person"))
    # The same rows would fail the same check.
    (run,) = running.runs("process_raw_objects", day)
    assert run.status == FAILED
    assert reason.startswith(f"Waiting for a person: {day}: run {run.run_id} failed.")
    alert = running.eventually(
        lambda: next((text for text in [running.log.read_text()] if "will not be retried" in text), None)
    )
    assert f"The job process_raw_objects failed for {day}" in alert
    assert "Check playlists / not_empty" in alert
    running.lake.storage.delete([key])
    running.eventually(lambda: skip_reason(running, "No raw objects wait"))
    assert len(running.runs("process_raw_objects", day)) == 1


def test_ui_serves_the_definitions_and_stops_at_an_interrupt(running: Running, ui: Platform) -> None:
    query = "{ repositoriesOrError { ... on RepositoryConnection { nodes { name jobs { name } } } } }"

    def served() -> str | None:
        # Whoever runs this test alone is here before the webserver.
        with suppress(URLError):
            return json.dumps(running.ask_webserver(query))
        return None

    assert "daily_snapshot" in running.eventually(served)
    assert ui.interrupt() == 0
