"""Answers about tracks and artists, stored once for all days: which are still valid, and how they are written."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Generic

from spotify_assets.lake.reference import Answer, Reference
from spotify_assets.spotify.errors import NotToday
from spotify_assets.spotify.source import PlaylistSource
from spotify_assets.transform.artist_details import ArtistAnswer
from spotify_assets.transform.track_details import TrackAnswer

# A source may learn of an id later.
UNKNOWN_KEPT = timedelta(days=30)
# Answers per write: at most so many are lost if the process is killed.
AT_ONCE = 500


def still_counts(answer: TrackAnswer | ArtistAnswer, now: datetime) -> bool:
    """Whether an answer is still valid: forever, or for 30 days if it says that nothing is known."""
    return answer.is_known or now - datetime.fromisoformat(answer.fetched_at) < UNKNOWN_KEPT


def asked_at(source: PlaylistSource, day: date) -> datetime:
    """The time (UTC) of a request: now, since a track is the same on any day; or the start of the sample's day."""
    try:
        return source.captured_at(day)
    except NotToday:
        return source.now()


@dataclass
class Landing(Generic[Answer]):
    """Answers as they arrive, written a few hundred at a time; counts `known` and `unknown` ones."""

    reference: Reference[Answer]
    known: int = 0
    unknown: int = 0
    _held: list[Answer] = field(default_factory=list[Answer])

    def take(self, answer: Answer) -> None:
        """Buffers an answer, and writes the buffer once it is full."""
        self.known += answer.is_known
        self.unknown += not answer.is_known
        self._held.append(answer)
        if len(self._held) >= AT_ONCE:
            self.land()

    def land(self) -> None:
        """Writes the buffer."""
        self.reference.land(self._held)
        self._held = []
