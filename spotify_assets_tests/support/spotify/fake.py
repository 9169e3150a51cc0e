"""A Spotify for tests: its Web API in both generations and its sign-in, over HTTP, with scripted faults.

Set `SPOTIFY_ENDPOINT_URL` to its `url`: the API is under /v1, the sign-in under /authorize and /api/token.
The generations are those of https://developer.spotify.com/documentation/web-api/tutorials/february-2026-migration-guide.
"""

import json
import socket
import struct
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

import msgspec

from spotify_assets_tests.support.processes.serving import serving
from spotify_assets_tests.support.spotify import playlists as contents
from spotify_assets_tests.support.spotify.api import ApiError, answer, error_body
from spotify_assets_tests.support.spotify.playlists import Generation
from spotify_assets_tests.support.spotify.sign_in import AccessToken, SignInError
from spotify_assets_tests.support.spotify.state import FakeSpotify, Request, Script

# Longer than any client of the tests waits.
HANG_SECONDS = 120
MESSAGES = {500: "Server error.", 502: "Error while loading resource", 503: "Service unavailable"}


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
        refusal = self.spotify.quota_refusal(request.path)
        if refusal is not None:
            self._send(429, error_body(429, "API quota exceeded", "QUOTA_EXCEEDED"), refusal)
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
        content = document if isinstance(document, bytes) else _written(document)
        shown = {"Content-Type": "application/json; charset=utf-8", **(headers or {})}
        self.send_response(status)
        for name, value in shown.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _written(document: Any) -> bytes:
    if isinstance(document, str):
        return document.encode()
    try:
        return msgspec.json.encode(document)
    except UnicodeEncodeError:
        # Half a character, which Spotify has sent, goes as an escape.
        return json.dumps(document).encode()
