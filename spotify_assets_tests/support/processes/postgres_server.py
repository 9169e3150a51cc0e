"""The process behind `Postgres`: makes a database cluster in a folder of its own, runs it, and leaves nothing behind.

PostgreSQL refuses to run as root, so root hands it to the user that Debian's package makes, or to `nobody`.
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from spotify_assets_tests.support.processes.child_server import announce, wait_for_parent
from spotify_assets_tests.support.processes.postgres import DATABASE, PASSWORD, USER, find_program


def unprivileged() -> dict[str, Any]:
    """How to start a process as somebody else, where this one is root's."""
    if os.geteuid() != 0:
        return {}
    known = {user.pw_name: user for user in pwd.getpwall()}
    user = known.get("postgres") or known["nobody"]
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def serve() -> None:
    # Not pytest's folder, which only the one who runs the tests may enter.
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    somebody = unprivileged()
    if somebody:
        os.chown(folder, somebody["user"], somebody["group"])

    def run(program: str, *arguments: str) -> None:
        found = find_program(program)
        assert found is not None
        # stdout is for the line that this process says itself.
        subprocess.run([str(found), *arguments], check=True, cwd=folder, stdout=sys.stderr, **somebody)

    password, data = folder / "password", folder / "data"
    try:
        password.write_text(PASSWORD)
        if somebody:
            os.chown(password, somebody["user"], somebody["group"])
        run("initdb", "-D", str(data), "-U", USER, "-A", "scram-sha-256", f"--pwfile={password}", "--no-sync")
        port = free_port()
        options = f"-c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c port={port} -c fsync=off"
        run("pg_ctl", "-D", str(data), "-l", str(folder / "log"), "-o", options, "-w", "start")
        try:
            os.environ["PGPASSWORD"] = PASSWORD
            run("createdb", "-h", "127.0.0.1", "-p", str(port), "-U", USER, DATABASE)
            announce(port)
            wait_for_parent()
        finally:
            run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    serve()
