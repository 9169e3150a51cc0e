"""Answers about tracks and artists that lie once for all days: which of them count, and writing them as they come."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Generic

from spotify_assets.lake.reference import Answer, Reference
from spotify_assets.spotify.errors import NotToday
from spotify_assets.spotify.source import PlaylistSource
from spotify_assets.transform.artist_details import ArtistAnswer
from spotify_assets.transform.track_details import TrackAnswer

# A source may come to know what it did not.
UNKNOWN_KEPT = timedelta(days=30)
# Answers after which they are written: what somebody who is killed has asked for in vain, at most.
AT_ONCE = 500


def still_counts(answer: TrackAnswer | ArtistAnswer, now: datetime) -> bool:
    """Whether an answer is good: for ever, or for 30 days where it says that nothing is known."""
    return answer.is_known or now - datetime.fromisoformat(answer.fetched_at) < UNKNOWN_KEPT


def asked_at(source: PlaylistSource, day: date) -> datetime:
    """When (UTC) it is asked: now, since a track is the same on any day; or when the sample's day begins."""
    try:
        return source.captured_at(day)
    except NotToday:
        return source.now()


@dataclass
class Landing(Generic[Answer]):
    """Answers as they come, written a few hundred at a time; counts those that are `known` and those that are not."""

    reference: Reference[Answer]
    known: int = 0
    unknown: int = 0
    _held: list[Answer] = field(default_factory=list[Answer])

    def take(self, answer: Answer) -> None:
        """Holds an answer, and writes what is held once that is enough."""
        self.known += answer.is_known
        self.unknown += not answer.is_known
        self._held.append(answer)
        if len(self._held) >= AT_ONCE:
            self.land()

    def land(self) -> None:
        """Writes what is held."""
        self.reference.land(self._held)
        self._held = []
