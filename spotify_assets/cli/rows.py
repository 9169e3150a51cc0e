"""Rows on the terminal and in files, for the commands that show them."""

import io
import json
from pathlib import Path

import polars as pl
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from spotify_assets.cli.errors import CommandError

SHOWN_ROWS = 100


def print_frame(frame: pl.DataFrame, title: str | None = None) -> None:
    """Rows as a table on the terminal; the first hundred of many."""
    console = Console()
    shown = RichTable(title=title, title_justify="left", title_style="bold")
    for name, dtype in frame.schema.items():
        shown.add_column(name, justify="right" if dtype.is_numeric() else "left")
    for row in frame.head(SHOWN_ROWS).iter_rows():
        # Names come from strangers: no markup, no control characters on a terminal.
        shown.add_row(*(Text(_printable(value)) for value in row))
    console.print(shown)
    if frame.height > SHOWN_ROWS:
        console.print(f"{frame.height:,} rows, the first {SHOWN_ROWS} shown; --format csv gives all.", style="dim")


def _printable(value: object) -> str:
    text = "" if value is None else str(value)
    return "".join(character if character.isprintable() else " " for character in text)


def encoded(frame: pl.DataFrame, form: str) -> bytes:
    """Rows as a file of the given form: csv, json, parquet, or lines (the first column, a value a line)."""
    buffer = io.BytesIO()
    match form:
        case "csv":
            _flat(frame).write_csv(buffer)
        case "json":
            frame.write_json(buffer)
            buffer.write(b"\n")
        case "lines":
            buffer.writelines(f"{value}\n".encode() for value in frame.to_series(0))
        case _:
            frame.write_parquet(buffer)
    return buffer.getvalue()


def _flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Lists as JSON text, since CSV has none."""
    nested = [name for name, dtype in frame.schema.items() if dtype.is_nested()]
    return frame.with_columns(pl.Series(name, [_json(value) for value in frame[name].to_list()]) for name in nested)


def _json(value: object) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, default=str)


def write_file(target: Path, data: bytes) -> None:
    """Writes a file, and the folders above it.

    Raises:
        CommandError: it cannot be written there.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    except OSError as error:
        raise CommandError(f"{target}: cannot be written: {error.strerror}.") from error
