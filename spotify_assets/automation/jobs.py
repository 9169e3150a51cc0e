"""Jobs: selections of assets that schedules, sensors and people run."""

import dagster as dg

from spotify_assets.automation.retries import judge
from spotify_assets.config import settings
from spotify_assets.schemas.base import BASE
from spotify_assets.schemas.insights import INSIGHTS

DETAILS = ("raw_tracks", "raw_artist_details")
CAPTURE = dg.AssetSelection.assets("raw_playlists", "raw_artists", "raw_artist_facts", *DETAILS)
REFRESHING = dg.AssetSelection.assets("earlier_days", *INSIGHTS.tables, "published_insights", "dashboard")
PROCESSING = (
    dg.AssetSelection.assets("declared_playlists", "completed_details", *BASE.tables, "published_tables") | REFRESHING
)


# The failed step only reports what is missing; earlier steps fetch it, skipping what has landed.
FROM_THE_START = {"dagster/retry_strategy": "ALL_STEPS"}
# A hanging run must leave its day time for another one; the instance's limit is for runs of many days.
LIMIT_OF_ONE_DAY = {"dagster/max_runtime": str(2 * 60 * 60)}


def _tags(retries: int) -> dict[str, str]:
    """Tags of a job's runs. Dagster retries a failed run at once, so retries are for errors that may pass."""
    return {"source": settings().spotify_source, "dagster/max_retries": str(retries)}


capture = dg.define_asset_job(
    "capture",
    selection=CAPTURE,
    tags=_tags(retries=2) | FROM_THE_START | LIMIT_OF_ONE_DAY,
    hooks={judge},
    description="Captures the day's playlists, artist profiles and facts as raw objects, then details that published "
    "charts leave out. Spotify shows only today.",
)
capture_details = dg.define_asset_job(
    "capture_details",
    selection=dg.AssetSelection.assets(*DETAILS),
    tags=_tags(retries=2) | FROM_THE_START | LIMIT_OF_ONE_DAY,
    hooks={judge},
    description="Requests only details: of tracks that charts merely name, and of artists on published charts of any "
    "day.",
)
process_raw_objects = dg.define_asset_job(
    "process_raw_objects",
    selection=PROCESSING,
    # Failures of rules or raw objects would repeat and are not retried; storage may recover.
    tags=_tags(retries=1),
    hooks={judge},
    description="Builds and publishes a day and its insights from its raw objects, without capturing anything.",
)
refresh_insights = dg.define_asset_job(
    "refresh_insights",
    selection=REFRESHING,
    tags=_tags(retries=1),
    hooks={judge},
    description="Recomputes and publishes the insights of published days that became stale because an earlier day was "
    "published late or republished, in one run over their range.",
)
daily_snapshot = dg.define_asset_job(
    "daily_snapshot",
    selection=CAPTURE | PROCESSING,
    tags=_tags(retries=1) | FROM_THE_START,
    hooks={judge},
    description="Runs the full pipeline for one day: capture playlists, build tables, check, publish; then insights.",
)
tidy = dg.define_asset_job(
    "tidy",
    selection=dg.AssetSelection.assets("maintenance"),
    tags=_tags(retries=1),
    hooks={judge},
    description="Maintenance: removes files that nothing refers to.",
)
page = dg.define_asset_job(
    "page",
    selection=dg.AssetSelection.assets("dashboard"),
    tags=_tags(retries=1),
    hooks={judge},
    description="Rebuilds the page from the published tables.",
)
missed_days = dg.define_asset_job(
    "missed_days",
    selection=dg.AssetSelection.checks(dg.AssetCheckKey(dg.AssetKey("published_tables"), "no_missing_days")),
    tags=_tags(retries=1),
    hooks={judge},
    description="Checks for days missing from the published history.",
)
