"""An HTTP server of the tests' own, in a thread: what the fakes of Spotify and Wikidata answer through."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler], closing: threading.Event) -> Iterator[str]:
    """Serves on 127.0.0.1 for as long as the context lasts; gives the address, and sets `closing` at the end."""
    with _Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            closing.set()
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # Many connections at once are what benchmarks are made of.
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away, or that a fault has cut off, is none of the tests' errors."""
