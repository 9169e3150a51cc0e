"""The saved queries of `spotify_assets/serving/sql/`: their answers, their parameters, and values for these.

A file begins with comments: a description, an empty comment, then a line for each parameter (name, type, default as
SQL text, two spaces or more, meaning). Its SELECT names them as DuckDB does, `$name`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Literal

Value = str | int | date | None
ParameterType = Literal["text", "date", "integer"]

_PARAMETER = re.compile(r"\$(?P<name>\w+) (?P<type>text|date|integer) = (?P<default>'[^']*'|NULL|\d+) {2,}(?P<text>.+)")


class NoSuchQuery(ValueError):
    """No saved query has that name or parameter, or the value has the wrong type; the message lists the known ones."""


@dataclass(frozen=True)
class Parameter:
    """A parameter of a saved query; `default` is SQL text."""

    name: str
    type: ParameterType
    default: str
    meaning: str

    @property
    def default_value(self) -> Value:
        """The default as a value."""
        return None if self.default == "NULL" else self.value(self.default.strip("'"))

    def value(self, text: str) -> Value:
        """A value from text.

        Raises:
            ValueError: the text is not of its type.
        """
        match self.type:
            case "date":
                return date.fromisoformat(text)
            case "integer":
                return int(text)
            case _:
                return text


@dataclass(frozen=True)
class SavedQuery:
    """A question with its SQL."""

    name: str
    description: str
    parameters: Mapping[str, Parameter]
    sql: str

    def values(self, given: Mapping[str, str]) -> dict[str, Value]:
        """A value for every parameter: the given text, else the default.

        Raises:
            NoSuchQuery: a parameter is not one of this query, or a text is not of its type.
        """
        if unknown := [name for name in given if name not in self.parameters]:
            raise NoSuchQuery(f"{self.name} has no parameter {unknown[0]!r}. {self._known_parameters()}")
        return {
            name: self._value(parameter, given[name]) if name in given else parameter.default_value
            for name, parameter in self.parameters.items()
        }

    def _value(self, parameter: Parameter, text: str) -> Value:
        try:
            return parameter.value(text)
        except ValueError:
            wanted = "a date such as 2026-03-01" if parameter.type == "date" else "a whole number"
            raise NoSuchQuery(f"{self.name}: {parameter.name}={text} is not {wanted}.") from None

    def _known_parameters(self) -> str:
        if not self.parameters:
            return "It has none."
        known = "; ".join(f"{found.name} = {found.default} ({found.meaning})" for found in self.parameters.values())
        return f"It has {known}."


@cache
def saved_queries() -> Mapping[str, SavedQuery]:
    """All saved queries by name, in alphabetical order."""
    found = sorted(files("spotify_assets.serving.sql").iterdir(), key=lambda file: file.name)
    texts = {file.name: file.read_text(encoding="utf-8") for file in found if file.name.endswith(".sql")}
    return {name.removesuffix(".sql"): read_query(name.removesuffix(".sql"), text) for name, text in texts.items()}


def saved_query(name: str) -> SavedQuery:
    """A saved query.

    Raises:
        NoSuchQuery: there is none with that name.
    """
    known = saved_queries()
    if name not in known:
        raise NoSuchQuery(f"No saved query is called {name!r}. There are {', '.join(known)}.")
    return known[name]


def read_query(name: str, text: str) -> SavedQuery:
    """The query in a file.

    Raises:
        ValueError: its comments do not have the form above.
    """
    lines = text.splitlines()
    end = next(number for number, line in enumerate(lines) if not line.startswith("--"))
    comments = [line.removeprefix("--").strip() for line in lines[:end]]
    described = comments.index("") if "" in comments else len(comments)
    parameters: dict[str, Parameter] = {}
    for comment in comments[described + 1 :]:
        match = _PARAMETER.fullmatch(comment)
        if match is None:
            raise ValueError(f"{name}.sql: not a parameter: {comment}")
        kind: ParameterType = "text" if match["type"] == "text" else "date" if match["type"] == "date" else "integer"
        parameters[match["name"]] = Parameter(match["name"], kind, match["default"], match["text"])
    return SavedQuery(name, " ".join(comments[:described]), parameters, "\n".join(lines[end:]).strip() + "\n")
