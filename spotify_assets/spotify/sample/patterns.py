"""Patterns: templates filled from lists of words, each combination numbered. The words themselves are elsewhere."""

from functools import cache
from math import prod
from typing import NamedTuple


class Pattern(NamedTuple):
    """A template for `str.format` and, for each of its fields, the words that may fill it."""

    template: str
    parts: tuple[tuple[str, ...], ...]


def pattern(template: str, *parts: str) -> Pattern:
    """A pattern whose parts are written as words between commas."""
    return Pattern(template, tuple(tuple(word.strip() for word in part.split(",")) for part in parts))


@cache
def capacity(pattern: Pattern) -> int:
    """How many combinations the pattern has."""
    return prod(map(len, pattern.parts))


def fill(pattern: Pattern, place: int) -> str:
    """The combination at this 0-based place."""
    words: list[str] = []
    for part in pattern.parts:
        place, word = divmod(place, len(part))
        words.append(part[word])
    return pattern.template.format(*words)
