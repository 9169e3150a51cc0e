"""Jobs: the selections of assets that schedules, sensors and people run."""

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


# The step that fails only tells what is missing; those before it get it, and ask for nothing that has landed.
FROM_THE_START = {"dagster/retry_strategy": "ALL_STEPS"}
# What hangs must leave its day time for another run; the instance's limit is for runs of many days.
LIMIT_OF_ONE_DAY = {"dagster/max_runtime": str(2 * 60 * 60)}


def _tags(retries: int) -> dict[str, str]:
    """Tags of a job's runs. Dagster retries a failed run at once, so retries are for what a second attempt may cure."""
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
    description="Asks for details of tracks that charts only name, and of artists on published charts, of whatever "
    "day, and for nothing else.",
)
process_raw_objects = dg.define_asset_job(
    "process_raw_objects",
    selection=PROCESSING,
    # Rules and raw objects of a day that fails are the same the second time, and not retried; storage may come back.
    tags=_tags(retries=1),
    hooks={judge},
    description="From raw objects that are there to the published day and its insights, without capturing anything.",
)
refresh_insights = dg.define_asset_job(
    "refresh_insights",
    selection=REFRESHING,
    tags=_tags(retries=1),
    hooks={judge},
    description="Makes and publishes the insights of published days again: for days that became stale because an "
    "earlier day was published late or anew, in one run over their range.",
)
daily_snapshot = dg.define_asset_job(
    "daily_snapshot",
    selection=CAPTURE | PROCESSING,
    tags=_tags(retries=1) | FROM_THE_START,
    hooks={judge},
    description="The whole way of a day: capture playlists, build the tables, check them, publish; then the insights.",
)
tidy = dg.define_asset_job(
    "tidy",
    selection=dg.AssetSelection.assets("maintenance"),
    tags=_tags(retries=1),
    hooks={judge},
    description="Removes what nothing refers to any more.",
)
page = dg.define_asset_job(
    "page",
    selection=dg.AssetSelection.assets("dashboard"),
    tags=_tags(retries=1),
    hooks={judge},
    description="Makes the page again from what is published.",
)
missed_days = dg.define_asset_job(
    "missed_days",
    selection=dg.AssetSelection.checks(dg.AssetCheckKey(dg.AssetKey("published_tables"), "no_missing_days")),
    tags=_tags(retries=1),
    hooks={judge},
    description="Looks for days that are missing from the published history.",
)
