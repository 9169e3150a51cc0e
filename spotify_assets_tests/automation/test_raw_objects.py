"""The raw-objects sensor on real lakes and real run records, through Dagster's test API."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from spotify_assets.assets.partitions import snapshot_dates
from spotify_assets.automation.sensors import days_of_tags, raw_objects
from spotify_assets.definitions import defs
from spotify_assets.lake.errors import LakeError
from spotify_assets.lake.lake import Lake
from spotify_assets_tests.conftest import IN_A_FOLDER, ON_S3, OpenLake
from spotify_assets_tests.support.dagster_internals import (
    AssetGraphSubset,
    BulkActionStatus,
    PartitionBackfill,
    SensorExecutionData,
)
from spotify_assets_tests.support.data.small_days import DAY, NEXT, capture, publish

AN_HOUR_AGO = datetime.now(UTC) - timedelta(hours=1)
Tags = Mapping[str, str]


def tick(lake: Lake, instance: dg.DagsterInstance) -> SensorExecutionData:
    with dg.build_sensor_context(instance=instance, definitions=defs, resources={"lake": lake}) as context:
        return raw_objects.evaluate_tick(context)


def requested(found: SensorExecutionData) -> list[str | None]:
    return [request.partition_key for request in found.run_requests or []]


def land(lake: Lake, name: str, data: bytes = b"{}", written_at: datetime = AN_HOUR_AGO) -> str:
    """Drops a foreign object; in a folder, with the given time of its last write. Gives its key."""
    key = f"raw/to_be_processed/{name}"
    lake.storage.write(key, data)
    if not lake.storage.is_s3:
        os.utime(lake.storage.folder / key, (written_at.timestamp(), written_at.timestamp()))
    return key


def run_of(
    instance: dg.DagsterInstance, tags: Tags, status: dg.DagsterRunStatus, job: str = "process_raw_objects"
) -> dg.DagsterRun:
    """A record of a run with these tags."""
    return instance.create_run_for_job(defs.resolve_job_def(job), tags=tags, status=status)


def run_requested(
    instance: dg.DagsterInstance, found: SensorExecutionData, status: dg.DagsterRunStatus, tags: Tags | None = None
) -> dg.DagsterRun:
    """A record of the one run that a tick asked for."""
    [request] = found.run_requests or []
    return run_of(instance, {**request.tags, **(tags or {})}, status)


def test_nothing_waits_is_a_readable_reason(lake: Lake, instance: dg.DagsterInstance) -> None:
    found = tick(lake, instance)
    assert found.skip_message == f"No raw objects wait in {lake.storage.address('raw/to_be_processed')}."
    assert found.cursor is None


def test_each_day_with_waiting_objects_is_requested_once(lake: Lake, instance: dg.DagsterInstance) -> None:
    capture(lake, DAY, ["One"])
    capture(lake, DAY, ["Two"], minute=5)
    capture(lake, NEXT, ["One"])
    found = tick(lake, instance)
    assert requested(found) == [str(NEXT), str(DAY)]
    assert [request.run_key for request in found.run_requests or []] == [
        request.run_key for request in tick(lake, instance).run_requests or []
    ]


def test_a_published_day_is_nothing_to_do(lake: Lake, instance: dg.DagsterInstance) -> None:
    publish(lake, DAY, ["One"])
    assert "No raw objects wait" in (tick(lake, instance).skip_message or "")


def test_objects_of_others_are_told_of_as_materializations(lake: Lake, instance: dg.DagsterInstance) -> None:
    keys = sorted(land(lake, f"export-{DAY}-{number:02}.json", b"{}" * number) for number in range(1, 26))
    found = tick(lake, instance)
    [materialization] = found.asset_events
    assert isinstance(materialization, dg.AssetMaterialization)
    assert (materialization.asset_key, materialization.partition) == (dg.AssetKey("landed_objects"), str(DAY))
    told: dict[str, Any] = {name: value.value for name, value in materialization.metadata.items()}
    assert (told["objects"], told["bytes"]) == (25, 2 * sum(range(1, 26)))
    shown = str(told["keys"]).splitlines()
    assert (len(shown), shown[-1]) == (21, "…")
    assert set(shown[:-1]) <= set(keys)
    assert abs(told["landed_at"] - AN_HOUR_AGO.timestamp()) < 7200


@pytest.mark.parametrize(
    ("job", "tags"),
    [
        ("process_raw_objects", {"dagster/partition": str(DAY)}),
        ("capture", {"dagster/partition": str(DAY)}),
        (
            "daily_snapshot",
            {
                "dagster/asset_partition_range_start": str(DAY - timedelta(days=3)),
                "dagster/asset_partition_range_end": str(DAY + timedelta(days=3)),
            },
        ),
    ],
)
@pytest.mark.parametrize("status", [dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.STARTED])
@IN_A_FOLDER
def test_any_active_run_of_a_day_makes_it_wait(
    lake: Lake, instance: dg.DagsterInstance, job: str, tags: Tags, status: dg.DagsterRunStatus
) -> None:
    capture(lake, DAY, ["One"])
    run = run_of(instance, tags, status, job)
    found = tick(lake, instance)
    assert found.skip_message == f"Waiting: {DAY}: run {run.run_id} ({job}, {status.value.lower()}) has not ended."


@IN_A_FOLDER
def test_runs_of_other_days_of_none_and_ended_ones_hold_nothing_back(lake: Lake, instance: dg.DagsterInstance) -> None:
    capture(lake, DAY, ["One"])
    run_of(instance, {"dagster/partition": str(NEXT)}, dg.DagsterRunStatus.STARTED)
    run_of(instance, {}, dg.DagsterRunStatus.STARTED, "tidy")
    run_of(instance, {"dagster/partition": str(DAY)}, dg.DagsterRunStatus.FAILURE)
    assert requested(tick(lake, instance)) == [str(DAY)]


@IN_A_FOLDER
def test_a_backfill_that_has_made_no_run_yet_makes_its_days_wait(lake: Lake, instance: dg.DagsterInstance) -> None:
    capture(lake, DAY, ["One"])
    capture(lake, NEXT, ["One"])
    backfill = PartitionBackfill.from_asset_graph_subset(
        backfill_id="abc",
        asset_graph_subset=AssetGraphSubset(
            {dg.AssetKey("songs"): snapshot_dates.subset_with_partition_keys([str(DAY)])}
        ),
        backfill_timestamp=datetime.now(UTC).timestamp(),
        tags={},
        dynamic_partitions_store=instance,
        title=None,
        description=None,
        run_config=None,
    )
    instance.add_backfill(backfill)
    assert requested(tick(lake, instance)) == [str(NEXT)]
    instance.update_backfill(backfill.with_status(BulkActionStatus.COMPLETED_SUCCESS))
    assert requested(tick(lake, instance)) == [str(NEXT), str(DAY)]


def test_a_landing_during_a_run_leads_to_one_more_run_after_it(lake: Lake, instance: dg.DagsterInstance) -> None:
    capture(lake, DAY, ["One"])
    first = tick(lake, instance)
    run = run_requested(instance, first, dg.DagsterRunStatus.STARTED, {"dagster/partition": str(DAY)})
    land(lake, f"late-{DAY}.json")
    assert "has not ended" in (tick(lake, instance).skip_message or "")
    instance.report_run_failed(run)
    second = tick(lake, instance)
    assert requested(second) == [str(DAY)]
    assert (second.run_requests or [])[0].run_key != (first.run_requests or [])[0].run_key
    run_requested(instance, second, dg.DagsterRunStatus.NOT_STARTED, {"dagster/partition": str(DAY)})
    assert requested(tick(lake, instance)) == []


def test_a_failed_day_waits_for_a_person_until_other_objects_lie_there(
    lake: Lake, instance: dg.DagsterInstance
) -> None:
    land(lake, f"bad-{DAY}.json")
    run = run_requested(instance, tick(lake, instance), dg.DagsterRunStatus.STARTED)
    instance.report_run_failed(run)
    reason = tick(lake, instance).skip_message or ""
    assert reason.startswith(f"Waiting for a person: {DAY}: run {run.run_id} failed.")
    assert "re-execute the run" in reason
    land(lake, f"more-{DAY}.json")
    assert requested(tick(lake, instance)) == [str(DAY)]


def test_a_run_that_dagster_will_retry_is_waited_for(lake: Lake, instance: dg.DagsterInstance) -> None:
    land(lake, f"bad-{DAY}.json")
    run = run_requested(instance, tick(lake, instance), dg.DagsterRunStatus.STARTED)
    instance.report_run_failed(run)
    instance.add_run_tags(run.run_id, {"dagster/will_retry": "true"})
    assert "about to be retried" in (tick(lake, instance).skip_message or "")
    retry = run_of(instance, run.tags, dg.DagsterRunStatus.STARTED)
    instance.add_run_tags(run.run_id, {"dagster/auto_retry_run_id": retry.run_id})
    instance.report_run_failed(retry)
    assert f"run {retry.run_id} failed" in (tick(lake, instance).skip_message or "")


@ON_S3
def test_the_same_object_delivered_again_after_a_success_does_not_wait_for_ever(
    lake: Lake, instance: dg.DagsterInstance
) -> None:
    """On S3 an ETag is a hash of the content, so the same file again is the same key and ETag."""
    key = land(lake, f"export-{DAY}.json")
    first = tick(lake, instance)
    run_requested(instance, first, dg.DagsterRunStatus.SUCCESS)
    lake.storage.delete([key])
    assert "No raw objects wait" in (tick(lake, instance).skip_message or "")
    land(lake, f"export-{DAY}.json")
    again = tick(lake, instance)
    assert requested(again) == [str(DAY)]
    [before], [after] = first.run_requests or [], again.run_requests or []
    assert before.tags["raw_objects"] == after.tags["raw_objects"]
    assert before.run_key != after.run_key


@IN_A_FOLDER
def test_a_file_that_may_still_be_being_written_waits_for_a_later_tick(
    lake: Lake, instance: dg.DagsterInstance
) -> None:
    name = f"export-{DAY}.json"
    land(lake, name, written_at=datetime.now(UTC) + timedelta(seconds=1))
    assert tick(lake, instance).skip_message == f"Waiting: {DAY}: an object may still be being written."
    land(lake, name, written_at=datetime.now(UTC) - timedelta(seconds=3))
    assert requested(tick(lake, instance)) == [str(DAY)]


@IN_A_FOLDER
def test_a_file_dated_in_the_future_does_not_wait_for_ever(lake: Lake, instance: dg.DagsterInstance) -> None:
    land(lake, f"export-{DAY}.json", written_at=datetime.now(UTC) + timedelta(days=400))
    assert requested(tick(lake, instance)) == [str(DAY)]


def test_names_that_belong_to_no_day_are_quarantined_with_the_reason(
    lake: Lake, instance: dg.DagsterInstance, capfd: pytest.CaptureFixture[str]
) -> None:
    land(lake, "snapshot_date=2026-13-45/a.json")
    land(lake, "snapshot_date=1999-01-01/a.json")
    capture(lake, DAY, ["One"])
    assert requested(tick(lake, instance)) == [str(DAY)]
    log = capfd.readouterr().err
    assert "'2026-13-45' in its key is not a date" in log
    assert "1999-01-01 is before there was Spotify" in log
    misfiled = [found.key for found in lake.storage.list("raw/quarantine/misfiled")]
    assert len([key for key in misfiled if key.endswith(".reason.json")]) == 2
    assert len(list(lake.raw.waiting())) == 1


@IN_A_FOLDER
def test_a_misfiled_file_that_may_still_be_being_written_is_left_alone(
    lake: Lake, instance: dg.DagsterInstance
) -> None:
    land(lake, "snapshot_date=never/a.json", written_at=datetime.now(UTC))
    tick(lake, instance)
    assert len(list(lake.raw.waiting())) == 1


@IN_A_FOLDER
def test_tomorrow_waits_for_its_day_and_holds_nothing_else_back(lake: Lake, instance: dg.DagsterInstance) -> None:
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    land(lake, f"export-{tomorrow}.json")
    assert "has not begun" in (tick(lake, instance).skip_message or "")
    land(lake, f"export-{DAY}.json")
    assert requested(tick(lake, instance)) == [str(DAY)]


@ON_S3
def test_storage_that_cannot_be_listed_is_an_error_and_not_an_empty_zone(
    open_lake: OpenLake, instance: dg.DagsterInstance
) -> None:
    with pytest.raises(LakeError, match="the bucket does not exist"):
        call(open_lake(lake_url="s3://no-such-bucket/prefix"), instance)


def test_a_lake_of_the_other_source_is_an_error(open_lake: OpenLake, instance: dg.DagsterInstance) -> None:
    publish(open_lake(), DAY, ["One"])
    with pytest.raises(LakeError, match="holds spotify data but SPOTIFY_SOURCE=sample"):
        call(open_lake(spotify_source="sample"), instance)


def call(lake: Lake, instance: dg.DagsterInstance) -> Any:
    """The sensor's function itself, whose errors Dagster would wrap."""
    with dg.build_sensor_context(instance=instance, definitions=defs, resources={"lake": lake}) as context:
        return raw_objects(context)


@pytest.mark.parametrize(
    ("tags", "days"),
    [
        ({}, []),
        ({"dagster/partition": "2026-03-01"}, [date(2026, 3, 1)]),
        ({"dagster/partition": "2026-03-01|us"}, []),
        (
            {
                "dagster/asset_partition_range_start": "2026-02-28",
                "dagster/asset_partition_range_end": "2026-03-01",
            },
            [date(2026, 2, 28), date(2026, 3, 1)],
        ),
    ],
)
def test_the_days_of_a_run_are_read_from_its_tags(tags: Tags, days: list[date]) -> None:
    assert sorted(days_of_tags(tags)) == days


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    """SELECTs of every database of this process meanwhile."""
    statements: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("SELECT") and "run_body" in statement:
            statements.append(statement)

    event.listen(Engine, "before_cursor_execute", count)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", count)


@IN_A_FOLDER
def test_thousands_of_days_cost_a_tick_few_queries_and_few_requests(
    open_lake: OpenLake, instance: dg.DagsterInstance
) -> None:
    lake = open_lake()
    first = datetime.now(UTC).date() - timedelta(days=2999)
    for number in range(3000):
        folder = Path(lake.settings.lake_url) / f"raw/to_be_processed/snapshot_date={first + timedelta(days=number)}"
        folder.mkdir(parents=True)
        for name in range(4 if number % 3 == 0 else 3):
            file = folder / f"{name}.json"
            file.write_bytes(b"{}")
            os.utime(file, (AN_HOUR_AGO.timestamp(), AN_HOUR_AGO.timestamp()))
    with counted_queries() as statements:
        # Not as a tick: the partitions that this process loaded do not go back so far.
        found = call(lake, instance)
    days = [request.partition_key for request in found.run_requests]
    assert len(days) == len(found.asset_events) == 50
    assert days[:2] == [str(datetime.now(UTC).date()), str(first)]
    assert len(statements) <= 8
