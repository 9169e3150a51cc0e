"""Detects a file's Unicode encoding by its first bytes: both charts and JSON begin with ASCII."""

import codecs

# Longer marks first: the mark of UTF-32 begins like that of UTF-16.
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Without a mark, the zero bytes among the first four decide.
ZERO_BYTES: dict[tuple[bool, ...], str] = {
    (False, True, True, True): "utf-32-le",
    (True, True, True, False): "utf-32-be",
    (False, True, False, True): "utf-16-le",
    (True, False, True, False): "utf-16-be",
}


def encoding_of(content: bytes) -> tuple[int, str]:
    """The length of the byte order mark, and the encoding; UTF-8 by default."""
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return len(mark), encoding
    return 0, ZERO_BYTES.get(tuple(byte == 0 for byte in content[:4]), "utf-8")
