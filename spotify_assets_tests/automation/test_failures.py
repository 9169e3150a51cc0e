"""Why a run failed: the first sentence that is worded for people, not the last that a library says."""

import dagster as dg
import pytest
from sqlalchemy.exc import OperationalError

from spotify_assets.automation.failures import failure_reasons
from spotify_assets.automation.instance import instance_home
from spotify_assets.lake.errors import LakeError
from spotify_assets.lake.raw_lake import WrongSource


def reasons_of(error: Exception, cause: Exception | None = None) -> list[str]:
    """Reasons of a run whose step raises an error because of another."""

    @dg.op
    def failing() -> None:
        raise error from cause

    @dg.job
    def job() -> None:
        failing()

    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(instance=instance, raise_on_error=False)
        return failure_reasons(result.all_events)


@pytest.mark.parametrize("kind", [LakeError, WrongSource])
def test_an_error_worded_for_people_hides_what_the_library_said(kind: type[Exception]) -> None:
    library = RuntimeError('Generic S3 error: Debug source: Error { kind: "reset" }')
    assert reasons_of(kind("Cannot read x in s3://b: no answer. Run again."), library) == [
        "Step failing: Cannot read x in s3://b: no answer. Run again."
    ]


def test_a_failure_tells_its_own_sentence() -> None:
    assert reasons_of(dg.Failure("Nothing was captured. Do this."), ValueError("odd")) == [
        "Step failing: Nothing was captured. Do this."
    ]


def test_without_any_the_cause_is_told() -> None:
    [reason] = reasons_of(KeyError("outer"), ValueError("the cause"))
    assert reason == "Step failing: ValueError: the cause"


def test_a_fault_of_the_record_of_runs_is_told_in_our_words() -> None:
    fault = OperationalError("INSERT INTO event_logs", {}, Exception("database or disk is full"))
    [reason] = reasons_of(fault)
    assert reason == (
        f"Step failing: Cannot keep the record of runs in {instance_home()}: the disk is full. "
        "Free some space, then run again."
    )
