"""An S3 and Glue that answers every request with the same error, as AWS words it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar


@contextmanager
def refusing_server(status: int, code: str, message: str = "refused") -> Iterator[str]:
    """Address of the server, for as long as the context lasts."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version: ClassVar[str] = "HTTP/1.1"  # pyright: ignore[reportIncompatibleVariableOverride]

        def log_message(self, *_: object) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
            """Nothing on the screen."""

        def refuse(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>{message}</Message></Error>'
            if "X-Amz-Target" in self.headers:
                body = json.dumps({"__type": code, "message": message})
            self.send_response_only(status)
            self.send_header("Content-Length", str(len(body)))
            # Which AWS adds to every answer about a bucket that lies elsewhere.
            self.send_header("x-amz-bucket-region", "ap-southeast-2")
            self.end_headers()
            self.wfile.write(b"" if self.command == "HEAD" else body.encode())

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = refuse  # noqa: N815  names that http.server asks for

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        serving = threading.Thread(target=server.serve_forever, args=(0.02,))
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            serving.join()
