"""Runs a contender in a process of its own and measures it from outside: seconds, processor time, peak memory."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from time import perf_counter

PROCESSORS = 2
# Linux counts peak memory in kB, macOS in bytes.
PEAK_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Cost:
    """What a run cost. `work_seconds` go from the first raw byte to the last file; the rest is the whole process."""

    work_seconds: float
    process_seconds: float
    processor_seconds: float
    peak_megabytes: float


class ContenderFailed(RuntimeError):
    """A contender ended with an error; it printed which."""


def use_few_processors() -> int:
    """Holds this process and all that it starts to two processors, where the system can; gives how many there are."""
    if not hasattr(os, "sched_setaffinity"):
        return os.cpu_count() or 1
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:PROCESSORS])
    return len(os.sched_getaffinity(0))


def run_once(contender: str, raw_folder: Path, table_folder: Path) -> Cost:
    """Runs one contender once.

    Raises:
        ContenderFailed: it did not end well.
    """
    table_folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "benchmarks.contender", contender, str(raw_folder), str(table_folder)]
    start = perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        printed = process.stdout.read() if process.stdout else b""
        # Not `process.wait()`: only this tells the peak memory of this one child. (It cannot read below the memory of
        # this parent, which is why nothing here reads a table before all runs are done.)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise ContenderFailed(f"{contender} ended with code {process.returncode}")
    return Cost(
        work_seconds=json.loads(printed)["work_seconds"],
        process_seconds=seconds,
        processor_seconds=usage.ru_utime + usage.ru_stime,
        peak_megabytes=usage.ru_maxrss * PEAK_UNIT / 1e6,
    )


def median(costs: Sequence[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(**{field.name: statistics.median(asdict(cost)[field.name] for cost in costs) for field in fields(Cost)})
