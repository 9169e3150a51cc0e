"""Raw assets: what the source showed, as it showed it, one object per playlist and day."""

import dagster as dg

from spotify_assets.lake.lake import Lake
from spotify_assets.lake.raw import own_name
from spotify_assets.partitions import days_of, one_run_per_range, snapshot_dates
from spotify_assets.playlists import configured_playlists
from spotify_assets.spotify.source import CaptureError, PlaylistSource
from spotify_assets.transform.observations import credited_artists, observe

GROUP = "raw"


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            "raw_playlists",
            group_name=GROUP,
            partitions_def=snapshot_dates,
            kinds={"json", "spotify"},
            description="Each playlist of playlists.yaml as Spotify showed it that day, with all its entries: one JSON "
            "object per playlist in raw/to_be_processed. The API knows only today, so a day that was missed cannot be "
            "made up for.",
        )
    ],
    backfill_policy=one_run_per_range,
)
def raw_playlists(
    context: dg.AssetExecutionContext, lake: dg.ResourceParam[Lake], playlist_source: dg.ResourceParam[PlaylistSource]
) -> None:
    """Captures every playlist for each day of the run."""
    source_name = lake.require_source()
    entries = configured_playlists(lake.settings)
    days = days_of(context)
    for number, day in enumerate(days, 1):
        try:
            fetched_at = playlist_source.captured_at(day)
            for entry in entries:
                envelope = {
                    "source": source_name,
                    "fetched_at": fetched_at.isoformat(),
                    "region": entry.region,
                    "tags": entry.tags,
                }
                document = {"envelope": envelope, "playlist": playlist_source.playlist(entry, day)}
                # Only what is there to keep claims a lake: a capture that failed leaves a new one open to either.
                lake.claim()
                lake.raw.land(own_name(f"playlist-{entry.playlist_id}", fetched_at), document)
        except CaptureError as error:
            raise dg.Failure(str(error), allow_retries=False) from error
        context.add_asset_metadata({"playlists": len(entries)}, partition_key=day.isoformat())
        context.log.info(f"captured {day} ({number} of {len(days)})")


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            "raw_artists",
            deps=["raw_playlists"],
            group_name=GROUP,
            partitions_def=snapshot_dates,
            kinds={"json", "spotify"},
            description="Profiles (genres, pictures, followers where told) of the artists credited on the day's "
            "playlists: one JSON object per day in raw/to_be_processed.",
        )
    ],
    backfill_policy=one_run_per_range,
)
def raw_artists(
    context: dg.AssetExecutionContext, lake: dg.ResourceParam[Lake], playlist_source: dg.ResourceParam[PlaylistSource]
) -> None:
    """Reads the profiles of all artists on each day's raw playlists."""
    source_name = lake.claim()
    days = days_of(context)
    objects = lake.raw.objects_of(days)
    for number, day in enumerate(days, 1):
        observations = observe(lake.raw.read(objects[day]), day, source_name)
        try:
            fetched_at = playlist_source.captured_at(day)
            profiles = playlist_source.artists(credited_artists(observations), day)
        except CaptureError as error:
            raise dg.Failure(str(error), allow_retries=False) from error
        stamped = [{**profile, "fetched_at": fetched_at.isoformat()} for profile in profiles]
        envelope = {"source": source_name, "fetched_at": fetched_at.isoformat()}
        lake.raw.land(own_name("artists", fetched_at), {"envelope": envelope, "artists": stamped})
        context.add_asset_metadata({"artists": len(profiles)}, partition_key=day.isoformat())
        context.log.info(f"read artists of {day} ({number} of {len(days)})")
