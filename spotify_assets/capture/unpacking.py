"""Files as byte streams, whatever their compression: never entirely in memory.

Damage and decompression bombs are reported as they are met; nothing is written to disk.
"""

import bz2
import gzip
import io
import lzma
import struct
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Protocol

import zstandard

from spotify_assets.charts.errors import UnreadableChart
from spotify_assets.transform.containers import (
    BZIP2_MAGIC,
    CLIMBING,
    DAMAGES,
    EMPTY_ZIP_MAGIC,
    GZIP_MAGIC,
    PIECE_BYTES,
    XZ_MAGIC,
    XZ_MEMORY_BYTES,
    ZIP_MAGIC,
    ZIP_METHODS,
    ZSTD_MAGICS,
)
from spotify_assets.transform.key_words import LITTER

MAGIC_BYTES = 6
BUFFER_BYTES = 1 << 20
# Charts compress to a tenth; small files may unpack to any ratio.
LARGEST_RATIO, ANY_RATIO_BYTES = 100, 64 << 20
# The end of an archive, which states the number of files and the size of its directory.
LONGEST_END = 22 + (1 << 16)
MOST_FILES, LARGEST_DIRECTORY = 65_534, 32 << 20
PACKED_ENDINGS = (".gz", ".zst", ".bz2", ".xz")
BOMB = f"it unpacks to more than {LARGEST_RATIO} times its size, too much for a chart"
NESTED = "an archive inside another file: unpack it, and import its content"
ENCRYPTED = 0x1


@dataclass(frozen=True)
class HeldFile:
    """A file: its name with the path in its archive, its name in messages, and its bytes."""

    name: str
    shown: str
    open: Callable[[], IO[bytes]]
    # Named by the person, rather than found in a folder or an archive.
    is_named: bool = False
    # In bytes, if known before reading.
    size: int | None = None
    # If the file's store determines it, as a commit does.
    day: date | None = None


@dataclass(frozen=True)
class RefusedFile:
    """A file that is not read, and why."""

    shown: str
    reason: str


@contextmanager
def damage_told() -> Iterator[None]:
    """Turns libraries' errors about damaged bytes into one sentence."""
    try:
        yield
    except (UnreadableChart, PermissionError, FileNotFoundError):
        raise
    except (*DAMAGES, RuntimeError, struct.error, NotImplementedError) as error:
        raise UnreadableChart(f"damaged or truncated ({error}): download it again") from error


def is_zip(path: Path) -> bool:
    """Whether a file is an archive, by its first bytes."""
    with path.open("rb") as content:
        return content.read(len(ZIP_MAGIC)) in (ZIP_MAGIC, EMPTY_ZIP_MAGIC)


def without_packing(name: str) -> str:
    """The name of a file without its compression suffix."""
    return next((name[: -len(ending)] for ending in PACKED_ENDINGS if name.lower().endswith(ending)), name)


def open_unpacked(packed: IO[bytes], packed_size: int) -> IO[bytes]:
    """The bytes of a file without its compression, if there is any.

    Raises:
        UnreadableChart: it contains an archive. Later reads raise it, too, if it is damaged or a decompression bomb.
    """
    source = io.BufferedReader(_Told(packed, packed_size), BUFFER_BYTES)
    start = source.peek(MAGIC_BYTES)
    if start.startswith((ZIP_MAGIC, EMPTY_ZIP_MAGIC)):
        raise UnreadableChart(NESTED)
    unpacked = _decompressed(source, start)
    if unpacked is None:
        return source
    stream = io.BufferedReader(_Told(unpacked, packed_size), BUFFER_BYTES)
    if stream.peek(MAGIC_BYTES).startswith((ZIP_MAGIC, EMPTY_ZIP_MAGIC)):
        raise UnreadableChart(NESTED)
    return stream


def files_in_zip(path: Path, name: str) -> Iterator[HeldFile | RefusedFile]:
    """The files of an archive, without litter, to be read one after the other while it is open.

    Raises:
        UnreadableChart: it is damaged, has too many files, or is a decompression bomb.
    """
    _check_end(path)
    with damage_told():
        archive = zipfile.ZipFile(path)
    with archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        total = sum(member.file_size for member in members)
        if total > max(ANY_RATIO_BYTES, LARGEST_RATIO * path.stat().st_size):
            raise UnreadableChart(BOMB)
        for member in members:
            shown = f"{name}: {printable(member.filename)}"
            if CLIMBING.search(member.filename):
                yield RefusedFile(shown, "its name points outside the archive")
            elif member.flag_bits & ENCRYPTED:
                yield RefusedFile(shown, "encrypted: unpack it with its password, and import its content")
            elif member.compress_type not in ZIP_METHODS:
                yield RefusedFile(shown, "unsupported compression: unpack it, and import its content")
            elif not LITTER.search(member.filename):
                name = without_packing(printable(member.filename))
                yield HeldFile(name, shown, _Member(archive, member), size=member.file_size)


@dataclass(frozen=True)
class _Member:
    archive: zipfile.ZipFile
    member: zipfile.ZipInfo

    def __call__(self) -> IO[bytes]:
        with damage_told():
            packed = self.archive.open(self.member)
        return open_unpacked(packed, self.member.compress_size)


def _check_end(path: Path) -> None:
    """Refuses an archive whose directory would fill the memory, before reading it."""
    with path.open("rb") as content:
        content.seek(max(0, path.stat().st_size - LONGEST_END))
        end = content.read()
    # An empty archive consists only of its end.
    found = end.rfind(EMPTY_ZIP_MAGIC)
    if found < 0 or len(end) - found < 22:
        raise UnreadableChart("a truncated ZIP archive: download it again")
    count, size = struct.unpack_from("<HL", end, found + 10)
    if count > MOST_FILES or size > LARGEST_DIRECTORY:
        raise UnreadableChart(f"a ZIP archive of more than {MOST_FILES:,} files: unpack it, and import the folder")


def printable(name: str) -> str:
    """A name as text, whatever its bytes in an archive or the system."""
    return name.encode("utf-8", "replace").decode()


class _Reads(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Told(io.RawIOBase):
    """A stream that reports damage in a sentence, and stops at a decompression bomb."""

    def __init__(self, stream: _Reads, packed_size: int) -> None:
        self._stream = stream
        self._most = max(ANY_RATIO_BYTES, LARGEST_RATIO * packed_size)
        self._size = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        # Fills the buffer: a look at the start of a file must see more than a first piece.
        filled = 0
        while filled < len(buffer):
            with damage_told():
                data = self._stream.read(len(buffer) - filled)
            if not data:
                break
            buffer[filled : filled + len(data)] = data
            filled += len(data)
        self._size += filled
        if self._size > self._most:
            raise UnreadableChart(BOMB)
        return filled

    def close(self) -> None:
        if isinstance(self._stream, io.IOBase):
            self._stream.close()
        super().close()


class _Frames:
    """Decompressed Zstandard frames; the library's own reader accepts truncated files as complete."""

    def __init__(self, packed: _Reads) -> None:
        self._packed = packed
        self._frame = zstandard.ZstdDecompressor().decompressobj()
        self._ready = io.BytesIO()

    def read(self, size: int) -> bytes:
        while not (data := self._ready.read(size)):
            piece = self._packed.read(PIECE_BYTES)
            if not piece:
                if not self._frame.eof:
                    raise EOFError("the last frame is truncated")
                return b""
            self._ready = io.BytesIO(self._unpacked(piece))
        return data

    def _unpacked(self, piece: bytes) -> bytes:
        unpacked: list[bytes] = []
        while piece:
            if self._frame.eof:
                self._frame = zstandard.ZstdDecompressor().decompressobj()
            unpacked.append(self._frame.decompress(piece))
            piece = self._frame.unused_data
        return b"".join(unpacked)


def _decompressed(source: IO[bytes], start: bytes) -> _Reads | None:
    if start.startswith(ZSTD_MAGICS):
        return _Frames(source)
    if start.startswith(GZIP_MAGIC):
        return gzip.GzipFile(fileobj=source)
    if start.startswith(BZIP2_MAGIC):
        return bz2.BZ2File(source)
    if start.startswith(XZ_MAGIC):
        return _Xz(source)
    return None


class _Xz:
    """A decompressed xz file with a memory limit, which the library's own reader lacks."""

    def __init__(self, packed: _Reads) -> None:
        self._packed = packed
        self._stream = lzma.LZMADecompressor(lzma.FORMAT_XZ, XZ_MEMORY_BYTES)

    def read(self, size: int) -> bytes:
        while not self._stream.eof:
            piece = self._packed.read(BUFFER_BYTES) if self._stream.needs_input else b""
            if self._stream.needs_input and not piece:
                raise EOFError("it is truncated")
            if data := self._stream.decompress(piece, size):
                return data
        if self._stream.unused_data or self._packed.read(1):
            raise lzma.LZMAError("data after its end")
        return b""
