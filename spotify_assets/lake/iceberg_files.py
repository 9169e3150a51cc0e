"""How PyIceberg reads and writes its files: through the lake's own storage, like everything else.

So what it writes in a folder is durable before the catalog names it, and it never waits for a silent S3 for longer than
everybody else does.
"""

import io
import os
from typing import TYPE_CHECKING, cast

import obstore
from pyiceberg.io import FileIO, InputFile, InputStream, OutputFile, OutputStream
from pyiceberg.typedef import EMPTY_DICT, Properties

from spotify_assets.lake.errors import Elsewhere
from spotify_assets.lake.storage import Storage

if TYPE_CHECKING:
    from typing_extensions import Buffer

# Bytes that are fetched at least of a data file: its end, for most of them.
PART_BYTES = 64 << 10
# The property of a catalog that holds the storage: PyIceberg makes this class from properties alone.
STORAGE = "lake.storage"


class LakeFileIO(FileIO):
    """The files of the tables of one lake."""

    def __init__(self, properties: Properties = EMPTY_DICT) -> None:
        super().__init__(properties)
        self._storage = cast("Storage", properties[STORAGE])

    def new_input(self, location: str) -> "LakeFile":
        """The file at an address, to be read."""
        return LakeFile(self._storage, location)

    def new_output(self, location: str) -> "LakeFile":
        """The file at an address, to be written."""
        return LakeFile(self._storage, location)

    def delete(self, location: str | InputFile | OutputFile) -> None:
        """Deletes a file; one that does not exist is no error."""
        address = location if isinstance(location, str) else location.location
        self._storage.delete([_key(self._storage, address)])


class LakeFile(InputFile, OutputFile):
    """A file of a table, to be read or written."""

    def __init__(self, storage: Storage, location: str) -> None:
        super().__init__(location)
        self._storage, self._key = storage, _key(storage, location)

    def __len__(self) -> int:
        """Its size in bytes."""
        return obstore.head(self._storage.store, self._key)["size"]

    def exists(self) -> bool:
        """Whether there is such a file."""
        return self._storage.exists(self._key)

    def open(self, seekable: bool = True) -> InputStream:
        """Its content."""
        if self._key.endswith(".parquet"):
            # Only the end of a data file is read here.
            return cast("InputStream", io.BufferedReader(_Parts(self._storage, self._key), PART_BYTES))
        return cast("InputStream", io.BytesIO(self._storage.read(self._key)))

    def create(self, overwrite: bool = False) -> OutputStream:
        """A stream whose bytes are written as it is closed; each of PyIceberg's names is new."""
        return cast("OutputStream", _Written(self._storage, self._key))

    def to_input_file(self) -> "LakeFile":
        """The same file, to be read."""
        return self


class _Parts(io.RawIOBase):
    def __init__(self, storage: Storage, key: str) -> None:
        super().__init__()
        self._storage, self._key, self._at = storage, key, 0
        with storage.clear_errors(f"read {key}"):
            self._size = obstore.head(storage.store, key)["size"]

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        return self._at

    def readinto(self, buffer: "Buffer") -> int:
        space = memoryview(buffer)
        length = min(len(space), max(0, self._size - self._at))
        if length:
            with self._storage.clear_errors(f"read {self._key}"):
                space[:length] = obstore.get_range(self._storage.store, self._key, start=self._at, length=length)
        self._at += length
        return length


class _Written(io.BytesIO):
    def __init__(self, storage: Storage, key: str) -> None:
        super().__init__()
        self._storage, self._key = storage, key

    def close(self) -> None:
        if not self.closed:
            data = self.getvalue()
            super().close()
            self._storage.write(self._key, data)


def _key(storage: Storage, address: str) -> str:
    key = storage.key(address)
    if key is None:
        remedy = (
            "Set GLUE_DATABASE to a database of this lake's own; where the lake was moved, have its tables made there: "
            "spotify-assets rebuild"
            if storage.is_s3
            else "It was moved or copied: have its tables made again from raw/: spotify-assets rebuild"
        )
        raise Elsewhere(f"{address} lies outside the lake {storage.url}. {remedy}")
    return key
