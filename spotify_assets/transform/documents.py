"""Text to documents, each with its cells that could not be read: in any encoding of JSON, one document or many.

One document is the usual case and is read in one go. Only if that fails is the text cut into its values (lists,
lines, documents that follow each other), and a list of rows, which names no playlist, becomes the page that it was.
"""

import codecs
from collections.abc import Iterable, Iterator
from itertools import chain

import msgspec

from spotify_assets.charts.encoding import encoding_of
from spotify_assets.spotify.payloads import Document, Entry
from spotify_assets.transform.cells import ANY_LIST, MOST_COMMAS, OddCells, TooManyValues, mended, read_by_cell
from spotify_assets.transform.containers import LARGEST_OBJECT_BYTES, UnreadableObject
from spotify_assets.transform.foreign_kinds import (
    HISTORY_FIELDS,
    TRAILING,
    kind_by_fields,
    kind_of,
    position_in,
    why_no_json,
)

# A playlist has at most 10,000 entries, in some 15 JSON objects each.
MOST_JSON_OBJECTS = 4_000_000
# Fields of rows, and of other objects.
ROW_FIELDS = {"track", "item"}
DOCUMENT_FIELDS = {"envelope", "playlist", "playlists", "artists", "artist_facts", "error", "items", "tracks"}
TELLING_FIELDS = sorted(ROW_FIELDS | DOCUMENT_FIELDS | HISTORY_FIELDS)
NO_FIELDS = frozenset[str]()

_DECODER = msgspec.json.Decoder(Document | list[Document])
_ROWS = msgspec.json.Decoder(list[Entry | None])
_VALUE = msgspec.json.Decoder(msgspec.Raw)
_TELLING = msgspec.json.Decoder(
    msgspec.defstruct("Telling", [(name, msgspec.Raw | msgspec.UnsetType, msgspec.UNSET) for name in TELLING_FIELDS])
)


class _Object(msgspec.Struct):
    """Any JSON object."""


_OBJECTS = msgspec.json.Decoder(_Object | list[_Object])

# Documents, and by their numbers the cells that could not be read.
Documents = tuple[list[Document], dict[int, OddCells]]


def utf8(data: bytes) -> bytes:
    """JSON text of any encoding as UTF-8, without a byte order mark.

    Raises:
        UnreadableObject: it is not text in the encoding it begins with.
    """
    start, encoding = encoding_of(data)
    if encoding == "utf-8":
        return data[start:]
    try:
        # Half characters are replaced later, as in UTF-8.
        text = codecs.decode(memoryview(data)[start:], encoding, "surrogatepass").encode(errors="surrogatepass")
    except UnicodeDecodeError as error:
        name = encoding[:6].upper()
        raise UnreadableObject(
            f"text in {name} that is damaged or cut off at byte {start + error.start:,}; save it as UTF-8"
        ) from error
    if len(text) > LARGEST_OBJECT_BYTES:
        raise UnreadableObject(f"larger than {LARGEST_OBJECT_BYTES:,} bytes in UTF-8")
    return text


def count_objects(texts: Iterable[bytes]) -> None:
    """Refuses more JSON objects than the limit.

    Raises:
        UnreadableObject: there are more.
    """
    if (objects := sum(text.count(b"{") for text in texts)) > MOST_JSON_OBJECTS:
        raise UnreadableObject(f"holds {objects:,} JSON objects, and none of more than {MOST_JSON_OBJECTS:,} is read")


def documents_of(data: bytes) -> Documents:
    """The documents of a text in UTF-8, and by their numbers the cells that could not be read.

    Raises:
        UnreadableObject: it is not JSON, or of no known shape; the message says what it is instead.
    """
    if (kind := kind_of(data)) is not None:
        raise UnreadableObject(kind)
    try:
        documents, odd_cells = _in_one_go(data) or _one_by_one(data)
    except RecursionError as error:
        raise UnreadableObject("nested too deeply for a playlist") from error
    except msgspec.ValidationError as error:
        raise UnreadableObject("not in a known shape: neither an object nor a list of objects") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnreadableObject(why_no_json(data, error)) from error
    except TooManyValues as error:
        raise UnreadableObject("not in a known shape, and too long to be read cell by cell") from error
    if not documents:
        raise UnreadableObject("an empty list: neither a playlist, a page of entries, nor artists")
    return documents, odd_cells


def _in_one_go(data: bytes) -> Documents | None:
    """The documents of a text that is one document or a list of them, without odd cells; None otherwise."""
    try:
        parsed = _DECODER.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    found = parsed if isinstance(parsed, list) else [parsed]
    return None if any(map(_says_nothing, found)) else (found, {})


def _says_nothing(document: Document) -> bool:
    return all(getattr(document, name) is None for name in DOCUMENT_FIELDS)


def _one_by_one(data: bytes) -> Documents:
    """The documents of a text with odd cells, half characters, lists of rows, or several values."""
    text = mended(data)
    is_mended = text != data
    values = list(_values(text))
    is_one_document = len(values) == 1 and values[0].startswith(b"{")
    elements = list(chain.from_iterable(map(_elements, values)))
    fields = [_fields(element) for element in elements]
    if fields and (kind := kind_by_fields(fields[0])) is not None:
        raise UnreadableObject(kind)
    if any(names & ROW_FIELDS for names in fields) and not any(names & DOCUMENT_FIELDS for names in fields):
        return _page_of_rows(b"[" + b",".join(elements) + b"]", is_mended=is_mended)
    for value in values:
        # Decoded for its error: only objects and lists of objects continue.
        _OBJECTS.decode(value)
    documents: list[Document] = []
    found: dict[int, OddCells] = {}
    for number, element in enumerate(elements):
        odd = OddCells("" if is_one_document else f"[{number}].")
        documents.append(read_by_cell(element, Document, odd, is_mended=is_mended))
        if odd.found:
            found[number] = odd
    return documents, found


def _values(text: bytes) -> Iterator[bytes]:
    """The JSON values that follow each other in a text, as in JSON lines."""
    rest = memoryview(text)
    while True:
        try:
            _VALUE.decode(rest)
        except msgspec.DecodeError as error:
            end = position_in(error)
            # A comma or a bracket after a value is damage.
            if end is None or TRAILING not in str(error) or rest[end : end + 1] not in (b"{", b"["):
                raise
            yield bytes(rest[:end]).strip()
            rest = rest[end:]
        else:
            yield bytes(rest).strip()
            return


def _elements(value: bytes) -> list[bytes]:
    """An object itself, or the elements of a list, nested lists included: loops over pages keep a list of lists."""
    if not value.startswith(b"["):
        return [value]
    try:
        _OBJECTS.decode(value)
    except msgspec.ValidationError:
        # Objects were counted before; many other values are no playlist.
        if value.count(b",") > MOST_COMMAS:
            raise TooManyValues from None
    elements = [bytes(element) for element in ANY_LIST.decode(value)]
    if elements and all(element.startswith(b"[") for element in elements):
        return [bytes(inner) for element in elements for inner in ANY_LIST.decode(element)]
    return elements


def _fields(element: bytes) -> frozenset[str]:
    """The fields present that identify what an object is."""
    if not element.startswith(b"{"):
        return NO_FIELDS
    found = _TELLING.decode(element)
    return frozenset(name for name in TELLING_FIELDS if getattr(found, name) is not msgspec.UNSET)


def _page_of_rows(rows: bytes, *, is_mended: bool) -> Documents:
    odd = OddCells()
    if not is_mended:
        try:
            return [Document(items=_ROWS.decode(rows))], {}
        except msgspec.ValidationError:
            pass
    return [Document(items=read_by_cell(rows, list[Entry | None], odd, is_mended=is_mended))], {0: odd}
