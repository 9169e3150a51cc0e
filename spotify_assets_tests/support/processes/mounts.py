"""File systems that are full or read-only, for tests that run as root, whom permissions do not stop."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class MountNotPermitted(RuntimeError):
    """This user may not mount; the test that wanted to has to be skipped."""


def _run(*command: str) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise MountNotPermitted(" ".join(command)) from error


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system of its own in `folder`, of the given size."""
    folder.mkdir(parents=True, exist_ok=True)
    _run("mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder))
    try:
        yield folder
    finally:
        _run("umount", "--lazy", str(folder))


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Lets nobody write to a `small_disk`: a second mount on top, since files may be open on the first."""
    _run("mount", "--bind", str(folder), str(folder))
    try:
        _run("mount", "-o", "remount,bind,ro", str(folder))
        yield
    finally:
        _run("umount", "--lazy", str(folder))
