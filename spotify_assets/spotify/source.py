"""What a source of playlists is to the assets: the sample simulation or the Spotify API."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Any, Protocol

from spotify_assets.playlists import PlaylistEntry
from spotify_assets.spotify.sample.source import SampleSource


class CaptureError(RuntimeError):
    """A playlist could not be captured; the message says which, why, and what to do."""


class PlaylistSource(Protocol):
    """Where snapshots come from; documents are in Spotify's JSON."""

    name: str

    def captured_at(self, day: date) -> datetime:
        """The UTC time of a capture that is made now for `day`.

        Raises:
            CaptureError: this source cannot show that day.
        """
        ...

    def playlist(self, entry: PlaylistEntry, day: date) -> dict[str, Any]:
        """A playlist with all its entries."""
        ...

    def artists(self, artist_ids: Iterable[str], day: date) -> list[dict[str, Any]]:
        """Full artist objects; ids that the source does not know are absent."""
        ...


class SimulatedPlaylists:
    """The sample source: any day, no account. Captures are dated five minutes past midnight UTC."""

    name = "sample"

    def __init__(self) -> None:
        self._charts = SampleSource()

    def captured_at(self, day: date) -> datetime:
        """Five minutes past midnight of that day, so that a day captured twice is the same object."""
        return datetime.combine(day, time(0, 5), tzinfo=UTC)

    def playlist(self, entry: PlaylistEntry, day: date) -> dict[str, Any]:
        """The chart of the entry's region on that day."""
        return self._charts.playlist(entry.playlist_id, entry.name, entry.region or entry.name, day)

    def artists(self, artist_ids: Iterable[str], day: date) -> list[dict[str, Any]]:
        """Full artist objects of the simulation."""
        return self._charts.artists(artist_ids, day)


class LivePlaylists:
    """The Spotify API. It shows only today; reading it is not built yet."""

    name = "spotify"

    def captured_at(self, day: date) -> datetime:
        """Now, where `day` is today in UTC."""
        now = datetime.now(UTC)
        if day != now.date():
            raise CaptureError(
                f"Spotify shows only today ({now.date()} UTC); a snapshot of {day} taken now would be a lie. "
                f"If raw objects of {day} exist elsewhere, put them into raw/to_be_processed/snapshot_date={day}/."
            )
        return now

    def playlist(self, entry: PlaylistEntry, day: date) -> dict[str, Any]:
        """Refuses: this version reads what other extractors land."""
        raise CaptureError(
            "This version does not read the Spotify API itself. Let your extractor write its JSON to "
            "raw/to_be_processed/ in the lake, then materialize the tables; or set SPOTIFY_SOURCE=sample."
        )

    def artists(self, artist_ids: Iterable[str], day: date) -> list[dict[str, Any]]:
        """Refuses, like `playlist`."""
        raise CaptureError("This version does not read artist profiles from the Spotify API itself.")
