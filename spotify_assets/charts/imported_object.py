"""What an import lands: lines or a document as they came, compressed, with where they are from in front of them.

The provenance stands in a skippable frame of Zstandard (RFC 8878, section 3.1.2): any program that decompresses the
object gets the bytes of the file alone, header and lines as they came, and whoever wants the provenance reads it from
the first bytes.
"""

from datetime import date

import msgspec
import zstandard

SKIPPABLE_MAGIC = b"\x50\x2a\x4d\x18"
LENGTH_BYTES = 4
START = len(SKIPPABLE_MAGIC) + LENGTH_BYTES
LEVEL = 3


class Provenance(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where an imported object is from.

    `file` is its name, and in an archive the path in it; `sha256` that of the whole file, in hexadecimal digits.
    `imported_at` is UTC. `origin` and `licence` are as the person says; `as_of`, `chart_id` and `playlist_id` what the
    person told of a file that does not say it itself. `lines` are the lines of the file that the object holds below its
    header, as runs of a first line (1-based) and how many; empty where it holds the whole file.
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
    """Bytes that begin as an imported object does, and are none; the message says why."""


def packed(provenance: Provenance, content: bytes) -> bytes:
    """The bytes of an imported object; equal input gives equal bytes."""
    return provenance_frame(provenance) + compressed(content)


def provenance_frame(provenance: Provenance) -> bytes:
    """What stands in front of the content, which may be compressed in frames one behind the other."""
    told = msgspec.json.encode(provenance)
    return SKIPPABLE_MAGIC + len(told).to_bytes(LENGTH_BYTES, "little") + told


def compressed(content: bytes) -> bytes:
    """A frame of the content, or of a part of it."""
    return zstandard.ZstdCompressor(level=LEVEL, write_checksum=True).compress(content)


def provenance_of(data: bytes) -> Provenance | None:
    """Where an object is from; None of one that no import landed.

    Raises:
        NotImported: what stands there cannot be read.
    """
    if not data.startswith(SKIPPABLE_MAGIC):
        return None
    end = START + int.from_bytes(data[len(SKIPPABLE_MAGIC) : START], "little")
    try:
        return msgspec.json.decode(data[START:end], type=Provenance)
    except msgspec.MsgspecError as error:
        raise NotImported(f"an import whose provenance cannot be read ({error}): import the file again") from error


def file_line(provenance: Provenance, line: int, header_line: int) -> int:
    """The line of the file (1-based) that is a line of the object, whose header ends in `header_line`."""
    if line <= header_line or not provenance.lines:
        return line
    behind = line - header_line
    for first, count in provenance.lines:
        if behind <= count:
            return first + behind - 1
        behind -= count
    return line
