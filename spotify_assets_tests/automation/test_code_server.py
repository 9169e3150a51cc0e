"""The code server of a container ends with the process that holds the code, and hands on when it began."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from spotify_assets.automation.code_server import LOADED
from spotify_assets.automation.lost_runs import BEGAN_VARIABLE
from spotify_assets_tests.automation.conftest import ROOT
from spotify_assets_tests.support.processes.postgres_server import free_port

DEFINITIONS = "import dagster as dg\n\n\n@dg.job\ndef nothing(): ...\n\n\ndefs = dg.Definitions(jobs=[nothing])\n"
SERVING = """
import logging, sys
from spotify_assets.automation.code_server import serve
logging.basicConfig(level=logging.INFO)
sys.exit(serve({port}, {words}, 0.2))
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[psutil.Popen]:
    """A code server of a small file, once it has loaded that."""
    code, port = tmp_path / "small.py", free_port()
    code.write_text(DEFINITIONS, encoding="utf-8")
    words = ["-h", "127.0.0.1", "-p", str(port), "-f", str(code)]
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {"PATH": path, "PYTHONPATH": str(ROOT), "DAGSTER_HOME": str(tmp_path)}
    command = [sys.executable, "-c", SERVING.format(port=port, words=words)]
    with (tmp_path / "log").open("wb") as log:
        process = psutil.Popen(command, env=environment, cwd=tmp_path, stdout=log, stderr=log)
        try:
            await_code(tmp_path / "log")
            yield process
        finally:
            if process.is_running():
                process.terminate()
            process.wait(60)


def await_code(log: Path) -> None:
    """Returns once the server has seen its code answer: only from then on does it miss it."""
    deadline = time.monotonic() + 180
    while LOADED not in log.read_text(encoding="utf-8"):
        assert time.monotonic() < deadline, log.read_text(encoding="utf-8")
        time.sleep(0.1)


def test_it_ends_when_the_process_that_holds_the_code_is_killed(server: psutil.Popen, tmp_path: Path) -> None:
    [holding] = [found for found in server.children(recursive=True) if "grpc" in found.cmdline()]
    assert float(holding.environ()[BEGAN_VARIABLE]) <= time.time()
    holding.kill()
    assert server.wait(60) == 1
    assert "The process with the code is gone" in (tmp_path / "log").read_text(encoding="utf-8")


def test_it_stops_when_it_is_asked_to(server: psutil.Popen) -> None:
    children = server.children(recursive=True)
    server.terminate()
    assert server.wait(60) == 0
    assert psutil.wait_procs(children, 60)[1] == []
