"""The instance on ECS as deployed: PostgreSQL, the daemon, the code server, and a task for each run, lost ones too.

All processes are started by the commands of the template, with its variables; a task of the stand-in is a process, too.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import dagster as dg
import pytest
from dagster_aws.ecs import EcsRunLauncher

from spotify_assets.automation.ecs_run_launcher import TASK_TAG
from spotify_assets.config import Settings
from spotify_assets.lake.lake import Lake
from spotify_assets.schemas import TABLES
from spotify_assets_tests.automation.conftest import ROOT, Running
from spotify_assets_tests.conftest import PLATFORM_KEY, TESTS_KEY, aws_client
from spotify_assets_tests.deploy.account import deploy
from spotify_assets_tests.deploy.ecs import command_of, make_cluster, variables_of
from spotify_assets_tests.deploy.stack import Stack, ecs_stack
from spotify_assets_tests.deploy.test_production_instance import PATH, await_health
from spotify_assets_tests.support.aws.moto import MotoAws
from spotify_assets_tests.support.data.builders import captured, entries_of, playlist, track
from spotify_assets_tests.support.processes.postgres import DATABASE, PASSWORD, USER, Postgres, find_program
from spotify_assets_tests.support.processes.postgres_server import free_port

DEPLOY = ROOT / "deploy"
DAY = datetime.now(UTC).date() - timedelta(days=3)
# What ECS allows the overrides of a task to be, as JSON.
LONGEST_OVERRIDES = 8192
pytestmark = pytest.mark.skipif(
    find_program("postgres") is None, reason="PostgreSQL is not installed (Debian: apt-get install postgresql)"
)


@dataclass
class OnEcs(Running):
    """The running platform, its stack, and the stand-in with its tasks."""

    stack: Stack
    aws: MotoAws

    def task(self, run: dg.DagsterRun) -> dict[str, Any]:
        """What ECS says of a run's task."""
        cluster = self.stack.parameters["Name"]
        client = aws_client("ecs", self.aws.endpoint)
        return client.describe_tasks(cluster=cluster, tasks=[run.tags[TASK_TAG]], include=["TAGS"])["tasks"][0]


def here(words: list[str], home: Path, port: int) -> list[str]:
    """A container's command with this machine's paths and ports."""
    return [word.replace("/opt/dagster/ecs", str(home)).replace("4000", str(port)) for word in words]


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory, moto_aws: MotoAws) -> Iterator[OnEcs]:
    name, home, port = f"e{uuid4().hex[:8]}", tmp_path_factory.mktemp("ecs"), free_port()
    shutil.copy(DEPLOY / "ecs.dagster.yaml", home / "dagster.yaml")
    workspace = (DEPLOY / "ecs.workspace.yaml").read_text(encoding="utf-8").replace("4000", str(port))
    (home / "workspace.yaml").write_text(workspace, encoding="utf-8")
    log = home / "log"
    with ExitStack() as opened:
        postgres, patch = opened.enter_context(Postgres()), opened.enter_context(pytest.MonkeyPatch.context())
        lakehouse = Stack(Name=name, GlueDatabase=name, OrchestratorService="ecs-tasks.amazonaws.com")
        own = {
            **deploy(lakehouse, moto_aws),
            "PATH": PATH,
            "PYTHONPATH": str(ROOT),
            "DAGSTER_HOME": str(home),
            "TASK_LOG": str(log),
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_ENDPOINT_URL": moto_aws.endpoint,
            "DAGSTER_POSTGRES_HOST": "127.0.0.1",
            "DAGSTER_POSTGRES_PORT": str(postgres.port),
            "DAGSTER_POSTGRES_USER": USER,
            "DAGSTER_POSTGRES_DB": DATABASE,
            "DAGSTER_POSTGRES_PASSWORD": PASSWORD,
            # The server here has no certificate.
            "PGSSLMODE": "prefer",
        }
        as_role = {**own, "AWS_ACCESS_KEY_ID": PLATFORM_KEY}
        stack = ecs_stack(lakehouse, Name=name, RunsOnSpot="yes", SpotifySource="sample")
        of_runs = make_cluster(stack, moto_aws, as_role)
        for variable, value in {**as_role, **of_runs, "CODE_HOST": "127.0.0.1"}.items():
            patch.setenv(variable, value)
        # What the tests themselves ask is nobody's right.
        patch.setenv("AWS_ACCESS_KEY_ID", TESTS_KEY)
        patch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        image = re.findall(r"^CMD (\[.*\])$", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
        of_code = {**variables_of(stack, "CodeTask", "code"), **as_role, "SENSOR_SECONDS": "1"}
        of_daemon = {**variables_of(stack, "DaemonTask", "daemon"), **own, "AWS_ACCESS_KEY_ID": "DaemonRole"}
        of_daemon |= {**of_runs, "CODE_HOST": "127.0.0.1"}
        of_migration = {
            **variables_of(stack, "DaemonTask", "migrate"),
            **own,
            "AWS_ACCESS_KEY_ID": "DaemonRole",
            **of_runs,
        }
        with log.open("ab") as output:
            subprocess.run(
                here(command_of(stack, "DaemonTask", "migrate"), home, port),
                env=of_migration,
                stdout=output,
                stderr=output,
                check=True,
                cwd=home,
            )
            commands = [
                (here(json.loads(image[-1]), home, port), of_code),
                (here(command_of(stack, "DaemonTask", "daemon"), home, port), of_daemon),
            ]
            for words, environment in commands:
                process = subprocess.Popen(words, env=environment, stdout=output, stderr=output, cwd=home)
                opened.callback(process.wait, 300)
                opened.callback(process.terminate)
                if "spotify_assets.automation.code_server" in words:
                    await_health(port, environment)
        instance = opened.enter_context(dg.DagsterInstance.get())
        lake = Lake(Settings(_env_file=None))  # pyright: ignore[reportCallIssue]  pydantic's own parameter
        yield OnEcs(lake, instance, log, "", stack, moto_aws)


def test_the_launcher_of_the_instance_is_dagsters_own_for_ecs(platform: OnEcs) -> None:
    assert isinstance(platform.instance.run_launcher, EcsRunLauncher)
    assert "postgres" in type(platform.instance.run_storage).__module__


def test_a_day_is_published_by_tasks_though_the_capacity_of_one_is_taken_back(platform: OnEcs) -> None:
    fetched_at = datetime.combine(DAY, datetime.min.time(), UTC)
    chart = captured(playlist("Chart", entries_of(track("One"), track("Two"))), fetched_at, source="sample")
    platform.lake.raw_storage.write(f"raw/to_be_processed/other/export-{DAY}.json", json.dumps(chart).encode())

    def started(but: set[str]) -> dg.DagsterRun | None:
        runs = platform.runs("process_raw_objects", DAY)
        return next((run for run in runs if run.status is dg.DagsterRunStatus.STARTED and run.run_id not in but), None)

    first = platform.eventually(lambda: started(set()))
    task = platform.task(first)
    assert task["capacityProviderName"] == "FARGATE_SPOT"
    [override] = task["overrides"]["containerOverrides"]
    assert override["name"] == "run"
    assert override["command"][-3:-1] == ["api", "execute_run"]
    assert len(json.dumps(task["overrides"])) < LONGEST_OVERRIDES
    assert {"key": "dagster/run_id", "value": first.run_id} in task["tags"]
    # As ECS does with spare capacity that somebody else pays for.
    aws_client("ecs", platform.aws.endpoint).stop_task(
        cluster=platform.stack.parameters["Name"], task=first.tags[TASK_TAG], reason="Spot interruption"
    )
    platform.eventually(lambda: _ended(platform, first))
    assert platform.instance.get_run_by_id(first.run_id).status is dg.DagsterRunStatus.FAILURE  # pyright: ignore[reportOptionalMemberAccess]
    days = platform.eventually(lambda: platform.lake.catalog.published(TABLES["playlists"]) or None, 300)
    assert list(days) == [DAY]
    [again] = platform.eventually(
        lambda: [run for run in platform.runs("process_raw_objects", DAY) if run.is_success] or None
    )
    assert again.parent_run_id == first.run_id


def test_the_daemon_asked_for_nothing_but_what_its_role_may(platform: OnEcs) -> None:
    asked = [call for call in platform.aws.calls() if call.key == "DaemonRole"]
    assert {"ecs:RunTask", "ecs:DescribeTaskDefinition"} <= {call.action for call in asked}
    refused = [call for call in asked if not platform.stack.allows("DaemonRole", call.action, call.resource)]
    assert sorted(refused) == []


def _ended(platform: OnEcs, run: dg.DagsterRun) -> bool | None:
    found = platform.instance.get_run_by_id(run.run_id)
    return True if found is not None and found.is_finished else None
