"""What audit, staging and Dagster checks share: a check's finding, and numbers in sentences."""

from collections.abc import Mapping, Sequence

import msgspec

# A row of a check's list, by column name; `raw_object` is named as in the stage.
Example = Mapping[str, int | float | str]


class Finding(msgspec.Struct, frozen=True):
    """The result of one check on one table and day; `sentence` is for people, `figures` and `rows` for metadata.

    `rows` list what the sentence only counts: the rule, playlist and offending rows, with the same columns in each.
    """

    check: str
    passed: bool
    blocking: bool
    sentence: str
    figures: Mapping[str, int | float | str] = {}
    rows: tuple[Example, ...] = ()


def counted(
    number: int, noun: str, singular_verb: str = "", plural_verb: str = "", *, plural: str | None = None
) -> str:
    """A number with its noun and verb: `1 row is`, `2 rows are`, `1,000 rows`.

    `plural` is that of the noun, if adding an s is not enough.
    """
    noun, verb = (noun, singular_verb) if number == 1 else (plural or f"{noun}s", plural_verb)
    return f"{number:,} {noun} {verb}".rstrip()


def part_of(part: int, whole: int, noun: str, singular_verb: str = "", plural_verb: str = "") -> str:
    """A part of a total: `1 of 1 day`, `1 of 3 days passes`, `2 of 3 days pass`; the verb agrees with the part."""
    verb = singular_verb if part == 1 else plural_verb
    return f"{part:,} of {counted(whole, noun)} {verb}".rstrip()


def listed(told: Sequence[str], most: int) -> str:
    """The first `most` items, and how many more there are."""
    first = "; ".join(told[:most])
    return f"{first}; and {len(told) - most} more" if len(told) > most else first
