"""S3 for tests that moto is too kind for: the handle on OpenStack Swift with its s3api (`swift_s3_server`).

Swift is an object store in its own right: it refuses content that does not match its checksum, where moto takes it.
What it cannot do: `If-Match` on a PUT (501), tags (501), and `If-None-Match: *` between two PUTs that overlap (both
may succeed; the condition is looked at when a PUT begins). Importing this module imports no Swift.
"""

from pathlib import Path
from typing import ClassVar

from spotify_assets_tests.support.processes.child_server import ChildServer

ACCOUNT, USER, KEY, REGION = "test", "tester", "testing", "us-east-1"


class SwiftS3(ChildServer):
    """Swift over HTTP. Clients need path-style addressing (boto3: `s3={"addressing_style": "path"}`)."""

    module: ClassVar[str] = "spotify_assets_tests.support.aws.swift_server"
    health_path: ClassVar[str] = "/healthcheck"

    access_key: ClassVar[str] = f"{ACCOUNT}:{USER}"
    secret_key: ClassVar[str] = KEY
    region: ClassVar[str] = REGION

    def __init__(self, folder: Path | None = None, start_seconds: float = 180.0) -> None:
        """`folder`: where the store's own temporary folder is made; its file system needs extended attributes."""
        super().__init__(start_seconds)
        self._folder = folder

    def _arguments(self) -> list[str]:
        return [] if self._folder is None else ["--folder", str(self._folder.resolve())]
