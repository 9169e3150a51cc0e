"""What the fake Spotify holds and does: its playlists, its limits, its scripted faults, what has arrived."""

import math
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from spotify_assets_tests.support.spotify.clock import Clock
from spotify_assets_tests.support.spotify.playlists import Generation, Playlist
from spotify_assets_tests.support.spotify.quota import Quota, bucket
from spotify_assets_tests.support.spotify.sign_in import SignIn

Kind = Literal["status", "reset", "timeout", "garbage"]


@dataclass(frozen=True)
class Request:
    """A request that arrived; `at` is `time.monotonic()`."""

    method: str
    path: str
    query: Mapping[str, str]
    authorized: bool
    at: float


@dataclass
class Script:
    """Something that happens to the next `times` requests whose path, or path with query, matches."""

    pattern: re.Pattern[str]
    times: int
    kind: Kind = "status"
    status: int = 500
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    action: Callable[[], object] | None = None


@dataclass
class RateLimit:
    """At most `requests` in any `seconds`; past them everything is refused until `retry_after` seconds have passed."""

    requests: int
    seconds: float
    retry_after: float
    arrived: deque[float] = field(default_factory=deque)
    refused_until: float = 0.0

    def wait(self) -> int | None:
        """Whole seconds that the caller must wait, none if it may pass."""
        now = time.monotonic()
        while self.arrived and self.arrived[0] <= now - self.seconds:
            self.arrived.popleft()
        if now >= self.refused_until:
            if len(self.arrived) < self.requests:
                self.arrived.append(now)
                return None
            self.refused_until = now + self.retry_after
        # A sum of floats is a hair more than its parts now and then.
        return math.ceil(round(self.refused_until - now, 6))


class FakeSpotify:
    """The state of the fake, and what tests ask of it. Use `fake_spotify` to start one."""

    def __init__(self, generation: Generation, user: str = "the-user") -> None:
        self.generation: Generation = generation
        self.user = user
        self.url = ""
        self.clock = Clock()
        self.sign_in = SignIn(user, self.clock)
        self.latency = 0.0
        self.requests: list[Request] = []
        self.playlists: dict[str, Playlist] = {}
        self.liked: list[dict[str, Any]] = []
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._limit: RateLimit | None = None
        self._quotas: dict[str, Quota] = {}
        self._scripts: list[Script] = []

    @property
    def client_id(self) -> str:
        return self.sign_in.client_id

    @property
    def client_secret(self) -> str:
        return self.sign_in.client_secret

    @property
    def refresh_token(self) -> str:
        return self.sign_in.refresh_token

    @property
    def tokens(self) -> list[str]:
        """Every code, access token and refresh token that was ever issued, the first refresh token included."""
        return self.sign_in.tokens

    def add_playlist(
        self,
        playlist_id: str,
        *,
        name: str = "A playlist",
        songs: int = 250,
        owner: str = "the-user",
        region: str = "us",
        odd_entries: bool = False,
    ) -> None:
        """Another's playlist has no entries in development mode; "spotify", the editors, answer 404 to everybody.

        The first 100 songs are the region's sample chart. `odd_entries` adds a removed song, a local file and an
        episode, which count as entries.
        """
        self.playlists[playlist_id] = Playlist(playlist_id, name, owner, self.generation, songs, region, odd_entries)

    def change_playlist(self, playlist_id: str) -> None:
        """Its user adds a song: one entry more, a new snapshot_id."""
        with self._lock:
            self.playlists[playlist_id].change()

    def limit(self, requests: int, seconds: float, retry_after: float) -> None:
        """From now on the API refuses more than `requests` in any `seconds` with 429 and Retry-After."""
        self._limit = RateLimit(requests, seconds, retry_after)

    def quota(self, endpoint: str, requests: int, *, tells: bool = True) -> None:
        """From now on the API refuses more than `requests` of an endpoint (`bucket`) in any 24 hours of `clock`."""
        self._quotas[endpoint] = Quota(requests, tells)

    def fail(
        self,
        path_regex: str,
        *,
        status: int = 500,
        times: int = 1,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
        kind: Kind = "status",
    ) -> None:
        """The next `times` requests that match fail; a body that is neither text nor bytes is sent as JSON."""
        with self._lock:
            self._scripts.append(Script(re.compile(path_regex), times, kind, status, headers or {}, body))

    def before(self, path_regex: str, action: Callable[[], object], times: int = 1) -> None:
        """Runs `action` before the next `times` requests that match are answered."""
        with self._lock:
            self._scripts.append(Script(re.compile(path_regex), times, action=action))

    def revoke_refresh_token(self) -> None:
        self.sign_in.revoke_refresh_tokens()

    def expire_access_tokens(self) -> None:
        self.sign_in.expire_access_tokens()

    def arrive(self, request: Request, target: str) -> tuple[list[Script], Script | None]:
        """Notes a request; gives what happens before it is answered, and the fault that is its answer."""
        with self._lock:
            self.requests.append(request)
            due: list[Script] = []
            fault: Script | None = None
            for script in self._scripts:
                if script.times < 1 or not (script.pattern.search(request.path) or script.pattern.search(target)):
                    continue
                if script.action is not None:
                    due.append(script)
                elif fault is None:
                    fault = script
                else:
                    continue
                script.times -= 1
            return due, fault

    def quota_refusal(self, path: str) -> dict[str, str] | None:
        """The headers with which an endpoint whose quota is used up refuses this request; none where it is not."""
        with self._lock:
            quota = self._quotas.get(bucket(path))
            seconds = quota.wait(self.clock.now()) if quota else None
        if quota is None or seconds is None:
            return None
        return {"Retry-After": str(seconds)} if quota.tells else {}

    def refused_for(self) -> int | None:
        """Whole seconds for which the rate limit refuses this request."""
        with self._lock:
            return self._limit.wait() if self._limit else None
