"""What CloudWatch is told of a lake and its runs, over HTTP; and that nothing suffers where it cannot be told."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import dagster as dg
import pytest

from spotify_assets.automation.cloudwatch import Metric, Name, send
from spotify_assets.automation.costs import run_cost
from spotify_assets.automation.run_metrics import latest_snapshot, measure, run_metrics, snapshot_age
from spotify_assets.automation.sensors import run_failures
from spotify_assets.config import Settings
from spotify_assets.lake.lake import Lake
from spotify_assets_tests.assets.conftest import PLAYLISTS_FILE, TABLES_PUBLISHED, Platform
from spotify_assets_tests.conftest import IN_A_FOLDER, OpenLake, aws_client
from spotify_assets_tests.support.aws.moto import MotoAws
from spotify_assets_tests.support.data.builders import captured, entries_of, playlist, track
from spotify_assets_tests.support.data.small_days import DAY, NEXT, audit, publish, stage

SONGS = ["One", "Two", "Three"]


@pytest.fixture
def sent_by(moto_aws: MotoAws) -> Any:
    """Values by metric name, and by step for those that have one, that CloudWatch holds of a lake."""

    def sent(lake: Lake) -> dict[str, Any]:
        client, found = aws_client("cloudwatch", moto_aws.endpoint), {}
        names = client.list_metrics(Namespace=lake.settings.metrics_namespace)["Metrics"]
        for metric in names:
            dimensions = {item["Name"]: item["Value"] for item in metric["Dimensions"]}
            assert dimensions.pop("LakeUrl") == lake.settings.lake_url
            statistics = client.get_metric_statistics(
                Namespace=lake.settings.metrics_namespace,
                MetricName=metric["MetricName"],
                Dimensions=metric["Dimensions"],
                StartTime=datetime.now(UTC) - timedelta(hours=1),
                EndTime=datetime.now(UTC) + timedelta(hours=1),
                Period=7200,
                Statistics=["Sum"],
            )["Datapoints"]
            key = metric["MetricName"] + "".join(f" of {step}" for step in dimensions.values())
            found[key] = sum(point["Sum"] for point in statistics)
        return found

    return sent


@pytest.fixture
def measured_lake(open_lake: OpenLake, moto_aws: MotoAws) -> Lake:
    """A lake with a namespace of its own."""
    return open_lake(metrics_namespace=f"Lake{uuid4().hex}", aws_endpoint_url=moto_aws.endpoint)


def platform_of(lake: Lake, instance: dg.DagsterInstance) -> Platform:
    return Platform(Lake(lake.settings.model_copy(update={"playlists_file": PLAYLISTS_FILE})), instance)


def run_of_a_day(lake: Lake, instance: dg.DagsterInstance, *songs: dict[str, Any]) -> dg.ExecuteInProcessResult:
    """A run from raw objects to the catalog."""
    document = captured(playlist("Chart", entries_of(*songs)), datetime(2026, 3, 1, 6, tzinfo=UTC))
    lake.raw.land(f"snapshot_date={DAY}/chart.json.zst", document)
    return platform_of(lake, instance).materialize(DAY, steps=TABLES_PUBLISHED)


def tell(sensor: Any, instance: dg.DagsterInstance, result: dg.ExecuteInProcessResult, lake: Lake) -> Any:
    run = instance.get_run_by_id(result.run_id)
    assert run is not None
    last = [event for event in result.all_events if event.is_job_success or event.is_job_failure][-1]
    context = dg.build_run_status_sensor_context(
        sensor_name=sensor.name,
        dagster_instance=instance,
        dagster_run=run,
        dagster_event=last,
        resources={"lake": lake},
    )
    return sensor(context.for_run_failure() if last.is_job_failure else context)


@IN_A_FOLDER
def test_a_run_tells_its_rows_rejects_seconds_and_cost(
    measured_lake: Lake, instance: dg.DagsterInstance, sent_by: Any
) -> None:
    result = run_of_a_day(measured_lake, instance, *map(track, SONGS), *map(track, map(str, range(97))))
    assert result.success
    tell(run_metrics, instance, result, measured_lake)
    found = sent_by(measured_lake)
    rows = sum(file.rows for file in (measured_lake.staging.current(DAY) or stage(measured_lake, DAY)).tables.values())
    assert found["RowsPublished"] == rows > 300
    assert found["RowsRejected"] == 0
    assert {name for name in found if name.startswith("StepSeconds of ")} == {
        f"StepSeconds of {step}" for step in ("tables", "checks", "published_tables")
    }
    assert all(0 < found[f"StepSeconds of {step}"] < 60 for step in ("tables", "checks", "published_tables"))
    assert run_cost(0, 1, 1) < found["EstimatedRunCost"] < run_cost(60, 1, 1)
    assert not found.keys() & {"ApiCalls", "RunsFailed", "SnapshotAgeHours"}


@IN_A_FOLDER
def test_a_failed_run_tells_its_rejects_and_that_it_failed(
    measured_lake: Lake, instance: dg.DagsterInstance, sent_by: Any
) -> None:
    result = run_of_a_day(measured_lake, instance, *(track(song, id="malformed") for song in SONGS))
    assert not result.success
    instance.add_run_tags(result.run_id, {"dagster/will_retry": "true"})
    tell(run_failures, instance, result, measured_lake)
    found = sent_by(measured_lake)
    assert found["RowsRejected"] >= len(SONGS)
    assert not found.keys() & {"RunsFailed", "RowsPublished"}
    instance.add_run_tags(result.run_id, {"dagster/will_retry": "false"})
    tell(run_failures, instance, result, measured_lake)
    assert sent_by(measured_lake)["RunsFailed"] == 1


@IN_A_FOLDER
def test_rows_that_were_published_before_are_not_counted_again(
    measured_lake: Lake, instance: dg.DagsterInstance
) -> None:
    run_of_a_day(measured_lake, instance, *map(track, SONGS))
    again = platform_of(measured_lake, instance).materialize(DAY, steps=TABLES_PUBLISHED)
    run = instance.get_run_by_id(again.run_id)
    assert run is not None
    assert Metric(Name.ROWS_PUBLISHED, 0) in measure(instance, run)


def test_calls_of_the_api_are_added_up_over_assets_and_days(instance: dg.DagsterInstance) -> None:
    def asking(name: str, calls: int) -> dg.AssetsDefinition:
        spec = dg.AssetSpec(name, partitions_def=dg.DailyPartitionsDefinition("2026-03-01"))

        @dg.multi_asset(name=name, specs=[spec], backfill_policy=dg.BackfillPolicy.single_run())
        def asks(context: dg.AssetExecutionContext) -> None:
            for key in context.partition_keys:
                context.add_asset_metadata({"api_calls": calls}, partition_key=key)

        return asks

    tags = {"dagster/asset_partition_range_start": str(DAY), "dagster/asset_partition_range_end": str(NEXT)}
    result = dg.materialize([asking("raw_playlists", 7), asking("raw_artists", 5)], instance=instance, tags=tags)
    run = instance.get_run_by_id(result.run_id)
    assert run is not None
    assert Metric(Name.API_CALLS, 2 * (7 + 5)) in measure(instance, run)


def test_what_is_left_of_the_budget_is_told_as_the_last_asset_found_it(instance: dg.DagsterInstance) -> None:
    @dg.asset
    def raw_playlists() -> dg.MaterializeResult:
        return dg.MaterializeResult(metadata={"requests_used": 16, "requests_left": 84})

    @dg.asset(deps=[raw_playlists])
    def raw_artists() -> dg.MaterializeResult:
        return dg.MaterializeResult(metadata={"requests_used": 82, "requests_left": 18, "profiles_waiting": 40})

    result = dg.materialize([raw_playlists, raw_artists], instance=instance)
    run = instance.get_run_by_id(result.run_id)
    assert run is not None
    wanted = {Name.REQUESTS_USED: 82, Name.REQUESTS_LEFT: 18, Name.PROFILES_WAITING: 40}
    assert {found.name: found.value for found in measure(instance, run) if found.name in wanted} == wanted


def test_calls_that_were_made_before_a_capture_failed_count_as_well(instance: dg.DagsterInstance) -> None:
    @dg.asset
    def raw_playlists() -> None:
        raise dg.Failure("One of two could not be captured.", metadata={"api_calls": 3})

    result = dg.materialize([raw_playlists], instance=instance, raise_on_error=False)
    run = instance.get_run_by_id(result.run_id)
    assert run is not None
    assert Metric(Name.API_CALLS, 3) in measure(instance, run)


def test_the_age_is_that_of_the_latest_days_capture(measured_lake: Lake, sent_by: Any) -> None:
    with dg.build_sensor_context(resources={"lake": measured_lake}) as context:
        assert snapshot_age.evaluate_tick(context).skip_message == "Nothing is published yet."
        assert sent_by(measured_lake) == {}
        publish(measured_lake, NEXT, ["One"])
        # An older day that is published again is no news.
        publish(measured_lake, DAY, ["One"])
        reason = snapshot_age.evaluate_tick(context).skip_message
    taken_at = datetime(2026, 3, 2, 6, tzinfo=UTC)
    assert latest_snapshot(measured_lake) == taken_at
    assert "2026-03-02 06:00 UTC" in (reason or "")
    hours = (datetime.now(UTC) - taken_at) / timedelta(hours=1)
    assert sent_by(measured_lake)["SnapshotAgeHours"] == pytest.approx(hours, abs=0.2)


@IN_A_FOLDER
def test_what_lands_later_is_no_younger_than_its_day(lake: Lake) -> None:
    document = json.dumps(playlist("Chart", entries_of(track("A")))).encode()
    lake.storage.write(f"raw/to_be_processed/snapshot_date={DAY}/without an envelope.json", document)
    assert audit(lake, stage(lake, DAY)) == []
    lake.publish([DAY])
    assert latest_snapshot(lake) == datetime(2026, 3, 2, tzinfo=UTC)


@IN_A_FOLDER
def test_without_an_answer_of_cloudwatch_the_sensor_says_so_and_goes_on(
    open_lake: OpenLake, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(open_lake(), DAY, ["One"])
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    lake = open_lake(metrics_namespace="Lake", aws_endpoint_url="http://127.0.0.1:9")
    with dg.build_sensor_context(resources={"lake": lake}) as context:
        assert "was taken" in (snapshot_age.evaluate_tick(context).skip_message or "")
    assert "Metrics could not be sent to CloudWatch (METRICS_NAMESPACE=Lake)" in capfd.readouterr().err


def test_without_a_namespace_nothing_is_sent(tmp_path: Path) -> None:
    nowhere = Settings(lake_url=str(tmp_path), aws_endpoint_url="http://127.0.0.1:9")
    assert send([Metric(Name.RUNS_FAILED, 1)], nowhere) is None


def test_many_metrics_go_in_several_calls(measured_lake: Lake, sent_by: Any) -> None:
    assert send([Metric(Name.RUNS_FAILED, 1)] * 2345, measured_lake.settings) is None
    assert sent_by(measured_lake) == {"RunsFailed": 2345}


def test_the_cost_is_that_of_the_machine_and_of_the_requests() -> None:
    assert run_cost(3600, 0, 0) == pytest.approx(0.0336)
    assert run_cost(0, 1, 1000) == pytest.approx(2130 * 0.005 / 1000 + 3117 * 0.0004 / 1000)
