"""The Spotify API as a source: complete playlists of today; artists and tracks with as few requests as possible."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from spotify_assets.config import Settings
from spotify_assets.spotify.api import IDS_PER_CALL, Patience, SpotifyApi
from spotify_assets.spotify.errors import Allowance, CaptureError, EntriesWithheld, NotFound, NotToday, Refused
from spotify_assets.spotify.payloads import ID, LIKED, LIKED_NAME, Doubts, Generation
from spotify_assets.spotify.playlist_entry import PlaylistEntry
from spotify_assets.spotify.reading import Reading

ATTEMPTS = 6
READINGS = 3
# Some strings of 22 characters exceed any id; chart files of others may hold them.
NO_ID = 400


def utc_now() -> datetime:
    """The time in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class _Attempt:
    """One reading: the document with all entries given, the number reported, and the versions seen.

    `is_certain` says that it is complete and of one version.
    """

    document: dict[str, Any]
    entries: list[Any]
    told: int | None
    versions: frozenset[str]
    is_certain: bool


class LivePlaylists:
    """The Spotify API, which shows only today."""

    name = "spotify"
    profiles_keep = timedelta(days=30)
    counts_requests = True

    def __init__(
        self, settings: Settings, patience: Patience | None = None, clock: Callable[[], datetime] = utc_now
    ) -> None:
        """Sends nothing yet; `clock` gives the time in UTC."""
        self._clock = clock
        self.concurrency = settings.spotify_concurrency
        self._api = SpotifyApi(settings, patience or Patience(ATTEMPTS, settings.spotify_longest_wait))
        self.gives_batches = True

    @property
    def sent(self) -> Counter[str]:
        """Requests sent so far, by endpoint."""
        return self._api.sent

    @property
    def closed_until(self) -> Mapping[str, datetime | None]:
        """Endpoints whose quota is used up, and until when (UTC)."""
        return self._api.closed_until

    def close(self, endpoint: str, until: datetime) -> None:
        """Stops calling an endpoint whose quota another process found used up."""
        self._api.close(endpoint, until)

    def allow(self, allowance: Allowance | None) -> None:
        """Limits the requests from now on."""
        self._api.allow(allowance)

    def now(self) -> datetime:
        """The time in UTC."""
        return self._clock()

    def captured_at(self, day: date) -> datetime:
        """Now, if `day` is today in UTC."""
        now = self._clock()
        if day != now.date():
            raise NotToday(
                f"Spotify shows only today ({now.date()} UTC); a snapshot of {day} taken now would be false. "
                f"If raw objects of {day} exist elsewhere, copy them to raw/to_be_processed/snapshot_date={day}/."
            )
        return now

    def playlist(self, entry: PlaylistEntry, day: date) -> Reading:
        """The playlist with all its entries, of a single version.

        If that cannot be verified (Spotify reports other numbers than it gives, or another version each time), it is
        read again until two readings have the same entries, or often enough; then the last reading, with doubts.
        """
        attempts: list[_Attempt] = []
        agreed = False
        while len(attempts) < READINGS and not agreed:
            try:
                attempt = self._read_liked_songs() if entry.playlist_id == LIKED else self._read(entry.playlist_id)
            except CaptureError:
                # An earlier reading is better than nothing.
                if not attempts:
                    raise
                break
            if attempt.is_certain:
                return Reading(attempt.document)
            agreed = any(before.entries == attempt.entries for before in attempts)
            attempts.append(attempt)
        last, versions = attempts[-1], frozenset[str]().union(*(attempt.versions for attempt in attempts))
        return Reading(last.document, Doubts(last.told, len(last.entries), len(attempts), len(versions), agreed))

    def _read(self, playlist_id: str) -> _Attempt:
        """One reading of all entries."""
        document = self._api.playlist(playlist_id)
        # `items` is the newer name; responses with both (seen in 2026) repeat the same.
        generation: Generation = "tracks" if document.get("items") is None else "items"
        first = document.get(generation)
        if not isinstance(first, dict) or not isinstance(first.get("items"), list):
            raise self._withheld(document)
        entries, totals, page = list(first["items"]), [_number(first.get("total"))], first
        while page.get("next") or len(entries) < (totals[-1] or 0):
            page = self._page(document, playlist_id, generation, offset=len(entries))
            totals.append(_number(page.get("total")))
            if not isinstance(page.get("items"), list) or not page["items"]:
                break
            entries.extend(page["items"])
        versions = {document.get("snapshot_id")}
        if len(totals) > 1:
            # Pages do not state their version.
            versions.add(self._api.playlist(playlist_id, "snapshot_id").get("snapshot_id"))
        told = totals[-1]
        whole = {**first, "items": entries, "total": told, "limit": len(entries), "next": None}
        others = {name: value for name, value in document.items() if name not in ("items", "tracks")}
        return _Attempt(
            document={**others, generation: whole},
            entries=entries,
            told=told,
            versions=frozenset(map(str, versions)),
            is_certain=set(totals) == {len(entries)} and len(versions) == 1,
        )

    def _read_liked_songs(self) -> _Attempt:
        """One reading of liked songs; they have no version, and only the name that Spotify's clients show."""
        first = page = self._api.liked_songs(0)
        entries, totals = list(page.get("items") or []), [_number(page.get("total"))]
        while page.get("items") and (page.get("next") or len(entries) < (totals[-1] or 0)):
            page = self._api.liked_songs(len(entries))
            totals.append(_number(page.get("total")))
            entries.extend(page.get("items") or [])
        whole = {**first, "items": entries, "total": totals[-1], "limit": len(entries), "next": None}
        return _Attempt(
            document={"name": LIKED_NAME, "tracks": whole},
            entries=entries,
            told=totals[-1],
            versions=frozenset(),
            is_certain=set(totals) == {len(entries)},
        )

    def _page(self, document: dict[str, Any], playlist_id: str, generation: Generation, offset: int) -> dict[str, Any]:
        try:
            return self._api.entries(playlist_id, generation, offset)
        except Refused as error:
            if error.status != 403:
                raise
            raise self._withheld(document) from None

    def _withheld(self, document: dict[str, Any]) -> EntriesWithheld:
        owner = document.get("owner")
        return EntriesWithheld(owner.get("id") if isinstance(owner, dict) else None, self._api.user())

    def artists(self, artist_ids: Iterable[str], day: date) -> Iterator[dict[str, Any]]:
        """Full artist objects; ids unknown to Spotify are left out."""
        yield from filter(None, (found for _, found in self._answers(_ARTISTS, artist_ids)))

    def tracks(self, track_ids: Iterable[str], day: date) -> Iterator[tuple[str, dict[str, Any] | None]]:
        """Full track objects, each with its requested id; None if unknown to Spotify."""
        yield from self._answers(_TRACKS, track_ids)

    def _answers(self, kind: "_Kind", wanted: Iterable[str]) -> Iterator[tuple[str, dict[str, Any] | None]]:
        """Answers by id: in batches until the first refusal shows that the app may not use them."""
        ids = [wanted_id for wanted_id in wanted if re.fullmatch(ID, wanted_id)]
        done = 0
        if len(ids) > 1 and self.gives_batches:
            for start in range(0, len(ids), IDS_PER_CALL):
                batch = ids[start : start + IDS_PER_CALL]
                try:
                    found = kind.many(self._api, batch)
                except (NotFound, Refused) as error:
                    if isinstance(error, Refused) and error.status == NO_ID:
                        # Only one of them is invalid; the others may be known.
                        yield from self._one_by_one(kind, batch)
                        done += len(batch)
                        continue
                    if done or (isinstance(error, Refused) and error.status not in (403, 410)):
                        raise
                    self.gives_batches = False
                    break
                yield from zip(batch, found.get(kind.name) or [None] * len(batch), strict=False)
                done += len(batch)
        yield from self._one_by_one(kind, ids[done:])

    def _one_by_one(self, kind: "_Kind", ids: list[str]) -> Iterator[tuple[str, dict[str, Any] | None]]:
        """Answers in order; after a failure only those received meanwhile."""
        with ThreadPoolExecutor(self.concurrency) as readers:
            answers = [(each, readers.submit(self._one, kind, each)) for each in ids]
            for number, (each, answer) in enumerate(answers, 1):
                try:
                    found = answer.result()
                except CaptureError:
                    readers.shutdown(cancel_futures=True)
                    later = answers[number:]
                    done = [each for each in later if not each[1].cancelled() and each[1].exception() is None]
                    yield from ((each, answer.result()) for each, answer in done)
                    raise
                yield each, found

    def _one(self, kind: "_Kind", wanted_id: str) -> dict[str, Any] | None:
        try:
            return kind.one(self._api, wanted_id)
        except NotFound:
            return None
        except Refused as error:
            if error.status != NO_ID:
                raise
            return None


@dataclass(frozen=True)
class _Kind:
    """A kind of object requested by id: its name in batch responses, and the calls for many and for one."""

    name: str
    many: Callable[[SpotifyApi, list[str]], dict[str, Any]]
    one: Callable[[SpotifyApi, str], dict[str, Any]]


_ARTISTS = _Kind("artists", SpotifyApi.artists, SpotifyApi.artist)
_TRACKS = _Kind("tracks", SpotifyApi.tracks, SpotifyApi.track)


def _number(told: Any) -> int | None:
    return told if isinstance(told, int) and not isinstance(told, bool) else None
