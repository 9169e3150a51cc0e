"""What a cluster costs and when it pays: `python -m benchmarks.spark`.

The transform by Polars, by Spark in one process, by a cluster of two workers on this machine, and by json + pandas;
and reading alone, by our decoding inside Spark and by Spark's own JSON reader. On two processors all of them share, so
a cluster cannot win here: what counts is what each needs of processors and memory, and how that grows.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.__main__ import RESULTS, raw_folder
from benchmarks.generate import Size
from benchmarks.measure import ContenderFailed, use_few_processors
from spotify_assets_tests.support.spark.cluster import spark_cluster

EVERY = 0.1
LOCAL = "local[2]"
WAYS = {
    "Polars": ("benchmarks.contender", "ours", None),
    "Spark, one process": ("benchmarks.spark_contender", "transform", LOCAL),
    "Spark, two workers": ("benchmarks.spark_contender", "transform", "cluster"),
    "json + pandas": ("benchmarks.contender", "json_pandas", None),
    "reading: our decoding on Spark": ("benchmarks.spark_contender", "our_decode", LOCAL),
    "reading: Spark's JSON reader": ("benchmarks.spark_contender", "their_decode", LOCAL),
}


@dataclass(frozen=True)
class Cost:
    """Seconds of work without start-up; processor seconds and peak memory of all processes that took part."""

    work_seconds: float
    processor_seconds: float
    peak_megabytes: float


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.spark", description=__doc__)
    parser.add_argument("--items", type=int, nargs="+", default=[10_000, 200_000, 2_000_000], help="playlist items")
    parser.add_argument("--ways", nargs="+", default=list(WAYS), choices=list(WAYS), help="all of them by default")
    arguments = parser.parse_args()
    console = Console()
    use_few_processors()
    os.environ["PYSPARK_PYTHON"] = sys.executable
    costs = {way: {} for way in arguments.ways}
    for items in arguments.items:
        raw = raw_folder(console, Size(items // 100))
        for way in arguments.ways:
            costs[way][items] = _measure(way, raw)
            console.print(f"{items:,} items, {way}: {costs[way][items]}")
    _print(console, costs)
    RESULTS.mkdir(parents=True, exist_ok=True)
    figures = {way: {str(items): asdict(cost) for items, cost in found.items()} for way, found in costs.items()}
    (RESULTS / "spark.json").write_text(json.dumps(figures, indent=2) + "\n")


def _measure(way: str, raw: Path) -> Cost:
    module, name, master = WAYS[way]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "tables")
        out.mkdir()
        cluster = spark_cluster(Path(folder), workers=2) if master == "cluster" else nullcontext()
        with cluster as running, _watching() as watch:
            address = [running.master if running else master] if master else []
            command = [sys.executable, "-m", module, name, str(raw), str(out), *address]
            start = perf_counter()
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                raise ContenderFailed(
                    f"{way} ended with code {done.returncode} after {perf_counter() - start:.0f} s:\n"
                    f"{done.stderr[-2000:]}"
                )
        return Cost(json.loads(done.stdout.splitlines()[-1])["work_seconds"], watch.processors, watch.peak / 1e6)


class _Watch(threading.Thread):
    """Looks at all processes that this one started, directly or not, ten times a second.

    Memory is each process's own share of what it holds (PSS), so nothing counts twice; what a process used after the
    last look at it is missed.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = 0.0
        self._used: dict[tuple[int, float], float] = {}
        self._before: dict[tuple[int, float], float] = {}
        self._stop_watching = threading.Event()
        self._look()
        self._before = dict(self._used)

    @property
    def processors(self) -> float:
        return sum(used - self._before.get(process, 0.0) for process, used in self._used.items())

    def run(self) -> None:
        while not self._stop_watching.wait(EVERY):
            self._look()

    def finish(self) -> None:
        self._look()
        self._stop_watching.set()
        self.join()

    def _look(self) -> None:
        memory = 0
        for process in psutil.Process().children(recursive=True):
            try:
                with process.oneshot():
                    times = process.cpu_times()
                    self._used[process.pid, process.create_time()] = times.user + times.system
                    memory += process.memory_full_info().pss
            except psutil.Error:
                continue
        self.peak = max(self.peak, memory)


@contextmanager
def _watching() -> Iterator[_Watch]:
    watch = _Watch()
    watch.start()
    try:
        yield watch
    finally:
        watch.finish()


def _print(console: Console, costs: dict[str, dict[int, Cost]]) -> None:
    table = Table("way", "items", "work, s", "processors, s", "peak, MB", "processor µs per item beyond the first size")
    for way, found in costs.items():
        sizes = sorted(found)
        for items in sizes:
            cost = found[items]
            growth = ""
            if items == sizes[-1] and len(sizes) > 1:
                slope, _ = np.polyfit(sizes, [found[size].processor_seconds for size in sizes], 1)
                growth = f"{slope * 1e6:.1f}"
            table.add_row(
                way,
                f"{items:,}",
                f"{cost.work_seconds:.2f}",
                f"{cost.processor_seconds:.1f}",
                f"{cost.peak_megabytes:,.0f}",
                growth,
            )
    console.print(table)


if __name__ == "__main__":
    main()
