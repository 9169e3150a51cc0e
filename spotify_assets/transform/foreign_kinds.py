"""Kinds of files that are not our JSON, in their users' words, and what to do with them."""

import re

import msgspec

from spotify_assets.charts.refusals import LISTENING_FIELDS

# By their first bytes.
MAGICS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF; only JSON and charts as CSV are read"),
    (b"\x89PNG", "a picture (PNG); only JSON and charts as CSV are read"),
    (b"\xff\xd8\xff", "a picture (JPEG); only JSON and charts as CSV are read"),
    (b"GIF8", "a picture (GIF); only JSON and charts as CSV are read"),
    (b"RIFF", "a picture or a sound (RIFF); only JSON and charts as CSV are read"),
    (b"ID3", "a sound (MP3); only JSON and charts as CSV are read"),
    (b"PAR1", "a Parquet file; only JSON and charts as CSV are read"),
    (b"ARROW1", "an Arrow file; only JSON and charts as CSV are read"),
    (b"ORC", "an ORC file; only JSON and charts as CSV are read"),
    (b"Obj\x01", "an Avro file; only JSON and charts as CSV are read"),
    (b"SQLite format 3", "an SQLite database; only JSON and charts as CSV are read"),
    (b"\xd0\xcf\x11\xe0", "a file of an old Excel or Word; only JSON and charts as CSV are read"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive: unpack it, and land its files one by one"),
    (b"Rar!", "a RAR archive: unpack it, and land its files one by one"),
    (b"\x80\x02", "a pickle of Python: write JSON with json.dump"),
    (b"\x80\x03", "a pickle of Python: write JSON with json.dump"),
    (b"\x80\x04", "a pickle of Python: write JSON with json.dump"),
    (b"\x80\x05", "a pickle of Python: write JSON with json.dump"),
    (b"\x28\xb5\x2f\xfd", "compressed more than once: unpack it"),
    (b"\x1f\x8b", "compressed more than once: unpack it"),
    (b"BZh", "compressed more than once: unpack it"),
    (b"\xfd7zXZ", "compressed more than once: unpack it"),
    (b"PK\x03\x04", "a ZIP archive, compressed: unpack it, and land its files one by one"),
)
TAR_AT = 257
STREAMING_HISTORY = (
    "streaming history: what one person played and when, with network addresses, and no playlist. It is not imported; "
    "delete it here, too, where others can read it"
)
STREAMING_HISTORY_NAME = re.compile(r"(?:^|/)(?:Streaming_?History|endsong)[^/]*\Z", re.IGNORECASE)
HISTORY_FIELDS = set[str]().union(*LISTENING_FIELDS)
# How much of a file that is not JSON is read.
HEAD = 4_000
CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
POSITION = re.compile(r"\(byte (\d+)\)")
TRAILING = "trailing characters"
NOT_IN_JSON = re.compile(rb"-?(?:NaN|Infinity|undefined|None|True|False)\b")


def kind_by_name(key: str) -> str | None:
    """A file's kind by its name alone, if that is certain and its content is not needed."""
    return STREAMING_HISTORY if STREAMING_HISTORY_NAME.search(key) else None


def kind_by_fields(fields: frozenset[str]) -> str | None:
    """What a list contains, by the field names of its first object."""
    return STREAMING_HISTORY if any(known <= fields for known in LISTENING_FIELDS) else None


def kind_of(data: bytes) -> str | None:
    """A file's kind by its first bytes; None if these could be JSON."""
    head = data[:HEAD].lstrip()
    if not head:
        return None if data.strip() else "empty, or cut off before its first byte: land it again"
    if not data[:HEAD].strip(b"\0"):
        return "nothing but zero bytes, as a crash leaves a file whose size alone was written: land it again"
    for magic, kind in MAGICS:
        if data.startswith(magic):
            return kind
    if data[TAR_AT : TAR_AT + 5] == b"ustar":
        return "a TAR archive: unpack it, and land its files one by one"
    if head.startswith(b"<"):
        return "a web page (HTML or XML), not JSON: probably an error page saved by the extractor"
    return None


def why_no_json(data: bytes, error: msgspec.DecodeError | UnicodeDecodeError) -> str:
    """Why text is not JSON: what it is instead, or where it stops being JSON."""
    is_like_json = data.lstrip()[:1] in (b"{", b"[")
    try:
        data.decode()
    except UnicodeDecodeError as bad:
        if not is_like_json and CONTROLS.search(data[:HEAD]):
            return "binary data of an unknown kind; only JSON and charts as CSV are read"
        return f"text that is not UTF-8, from byte {bad.start:,} on (probably Windows-1252): save it as UTF-8"
    head = data[:HEAD].decode(errors="ignore").lstrip()
    if not is_like_json:
        return f"text that is not JSON: it begins with {head[:1]!r}, not with {{ or ["
    if "truncated" in str(error):
        return f"cut off: its JSON ends in the middle, after {len(data):,} bytes; land the complete file again"
    return _damage(data, head, error)


def _damage(data: bytes, head: str, error: Exception) -> str:
    if re.match(r"\[?\s*\{\s*'", head):
        return "a Python dictionary printed as text, not JSON: write it with json.dump"
    if (at := position_in(error)) is None:
        return f"not valid JSON: {error}"
    line = data.count(b"\n", 0, at) + 1
    if word := NOT_IN_JSON.match(data, at):
        return f"not valid JSON: at byte {at:,} (line {line:,}) is {word.group().decode()}, which JSON writes otherwise"
    found = data[at : at + 4].decode(errors="ignore")[:1]
    return f"not valid JSON: it is damaged at byte {at:,} (line {line:,}), at {found!r}; write it again"


def position_in(error: Exception) -> int | None:
    """Where the decoder stopped, known only from its message; trailing characters are counted from 1 there."""
    match = POSITION.search(str(error))
    return int(match[1]) - (TRAILING in str(error)) if match else None
