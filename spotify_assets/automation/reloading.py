"""Code that is loaded anew where history begins on another day than it did when partitions were defined.

Partitions are part of the code that Dagster has loaded. A run loads code for itself, but sensors and the UI go by what
the code server holds; that one is asked to load it again, as the button Reload does.
"""

from collections.abc import Iterable
from datetime import date

import dagster as dg

from spotify_assets.assets.partitions import first_partition, history_begins
from spotify_assets.automation.dagster_internals import DagsterUserCodeUnreachableError, GrpcServerCodeLocationOrigin
from spotify_assets.lake.lake import Lake

# Loading takes some seconds, and the tick of a sensor a minute at most.
LOADING_SECONDS = 45


def begin_history(context: dg.SensorEvaluationContext, lake: Lake, days: Iterable[date]) -> str | None:
    """Remembers days before the lake's first one, and has code loaded anew where partitions begin on another day.

    Says so then: nothing is to be requested at that tick, since Dagster would refuse days that it does not know.
    """
    first_day = lake.begin_history(days)
    begins = history_begins(first_day, lake.settings.history_start)
    return None if first_day is None or begins == first_partition else _reload(context, begins)


def _reload(context: dg.SensorEvaluationContext, begins: date) -> str:
    found = f"History begins on {begins} now, and the code was loaded when it began on {first_partition}"
    origin = context.code_location_origin
    by_hand = f"{found}: reload the code location in Dagster's UI (Deployment), or start Dagster again."
    if not isinstance(origin, GrpcServerCodeLocationOrigin):
        return by_hand
    try:
        origin.create_client().reload_code(timeout=LOADING_SECONDS)
    except DagsterUserCodeUnreachableError as error:
        context.log.warning(f"The code server did not load it anew: {error}")
        return by_hand
    return f"{found}: it is loaded anew, and the next look goes on."
