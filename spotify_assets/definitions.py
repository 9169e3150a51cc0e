"""The whole platform on one screen: what Dagster loads."""

import dagster as dg

from spotify_assets.assets.catalog import catalog
from spotify_assets.assets.maintenance import maintenance
from spotify_assets.assets.raw import raw_artists, raw_playlists
from spotify_assets.assets.tables import tables
from spotify_assets.checks import table_checks
from spotify_assets.config import settings
from spotify_assets.history import no_missing_days, snapshot_of_today
from spotify_assets.jobs import capture, daily_snapshot, missed_days, process_raw_objects, tidy
from spotify_assets.lake.lake import Lake
from spotify_assets.measurements import run_metrics, snapshot_age
from spotify_assets.schedules import daily_capture, daily_look_for_missed_days, weekly_tidy
from spotify_assets.sensors import raw_objects, run_failures
from spotify_assets.spotify.live import LivePlaylists
from spotify_assets.spotify.source import SimulatedPlaylists

playlist_source = SimulatedPlaylists() if settings().spotify_source == "sample" else LivePlaylists(settings())
# Only where somebody listens: each looks at every run.
MEASURING = [run_metrics, snapshot_age] if settings().metrics_namespace else []
# Assets that are late, and shown so, when today has no snapshot in time.
DAILY = {dg.AssetKey("raw_playlists"), dg.AssetKey("catalog")}


def _with_freshness(spec: dg.AssetSpec) -> dg.AssetSpec:
    return spec.replace_attributes(freshness_policy=snapshot_of_today) if spec.key in DAILY else spec


defs = dg.Definitions(
    assets=dg.map_asset_specs(_with_freshness, [raw_playlists, raw_artists, tables, catalog, maintenance]),
    asset_checks=[*table_checks, no_missing_days],
    jobs=[capture, process_raw_objects, daily_snapshot, missed_days, tidy],
    schedules=[daily_capture, daily_look_for_missed_days, weekly_tidy],
    sensors=[raw_objects, run_failures, *MEASURING],
    resources={"lake": Lake(settings()), "playlist_source": playlist_source},
    # A day's run is short: separate processes would spend most of it importing.
    executor=dg.in_process_executor,
)
