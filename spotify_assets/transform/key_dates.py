"""The day that a key of the raw zone names, in the forms that people use; never a guess.

An unknown kind of date, or two days in one key, is an error: filed under the day on which it landed, an old chart
would be published as today's.
"""

import re
from collections.abc import Iterator
from datetime import date

from spotify_assets.charts.errors import UnreadableChart
from spotify_assets.charts.identity import named_in
from spotify_assets.transform.key_words import LANDED_AT

SNAPSHOT_DATE = "snapshot_date="
NOT_KNOWN = "Put it under snapshot_date=YYYY-MM-DD/, the day that it shows."
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# A time of day may follow a date; its digits are no date of their own.
TIME = (
    r"(?:T(?:[01]\d|2[0-3])(?![0-9A-Za-z])|"
    r"[T_ -]?(?:[01]\d|2[0-3])[:._-]?[0-5]\d(?:[:._-]?[0-6]\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d[:_-]?\d\d)?(?![0-9]))?"
)
YEAR, MONTH_NUMBER, DAY_NUMBER = r"(?:19|20)\d\d", r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"
MONTH_NAME = (
    r"(?P<name>january|february|march|april|june|july|august|september|october|november|december|"
    r"jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)"
)
# Dates that can be read in only one way.
KNOWN = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<![0-9A-Za-z])year=(?P<year>\d{4})/month=(?P<month>\d{1,2})/day=(?P<day>\d{1,2})(?=/)",
        rf"(?<!\d)(?P<year>{YEAR})(?P<separator>[-_./])(?P<month>\d{{1,2}})(?P=separator)(?P<day>\d{{1,2}})(?!\d){TIME}",
        # A separate word, after letters at most: digits in an id or a hash are no date.
        rf"(?<![0-9A-Za-z])(?:[A-Za-z]{{2,}})?(?P<year>{YEAR})(?P<month>\d\d)(?P<day>\d\d){TIME}(?![0-9A-Za-z])",
        rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[-_. ]?{MONTH_NAME}[-_., ]{{0,2}}(?P<year>{YEAR})(?!\d)",
        rf"(?<![A-Za-z]){MONTH_NAME}[-_. ]?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[-_., ]{{1,2}}(?P<year>{YEAR})(?!\d)",
    )
]
# Weekly charts of spotifycharts.com.
OF_A_WEEK = re.compile(r"/[^/]*\d{4}-\d\d-\d\d--\d{4}-\d\d-\d\d[^/]*\Z")
# Dates that people read differently: days before months or after them, weeks, entire months.
LIKE_A_DATE = re.compile(
    r"(?<!\d)\d{1,2}([-_./])\d{1,2}\1(?:19|20)\d\d(?!\d)|"
    r"(?<![0-9A-Za-z])\d{1,2}([-_])\d{1,2}\2\d{2}(?![0-9A-Za-z])|"
    rf"(?<!\d){YEAR}[-_./]?W\d{{1,2}}(?!\d)|"
    rf"(?<!\d){YEAR}([-_./])\d{{1,2}}\3\d{{1,}}|"
    rf"(?<!\d){YEAR}[-_./](?:0?[1-9]|1[0-2])(?![0-9])|"
    rf"(?<!\d){YEAR}[-_./]{MONTH_NUMBER}{DAY_NUMBER}(?!\d)|"
    rf"(?<![0-9A-Za-z])[A-Za-z]*{YEAR}{MONTH_NUMBER}(?:[-_./]?{DAY_NUMBER})?(?:[A-Za-z]|(?![0-9A-Za-z]))|"
    rf"(?<![0-9A-Za-z]){MONTH_NAME}[-_. ]?{YEAR}(?!\d)|"
    r"year=[^/]*/month=[^/]*(?:/day=[^/]*)?",
    re.IGNORECASE,
)

# The name of a folder that gives its day as partitions do; in a longer name it may be half of another date.
DAY_FOLDER = re.compile(rf"(?:[A-Za-z_]+=)?({YEAR}-{MONTH_NUMBER}-{DAY_NUMBER})")


class NotADay(ValueError):
    """A key whose day is unclear; the message says what in it, and what to do."""


def day_in_key(key: str) -> date | None:
    """The day that a key names; None if it names none, so that the day on which the object landed counts.

    Raises:
        NotADay: it has something like a date that is none, or two days that differ.
    """
    # Filing puts the time of landing there; it is still there if somebody moves an object back.
    rest, found = LANDED_AT.sub("/", f"/{key}"), dict[date, str]()
    if (week := OF_A_WEEK.search(rest)) is not None:
        found[_end_of_week(week.group())] = week.group().strip("/")
        rest = OF_A_WEEK.sub("/", rest)
    for text, day in _folders(key):
        rest = rest.replace(f"{SNAPSHOT_DATE}{text}/", "/", 1)
        found.setdefault(day, text)
    for pattern in KNOWN:
        for match in pattern.finditer(rest):
            found.setdefault(_date(match), match.group())
        rest = pattern.sub("/", rest)
    if like := LIKE_A_DATE.search(rest):
        raise NotADay(
            f"'{like.group()}' in its key may be a date, but not one that can be read in one way. {NOT_KNOWN}"
        )
    if len(found) > 1:
        first, second, *_ = found.values()
        raise NotADay(f"'{first}' and '{second}' in its key are different days. {NOT_KNOWN}")
    return next(iter(found), None)


def _end_of_week(name: str) -> date:
    """The day of a weekly chart whose name has the first days of two weeks."""
    try:
        day = named_in(name).day
    except UnreadableChart as error:
        raise NotADay(f"{error}. {NOT_KNOWN}") from None
    if day is None:
        raise NotADay(f"'{name.strip('/')}' in its key are two days. {NOT_KNOWN}")
    return day


def day_of_folder(name: str) -> date | None:
    """The day of a top-level folder of the raw zone whose name plainly gives it: its keys name that day, or none."""
    plain = DAY_FOLDER.fullmatch(name)
    try:
        return None if plain is None else date.fromisoformat(plain[1])
    except ValueError:
        return None


def _folders(key: str) -> Iterator[tuple[str, date]]:
    """The days of `snapshot_date=` folders."""
    for part in key.split("/")[:-1]:
        if part.startswith(SNAPSHOT_DATE):
            text = part.removeprefix(SNAPSHOT_DATE)
            try:
                yield text, date.fromisoformat(text)
            except ValueError:
                raise NotADay(f"'{text}' in its key is not a date. {NOT_KNOWN}") from None


def _date(match: re.Match[str]) -> date:
    groups = match.groupdict()
    month = groups.get("month") or MONTHS.index(groups["name"][:3].lower()) + 1
    try:
        return date(int(groups["year"]), int(month), int(groups["day"]))
    except ValueError:
        raise NotADay(f"'{match.group()}' in its key is not a date. {NOT_KNOWN}") from None
