"""The process behind `MotoAws`: moto's server, with the parts of Glue that moto leaves out, and a record of all calls.

The runs of jobs are in `glue_jobs`, the tasks of ECS in `ecs_tasks`. And AWS Glue refuses `UpdateTable` with
`ConcurrentModificationException` when the given `VersionId` is not the table's current one. Iceberg's commits on Glue
rest on exactly that; moto ignores `VersionId` and lets the last writer win, so a test of concurrent commits against
plain moto loses updates that AWS would keep.
"""

import argparse
import io
import json
import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult
from moto.glue.responses import GlueResponse
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server
from werkzeug.wsgi import get_input_stream

from spotify_assets_tests.support.aws.calls import Call, Request, calls_of
from spotify_assets_tests.support.aws.ecs_tasks import run_ecs_tasks
from spotify_assets_tests.support.aws.glue_jobs import run_glue_jobs
from spotify_assets_tests.support.aws.moto import CALLS_PATH, KINDS_PATH
from spotify_assets_tests.support.aws.request_kinds import kind_of, place_of
from spotify_assets_tests.support.processes.child_server import announce, wait_for_parent


def check_glue_versions() -> None:
    """Make this process's Glue refuse an update of a table version that is not the current one, as AWS does."""
    update_table = GlueResponse.update_table
    # The server answers every request in a thread of its own: compare and update must be one step.
    lock = threading.Lock()

    def update_current_version(self: GlueResponse) -> ActionResult:
        expected = self.parameters.get("VersionId")
        database, table = self.parameters["DatabaseName"], self.parameters["TableInput"]["Name"]
        with lock:
            current = self.glue_backend.get_table(database, table).as_dict()["VersionId"]
            # Without VersionId AWS does not check either.
            if expected is not None and expected != current:
                message = f"Update table failed due to concurrent modifications: version {expected}, now {current}."
                raise JsonRESTError("ConcurrentModificationException", message)
            return update_table(self)

    GlueResponse.update_table = update_current_version


class Recorded:
    """An application that remembers its requests by kind, and which permissions they needed, and tells who asks."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app = app
        self._calls: Counter[Call] = Counter()
        self._kinds: Counter[tuple[str, str]] = Counter()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == CALLS_PATH:
            start_response("200 OK", [("Content-Type", "application/json")])
            return [json.dumps([[vars(call), times] for call, times in sorted(self._calls.items())]).encode()]
        if environ["PATH_INFO"] == KINDS_PATH:
            start_response("200 OK", [("Content-Type", "application/json")])
            return [json.dumps([[kind, times] for kind, times in sorted(self._kinds.items())]).encode()]
        body = get_input_stream(environ).read()
        environ["wsgi.input"] = io.BytesIO(body)
        headers = {name[5:].replace("_", "-").lower(): text for name, text in environ.items() if name[:5] == "HTTP_"}

        def start(status: str, *rest: Any) -> Any:
            told = Request(
                environ["REQUEST_METHOD"],
                environ["PATH_INFO"].encode("latin-1").decode(errors="replace"),
                environ["QUERY_STRING"],
                headers,
                body,
                int(status.split(maxsplit=1)[0]),
            )
            self._calls.update(calls_of(told))
            query = f"?{told.query}" if told.query else ""
            request = f"{told.method} {headers.get('x-amz-target') or told.path + query}"
            self._kinds[place_of(request), kind_of(request)] += 1
            return start_response(status, *rest)

        return self._app(environ, start)


def serve(port: int) -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    check_glue_versions()
    dispatcher = DomainDispatcherApplication(create_backend_app)
    # Or moto would list its own folders for each request.
    dispatcher.get_backend_for_host = cache(dispatcher.get_backend_for_host)
    app = Recorded(dispatcher)
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=MotoRequestHandler)
    # A daemon: there is nothing to save, so the process may end in the middle of a request.
    threading.Thread(target=server.serve_forever, daemon=True).start()
    run_glue_jobs(f"http://127.0.0.1:{server.server_port}")
    run_ecs_tasks()
    announce(server.server_port)
    wait_for_parent()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="moto's server with Glue's version check, until stdin ends.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    serve(parser.parse_args().port)
