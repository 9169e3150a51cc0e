"""The calls by which Dagster records a run, one of which goes wrong: a day through the command `run`, in a new lake."""

import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from spotify_assets.lake.lake import Lake
from spotify_assets_tests.support.faults.calls import Calls
from spotify_assets_tests.support.faults.cases import Sweep

PLAYLISTS = [{"id": "5ampleChart10000000000", "name": "Chart", "region": "us"}]
WRITING = ("INSERT", "UPDATE", "DELETE")


def instance_sweep(scratch: Path) -> Sweep:
    """A day of one playlist, whose record goes wrong; Dagster's home and the lake are put back before each fault."""
    home, lake = scratch / "dagster-home", scratch / "lake"
    (scratch / "one.yaml").write_text(json.dumps({"playlists": PLAYLISTS}))
    os.environ |= {
        "LAKE_URL": str(lake),
        "DAGSTER_HOME": str(home),
        "SPOTIFY_SOURCE": "sample",
        "PLAYLISTS_FILE": str(scratch / "one.yaml"),
    }
    from spotify_assets.automation.instance import open_instance  # noqa: PLC0415  settings are read as it is imported
    from spotify_assets.cli.instance_errors import clear_instance_errors  # noqa: PLC0415
    from spotify_assets.cli.run import run_days  # noqa: PLC0415
    from spotify_assets.config import settings  # noqa: PLC0415

    with open_instance():
        pass
    Lake(settings()).claim()
    kept = scratch / "kept"
    for folder in (home, lake):
        shutil.copytree(folder, kept / folder.name)

    def restore() -> None:
        for folder in (home, lake):
            shutil.rmtree(folder)
            shutil.copytree(kept / folder.name, folder)

    def work(lake: Lake) -> None:
        with (scratch / "printed").open("w") as printed, redirect_stdout(printed), clear_instance_errors():
            run_days(lake, 1)

    sweep = Sweep.undisturbed(lambda: Lake(settings()), restore, work, in_the_record)
    # Each run captures anew, and says when.
    return replace(sweep, raw=Counter())


@contextmanager
def in_the_record(calls: Calls) -> Iterator[Calls]:
    """Counts what is written to Dagster's databases, and lets one of it go wrong, for as long as the context lasts."""

    def failing(full: bool) -> Exception:
        return OperationalError("INSERT", {}, Exception("database or disk is full" if full else "disk I/O error"))

    def before(connection: Any, _cursor: object, statement: str, *_: object) -> None:
        if "dagster-home" in str(connection.engine.url) and statement.startswith(WRITING):
            calls.around(" ".join(statement.split()[:3]), lambda: None, failing)

    event.listen(Engine, "before_cursor_execute", before)
    try:
        yield calls
    finally:
        event.remove(Engine, "before_cursor_execute", before)
