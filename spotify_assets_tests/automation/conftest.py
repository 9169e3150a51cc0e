"""Fixtures for tests of what runs by itself: instances with runs in them, and a platform with its daemon running."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import dagster as dg
import pytest

from spotify_assets.automation.event_log import RecordOfRuns
from spotify_assets.config import Settings
from spotify_assets.lake.lake import Lake
from spotify_assets_tests.support.processes.prepared import PROGRAM

ROOT = Path(__file__).parents[2]
POLL_SECONDS = 0.2
Found = TypeVar("Found")


@pytest.fixture(scope="session")
def new_instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an instance in which nothing has happened, since Dagster takes long to make one."""
    folder = tmp_path_factory.mktemp("new-instance")
    with local_instance(folder):
        return folder


@pytest.fixture
def instance(tmp_path: Path, new_instance: Path) -> Iterator[dg.DagsterInstance]:
    """An instance on disk, since sensors want one."""
    folder = tmp_path / "instance"
    shutil.copytree(new_instance, folder)
    with local_instance(folder) as local:
        yield local


def local_instance(folder: Path, **overrides: Any) -> dg.DagsterInstance:
    """An instance in a folder whose record of runs is the platform's, which takes half the time of Dagster's own."""
    storage = {
        "module": RecordOfRuns.__module__,
        "class": RecordOfRuns.__name__,
        "config": {"base_dir": str(folder)},
    }
    return dg.DagsterInstance.local_temp(str(folder), overrides={"storage": {"custom": storage}, **overrides})


@dataclass
class Running:
    """A lake, the processes of `spotify-assets ui` over it (daemon, code server, webserver), and where they serve."""

    lake: Lake
    instance: dg.DagsterInstance
    log: Path
    webserver: str

    def eventually(self, look: Callable[[], Found | None], seconds: float = 180) -> Found:
        """What `look` finds, as soon as it finds something."""
        deadline = time.monotonic() + seconds
        while (found := look()) is None:
            if time.monotonic() > deadline:
                runs = [(run.job_name, run.status.value, run.tags) for run in self.instance.get_runs()]
                raise AssertionError(f"not within {seconds} s; runs: {runs}\n{self.log.read_text()[-4000:]}")
            time.sleep(POLL_SECONDS)
        return found

    def ask_webserver(self, query: str) -> Any:
        """An answer of the webserver's GraphQL."""
        body = json.dumps({"query": query}).encode()
        request = urllib.request.Request(f"{self.webserver}/graphql", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)["data"]

    def runs(self, job: str, day: object) -> list[dg.DagsterRun]:
        """Runs of a job for a day, in the order in which they were made."""
        filters = dg.RunsFilter(job_name=job, tags={"dagster/partition": str(day)})
        return list(reversed(self.instance.get_runs(filters)))


@dataclass
class Platform:
    """The command `spotify-assets ui`, running: its process, what it writes, and where it serves."""

    process: subprocess.Popen[bytes]
    log: Path
    webserver: str

    def interrupt(self) -> int:
        """Ends it as Ctrl-C does; gives its exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(300)


def start_platform(folder: Path, home: Path, **settings: str) -> Platform:
    """Starts `spotify-assets ui` in `folder`, with its instance in `home`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = folder / "ui.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, "ui", "--port", str(port)],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), "DAGSTER_HOME": str(home), **settings},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    return Platform(process, log, f"http://127.0.0.1:{port}")


def lake_in(folder: Path, source: str) -> Lake:
    return Lake(Settings.model_validate({"lake_url": str(folder), "spotify_source": source}))
