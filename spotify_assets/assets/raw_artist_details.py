"""The raw asset of profiles and facts about artists who appear only on imported and landed charts."""

import dagster as dg

from spotify_assets.artist_facts.source import ArtistFactsSource
from spotify_assets.assets.clear_failures import clear_failures
from spotify_assets.assets.partitions import days_of, one_run_per_range, snapshot_dates
from spotify_assets.assets.raw import GROUP, POOL, asked, raw_artist_facts, raw_artists
from spotify_assets.capture.artist_details import capture_artist_details
from spotify_assets.lake.completed_days import published_artists_to_ask_about
from spotify_assets.lake.lake import Lake
from spotify_assets.spotify.source import PlaylistSource
from spotify_assets.transform.findings import counted

# Metadata: how many artists still have to be requested.
ARTISTS_WAITING = "artists_waiting"


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            "raw_artist_details",
            # Artists of the day come first.
            deps=[*raw_artists.keys, *raw_artist_facts.keys],
            group_name=GROUP,
            partitions_def=snapshot_dates,
            kinds={"json", "spotify"},
            description="Profiles and facts of artists on published days who have no profile there, such as artists of "
            "imported charts. Spotify and Wikidata are asked once per artist, most frequent artists first; responses "
            "are stored in raw/reference/artists for all days. At most 300 requests in 24 hours go to Spotify, fewer "
            "if SPOTIFY_DAILY_REQUESTS leaves less; remaining artists wait for the next day. Without a Spotify account "
            "only Wikidata is asked. Days published before are shown as stale until the job apply_details recomputes "
            "them.",
        )
    ],
    backfill_policy=one_run_per_range,
    pool=POOL,
)
@clear_failures
def raw_artist_details(
    context: dg.AssetExecutionContext,
    lake: dg.ResourceParam[Lake],
    playlist_source: dg.ResourceParam[PlaylistSource],
    artist_facts: dg.ResourceParam[ArtistFactsSource],
) -> None:
    """Requests artists of all published days, whichever day the run is for.

    Profiles that could not be read hold nothing back: the check `every_artist_read` reports them and fails the run.
    Missing facts never fail it.
    """
    days = days_of(context)
    published = published_artists_to_ask_about(lake)
    for day in days:
        captured = capture_artist_details(lake, playlist_source, artist_facts, day, published)
        if captured.left_out is not None:
            context.log.warning(f"{counted(captured.waiting, 'artist')} left out. {captured.left_out}")
        if captured.facts_failure is not None:
            context.log.warning(
                f"{counted(captured.facts_waiting, 'artist')} without facts for now. {captured.facts_failure}"
            )
        context.add_asset_metadata(
            {
                "read": captured.read,
                "unknown_to_spotify": captured.unknown,
                ARTISTS_WAITING: captured.waiting,
                "facts_read": captured.facts_read,
                "facts_unknown": captured.facts_unknown,
                "facts_waiting": captured.facts_waiting,
                **asked(captured, captured.waiting),
            },
            partition_key=day.isoformat(),
        )
