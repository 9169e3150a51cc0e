"""Whether the process of a run lives: asked, not waited for.

Dagster's own run monitoring fails a run whose worker is gone, where its launcher can tell; the default one cannot. This
one asks the code server that started the run, and on the same machine the process itself. Small, since every process of
Dagster imports it.
"""

import json
import os
import socket
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import dagster as dg
import psutil
from dagster_shared.serdes import deserialize_value

from spotify_assets.automation.dagster_internals import (
    GRPC_INFO_TAG,
    CanCancelExecutionRequest,
    CanCancelExecutionResult,
    CheckRunHealthResult,
    DagsterGrpcClient,
    DagsterUserCodeUnreachableError,
    WorkerStatus,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

# Put on a run by a command that executes it in its own process.
PROCESS_TAG = "process"
ANSWER_SECONDS = 10
ASKED_TIMES = 3
GONE = "The process of this run is gone: it was killed, or its machine was restarted. What it had published stays."


def this_process() -> dict[str, str]:
    """The tag of a run that this process executes: host, process id, and when the process began."""
    began = psutil.Process().create_time()
    return {PROCESS_TAG: json.dumps({"host": socket.gethostname(), "pid": os.getpid(), "began": began})}


def process_lives(tags: "Mapping[str, str]") -> bool | None:
    """Whether the process that a run is tagged with lives; None where that cannot be told from here."""
    try:
        told = json.loads(tags[PROCESS_TAG])
        if told["host"] != socket.gethostname():
            return None
        # Numbers of processes are used again.
        return abs(psutil.Process(told["pid"]).create_time() - told["began"]) < 1
    except (KeyError, ValueError, TypeError):
        return None
    except psutil.NoSuchProcess:
        return False


def server_runs(run: dg.DagsterRun) -> bool | None:
    """Whether the code server that started a run still has its process; None where no server did."""
    if GRPC_INFO_TAG not in run.tags:
        return None
    told = json.loads(run.tags[GRPC_INFO_TAG])
    client = DagsterGrpcClient(
        host=told.get("host"), port=told.get("port"), socket=told.get("socket"), use_ssl=bool(told.get("use_ssl"))
    )
    for _ in range(ASKED_TIMES):
        try:
            answer = client.can_cancel_execution(CanCancelExecutionRequest(run_id=run.run_id), timeout=ANSWER_SECONDS)
        except DagsterUserCodeUnreachableError:
            continue
        return deserialize_value(answer, CanCancelExecutionResult).can_cancel
    # Runs are children of their server, and do not outlive its container.
    return False


def is_alive(run: dg.DagsterRun) -> bool:
    """Whether somebody executes a run that has started."""
    by_process = process_lives(run.tags)
    if by_process is not None:
        return by_process
    # Where nobody can tell, as for a run of an older version, it is left to the limit of its time.
    return server_runs(run) is not False


def fail_dead_runs(instance: dg.DagsterInstance) -> list[dg.DagsterRun]:
    """Fails every started run whose process is gone; gives them."""
    started = instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
    dead = [run for run in started if not is_alive(run)]
    found: list[dg.DagsterRun] = []
    for run in dead:
        now = instance.get_run_by_id(run.run_id)
        # It may have ended while its process was looked for.
        if now is not None and now.status is dg.DagsterRunStatus.STARTED:
            instance.report_run_failed(now, GONE)
            found.append(now)
    return found


class WatchedRunLauncher(dg.DefaultRunLauncher):
    """Dagster's default launcher, for code servers that run what they start, with an answer to whether a run lives."""

    @property
    def supports_check_run_worker_health(self) -> bool:
        """It does."""
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """What Dagster's run monitoring asks of each started run."""
        if is_alive(run):
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(WorkerStatus.FAILED, f"{GONE} Noticed {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC.")
