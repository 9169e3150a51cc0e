"""What the measurements say: a table for the terminal, a chart and the figures for the documentation."""

from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from platform import python_version

import altair
import msgspec
import polars as pl
from rich.console import Console
from rich.table import Table

from benchmarks.generate import Size
from benchmarks.measure import Cost

OURS = "ours"
TITLES = {OURS: "this platform", "duckdb_json": "DuckDB read_json", "json_pandas": "json + pandas"}
PACKAGES = ("msgspec", "polars", "dataframely", "pyarrow", "duckdb", "pandas")


@dataclass(frozen=True)
class Measured:
    """All results of one call: medians per contender, and ours over growing numbers of playlists."""

    size: Size
    raw_megabytes: float
    processors: int
    runs: int
    contenders: dict[str, Cost]
    rows: dict[str, int]
    growth: dict[int, Cost]


def print_tables(measured: Measured, console: Console) -> None:
    ours = measured.contenders[OURS]
    title = (
        f"{measured.size.items:,} playlist items, {measured.raw_megabytes:,.0f} MB of raw JSON to Parquet; "
        f"{measured.processors} processors, median of {measured.runs} runs"
    )
    table = Table("way", "work, s", "times ours", "process, s", "processors, s", "peak, MB", title=title)
    for name, cost in measured.contenders.items():
        table.add_row(
            TITLES[name],
            f"{cost.work_seconds:.2f}",
            f"{cost.work_seconds / ours.work_seconds:.1f}",
            f"{cost.process_seconds:.2f}",
            f"{cost.processor_seconds:.2f}",
            f"{cost.peak_megabytes:.0f}",
        )
    console.print(table)
    console.print(
        "work: from the first raw byte to the last Parquet file; process: with Python's start and all imports; "
        "processors: user and system time of the process."
    )
    console.print("All made the same tables: " + ", ".join(f"{name} {rows:,}" for name, rows in measured.rows.items()))
    growth = Table("playlist items", "work, s", "peak, MB", title="Ours, over the same songs")
    for items, cost in measured.growth.items():
        growth.add_row(f"{items:,}", f"{cost.work_seconds:.2f}", f"{cost.peak_megabytes:.0f}")
    console.print(growth)


def write_results(measured: Measured, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    versions = {"python": python_version()} | {name: version(name) for name in PACKAGES}
    figures = msgspec.json.encode(asdict(measured) | {"versions": versions})
    (folder / "transform.json").write_bytes(msgspec.json.format(figures, indent=2) + b"\n")
    _chart(measured).save(str(folder / "transform.svg"))


def _chart(measured: Measured) -> altair.HConcatChart:
    rows = [
        {"way": TITLES[name], "seconds": cost.work_seconds, "megabytes": cost.peak_megabytes}
        for name, cost in measured.contenders.items()
    ]
    frame = pl.DataFrame(rows).with_columns(ours=pl.col("way") == TITLES[OURS])
    panels = [
        _bars(frame, "seconds", ".1f", "Seconds of work"),
        _bars(frame, "megabytes", ",.0f", "Peak memory, MB"),
    ]
    title = f"{measured.size.items:,} playlist items ({measured.raw_megabytes:,.0f} MB of raw JSON) to Parquet tables"
    return altair.hconcat(*panels, title=title, background="white").configure_view(stroke=None)


def _bars(frame: pl.DataFrame, column: str, number_format: str, title: str) -> altair.LayerChart | altair.FacetChart:
    base = altair.Chart(frame, title=title, width=260, height=120).encode(
        x=altair.X(column, type="quantitative", title=None, axis=None),
        y=altair.Y("way", type="nominal", title=None, sort=None),
    )
    colour = altair.condition(altair.datum["ours"], altair.value("#1a7f4b"), altair.value("#9aa5ad"))
    numbers = base.mark_text(align="left", dx=4).encode(
        text=altair.Text(column, type="quantitative", format=number_format)
    )
    return altair.layer(base.mark_bar().encode(color=colour), numbers)
