"""Whether the process of a run is alive: asked, not waited for.

Dagster's code server reports a run whose process ends, as long as the server is alive. This module covers the rest:
commands that execute a run in their own process, and servers that died with all their runs. Small, since every process
of Dagster imports it.
"""

import json
import os
import socket
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import dagster as dg
import psutil

from spotify_assets.automation.dagster_internals import GRPC_INFO_TAG, CheckRunHealthResult, WorkerStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Put on a run by a command that executes it in its own process.
PROCESS_TAG = "process"
ANSWER_SECONDS = 10
GONE = "The process of this run is gone: it was killed, or its machine was restarted. Everything it published stays."


def this_process() -> dict[str, str]:
    """The tag of a run that this process executes: host, process id, and the start time of the process."""
    began = psutil.Process().create_time()
    return {PROCESS_TAG: json.dumps({"host": socket.gethostname(), "pid": os.getpid(), "began": began})}


def process_lives(tags: "Mapping[str, str]") -> bool | None:
    """Whether the process in a run's tag is alive; None if unknown from here."""
    try:
        told = json.loads(tags[PROCESS_TAG])
        if told["host"] != socket.gethostname():
            return None
        # Process ids are reused.
        return abs(psutil.Process(told["pid"]).create_time() - told["began"]) < 1
    except (KeyError, ValueError, TypeError):
        return None
    except psutil.NoSuchProcess:
        return False


def server_of(run: dg.DagsterRun) -> "dict[str, Any] | None":
    """The address of the code server that started a run; None if no server did."""
    return json.loads(run.tags[GRPC_INFO_TAG]) if GRPC_INFO_TAG in run.tags else None


def server_listens(run: dg.DagsterRun) -> bool | None:
    """Whether anything listens at the address of the code server that started a run; None if unknown.

    Not whether the server knows the run: after a reload it denies runs that continue in its former process.
    """
    if (told := server_of(run)) is None:
        return None
    try:
        if told.get("socket"):
            with socket.socket(socket.AF_UNIX) as local:
                local.connect(told["socket"])
        else:
            socket.create_connection((told["host"], told["port"]), ANSWER_SECONDS).close()
    except TimeoutError:
        return None
    except OSError:
        return False
    return True


def is_alive(record: dg.RunRecord) -> bool:
    """Whether a started run is still being executed, when Dagster is restarted on a machine.

    Runs are children of their code server. If unknown, a run is left to its maximum runtime.
    """
    by_process = process_lives(record.dagster_run.tags)
    return by_process if by_process is not None else server_listens(record.dagster_run) is not False


def fail_dead_runs(
    instance: dg.DagsterInstance, alive: "Callable[[dg.RunRecord], bool]" = is_alive
) -> list[dg.DagsterRun]:
    """Fails every started run that is not alive; gives them."""
    started = instance.get_run_records(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
    dead = [record.dagster_run for record in started if not alive(record)]
    found: list[dg.DagsterRun] = []
    for run in dead:
        now = instance.get_run_by_id(run.run_id)
        # It may have ended during the check.
        if now is not None and now.status is dg.DagsterRunStatus.STARTED:
            instance.report_run_failed(now, GONE)
            found.append(now)
    return found


class WatchedRunLauncher(dg.DefaultRunLauncher):
    """Dagster's default launcher, which also knows whether the command that executes a run is alive.

    Runs of a code server are left to it and to the sensor `lost_runs`: while the server is away, Dagster would fail the
    run and not retry it, since it finds no code.
    """

    @property
    def supports_check_run_worker_health(self) -> bool:
        """True: run monitoring may ask."""
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """The health of a started run, for Dagster's run monitoring."""
        if process_lives(run.tags) is not False:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(WorkerStatus.FAILED, f"{GONE} Noticed {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC.")
