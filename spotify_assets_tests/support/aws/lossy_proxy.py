"""A proxy between a client and a stand-in that loses or delays an answer, or damages what is sent, on its way."""

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

# The proxy reads a body whole and states its length.
NOT_FORWARDED = {"content-length", "expect", "transfer-encoding"}
HOP_BY_HOP = {"connection", "content-length", "date", "server", "transfer-encoding"}


@dataclass
class Proxy:
    """What happens on the way to `target_port`.

    `requests` are `METHOD target` of all that came by, `came_at` the times at which they did (seconds since the epoch).
    """

    target_port: int
    lose_answer: Callable[[str], bool] = lambda _: False
    damage: Callable[[str, bytes], bytes] = lambda _, body: body
    delay_seconds: float = 0
    requests: list[str] = field(default_factory=list)
    came_at: list[float] = field(default_factory=list)
    endpoint: str = ""


@contextmanager
def proxy_to(target_port: int) -> Iterator[Proxy]:
    """A proxy on a port of its own, for as long as the context lasts."""
    proxy = Proxy(target_port)
    # Each connection has a thread.
    recording = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version: ClassVar[str] = "HTTP/1.1"  # pyright: ignore[reportIncompatibleVariableOverride]
        # An answer in one packet, as servers send it: its body otherwise waits 40 ms for the receipt of its headers.
        wbufsize: ClassVar[int] = -1
        disable_nagle_algorithm: ClassVar[bool] = True

        def log_message(self, *_: object) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
            """Nothing on the screen."""

        def body(self) -> Iterator[bytes]:
            if self.headers.get("Transfer-Encoding") != "chunked":
                yield self.rfile.read(int(self.headers.get("Content-Length") or 0))
                return
            while size := int(self.rfile.readline().split(b";")[0], 16):
                yield self.rfile.read(size)
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass  # trailers

        def handle_any(self) -> None:
            request = f"{self.command} {self.headers.get('X-Amz-Target') or self.path}"
            with recording:
                proxy.requests.append(request)
                proxy.came_at.append(time.time())
            time.sleep(proxy.delay_seconds)
            body = proxy.damage(request, b"".join(self.body()))
            headers = {name: value for name, value in self.headers.items() if name.lower() not in NOT_FORWARDED}
            connection = http.client.HTTPConnection("127.0.0.1", proxy.target_port, timeout=30)
            try:
                connection.request(self.command, self.path, body, headers)
                response = connection.getresponse()
                content = response.read()
            finally:
                connection.close()
            if proxy.lose_answer(request):
                self.close_connection = True
                return
            self.send_response_only(response.status, response.reason)
            for name, value in response.getheaders():
                if name.lower() not in HOP_BY_HOP:
                    self.send_header(name, value)
            length = response.getheader("Content-Length", "0") if self.command == "HEAD" else str(len(content))
            self.send_header("Content-Length", length)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_any  # noqa: N815  names that http.server asks for

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        proxy.endpoint = f"http://127.0.0.1:{server.server_port}"
        serving = threading.Thread(target=server.serve_forever, args=(0.02,))
        serving.start()
        try:
            yield proxy
        finally:
            server.shutdown()
            serving.join()


def first_time(request: str) -> Callable[[str], bool]:
    """True for the first request that contains `request`, false for all others."""
    seen: list[str] = []

    def is_first(found: str) -> bool:
        if request not in found or seen:
            return False
        seen.append(found)
        return True

    return is_first
