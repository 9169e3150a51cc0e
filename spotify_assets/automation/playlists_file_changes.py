"""What becomes of published days when `playlists.yaml` says something else of them: they are shown stale, and are made
again only where a person asks for it, by the job `apply_playlists_file` or `spotify-assets rebuild --playlists-file`.
"""

import dagster as dg
import msgspec

from spotify_assets.assets.clear_failures import clear_failures
from spotify_assets.assets.tables import DECLARED
from spotify_assets.automation.retries import judge
from spotify_assets.automation.stale_days import begin_stale_days, tell_stale_days
from spotify_assets.capture.declared_changes import look_for_changes, told
from spotify_assets.capture.playlists_file import declared_playlists
from spotify_assets.config import SettingsError, settings
from spotify_assets.lake.declared_days import changed_days
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.marks import digits

# A look reads the table `playlists` of all days, where anything changed at all.
LOOK_SECONDS = 600


@dg.sensor(
    name="playlists_file",
    minimum_interval_seconds=LOOK_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Looks which published days playlists.yaml says something else of than when they were made, and shows "
    "them stale through declared_playlists. Starts nothing: the job apply_playlists_file has them made again.",
)
def playlists_file(context: dg.SensorEvaluationContext, lake: dg.ResourceParam[Lake]) -> dg.SensorResult:
    """Tells Dagster of days that have become stale, and of those that are right again."""
    try:
        declared = declared_playlists(lake.settings)
    except SettingsError as error:
        return dg.SensorResult(skip_reason=dg.SkipReason(str(error)))
    if declared is None:
        return dg.SensorResult(skip_reason=dg.SkipReason(f"There is no file {lake.settings.playlists_file}."))
    lake.require_source()
    return tell_stale_days(
        context,
        lake,
        DECLARED,
        digits(*(msgspec.json.encode(each).decode() for each in declared)),
        lambda: changed_days(lake, declared),
        made_with=lambda mark: mark.declared,
        sentence=told,
    )


@dg.op(description="Marks the days of which playlists.yaml says something else as unfinished; their rows stay.")
@clear_failures
def begin_changed_days(context: dg.OpExecutionContext, lake: dg.ResourceParam[Lake]) -> None:
    """Says which days are made again, and which cannot be."""
    lake.claim()
    changed = look_for_changes(lake)
    begin_stale_days(lake, changed, context.log, told(list(changed)))


@dg.job(
    name="apply_playlists_file",
    tags={"source": settings().spotify_source, "dagster/max_retries": "1"},
    hooks={judge},
    description="Has the days made and published again of which playlists.yaml says something else than when they were "
    "made: marks them as unfinished, which the sensor unfinished_days works off, lowest day first. Readers see the "
    "old rows until then.",
)
def apply_playlists_file() -> None:
    """One step."""
    begin_changed_days()
