"""Files of a lake in a folder, as the operating system has them.

Whatever is written here survives a power cut: its bytes are on disk before it has its name, and its name is on disk
before anything else refers to it.
"""

import errno
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from pathlib import Path

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Name of a file until it is complete; the object store library, which hides such files, uses the same.
HALF_WRITTEN = re.compile(r"#\d+$")


def walk(folder: Path, half_written: bool = False) -> Iterator[tuple[Path, os.stat_result]]:
    """Files under a folder, none if it does not exist; only complete ones, or only those that were never completed."""
    for parent, _, names in os.walk(folder, onerror=_unless_gone):
        yield from _files(Path(parent), names, half_written)


def level(folder: Path) -> tuple[list[tuple[Path, os.stat_result]], list[str]]:
    """Complete files directly in a folder, and the names of its folders that `walk` would go down into."""
    _, below, names = next(os.walk(folder, onerror=_unless_gone), ("", [], []))
    return list(_files(folder, names)), sorted(name for name in below if not (folder / name).is_symlink())


def _files(parent: Path, names: list[str], half_written: bool = False) -> Iterator[tuple[Path, os.stat_result]]:
    wanted = (name for name in names if bool(HALF_WRITTEN.search(name)) is half_written)
    for path in sorted(parent / name for name in wanted):
        status = None
        # Another run may be moving files away meanwhile.
        with suppress(FileNotFoundError):
            status = path.stat() if path.is_file() else None
        if status is not None:
            yield path, status


def filled(folder: Path) -> Iterator[str]:
    """Names of the folders directly in a folder that have complete files at any depth."""
    for below in folder.iterdir() if folder.is_dir() else ():
        if below.is_dir() and next(walk(below), None) is not None:
            yield below.name


def etag(status: os.stat_result) -> str:
    """The ETag that the object store library gives a file."""
    return f"{status.st_ino:x}-{status.st_mtime_ns:x}-{status.st_size:x}"


def written_at(status: os.stat_result) -> datetime:
    """When a file was last written (UTC), in integer microseconds: a float of seconds is off by one now and then."""
    return EPOCH + timedelta(microseconds=status.st_mtime_ns // 1000)


def write(path: Path, data: bytes) -> None:
    """Writes a file atomically: a reader sees the old content, or all of the new."""
    beside = _write_beside(path, data)
    beside.replace(path)
    _sync(path.parent)


def create(path: Path, data: bytes) -> bool:
    """Writes a file atomically unless it exists; returns whether it was written."""
    if path.exists():
        return False
    beside = _write_beside(path, data)
    try:
        path.hardlink_to(beside)
    except FileExistsError:
        return False
    finally:
        beside.unlink()
    _sync(path.parent)
    return True


def move(origin: Path, target: Path) -> None:
    """Renames a file, whoever wrote it."""
    # Other producers may have left its bytes to the system; nothing was built from an unreadable file.
    with suppress(PermissionError):
        _sync(origin)
    make(target.parent)
    origin.rename(target)
    _sync(target.parent)


def make(folder: Path) -> None:
    """Creates a folder if it does not exist, and waits until it and its new parents are on disk."""
    new = list(takewhile(lambda above: not above.exists(), (folder, *folder.parents)))
    folder.mkdir(parents=True, exist_ok=True)
    for made in new:
        _sync(made.parent)


def _write_beside(path: Path, data: bytes) -> Path:
    """Writes a new file with a name that no listing shows, and waits for the disk; returns its path."""
    beside, file = _open_beside(path)
    try:
        with os.fdopen(file, "wb") as content:
            content.write(data)
            content.flush()
            os.fsync(file)
    except BaseException:
        beside.unlink()
        raise
    return beside


def _open_beside(path: Path) -> tuple[Path, int]:
    number = 1
    while True:
        beside = path.with_name(f"{path.name}#{number}")
        try:
            return beside, os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        except FileExistsError:
            # Another process is writing it, or was killed while writing.
            number += 1
        except FileNotFoundError:
            make(path.parent)


def _sync(path: Path) -> None:
    """Waits until a file's bytes, or the names in a folder, are on disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    except OSError as error:
        # Some network file systems cannot do this for a folder.
        if error.errno != errno.EINVAL:
            raise
    finally:
        os.close(opened)


def _unless_gone(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error
