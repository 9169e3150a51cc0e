"""Capturing details of tracks that charts only name: each once, the best placed first, as the budget allows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from spotify_assets.capture.counted_requests import CountedRequests, counted_requests, left_for_another_day
from spotify_assets.capture.request_budget import Budget
from spotify_assets.lake.completed_days import published_tracks_to_ask_for
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.raw import RawEntry, as_json
from spotify_assets.lake.reference import Reference
from spotify_assets.spotify.errors import CaptureError, NotToday
from spotify_assets.spotify.source import PlaylistSource
from spotify_assets.transform.observations import observe
from spotify_assets.transform.track_details import TrackAnswer, to_ask_for

# Spotify may come to know a track that it did not.
UNKNOWN_KEPT = timedelta(days=30)
# Answers after which they are written: what somebody who is killed has asked for in vain, at most.
AT_ONCE = 500
# Of what playlists leave; the other half is for profiles, so that neither waits for the other to be through.
OF_WHAT_IS_LEFT = 0.5


@dataclass(frozen=True)
class TracksCaptured:
    """Tracks that were `read`, that Spotify does not know (`unknown`), and that wait for another day.

    `waiting` are those that were not asked about, after `failure` or since they were `left_out`, which says why. That
    is no failure. `budget` is what was sent in the last 24 hours, None where nobody counts.
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
    """Lands the details of tracks whose artists are only named: in the day's raw objects, then those `published`.

    Both are asked about in their order, and none twice: what was answered once is kept for good, and that Spotify does
    not know a track for 30 days.

    Raises:
        LakeError: the lake belongs to another source, or cannot be read or written.
    """
    lake.require_source()
    observed = observe(lake.raw.read(objects), day, source.name)
    wanted = _unanswered(lake, [*to_ask_for(observed.songs, observed.entries), *published], source.now())
    if not wanted:
        return TracksCaptured(0, 0, 0, 0, None, None, None)
    lake.claim()
    asking = _Asking(lake.track_details, asked_at(source, day))
    with counted_requests(lake, source) as counted:
        counted.leave_to_playlists(lake, day, "tracks", OF_WHAT_IS_LEFT)
        failure = asking.ask(source, wanted, day, counted)
    failure, left_out = left_for_another_day(failure)
    return TracksCaptured(
        read=asking.read,
        unknown=asking.unknown,
        waiting=len(wanted) - asking.read - asking.unknown,
        requests=counted.requests,
        failure=failure,
        left_out=left_out,
        budget=counted.budget if source.counts_requests else None,
    )


def tracks_to_ask_for(lake: Lake, now: datetime) -> list[str]:
    """Published tracks whose artists are only named, and that Spotify was not asked for, best placed first."""
    return _unanswered(lake, published_tracks_to_ask_for(lake), now)


def asked_at(source: PlaylistSource, day: date) -> datetime:
    """When (UTC) it is asked: now, since a track is the same on any day; or when the sample's day begins."""
    try:
        return source.captured_at(day)
    except NotToday:
        return source.now()


def _unanswered(lake: Lake, track_ids: Sequence[str], now: datetime) -> list[str]:
    """Those of them, each once, about which Spotify is to be asked."""
    if not track_ids:
        return []
    details = lake.track_details
    answered = {
        answer.id
        for answer in details.read(details.keys())
        if bytes(answer.track) != b"null" or now - datetime.fromisoformat(answer.fetched_at) < UNKNOWN_KEPT
    }
    return [track_id for track_id in dict.fromkeys(track_ids) if track_id not in answered]


@dataclass
class _Asking:
    """Answers as they come, written a few hundred at a time: a killed capture loses those since the last write."""

    details: Reference[TrackAnswer]
    fetched_at: datetime
    read: int = 0
    unknown: int = 0
    _held: list[TrackAnswer] = field(default_factory=list[TrackAnswer])

    def ask(
        self, source: PlaylistSource, track_ids: Sequence[str], day: date, counted: CountedRequests
    ) -> CaptureError | None:
        """Lands what is answered; gives why not all was."""
        failure = None
        try:
            with counted.batches(day):
                for track_id, track in source.tracks(track_ids, day):
                    self._take(track_id, track)
                    counted.note()
        except CaptureError as error:
            failure = error
        self.details.land(self._held)
        return failure

    def _take(self, track_id: str, track: dict[str, Any] | None) -> None:
        self.read += track is not None
        self.unknown += track is None
        self._held.append(TrackAnswer(track_id, self.fetched_at.isoformat(), msgspec.Raw(as_json(track))))
        if len(self._held) >= AT_ONCE:
            self.details.land(self._held)
            self._held = []
