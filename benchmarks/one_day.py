"""What a day costs in one process: `python -m benchmarks.one_day`.

Three playlists of 100 songs go from the source to published tables in a folder lake, then the same on to insights and
the page, through the job that runs daily; the times of the steps are Dagster's own. Each run has a process and a lake
of its own.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import dagster as dg
from rich.console import Console
from rich.table import Table

from benchmarks.measure import use_few_processors
from spotify_assets.schemas.base import BASE

RESULTS = Path(__file__).parent / "results"
ENDS = ("published", "with insights and page")
RAW = ("raw_playlists", "raw_artists", "raw_artist_facts")
PUBLISHED = [dg.AssetKey(name) for name in (*RAW, *BASE.tables, "published_tables")]
PLAYLISTS = [{"id": f"5ampleChart{number}0000000000", "name": f"Chart {number}", "region": "us"} for number in "123"]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.one_day", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="runs, each in a new process and lake (default: 5)")
    parser.add_argument("--once", choices=ENDS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.once:
        print(json.dumps(_run_day(arguments.once)))
        return
    figures: dict[str, Any] = {"processors": use_few_processors(), "runs": arguments.runs}
    for end in ENDS:
        measured = [_in_a_process(end) for _ in range(arguments.runs)]
        middle = {part: statistics.median(one.get(part, 0.0) for one in measured) for part in measured[0]}
        figures[end] = middle
        table = Table("part", "median, s", "least, s", "most, s", title=f"One day, {end}")
        for part, seconds in middle.items():
            found = [one.get(part, 0.0) for one in measured]
            table.add_row(part, f"{seconds:.2f}", f"{min(found):.2f}", f"{max(found):.2f}")
        Console().print(table)
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "one_day.json").write_text(json.dumps(figures, indent=2) + "\n")


def _in_a_process(end: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "three.yaml").write_text(json.dumps({"playlists": PLAYLISTS}))
        environment = {
            **os.environ,
            "LAKE_URL": f"{folder}/lake",
            "SPOTIFY_SOURCE": "sample",
            "PLAYLISTS_FILE": f"{folder}/three.yaml",
            "DAGSTER_HOME": f"{folder}/home",
        }
        command = [sys.executable, "-m", "benchmarks.one_day", "--once", end]
        printed = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, text=True).stdout
    return json.loads(printed.splitlines()[-1])


def _run_day(end: str) -> dict[str, float]:
    from spotify_assets.automation.instance import open_instance  # noqa: PLC0415  imports are not measured
    from spotify_assets.definitions import defs  # noqa: PLC0415

    started = time.monotonic()
    run_id = str(uuid4())
    with open_instance() as instance:
        result = defs.resolve_job_def("daily_snapshot").execute_in_process(
            instance=instance,
            run_id=run_id,
            asset_selection=PUBLISHED if end == ENDS[0] else None,
            partition_key=datetime.now(UTC).date().isoformat(),
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
        assert result.success
        whole = time.monotonic() - started
        steps = {
            stats.step_key: (stats.end_time or 0) - (stats.start_time or 0)
            for stats in instance.get_run_step_stats(result.run_id)
        }
    checks = sum(seconds for step, seconds in steps.items() if step.endswith("_checks"))
    parts = {step: seconds for step, seconds in steps.items() if not step.endswith("_checks")}
    between = whole - sum(steps.values())
    return {"whole day": whole, **parts, "checks": checks, "Dagster, between the steps": between}


if __name__ == "__main__":
    main()
