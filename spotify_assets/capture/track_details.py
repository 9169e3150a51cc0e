"""Captures details of tracks that charts only name: each once, the best placed first, as the budget allows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import msgspec

from spotify_assets.capture.counted_requests import CountedRequests, counted_requests, left_for_another_day
from spotify_assets.capture.kept_answers import Landing, asked_at, still_counts
from spotify_assets.capture.request_budget import Budget
from spotify_assets.lake.completed_days import published_tracks_to_ask_for
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.raw import RawEntry, as_json
from spotify_assets.spotify.errors import CaptureError
from spotify_assets.spotify.source import PlaylistSource
from spotify_assets.transform.observations import observe
from spotify_assets.transform.track_details import TrackAnswer, to_ask_for

# The share of what playlists leave; the other half is for profiles, so that neither waits for the other.
OF_WHAT_IS_LEFT = 0.5


@dataclass(frozen=True)
class TracksCaptured:
    """Counts of tracks `read`, `unknown` to Spotify, and `waiting` for another day.

    `waiting` ones were not requested, after `failure` or because they were `left_out`, which says why and is no
    failure. `budget` counts the last 24 hours, None if nobody counts.
    """

    read: int
    unknown: int
    waiting: int
    requests: int
    failure: CaptureError | None
    left_out: str | None
    budget: Budget | None


def capture_track_details(
    lake: Lake, source: PlaylistSource, day: date, objects: Sequence[RawEntry], published: Sequence[str]
) -> TracksCaptured:
    """Lands details of tracks whose artists are only named: those in the day's raw objects, then those `published`.

    Both are requested in their order, and none twice: answers are kept for good, and "unknown" for 30 days.

    Raises:
        LakeError: the lake belongs to another source, or cannot be read or written.
    """
    lake.require_source()
    observed = observe(lake.raw.read(objects), day, source.name)
    wanted = _unanswered(lake, [*to_ask_for(observed.songs, observed.entries), *published], source.now())
    if not wanted:
        return TracksCaptured(0, 0, 0, 0, None, None, None)
    lake.claim()
    landing = Landing(lake.track_details)
    with counted_requests(lake, source) as counted:
        counted.leave_to_playlists(lake, day, "tracks", OF_WHAT_IS_LEFT)
        failure = _read(source, wanted, day, counted, landing)
    failure, left_out = left_for_another_day(failure)
    return TracksCaptured(
        read=landing.known,
        unknown=landing.unknown,
        waiting=len(wanted) - landing.known - landing.unknown,
        requests=counted.requests,
        failure=failure,
        left_out=left_out,
        budget=counted.budget if source.counts_requests else None,
    )


def tracks_to_ask_for(lake: Lake, now: datetime) -> list[str]:
    """Published tracks whose artists are only named, and that were not yet requested, best placed first."""
    return _unanswered(lake, published_tracks_to_ask_for(lake), now)


def _unanswered(lake: Lake, track_ids: Sequence[str], now: datetime) -> list[str]:
    """The tracks still to be requested, each once."""
    if not track_ids:
        return []
    details = lake.track_details
    answered = {answer.id for answer in details.read(details.keys()) if still_counts(answer, now)}
    return [track_id for track_id in dict.fromkeys(track_ids) if track_id not in answered]


def _read(
    source: PlaylistSource, track_ids: Sequence[str], day: date, counted: CountedRequests, landing: Landing[TrackAnswer]
) -> CaptureError | None:
    """Lands the answers; gives why some are missing."""
    at, failure = asked_at(source, day).isoformat(), None
    try:
        with counted.batches(day):
            for track_id, track in source.tracks(track_ids, day):
                landing.take(TrackAnswer(track_id, at, msgspec.Raw(as_json(track))))
                counted.note()
    except CaptureError as error:
        failure = error
    landing.land()
    return failure
