"""Lambda for tests: its Invoke API over HTTP, which runs a package's handler as the runtime does.

Each invocation is a process of its own that finds the package and Python's standard library, and nothing else: no
environment of the one who runs the tests, no other packages.
Source of the API: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html.
"""

import base64
import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

LOG_TAIL_BYTES = 4096
# As Lambda's own bootstrap: import, call, and give the result, or the error by its type and message.
BOOTSTRAP = """
import importlib, json, logging, sys
folder, named, result = sys.argv[1:]
sys.path.insert(0, folder)
logging.basicConfig(level=logging.WARNING)
module, function = named.rsplit(".", 1)
try:
    answer = getattr(importlib.import_module(module), function)(json.load(sys.stdin), None)
except Exception as error:
    logging.exception("the handler failed")
    answer = {"errorMessage": str(error), "errorType": type(error).__name__}
    sys.exitcode = 1
with open(result, "w") as file:
    json.dump(answer, file)
sys.exit(getattr(sys, "exitcode", 0))
"""


@contextmanager
def lambda_runtime(package: Path, handler: str, variables: Mapping[str, str], scratch: Path) -> Iterator[str]:
    """Address of a Lambda whose every function is `handler` of the unzipped package, for as long as the context lasts.

    What the handler logged last is in `scratch / "log"`.
    """

    class Invoke(BaseHTTPRequestHandler):
        protocol_version: ClassVar[str] = "HTTP/1.1"  # pyright: ignore[reportIncompatibleVariableOverride]

        def log_message(self, *_: object) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
            """Nothing on the screen."""

        def do_POST(self) -> None:
            event = self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}"
            result = scratch / "result.json"
            command = [sys.executable, "-I", "-S", "-c", BOOTSTRAP, str(package), handler, str(result)]
            ran = subprocess.run(
                command,
                input=event,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=dict(variables),
                cwd=package,
                check=False,
            )
            (scratch / "log").write_bytes(ran.stdout)
            payload = result.read_bytes() if result.exists() else json.dumps({"errorMessage": "it died"}).encode()
            self.send_response_only(200)
            if ran.returncode:
                self.send_header("X-Amz-Function-Error", "Unhandled")
            if self.headers.get("X-Amz-Log-Type") == "Tail":
                self.send_header("X-Amz-Log-Result", base64.b64encode(ran.stdout[-LOG_TAIL_BYTES:]).decode())
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

    with ThreadingHTTPServer(("127.0.0.1", 0), Invoke) as server:
        serving = threading.Thread(target=server.serve_forever, args=(0.02,))
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            serving.join()
