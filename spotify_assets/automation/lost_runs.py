"""The sensor that fails runs lost with their container, so that Dagster retries them at once.

A killed container takes its runs with it, and nothing reports that. Its successor knows when it started: runs started
here before that are gone. A sensor, since Dagster evaluates it only once the code is loaded again, without which
Dagster would fail a run and not retry it.
"""

import os

import dagster as dg

from spotify_assets.automation.dagster_internals import GrpcServerCodeLocationOrigin
from spotify_assets.automation.run_launcher import fail_dead_runs, process_lives, server_of
from spotify_assets.config import settings

# When this container's code server started, in seconds since 1970; it survives a reload of the code.
BEGAN_VARIABLE = "CODE_SERVER_BEGAN"


def outlives(record: dg.RunRecord, server: tuple[str, int] | None, began: float | None) -> bool:
    """Whether a started run may still be alive, for the code server at this address, started then."""
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
    description="Fails runs whose process is gone with its container or machine: Dagster then retries them, and their "
    "day, pool and sensor no longer wait.",
)
def lost_runs(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Reports the runs it failed."""
    origin = context.code_location_origin
    server = (origin.host, origin.port) if isinstance(origin, GrpcServerCodeLocationOrigin) and origin.port else None
    began = os.environ.get(BEGAN_VARIABLE)
    lost = fail_dead_runs(
        context.instance, lambda record: outlives(record, server, None if began is None else float(began))
    )
    if not lost:
        return dg.SkipReason("No run is lost.")
    named = ", ".join(f"{run.job_name} {run.run_id}" for run in lost)
    context.log.warning(f"Failed these runs, since their process is gone: {named}.")
    return dg.SkipReason(f"Failed, since their process is gone: {named}.")
