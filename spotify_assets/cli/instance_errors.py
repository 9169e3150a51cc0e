"""Errors of Dagster's home, worded for the person who has to fix them."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
from sqlalchemy.exc import SQLAlchemyError
from yaml import YAMLError

from spotify_assets.automation.instance import DATABASES, explain_record, instance_home
from spotify_assets.cli.errors import CommandError
from spotify_assets.lake.errors import SOUND, look_at

LONGEST = 300


@contextmanager
def clear_instance_errors() -> Iterator[None]:
    """Turns Dagster's errors about its home into one `CommandError` that says what to do; all others pass."""
    try:
        yield
    except BrokenPipeError:
        raise
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        # The full disk may be that of the output instead.
        if isinstance(error, OSError) and look_at(instance_home(), DATABASES) == SOUND:
            raise
        raise CommandError(explain_record(error)) from error
    except (dg.DagsterInvalidConfigError, YAMLError) as error:
        raise CommandError(
            f"{instance_home() / 'dagster.yaml'} is not what Dagster expects: "
            f"{' '.join(str(error).split())[:LONGEST]}… Fix it, or move it away to have a new one written."
        ) from error
