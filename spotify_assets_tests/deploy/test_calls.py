"""Least privilege, shown: what each role's code asks of AWS, by the requests that arrived, against its policies.

Both ways: a call that a policy does not allow would fail on AWS, and a right that nobody uses must say why it is there.
"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import dagster as dg
import pytest
from dagster_aws.s3 import S3ComputeLogManager

from spotify_assets.automation.alert_channels import deliver
from spotify_assets.automation.alerts import Alert
from spotify_assets.automation.aws_lambda import handler
from spotify_assets.automation.cloudwatch import Metric, Name, send
from spotify_assets.automation.history import give, keep, work_bucket
from spotify_assets.automation.sensors import raw_objects
from spotify_assets.automation.sign_in_alerts import sign_in_end
from spotify_assets.cli.doctor import run_doctor
from spotify_assets.config import Settings, settings
from spotify_assets.definitions import defs
from spotify_assets.engines.glue import GlueEngine
from spotify_assets.lake.insight_inputs import Contents
from spotify_assets.lake.insight_memory import memory_before
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.maintenance import remove_old_counts, tidy_lake
from spotify_assets.lake.marks import ToldMarks
from spotify_assets.lake.storage import Storage
from spotify_assets.serving.dashboard.folder import write_folder
from spotify_assets.serving.dashboard.inputs import PublishedHistory
from spotify_assets.spotify.api import Patience
from spotify_assets.spotify.live import LivePlaylists
from spotify_assets_tests.assets.conftest import ALL, INSIGHTS_PUBLISHED, Platform
from spotify_assets_tests.conftest import REGION
from spotify_assets_tests.deploy.account import deploy
from spotify_assets_tests.deploy.stack import Statement, full_stack
from spotify_assets_tests.support.aws.calls import Call
from spotify_assets_tests.support.aws.hurried_glue import hurry_glue
from spotify_assets_tests.support.aws.moto import MotoAws
from spotify_assets_tests.support.dagster_internals import ComputeIOType
from spotify_assets_tests.support.spotify.fake import fake_spotify

# Dagster's own client calls what Dagster calls a preview.
pytestmark = pytest.mark.filterwarnings("default:Function `PipesMessageReader.expected_writer_count`")
STACK = full_stack()
SERVING = [*INSIGHTS_PUBLISHED, "dashboard"]
PLAYLIST_ID = "1" * 22


@pytest.fixture(scope="module")
def aws() -> Iterator[MotoAws]:
    """A stand-in of its own, so that every call it got is one of these tests'."""
    with MotoAws() as own:
        yield own


@pytest.fixture(scope="module")
def calls(aws: MotoAws, tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[Call]]:
    """What each role's code asked for, having done all that it does."""
    folder = tmp_path_factory.mktemp("calls")
    playlists = folder / "playlists.yaml"
    playlists.write_text(json.dumps({"playlists": [{"id": PLAYLIST_ID, "name": "Chart", "region": "us"}]}))
    with fake_spotify() as fake, pytest.MonkeyPatch.context() as patch:
        hurry_glue(patch)
        fake.sign_in.rotates = True
        fake.add_playlist(PLAYLIST_ID, name="Chart", songs=60, odd_entries=True)
        patch.chdir(folder)
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        made_at = datetime.now(UTC) - timedelta(days=160)
        signed_in = {"refresh_token": fake.refresh_token, "signed_in_at": made_at.isoformat()}
        secret = {"client_id": fake.client_id, **signed_in}
        variables = deploy(STACK, aws, secret)
        given = {"PLAYLISTS_FILE": str(playlists), "SPOTIFY_SOURCE": "spotify", "SPOTIFY_ENDPOINT_URL": fake.url}
        for name, value in {**variables, **given}.items():
            patch.setenv(name, value)
        settings.cache_clear()
        for role, work in WORK.items():
            patch.setenv("AWS_ACCESS_KEY_ID", role)
            work(Settings(), variables)
        settings.cache_clear()
    by_role: dict[str, set[Call]] = {role: set() for role in WORK}
    for call in aws.calls():
        if call.key in WORK:
            by_role[call.key].add(call)
    return by_role


def orchestrate(found: Settings, variables: dict[str, str]) -> None:
    """A day from capture to publish and a second version of it, and all that Dagster does around them."""
    today = datetime.now(UTC).date()
    lake = Lake(found)
    with dg.DagsterInstance.ephemeral() as instance:
        platform = Platform(lake, instance, LivePlaylists(found, Patience(2, 5)))
        assert platform.materialize(today, steps=[*ALL, *SERVING]).success
        lake.raw_storage.write("raw/to_be_processed/another/export.json", b"{}")
        lake.raw_storage.write("raw/to_be_processed/snapshot_date=never/a.json", b"{}")
        for _ in range(2):
            with dg.build_sensor_context(instance=instance, definitions=defs, resources={"lake": lake}) as context:
                raw_objects.evaluate_tick(context)
        assert platform.materialize(today).success
        # What Dagster asks for is the same, whether the job is there (test_glue_package.py) or moto only says so.
        platform.engine = GlueEngine(variables["GLUE_JOB_NAME"], variables["GLUE_WORK_BUCKET"])
        assert not platform.materialize(today, steps=["tables"]).success
    for _ in range(2):
        # What the insights of tomorrow begin with; the second time from what the first one kept.
        memory_before(lake, today + timedelta(days=1), Contents.of(lake.published_insights()))
    assert sum(removed.files for removed in tidy_lake(lake, datetime.now(UTC) + timedelta(days=90)).values())
    assert remove_old_counts(lake, datetime.now(UTC) + timedelta(days=90))
    assert ToldMarks(lake.storage).make(date(2026, 3, 1), "a-playlist", "a message")
    with dg.build_sensor_context(resources={"lake": lake}) as context:
        assert "ends on" in (sign_in_end.evaluate_tick(context).skip_message or "")
    assert deliver(Alert("subject", "message"), found) == []
    assert send([Metric(Name.RUNS_FAILED, 1)], found) is None
    assert run_doctor() == 0
    page = str(STACK.outputs["PageUrl"]["Value"])
    write_folder(PublishedHistory(lake), Storage(page, found.aws_endpoint_url), "window.vegaEmbed = null;")
    keep_output(variables["COMPUTE_LOGS_BUCKET"], found.aws_endpoint_url)
    history = work_bucket(variables["COMPUTE_LOGS_BUCKET"], found)
    keep(history, BytesIO(b"a dump"))
    assert b"".join(give(history)) == b"a dump"


def keep_output(bucket: str, endpoint: str | None) -> None:
    """Output of a step on its way to S3 and back, as the production instance keeps it."""
    manager = S3ComputeLogManager(
        bucket=bucket, prefix="compute-logs", endpoint_url=endpoint, region=REGION, local_dir=str(Path.cwd() / "local")
    )
    with manager.capture_logs(["run", "compute_logs", "step"]):
        print("said by a step")  # noqa: T201  it is what is captured
    manager.local_manager.delete_logs(log_key=["run", "compute_logs", "step"])
    stdout, _ = manager.get_log_data_for_type(["run", "compute_logs", "step"], ComputeIOType.STDOUT, 0, None)
    assert stdout == b"said by a step\n"
    # A step that said nothing left nothing, which the webserver finds out by asking.
    assert not manager.cloud_storage_has_logs(["run", "compute_logs", "silent step"], ComputeIOType.STDOUT)
    manager.delete_logs(log_key=["run", "compute_logs", "step"])


def capture(_found: Settings, _variables: dict[str, str]) -> None:
    """What the function does; the orchestrator has filed the day's earlier captures by then."""
    assert handler({}, None)["landed"] == 1


WORK: dict[str, Callable[[Settings, dict[str, str]], None]] = {
    "OrchestratorRole": orchestrate,
    "CaptureRole": capture,
}
WITHOUT_WORK = {
    "SparkRole": "The Spark job's process, and its rights, are looked at in test_glue_package.py.",
    "AnalystRole": "Nothing in this repository acts as an analyst.",
}


def rights(role: str) -> list[Statement]:
    return [found for found in STACK.statements(role) if found.effect == "Allow" and found.resources]


def test_every_role_is_at_work_or_says_why_not() -> None:
    assert {*WORK, *WITHOUT_WORK} == set(STACK.of_type("AWS::IAM::Role"))


@pytest.mark.parametrize("role", list(WORK))
def test_every_call_is_allowed_on_its_resource(calls: dict[str, set[Call]], role: str) -> None:
    assert len(calls[role]) > 10
    refused = [call for call in calls[role] if not STACK.allows(role, call.action, call.resource)]
    assert sorted(refused) == []


@pytest.mark.parametrize("role", list(WORK))
def test_every_right_is_used_or_says_why_it_is_there(calls: dict[str, set[Call]], role: str) -> None:
    unused = [
        f"{found.sid}: {action}"
        for found in rights(role)
        for action in found.actions
        if not any(action == call.action and found.matches(call.action, call.resource) for call in calls[role])
        and not found.reason
    ]
    assert unused == []
