"""The one command: generate what is missing, run every contender in turn, prove the tables equal, report."""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from rich.console import Console

from benchmarks.compare import rows_of_equal_tables
from benchmarks.generate import Size
from benchmarks.measure import Cost, median, run_once, use_few_processors
from benchmarks.report import OURS, TITLES, Measured, print_tables, write_results

HOME = Path(__file__).parent
WORK = HOME / "work"
RESULTS = HOME / "results"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="runs of each contender, taken in turn (default: 5)")
    parser.add_argument("--playlists", type=int, default=2_000, help="playlists of 100 items (default: 2,000)")
    arguments = parser.parse_args()
    console = Console()
    size, twice = Size(arguments.playlists), Size(2 * arguments.playlists)
    processors = use_few_processors()
    raw_bytes = _raw_data(console, size)
    costs = _in_turn(console, list(TITLES), size, arguments.runs)
    _raw_data(console, twice)
    growth = _in_turn(console, [OURS], twice, arguments.runs)
    rows = rows_of_equal_tables(_tables(OURS, size), [_tables(name, size) for name in TITLES if name != OURS])
    measured = Measured(
        size=size,
        raw_megabytes=raw_bytes / 1e6,
        processors=processors,
        runs=arguments.runs,
        contenders=costs,
        rows=rows,
        growth={size.items: costs[OURS], twice.items: growth[OURS]},
    )
    print_tables(measured, console)
    write_results(measured, RESULTS)


def _raw(size: Size) -> Path:
    return WORK / "raw" / size.name


def _tables(contender: str, size: Size) -> Path:
    return WORK / "tables" / size.name / contender


def _raw_data(console: Console, size: Size) -> int:
    """Generates the raw data unless it is there, and reads it once, so that each contender finds it in memory."""
    return sum(len(path.read_bytes()) for path in raw_folder(console, size).rglob("*.json"))


def raw_folder(console: Console, size: Size) -> Path:
    """The raw data of a size, generated unless it is there."""
    folder = _raw(size)
    if not folder.exists():
        console.print(f"Generating {size.items:,} playlist items ...")
        unfinished = folder.with_name("unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        # In a process of its own: what this one needs at most counts as needed by every contender it starts.
        command = [sys.executable, "-m", "benchmarks.generate", str(unfinished), "--playlists", str(size.playlists)]
        subprocess.run(command, check=True)
        unfinished.rename(folder)
    return folder


def _in_turn(console: Console, contenders: list[str], size: Size, runs: int) -> dict[str, Cost]:
    """Medians per contender. They take turns, so that a slow minute of the machine meets all of them."""
    costs: dict[str, list[Cost]] = {name: [] for name in contenders}
    for run in range(1, runs + 1):
        for name, found in costs.items():
            found.append(run_once(name, _raw(size), _tables(name, size)))
            console.print(f"run {run} of {TITLES[name]}, {size.items:,} items: {found[-1].work_seconds:.2f} s")
    return {name: median(found) for name, found in costs.items()}


if __name__ == "__main__":
    main()
