"""Seeded chance: the same numbers in every process, on every platform and Python version.

Here belong random streams, noise and the 22-character ids. What is drawn with them does not.
Only `random.Random.random()`, hashes and plain arithmetic are used: the other methods of `random.Random` may change
between Python versions, `hash()` between processes, and sin, exp or pow between platforms.
"""

import math
from bisect import bisect
from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import blake2b
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")

ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
ID_LENGTH = 22

_DIGITS = {character: digit for digit, character in enumerate(ALPHABET)}
_PAIRS = [tens + ones for tens in ALPHABET for ones in ALPHABET]
_MASK = (1 << 64) - 1


def digest(*labels: object, size: int = 8) -> bytes:
    """A hash of `size` bytes over the labels' text."""
    return blake2b("\x1f".join(map(str, labels)).encode(), digest_size=size).digest()


def number_of(*labels: object) -> int:
    """A 64-bit number determined by the labels."""
    return int.from_bytes(digest(*labels), "big")


def stream(*labels: object) -> Random:
    """A separate random stream for these labels; take only `random()` from it."""
    return Random(number_of(*labels))  # noqa: S311 -- must be repeatable, need not be secret


def between(chance: Random, low: float, high: float) -> float:
    """A number from `low` to just below `high`."""
    return low + (high - low) * chance.random()


def whole_between(chance: Random, low: int, high: int) -> int:
    """A whole number from `low` to `high`, both included."""
    return low + int(chance.random() * (high - low + 1))


def pick(chance: Random, options: Sequence[T]) -> T:
    """One of the options, each as likely as the others."""
    return options[int(chance.random() * len(options))]


@cache
def shuffled(size: int, *labels: object) -> Sequence[int]:
    """The whole numbers below `size` in an order determined by the labels."""
    chance = stream(*labels)
    numbers = list(range(size))
    for place in range(size - 1, 0, -1):
        other = whole_between(chance, 0, place)
        numbers[place], numbers[other] = numbers[other], numbers[place]
    return numbers


class Weighted(Generic[T]):
    """Options that are picked in proportion to their weights."""

    def __init__(self, weights: Iterable[tuple[T, float]]) -> None:
        """Options and their weights; an option of weight 0 is never picked."""
        pairs = list(weights)
        self._options = [option for option, _ in pairs]
        self._sums = list(accumulate(weight for _, weight in pairs))

    def pick(self, chance: Random) -> T:
        """One of the options."""
        return self._options[bisect(self._sums, chance.random() * self._sums[-1])]


def noise(key: int, step: int) -> float:
    """White noise from -1 to 1: one value for each whole `step` of the 64-bit `key` (splitmix64)."""
    mixed = (key ^ (step * 0x9E3779B97F4A7C15)) & _MASK
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
    return (mixed >> 11) / 2**52 - 1


def wave(turns: float) -> float:
    """A triangle wave from -1 to 1 with one period for each whole turn; stands in for sine, which platforms round
    differently."""
    return 4 * abs(turns - math.floor(turns) - 0.5) - 1


class Ids:
    """Spotify ids (22 base-62 characters, 128 bits) that hold a number and can be read back without any table.

    Half of an id is a keyed hash of the number, the other half the number hidden by a hash of the first: so ids look
    random, and a foreign id is told from one of ours.
    """

    def __init__(self, seed: int) -> None:
        """Another seed gives other ids, and does not know these."""
        self._seed = seed
        self._known: dict[tuple[str, int], str] = {}

    def encode(self, kind: str, number: int) -> str:
        """The id of the thing of this kind with this number (below 2**64)."""
        known = self._known.get((kind, number))
        if known is None:
            tag = number_of(self._seed, kind, number)
            known = _to_text(tag << 64 | (number ^ number_of(self._seed, kind, "veil", tag)))
            self._known[kind, number] = known
        return known

    def decode(self, kind: str, text: str) -> int | None:
        """The number in an id of this kind, or None if the id is not from this seed."""
        if len(text) != ID_LENGTH or not all(character in _DIGITS for character in text):
            return None
        value = 0
        for character in text:
            value = value * 62 + _DIGITS[character]
        tag = value >> 64
        number = (value & _MASK) ^ number_of(self._seed, kind, "veil", tag)
        return number if tag == number_of(self._seed, kind, number) else None


def _to_text(value: int) -> str:
    pairs: list[str] = []
    for _ in range(ID_LENGTH // 2):
        value, pair = divmod(value, 62 * 62)
        pairs.append(_PAIRS[pair])
    return "".join(reversed(pairs))
