"""Unpacks objects within a limit: compression and ZIP archives, recognised by content, not by name."""

import bz2
import gzip
import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import zstandard

from spotify_assets.charts.imported_object import SKIPPABLE_MAGIC
from spotify_assets.transform.key_words import LITTER

# A frame of data, and a skippable one, in which an import states its origin.
ZSTD_MAGICS = (b"\x28\xb5\x2f\xfd", SKIPPABLE_MAGIC)
GZIP_MAGIC = b"\x1f\x8b"
BZIP2_MAGIC = b"BZh"
XZ_MAGIC = b"\xfd7zXZ\x00"
ZIP_MAGIC, EMPTY_ZIP_MAGIC, ZIP_ENTRY = b"PK\x03\x04", b"PK\x05\x06", b"PK\x01\x02"
# A playlist holds at most 10,000 entries of some 4 kB; far beyond that, an object of the raw zone is a mistake or an
# attack. Whatever is in one, to decode it takes some 1.1 GiB of memory at most.
LARGEST_OBJECT_BYTES = 256 << 20
# Files in an archive, and what decompressing xz may take.
MOST_FILES, XZ_MEMORY_BYTES = 10_000, 128 << 20
# Compressed bytes taken at a time, so that an object that unpacks to far more than that is noticed on the way: zstd
# makes at most 32 MiB of these, bzip2 and xz less.
PIECE_BYTES = 1 << 10
# Others may take any amount of memory, or are not known here.
ZIP_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)
DAMAGES = (zstandard.ZstdError, lzma.LZMAError, zipfile.BadZipFile, EOFError, OSError, zlib.error, ValueError)
UNPACK = "unpack it, and land its files one by one"
CLIMBING = re.compile(r"(?:^|[/\\])\.\.(?:[/\\]|\Z)|^[/\\]|^[A-Za-z]:")


class UnreadableObject(ValueError):
    """A raw object that cannot become rows; the message says why."""


@dataclass(frozen=True)
class File:
    """A file in an object: its name in the archive, empty if there is none, and its bytes."""

    name: str
    data: bytes


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /) -> bytes: ...


def files_in(data: bytes) -> list[File]:
    """The object's files: itself, decompressed, or the files of an archive, each decompressed, without litter.

    Raises:
        UnreadableObject: it is damaged, encrypted, nested, or far larger than any playlist.
    """
    data = decompress(data)
    return list(_unzipped(data)) if data.startswith((ZIP_MAGIC, EMPTY_ZIP_MAGIC)) else [File("", data)]


def decompress(data: bytes) -> bytes:
    """Bytes without their compression, if there is any.

    Raises:
        UnreadableObject: the compression is damaged, or the content is far larger than any playlist.
    """
    try:
        if data.startswith(ZSTD_MAGICS):
            data = _joined_frames(data, zstandard.ZstdDecompressor().decompressobj)
        elif data.startswith(GZIP_MAGIC):
            with gzip.open(io.BytesIO(data)) as stream:
                data = stream.read(LARGEST_OBJECT_BYTES + 1)
        elif data.startswith(BZIP2_MAGIC):
            data = _joined_frames(data, bz2.BZ2Decompressor)
        elif data.startswith(XZ_MAGIC):
            data = _joined_frames(data, lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, XZ_MEMORY_BYTES))
    except DAMAGES as error:
        raise UnreadableObject(f"damaged compression: {error}; land the complete file again") from error
    if len(data) > LARGEST_OBJECT_BYTES:
        raise UnreadableObject(_too_large())
    return data


def _joined_frames(data: bytes, decompressor: Callable[[], _Decompressor]) -> bytes:
    """All frames, decompressed; the libraries' readers accept truncated data, or data with junk behind it."""
    # One buffer: a list of pieces would hold everything twice when it is joined.
    decompressed, size = io.BytesIO(), 0
    frame = decompressor()
    for start in range(0, len(data), PIECE_BYTES):
        piece = data[start : start + PIECE_BYTES]
        while piece and size <= LARGEST_OBJECT_BYTES:
            if frame.eof:
                frame = decompressor()
            size += decompressed.write(frame.decompress(piece))
            piece = frame.unused_data
    if not frame.eof and size <= LARGEST_OBJECT_BYTES:
        raise EOFError("the last frame is cut off")
    return decompressed.getvalue()


def _unzipped(data: bytes) -> Iterator[File]:
    # Counted before the archive's directory is read, which takes ten times its size in memory.
    if (count := data.count(ZIP_ENTRY)) > MOST_FILES:
        raise UnreadableObject(f"a ZIP archive of {count:,} files, and none of more than {MOST_FILES:,} is read")
    left = LARGEST_OBJECT_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            for member in members:
                _refuse(member)
            kept = [member for member in members if not LITTER.search(member.filename)]
            if not kept:
                raise UnreadableObject("a ZIP archive without files that could be data")
            for member in kept:
                with archive.open(member) as stream:
                    content = stream.read(left + 1)
                inner = _inner(member.filename, content) if len(content) <= left else content
                left -= max(len(content), len(inner))
                if left < 0:
                    raise UnreadableObject(_too_large())
                yield File(member.filename, inner)
    except UnreadableObject:
        raise
    except (*DAMAGES, RuntimeError, struct.error) as error:
        raise UnreadableObject(f"a damaged ZIP archive: {error}; land the complete file again") from error


def _refuse(member: zipfile.ZipInfo) -> None:
    name = member.filename[:100]
    if CLIMBING.search(member.filename):
        raise UnreadableObject(f"a ZIP archive with a name that leads out of it: {name!r}: land its files one by one")
    if member.filename == "[Content_Types].xml":
        raise UnreadableObject("a file of Excel, Word or PowerPoint; only JSON is read")
    if member.flag_bits & 1:
        raise UnreadableObject(f"an encrypted ZIP archive ({name!r}): {UNPACK}")
    if member.compress_type not in ZIP_METHODS:
        raise UnreadableObject(f"a ZIP archive with {name!r} in a compression that is not read: {UNPACK}")


def _inner(name: str, content: bytes) -> bytes:
    content = decompress(content)
    if content.startswith((ZIP_MAGIC, EMPTY_ZIP_MAGIC)):
        raise UnreadableObject(f"a ZIP archive with another archive in it, {name[:100]!r}: {UNPACK}")
    return content


def _too_large() -> str:
    return f"larger than {LARGEST_OBJECT_BYTES:,} bytes when decompressed"
