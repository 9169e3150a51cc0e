"""Reference objects of the raw zone: a source's answers about tracks and artists, once for all days.

    raw/reference/tracks/<16 hex digits of its content>.json.zst
    raw/reference/artists/<16 hex digits of its content>.json.zst

A chart of 2017 and one of today name the same tracks and artists, so their details are kept apart from the days. An
object never changes: each capture lands another one, and small ones are merged before they become many. That a source
does not know something is also an answer, so that it is not asked every day.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import Generic, TypeVar

import msgspec

from spotify_assets.charts.imported_object import compressed
from spotify_assets.lake.errors import LakeError
from spotify_assets.lake.raw import READERS
from spotify_assets.lake.read_once import ReadOnce
from spotify_assets.lake.storage import Storage
from spotify_assets.transform.artist_details import ArtistAnswer
from spotify_assets.transform.containers import UnreadableObject, decompress
from spotify_assets.transform.track_details import TrackAnswer, details_of

REFERENCE = "raw/reference"
DIGITS = 16
# A day reads one or two small ones, rewrites at most these, and no object grows larger than what is read at once.
MOST_SMALL, SMALL_BYTES, ANSWERS_EACH = 2, 4 << 20, 10_000

Answer = TypeVar("Answer", TrackAnswer, ArtistAnswer)


class Reference(Generic[Answer]):
    """Answers about one `subject`, tracks or artists; objects kept in `files` are not read again."""

    def __init__(self, storage: Storage, files: ReadOnce, subject: str, form: type[Answer]) -> None:
        self._storage = storage
        self._files = files
        self._subject = subject
        self._folder = f"{REFERENCE}/{subject}"
        # In an object, the answers are under their subject.
        self._decoder = msgspec.json.Decoder(dict[str, list[form]])

    def keys(self) -> list[str]:
        """Keys of all objects, in order."""
        return sorted(found.key for found in self._storage.list(self._folder))

    def read(self, keys: Sequence[str]) -> Iterator[Answer]:
        """The answers in some objects, in that order; all existing answers if one object was merged with others.

        Raises:
            LakeError: one is damaged.
        """
        with ThreadPoolExecutor(READERS) as readers:
            found = list(readers.map(self._read, keys))
            if None in found:
                keys = self.keys()
                found = list(readers.map(self._storage.read, keys))
        for key, data in zip(keys, found, strict=True):
            yield from self._answers(key, data or b"")

    def _read(self, key: str) -> bytes | None:
        data = self._files.get(key)
        if data is None and (data := self._storage.read_if_any(key)) is not None:
            self._files.put(key, data)
        return data

    def land(self, answers: Sequence[Answer]) -> None:
        """Writes some answers, and merges small objects if they are many.

        Raises:
            LakeError: it cannot be written, or one of them is damaged.
        """
        if answers:
            self._write(answers)
        small = sorted(found.key for found in self._storage.list(self._folder) if found.size < SMALL_BYTES)
        if len(small) > MOST_SMALL:
            held = list(self.read(small))
            parts = (held[start : start + ANSWERS_EACH] for start in range(0, len(held), ANSWERS_EACH))
            together = {self._write(part) for part in parts}
            self._storage.delete([key for key in small if key not in together])

    def _write(self, answers: Sequence[Answer]) -> str:
        content = msgspec.json.encode({self._subject: answers})
        key = f"{self._folder}/{sha256(content).hexdigest()[:DIGITS]}.json.zst"
        self._storage.write(key, compressed(content))
        return key

    def _answers(self, key: str, data: bytes) -> list[Answer]:
        try:
            return self._decoder.decode(decompress(data))[self._subject]
        except (UnreadableObject, msgspec.MsgspecError, KeyError) as error:
            raise LakeError(
                f"{key} is damaged ({error}). Restore it from a copy, or delete it: its {self._subject} are asked for "
                "again, and published days stay as they are until they are rebuilt."
            ) from error


def track_reference(storage: Storage, files: ReadOnce) -> Reference[TrackAnswer]:
    """Spotify's answers about tracks."""
    return Reference(storage, files, "tracks", TrackAnswer)


def artist_reference(storage: Storage, files: ReadOnce) -> Reference[ArtistAnswer]:
    """Answers of Spotify and a second source about artists."""
    return Reference(storage, files, "artists", ArtistAnswer)


def credits_of(tracks: Reference[TrackAnswer]) -> dict[str, list[str]]:
    """Ids of the artists of each known track, in their order."""
    songs = details_of(tracks.read(tracks.keys()))
    return dict(songs.select("song_id", "artist_ids").iter_rows())
