"""`query` and `export`: published data on the terminal or in files."""

import io
import json
import sys
from pathlib import Path

import polars as pl
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from spotify_assets.cli import CommandError
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.sql import query

SHOWN_ROWS = 100


def run_query(lake: Lake, sql: str, form: str, output: Path | None) -> int:
    """Runs one query and writes its rows in the given form to the terminal or a file."""
    frame = query(lake, sql)
    if form == "table" and output is None:
        print_frame(frame)
        return 0
    if form == "parquet" and output is None and sys.stdout.isatty():
        raise CommandError("Parquet is not for a terminal. Add --output FILE, or pipe it into one.")
    data = _encode(frame, "csv" if form == "table" else form)
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        _write(output, data)
    return 0


def run_export(lake: Lake, folder: Path, form: str) -> int:
    """Writes every published table to `folder`, one file each."""
    tables = lake.catalog.tables()
    if not tables:
        raise CommandError(f"Nothing is published in {lake.settings.lake_url} yet. Fill it first: spotify-assets run")
    for table in tables:
        frame = lake.catalog.scan(table).collect()
        target = folder / f"{table.name}.{form}"
        _write(target, _encode(frame, form))
        print(f"{target}: {frame.height:,} rows")
    return 0


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


def _encode(frame: pl.DataFrame, form: str) -> bytes:
    buffer = io.BytesIO()
    match form:
        case "csv":
            _flat(frame).write_csv(buffer)
        case "json":
            frame.write_json(buffer)
            buffer.write(b"\n")
        case _:
            frame.write_parquet(buffer)
    return buffer.getvalue()


def _flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Lists as JSON text, since CSV has none."""
    nested = [name for name, dtype in frame.schema.items() if dtype.is_nested()]
    return frame.with_columns(pl.Series(name, [_json(value) for value in frame[name].to_list()]) for name in nested)


def _json(value: object) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, default=str)


def _write(target: Path, data: bytes) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    except OSError as error:
        raise CommandError(f"{target}: cannot be written: {error.strerror}.") from error
