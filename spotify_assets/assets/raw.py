"""Raw assets: what the source showed, as it showed it, one object per playlist and day."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache, partial

import dagster as dg

from spotify_assets.artist_facts.source import ArtistFactsSource
from spotify_assets.assets.clear_failures import clear_failures
from spotify_assets.assets.partitions import days_of, one_run_per_range, snapshot_dates
from spotify_assets.capture.artist_details import ArtistDetailsCaptured
from spotify_assets.capture.playlists_file import NOTHING_TO_CAPTURE, playlists_to_capture
from spotify_assets.capture.profiles import ArtistsCaptured, capture_artists
from spotify_assets.capture.request_budget import Budget
from spotify_assets.capture.snapshots import PlaylistsCaptured, capture_artist_facts, capture_playlists
from spotify_assets.capture.track_details import TracksCaptured
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.reference import credits_of
from spotify_assets.spotify.source import PlaylistSource
from spotify_assets.transform.findings import counted

GROUP = "raw"
# One run at a time asks Spotify, whose rate limit counts the requests of all; dagster.yaml holds the limit.
POOL = "spotify_api"
# Metadata of a materialization: how many failed, a line for each reason, and whether another attempt may succeed.
FAILED, WHY_FAILED, MAY_PASS = "failed", "why_failed", "another_attempt_may_succeed"
# How many were not asked for, which is no failure, and why.
LEFT_OUT, WHY_LEFT_OUT = "left_out", "why_left_out"
# Requests of the last 24 hours, by all processes; how many SPOTIFY_DAILY_REQUESTS leaves; how many due profiles wait.
USED, BY_ENDPOINT, LEFT, WAITING = "requests_used", "requests_by_endpoint", "requests_left", "profiles_waiting"
# How many landed with doubt, and a line for each.
DOUBTFUL, DOUBTS = "doubtful", "doubts"


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            "raw_playlists",
            group_name=GROUP,
            partitions_def=snapshot_dates,
            kinds={"json", "spotify"},
            description="Every playlist in playlists.yaml that is not marked `capture: false`, as Spotify returned it "
            "that day, with all entries: one JSON object per playlist in raw/to_be_processed. The API only returns "
            "today's state, so a missed day cannot be captured later.",
        )
    ],
    backfill_policy=one_run_per_range,
    pool=POOL,
)
@clear_failures
def raw_playlists(
    context: dg.AssetExecutionContext, lake: dg.ResourceParam[Lake], playlist_source: dg.ResourceParam[PlaylistSource]
) -> None:
    """Captures every playlist for each day of the run; a retry only those that its first attempt did not land.

    A playlist that fails does not affect the others: the day continues with those that landed, and the check
    `every_playlist_captured` reports it and fails the run. This step fails only if no playlist landed.
    """
    entries = playlists_to_capture(lake.settings)
    if not entries:
        raise dg.Failure(NOTHING_TO_CAPTURE, allow_retries=False)
    since = _first_attempt(context)
    days = days_of(context)
    for number, day in enumerate(days, 1):
        captured = capture_playlists(lake, playlist_source, entries, day, since)
        if captured.failed and not captured.landed + captured.found:
            raise _failure(captured, len(entries))
        context.add_asset_metadata(
            {
                "playlists": len(entries),
                "landed_before": captured.found,
                "api_calls": captured.requests,
                **_used(captured.budget),
                **_failures([str(failure) for failure in captured.failed], captured.may_pass),
                **_doubts(captured),
            },
            partition_key=day.isoformat(),
        )
        context.log.info(f"captured {day} ({number} of {len(days)})")


def _first_attempt(context: dg.AssetExecutionContext) -> datetime | None:
    """When the first run of a row of retries was made (UTC); None in that run itself."""
    root = context.run.root_run_id
    record = context.instance.get_run_record_by_id(root) if root else None
    return record.create_timestamp if record else None


def _failure(captured: PlaylistsCaptured, configured: int) -> dg.Failure:
    reasons = "\n".join(f"- {failure}" for failure in captured.failed)
    return dg.Failure(
        f"None of {counted(configured, 'playlist')} could be captured.\n{reasons}",
        metadata={FAILED: len(captured.failed), "api_calls": captured.requests},
        allow_retries=captured.may_pass,
    )


def _failures(reasons: Sequence[str], may_pass: bool, number: int | None = None) -> dict[str, str | int]:
    """What the check of an asset reads: how many failed (by default one a reason), why, and whether that may pass."""
    if not reasons:
        return {FAILED: 0}
    told = "\n".join(f"- {reason}" for reason in reasons)
    return {FAILED: len(reasons) if number is None else number, WHY_FAILED: told, MAY_PASS: may_pass}


def asked(
    captured: ArtistsCaptured | TracksCaptured | ArtistDetailsCaptured, lacking: int
) -> dict[str, str | int | dg.MetadataValue]:
    """What became of asking: requests, why not all was asked for (so many are lacking then), what failed."""
    failure = captured.failure
    return {
        **({LEFT_OUT: lacking, WHY_LEFT_OUT: captured.left_out} if captured.left_out else {}),
        "api_calls": captured.requests,
        **_used(captured.budget),
        **(_failures([str(failure)], failure.may_pass, captured.waiting) if failure else _failures([], False)),
    }


def _used(budget: Budget | None) -> dict[str, int | dg.MetadataValue]:
    if budget is None:
        return {}
    left = {} if budget.left is None else {LEFT: budget.left}
    return {USED: budget.used, BY_ENDPOINT: dg.MetadataValue.json(dict(budget.by_endpoint)), **left}


def _doubts(captured: PlaylistsCaptured) -> dict[str, str | int]:
    told = "\n".join(f"- {doubtful}" for doubtful in captured.doubtful)
    return {DOUBTFUL: len(captured.doubtful), **({DOUBTS: told} if told else {})}


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            "raw_artists",
            deps=["raw_playlists", "raw_tracks"],
            group_name=GROUP,
            partitions_def=snapshot_dates,
            kinds={"json", "spotify"},
            description="Spotify profiles (genres, pictures, followers if given) of the artists credited on the day's "
            "playlists: one JSON object per day in raw/to_be_processed. New artists are requested at once; known "
            "profiles are refreshed after 23 to 30 days, spread over those days, and carried over until then. Profiles "
            "that do not fit into SPOTIFY_DAILY_REQUESTS wait for the next day.",
        )
    ],
    backfill_policy=one_run_per_range,
    pool=POOL,
)
@clear_failures
def raw_artists(
    context: dg.AssetExecutionContext, lake: dg.ResourceParam[Lake], playlist_source: dg.ResourceParam[PlaylistSource]
) -> None:
    """Reads the profiles of all artists on each day's raw playlists that are not known yet.

    Profiles that could not be read hold nothing back: the check `every_profile_read` reports them and fails the run. It
    warns about those that were not requested.
    """
    days = days_of(context)
    objects, details = lake.raw.objects_of(days), cache(partial(credits_of, lake.track_details))
    for number, day in enumerate(days, 1):
        captured = capture_artists(lake, playlist_source, day, objects[day], details=details)
        if captured.left_out is not None:
            context.log.warning(f"{counted(captured.waiting, 'artist profile')} left out. {captured.left_out}")
        context.add_asset_metadata(
            {
                "artists": captured.read + captured.carried,
                "read": captured.read,
                "carried_over": captured.carried,
                "unknown_to_spotify": 0 if captured.failure or captured.left_out else captured.missing,
                WAITING: captured.waiting,
                **asked(captured, captured.missing),
            },
            partition_key=day.isoformat(),
        )
        context.log.info(f"read artists of {day} ({number} of {len(days)})")


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            "raw_artist_facts",
            deps=["raw_playlists", "raw_tracks"],
            group_name=GROUP,
            partitions_def=snapshot_dates,
            kinds={"json"},
            description="Wikidata's facts about the artists credited on the day's playlists (genres, country, begin, "
            "MusicBrainz id): one JSON object per day in raw/to_be_processed, holding the original responses. New "
            "artists are looked up at once, known ones after 30 days, and those Wikidata did not know after 7 days. "
            "Best effort: if Wikidata does not answer, the day continues without it and the next day catches up.",
        )
    ],
    backfill_policy=one_run_per_range,
    # Its service wants one request at a time from each client.
    pool="artist_facts",
)
@clear_failures
def raw_artist_facts(
    context: dg.AssetExecutionContext,
    lake: dg.ResourceParam[Lake],
    playlist_source: dg.ResourceParam[PlaylistSource],
    artist_facts: dg.ResourceParam[ArtistFactsSource],
) -> None:
    """Asks a second source about the artists on each day's raw playlists; never fails because of it."""
    days = days_of(context)
    objects, details = lake.raw.objects_of(days), cache(partial(credits_of, lake.track_details))
    for number, day in enumerate(days, 1):
        captured = capture_artist_facts(lake, playlist_source, artist_facts, day, objects[day], details=details)
        if captured.failure is not None:
            context.log.warning(f"{counted(captured.missing, 'artist')} without an answer. {captured.failure}")
        context.add_asset_metadata(
            {
                "source": artist_facts.name,
                "artists": captured.answered + captured.carried,
                "asked": captured.answered,
                "carried_over": captured.carried,
                "unknown_there": captured.unknown,
                "missing": captured.missing,
                "why_missing": str(captured.failure or "nothing failed"),
                "requests": captured.requests,
            },
            partition_key=day.isoformat(),
        )
        context.log.info(f"facts of the artists of {day} ({number} of {len(days)})")
