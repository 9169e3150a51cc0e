"""Rows on a terminal, with numbers as people write them: in a table if it fits, else with a line for each value.

Files and pipes get unformatted values (`rows.py`).
"""

import re

import polars as pl
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from spotify_assets.cli.rows import require_text

SHOWN_ROWS = 100
# Columns of shares, shown in percent; and numbers that are not counts, such as years.
SHARE = re.compile(r"(^|_)(share|overlap)(_|$)")
NO_COUNT = re.compile(r"(^|_)(year|since|id)(_|$)")
# Width of a table's frame: each column's edge with its spaces, and the last edge.
EDGE, LAST_EDGE = 3, 1


def print_frame(frame: pl.DataFrame, title: str | None = None) -> None:
    """Prints up to a hundred rows on the terminal. Column names are never cut."""
    require_text(frame, "table")
    console = Console()
    room = console.width - EDGE * frame.width - LAST_EDGE
    if sum(map(cell_len, frame.columns)) <= room:
        console.print(_table(frame, title, room))
    else:
        _print_values(console, frame, title)
    if frame.height > SHOWN_ROWS:
        console.print(f"{frame.height:,} rows, the first {SHOWN_ROWS} shown; --format csv prints all.", style="dim")


def _table(frame: pl.DataFrame, title: str | None, room: int) -> RichTable:
    shown = RichTable(title=title, title_justify="left", title_style="bold")
    rows = [[as_written(*cell) for cell in row.items()] for row in frame.head(SHOWN_ROWS).iter_rows(named=True)]
    columns = zip(frame.columns, *rows, strict=True)
    longest = [max(map(cell_len, column)) for column in columns]
    widths = _widths([cell_len(name) for name in frame.columns], longest, room)
    for (name, dtype), width in zip(frame.schema.items(), widths, strict=True):
        justify = "right" if dtype.is_numeric() else "left"
        shown.add_column(Text(printable(name)), justify=justify, width=width, overflow="fold")
    for row in rows:
        # Names come from strangers: no markup.
        shown.add_row(*map(Text, row))
    return shown


def _widths(least: list[int], wanted: list[int], room: int) -> list[int]:
    """Widths of columns: at least the full name, then the remaining room shared evenly up to what each needs."""
    widths = list(least)
    while sum(widths) < room and (short := [number for number, width in enumerate(widths) if width < wanted[number]]):
        widths[min(short, key=widths.__getitem__)] += 1
    return widths


def _print_values(console: Console, frame: pl.DataFrame, title: str | None) -> None:
    """A block for each row: a table of so many columns would have to cut their names."""
    if title is not None:
        console.print(Text(title, style="bold"))
    longest = max(map(len, frame.columns))
    for number, row in enumerate(frame.head(SHOWN_ROWS).iter_rows(named=True), 1):
        console.print(Text(f"row {number}", style="bold"))
        for name, value in row.items():
            console.print(Text(f"  {printable(name):<{longest}}  {as_written(name, value)}"), soft_wrap=True)
    if frame.is_empty():
        console.print(Text(f"no rows of {', '.join(map(printable, frame.columns))}"), soft_wrap=True)


def as_written(column: str, value: object) -> str:
    """A value as people write it: `1,234`, `0.25`, and `50.4 %` in a column of shares; empty for null."""
    match value:
        case None:
            return ""
        case bool():
            return str(value)
        case int():
            return str(value) if NO_COUNT.search(column) else f"{value:,}"
        case float() if SHARE.search(column):
            return f"{value:,.1%}".replace("%", " %")
        case float():
            # Small numbers keep their significant digits.
            return f"{value:,.2f}".rstrip("0").rstrip(".") if value == 0 or abs(value) >= 0.01 else f"{value:.3g}"
        case _:
            return printable(str(value))


def printable(text: str) -> str:
    """Text without control characters."""
    return "".join(character if character.isprintable() else " " for character in text)
