"""Whether the process of a run lives: one that does, one that was killed, and one of a code server that is gone."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from spotify_assets.automation.dagster_internals import WorkerStatus
from spotify_assets.automation.run_launcher import (
    PROCESS_TAG,
    WatchedRunLauncher,
    fail_dead_runs,
    process_lives,
    this_process,
)
from spotify_assets.definitions import defs

JOB = defs.resolve_job_def("tidy")
TAGGING = (
    "from spotify_assets.automation.run_launcher import this_process; print(this_process()['process'], flush=True)"
)


def started(instance: dg.DagsterInstance, tags: dict[str, str]) -> dg.DagsterRun:
    return instance.create_run_for_job(JOB, tags=tags, status=dg.DagsterRunStatus.STARTED)


@pytest.fixture
def tags_of_the_dead() -> dict[str, str]:
    """The tag of a process that was killed."""
    code = f"{TAGGING}; input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        tag = process.stdout.readline().decode().strip()
        assert process_lives({PROCESS_TAG: tag}) is True
        os.kill(process.pid, signal.SIGKILL)
    return {PROCESS_TAG: tag}


def test_a_process_that_was_killed_is_gone_and_this_one_lives(tags_of_the_dead: dict[str, str]) -> None:
    assert process_lives(this_process()) is True
    assert process_lives(tags_of_the_dead) is False


def test_a_number_that_another_process_has_by_now_is_not_the_same_process() -> None:
    told = json.loads(this_process()[PROCESS_TAG])
    assert process_lives({PROCESS_TAG: json.dumps({**told, "began": told["began"] - 3600})}) is False


@pytest.mark.parametrize("tag", ["", "{}", "[]", '{"host": "another", "pid": 1, "began": 0}'])
def test_of_another_host_or_another_version_nothing_can_be_told(tag: str) -> None:
    assert process_lives({PROCESS_TAG: tag}) is None


def test_dead_runs_are_failed_and_the_others_left_alone(
    instance: dg.DagsterInstance, tags_of_the_dead: dict[str, str]
) -> None:
    dead, alive = started(instance, tags_of_the_dead), started(instance, this_process())
    unknown = started(instance, {})
    assert [run.run_id for run in fail_dead_runs(instance)] == [dead.run_id]
    statuses = {run.run_id: run.status for run in instance.get_runs()}
    assert statuses == {
        dead.run_id: dg.DagsterRunStatus.FAILURE,
        alive.run_id: dg.DagsterRunStatus.STARTED,
        unknown.run_id: dg.DagsterRunStatus.STARTED,
    }
    assert fail_dead_runs(instance) == []


@pytest.fixture
def nobodys_port() -> Iterator[int]:
    """A port that nobody listens at, and nobody else gets."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


def tags_of_server(port: int) -> dict[str, str]:
    return {".dagster/grpc_info": json.dumps({"host": "127.0.0.1", "port": port})}


def test_a_run_of_a_code_server_that_is_gone_is_dead(instance: dg.DagsterInstance, nobodys_port: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        started(instance, tags_of_server(server.getsockname()[1]))
        run = started(instance, tags_of_server(nobodys_port))
        assert [found.run_id for found in fail_dead_runs(instance)] == [run.run_id]


def test_a_run_of_a_socket_that_is_gone_is_dead(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    run = started(instance, {".dagster/grpc_info": json.dumps({"host": "localhost", "socket": str(tmp_path / "none")})})
    assert [found.run_id for found in fail_dead_runs(instance)] == [run.run_id]


def test_run_monitoring_fails_a_command_s_run_and_leaves_that_of_a_server_that_is_away(
    instance: dg.DagsterInstance, tags_of_the_dead: dict[str, str], nobodys_port: int
) -> None:
    launcher = WatchedRunLauncher()
    assert launcher.supports_check_run_worker_health
    health = launcher.check_run_worker_health(started(instance, tags_of_the_dead))
    assert health.status is WorkerStatus.FAILED
    assert "gone" in str(health.msg)
    # Dagster cannot make it again before the server is back.
    away = started(instance, tags_of_server(nobodys_port))
    assert launcher.check_run_worker_health(away).status is WorkerStatus.RUNNING
