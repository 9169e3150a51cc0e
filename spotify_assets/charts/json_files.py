"""JSON documents: their values as text for cells, whatever their type."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import polars as pl

from spotify_assets.charts.chart_file import Problem, bounded
from spotify_assets.charts.encoding import encoding_of
from spotify_assets.charts.errors import UnreadableChart

LISTS = pl.List(pl.String())


def document_of(content: bytes) -> dict[str, Any]:
    """A file as a JSON object.

    Raises:
        UnreadableChart: it is truncated, damaged or not JSON.
    """
    mark, encoding = encoding_of(content)
    try:
        document = msgspec.json.decode(content[mark:].decode(encoding))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnreadableChart(f"invalid JSON ({error}): save it again") from error
    if not isinstance(document, dict):
        raise UnreadableChart("JSON, but not an object with a chart or a playlist")
    return document


def part(value: object, *path: str) -> Any:
    """The value under nested fields; None if there is none."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def objects(value: object) -> list[dict[str, Any]]:
    """The objects of a list; none if it is not a list of objects."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def texts(value: object, name: str) -> list[str] | None:
    """A field of all objects of a list, as text; None if one of them lacks it."""
    found = [each.get(name) for each in objects(value)]
    return [str(each) for each in found] if found and all(isinstance(each, str) and each for each in found) else None


@dataclass
class Entries:
    """Entries of documents as columns: texts, and lists under the names in `lists`."""

    names: Sequence[str]
    lists: Sequence[str] = ()
    problems: list[Problem] = field(default_factory=list[Problem])
    _columns: dict[str, list[Any]] = field(default_factory=dict[str, list[Any]])
    _shown: list[object] = field(default_factory=list[object])

    def add(self, values: dict[str, object], entry: object) -> None:
        """Adds an entry: its values by column, and the entry itself for problems."""
        self._shown.append(entry)
        for name in self.names:
            self._columns.setdefault(name, []).append(self._text(values.get(name), name))
        for name in self.lists:
            self._columns.setdefault(name, []).append(values.get(name))

    def frame(self) -> pl.DataFrame:
        """All entries, with their numbers as `line`."""
        kinds = [*((name, pl.String()) for name in self.names), *((name, LISTS) for name in self.lists)]
        columns = [pl.Series(name, self._columns.get(name, []), kind) for name, kind in kinds]
        return pl.DataFrame([pl.Series("line", range(1, len(self._shown) + 1), pl.Int64), *columns])

    def text_of(self, number: int) -> str:
        """An entry as text."""
        return bounded(msgspec.json.encode(self._shown[number - 1]).decode())

    def _text(self, value: object, name: str) -> str | None:
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, dict | list):
            number = len(self._shown)
            self.problems.append(Problem(number, f"its {name} is not a single value", self.text_of(number), name))
            return None
        return msgspec.json.encode(value).decode()
