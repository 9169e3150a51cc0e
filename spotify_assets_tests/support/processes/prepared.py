"""Commands of `spotify-assets` in processes of their own that need not import every library anew.

A process is started once, imports libraries, and splits itself in two for each command (`prepared_process`). The new
half has the folder, the environment and the streams it is given, imports the platform's code, and ends as any process
does. What Python reads when it starts (PYTHON…) is the same for all halves; another such environment has a process of
its own. 1.6 s of processor time for `query`, 1.9 s for `doctor` become 0.4 s.
"""

import atexit
import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from spotify_assets_tests.support.processes.child_server import PROJECT_ROOT

MODULE = "spotify_assets_tests.support.processes.prepared_process"
PROGRAM = "import sys; from spotify_assets.cli.main import main; sys.exit(main())"
STOP_SECONDS = 10
# What NumPy and PyArrow start when they are imported would not live on in the halves.
WITHOUT_THREADS = {"OPENBLAS_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}


def run_command(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str], typed: str = "", seconds: float = 300
) -> subprocess.CompletedProcess[str]:
    """Runs `spotify-assets` in a folder, with this environment and no other; gives what it said and its exit code."""
    return _prepared(_of_python(environment)).run(arguments, folder, environment, typed, seconds)


def _of_python(environment: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    """What decides how Python starts."""
    return frozenset((name, value) for name, value in environment.items() if name.startswith("PYTHON"))


@cache
def _prepared(of_python: frozenset[tuple[str, str]]) -> "_Prepared":
    prepared = _Prepared(dict(of_python))
    atexit.register(prepared.stop)
    return prepared


class _Prepared:
    """A process that waits for commands, one after the other."""

    def __init__(self, of_python: Mapping[str, str]) -> None:
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", MODULE],
            cwd=PROJECT_ROOT,
            env={**inherited, **of_python, **WITHOUT_THREADS},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # As in `ChildServer`: Ctrl-C reaches the tests first.
            start_new_session=True,
        )

    def run(
        self, arguments: Sequence[str], folder: Path, environment: Mapping[str, str], typed: str, seconds: float
    ) -> subprocess.CompletedProcess[str]:
        with self._lock, TemporaryDirectory() as own:
            streams = [Path(own, name) for name in ("stdin", "stdout", "stderr")]
            for stream, content in zip(streams, (typed, "", ""), strict=True):
                stream.write_text(content, encoding="utf-8")
            self._ask(
                arguments=[*arguments],
                folder=str(folder),
                environment=dict(environment),
                streams=[str(stream) for stream in streams],
            )
            pid = self._answer(seconds)["pid"]
            try:
                code = self._answer(seconds)["code"]
            except TimeoutError:
                os.kill(pid, signal.SIGKILL)
                self._answer(STOP_SECONDS)
                raise subprocess.TimeoutExpired(["spotify-assets", *arguments], seconds) from None
            said, errors = (stream.read_text(encoding="utf-8") for stream in streams[1:])
        return subprocess.CompletedProcess(["spotify-assets", *arguments], code, said, errors)

    def stop(self) -> None:
        with self._stdin, self._stdout:
            self._stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_SECONDS)
        self._process.kill()
        self._process.wait()

    def _ask(self, **request: Any) -> None:
        self._stdin.write(json.dumps(request).encode() + b"\n")
        self._stdin.flush()

    def _answer(self, seconds: float) -> dict[str, int]:
        # It writes a line when it is asked for one, so nothing is ever left in a buffer.
        readable, _, _ = select.select([self._stdout], [], [], seconds)
        if not readable:
            raise TimeoutError
        line = self._stdout.readline()
        assert line, f"{MODULE} ended with {self._process.wait(STOP_SECONDS)}"
        return json.loads(line)

    @property
    def _stdin(self) -> IO[bytes]:
        assert self._process.stdin is not None
        return self._process.stdin

    @property
    def _stdout(self) -> IO[bytes]:
        assert self._process.stdout is not None
        return self._process.stdout
