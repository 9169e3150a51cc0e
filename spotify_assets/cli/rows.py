"""Rows in files, for the commands that write them."""

import io
import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from spotify_assets.cli.errors import CommandError

# Forms that the end of a file's name tells.
FORMS = ("csv", "json", "parquet")
# What spreadsheets take for the beginning of a formula, and what they skip before one
# (https://owasp.org/www-community/attacks/CSV_Injection).
FORMULA = r"^[=+\-@\t\r\n\x00]"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
TEXT_TYPES = (pl.String, pl.Categorical, pl.Enum)
# That Python's dates have, too.
YEARS = (date(1, 1, 1), date(9999, 12, 31))


@dataclass(frozen=True)
class Csv:
    """How CSV is written: whether formulas stay what they are, and whether it begins with a byte order mark."""

    raw: bool = False
    bom: bool = False

    def require(self, form: str | None) -> None:
        """Raises CommandError where these are asked for and the form is another."""
        if (self.raw or self.bom) and form != "csv":
            raise CommandError(f"{'--raw' if self.raw else '--bom'} is about CSV. Add --format csv.")


SAFE = Csv()


def encoded(frame: pl.DataFrame, form: str, csv: Csv = SAFE) -> bytes:
    """Rows as a file of the given form: csv, json, parquet, or lines (the first column, a value a line).

    Raises:
        CommandError: a column has values that the form cannot hold.
    """
    buffer = io.BytesIO()
    if form != "parquet":
        require_text(frame, form)
    match form:
        case "csv":
            buffer.write(BYTE_ORDER_MARK if csv.bom else b"")
            flat = _flat(frame)
            (flat if csv.raw else _without_formulas(flat)).write_csv(buffer)
        case "json":
            frame.write_json(buffer)
            buffer.write(b"\n")
        case "lines":
            buffer.writelines(f"{_one_line(value)}\n".encode() for value in frame.to_series(0).to_list())
        case _:
            frame.write_parquet(buffer)
    return buffer.getvalue()


def _flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Lists as JSON text, since CSV has none."""
    nested = [name for name, dtype in frame.schema.items() if dtype.is_nested()]
    return frame.with_columns(pl.Series(name, [_json(value) for value in frame[name].to_list()]) for name in nested)


def _without_formulas(frame: pl.DataFrame) -> pl.DataFrame:
    """Text that a spreadsheet would run, in cells or as the name of a column, as text: behind a single quote."""
    texts = [pl.col(name).cast(pl.String) for name, dtype in frame.schema.items() if dtype in TEXT_TYPES]
    safe = frame.with_columns(
        pl.when(text.str.contains(FORMULA)).then(pl.lit("'") + text).otherwise(text).alias(text.meta.output_name())
        for text in texts
    )
    return safe.rename({name: f"'{name}" for name in frame.columns if re.match(FORMULA, name)})


def _one_line(value: object) -> str:
    """A value as text without line breaks, of whatever kind; nothing for null."""
    text = "" if value is None else _json(value) if isinstance(value, list | dict) else str(value)
    return " ".join((text or "").splitlines())


def require_text(frame: pl.DataFrame, form: str) -> None:
    """Refuses what has no form as text, at which Polars would panic."""
    for name, dtype in frame.schema.items():
        if "Binary" in str(dtype) and form in ("csv", "json"):
            raise CommandError(
                f"{name} holds bytes, which {form} cannot. Ask for hex({name}), or use --format parquet."
            )
        if dtype in (pl.Date, pl.Datetime):
            days = frame[name].cast(pl.Date)
            if not days.is_between(*YEARS).all():
                raise CommandError(f"{name} holds days outside the years 1 to 9999, which have no form as text.")


def _json(value: object) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, default=str)


def form_of(target: Path, form: str | None) -> str | None:
    """The form of a file: the one asked for, or that which the end of its name tells; None where neither does.

    Raises:
        CommandError: the name tells another form than the one asked for.
    """
    told = target.suffix.lower().removeprefix(".")
    if told not in FORMS:
        return form
    if form is not None and form != told and not (form == "table" and told == "csv"):
        raise CommandError(f"{target} is named as {told}, and --format is {form}. Change one of them.")
    return told


def write_file(target: Path, data: bytes) -> None:
    """Writes a file, and the folders above it, but none at the root of the file system.

    Raises:
        CommandError: it cannot be written there.
    """
    try:
        missing = [folder for folder in target.absolute().parents if not folder.exists()]
        if missing and missing[-1].parent == Path(target.absolute().anchor):
            raise CommandError(
                f"{missing[-1]}: no such folder, and none is made at the root. Make it, or name another."
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    except OSError as error:
        raise CommandError(f"{target}: cannot be written: {error.strerror}.") from error
