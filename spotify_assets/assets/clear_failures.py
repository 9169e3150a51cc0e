"""Errors that are worded for people become the failure that Dagster shows for a step; what lies beneath them is detail.

Without it the page of a step begins with Dagster's own "Error occurred while executing op", and the sentence stands
somewhere between two tracebacks.
"""

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar, cast

import dagster as dg

from spotify_assets.config import SettingsError
from spotify_assets.lake.errors import LakeError
from spotify_assets.lake.raw_lake import WrongSource
from spotify_assets.lake.staging import NotAudited
from spotify_assets.serving.snowflake.load import SnowflakeError
from spotify_assets.spotify.errors import CaptureError

P = ParamSpec("P")
R = TypeVar("R")

# Errors that say what happened, where, and what to do.
CLEAR_ERRORS = (LakeError, CaptureError, SettingsError, NotAudited, SnowflakeError)
# Of these, the ones that another attempt surely meets again; a CaptureError says of itself whether it may pass.
LASTING = (WrongSource, SettingsError, NotAudited)


def clear_failures(compute: Callable[P, R]) -> Callable[P, R]:
    """The function of an asset or check, whose errors worded for people fail its step with their own sentence."""
    if inspect.isgeneratorfunction(compute):

        @functools.wraps(compute)
        def generate(*args: P.args, **kwargs: P.kwargs) -> Iterator[object]:
            with _worded():
                yield from cast("Iterator[object]", compute(*args, **kwargs))

        return cast("Callable[P, R]", generate)

    @functools.wraps(compute)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        with _worded():
            return compute(*args, **kwargs)

    return call


@contextmanager
def _worded() -> Iterator[None]:
    try:
        yield
    except CLEAR_ERRORS as error:
        lasts = not error.may_pass if isinstance(error, CaptureError) else isinstance(error, LASTING)
        raise dg.Failure(str(error), allow_retries=not lasts) from error
