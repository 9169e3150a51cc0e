"""The Glue engine against Glue over HTTP: what a job says arrives in Dagster, and nothing that goes wrong is lost."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import dagster as dg
import pytest

from spotify_assets.config import Settings
from spotify_assets.engines.glue import GlueEngine
from spotify_assets.lake.lake import Lake
from spotify_assets_tests.assets.conftest import Platform
from spotify_assets_tests.conftest import HISTORY_START, ON_S3, REGION, aws_client
from spotify_assets_tests.support.aws.hurried_glue import expect_no_last_words, hurry_glue
from spotify_assets_tests.support.aws.moto import MotoAws
from spotify_assets_tests.support.data.builders import DAY, captured, entries_of, playlist, to_json, track
from spotify_assets_tests.support.processes.child_server import PROJECT_ROOT

# Dagster's own client calls what Dagster calls a preview.
pytestmark = [ON_S3, pytest.mark.filterwarnings("default:Function `PipesMessageReader.expected_writer_count`")]
ROLE = "arn:aws:iam::123456789012:role/job"


@dataclass(frozen=True)
class Job:
    """A job of Glue's, and the bucket for its messages."""

    name: str
    work_bucket: str


MakeJob = Callable[[str | None], Job]


@pytest.fixture(autouse=True)
def nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry_glue(monkeypatch)


@pytest.fixture
def silence_is_over_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    expect_no_last_words(monkeypatch)


@pytest.fixture
def make_job(moto_aws: MotoAws) -> MakeJob:
    """Makes a job of a script, None for one that moto does not run; gives what it is called."""
    s3, glue = aws_client("s3", moto_aws.endpoint), aws_client("glue", moto_aws.endpoint)
    work = f"work-{uuid4().hex[:12]}"
    s3.create_bucket(Bucket=work, CreateBucketConfiguration={"LocationConstraint": REGION})

    def make(script: str | None) -> Job:
        job = f"transform-{uuid4().hex[:12]}"
        if script is not None:
            s3.put_object(Bucket=work, Key=f"{job}.py", Body=textwrap.dedent(script).encode())
        command = {"Name": "glueetl", "ScriptLocation": f"s3://{work}/{job}.py"}
        glue.create_job(Name=job, Role=ROLE, Command=command, ExecutionProperty={"MaxConcurrentRuns": 1})
        return Job(job, work)

    return make


def land(lake: Lake) -> None:
    document = captured(playlist("Chart", entries_of(track("One"), track("Two"))))
    lake.storage.write(f"raw/to_be_processed/snapshot_date={DAY}/chart.json", to_json(document))


def transformed(lake: Lake, job: Job) -> tuple[dg.ExecuteInProcessResult, str]:
    """The tables of a day through Dagster: the run, and all that its events say."""
    land(lake)
    with dg.DagsterInstance.ephemeral() as instance:
        result = Platform(lake, instance, engine=GlueEngine(job.name, job.work_bucket)).materialize(
            DAY, steps=["tables"]
        )
        logged = instance.all_logs(result.run_id)
    return result, "\n".join(str(entry) for entry in logged)


def failure(result: dg.ExecuteInProcessResult) -> str:
    (failed,) = result.get_step_failure_events()
    error = failed.step_failure_data.error
    assert error is not None
    return error.message


def test_what_the_job_says_and_finds_arrives_in_dagster(lake: Lake, make_job: MakeJob) -> None:
    job = make_job("""
        from spotify_assets.engines.spark import job
        from spotify_assets.engines.day_request import DayResult
        from spotify_assets.transform.observations import QuarantinedObject, observe
        from spotify_assets.transform.tables import build_tables

        def on_no_cluster(session, request, progress):
            progress(f"{len(request.entries)} raw objects of {request.snapshot_date}")
            observations = observe(request.raw_zone().read(request.entries), request.snapshot_date, request.source)
            frames = build_tables(observations, request.snapshot_date, request.rejected_rows_limit).frames
            return DayResult(request.write(frames), [], [], [], [])

        job._session = lambda: None
        job.transform_day = on_no_cluster
        job.main()
    """)
    result, told = transformed(lake, job)
    assert result.success, told
    assert f"1 raw objects of {DAY}" in told
    rows = {
        event.asset_key: event.step_materialization_data.materialization.metadata["dagster/partition_row_count"].value
        for event in result.get_asset_materialization_events()
        if event.asset_key not in (None, dg.AssetKey("declared_playlists"), dg.AssetKey("completed_details"))
    }
    assert rows[dg.AssetKey("songs")] == 2
    staged = lake.staging.current(DAY)
    assert staged is not None
    assert lake.staging.read(staged, "songs").collect()["name"].to_list() == ["Song One", "Song Two"]


@pytest.mark.usefixtures("silence_is_over_soon")
def test_a_job_that_succeeds_without_a_result_is_a_failure(lake: Lake, make_job: MakeJob) -> None:
    """As moto's Glue does, which says SUCCEEDED and runs nothing."""
    result, _ = transformed(lake, make_job(None))
    assert not result.success
    assert "succeeded, but it did not report what it wrote, so nothing is staged" in failure(result)
    assert lake.staging.current(DAY) is None


@pytest.mark.usefixtures("silence_is_over_soon")
def test_a_failed_job_s_error_is_shown(lake: Lake, make_job: MakeJob) -> None:
    job = make_job("""
        from spotify_assets.lake.errors import LakeError
        from spotify_assets.engines.spark import job

        def refused(session, request, progress):
            progress("so far so good")
            raise LakeError("AWS refused it. Ask for the right.")

        job._session = lambda: None
        job.transform_day = refused
        job.main()
    """)
    result, told = transformed(lake, job)
    assert "FAILED" in failure(result)
    assert "TransformFailed: AWS refused it. Ask for the right." in failure(result)
    assert "so far so good" in told
    assert lake.staging.current(DAY) is None


@pytest.mark.usefixtures("silence_is_over_soon")
def test_a_job_that_fails_before_it_can_speak_is_shown_too(lake: Lake, make_job: MakeJob) -> None:
    result, _ = transformed(lake, make_job("import no_such_module"))
    assert "No module named 'no_such_module'" in failure(result)
    assert "CloudWatch has all that it wrote" in failure(result)


@pytest.mark.usefixtures("silence_is_over_soon")
def test_a_job_that_is_not_there_is_a_clear_failure(lake: Lake, make_job: MakeJob) -> None:
    result, _ = transformed(lake, Job("absent", make_job(None).work_bucket))
    assert "EntityNotFoundException" in failure(result)
    assert "Look at GLUE_JOB_NAME and GLUE_WORK_BUCKET" in failure(result)


RUN = """
import os, sys
from datetime import date
import dagster as dg
from spotify_assets.config import Settings
from spotify_assets.lake.lake import Lake
from spotify_assets.engines.glue import GlueEngine
from spotify_assets_tests.assets.conftest import Platform

with dg.DagsterInstance.local_temp(sys.argv[1]) as instance:
    platform = Platform(Lake(Settings()), instance, engine=GlueEngine(sys.argv[2], sys.argv[3]))
    try:
        platform.materialize(date.fromisoformat(sys.argv[4]), steps=["tables"])
    finally:
        (run,) = instance.get_runs()
        print(*(entry.user_message for entry in instance.all_logs(run.run_id)), sep="\\n", flush=True)
"""


def test_a_run_that_is_cancelled_stops_the_job(
    lake: Lake, lake_settings: Settings, make_job: MakeJob, moto_aws: MotoAws, tmp_path: Path
) -> None:
    land(lake)
    s3 = aws_client("s3", moto_aws.endpoint)
    job = make_job("""
        import os, time
        import boto3
        from dagster_pipes import PipesCliArgsParamsLoader, PipesS3ContextLoader, PipesS3MessageWriter
        from dagster_pipes import open_dagster_pipes

        s3 = boto3.client("s3")
        with open_dagster_pipes(
            params_loader=PipesCliArgsParamsLoader(),
            context_loader=PipesS3ContextLoader(s3),
            message_writer=PipesS3MessageWriter(s3),
        ) as pipes:
            lake = pipes.get_extra("request")["lake_url"].removeprefix("s3://")
            bucket, _, prefix = lake.partition("/")
            s3.put_object(Bucket=bucket, Key=prefix + "/works", Body=b"")
            time.sleep(600)
    """)
    environment = {
        name: str(value)
        for name, value in {
            "LAKE_URL": lake_settings.lake_url,
            "AWS_ENDPOINT_URL": lake_settings.aws_endpoint_url,
            "GLUE_DATABASE": lake_settings.glue_database,
            "SPOTIFY_SOURCE": "spotify",
            "HISTORY_START": HISTORY_START,
        }.items()
    }
    arguments = [str(tmp_path), job.name, job.work_bucket, str(DAY)]
    run = subprocess.Popen(
        [sys.executable, "-c", RUN, *arguments],
        env={**os.environ, **environment, "PYTHONPATH": str(PROJECT_ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    glue = aws_client("glue", moto_aws.endpoint)
    s3.get_waiter("object_exists").wait(
        Bucket=lake.storage.bucket,
        Key=f"{lake.storage.prefix}works",
        WaiterConfig={"Delay": 1, "MaxAttempts": 300},
    )
    run.send_signal(signal.SIGTERM)
    said, _ = run.communicate(timeout=300)
    assert "stopping Glue job run" in said
    (job_run,) = glue.get_job_runs(JobName=job.name)["JobRuns"]
    stopped = glue.get_job_run(JobName=job.name, RunId=job_run["Id"])["JobRun"]["JobRunState"]
    assert stopped == "STOPPED"
