"""Fixtures for tests of what runs by itself: instances with runs in them, and a platform with its daemon running."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import dagster as dg
import pytest

from spotify_assets.config import Settings
from spotify_assets.lake.lake import Lake

ROOT = Path(__file__).parents[2]
POLL_SECONDS = 0.2
Found = TypeVar("Found")


@pytest.fixture(scope="session")
def new_instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an instance in which nothing has happened, since Dagster takes long to make one."""
    folder = tmp_path_factory.mktemp("new-instance")
    with dg.DagsterInstance.local_temp(str(folder)):
        return folder


@pytest.fixture
def instance(tmp_path: Path, new_instance: Path) -> Iterator[dg.DagsterInstance]:
    """An instance on disk, since sensors want one."""
    folder = tmp_path / "instance"
    shutil.copytree(new_instance, folder)
    with dg.DagsterInstance.local_temp(str(folder)) as local:
        yield local


@dataclass
class Running:
    """A lake, and the processes of `spotify-assets ui` over it: daemon, code server, webserver."""

    lake: Lake
    instance: dg.DagsterInstance
    log: Path

    def eventually(self, look: Callable[[], Found | None], seconds: float = 180) -> Found:
        """What `look` finds, as soon as it finds something."""
        deadline = time.monotonic() + seconds
        while (found := look()) is None:
            if time.monotonic() > deadline:
                runs = [(run.job_name, run.status.value, run.tags) for run in self.instance.get_runs()]
                raise AssertionError(f"not within {seconds} s; runs: {runs}\n{self.log.read_text()[-4000:]}")
            time.sleep(POLL_SECONDS)
        return found

    def runs(self, job: str, day: object) -> list[dg.DagsterRun]:
        """Runs of a job for a day, in the order in which they were made."""
        filters = dg.RunsFilter(job_name=job, tags={"dagster/partition": str(day)})
        return list(reversed(self.instance.get_runs(filters)))


def start_platform(folder: Path, home: Path, **settings: str) -> tuple[subprocess.Popen[bytes], Path]:
    """Starts `spotify-assets ui` in `folder`, with its instance in `home`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    code = "import sys; from spotify_assets.cli.main import main; sys.exit(main())"
    log = folder / "ui.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", code, "ui", "--port", str(port)],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), "DAGSTER_HOME": str(home), **settings},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    return process, log


def stop_platform(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    process.wait(300)


def lake_in(folder: Path, source: str) -> Lake:
    return Lake(Settings.model_validate({"lake_url": str(folder), "spotify_source": source}))
