"""Reads a document with values of the wrong type cell by cell, so that one odd cell affects only itself.

A document is first read in one go, which is fast; only if that fails is it taken apart here, level by level, and each
part of the right type is again read in one go. A cell that cannot be read is null, or left out of a list that has no
nulls, and is reported by its path and types, never by its value.

Lossless conversions are no odd cells: 55.0 or "55" for an integer, a number for text, 0, 1, "true" or "false" for true
or false.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import msgspec
from msgspec import inspect

# A list is taken apart in one go; each of its elements then takes some 100 bytes, more if it is odd.
MOST_COMMAS, MOST_ELEMENTS = 8_000_000, 1_000_000
# Kinds of odd cells listed per day; all are counted.
MOST_LISTED = 500
# First places that are named of cells odd in the same way.
EXAMPLES = 3
# A lone surrogate, as an escape (JSON of JavaScript and Python may have it) or as bytes; complete pairs stay.
ESCAPES = re.compile(
    rb"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<lone>\\u[dD][89a-fA-F][0-9a-fA-F]{2}|"
    rb"\xed[\xa0-\xbf][\x80-\xbf])"
)
REPLACEMENT = rb"\ufffd"
WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,19}(\.0+)?")
KINDS = {
    b"{": "an object",
    b"[": "a list",
    b'"': "text",
    b"t": "true or false",
    b"f": "true or false",
    b"n": "null",
}
ANY_OBJECT, ANY_LIST = msgspec.json.Decoder(dict[str, msgspec.Raw]), msgspec.json.Decoder(list[msgspec.Raw])

Path = tuple[str | int, ...]
Raw = bytes | msgspec.Raw


class OddCell(msgspec.Struct, frozen=True):
    """Cells of one playlist in one raw object that are odd in the same way: how many, and where the first ones are."""

    raw_object: str
    playlist_id: str | None
    path: str
    expected: str
    found: str
    count: int
    places: tuple[str, ...]


def listed(found: Iterable[OddCell]) -> list[OddCell]:
    """The listed odd cells of a day in a stable order; the last one counts the rest."""
    cells = sorted(
        found, key=lambda cell: (cell.raw_object, cell.playlist_id or "", cell.path, cell.expected, cell.found)
    )
    shown, rest = cells[:MOST_LISTED], cells[MOST_LISTED:]
    if rest:
        shown.append(OddCell("", None, f"{len(rest)} further kinds", "", "", sum(cell.count for cell in rest), ()))
    return shown


class TooManyValues(ValueError):
    """Too many values to take apart."""


@dataclass
class OddCells:
    """The odd cells of one document: counts and first places by path, and the entries lost to them."""

    prefix: str = ""
    found: dict[tuple[str, str, str], tuple[int, list[str]]] = field(default_factory=dict)
    lost_entries: set[int] = field(default_factory=set)

    def add(self, path: Path, expected: str, found: str) -> None:
        """Notes a cell."""
        kind = (self._text(path, numbered=False), expected, found)
        count, places = self.found.get(kind, (0, []))
        if count < EXAMPLES:
            places = [*places, self._text(path, numbered=True)]
        self.found[kind] = (count + 1, places)
        match path:
            case (
                (int(number),)
                | (*_, "items", int(number))
                | (*_, int(number), "item" | "track")
                | (*_, int(number), "item" | "track", "id")
            ):
                self.lost_entries.add(number)
            case _:
                pass

    def tells_of(self, name: str) -> bool:
        """Whether anything under that field is odd."""
        return any(path.startswith(f"{self.prefix}{name}") for path, _, _ in self.found)

    def of(self, raw_object: str, playlist_id: str | None) -> list[OddCell]:
        """All of them, as cells of a playlist in a raw object."""
        return [
            OddCell(raw_object, playlist_id, path, expected, found, count, tuple(places))
            for (path, expected, found), (count, places) in self.found.items()
        ]

    def _text(self, path: Path, *, numbered: bool) -> str:
        text = "".join(
            f".{part}" if isinstance(part, str) else f"[{part if numbered else ''}]" for part in path
        ).removeprefix(".")
        return f"{self.prefix}{text}"


def mended(data: bytes) -> bytes:
    """JSON in which each lone surrogate, which is half a character, is U+FFFD; the same bytes if there is none."""
    return ESCAPES.sub(lambda match: REPLACEMENT if match["lone"] else match[0], data)


def read_by_cell(data: Raw, kind: type[Any], odd: OddCells, *, is_mended: bool = False) -> Any:
    """A document of that type, null or without its odd cells, which are noted; UNSET if nothing of it can be read.

    `is_mended` says that `mended` replaced something: the replaced cells are read, and noted.

    Raises:
        msgspec.DecodeError: it is not JSON.
        TooManyValues: a list is too long to be taken apart.
    """
    return _Reader(odd, is_mended).read(data, _described(kind), ())


class _Reader:
    def __init__(self, odd: OddCells, is_mended: bool) -> None:
        self._odd = odd
        self._is_mended = is_mended

    def read(self, data: Raw, info: inspect.Type, path: Path) -> Any:
        alternatives = info.types if isinstance(info, inspect.UnionType) else (info,)
        first = bytes(memoryview(data)[:1]) if isinstance(data, msgspec.Raw) else data.lstrip()[:1]
        for alternative in alternatives:
            match alternative:
                case inspect.NoneType() if first == b"n":
                    return None
                case inspect.StructType() if first == b"{":
                    return self._struct(data, alternative, path)
                case inspect.ListType() | inspect.VarTupleType() if first == b"[":
                    return self._list(data, alternative, path)
                case inspect.StrType() | inspect.IntType() | inspect.BoolType() if first not in b"{[n":
                    if (value := self._value(data, alternative, path)) is not msgspec.UNSET:
                        return value
                case inspect.RawType():
                    return msgspec.Raw(data) if isinstance(data, bytes) else data
                case _:
                    pass
        self._odd.add(path, _expected(alternatives), KINDS.get(first, "another number" if first else "nothing"))
        return msgspec.UNSET

    def _struct(self, data: Raw, info: inspect.StructType, path: Path) -> Any:
        if not self._holds_replaced(data):
            try:
                return _decoder(info.cls).decode(data)
            except msgspec.ValidationError:
                pass
        found = ANY_OBJECT.decode(data)
        values: dict[str, Any] = {}
        for each in info.fields:
            if each.encode_name in found:
                value = self.read(found[each.encode_name], each.type, (*path, each.encode_name))
                if value is not msgspec.UNSET:
                    values[each.name] = value
            if each.required and each.name not in values:
                self._odd.add((*path, each.encode_name), "something", "nothing that can be read")
                return msgspec.UNSET
        return info.cls(**values)

    def _list(self, data: Raw, info: inspect.ListType | inspect.VarTupleType, path: Path) -> Any:
        if bytes(data).count(b",") > MOST_COMMAS:
            raise TooManyValues
        elements = ANY_LIST.decode(data)
        if len(elements) > MOST_ELEMENTS:
            raise TooManyValues
        has_nulls = isinstance(info.item_type, inspect.UnionType)
        values = [self.read(element, info.item_type, (*path, number)) for number, element in enumerate(elements)]
        kept = [
            None if value is msgspec.UNSET else value for value in values if has_nulls or value is not msgspec.UNSET
        ]
        return kept if isinstance(info, inspect.ListType) else tuple(kept)

    def _value(self, data: Raw, info: inspect.Type, path: Path) -> Any:
        """A single value, converted if that loses nothing; UNSET otherwise."""
        try:
            value = msgspec.json.decode(data)
        except msgspec.ValidationError:
            return msgspec.UNSET
        match info:
            case inspect.StrType():
                if isinstance(value, str) and self._holds_replaced(data):
                    self._odd.add(path, "text", "text with half a character, which is U+FFFD now")
                return value if isinstance(value, str) else msgspec.UNSET if isinstance(value, bool) else _text(data)
            case inspect.IntType():
                return _whole_number(value, info)
            case _:
                return _true_or_false(value)

    def _holds_replaced(self, data: Raw) -> bool:
        return self._is_mended and REPLACEMENT in bytes(data)


@cache
def _described(kind: type[Any]) -> inspect.Type:
    return inspect.type_info(kind)


@cache
def _decoder(kind: type[Any]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


def _text(data: Raw) -> str:
    return bytes(data).decode().strip()


def _whole_number(value: Any, info: inspect.IntType) -> Any:
    if isinstance(value, str) and WHOLE_NUMBER.fullmatch(value):
        value = int(value.partition(".")[0])
    elif isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        return msgspec.UNSET
    is_in_range = (info.ge is None or value >= info.ge) and (info.le is None or value <= info.le)
    return value if is_in_range else msgspec.UNSET


def _true_or_false(value: Any) -> Any:
    if isinstance(value, str):
        value = {"true": True, "false": False}.get(value.lower(), value)
    return bool(value) if value in (0, 1) else msgspec.UNSET


def _expected(alternatives: Sequence[inspect.Type]) -> str:
    names = {
        inspect.StructType: "an object",
        inspect.ListType: "a list",
        inspect.VarTupleType: "a list",
        inspect.StrType: "text",
        inspect.IntType: "a whole number",
        inspect.BoolType: "true or false",
    }
    return " or ".join(names[type(each)] for each in alternatives if type(each) in names)
