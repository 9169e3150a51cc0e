"""How long a data set of charts takes from its file to published tables and insights, and where the time goes.

    python -m benchmarks.chart_history --charts 73 --days 62
    python -m benchmarks.chart_history --charts 5 --days 1000

The file is that of `benchmarks.chart_files`. `spotify-assets import` takes it into a new lake in a folder, in a process
of its own; the times of its parts are those that Dagster has recorded of its runs.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.chart_files import COUNTRIES, lines

BASE_END = "published_tables"


def history(charts: int, days: int, folder: Path) -> dict[str, object]:
    """Imports so many charts of so many days; gives days a second, peak of memory, and seconds by part."""
    source = folder / "charts_songs_daily.csv"
    with source.open("w", encoding="utf-8") as file:
        file.writelines(lines(days, COUNTRIES[:charts]))
    environment = {
        **os.environ,
        "LAKE_URL": f"{folder}/lake",
        "DAGSTER_HOME": f"{folder}/home",
        "SPOTIFY_SOURCE": "spotify",
        "ARTIST_FACTS": "off",
    }
    begun = time.monotonic()
    command = [str(Path(sys.executable).with_name("spotify-assets")), "import", str(source)]
    subprocess.run(command, env=environment, cwd=folder, stdout=subprocess.DEVNULL, check=True)
    whole = time.monotonic() - begun
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
    return {
        "charts": charts,
        "days": days,
        "whole": round(whole, 1),
        "peak_mb": peak,
        **_recorded(folder / "home", days),
    }


def _recorded(home: Path, days: int) -> dict[str, object]:
    """What Dagster has recorded of the runs of an import."""
    os.environ["DAGSTER_HOME"] = str(home)
    from spotify_assets.automation.instance import open_instance  # noqa: PLC0415  the home is one of the benchmark's

    base = whole = events = 0.0
    parts: defaultdict[str, float] = defaultdict(float)
    with open_instance() as instance:
        for record in instance.get_run_records():
            run = record.dagster_run
            steps = {
                stats.step_key: ((stats.start_time or 0), (stats.end_time or 0))
                for stats in instance.get_run_step_stats(run.run_id)
            }
            start, end = record.start_time or 0, record.end_time or 0
            whole += end - start
            base += steps[BASE_END][1] - start if BASE_END in steps else 0
            events += len(instance.all_logs(run.run_id))
            for step, (step_start, step_end) in steps.items():
                parts["checks" if step.endswith("_checks") else step] += step_end - step_start
            parts["Dagster, between the steps"] += end - start - sum(ends - begins for begins, ends in steps.values())
    return {
        "base_days_per_second": round(days / base, 2),
        "days_per_second": round(days / whole, 2),
        "events_per_day": round(events / days, 1),
        "seconds": {part: round(of_part, 1) for part, of_part in sorted(parts.items(), key=lambda item: -item[1])},
    }


def main() -> None:
    """Prints the figures of one import as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--charts", type=int, default=len(COUNTRIES))
    parser.add_argument("--days", type=int, default=62)
    asked = parser.parse_args()
    with TemporaryDirectory() as temporary:
        print(json.dumps(history(asked.charts, asked.days, Path(temporary)), indent=2))


if __name__ == "__main__":
    main()
