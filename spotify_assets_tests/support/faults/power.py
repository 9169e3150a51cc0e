"""What a power cut would leave of a folder: only bytes, and names, that somebody waited for."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest


@dataclass
class Disk:
    """What lies on the disk of a folder that was all there to begin with. SQLite sees to its own files."""

    folder: Path
    _bytes: dict[int, tuple[int, int]] = field(default_factory=dict)
    _names: dict[Path, dict[str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Whatever is there already has been for long."""
        for parent, _, files in os.walk(self.folder):
            for path in (Path(parent), *(Path(parent, name) for name in files)):
                self.synced(path)
        self.synced(self.folder.parent)

    def synced(self, path: Path) -> None:
        """Somebody waited for this file or folder."""
        if path.is_dir():
            self._names[path] = {entry.name: entry.inode() for entry in os.scandir(path)}
        else:
            status = path.stat()
            self._bytes[status.st_ino] = (status.st_size, status.st_mtime_ns)

    def has_bytes(self, path: Path) -> bool:
        """Whether the bytes of a file, under whatever name, would be there."""
        status = path.stat()
        return self._bytes.get(status.st_ino) == (status.st_size, status.st_mtime_ns)

    def has_name(self, path: Path) -> bool:
        """Whether a file or folder would be found under its name."""
        if path == self.folder.parent:
            return True
        return self._names.get(path.parent, {}).get(path.name) == path.stat().st_ino and self.has_name(path.parent)

    def lost(self) -> list[str]:
        """Files that would be gone or empty after a power cut now, by name; not those that are still half-written."""
        return [
            path.relative_to(self.folder).as_posix()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and not path.name.startswith("catalog.db") and "#" not in path.name
            if not (self.has_name(path) and self.has_bytes(path))
        ]

    def cut(self) -> None:
        """Leaves the folder as a power cut would: unsynced files are empty, unsynced names gone."""
        for path in sorted(self.folder.rglob("*")):
            if path.is_file() and not path.name.startswith("catalog.db"):
                if not self.has_name(path):
                    path.unlink()
                elif not self.has_bytes(path):
                    os.truncate(path, 0)


@contextmanager
def remembering(folder: Path) -> Iterator[Disk]:
    """Remembers what this process waits for, for as long as the context lasts."""
    disk = Disk(folder)

    def fsync(file: int) -> None:
        disk.synced(Path(f"/proc/self/fd/{file}").readlink())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        yield disk
