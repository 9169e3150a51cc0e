"""The whole platform on one screen: what Dagster loads."""

import dagster as dg

from spotify_assets.artist_facts.choose import artist_facts_source
from spotify_assets.assets.audit_checks import insight_checks, table_checks
from spotify_assets.assets.capture_checks import capture_checks
from spotify_assets.assets.dashboard import dashboard
from spotify_assets.assets.insights import insights, insights_up_to_date, published_insights
from spotify_assets.assets.lake_resource import lake_resource
from spotify_assets.assets.landed_objects import landed_objects
from spotify_assets.assets.maintenance import maintenance
from spotify_assets.assets.owners import owned
from spotify_assets.assets.published_tables import published_tables
from spotify_assets.assets.raw import raw_artist_facts, raw_artists, raw_playlists
from spotify_assets.assets.raw_artist_details import raw_artist_details
from spotify_assets.assets.raw_tracks import raw_tracks
from spotify_assets.assets.sign_in_check import sign_in_lasts
from spotify_assets.assets.snowflake import snowflake, when_published
from spotify_assets.assets.tables import tables
from spotify_assets.assets.todays_snapshot import todays_snapshot
from spotify_assets.automation.alert_channels import channels
from spotify_assets.automation.change_alerts import watched_changes
from spotify_assets.automation.detail_changes import apply_details, details
from spotify_assets.automation.jobs import (
    capture,
    capture_details,
    daily_snapshot,
    missed_days,
    page,
    process_raw_objects,
    refresh_insights,
    tidy,
)
from spotify_assets.automation.lost_runs import lost_runs
from spotify_assets.automation.missing_days import no_missing_days, snapshot_of_today
from spotify_assets.automation.playlists_file_changes import apply_playlists_file, playlists_file
from spotify_assets.automation.retries import judged
from spotify_assets.automation.run_metrics import run_metrics, snapshot_age
from spotify_assets.automation.schedules import daily_capture, daily_details, daily_look_for_missed_days, weekly_tidy
from spotify_assets.automation.sensors import raw_objects, run_failures
from spotify_assets.automation.sign_in_alerts import sign_in_end
from spotify_assets.automation.unfinished_days import unfinished_days
from spotify_assets.config import settings
from spotify_assets.engines.engine import transform_engine
from spotify_assets.serving.snowflake.connection import SnowflakeAccount
from spotify_assets.spotify.live import LivePlaylists
from spotify_assets.spotify.source import SimulatedPlaylists

ASSETS = [
    *(raw_playlists, raw_tracks, raw_artists, raw_artist_facts, raw_artist_details),
    *(tables, published_tables, insights, published_insights, dashboard, maintenance),
]
# Only if metrics are sent: each looks at every run.
MEASURING = [run_metrics, snapshot_age] if settings().metrics_namespace else []
SENSORS = [
    *(raw_objects, unfinished_days, playlists_file, details),
    *(run_failures, lost_runs, watched_changes, sign_in_end, *MEASURING),
]
# If it is not configured, an asset that nobody can materialize would only be in the way.
if settings().loads_snowflake:
    ASSETS.append(snowflake)
    SENSORS.append(when_published)

# A wrong address is reported now, not with the first alert.
channels(settings())

defs = dg.Definitions(
    # Shown as overdue if today is not published in time.
    assets=owned(
        [
            *judged(ASSETS),
            landed_objects,
            todays_snapshot.replace_attributes(freshness_policy=snapshot_of_today),
        ]
    ),
    asset_checks=[*capture_checks, sign_in_lasts, *table_checks, *insight_checks, insights_up_to_date, no_missing_days],
    jobs=[
        *(capture, capture_details, process_raw_objects, daily_snapshot, refresh_insights),
        *(apply_playlists_file, apply_details, page, missed_days, tidy),
    ],
    schedules=[daily_capture, daily_details, daily_look_for_missed_days, weekly_tidy],
    sensors=SENSORS,
    resources={
        "lake": lake_resource,
        "transform_engine": transform_engine(settings()),
        "playlist_source": SimulatedPlaylists() if settings().spotify_source == "sample" else LivePlaylists(settings()),
        "artist_facts": artist_facts_source(settings()),
        "snowflake_account": SnowflakeAccount(settings()),
    },
    # A day's run is short: separate processes would spend most of it importing.
    executor=dg.in_process_executor,
)
