"""The UI command where it does not start; that it serves and stops is in `automation/test_daemon.py`."""

import socket
from pathlib import Path

from spotify_assets_tests.cli.test_commands import command


def test_a_port_in_use_is_one_clear_message(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = command(tmp_path, "ui", "--port", str(port), DAGSTER_HOME=str(tmp_path / "home"))
    assert answer.returncode == 1
    assert answer.stderr == f"error: Port {port} is in use. Stop what uses it, or: spotify-assets ui --port 3001\n"
