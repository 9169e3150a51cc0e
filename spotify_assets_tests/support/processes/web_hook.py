"""A service that takes alerts, as Apprise's `json://` addresses send them."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from spotify_assets_tests.support.processes.serving import serving


@dataclass
class WebHook:
    """What was sent to it, in order; `address` is for ALERT_ADDRESSES, and `status` what it answers."""

    address: str = ""
    status: int = 200
    taken: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)


@contextmanager
def web_hook(token: str = "hook") -> Iterator[WebHook]:
    """One for as long as the context lasts; its address holds the token."""
    hook = WebHook()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
            """Nothing on the screen."""

        def do_POST(self) -> None:
            hook.taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            hook.paths.append(self.path)
            self.send_response_only(hook.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

    with serving(Handler, threading.Event()) as url:
        hook.address = f"{url.replace('http://', 'json://')}/{token}"
        yield hook
