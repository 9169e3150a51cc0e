"""What people are told of a run that failed: the message, and its way to SNS."""

import json
from datetime import date
from typing import Any
from uuid import uuid4

import dagster as dg
import pytest
from pydantic import SecretStr

from spotify_assets.automation.alerts import compose
from spotify_assets.automation.failures import failure_reasons
from spotify_assets.automation.importing import BY_COMMAND, BY_SENSOR, IMPORT_TAG
from spotify_assets.automation.sensors import run_failures
from spotify_assets.config import Settings
from spotify_assets.lake.lake import Lake
from spotify_assets_tests.conftest import REGION, aws_client
from spotify_assets_tests.support.aws.moto import MotoAws
from spotify_assets_tests.support.processes.web_hook import web_hook

DAY, NEXT = date(2026, 3, 14), date(2026, 3, 15)
SETTINGS = Settings(lake_url="/data/lake", spotify_source="spotify")
CORRECT = (
    "fix the day's raw objects in raw/to_be_processed, or land fixed ones there for those in raw/quarantine: that "
    "starts a new run. If you remove one instead and no other object of the day waits, run the job "
    "process_raw_objects for it. Published rows stay as they are until then."
)


def test_a_failed_check_is_told_with_its_sentence_its_day_and_what_to_do() -> None:
    reasons = ["Check playlists / not_empty: 2026-03-14: playlists has no rows."]
    alert = compose("process_raw_objects", "abc", [DAY], reasons, SETTINGS)
    assert alert.subject == "Spotify lakehouse: process_raw_objects failed for 2026-03-14"
    assert alert.message.splitlines() == [
        "The job process_raw_objects failed for 2026-03-14, and will not be retried.",
        "- Check playlists / not_empty: 2026-03-14: playlists has no rows.",
        f"What to do: {CORRECT}",
        "Lake: /data/lake (spotify). Run: abc",
    ]


def test_a_failed_capture_says_that_it_must_be_repeated_today() -> None:
    alert = compose("daily_snapshot", "abc", [DAY], ["Step raw_playlists: playlist X: 404."], SETTINGS)
    assert "run the job daily_snapshot again before midnight UTC" in alert.message


def test_a_range_is_told_by_its_ends_and_a_job_without_days_by_its_name() -> None:
    assert "failed for 2026-03-14 to 2026-03-15" in compose("capture", "abc", [NEXT, DAY], ["x"], SETTINGS).subject
    assert compose("tidy", "abc", [], ["x"], SETTINGS).subject == "Spotify lakehouse: tidy failed"


def test_long_reasons_are_cut_to_their_first_lines() -> None:
    traceback = "\n".join(f"line {number} {'x' * 2000}" for number in range(100))
    alert = compose("tidy", "abc", [DAY], [traceback] * 50, SETTINGS)
    assert len(alert.message) < 80_000
    assert "line 4 " in alert.message
    assert "line 5 " not in alert.message
    assert "… and 30 more" in alert.message


def test_a_subject_is_what_sns_takes() -> None:
    assert len(compose("x" * 200, "abc", [DAY], [], SETTINGS).subject) == 100


def test_credentials_in_an_error_are_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "aws-secret-value")
    secrets = {"spotify_client_secret": SecretStr("s3cr3t"), "spotify_refresh_token": SecretStr("AQrefresh")}
    reason = (
        "Step capture: s3cr3t AQrefresh aws-secret-value Authorization: Bearer BQtoken-of.spotify "
        "Basic aWQ6c2VjcmV0 access_token=BQother12 {'refresh_token': 'AQunknown1'}"
    )
    message = compose("capture", "abc", [DAY], [reason], SETTINGS.model_copy(update=secrets)).message
    for secret in ("s3cr3t", "AQrefresh", "aws-secret", "BQtoken", "aWQ6", "BQother", "AQunknown"):
        assert secret not in message
    assert message.count("[hidden]") == 7


def failing(instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    """A run in which a blocking check, and a step for another cause, failed."""

    @dg.asset
    def checked() -> None: ...

    @dg.asset_check(asset=checked, blocking=True)
    def is_good() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=False, description="2026-03-14: it is bad.")

    @dg.asset
    def broken() -> None:
        try:
            raise OSError("the disk is full")
        except OSError as error:
            raise RuntimeError("could not write") from error

    @dg.asset
    def refusing() -> None:
        raise dg.Failure("Spotify shows only today.")

    loaded = dg.Definitions(
        assets=[checked, broken, refusing],
        asset_checks=[is_good],
        jobs=[dg.define_asset_job("failing_job")],
        executor=dg.in_process_executor,
    )
    return loaded.resolve_job_def("failing_job").execute_in_process(
        instance=instance,
        tags={"dagster/partition": str(DAY)},
        raise_on_error=False,
        run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
    )


def test_reasons_are_the_sentences_of_checks_and_the_root_causes_of_steps(instance: dg.DagsterInstance) -> None:
    reasons = failure_reasons(failing(instance).all_events)
    assert reasons[0] == "Check checked / is_good: 2026-03-14: it is bad."
    assert {reason.strip() for reason in reasons[1:]} == {
        "Step broken: OSError: the disk is full",
        "Step refusing: Spotify shows only today.",
    }


def react(instance: dg.DagsterInstance, result: dg.ExecuteInProcessResult, lake: Lake) -> Any:
    run = instance.get_run_by_id(result.run_id)
    assert run is not None
    context = dg.build_run_status_sensor_context(
        sensor_name="run_failures",
        dagster_instance=instance,
        dagster_run=run,
        dagster_event=result.get_run_failure_event(),
        resources={"lake": lake},
    )
    return run_failures(context.for_run_failure())


def test_a_run_that_failed_for_good_is_logged(
    instance: dg.DagsterInstance, lake: Lake, capfd: pytest.CaptureFixture[str]
) -> None:
    assert react(instance, failing(instance), lake) is None
    log = capfd.readouterr().err
    assert "The job failing_job failed for 2026-03-14" in log
    assert "Check checked / is_good: 2026-03-14: it is bad." in log


def test_a_run_that_is_retried_is_not_told_of(
    instance: dg.DagsterInstance, lake: Lake, capfd: pytest.CaptureFixture[str]
) -> None:
    result = failing(instance)
    instance.add_run_tags(result.run_id, {"dagster/will_retry": "true"})
    skipped = react(instance, result, lake)
    assert skipped.skip_message == f"Run {result.run_id} is retried."
    assert "failing_job" not in capfd.readouterr().err


@pytest.mark.parametrize("asked_by", [BY_COMMAND, BY_SENSOR])
def test_no_alert_comes_of_an_import(
    instance: dg.DagsterInstance, lake: Lake, capfd: pytest.CaptureFixture[str], asked_by: str
) -> None:
    result = failing(instance)
    instance.add_run_tags(result.run_id, {IMPORT_TAG: asked_by})
    skipped = react(instance, result, lake)
    assert "is of imported days" in skipped.skip_message
    assert "failing_job" not in capfd.readouterr().err


def topic_with_queue(aws: MotoAws) -> tuple[str, Any, str]:
    sns, sqs = aws_client("sns", aws.endpoint), aws_client("sqs", aws.endpoint)
    name = f"alerts-{uuid4().hex[:8]}"
    topic = sns.create_topic(Name=name)["TopicArn"]
    queue = sqs.create_queue(QueueName=name)["QueueUrl"]
    queue_arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn)
    return topic, sqs, queue


def test_a_failed_run_reaches_the_subscribers_of_the_topic(
    instance: dg.DagsterInstance, moto_aws: MotoAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic, sqs, queue = topic_with_queue(moto_aws)
    # The topic's own region counts, whatever the lake's is.
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    alerting = SETTINGS.model_copy(update={"alert_topic_arn": topic, "aws_endpoint_url": moto_aws.endpoint})
    assert react(instance, failing(instance), Lake(alerting)) is None
    [message] = sqs.receive_message(QueueUrl=queue)["Messages"]
    body = json.loads(message["Body"])
    assert body["Subject"] == "Spotify lakehouse: failing_job failed for 2026-03-14"
    assert "Check checked / is_good: 2026-03-14: it is bad." in body["Message"]


def test_a_topic_that_cannot_be_reached_is_logged_and_hides_nothing(
    instance: dg.DagsterInstance, moto_aws: MotoAws, capfd: pytest.CaptureFixture[str]
) -> None:
    missing = f"arn:aws:sns:{REGION}:123456789012:missing"
    alerting = SETTINGS.model_copy(update={"alert_topic_arn": missing, "aws_endpoint_url": moto_aws.endpoint})
    assert react(instance, failing(instance), Lake(alerting)) is None
    log = capfd.readouterr().err
    assert "The job failing_job failed for 2026-03-14" in log
    assert f"The alert could not be sent to {missing} (ALERT_TOPIC_ARN)" in log


def test_a_failed_run_reaches_the_addresses(instance: dg.DagsterInstance) -> None:
    with web_hook() as hook:
        alerting = SETTINGS.model_copy(update={"alert_addresses": SecretStr(hook.address)})
        assert react(instance, failing(instance), Lake(alerting)) is None
    [taken] = hook.taken
    assert taken["title"] == "Spotify lakehouse: failing_job failed for 2026-03-14"
    assert "Check checked / is_good: 2026-03-14: it is bad." in taken["message"]
