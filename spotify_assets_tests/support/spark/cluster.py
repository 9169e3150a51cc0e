"""A real Spark cluster on this machine: a standalone master and workers, each a process group that can be killed."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import IO

import pyspark

from spotify_assets_tests.support.spark.short_lived import SHORT_LIVED

SPARK_HOME = Path(pyspark.__file__).parent
SPARK_LOG = "spark.log"
CLASSES = "org.apache.spark.deploy"


@dataclass(frozen=True)
class Cluster:
    """Its address, and its workers."""

    master: str
    workers: list[subprocess.Popen[str]]

    def lose_a_worker(self) -> None:
        """Kills a worker with its executors and their Python processes, as a machine that goes dark does."""
        _kill(self.workers.pop())

    def submit(self, *arguments: str, folder: Path) -> subprocess.Popen[str]:
        """Starts a job with `spark-submit`; what it prints can be read line by line, Spark's own words go to a file."""
        command = [str(SPARK_HOME / "bin/spark-submit"), "--master", self.master, *arguments]
        with (folder / SPARK_LOG).open("w") as log:
            return subprocess.Popen(
                command, cwd=folder, env=_environment(), text=True, stdout=subprocess.PIPE, stderr=log
            )


@contextmanager
def spark_cluster(folder: Path, workers: int) -> Iterator[Cluster]:
    """A master and so many workers of one processor each."""
    started: list[subprocess.Popen[str]] = []
    try:
        _, said = _start(started, r"Starting Spark master at (\S+)", "master.Master", "--port", "0")
        address = said.group(1)
        cluster = Cluster(address, [])
        for number in range(workers):
            options = ("--cores", "1", "--memory", "1g", "--work-dir", str(folder / f"worker-{number}"), address)
            worker, _ = _start(started, r"Successfully registered with master", "worker.Worker", *options)
            cluster.workers.append(worker)
        yield cluster
    finally:
        for process in reversed(started):
            _kill(process)


def _start(
    started: list[subprocess.Popen[str]], ready: str, name: str, *options: str
) -> tuple[subprocess.Popen[str], re.Match[str]]:
    """Starts a part of the cluster, and waits until it says that it is ready."""
    process = subprocess.Popen(
        [
            str(SPARK_HOME / "bin/spark-class"),
            f"{CLASSES}.{name}",
            "--host",
            "127.0.0.1",
            "--webui-port",
            "0",
            *options,
        ],
        env=_environment(),
        text=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    started.append(process)
    assert process.stderr is not None
    said: list[str] = []
    for line in process.stderr:
        said.append(line)
        if found := re.search(ready, line):
            # Or it would stop once nobody reads what it says.
            Thread(target=_drain, args=(process.stderr,), daemon=True).start()
            return process, found
    raise RuntimeError(f"{name} ended: {''.join(said[-5:])}")


def _drain(stream: IO[str]) -> None:
    with suppress(ValueError):
        for _ in stream:
            pass


def _environment() -> dict[str, str]:
    return {
        **os.environ,
        **SHORT_LIVED,
        "SPARK_HOME": str(SPARK_HOME),
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_LOCAL_IP": "127.0.0.1",
    }


def _kill(process: subprocess.Popen[str]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()
