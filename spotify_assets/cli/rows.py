"""Rows as files, for the commands that write them."""

import io
import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from spotify_assets.cli.errors import CommandError

# Formats recognised by the suffix of a file name.
FORMS = ("csv", "json", "parquet")
# Characters that spreadsheets take for the start of a formula, and those they skip before one
# (https://owasp.org/www-community/attacks/CSV_Injection).
FORMULA = r"^[=+\-@\t\r\n\x00]"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
TEXT_TYPES = (pl.String, pl.Categorical, pl.Enum)
# The range of Python's dates.
YEARS = (date(1, 1, 1), date(9999, 12, 31))


@dataclass(frozen=True)
class Csv:
    """How CSV is written: whether formulas stay as they are, and whether it begins with a byte order mark."""

    raw: bool = False
    bom: bool = False

    def require(self, form: str | None) -> None:
        """Raises CommandError if these are set and the format is another."""
        if (self.raw or self.bom) and form != "csv":
            raise CommandError(f"{'--raw' if self.raw else '--bom'} applies to CSV. Add --format csv.")


SAFE = Csv()


def encoded(frame: pl.DataFrame, form: str, csv: Csv = SAFE) -> bytes:
    """Rows as a file in the given format: csv, json, parquet, or lines (the first column, one value a line).

    Raises:
        CommandError: a column has values that the format cannot hold.
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
    """Text that a spreadsheet would run, in cells or as a column's name, prefixed with a single quote."""
    texts = [pl.col(name).cast(pl.String) for name, dtype in frame.schema.items() if dtype in TEXT_TYPES]
    safe = frame.with_columns(
        pl.when(text.str.contains(FORMULA)).then(pl.lit("'") + text).otherwise(text).alias(text.meta.output_name())
        for text in texts
    )
    return safe.rename({name: f"'{name}" for name in frame.columns if re.match(FORMULA, name)})


def _one_line(value: object) -> str:
    """A value of any type as text without line breaks; empty for null."""
    text = "" if value is None else _json(value) if isinstance(value, list | dict) else str(value)
    return " ".join((text or "").splitlines())


def require_text(frame: pl.DataFrame, form: str) -> None:
    """Refuses values that cannot be written as text, on which Polars would panic."""
    for name, dtype in frame.schema.items():
        if "Binary" in str(dtype) and form in ("csv", "json"):
            raise CommandError(
                f"{name} holds bytes, which {form} cannot store. Select hex({name}), or use --format parquet."
            )
        if dtype in (pl.Date, pl.Datetime):
            days = frame[name].cast(pl.Date)
            if not days.is_between(*YEARS).all():
                raise CommandError(f"{name} holds days outside the years 1 to 9999, which cannot be written as text.")


def _json(value: object) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, default=str)


def form_of(target: Path, form: str | None) -> str | None:
    """The format of a file: the requested one, or that of its suffix; None without either.

    Raises:
        CommandError: the suffix contradicts the requested format.
    """
    told = target.suffix.lower().removeprefix(".")
    if told not in FORMS:
        return form
    if form is not None and form != told and not (form == "table" and told == "csv"):
        raise CommandError(f"{target} is named as {told}, but --format is {form}. Change one of them.")
    return told


def write_file(target: Path, data: bytes) -> None:
    """Writes a file, and its parent folders, but none at the root of the file system.

    Raises:
        CommandError: it cannot be written there.
    """
    try:
        missing = [folder for folder in target.absolute().parents if not folder.exists()]
        if missing and missing[-1].parent == Path(target.absolute().anchor):
            raise CommandError(
                f"{missing[-1]}: no such folder, and none is created at the root. Create it, or name another."
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    except OSError as error:
        raise CommandError(f"{target}: cannot be written: {error.strerror}.") from error
