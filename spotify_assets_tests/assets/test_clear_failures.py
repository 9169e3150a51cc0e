"""The page of a step that failed begins with the sentence for people, and says whether another attempt may help."""

from collections.abc import Iterator

import dagster as dg
import pytest

from spotify_assets.assets.clear_failures import clear_failures
from spotify_assets.definitions import ASSETS, defs
from spotify_assets.lake.errors import LakeError
from spotify_assets.lake.raw_lake import WrongSource
from spotify_assets.spotify.errors import CaptureError, Unavailable
from spotify_assets_tests.support.dagster_internals import DecoratedOpFunction


class Cause(RuntimeError):
    """What a library said."""


def failed_by(error: Exception) -> dg.DagsterEvent:
    """What Dagster records of an asset that fails with an error, which a library caused."""

    @dg.asset
    @clear_failures
    def failing() -> None:
        raise error from Cause("Generic error: Debug source")

    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize([failing], instance=instance, raise_on_error=False)
    (event,) = [event for event in result.all_events if event.event_type == dg.DagsterEventType.STEP_FAILURE]
    return event


def test_an_error_worded_for_people_is_the_failure_itself_and_its_cause_is_detail_below() -> None:
    failure = failed_by(LakeError("Cannot read x. Do y.")).step_failure_data
    assert failure.user_failure_data is not None
    assert failure.user_failure_data.description == "Cannot read x. Do y."
    causes, error = list[str | None](), failure.error
    while error is not None:
        causes.append(error.cls_name)
        error = error.cause
    assert causes == ["Failure", "LakeError", "Cause"]


def test_what_nobody_foresaw_stays_as_it_is() -> None:
    assert failed_by(KeyError("odd")).step_failure_data.user_failure_data is None


@pytest.mark.parametrize(
    ("error", "may_pass"),
    [
        (LakeError("Cannot read x. Do y."), True),
        (WrongSource("Cannot read x. Do y."), False),
        (CaptureError("Cannot read x. Do y."), False),
        (Unavailable("Cannot read x. Do y."), True),
    ],
)
def test_whether_another_attempt_may_help_is_kept(error: Exception, may_pass: bool) -> None:
    @clear_failures
    def failing() -> None:
        raise error

    with pytest.raises(dg.Failure) as raised:
        failing()
    assert raised.value.allow_retries is may_pass


def test_functions_that_yield_are_worded_too_once_they_are_under_way() -> None:
    @clear_failures
    def results() -> Iterator[int]:
        yield 1
        raise LakeError("Cannot go on. Do y.")

    found = results()
    assert next(found) == 1
    with pytest.raises(dg.Failure, match=r"Cannot go on\. Do y\."):
        next(found)


def test_every_asset_and_check_is_worded() -> None:
    nodes = [definition.node_def for definition in [*ASSETS, *(defs.asset_checks or ())]]
    computes = {node.name: node.compute_fn for node in nodes if isinstance(node, dg.OpDefinition)}
    assert len(computes) == len(nodes)
    unworded = [
        name
        for name, compute in computes.items()
        if not (isinstance(compute, DecoratedOpFunction) and hasattr(compute.decorated_fn, "__wrapped__"))
    ]
    assert unworded == []
