"""Reloads the code if history begins on another day than when partitions were defined.

Partitions are part of the code that Dagster has loaded. A run loads the code itself, but sensors and the UI use the
code server's copy; it is asked to reload, as the button Reload does.
"""

from collections.abc import Iterable
from datetime import date

import dagster as dg

from spotify_assets.assets.partitions import first_partition, history_begins
from spotify_assets.automation.dagster_internals import DagsterUserCodeUnreachableError, GrpcServerCodeLocationOrigin
from spotify_assets.lake.lake import Lake

# Loading takes some seconds, and a sensor's tick at most a minute.
LOADING_SECONDS = 45


def begin_history(context: dg.SensorEvaluationContext, lake: Lake, days: Iterable[date]) -> str | None:
    """Remembers days before the lake's first one, and reloads the code if partitions then begin on another day.

    Gives a sentence in that case: the tick must request nothing, since Dagster would refuse days that it does not know.
    """
    first_day = lake.begin_history(days)
    begins = history_begins(first_day, lake.settings.history_start)
    return None if first_day is None or begins == first_partition else _reload(context, begins)


def _reload(context: dg.SensorEvaluationContext, begins: date) -> str:
    found = f"History now begins on {begins}, but the code was loaded when it began on {first_partition}"
    origin = context.code_location_origin
    by_hand = f"{found}: reload the code location in Dagster's UI (Deployment), or restart Dagster."
    if not isinstance(origin, GrpcServerCodeLocationOrigin):
        return by_hand
    try:
        origin.create_client().reload_code(timeout=LOADING_SECONDS)
    except DagsterUserCodeUnreachableError as error:
        context.log.warning(f"The code server did not reload it: {error}")
        return by_hand
    return f"{found}: it was reloaded, and the next look continues."
