"""The extraction function on AWS Lambda: captures every playlist with the code of the raw assets, without Dagster.

EventBridge calls it on a schedule; a Dagster asset calls it through PipesLambdaClient, and gets a report of what
landed. S3 announces the landed objects to the raw-objects sensor.
"""

import logging
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, date, datetime
from typing import Any

from dagster_pipes import PipesContext, PipesMappingParamsLoader, open_dagster_pipes

from spotify_assets.artist_facts.choose import artist_facts_source
from spotify_assets.automation.cloudwatch import Metric, Name, send
from spotify_assets.capture.playlists_file import playlists_to_capture
from spotify_assets.capture.profiles import ArtistsCaptured, capture_artists
from spotify_assets.capture.snapshots import (
    ArtistFactsCaptured,
    PlaylistsCaptured,
    capture_artist_facts,
    capture_playlists,
)
from spotify_assets.config import Settings, read_settings
from spotify_assets.lake.raw_lake import RawLake
from spotify_assets.spotify.access import sign_in_outlook
from spotify_assets.spotify.errors import CaptureError, QuotaExceeded
from spotify_assets.spotify.live import LivePlaylists

# The runtime's own handler writes it to CloudWatch Logs.
log = logging.getLogger(__name__)
log.setLevel(logging.INFO)


TOLD_AS = {
    Name.REQUESTS_USED: "requests_used",
    Name.REQUESTS_LEFT: "requests_left",
    Name.PROFILES_WAITING: "profiles_waiting",
}


class NotWhole(RuntimeError):
    """The capture of today is incomplete; what landed is kept. The message says what is missing, and why."""


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Captures today (UTC); gives the day and the counts of what was captured.

    A retry of the same event reads only the missing playlists: `time` in the event says since when. If a quota is used
    up, no retry is requested: the failure is reported in the log and in the metric of failed runs.

    Raises:
        NotWhole: a playlist or profile could not be captured, which makes Lambda retry.
        CaptureError, LakeError, SettingsError: nothing can be captured; the message says what to do.
    """
    settings = read_settings()
    day = datetime.now(UTC).date()
    with _dagster(event) as dagster:
        playlists, artists, facts = _capture(settings, day, _since(event, day))
        calls = playlists.requests + artists.requests
        found = _found(artists)
        told = {
            "snapshot_date": day.isoformat(),
            "landed": playlists.landed,
            "landed_before": playlists.found,
            "failed": len(playlists.failed),
            "doubtful": len(playlists.doubtful),
            "artists": artists.read + artists.carried,
            "artists_with_facts": facts.answered + facts.carried,
            "api_calls": calls,
            # Named as in the raw assets.
            **{TOLD_AS[name]: value for name, value in found.items()},
        }
        spent = _is_quota_spent(playlists, artists)
        failed = [Metric(Name.RUNS_FAILED, 1)] if spent else []
        counts = [Metric(Name.API_CALLS, calls), *(Metric(name, value) for name, value in found.items())]
        if (problem := send([*counts, *failed, *_days_left(settings)], settings)) is not None:
            log.error(problem)
        log.info("%s", told)
        if facts.failure is not None:
            # Best effort: the next day retries.
            log.warning("%d artists without facts. %s", facts.missing, facts.failure)
        if artists.left_out is not None:
            log.warning("%d artist profiles left out. %s", artists.waiting, artists.left_out)
        for doubtful in playlists.doubtful:
            log.warning("Landed as read, with doubt: %s", doubtful)
        if spent:
            log.error("%s", _what_is_missing(playlists, artists))
        else:
            _require_whole(playlists, artists)
        if dagster is not None:
            # Named as the checks of `raw_playlists` read them.
            doubts = "\n".join(f"- {doubtful}" for doubtful in playlists.doubtful)
            missing = "\n".join(f"- {failure}" for failure in playlists.failed)
            dagster.report_asset_materialization(
                metadata={
                    "playlists": playlists.landed,
                    **told,
                    **({"doubts": doubts} if doubts else {}),
                    **({"why_failed": missing, "another_attempt_may_succeed": False} if missing else {}),
                }
            )
    return told


def _dagster(event: Mapping[str, Any]) -> AbstractContextManager[PipesContext | None]:
    """The calling asset, if there is one."""
    loader = PipesMappingParamsLoader(event)
    return open_dagster_pipes(params_loader=loader) if loader.is_dagster_pipes_process() else nullcontext()


def _since(event: Mapping[str, Any], day: date) -> datetime | None:
    """When the event was created; None if it does not say, or is from another day."""
    try:
        made_at = datetime.fromisoformat(str(event["time"])).astimezone(UTC)
    except (KeyError, ValueError):
        return None
    return made_at if made_at.date() == day else None


def _capture(
    settings: Settings, day: date, since: datetime | None
) -> tuple[PlaylistsCaptured, ArtistsCaptured, ArtistFactsCaptured]:
    lake, source = RawLake(settings), LivePlaylists(settings)
    playlists = capture_playlists(lake, source, playlists_to_capture(settings), day, since)
    objects = lake.raw.seen_of([day])[day]
    artists = capture_artists(lake, source, day, objects)
    return playlists, artists, capture_artist_facts(lake, source, artist_facts_source(settings), day, objects)


def _found(artists: ArtistsCaptured) -> dict[Name, int]:
    """The budget used when the capture ended, and the number of waiting profiles."""
    found = {Name.PROFILES_WAITING: artists.waiting}
    if artists.budget is not None:
        found[Name.REQUESTS_USED] = artists.budget.used
        if artists.budget.left is not None:
            found[Name.REQUESTS_LEFT] = artists.budget.left
    return found


def _days_left(settings: Settings) -> list[Metric]:
    """The metric of a sign-in with a known end; an end that is near or unknown is logged."""
    try:
        ahead = sign_in_outlook(settings, datetime.now(UTC))
    except CaptureError:
        # Each playlist has reported it.
        return []
    if ahead.needs_attention:
        log.warning("%s", ahead.sentence)
    return [] if ahead.days_left is None else [Metric(Name.SIGN_IN_DAYS_LEFT, ahead.days_left)]


def _is_quota_spent(playlists: PlaylistsCaptured, artists: ArtistsCaptured) -> bool:
    """Whether playlists are missing because of a quota, and none for a reason that a retry may fix."""
    spent = any(isinstance(failure.error, QuotaExceeded) for failure in playlists.failed)
    return spent and not playlists.may_pass and (artists.failure is None or not artists.failure.may_pass)


def _require_whole(playlists: PlaylistsCaptured, artists: ArtistsCaptured) -> None:
    if playlists.failed or artists.failure is not None:
        raise NotWhole(_what_is_missing(playlists, artists))


def _what_is_missing(playlists: PlaylistsCaptured, artists: ArtistsCaptured) -> str:
    missing = [str(failure) for failure in playlists.failed]
    if artists.failure is not None:
        missing.append(f"{artists.waiting} artist profiles: {artists.failure}")
    return "The capture of today is incomplete; what landed is kept.\n- " + "\n- ".join(missing)
