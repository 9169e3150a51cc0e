"""AWS for tests: the handle on moto's server, which runs in a process of its own (`moto_aws_server`).

A process of its own, so that clients are not slowed by the server's share of the interpreter lock and nothing in the
test process is patched. Importing this module imports no moto.
"""

import http.client
import json
import urllib.request
from collections import Counter
from typing import ClassVar

from spotify_assets_tests.support.aws.calls import Call
from spotify_assets_tests.support.processes.child_server import ChildServer, StandInError

CALLS_PATH, KINDS_PATH = "/recorded-calls", "/recorded-kinds"


class MotoAws(ChildServer):
    """moto over HTTP: `with MotoAws() as aws: boto3.client("glue", endpoint_url=aws.endpoint, ...)`."""

    module: ClassVar[str] = "spotify_assets_tests.support.aws.moto_server"
    health_path: ClassVar[str] = "/moto-api/data.json"

    def reset(self) -> None:
        """Forget everything, in all services: for use between tests that share the server."""
        status = self.request("POST", "/moto-api/reset")
        if status != http.client.OK:
            raise StandInError(f"reset answered {status}")

    def calls(self) -> Counter[Call]:
        """Every permission that was needed since the server began, and how often."""
        with urllib.request.urlopen(f"{self.endpoint}{CALLS_PATH}", timeout=30) as answer:
            return Counter({Call(**call): times for call, times in json.load(answer)})

    def kinds(self) -> Counter[tuple[str, str]]:
        """The requests since the server began: what of a lake each was about, and its kind."""
        with urllib.request.urlopen(f"{self.endpoint}{KINDS_PATH}", timeout=30) as answer:
            return Counter({(place, kind): times for (place, kind), times in json.load(answer)})
