"""The files under given paths, including those in archives and folders, each opened as a stream."""

import os
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import IO

from spotify_assets.capture.archive_clone import files_in_clone, is_clone
from spotify_assets.capture.unpacking import (
    HeldFile,
    RefusedFile,
    damage_told,
    files_in_zip,
    is_zip,
    open_unpacked,
    printable,
    without_packing,
)
from spotify_assets.charts.errors import UnreadableChart
from spotify_assets.charts.refusals import refuse_by_name
from spotify_assets.transform.key_words import LITTER


def files_in(paths: Iterable[Path], playlist_id: str | None = None) -> Iterator[HeldFile | RefusedFile]:
    """The readable files under paths, in order; read each before requesting the next.

    For a clone of the spotify-playlist-archive: every playlist of every day, or only the named one.

    Listening histories are refused by name, before they are opened.
    """
    for path in paths:
        if is_clone(path):
            yield from files_in_clone(path, printable(str(path)), playlist_id)
        elif path.is_dir():
            for found in _walk(path):
                yield from _files_of(found, found.relative_to(path).as_posix(), is_named=False)
        else:
            yield from _files_of(path, path.name, is_named=True)


def _walk(folder: Path) -> Iterator[Path]:
    """Files of a folder and its subfolders, without litter such as `.git`."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not LITTER.search(name))
        for name in sorted(names):
            if not LITTER.search(name):
                yield Path(parent, name)


def _files_of(path: Path, name: str, *, is_named: bool) -> Iterator[HeldFile | RefusedFile]:
    name, shown = printable(name), printable(str(path))
    try:
        refuse_by_name(name)
        if not path.is_file():
            yield RefusedFile(shown, "no such file or folder" if not path.exists() else "neither a file nor a folder")
        elif is_zip(path):
            for found in files_in_zip(path, shown):
                yield from _unless_refused(found)
        else:
            unpacked = without_packing(name)
            size = path.stat().st_size if unpacked == name else None
            yield HeldFile(unpacked, shown, partial(_open, path), is_named, size)
    except UnreadableChart as error:
        yield RefusedFile(shown, str(error))
    except OSError as error:
        yield RefusedFile(shown, f"it cannot be read ({error.strerror or error})")


def _unless_refused(found: HeldFile | RefusedFile) -> Iterator[HeldFile | RefusedFile]:
    try:
        if isinstance(found, HeldFile):
            refuse_by_name(found.name)
    except UnreadableChart as error:
        yield RefusedFile(found.shown, str(error))
    else:
        yield found


def _open(path: Path) -> IO[bytes]:
    with damage_told():
        return open_unpacked(path.open("rb"), path.stat().st_size)
