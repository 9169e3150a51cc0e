"""A clone of the spotify-playlist-archive: each playlist as of the last commit of each day (UTC), read with `git`.

Nothing is checked out. Days without a commit have no files; an unchanged playlist has its file on every other day.
"""

import io
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import IO

from spotify_assets.capture.unpacking import HeldFile, RefusedFile
from spotify_assets.charts.errors import UnreadableChart
from spotify_assets.charts.identity import PLAYLIST_ID
from spotify_assets.transform.containers import LARGEST_OBJECT_BYTES

FOLDER, ENDING = "playlists/pretty", ".json"
NO_GIT = "a clone of a repository, whose history only the program git can read: install git, and import again"
SHALLOW = (
    "a shallow clone: it has no history before {first}; the rest is imported. For the missing days run "
    "`git fetch --unshallow` in it, and import it again"
)


def is_clone(folder: Path) -> bool:
    """Whether a folder is a clone of the archive with its playlists."""
    return (folder / ".git").exists() and (folder / FOLDER).is_dir()


def files_in_clone(folder: Path, shown: str, playlist_id: str | None) -> Iterator[HeldFile | RefusedFile]:
    """The playlists of each day, or one of them, in order; read each before requesting the next."""
    git = shutil.which("git")
    if git is None:
        yield RefusedFile(shown, NO_GIT)
        return
    command = [git, "-C", str(folder)]
    try:
        days = _last_commits(_output([*command, "log", "--first-parent", "--format=%H %ct", "HEAD"]))
        if _output([*command, "rev-parse", "--is-shallow-repository"]).strip() == "true":
            yield RefusedFile(shown, SHALLOW.format(first=min(days)))
        blob_reader = [*command, "cat-file", "--batch"]
        with subprocess.Popen(blob_reader, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as blobs:  # noqa: S603  our own words
            try:
                for day, commit in sorted(days.items()):
                    listed = _output([*command, "ls-tree", "-z", commit, f"{FOLDER}/"])
                    yield from _files_of(listed, day, f"{shown} of {day}", playlist_id, blobs)
            finally:
                blobs.terminate()
    except subprocess.CalledProcessError as error:
        yield RefusedFile(shown, f"its history cannot be read: git says {error.stderr.strip()[:200]!r}")


def _output(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, errors="replace").stdout  # noqa: S603  as above


def _last_commits(log: str) -> dict[date, str]:
    """The last commit of each day, from a log in reverse order."""
    days: dict[date, str] = {}
    for line in log.splitlines():
        commit, seconds = line.split()
        days.setdefault(datetime.fromtimestamp(int(seconds), UTC).date(), commit)
    return days


def _files_of(
    listed: str, day: date, shown: str, playlist_id: str | None, blobs: "subprocess.Popen[bytes]"
) -> Iterator[HeldFile]:
    for entry in filter(None, listed.split("\0")):
        about, _, name = entry.partition("\t")
        _, kind, blob = about.split()
        stem = name.removeprefix(f"{FOLDER}/").removesuffix(ENDING)
        is_wanted = PLAYLIST_ID.fullmatch(stem) is not None and playlist_id in (None, stem)
        if kind == "blob" and name.endswith(ENDING) and is_wanted:
            yield HeldFile(name, f"{shown}: {name}", partial(_open, blobs, blob), day=day)


def _open(blobs: "subprocess.Popen[bytes]", blob: str) -> IO[bytes]:
    if blobs.stdin is None or blobs.stdout is None:
        raise UnreadableChart("git does not answer")
    with suppress(BrokenPipeError):
        blobs.stdin.write(f"{blob}\n".encode())
        blobs.stdin.flush()
    header = blobs.stdout.readline().split()
    if len(header) != 3 or not header[2].isdigit():
        raise UnreadableChart("missing from the clone: make a new, full clone")
    if (size := int(header[2])) > LARGEST_OBJECT_BYTES:
        blobs.terminate()
        raise UnreadableChart(f"larger than {LARGEST_OBJECT_BYTES >> 20} MB, too large for a playlist")
    content = blobs.stdout.read(size)
    blobs.stdout.read(1)
    return io.BufferedReader(io.BytesIO(content))  # pyright: ignore[reportArgumentType]  bytes are a raw stream, too
