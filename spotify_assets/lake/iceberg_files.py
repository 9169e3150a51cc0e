"""PyIceberg's access to files: through the lake's own storage, like everything else.

So a file in a folder is durable before the catalog names it, and PyIceberg never waits longer than other code for a
silent S3. None of these files is ever rewritten, so a run reads each once and asks S3 for no size separately.
"""

import io
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

import obstore
from pyiceberg.io import FileIO, InputFile, InputStream, OutputFile, OutputStream
from pyiceberg.typedef import EMPTY_DICT, Properties

from spotify_assets.lake.errors import Elsewhere
from spotify_assets.lake.read_once import ReadOnce
from spotify_assets.lake.storage import Storage

if TYPE_CHECKING:
    from typing_extensions import Buffer

# Minimum of bytes fetched of a data file: its footer, for most of them.
PART_BYTES = 64 << 10
# Catalog properties that hold the storage and its cache of files: PyIceberg creates this class from properties alone.
STORAGE, FILES = "lake.storage", "lake.files"


class LakeFileIO(FileIO):
    """The files of the tables of one lake."""

    def __init__(self, properties: Properties = EMPTY_DICT) -> None:
        super().__init__(properties)
        self._storage = cast("Storage", properties[STORAGE])
        self._files = cast("ReadOnce", properties[FILES])

    def new_input(self, location: str) -> "LakeFile":
        """The file at an address, for reading."""
        return LakeFile(self._storage, self._files, location)

    def new_output(self, location: str) -> "LakeFile":
        """The file at an address, for writing."""
        return LakeFile(self._storage, self._files, location)

    def delete(self, location: str | InputFile | OutputFile) -> None:
        """Deletes a file; one that does not exist is no error."""
        address = location if isinstance(location, str) else location.location
        self._storage.delete([_key(self._storage, address)])


class LakeFile(InputFile, OutputFile):
    """A table's file, for reading or writing."""

    def __init__(self, storage: Storage, files: ReadOnce, location: str) -> None:
        super().__init__(location)
        self._storage, self._files, self._key = storage, files, _key(storage, location)
        # Known once read or written.
        self._size: int | None = None

    def __len__(self) -> int:
        """Its size in bytes."""
        if self._size is None:
            self._size = obstore.head(self._storage.store, self._key)["size"]
        return self._size

    def exists(self) -> bool:
        """Whether the file exists."""
        return self._storage.exists(self._key)

    def open(self, seekable: bool = True) -> InputStream:
        """Its content."""
        content = self._files.get(self._key)
        if content is None and self._key.endswith(".parquet"):
            # Only the footer of a data file is read here.
            parts = _Parts(self._storage, self._key)
            self._size = parts.size
            return cast("InputStream", io.BufferedReader(parts, PART_BYTES))
        if content is None:
            content = self._storage.read(self._key)
            self._files.put(self._key, content)
        self._size = len(content)
        return cast("InputStream", io.BytesIO(content))

    def create(self, overwrite: bool = False) -> OutputStream:
        """A stream whose bytes are written when it is closed; each of PyIceberg's names is new."""
        return cast("OutputStream", _Written(self._write))

    def _write(self, content: bytes) -> None:
        self._storage.write(self._key, content)
        self._size = len(content)
        self._files.put(self._key, content)

    def to_input_file(self) -> "LakeFile":
        """The same file, for reading."""
        return self


class _Parts(io.RawIOBase):
    def __init__(self, storage: Storage, key: str) -> None:
        super().__init__()
        self._storage, self._key, self._at = storage, key, 0
        with storage.clear_errors(f"read {key}"):
            found = obstore.get(storage.store, key, options={"range": {"suffix": PART_BYTES}})
            self.size, self._end = found.meta["size"], bytes(found.bytes())

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.size}[whence]
        return self._at

    def readinto(self, buffer: "Buffer") -> int:
        space = memoryview(buffer)
        length = min(len(space), max(0, self.size - self._at))
        ahead = self._at - (self.size - len(self._end))
        if length and ahead >= 0:
            space[:length] = self._end[ahead : ahead + length]
        elif length:
            with self._storage.clear_errors(f"read {self._key}"):
                space[:length] = obstore.get_range(self._storage.store, self._key, start=self._at, length=length)
        self._at += length
        return length


class _Written(io.BytesIO):
    def __init__(self, write: Callable[[bytes], None]) -> None:
        super().__init__()
        self._write = write

    def close(self) -> None:
        if not self.closed:
            data = self.getvalue()
            super().close()
            self._write(data)


def _key(storage: Storage, address: str) -> str:
    key = storage.key(address)
    if key is None:
        remedy = (
            "Set GLUE_DATABASE to a database of this lake's own; if the lake was moved, rebuild its tables there: "
            "spotify-assets rebuild"
            if storage.is_s3
            else "The lake was moved or copied. Rebuild its tables from raw/: spotify-assets rebuild"
        )
        raise Elsewhere(f"{address} is outside the lake {storage.url}. {remedy}")
    return key
