"""Who may send how many requests: playlists first, and others what these will not need before it is free again.

SPOTIFY_DAILY_REQUESTS counts any 24 hours, as Spotify's quotas do. What details of tracks and profiles take today is
still counted when the playlists of tomorrow are captured, a little earlier perhaps than today's were. So they leave
room for two rounds of playlists: what is left of today's, and tomorrow's. What does not fit waits, and a day's
playlists are never missed.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from zlib import crc32

from spotify_assets.lake.request_counts import WINDOW, Sent

# A playlist with a second page: the first, the second, and its version once more.
USUAL_PER_PLAYLIST = 3
# For requests that fail and are sent again, and for playlists that grow.
MARGIN = 1.1
# What the endpoints begin with that are asked for playlists: with their entries, liked songs, and a token.
OF_PLAYLISTS = ("playlists", "me", "api")
# Days over which profiles fall due that were read on one day.
DUE_OVER_DAYS = 8


@dataclass(frozen=True)
class Budget:
    """What was sent in the 24 hours until `now`, of `daily` requests that may be; None where nothing bounds them."""

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
        """Requests that may be sent now; None where nothing bounds them."""
        return None if self.daily is None else max(0, self.daily - self.used)

    @property
    def more_at(self) -> datetime:
        """When (UTC) the next request is free, once none is left."""
        return min((sent.at for sent in self.sent), default=self.now) + WINDOW

    def needed_for(self, playlists: int) -> int:
        """Requests that so many playlists may need, as those read last did; at least one for each."""
        read = sum(sent.playlists for sent in self.sent)
        asked = sum(count for name, count in self.by_endpoint.items() if name.startswith(OF_PLAYLISTS))
        each = asked / read if read else USUAL_PER_PLAYLIST
        return ceil(playlists * max(each, 1) * MARGIN)

    def for_others(self, playlists: int, uncaptured: int) -> int | None:
        """Requests that others may take, where of so many playlists so many are still to be captured today."""
        return None if self.left is None else max(0, self.left - self.needed_for(playlists + uncaptured))

    def and_then(self, sent: Sequence[Sent]) -> "Budget":
        """The same once this was sent, in the order of time."""
        now = sent[-1].at
        return Budget(self.daily, [old for old in (*self.sent, *sent) if old.at > now - WINDOW], now)


def due_profiles(wanted: Sequence[str], read_at: Mapping[str, datetime], now: datetime, keep: timedelta) -> list[str]:
    """Artists to ask about, most wanted first: those without a profile as they come, then by the age of the profile.

    A profile is good for `keep` at most. Profiles that were read on one day fall due over several, by their ids.
    """
    new = [artist_id for artist_id in wanted if artist_id not in read_at]
    known = [artist_id for artist_id in wanted if artist_id in read_at]
    due = [artist_id for artist_id in known if now - read_at[artist_id] >= keep - _earlier(artist_id)]
    return [*new, *sorted(due, key=lambda artist_id: read_at[artist_id])]


def _earlier(artist_id: str) -> timedelta:
    return timedelta(days=crc32(artist_id.encode()) % DUE_OVER_DAYS)
