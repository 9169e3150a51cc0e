"""Counts the requests of a capture, and enforces their limit."""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from threading import Lock

from spotify_assets.capture.playlists_file import playlists_to_capture
from spotify_assets.capture.request_budget import OF_PLAYLISTS, Budget
from spotify_assets.lake.errors import LakeError
from spotify_assets.lake.raw import playlist_kind
from spotify_assets.lake.raw_lake import RawLake
from spotify_assets.lake.request_counts import LastDay, RequestCounts, Sent
from spotify_assets.spotify.errors import Allowance, CaptureError, QuotaExceeded
from spotify_assets.spotify.source import PlaylistSource

# Requests after which the count is saved: at most so many are lost if the process is killed.
AT_ONCE = 50
# Some 600 in 24 hours used up a quota in 2026 (Spotify states none); the other half is for the day's artists.
ARTIST_REQUESTS = 300
log = logging.getLogger(__name__)


class CountedRequests:
    """The requests of one capture to a source. Nothing is saved or limited if the source does not count."""

    def __init__(self, lake: RawLake, source: PlaylistSource) -> None:
        """Reads the requests sent before."""
        self._source = source
        self._counts = RequestCounts(lake.raw_storage)
        self._told = Counter(source.sent)
        self._first = self._told.total()
        self._read = 0
        self._lock = Lock()
        self._written: list[Sent] = []
        now = source.now()
        last = self._counts.last_day(now) if source.counts_requests else LastDay([], {})
        self._before = Budget(lake.settings.spotify_daily_requests if source.counts_requests else None, last.sent, now)
        for endpoint, until in last.closed_until.items():
            source.close(endpoint, until)
        self._closed = set(source.closed_until)

    @property
    def budget(self) -> Budget:
        """The requests sent, including the saved ones of this capture."""
        return self._before.and_then(self._written) if self._written else self._before

    @property
    def requests(self) -> int:
        """Requests of this capture."""
        return Counter(self._source.sent).total() - self._first

    def allow(self, requests: int | None, reason: str) -> None:
        """Lets the source send so many; past them it says why not. None bounds nothing."""
        budget = self.budget
        bound = "" if budget.daily is None else f" of SPOTIFY_DAILY_REQUESTS={budget.daily}"
        told = (
            f"{reason} ({budget.used:,}{bound} were sent in the 24 hours before; the next is free at "
            f"{budget.more_at.astimezone():%Y-%m-%d %H:%M %Z}, {budget.more_at:%Y-%m-%d %H:%M} UTC.)"
        )
        self._source.allow(None if requests is None else Allowance(requests, told, budget.more_at))

    def note(self, playlists: int = 0, at_least: int = AT_ONCE) -> None:
        """Counts playlists as read, and saves the requests sent since the last time, once there are enough."""
        with self._lock:
            self._read += playlists
            now_sent = Counter(self._source.sent)
            new = now_sent - self._told
            if new.total() < at_least:
                return
            sent = Sent(self._source.now(), new, self._read)
            self._told, self._read = now_sent, 0
            self._written.append(sent)
        # The captured data is worth more than its count.
        try:
            self._counts.add(sent)
        except LakeError as error:
            log.warning("%d requests to Spotify are not counted: %s", new.total(), error)

    def remember_closed(self) -> None:
        """Shares closed endpoints with other processes; not those of playlists, which are always tried."""
        for endpoint, until in self._source.closed_until.items():
            if endpoint in self._closed or until is None or endpoint.startswith(OF_PLAYLISTS):
                continue
            try:
                self._counts.close(endpoint, self._source.now(), until)
            except LakeError as error:
                log.warning("Other processes will call %s in vain: %s", endpoint, error)

    def leave_to_playlists(self, lake: RawLake, day: date, others: str, share: float = 1) -> int | None:
        """Reserves the requests that playlists may need: today's uncaptured ones, and all of the next day's.

        `others` may take `share` of the rest; gives that number of requests, None without a limit.
        """
        if self.budget.left is None:
            return None
        playlists = playlists_to_capture(lake.settings)
        had = {found.kind for found in lake.raw.captures(day)}
        uncaptured = sum(playlist_kind(entry.playlist_id) not in had for entry in playlists)
        kept = self.budget.needed_for(len(playlists) + uncaptured)
        free = int((self.budget.for_others(len(playlists), uncaptured) or 0) * share)
        self.allow(free, f"No request is left for {others}: playlists may need {kept:,} before today's are free again.")
        return free

    def leave_to_profiles(self, lake: RawLake, day: date, others: str) -> None:
        """Also reserves for profiles of the day's artists what Spotify's quota for artists may allow in 24 hours."""
        left = self.leave_to_playlists(lake, day, others)
        free = max(0, ARTIST_REQUESTS - self.budget.by_endpoint.get("artists", 0))
        if left is None or free < left:
            self.allow(free, f"{ARTIST_REQUESTS} requests about artists in 24 hours are the limit for {others}.")

    @contextmanager
    def batches(self, day: date) -> Iterator[None]:
        """Allows batch requests in this context, unless refused lately; a refusal is remembered."""
        is_refused = self._source.counts_requests and self._counts.batches_are_refused(day)
        self._source.gives_batches = self._source.gives_batches and not is_refused
        try:
            yield
        finally:
            if not self._source.gives_batches and not is_refused:
                self._refuse_batches(day)

    def _refuse_batches(self, day: date) -> None:
        try:
            self._counts.refuse_batches(day)
        except LakeError as error:
            log.warning("Batch requests, which Spotify refuses, will be tried again: %s", error)


@contextmanager
def counted_requests(lake: RawLake, source: PlaylistSource) -> Iterator[CountedRequests]:
    """Counts requests in this context, however it ends; afterwards the source has no limit."""
    counted = CountedRequests(lake, source)
    try:
        yield counted
    finally:
        counted.note(at_least=1)
        counted.remember_closed()
        source.allow(None)


def left_for_another_day(failure: CaptureError | None) -> tuple[CaptureError | None, str | None]:
    """The failure, or why the rest was not requested: a used-up quota is no failure."""
    if isinstance(failure, QuotaExceeded):
        return None, f"{failure} The next capture retries."
    return failure, None
