"""Files of a lake that lies in a folder, as the operating system has them."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# What the object store library calls a local file until it is whole.
HALF_WRITTEN = re.compile(r"#\d+$")


def walk(folder: Path, half_written: bool = False) -> Iterator[tuple[Path, os.stat_result]]:
    """Files under a folder, none where there is no such; only whole ones, or only those that were never made whole."""
    for parent, _, names in os.walk(folder, onerror=_unless_gone):
        wanted = (name for name in names if bool(HALF_WRITTEN.search(name)) is half_written)
        for path in sorted(Path(parent, name) for name in wanted):
            status = None
            # Another run may be moving files away meanwhile.
            with suppress(FileNotFoundError):
                status = path.stat() if path.is_file() else None
            if status is not None:
                yield path, status


def etag(status: os.stat_result) -> str:
    """What the object store library gives as the ETag of a file."""
    return f"{status.st_ino:x}-{status.st_mtime_ns:x}-{status.st_size:x}"


def written_at(status: os.stat_result) -> datetime:
    """When a file was last written (UTC), in whole microseconds: a float of seconds is off by one now and then."""
    return EPOCH + timedelta(microseconds=status.st_mtime_ns // 1000)


def _unless_gone(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error
