"""`ui`: Dagster's webserver and daemon on the same instance and code server."""

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Thread

from spotify_assets.automation.code_location import LOCATION
from spotify_assets.automation.dagster_internals import DAEMON_MODULE
from spotify_assets.automation.instance import open_instance
from spotify_assets.cli.errors import CommandError
from spotify_assets.cli.what_matters import follow

HOST = "127.0.0.1"
STOP_SECONDS = 20
# In DAGSTER_HOME: output of the processes since the last start.
LOG_FILE = "ui.log"


def run_ui(port: int) -> int:
    """Serves the UI until interrupted, or until any of its processes ends."""
    _require_free(port)
    with open_instance() as instance:
        return _serve(port, Path(instance.root_directory) / "workspace.yaml")


def _serve(port: int, workspace: Path) -> int:
    code_port = _free_port()
    # One code server for both: otherwise the daemon would start a new one every minute.
    workspace.write_text(
        f"load_from: [{{grpc_server: {{host: {HOST}, port: {code_port}, location_name: {LOCATION}}}}}]\n"
    )
    code_server = ["-h", HOST, "-p", str(code_port), "-m", "spotify_assets.definitions", "--location-name", LOCATION]
    commands = [
        ["dagster", "code-server", "start", *code_server],
        ["dagster_webserver", "-h", HOST, "-p", str(port), "-w", str(workspace)],
        [DAEMON_MODULE, "run", "-w", str(workspace)],
    ]
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    log_file = workspace.with_name(LOG_FILE)
    print(f"Dagster UI: http://{HOST}:{port}   (Ctrl-C stops it)", flush=True)
    print(f"Warnings and errors are shown here; the full log is {log_file}", flush=True)
    processes: list[subprocess.Popen[bytes]] = []
    log_file.write_bytes(b"")
    ended = Event()
    follower = Thread(target=follow, args=(log_file, sys.stderr, ended))
    follower.start()
    try:
        for command in commands:
            processes.append(_start(command, log_file))
            # A process started before the code server listens shows a page of errors first.
            _wait_for_code(processes[0], code_port)
        return _first_end(processes)
    except KeyboardInterrupt:
        return 0
    finally:
        _stop(processes)
        ended.set()
        follower.join()


def _start(command: list[str], log_file: Path) -> subprocess.Popen[bytes]:
    with log_file.open("ab") as log:
        return subprocess.Popen([sys.executable, "-m", *command], stdout=log, stderr=log)  # noqa: S603  our own words


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            raise CommandError(f"Port {port} is in use. Stop what uses it, or: spotify-assets ui --port 3001") from None


def _wait_for_code(code_server: subprocess.Popen[bytes], port: int) -> None:
    while code_server.poll() is None:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise CommandError("The code did not load; see the reason above.")


def _first_end(processes: list[subprocess.Popen[bytes]]) -> int:
    while True:
        for process in processes:
            try:
                return process.wait(timeout=1)
            except subprocess.TimeoutExpired:
                continue


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
