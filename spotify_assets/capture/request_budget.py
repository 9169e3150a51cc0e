"""The request budget: playlists first; others get what playlists will not need before requests are free again.

SPOTIFY_DAILY_REQUESTS counts any 24 hours, as Spotify's quotas do. Requests for track details and profiles today still
count when tomorrow's playlists are captured, perhaps a little earlier than today's. So they leave room for two rounds
of playlists: the rest of today's, and tomorrow's. What does not fit waits, and a day's playlists are never missed.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from zlib import crc32

from spotify_assets.lake.request_counts import WINDOW, Sent

# A playlist with a second page: first page, second page, and its version again.
USUAL_PER_PLAYLIST = 3
# For retried requests, and for growing playlists.
MARGIN = 1.1
# Prefixes of endpoints for playlists: their entries, liked songs, and a token.
OF_PLAYLISTS = ("playlists", "me", "api")
# Days over which profiles read on one day fall due.
DUE_OVER_DAYS = 8


@dataclass(frozen=True)
class Budget:
    """Requests sent in the 24 hours until `now`, out of `daily` allowed ones; None without a limit."""

    daily: int | None
    sent: Sequence[Sent]
    now: datetime

    @property
    def by_endpoint(self) -> Mapping[str, int]:
        """Requests of the last 24 hours, by endpoint."""
        counts = Counter[str]()
        for sent in self.sent:
            counts.update(sent.by_endpoint)
        return dict(sorted(counts.items()))

    @property
    def used(self) -> int:
        """Requests of the last 24 hours."""
        return sum(self.by_endpoint.values())

    @property
    def left(self) -> int | None:
        """Requests that may be sent now; None without a limit."""
        return None if self.daily is None else max(0, self.daily - self.used)

    @property
    def more_at(self) -> datetime:
        """When (UTC) the next request is free, once none is left."""
        return min((sent.at for sent in self.sent), default=self.now) + WINDOW

    def needed_for(self, playlists: int) -> int:
        """Requests that so many playlists may need, judged by those read last; at least one each."""
        read = sum(sent.playlists for sent in self.sent)
        asked = sum(count for name, count in self.by_endpoint.items() if name.startswith(OF_PLAYLISTS))
        each = asked / read if read else USUAL_PER_PLAYLIST
        return ceil(playlists * max(each, 1) * MARGIN)

    def for_others(self, playlists: int, uncaptured: int) -> int | None:
        """Requests left for others, given the number of playlists and those still uncaptured today."""
        return None if self.left is None else max(0, self.left - self.needed_for(playlists + uncaptured))

    def and_then(self, sent: Sequence[Sent]) -> "Budget":
        """The budget after sending these, in time order."""
        now = sent[-1].at
        return Budget(self.daily, [old for old in (*self.sent, *sent) if old.at > now - WINDOW], now)


def due_profiles(wanted: Sequence[str], read_at: Mapping[str, datetime], now: datetime, keep: timedelta) -> list[str]:
    """Artists to request, most wanted first: those without a profile in the given order, then by age of the profile.

    A profile is valid for `keep` at most. Profiles read on one day fall due over several days, by their ids.
    """
    new = [artist_id for artist_id in wanted if artist_id not in read_at]
    known = [artist_id for artist_id in wanted if artist_id in read_at]
    due = [artist_id for artist_id in known if now - read_at[artist_id] >= keep - _earlier(artist_id)]
    return [*new, *sorted(due, key=lambda artist_id: read_at[artist_id])]


def _earlier(artist_id: str) -> timedelta:
    return timedelta(days=crc32(artist_id.encode()) % DUE_OVER_DAYS)
