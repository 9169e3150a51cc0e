"""The launcher of runs on ECS, made from the instance's file for a cluster of the template's; AWS is moto over HTTP.

A run from its queue to its end is in deploy/test_ecs_instance.py.
"""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import boto3
import dagster as dg
import pytest
import yaml
from dagster_aws.ecs import EcsRunLauncher

from spotify_assets.automation.dagster_internals import CheckRunHealthResult, ConfigurableClassData, WorkerStatus
from spotify_assets.automation.ecs_run_launcher import TASK_TAG, TaskRunLauncher
from spotify_assets.definitions import defs
from spotify_assets_tests.automation.conftest import ROOT
from spotify_assets_tests.conftest import REGION, TESTS_KEY, aws_client
from spotify_assets_tests.deploy.ecs import RUN, make_cluster
from spotify_assets_tests.deploy.stack import ecs_stack
from spotify_assets_tests.support.aws.moto import MotoAws

JOB = defs.resolve_job_def("tidy")
STATED = yaml.safe_load((ROOT / "deploy/ecs.dagster.yaml").read_text(encoding="utf-8"))["run_launcher"]


def made() -> TaskRunLauncher:
    """The launcher as Dagster makes it from the instance's file and the variables of this process."""
    held = ConfigurableClassData(STATED["module"], STATED["class"], yaml.dump(STATED["config"]))
    return held.rehydrate(as_type=TaskRunLauncher)


@pytest.fixture
def variables(moto_aws: MotoAws, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """A cluster, and what the daemon is told of it."""
    given = make_cluster(ecs_stack(Name=f"l{uuid4().hex[:8]}"), moto_aws, {})
    process = {
        "AWS_ENDPOINT_URL": moto_aws.endpoint,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": TESTS_KEY,
        "AWS_SECRET_ACCESS_KEY": TESTS_KEY,
    }
    for name, value in {**given, **process}.items():
        monkeypatch.setenv(name, value)
    # boto3 keeps the session of the process, which other tests have made with other variables.
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    yield given
    boto3.DEFAULT_SESSION = None


@pytest.fixture
def launcher(variables: dict[str, str], instance: dg.DagsterInstance) -> TaskRunLauncher:
    found = made()
    found.register_instance(instance)
    return found


def test_it_is_dagsters_own_told_where(launcher: TaskRunLauncher, variables: dict[str, str]) -> None:
    definition, cluster, subnets, group = (variables[name] for name in RUN)
    assert isinstance(launcher, EcsRunLauncher)
    assert launcher.task_definition == definition
    network = {"subnets": subnets.split(","), "securityGroups": [group], "assignPublicIp": "DISABLED"}
    # No capacity: the cluster says whether runs take spare capacity.
    assert launcher.run_task_kwargs == {
        "cluster": cluster,
        "networkConfiguration": {"awsvpcConfiguration": network},
    }
    assert len(subnets.split(",")) == 2
    # Neither the account's network nor its secrets are looked through.
    assert launcher.use_current_ecs_task_config is False
    assert launcher.secrets_tags == []


@pytest.mark.parametrize("name", RUN)
def test_a_variable_that_is_missing_is_named(
    variables: dict[str, str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv(name)
    with pytest.raises(dg.DagsterInvalidConfigError, match=name):
        made()


def run_with_task(launcher: TaskRunLauncher, instance: dg.DagsterInstance, aws: MotoAws, command: str) -> dg.DagsterRun:
    """A run whose task is this command."""
    stated: dict[str, Any] = {**launcher.run_task_kwargs, "taskDefinition": launcher.task_definition}
    overrides = {"containerOverrides": [{"name": "run", "command": ["sh", "-c", command]}]}
    [task] = aws_client("ecs", aws.endpoint).run_task(**stated, overrides=overrides)["tasks"]
    return instance.create_run_for_job(
        JOB, tags={TASK_TAG: task["taskArn"], "ecs/cluster": stated["cluster"]}, status=dg.DagsterRunStatus.STARTED
    )


def test_a_task_that_runs_is_told_so_until_it_is_stopped(
    launcher: TaskRunLauncher, instance: dg.DagsterInstance, moto_aws: MotoAws
) -> None:
    run = run_with_task(launcher, instance, moto_aws, "exec sleep 600")
    assert launcher.check_run_worker_health(run).status is WorkerStatus.RUNNING
    assert launcher.terminate(run.run_id)
    assert health_in_the_end(launcher, run).status is WorkerStatus.FAILED


def test_a_task_that_was_killed_is_a_failure_with_its_code(
    launcher: TaskRunLauncher, instance: dg.DagsterInstance, moto_aws: MotoAws
) -> None:
    found = health_in_the_end(launcher, run_with_task(launcher, instance, moto_aws, "kill -9 $$"))
    assert found.status is WorkerStatus.FAILED
    assert "exit code 137" in str(found.msg)


def test_a_run_that_a_command_executes_has_no_task_and_is_left_alone(
    launcher: TaskRunLauncher, instance: dg.DagsterInstance
) -> None:
    run = instance.create_run_for_job(JOB, status=dg.DagsterRunStatus.STARTED)
    assert launcher.check_run_worker_health(run).status is WorkerStatus.RUNNING


def health_in_the_end(launcher: TaskRunLauncher, run: dg.DagsterRun) -> CheckRunHealthResult:
    """What is told once the task has ended."""
    while (found := launcher.check_run_worker_health(run)).status is WorkerStatus.RUNNING:
        pass
    return found
