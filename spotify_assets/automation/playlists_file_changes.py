"""Published days whose entries in `playlists.yaml` have changed are shown as stale, and rebuilt only if a person asks
for it, by the job `apply_playlists_file` or `spotify-assets rebuild --playlists-file`.
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

# If anything has changed, a look reads the table `playlists` of the days that are new.
LOOK_SECONDS = 600


@dg.sensor(
    name="playlists_file",
    minimum_interval_seconds=LOOK_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Shows published days whose entries in playlists.yaml have changed since as stale, through "
    "declared_playlists. Starts nothing: the job apply_playlists_file rebuilds them.",
)
def playlists_file(context: dg.SensorEvaluationContext, lake: dg.ResourceParam[Lake]) -> dg.SensorResult:
    """Reports days that became stale, and those that no longer are."""
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


@dg.op(description="Marks days whose entries in playlists.yaml have changed as unfinished; their rows stay.")
@clear_failures
def begin_changed_days(context: dg.OpExecutionContext, lake: dg.ResourceParam[Lake]) -> None:
    """Logs which days are rebuilt, and which cannot be."""
    lake.claim()
    changed = look_for_changes(lake)
    begin_stale_days(lake, changed, context.log, told(list(changed)))


@dg.job(
    name="apply_playlists_file",
    tags={"source": settings().spotify_source, "dagster/max_retries": "1"},
    hooks={judge},
    description="Rebuilds and republishes days whose entries in playlists.yaml have changed since: marks them as "
    "unfinished, and the sensor unfinished_days processes them, earliest day first. Readers see the old rows until "
    "then.",
)
def apply_playlists_file() -> None:
    """One step."""
    begin_changed_days()
