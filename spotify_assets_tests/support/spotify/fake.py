"""A Spotify for tests: its Web API in both generations and its sign-in, over HTTP, with scripted faults.

Set `SPOTIFY_ENDPOINT_URL` to its `url`: the API is under /v1, the sign-in under /authorize and /api/token.
The generations are those of https://developer.spotify.com/documentation/web-api/tutorials/february-2026-migration-guide.
"""

import math
import re
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any, ClassVar, Literal
from urllib.parse import parse_qsl, urlsplit

import msgspec

from spotify_assets_tests.support.processes.serving import serving
from spotify_assets_tests.support.spotify import playlists as contents
from spotify_assets_tests.support.spotify.api import ApiError, answer, error_body
from spotify_assets_tests.support.spotify.playlists import Generation, Playlist
from spotify_assets_tests.support.spotify.sign_in import AccessToken, SignIn, SignInError

Kind = Literal["status", "reset", "timeout", "garbage"]
# Longer than any client of the tests waits.
HANG_SECONDS = 120
MESSAGES = {500: "Server error.", 502: "Error while loading resource", 503: "Service unavailable"}


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
        return math.ceil(self.refused_until - now)


class FakeSpotify:
    """The state of the fake, and what tests ask of it. Use `fake_spotify` to start one."""

    def __init__(self, generation: Generation, user: str = "the-user") -> None:
        self.generation: Generation = generation
        self.user = user
        self.url = ""
        self.sign_in = SignIn(user)
        self.latency = 0.0
        self.requests: list[Request] = []
        self.playlists: dict[str, Playlist] = {}
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._limit: RateLimit | None = None
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
        """The next `times` requests that match fail; a body that is no text is sent as JSON."""
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

    def refused_for(self) -> int | None:
        """Whole seconds for which the rate limit refuses this request."""
        with self._lock:
            return self._limit.wait() if self._limit else None


@contextmanager
def fake_spotify(generation: Generation = "development") -> Iterator[FakeSpotify]:
    """A fake that serves on 127.0.0.1 for as long as the context lasts."""
    fake = FakeSpotify(generation)

    class Handler(FakeSpotifyHandler):
        spotify = fake

    with serving(Handler, fake.closing) as address:
        fake.url = address
        yield fake


class FakeSpotifyHandler(BaseHTTPRequestHandler):
    """One connection of a client."""

    spotify: ClassVar[FakeSpotify]
    protocol_version: ClassVar[str] = "HTTP/1.1"  # pyright: ignore[reportIncompatibleVariableOverride]
    # Headers and body are two writes: without this the second waits for the client's acknowledgement.
    disable_nagle_algorithm: ClassVar[bool] = True  # pyright: ignore[reportIncompatibleVariableOverride]

    def log_message(self, *_: object) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Nothing on the screen."""

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        path = parts.path.rstrip("/")
        query = dict(parse_qsl(parts.query))
        token = self.spotify.sign_in.token(self.headers.get("Authorization"))
        request = Request(self.command, path, query, isinstance(token, AccessToken), time.monotonic())
        due, fault = self.spotify.arrive(request, f"{path}?{parts.query}")
        for script in due:
            assert script.action is not None
            script.action()
        if self.spotify.latency:
            self.spotify.closing.wait(self.spotify.latency)
        if fault is not None:
            self._fail(fault)
        elif path in {"/authorize", "/api/token"}:
            self._sign_in(path, query, body)
        else:
            self._answer_api(request, token)

    def _answer_api(self, request: Request, token: Any) -> None:
        seconds = self.spotify.refused_for()
        if seconds is not None:
            self._send(429, error_body(429, "API rate limit exceeded"), {"Retry-After": str(seconds)})
            return
        try:
            document = answer(self.spotify, request.method, request.path, request.query, token)
        except ApiError as error:
            self._send(error.status, error_body(error.status, str(error)))
        else:
            fields = request.query.get("fields")
            self._send(200, contents.only(fields, document) if fields else document)

    def _sign_in(self, path: str, query: dict[str, str], body: bytes) -> None:
        sign_in = self.spotify.sign_in
        if path == "/authorize":
            status, text = sign_in.authorize(query)
            if status == 302:
                self._send(302, "", {"Location": text})
            else:
                self._send(status, text, {"Content-Type": "text/plain"})
            return
        try:
            self._send(200, sign_in.issue(dict(parse_qsl(body.decode())), self.headers.get("Authorization")))
        except SignInError as error:
            self._send(400, error.body)

    def _fail(self, fault: Script) -> None:
        match fault.kind:
            case "reset":
                # Closing with a linger time of zero sends RST where FIN is usual.
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
                self.close_connection = True
            case "timeout":
                self.spotify.closing.wait(HANG_SECONDS)
                self.close_connection = True
            case "garbage":
                self._send(200, '{"items": [{"add', fault.headers)
            case "status":
                usual = error_body(fault.status, MESSAGES.get(fault.status, "Scripted fault"))
                self._send(fault.status, usual if fault.body is None else fault.body, fault.headers)

    def _send(self, status: int, document: Any, headers: Mapping[str, str] | None = None) -> None:
        # Not the standard library's, which would take longer than the client under test.
        content = document.encode() if isinstance(document, str) else msgspec.json.encode(document)
        shown = {"Content-Type": "application/json; charset=utf-8", **(headers or {})}
        self.send_response(status)
        for name, value in shown.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
