"""Dagster's home on this machine: where runs and their events are kept."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from importlib.resources import files
from pathlib import Path

import dagster as dg

DEFAULT_HOME = ".dagster"


def open_instance() -> dg.DagsterInstance:
    """The instance at DAGSTER_HOME (default `.dagster/` in the working directory), created where it is not there yet.

    Whoever opens it creates its databases, so everything else can start against it at once: two first starters on an
    empty home would fall over each other.
    """
    home = Path(os.environ.get("DAGSTER_HOME") or DEFAULT_HOME).expanduser().absolute()
    home.mkdir(parents=True, exist_ok=True)
    configuration = home / "dagster.yaml"
    if not configuration.exists():
        configuration.write_text(
            files("spotify_assets.automation").joinpath("dagster.yaml").read_text(encoding="utf-8")
        )
    os.environ["DAGSTER_HOME"] = str(home)
    instance = dg.DagsterInstance.get()
    instance.get_runs(limit=1)
    return instance


@contextmanager
def files_kept_open(instance: dg.DagsterInstance, run_id: str | None = None) -> Iterator[None]:
    """Keeps a connection to the SQLite files that events go to, those of one run among them, while the body runs.

    Dagster opens and closes one for each event, and with the last that closes SQLite folds its log into the file and
    waits for the disk: without this, half of the time of a run. An instance elsewhere has no such files.
    """
    if run_id is not None:
        # Makes the file of a run that is yet to come.
        instance.get_records_for_run(run_id, limit=1)
    kept = {"index", "runs", run_id}
    with ExitStack() as stack:
        for file in Path(instance.root_directory).rglob("*.db"):
            if file.stem in kept:
                connection = stack.enter_context(closing(sqlite3.connect(file)))
                # Only who has read something counts as connected.
                connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
        yield
