"""What becomes of published days when details of their tracks and artists come later: they are shown stale, and made
again only where a person asks for it, by the job `apply_details` or `spotify-assets rebuild --details`.
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

# A look reads the songs and artists of days that lack details, where anything changed at all.
LOOK_SECONDS = 600


@dg.sensor(
    name="details",
    minimum_interval_seconds=LOOK_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Looks which published days have songs or artists whose details have come since, and shows them stale "
    "through completed_details. Starts nothing: the job apply_details has them made again.",
)
def details(context: dg.SensorEvaluationContext, lake: dg.ResourceParam[Lake]) -> dg.SensorResult:
    """Tells Dagster of days that have become stale, and of those that are right again."""
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


@dg.op(description="Marks the days whose songs or artists have details that came later as unfinished; their rows stay.")
@clear_failures
def begin_days_to_complete(context: dg.OpExecutionContext, lake: dg.ResourceParam[Lake]) -> None:
    """Says which days are made again, and which cannot be."""
    lake.claim()
    stale = days_to_complete(lake)
    begin_stale_days(lake, stale, context.log, told_of_days(list(stale)))


@dg.job(
    name="apply_details",
    tags={"source": settings().spotify_source, "dagster/max_retries": "1"},
    hooks={judge},
    description="Has the days made and published again whose songs or artists have details that came later: marks them "
    "as unfinished, which the sensor unfinished_days works off, lowest day first. Readers see the old rows until then.",
)
def apply_details() -> None:
    """One step."""
    begin_days_to_complete()
