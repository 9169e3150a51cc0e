"""Dumps of Dagster's own database in the work bucket: stored and returned. `deploy/lakehouse` takes and restores them.

python -m spotify_assets.automation.history keep < dump.sql.gz
python -m spotify_assets.automation.history give [NAME] > dump.sql.gz
"""

import os
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import IO

import obstore

from spotify_assets.config import Settings, SettingsError, settings
from spotify_assets.lake.errors import LakeError
from spotify_assets.lake.storage import Storage

FOLDER = "dagster-history"
ENDING = ".sql.gz"


def work_bucket(name: str, found: Settings) -> Storage:
    """The bucket for Dagster's own data."""
    return Storage(f"s3://{name}", found.aws_endpoint_url)


def keep(bucket: Storage, dump: IO[bytes]) -> str:
    """Stores a dump under the current time; gives its name. It is written in parts, and visible once complete."""
    name = f"{datetime.now(UTC):%Y-%m-%dT%H-%M-%S}Z"
    key = f"{FOLDER}/{name}{ENDING}"
    with bucket.clear_errors(f"write {key}"):
        obstore.put(bucket.store, key, dump)
    return name


def give(bucket: Storage, name: str | None = None) -> Iterator[bytes]:
    """The parts of the dump of this name, or of the latest.

    Raises:
        LakeError: there is none.
    """
    names = sorted(found.key.removeprefix(f"{FOLDER}/").removesuffix(ENDING) for found in bucket.list(f"{FOLDER}/"))
    wanted = name or (names[-1] if names else None)
    if wanted is None or wanted not in names:
        there = (
            f"Available: {', '.join(names)}." if names else "There is none yet: deploy/lakehouse backup creates one."
        )
        raise LakeError(
            f"{bucket.address(FOLDER)} has no dump of Dagster's history{f' {name}' if name else ''}. {there}"
        )
    with bucket.clear_errors(f"read {FOLDER}/{wanted}{ENDING}"):
        for part in obstore.get(bucket.store, f"{FOLDER}/{wanted}{ENDING}"):
            yield bytes(part)


def main(arguments: Sequence[str]) -> int:
    """Stores a dump from stdin, or writes one to stdout."""
    name = os.environ.get("COMPUTE_LOGS_BUCKET")
    try:
        if not name:
            raise SettingsError("COMPUTE_LOGS_BUCKET is not set: it is the bucket for dumps of the history.")
        bucket = work_bucket(name, settings())
        if arguments[:1] == ["keep"]:
            print(f"Kept as {keep(bucket, sys.stdin.buffer)} in {bucket.address(FOLDER)}.")  # noqa: T201  the answer
        else:
            for part in give(bucket, *arguments[1:2]):
                sys.stdout.buffer.write(part)
    except (SettingsError, LakeError) as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201  the answer
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
