"""The interface of playlist sources for captures: the sample simulation or the Spotify API."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol

from spotify_assets.spotify.errors import Allowance, CaptureError
from spotify_assets.spotify.payloads import LIKED
from spotify_assets.spotify.playlist_entry import PlaylistEntry
from spotify_assets.spotify.reading import Reading
from spotify_assets.spotify.sample.source import SampleSource, named_alone

# The region whose simulated chart has only as much about its songs as a chart file.
NAMED_ALONE = "jp"


class PlaylistSource(Protocol):
    """Where snapshots come from; documents are in Spotify's JSON."""

    name: str
    profiles_keep: timedelta
    """How long an artist's profile is valid."""
    concurrency: int
    """Playlists that may be read at the same time."""

    counts_requests: bool
    """Whether its requests are counted, and may be refused."""
    gives_batches: bool
    """Whether it supports batch requests for artists or tracks; false from the first refusal on."""

    @property
    def sent(self) -> Counter[str]:
        """Requests sent so far, by endpoint."""
        ...

    @property
    def closed_until(self) -> Mapping[str, datetime | None]:
        """Endpoints whose quota is used up, and until when (UTC); None if it did not say."""
        ...

    def close(self, endpoint: str, until: datetime) -> None:
        """Stops calling an endpoint whose quota another process found used up."""
        ...

    def allow(self, allowance: Allowance | None) -> None:
        """Limits the requests from now on; beyond the limit every call raises `BudgetSpent`."""
        ...

    def now(self) -> datetime:
        """The time in UTC."""
        ...

    def captured_at(self, day: date) -> datetime:
        """The UTC time of a capture that begins now for `day`.

        Raises:
            CaptureError: this source cannot show that day.
        """
        ...

    def playlist(self, entry: PlaylistEntry, day: date) -> Reading:
        """A playlist with all its entries, or with doubts.

        Raises:
            CaptureError: it cannot be read.
        """
        ...

    def artists(self, artist_ids: Iterable[str], day: date) -> Iterator[dict[str, Any]]:
        """Full artist objects as they arrive; ids unknown to the source are left out.

        Raises:
            CaptureError: the others cannot be read.
        """
        ...

    def tracks(self, track_ids: Iterable[str], day: date) -> Iterator[tuple[str, dict[str, Any] | None]]:
        """Full track objects as they arrive, each with its requested id; None for unknown ids.

        Raises:
            CaptureError: the others cannot be read.
        """
        ...


class SimulatedPlaylists:
    """The sample source: any day, no account. Captures are dated five minutes past midnight UTC.

    The chart of Japan only names its songs' artists, as a chart file does, so that there are track details to request.
    """

    name = "sample"
    # Keeping them would save nothing, and this way a day does not depend on earlier captures.
    profiles_keep = timedelta(0)
    counts_requests = False
    gives_batches = True
    concurrency = 1

    def __init__(self) -> None:
        self._charts = SampleSource()
        self.sent = Counter[str]()
        self.closed_until: Mapping[str, datetime | None] = {}

    def close(self, endpoint: str, until: datetime) -> None:
        """No endpoint has a quota."""

    def allow(self, allowance: Allowance | None) -> None:
        """There are no requests to limit."""

    def now(self) -> datetime:
        """The time in UTC."""
        return datetime.now(UTC)

    def captured_at(self, day: date) -> datetime:
        """Five minutes past midnight of that day, so that a day captured twice is the same object."""
        return datetime.combine(day, time(0, 5), tzinfo=UTC)

    def playlist(self, entry: PlaylistEntry, day: date) -> Reading:
        """The chart of the entry's region on that day."""
        if entry.playlist_id == LIKED:
            raise CaptureError("the sample has no user with liked songs. Remove it from PLAYLISTS_FILE.")
        region = entry.region or entry.name
        document = self._charts.playlist(entry.playlist_id, entry.name, region, day)
        return Reading(named_alone(document) if region == NAMED_ALONE else document)

    def artists(self, artist_ids: Iterable[str], day: date) -> Iterator[dict[str, Any]]:
        """Full artist objects of the simulation."""
        yield from self._charts.artists(artist_ids, day)

    def tracks(self, track_ids: Iterable[str], day: date) -> Iterator[tuple[str, dict[str, Any] | None]]:
        """Full track objects of the simulation."""
        yield from self._charts.tracks(track_ids)
