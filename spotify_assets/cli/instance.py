"""Dagster's home on this machine: where runs and their events are kept."""

import os
from importlib.resources import files
from pathlib import Path

import dagster as dg

DEFAULT_HOME = ".dagster"


def open_instance() -> dg.DagsterInstance:
    """The instance at DAGSTER_HOME (default `.dagster/` in the working directory), created where it is not there yet.

    Whoever opens it creates its databases, so everything else can start against it at once: two first starters on an
    empty home would fall over each other.
    """
    home = Path(os.environ.get("DAGSTER_HOME") or DEFAULT_HOME).absolute()
    home.mkdir(parents=True, exist_ok=True)
    configuration = home / "dagster.yaml"
    if not configuration.exists():
        configuration.write_text(files("spotify_assets").joinpath("dagster.yaml").read_text(encoding="utf-8"))
    os.environ["DAGSTER_HOME"] = str(home)
    instance = dg.DagsterInstance.get()
    instance.get_runs(limit=1)
    return instance
