"""PostgreSQL for tests: a real server on 127.0.0.1 with a database of its own, as the production instance wants it."""

import shutil
from pathlib import Path
from typing import ClassVar

from spotify_assets_tests.support.processes.child_server import ChildServer

USER, PASSWORD, DATABASE = "dagster", "a-password-for-tests", "dagster"
# Where Debian puts them, which is not on the PATH.
DEBIAN_FOLDERS = "/usr/lib/postgresql/*/bin"


def find_program(name: str) -> Path | None:
    """A program of PostgreSQL's server, or None where that is not installed."""
    found = sorted(Path("/").glob(f"{DEBIAN_FOLDERS}/{name}".lstrip("/")))
    return found[-1] if found else Path(on_path) if (on_path := shutil.which(name)) else None


class Postgres(ChildServer):
    """PostgreSQL: `with Postgres() as postgres:` listens on `postgres.port` for `USER` with `PASSWORD`."""

    module: ClassVar[str] = "spotify_assets_tests.support.processes.postgres_server"

    def _await_health(self, deadline: float) -> None:
        """Nothing to ask: the child says its line once the database takes connections."""
