"""What goes wrong with Dagster's home, in words for the person who has to mend it."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
from sqlalchemy.exc import SQLAlchemyError
from yaml import YAMLError

from spotify_assets.automation.instance import DEFAULT_HOME
from spotify_assets.cli.errors import CommandError
from spotify_assets.lake.errors import SOUND, explain, look_at

# Those that every home has; each run has one of its own beside.
DATABASES = ("history/runs.db", "history/runs/index.db", "schedules/schedules.db")
LONGEST = 300


@contextmanager
def clear_instance_errors() -> Iterator[None]:
    """Turns what Dagster raises over its home into one `CommandError` that says what to do; all else passes."""
    try:
        yield
    except BrokenPipeError:
        raise
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        home = _home()
        # The terminal, or the file that it is sent to, may be what is full.
        if isinstance(error, OSError) and look_at(home, DATABASES) == SOUND:
            raise
        told = explain(str(home), "keep the record of runs", error, setting="DAGSTER_HOME", databases=DATABASES)
        raise CommandError(told) from error
    except (dg.DagsterInvalidConfigError, YAMLError) as error:
        raise CommandError(
            f"{_home() / 'dagster.yaml'} is not what Dagster expects: {' '.join(str(error).split())[:LONGEST]}… "
            "Correct it, or move it away: another one is written then."
        ) from error


def _home() -> Path:
    return Path(os.environ.get("DAGSTER_HOME") or DEFAULT_HOME).expanduser().absolute()
