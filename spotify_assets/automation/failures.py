"""Why a run failed, from its events: the sentences of failed checks, and the causes of failed steps."""

from collections.abc import Iterable, Iterator

import dagster as dg
from dagster_shared.error import SerializableErrorInfo
from sqlalchemy.exc import SQLAlchemyError

from spotify_assets.assets.clear_failures import CLEAR_ERRORS
from spotify_assets.automation.instance import explain_record


def failure_reasons(events: Iterable[dg.DagsterEvent]) -> list[str]:
    """A line or more for each failed blocking check and step, in order.

    A step that failed because of its checks is covered by these.
    """
    checks: dict[str | None, list[str]] = {}
    steps: dict[str | None, str] = {}
    for event in events:
        if event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            evaluation = event.asset_check_evaluation_data
            if not evaluation.passed and evaluation.severity == dg.AssetCheckSeverity.ERROR:
                check = f"{evaluation.asset_key.to_user_string()} / {evaluation.check_name}"
                checks.setdefault(event.step_key, []).append(f"Check {check}: {evaluation.description}")
        elif event.event_type == dg.DagsterEventType.STEP_FAILURE:
            failure = event.step_failure_data
            cause = failure.user_failure_data.description if failure.user_failure_data else None
            steps[event.step_key] = f"Step {event.step_key}: {cause or _clearest(failure.error)}"
    failed_steps = [reason for step, reason in steps.items() if step not in checks]
    return [reason for reasons in checks.values() for reason in reasons] + failed_steps


def _clearest(error: SerializableErrorInfo | None) -> str:
    """The outermost error worded for people on the way to the cause, else the cause itself."""
    message, clear = "", {found.__name__ for kind in (*CLEAR_ERRORS, dg.Failure) for found in _with_subclasses(kind)}
    of_the_record = {found.__name__ for found in _with_subclasses(SQLAlchemyError)}
    while error is not None:
        message = error.message.strip()
        if error.cls_name in of_the_record:
            # Errors of the lake's own catalog are wrapped in a `LakeError`.
            return explain_record(RuntimeError(message))
        if error.cls_name in clear:
            # Python's format: the class, a colon, the message.
            return message.partition(": ")[2] or message
        error = error.cause
    return message


def _with_subclasses(kind: type[BaseException]) -> Iterator[type[BaseException]]:
    yield kind
    for subclass in kind.__subclasses__():
        yield from _with_subclasses(subclass)
