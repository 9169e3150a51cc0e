"""`query` and `export`: published data on the terminal or in files."""

import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import polars as pl
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from spotify_assets.cli import CommandError
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.sql import query
from spotify_assets.saved_queries import NoSuchQuery, Value, saved_queries, saved_query

SHOWN_ROWS = 100

# SQL and its parameters.
Question = tuple[str, dict[str, Value]]


def run_query(lake: Lake, asked: Question | None, form: str | None, output: Path | None) -> int:
    """Runs one query and writes its rows in the given form to the terminal or a file; None lists the saved queries."""
    if asked is None:
        return _print_saved_queries()
    frame = query(lake, *asked)
    # Addresses are there to be pasted elsewhere.
    form = form or ("lines" if frame.columns == ["url"] else "table")
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


def question(sql: str | None, saved: str | None, given: Sequence[str]) -> Question | None:
    """SQL and parameters of what was asked for: either SQL, or a saved query with `name=value` pairs.

    None where a saved query without a name is asked for, which is the question which there are.

    Raises:
        CommandError: it is neither or both, or the saved query or a parameter is not known.
    """
    if saved == "" and sql is None:
        return None
    if saved is None and sql is not None:
        if given:
            raise CommandError("--param belongs to a saved query: query --saved NAME --param NAME=VALUE")
        return sql, {}
    if not saved or sql is not None:
        raise CommandError('Either SQL, as in query "SELECT * FROM playlists", or query --saved NAME.')
    pairs = [pair.partition("=") for pair in given]
    if unpaired := [name for name, separator, _ in pairs if not separator]:
        raise CommandError(f"--param {unpaired[0]}: write it as NAME=VALUE.")
    try:
        found = saved_query(saved)
        return found.sql, found.values({name: value for name, _, value in pairs})
    except NoSuchQuery as error:
        raise CommandError(str(error)) from None


def _print_saved_queries() -> int:
    for found in saved_queries().values():
        print(f"{found.name}\n    {found.description}")
        for parameter in found.parameters.values():
            default = "" if parameter.default == "NULL" else f" (default {parameter.default_value})"
            print(f"    --param {parameter.name}=…  {parameter.meaning}{default}")
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


def _write(target: Path, data: bytes) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    except OSError as error:
        raise CommandError(f"{target}: cannot be written: {error.strerror}.") from error
