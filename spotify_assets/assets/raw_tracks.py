"""The raw asset of track details that chart files leave out."""

import dagster as dg

from spotify_assets.assets.clear_failures import clear_failures
from spotify_assets.assets.partitions import days_of, one_run_per_range, snapshot_dates
from spotify_assets.assets.raw import GROUP, POOL, asked, raw_playlists
from spotify_assets.capture.track_details import capture_track_details
from spotify_assets.lake.completed_days import published_tracks_to_ask_for
from spotify_assets.lake.lake import Lake
from spotify_assets.spotify.source import PlaylistSource
from spotify_assets.transform.findings import counted

# Metadata: how many tracks still lack details.
TRACKS_WAITING = "tracks_waiting"


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            "raw_tracks",
            deps=raw_playlists.keys,
            group_name=GROUP,
            partitions_def=snapshot_dates,
            kinds={"json", "spotify"},
            description="Spotify's details (album, artists with ids, length, ISRC) of tracks that a chart lists with "
            "artist names only. Each track is requested once, best positions first, and stored in "
            "raw/reference/tracks for all days. Tracks that do not fit into SPOTIFY_DAILY_REQUESTS wait for the next "
            "day. Days published before their details arrived are shown as stale until the job apply_details "
            "recomputes them.",
        )
    ],
    backfill_policy=one_run_per_range,
    pool=POOL,
)
@clear_failures
def raw_tracks(
    context: dg.AssetExecutionContext, lake: dg.ResourceParam[Lake], playlist_source: dg.ResourceParam[PlaylistSource]
) -> None:
    """Requests tracks of each day's raw objects, then of all published days.

    Tracks that could not be read hold nothing back: the check `every_track_read` reports them and fails the run.
    """
    days = days_of(context)
    objects = lake.raw.objects_of(days)
    published = published_tracks_to_ask_for(lake)
    for number, day in enumerate(days, 1):
        captured = capture_track_details(lake, playlist_source, day, objects[day], published)
        if captured.left_out is not None:
            context.log.warning(f"{counted(captured.waiting, 'track')} left out. {captured.left_out}")
        context.add_asset_metadata(
            {
                "read": captured.read,
                "unknown_to_spotify": captured.unknown,
                TRACKS_WAITING: captured.waiting,
                **asked(captured, captured.waiting),
            },
            partition_key=day.isoformat(),
        )
        context.log.info(f"read tracks of {day} ({number} of {len(days)})")
