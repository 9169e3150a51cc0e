"""The raw asset of what charts leave out: details of the tracks whose artists they only name."""

import dagster as dg

from spotify_assets.assets.clear_failures import clear_failures
from spotify_assets.assets.owners import OWNERS
from spotify_assets.assets.partitions import days_of, one_run_per_range, snapshot_dates
from spotify_assets.assets.raw import GROUP, POOL, asked, raw_playlists
from spotify_assets.capture.track_details import capture_track_details
from spotify_assets.lake.completed_days import published_tracks_to_ask_for
from spotify_assets.lake.lake import Lake
from spotify_assets.spotify.source import PlaylistSource
from spotify_assets.transform.findings import counted

# Metadata: how many tracks are known by the names of their artists alone, and wait.
TRACKS_WAITING = "tracks_waiting"


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            "raw_tracks",
            deps=raw_playlists.keys,
            group_name=GROUP,
            partitions_def=snapshot_dates,
            kinds={"json", "spotify"},
            owners=OWNERS,
            description="What Spotify says of tracks whose artists a chart only names: album, artists with their ids, "
            "length, ISRC. Each track is asked for once, whichever days it is on, those with the best place first, and "
            "lies in raw/reference/tracks for all days. Those for whom SPOTIFY_DAILY_REQUESTS leaves no request wait "
            "for the next day. Days that were published before their details came are shown stale, and made again by "
            "the job apply_details.",
        )
    ],
    backfill_policy=one_run_per_range,
    pool=POOL,
)
@clear_failures
def raw_tracks(
    context: dg.AssetExecutionContext, lake: dg.ResourceParam[Lake], playlist_source: dg.ResourceParam[PlaylistSource]
) -> None:
    """Asks about tracks in each day's raw objects, and about those of all published days.

    Those that could not be read hold back nothing: the check `every_track_read` tells of them, and fails the run.
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
