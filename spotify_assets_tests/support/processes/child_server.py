"""A server run in a child process for the length of a test session: starting it, waiting for it, ending it.

What the stand-ins share belongs here; what a stand-in serves belongs in its own module. The two processes agree on
little: the child writes one line of JSON to stdout once its sockets listen, and ends when its stdin gives anything or
is closed. The second part is what prevents orphans: when the test process dies, however it dies, its pipes close.
"""

import http.client
import json
import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, ClassVar, Self, final

PROJECT_ROOT = Path(__file__).resolve().parents[3]
STOP_SECONDS = 10.0


@final
class StandInError(RuntimeError):
    """A stand-in did not start, ended early, or did not end; the message carries what it wrote to stderr."""


class ChildServer:
    """Runs `python -m <module>` and holds it until `stop`. Use it as a context manager."""

    module: ClassVar[str]
    health_path: ClassVar[str]

    def __init__(self, start_seconds: float = 180.0) -> None:
        self._start_seconds = start_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None
        self._port = 0

    @property
    def port(self) -> int:
        if self._process is None:
            raise StandInError(f"{self.module} is not running")
        return self._port

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        if self._process is None:
            raise StandInError(f"{self.module} is not running")
        return self._process.pid

    def start(self) -> None:
        if self._process is not None:
            raise StandInError(f"{self.module} is already running")
        deadline = time.monotonic() + self._start_seconds
        # A file and not a pipe: nobody reads stderr while the server runs, and a full pipe would block it.
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  `stop` closes it
        self._process = subprocess.Popen(
            [sys.executable, "-m", self.module, *self._arguments()],
            cwd=PROJECT_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            # Ctrl-C in a terminal must reach the tests first, which then stop the server in order.
            start_new_session=True,
        )
        try:
            self._port = int(self._ready_line(deadline)["port"])
            self._await_health(deadline)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        process, errors = self._process, self._errors
        if process is None or errors is None:
            return
        self._process = self._errors = None
        assert process.stdin is not None
        assert process.stdout is not None
        with errors, process.stdin, process.stdout:
            try:
                # A byte, then the end of file: a fork of the test process may still hold the pipe open.
                process.stdin.write(b"\n")
                process.stdin.close()
            except BrokenPipeError:
                pass  # it has ended already
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise StandInError(f"{self.module} had to be killed\n{_tail(errors)}") from None

    def request(self, method: str, path: str, timeout: float = 10.0) -> int:
        """Status of one plain request. `http.client`, since it heeds neither proxies nor AWS settings."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path)
            response = connection.getresponse()
            response.read()
            return response.status
        finally:
            connection.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def _arguments(self) -> list[str]:
        return []

    def _ready_line(self, deadline: float) -> Mapping[str, int]:
        assert self._process is not None
        assert self._process.stdout is not None
        readable, _, _ = select.select([self._process.stdout], [], [], max(0.0, deadline - time.monotonic()))
        line = self._process.stdout.readline() if readable else b""
        if not line:
            raise self._did_not_start("said nothing in time" if not readable else "ended before it listened")
        return json.loads(line)

    def _await_health(self, deadline: float) -> None:
        # The socket listens already, so this request waits in its queue; nothing is polled.
        try:
            status = self.request("GET", self.health_path, timeout=max(0.1, deadline - time.monotonic()))
        except OSError as error:
            raise self._did_not_start(f"did not answer: {error}") from error
        if status != http.client.OK:
            raise self._did_not_start(f"answered {status}")

    def _did_not_start(self, what: str) -> StandInError:
        assert self._errors is not None
        return StandInError(f"{self.module} {what} (allowed {self._start_seconds:g} s)\n{_tail(self._errors)}")


def announce(port: int) -> None:
    """Called in the child, once its sockets listen."""
    sys.stdout.write(json.dumps({"port": port}) + "\n")
    sys.stdout.flush()


def wait_for_parent() -> None:
    """Called in the child: returns when the parent says stop, or is gone."""
    os.read(sys.stdin.fileno(), 1)


def _tail(errors: IO[bytes], size: int = 4000) -> str:
    end = errors.seek(0, os.SEEK_END)
    errors.seek(max(0, end - size))
    return errors.read().decode(errors="replace")
