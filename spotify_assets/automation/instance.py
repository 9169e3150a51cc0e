"""Dagster's home on this machine, with runs and their events."""

import errno
import hashlib
import logging
import os
from importlib.resources import files
from pathlib import Path

import dagster as dg

from spotify_assets.automation.run_launcher import fail_dead_runs
from spotify_assets.lake.errors import explain

DEFAULT_HOME = ".dagster"
# Those of every home; each run has its own in addition.
DATABASES = ("history/runs.db", "history/runs/index.db", "schedules/schedules.db")
# SHA-256 of the settings written by earlier versions, oldest first.
FORMER_SETTINGS = (
    "be6d528473a9cbd1f418511a54673a0896347bbecbc166a3f595e8b2cfa48752",  # 0.1.0
    "20eee67554e1c71a7309cb2f604606121c40ac2c7d4adac66d7157bd240c74e5",  # on the way to 0.2.0
)
# Dagster's own setting: how many events of a batch, such as an asset's days of a range, it writes at once.
EVENTS_TOGETHER = ("DAGSTER_EVENT_BATCH_SIZE", "250")
log = logging.getLogger(__name__)


def open_instance() -> dg.DagsterInstance:
    """The instance at DAGSTER_HOME (default `.dagster/` in the working directory), created if it does not exist.

    Opening it creates its databases, so that other processes can start against it at once: two processes that create
    them at the same time would get in each other's way.
    """
    home = instance_home()
    home.mkdir(parents=True, exist_ok=True)
    if (notice := bring_up_to_date(home / "dagster.yaml")) is not None:
        log.warning(notice)
    os.environ["DAGSTER_HOME"] = str(home)
    os.environ.setdefault(*EVENTS_TOGETHER)
    instance = dg.DagsterInstance.get()
    for run in fail_dead_runs(instance):
        log.warning(f"Run {run.run_id} ({run.job_name}) was still marked as started, but its process is gone: failed.")
    return instance


def instance_home() -> Path:
    """DAGSTER_HOME, or its default."""
    return Path(os.environ.get("DAGSTER_HOME") or DEFAULT_HOME).expanduser().absolute()


def explain_record(error: Exception) -> str:
    """A sentence or two for an error of the databases in which Dagster records runs."""
    return explain(str(instance_home()), "keep the record of runs", error, setting="DAGSTER_HOME", databases=DATABASES)


def bring_up_to_date(configuration: Path) -> str | None:
    """Writes the instance's settings if there are none, or replaces those of an older version; says so in a sentence.

    Settings that somebody has changed stay as they are, with the current ones next to them to compare.
    """
    current = files("spotify_assets.automation").joinpath("dagster.yaml").read_bytes()
    if not configuration.exists():
        configuration.write_bytes(current)
        return None
    held = configuration.read_bytes()
    if held == current:
        return None
    if hashlib.sha256(held).hexdigest() in FORMER_SETTINGS:
        configuration.write_bytes(current)
        return f"{configuration} was from an older version, and has been updated."
    beside = configuration.with_name("dagster.default.yaml")
    if beside.exists() and beside.read_bytes() == current:
        return None
    try:
        beside.write_bytes(current)
    except OSError as error:
        # In a container, the image determines the settings.
        if error.errno != errno.EROFS:
            raise
        return None
    return f"{configuration} has your own changes and is kept; this version's settings are in {beside.name} next to it."
