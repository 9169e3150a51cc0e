"""Imported objects: original lines or a document, compressed, preceded by their provenance.

The provenance is in a skippable Zstandard frame (RFC 8878, section 3.1.2): any program that decompresses the object
gets only the bytes of the file, with its original header and lines; the provenance can be read from the first bytes.
"""

from datetime import date

import msgspec
import zstandard

SKIPPABLE_MAGIC = b"\x50\x2a\x4d\x18"
LENGTH_BYTES = 4
START = len(SKIPPABLE_MAGIC) + LENGTH_BYTES
LEVEL = 3


class Provenance(msgspec.Struct, frozen=True, omit_defaults=True):
    """The provenance of an imported object.

    `file` is its name, or its path in an archive; `sha256` that of the entire file, in hexadecimal digits.
    `imported_at` is UTC. `origin` and `licence` are as stated by the user, as are `as_of`, `chart_id` and `playlist_id`
    of a file that does not state them itself. `lines` are the lines of the file below its header that the object holds,
    as runs of a first line (1-based) and a count; empty if it holds the entire file.
    """

    file: str
    sha256: str
    imported_at: str
    origin: str | None = None
    licence: str | None = None
    as_of: date | None = None
    chart_id: str | None = None
    playlist_id: str | None = None
    lines: tuple[tuple[int, int], ...] = ()


class NotImported(ValueError):
    """Bytes that begin like an imported object, but are not one; the message says why."""


def packed(provenance: Provenance, content: bytes) -> bytes:
    """The bytes of an imported object; equal input gives equal bytes."""
    return provenance_frame(provenance) + compressed(content)


def provenance_frame(provenance: Provenance) -> bytes:
    """The frame before the content, which may itself be several compressed frames."""
    told = msgspec.json.encode(provenance)
    return SKIPPABLE_MAGIC + len(told).to_bytes(LENGTH_BYTES, "little") + told


def compressed(content: bytes) -> bytes:
    """A frame of the content, or of a part of it."""
    return zstandard.ZstdCompressor(level=LEVEL, write_checksum=True).compress(content)


def provenance_of(data: bytes) -> Provenance | None:
    """The provenance of an object; None if no import landed it.

    Raises:
        NotImported: the provenance cannot be read.
    """
    if not data.startswith(SKIPPABLE_MAGIC):
        return None
    end = START + int.from_bytes(data[len(SKIPPABLE_MAGIC) : START], "little")
    try:
        return msgspec.json.decode(data[START:end], type=Provenance)
    except msgspec.MsgspecError as error:
        raise NotImported(f"an import whose provenance cannot be read ({error}): import the file again") from error


def file_line(provenance: Provenance, line: int, header_line: int) -> int:
    """The line number in the file (1-based) of a line of the object, whose header ends in `header_line`."""
    if line <= header_line or not provenance.lines:
        return line
    behind = line - header_line
    for first, count in provenance.lines:
        if behind <= count:
            return first + behind - 1
        behind -= count
    return line
