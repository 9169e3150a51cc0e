"""Code that is loaded anew where history begins on another day than it did when partitions were defined.

Partitions are part of the code that Dagster has loaded. A run loads code for itself, but sensors and the UI go by what
the code server holds; that one is asked to load it again, as the button Reload does.
"""

from datetime import date

import dagster as dg

from spotify_assets.assets.partitions import first_partition, history_begins
from spotify_assets.automation.dagster_internals import DagsterUserCodeUnreachableError, GrpcServerCodeLocationOrigin
from spotify_assets.lake.lake import Lake

# Loading takes some seconds, and the tick of a sensor a minute at most.
LOADING_SECONDS = 45


def reload_where_outdated(context: dg.SensorEvaluationContext, lake: Lake) -> str | None:
    """Has code loaded anew where the lake's first day is not the first partition; says so, or None where it is.

    Nothing is to be requested at the tick that says so: Dagster would refuse days that it does not know.
    """
    if lake.first_day() is None or (begins := history_begins(lake)) == first_partition:
        return None
    return _reload(context, begins)


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
