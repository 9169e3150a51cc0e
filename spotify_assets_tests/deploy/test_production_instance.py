"""The production instance as deployed: PostgreSQL, logs of steps in S3, events of S3, metrics; AWS is moto over HTTP.

Code server, webserver and daemon are started by the very commands of the container image and the compose file.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import dagster as dg
import psutil
import pytest
import yaml

from spotify_assets.automation.cloudwatch import Name
from spotify_assets.automation.run_launcher import GONE
from spotify_assets.config import Settings
from spotify_assets.lake.lake import Lake
from spotify_assets.schemas import TABLES
from spotify_assets_tests.automation.conftest import ROOT, Running
from spotify_assets_tests.conftest import PLATFORM_KEY, aws_client
from spotify_assets_tests.deploy.account import deploy
from spotify_assets_tests.deploy.stack import Stack
from spotify_assets_tests.support.aws.moto import MotoAws
from spotify_assets_tests.support.data.builders import captured, entries_of, playlist, track
from spotify_assets_tests.support.processes.postgres import DATABASE, PASSWORD, USER, Postgres, find_program
from spotify_assets_tests.support.processes.postgres_server import free_port

DEPLOY = ROOT / "deploy"
# Where the environment's commands are, as in the image.
PATH = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
DAY = datetime.now(UTC).date() - timedelta(days=3)
pytestmark = pytest.mark.skipif(
    find_program("postgres") is None, reason="PostgreSQL is not installed (Debian: apt-get install postgresql)"
)


def start_commands() -> dict[str, list[str]]:
    """What each container runs, code server first."""
    image = re.findall(r"^CMD (\[.*\])$", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]
    return {
        "code": json.loads(image[-1]),
        "webserver": services["webserver"]["command"],
        "daemon": services["daemon"]["command"],
    }


def environment_of(home: Path, variables: Mapping[str, str]) -> dict[str, str]:
    return {**os.environ, "PATH": PATH, "PYTHONPATH": str(ROOT), "DAGSTER_HOME": str(home), **variables}


class Containers:
    """The processes of the containers, on ports of this machine's, writing to one log."""

    def __init__(self, home: Path, variables: Mapping[str, str], ports: Mapping[str, int]) -> None:
        self.log = home / "log"
        self._home, self._ports, self._environment = home, ports, environment_of(home, variables)
        self._here = {"0.0.0.0": "127.0.0.1", "/opt/dagster/home/workspace.yaml": str(home / "workspace.yaml")}
        self._here |= {"4000": str(ports["code"]), "3000": str(ports["webserver"])}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        """Starts what a container runs; waits for the code server as compose does."""
        words = [self._here.get(word, word) for word in start_commands()[name]]
        with self.log.open("ab") as output:
            self._processes[name] = subprocess.Popen(
                words, cwd=self._home, env=self._environment, stdout=output, stderr=output
            )
        if name == "code":
            await_health(self._ports["code"], self._environment)

    def kill(self, name: str) -> None:
        """All of a container's processes at once, as the kernel ends them with the first."""
        root = psutil.Process(self._processes[name].pid)
        everything = [root, *root.children(recursive=True)]
        for process in everything:
            process.kill()
        self._processes.pop(name).wait()
        psutil.wait_procs(everything)

    def stop(self) -> None:
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            process.wait(300)


@dataclass
class Production(Running):
    """The running platform, and what it was given."""

    aws: MotoAws
    variables: Mapping[str, str]
    containers: Containers

    def client(self, service: str) -> Any:
        return aws_client(service, self.aws.endpoint)


@contextmanager
def started(home: Path, variables: Mapping[str, str], ports: Mapping[str, int]) -> Iterator[Containers]:
    """All containers, code server first."""
    containers = Containers(home, variables, ports)
    try:
        for name in start_commands():
            containers.start(name)
        yield containers
    finally:
        containers.stop()


def is_healthy(check: list[str], ports: Mapping[str, str], environment: Mapping[str, str]) -> bool:
    """What a container's health check says, asked at these ports."""
    words = [re.sub("|".join(ports) or "$^", lambda found: ports[found.group()], word) for word in check]
    return subprocess.run(words, env=environment, capture_output=True, check=False).returncode == 0


def await_health(port: int, environment: Mapping[str, str]) -> None:
    """Waits as compose does, by the image's own health check."""
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    [check] = re.findall(r"^HEALTHCHECK .*\\\n\s+CMD (\[.*\])$", text, re.MULTILINE)
    # Each check is a process; before anything listens they would only take time from what starts.
    await_port(port)
    for _ in range(30):
        if is_healthy(json.loads(check), {"4000": str(port)}, environment):
            return
    raise AssertionError("the code server does not become healthy")


def await_port(port: int) -> None:
    deadline = time.monotonic() + 300
    while True:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        assert time.monotonic() < deadline, "the code server does not listen"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def account(moto_aws: MotoAws) -> Iterator[dict[str, str]]:
    """The outputs of a stack as settings, and what stands for a machine's role."""
    name = f"p{uuid4().hex[:8]}"
    # Before any test has made its own environment.
    role = {"AWS_ACCESS_KEY_ID": PLATFORM_KEY, "AWS_SECRET_ACCESS_KEY": "testing"}
    with pytest.MonkeyPatch.context() as patch:
        variables = {**deploy(Stack(Name=name, GlueDatabase=name), moto_aws), **role, "SENSOR_SECONDS": "1"}
        for variable, value in variables.items():
            patch.setenv(variable, value)
        yield variables


@pytest.fixture(scope="module")
def production(
    account: dict[str, str], tmp_path_factory: pytest.TempPathFactory, moto_aws: MotoAws
) -> Iterator[Production]:
    home, ports = tmp_path_factory.mktemp("production"), {"code": free_port(), "webserver": free_port()}
    shutil.copy(DEPLOY / "dagster.yaml", home)
    workspace = (DEPLOY / "workspace.yaml").read_text(encoding="utf-8")
    workspace = workspace.replace("host: code", "host: 127.0.0.1").replace("4000", str(ports["code"]))
    (home / "workspace.yaml").write_text(workspace, encoding="utf-8")
    with Postgres() as postgres, pytest.MonkeyPatch.context() as patch:
        variables = {
            **account,
            "DAGSTER_POSTGRES_HOST": "127.0.0.1",
            "DAGSTER_POSTGRES_PORT": str(postgres.port),
            "DAGSTER_POSTGRES_USER": USER,
            "DAGSTER_POSTGRES_PASSWORD": PASSWORD,
            "DAGSTER_POSTGRES_DB": DATABASE,
        }
        for variable, value in variables.items():
            patch.setenv(variable, value)
        patch.setenv("DAGSTER_HOME", str(home))
        with started(home, variables, ports) as containers, dg.DagsterInstance.get() as instance:
            lake = Lake(Settings(_env_file=None))  # pyright: ignore[reportCallIssue]  pydantic's own parameter
            webserver = f"http://127.0.0.1:{ports['webserver']}"
            yield Production(lake, instance, containers.log, webserver, moto_aws, variables, containers)


def runs_of_the_day(production: Production, status: dg.DagsterRunStatus) -> list[dg.DagsterRun]:
    return [run for run in production.runs("process_raw_objects", DAY) if run.status is status]


def test_what_lands_in_s3_is_announced_run_and_published_though_its_run_is_killed_with_its_container(
    production: Production,
) -> None:
    fetched_at = datetime.combine(DAY, datetime.min.time(), UTC)
    chart = captured(playlist("Chart", entries_of(track("One"), track("Two"))), fetched_at, source="sample")
    key = f"raw/to_be_processed/another producer/export-{DAY}.json"
    bucket = production.variables["RAW_URL"].removeprefix("s3://")
    production.client("s3").put_object(Bucket=bucket, Key=key, Body=json.dumps(chart))
    [lost] = production.eventually(lambda: runs_of_the_day(production, dg.DagsterRunStatus.STARTED) or None)
    production.containers.kill("code")
    assert runs_of_the_day(production, dg.DagsterRunStatus.STARTED) != []
    # As Docker does.
    production.containers.start("code")
    days = production.eventually(lambda: production.lake.catalog.published(TABLES["playlists"]) or None, 300)
    assert list(days) == [DAY]
    told = [event.message for event in production.instance.all_logs(lost.run_id, dg.DagsterEventType.RUN_FAILURE)]
    assert any(GONE in message for message in told)
    [again] = production.eventually(lambda: runs_of_the_day(production, dg.DagsterRunStatus.SUCCESS) or None)
    assert again.parent_run_id == lost.run_id
    assert again.tags["dagster/partition"] == str(DAY)


def test_runs_are_kept_in_postgresql(production: Production) -> None:
    assert "postgres" in type(production.instance.run_storage).__module__
    assert "postgres" in type(production.instance.event_log_storage).__module__
    assert "postgres" in type(production.instance.schedule_storage).__module__  # pyright: ignore[reportOptionalMemberAccess]
    assert not list(Path(production.instance.root_directory).rglob("*.db"))


def test_the_output_of_steps_is_in_the_work_bucket_and_in_the_webserver(production: Production) -> None:
    [run] = runs_of_the_day(production, dg.DagsterRunStatus.SUCCESS)
    bucket = production.variables["COMPUTE_LOGS_BUCKET"]

    def keys() -> list[str]:
        found = production.client("s3").list_objects_v2(Bucket=bucket, Prefix="compute-logs/").get("Contents", [])
        return [entry["Key"] for entry in found if run.run_id in entry["Key"]]

    # A slow run has left a part of it before, each half a minute.
    logged = production.eventually(lambda: next((key for key in keys() if key.endswith(".err")), None))
    assert all(re.match(r"compute-logs/storage/.+\.(err|out|complete)(\.partial)?$", key) for key in keys())
    log_key = logged.split(f"{run.run_id}/compute_logs/")[1].removesuffix(".err")
    shown = production.eventually(
        lambda: production.ask_webserver(
            f'{{capturedLogs(logKey: ["{run.run_id}", "compute_logs", "{log_key}"]) {{stderr}}}}'
        )["capturedLogs"]["stderr"]
    )
    assert "published 1 of 1 day" in shown


def test_the_webserver_shows_the_runs_and_a_healthy_daemon(production: Production) -> None:
    found = production.ask_webserver(
        "{runsOrError {... on Runs {results {pipelineName status}}} "
        "instance {daemonHealth {allDaemonStatuses {daemonType required healthy}}}}"
    )
    assert {"pipelineName": "process_raw_objects", "status": "SUCCESS"} in found["runsOrError"]["results"]
    statuses = found["instance"]["daemonHealth"]["allDaemonStatuses"]
    required = {status["daemonType"]: status["healthy"] for status in statuses if status["required"]}
    assert {"SENSOR", "SCHEDULER", "QUEUED_RUN_COORDINATOR", "MONITORING", "EVENT_LOG_CONSUMER"} <= set(required)
    assert set(required.values()) == {True}


def test_the_health_checks_of_the_containers_say_healthy(production: Production) -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]
    environment = environment_of(Path(production.instance.root_directory), production.variables)
    for service, ports in {"webserver": {"3000": production.webserver.rsplit(":")[-1]}, "daemon": {}}.items():
        kind, *check = services[service]["healthcheck"]["test"]
        assert kind == "CMD"
        assert is_healthy(check, ports, environment)


def test_cloudwatch_is_told_of_the_run_and_the_age_of_the_snapshot(production: Production) -> None:
    client, namespace = production.client("cloudwatch"), production.variables["METRICS_NAMESPACE"]

    def names() -> set[str]:
        lake = [{"Name": "LakeUrl", "Value": production.variables["LAKE_URL"]}]
        return {metric["MetricName"] for metric in client.list_metrics(Namespace=namespace, Dimensions=lake)["Metrics"]}

    wanted = {name.value[0] for name in (Name.ROWS_PUBLISHED, Name.ROWS_REJECTED, Name.STEP_SECONDS, Name.RUN_COST)}
    production.eventually(lambda: wanted <= names() or None)


def test_the_announcement_is_forgotten_once_it_is_done(production: Production) -> None:
    attributes = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]

    def left() -> int:
        found = production.client("sqs").get_queue_attributes(
            QueueUrl=production.variables["RAW_EVENTS_QUEUE_URL"], AttributeNames=attributes
        )
        return sum(int(found["Attributes"][name]) for name in attributes)

    production.eventually(lambda: left() == 0 or None)


def test_no_password_is_in_the_logs(production: Production) -> None:
    assert PASSWORD not in production.log.read_text(encoding="utf-8", errors="replace")
