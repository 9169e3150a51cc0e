"""A file's bytes as text, whatever their encoding; lines in another encoding are marked."""

import codecs
import io
import re
from dataclasses import dataclass, field

from spotify_assets.charts.chart_file import bounded
from spotify_assets.charts.encoding import encoding_of
from spotify_assets.charts.errors import UnreadableChart

# A byte that is not UTF-8, as Python keeps it.
ESCAPED = re.compile("[\udc80-\udcff]")
NOT_ASCII = re.compile("[^\x00-\x7f\udc80-\udcff]")
# The first letters of UTF-8 read as Windows-1252.
LIKE_MOJIBAKE = re.compile("[\xc2-\xf4][\x80-\xbf\u0152-\u2122]")
SAVE_AS_UTF8 = "save it as UTF-8"


@dataclass(frozen=True)
class Text:
    """A file as text, its encoding, and the lines (1-based) that are not in that encoding."""

    lines: list[str]
    encoding: str
    unreadable: frozenset[int] = frozenset()
    oddities: list[str] = field(default_factory=list[str])


def text_of(content: bytes) -> Text:
    """A file as text.

    Raises:
        UnreadableChart: it is in no Unicode encoding.
    """
    mark, encoding = encoding_of(content)
    oddities = [] if encoding == "utf-8" else [f"it is in {encoding.upper()}, which is supported"]
    is_whole = True
    try:
        text = content[mark:].decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise UnreadableChart(f"damaged {encoding.upper()} from byte {error.start:,} on: {SAVE_AS_UTF8}") from error
        is_whole, text = False, content[mark:].decode(encoding, "surrogateescape")
    # Line ends unchanged: records are located by line number, and a lone CR also ends a line.
    lines = list(io.StringIO(text, newline=""))
    unreadable = frozenset(() if is_whole else _lines_with(ESCAPED, lines))
    if len(unreadable) > 1 and len(_lines_with(NOT_ASCII, lines)) < len(unreadable):
        first = min(unreadable)
        raise UnreadableChart(
            f"not UTF-8 (probably Windows-1252): {len(unreadable):,} lines, the first is line {first:,}: {SAVE_AS_UTF8}"
        )
    if not text.isascii() and LIKE_MOJIBAKE.search(text):
        oddities.extend(_mojibake(lines))
    return Text(lines, encoding, unreadable, oddities)


def start_of(head: bytes) -> str:
    """The first bytes of a file as text; a truncated character at the end is left out."""
    mark, encoding = encoding_of(head)
    return codecs.getincrementaldecoder(encoding)("replace").decode(head[mark:])


def _lines_with(pattern: re.Pattern[str], lines: list[str]) -> list[int]:
    return [number for number, line in enumerate(lines, 1) if pattern.search(line)]


def _mojibake(lines: list[str]) -> list[str]:
    found = [(number, line) for number, line in enumerate(lines, 1) if _is_mojibake(line)]
    if not found:
        return []
    number, line = found[0]
    sentence = (
        f"lines that look like UTF-8 read as Windows-1252: {len(found):,}, the first is line {number:,} "
        f"({bounded(line, 60)!r}): names are kept unchanged; {SAVE_AS_UTF8} from an intact copy"
    )
    return [sentence]


def _is_mojibake(line: str) -> bool:
    if not (match := LIKE_MOJIBAKE.search(line)):
        return False
    try:
        match.group().encode("cp1252").decode()
    except UnicodeError:
        # Characters of three bytes and more: check the entire run.
        return _is_mojibake_run(line[match.start() :])
    return True


def _is_mojibake_run(rest: str) -> bool:
    for length in (3, 4):
        try:
            rest[:length].encode("cp1252").decode()
        except UnicodeError:
            continue
        return True
    return False
