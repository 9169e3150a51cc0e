"""The Spotify API as a source: whole playlists of today, and artist profiles at as few requests as may be."""

import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

from spotify_assets.config import Settings
from spotify_assets.spotify.api import ARTISTS_PER_CALL, NOT_AN_ANSWER, Patience, SpotifyApi
from spotify_assets.spotify.errors import CaptureError, EntriesWithheld, NotFound, NotToday, Refused, Unavailable
from spotify_assets.spotify.payloads import ID, Generation
from spotify_assets.spotify.playlist_entry import PlaylistEntry

ATTEMPTS = 6
READINGS = 3


def utc_now() -> datetime:
    """The time in UTC."""
    return datetime.now(UTC)


class Restless(CaptureError):
    """A playlist changed each time while it was read."""

    may_pass = True


class LivePlaylists:
    """The Spotify API, which shows only today."""

    name = "spotify"
    profiles_keep = timedelta(days=30)

    def __init__(
        self, settings: Settings, patience: Patience | None = None, clock: Callable[[], datetime] = utc_now
    ) -> None:
        """Nothing is asked yet; `clock` tells the time in UTC."""
        self._clock = clock
        self.concurrency = settings.spotify_concurrency
        self._api = SpotifyApi(settings, patience or Patience(ATTEMPTS, settings.spotify_longest_wait))
        self._gives_batches = True

    @property
    def requests(self) -> int:
        """Requests sent so far."""
        return self._api.requests

    def captured_at(self, day: date) -> datetime:
        """Now, where `day` is today in UTC."""
        now = self._clock()
        if day != now.date():
            raise NotToday(
                f"Spotify shows only today ({now.date()} UTC); a snapshot of {day} taken now would be a lie. "
                f"If raw objects of {day} exist elsewhere, put them into raw/to_be_processed/snapshot_date={day}/."
            )
        return now

    def playlist(self, entry: PlaylistEntry, day: date) -> dict[str, Any]:
        """The playlist with all its entries, all of one version of it."""
        for _ in range(READINGS):
            if (document := self._read(entry.playlist_id)) is not None:
                return document
        raise Restless(f"it changed while it was read, {READINGS} times in a row. Try again in a few minutes.")

    def _read(self, playlist_id: str) -> dict[str, Any] | None:
        """One reading; None where the playlist changed meanwhile, since its pages are never stitched."""
        document = self._api.playlist(playlist_id)
        # `items` is the newer name; an answer with both (seen in 2026) says the same twice.
        generation: Generation = "tracks" if document.get("items") is None else "items"
        first = document.get(generation)
        if not isinstance(first, dict) or not isinstance(first.get("items"), list):
            raise self._withheld(document)
        entries, total = list(first["items"]), first.get("total")
        if not isinstance(total, int):
            raise Unavailable(NOT_AN_ANSWER)
        while len(entries) < total:
            page = self._page(document, generation, offset=len(entries))
            if page.get("total") != total or not page.get("items"):
                return None
            entries.extend(page["items"])
        is_in_pages = len(entries) > len(first["items"])
        if len(entries) != total or (is_in_pages and not self._is_still(document)):
            return None
        whole = {**first, "items": entries, "limit": len(entries), "next": None}
        others = {name: value for name, value in document.items() if name not in ("items", "tracks")}
        return {**others, generation: whole}

    def _page(self, document: dict[str, Any], generation: Generation, offset: int) -> dict[str, Any]:
        try:
            return self._api.entries(document["id"], generation, offset)
        except Refused as error:
            if error.status != 403:
                raise
            raise self._withheld(document) from None

    def _is_still(self, document: dict[str, Any]) -> bool:
        """Whether the playlist is of the version that was read: its pages do not say."""
        return self._api.playlist(document["id"], "snapshot_id").get("snapshot_id") == document.get("snapshot_id")

    def _withheld(self, document: dict[str, Any]) -> EntriesWithheld:
        return EntriesWithheld((document.get("owner") or {}).get("id"), self._api.user())

    def artists(self, artist_ids: Iterable[str], day: date) -> Iterator[dict[str, Any]]:
        """Full artist objects: in batches where the app may ask so, which the first refusal tells for good."""
        wanted = [artist_id for artist_id in artist_ids if re.fullmatch(ID, artist_id)]
        done = 0
        if len(wanted) > 1 and self._gives_batches:
            for start in range(0, len(wanted), ARTISTS_PER_CALL):
                batch = wanted[start : start + ARTISTS_PER_CALL]
                try:
                    found = self._api.artists(batch)
                except (NotFound, Refused) as error:
                    if done or (isinstance(error, Refused) and error.status not in (403, 410)):
                        raise
                    self._gives_batches = False
                    break
                yield from filter(None, found.get("artists") or [])
                done += len(batch)
        with ThreadPoolExecutor(self.concurrency) as readers:
            yield from filter(None, readers.map(self._artist, wanted[done:]))

    def _artist(self, artist_id: str) -> dict[str, Any] | None:
        try:
            return self._api.artist(artist_id)
        except NotFound:
            return None
