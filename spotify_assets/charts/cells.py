"""Text cells as typed values: what each kind accepts, and how a sentence names it.

A value that is not of its kind is null and reported, never guessed: `expected` completes "its … is …, expected ".
"""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from spotify_assets.charts.countries import GLOBAL, region_of

Expression = Callable[[pl.Expr], pl.Expr]
NOT_THERE = -1
SONG = r"^(?:spotify:track:|https?://open\.spotify\.com/(?:intl-[a-z-]+/)?track/)([0-9A-Za-z]{22})(?:[?#/].*)?$"
ID = r"^([0-9A-Za-z]{22})$"
# Streams are integers, so a separator between groups of three is a thousands separator; a single point might be
# decimal.
THOUSANDS = r"^\d{1,3}(?:(?:,\d{3})+|(?:[ \x{a0}\x{202f}'\x{2019}]\d{3})+|(?:\.\d{3}){2,})$"
ARTIST = "spotify:artist:"
ARTISTS = rf"^{ARTIST}[0-9A-Za-z]{{22}}(?:\|{ARTIST}[0-9A-Za-z]{{22}})*$"
DAY_LENGTH = 10


@dataclass(frozen=True)
class Kind:
    """A kind of cell: how it is read, and its name in a sentence."""

    read: Expression
    expected: str


@dataclass(frozen=True)
class Cell:
    """A column of a format, and the kind of its cells."""

    column: str
    kind: Kind


def _whole(text: pl.Expr) -> pl.Expr:
    # Programs write 12.0 for integers in columns with missing values.
    return text.str.strip_suffix(".0").cast(pl.Int64, strict=False)


def _from(minimum: int, maximum: int | None = None) -> Expression:
    def read(text: pl.Expr) -> pl.Expr:
        value = _whole(text)
        is_in_range = value >= minimum if maximum is None else value.is_between(minimum, maximum)
        return pl.when(is_in_range).then(value)

    return read


def _previous(text: pl.Expr) -> pl.Expr:
    value = _whole(text)
    return pl.when((value >= 1) | (value == NOT_THERE)).then(value)


def _count(text: pl.Expr) -> pl.Expr:
    grouped = pl.when(text.str.contains(THOUSANDS)).then(text.str.replace_all(r"\D", "").cast(pl.Int64, strict=False))
    value = pl.coalesce(_whole(text), grouped)
    return pl.when(value >= 0).then(value)


def _day(text: pl.Expr) -> pl.Expr:
    return pl.when(text.str.len_bytes() == DAY_LENGTH).then(text.str.to_date("%Y-%m-%d", strict=False))


def _moment(text: pl.Expr) -> pl.Expr:
    plain = text.str.replace("T", " ", literal=True).str.strip_suffix("Z").str.strip_suffix("+00:00")
    return plain.str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", strict=False).dt.replace_time_zone("UTC")


def _truth(text: pl.Expr) -> pl.Expr:
    words = {"true": True, "1": True, "false": False, "0": False}
    return text.str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.Boolean)


def _region(text: pl.Expr) -> pl.Expr:
    # Few distinct values, many times.
    return text.map_batches(
        lambda column: (
            column.replace_strict(
                {country: region_of(country) for country in column.unique().drop_nulls()}, return_dtype=pl.String
            )
            if column.len()
            else column
        ),
        return_dtype=pl.String,
    )


def _region_or_global(text: pl.Expr) -> pl.Expr:
    return pl.when(text.is_null()).then(pl.lit(GLOBAL)).otherwise(_region(text))


def joined_by(separator: str) -> Kind:
    """Texts in one cell, joined by a separator that none of them contains."""
    return Kind(lambda text: text.str.split(separator), "list")


def _artist_ids(text: pl.Expr) -> pl.Expr:
    # An unreadable one would shift the others to wrong positions.
    is_whole = text.str.contains(ARTISTS)
    return pl.when(is_whole).then(text.str.replace_all(ARTIST, "", literal=True).str.split("|"))


TEXT = Kind(lambda text: text, "text")
# A list in a document.
LIST = Kind(lambda values: values, "list")
RANK = Kind(_from(1), "a rank, a whole number from 1")
PREVIOUS_RANK = Kind(_previous, "a rank, a whole number from 1, or -1 for none")
PERIODS = Kind(_from(1), "a whole number from 1")
COUNT = Kind(_count, "a whole number from 0")
MILLISECONDS = Kind(_from(0), "a whole number of milliseconds")
POPULARITY = Kind(_from(0, 100), "a popularity, a whole number from 0 to 100")
DAY = Kind(_day, "a day in the form YYYY-MM-DD")
MOMENT = Kind(_moment, "a UTC time in the form YYYY-MM-DDTHH:MM:SSZ")
TRUTH = Kind(_truth, "true or false")
SONG_LINK = Kind(lambda text: text.str.extract(SONG), "the URI or address of a song on Spotify")
ALBUM_LINK = Kind(
    lambda text: text.str.extract(SONG.replace("track", "album")), "the URI or address of an album on Spotify"
)
SONG_ID = Kind(lambda text: text.str.extract(ID), "the id of a song, 22 letters and digits")
COUNTRY = Kind(_region, "the code or English name of a country")
COUNTRY_OR_GLOBAL = Kind(_region_or_global, COUNTRY.expected)
ARTIST_URIS = Kind(_artist_ids, "a list of artist URIs")
