"""Dagster's client of Glue without its pauses: five seconds from look to look at a job, and ten after its end."""

import time
from types import SimpleNamespace

import pytest
from dagster_aws.pipes.clients import glue

from spotify_assets_tests.support.dagster_internals import pipes_utils

SECONDS = 0.2


def hurry_glue(patch: pytest.MonkeyPatch) -> None:
    """For as long as the patch lasts. What a job still says after its end is waited for, as it is by Dagster."""
    assert hasattr(glue, "time"), "Dagster waits for jobs in another way"
    patch.setattr(glue, "time", SimpleNamespace(sleep=lambda _: time.sleep(SECONDS)))


def expect_no_last_words(patch: pytest.MonkeyPatch) -> None:
    """For jobs that fail, or do not speak: ten seconds are waited for each of them otherwise."""
    patch.setattr(pipes_utils, "WAIT_FOR_LOGS_AFTER_EXECUTION_INTERVAL", 1)
