"""The sensor that fails runs which went with their container, so that Dagster makes them again at once.

A container that is killed takes its runs along, and nobody is left to say so. The one that follows knows when it began:
what was started here before that is gone. A sensor, since Dagster evaluates it only once it has the code again, without
which it would fail a run and not retry it.
"""

import os

import dagster as dg

from spotify_assets.automation.dagster_internals import GrpcServerCodeLocationOrigin
from spotify_assets.automation.run_launcher import fail_dead_runs, process_lives, server_of
from spotify_assets.config import settings

# When the code server of this container began, in seconds since 1970; it outlives that code is loaded anew.
BEGAN_VARIABLE = "CODE_SERVER_BEGAN"


def outlives(record: dg.RunRecord, server: tuple[str, int] | None, began: float | None) -> bool:
    """Whether a started run may still live, for the code server at this address that began then."""
    by_process = process_lives(record.dagster_run.tags)
    if by_process is not None:
        return by_process
    told = server_of(record.dagster_run)
    if told is None or began is None or record.start_time is None:
        return True
    return (told.get("host"), told.get("port")) != server or record.start_time >= began


@dg.sensor(
    name="lost_runs",
    minimum_interval_seconds=settings().sensor_seconds,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Fails runs whose process is gone with the container or machine that it was in: Dagster then makes "
    "them again, and their day, pool and sensor wait no longer.",
)
def lost_runs(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Says which runs it failed."""
    origin = context.code_location_origin
    server = (origin.host, origin.port) if isinstance(origin, GrpcServerCodeLocationOrigin) and origin.port else None
    began = os.environ.get(BEGAN_VARIABLE)
    lost = fail_dead_runs(
        context.instance, lambda record: outlives(record, server, None if began is None else float(began))
    )
    if not lost:
        return dg.SkipReason("No run is lost.")
    named = ", ".join(f"{run.job_name} {run.run_id}" for run in lost)
    context.log.warning(f"The process of these runs is gone, and they are failed: {named}.")
    return dg.SkipReason(f"Failed, since their process is gone: {named}.")
