"""Published days whose tracks or artists got details later are shown as stale, and rebuilt only if a person asks for
it, by the job `apply_details` or `spotify-assets rebuild --details`.
"""

import dagster as dg

from spotify_assets.assets.clear_failures import clear_failures
from spotify_assets.assets.tables import COMPLETED
from spotify_assets.automation.retries import judge
from spotify_assets.automation.stale_days import begin_stale_days, tell_stale_days
from spotify_assets.config import settings
from spotify_assets.lake.completed_days import days_to_complete, told_of_days
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.marks import digits

# Each look reads the songs and artists of days that lack details, if anything has changed.
LOOK_SECONDS = 600


@dg.sensor(
    name="details",
    minimum_interval_seconds=LOOK_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Shows published days whose songs or artists got details later as stale, through completed_details. "
    "Starts nothing: the job apply_details rebuilds them.",
)
def details(context: dg.SensorEvaluationContext, lake: dg.ResourceParam[Lake]) -> dg.SensorResult:
    """Reports days that became stale, and those that no longer are."""
    lake.require_source()
    return tell_stale_days(
        context,
        lake,
        COMPLETED,
        digits(*lake.track_details.keys(), *lake.artist_details.keys()),
        lambda: days_to_complete(lake),
        made_with=lambda mark: mark.completed,
        sentence=told_of_days,
    )


@dg.op(description="Marks days whose songs or artists got details later as unfinished; their rows stay.")
@clear_failures
def begin_days_to_complete(context: dg.OpExecutionContext, lake: dg.ResourceParam[Lake]) -> None:
    """Logs which days are rebuilt, and which cannot be."""
    lake.claim()
    stale = days_to_complete(lake)
    begin_stale_days(lake, stale, context.log, told_of_days(list(stale)))


@dg.job(
    name="apply_details",
    tags={"source": settings().spotify_source, "dagster/max_retries": "1"},
    hooks={judge},
    description="Rebuilds and republishes days whose songs or artists got details later: marks them as unfinished, and "
    "the sensor unfinished_days processes them, earliest day first. Readers see the old rows until then.",
)
def apply_details() -> None:
    """One step."""
    begin_days_to_complete()
