"""What a day asks of S3 and Glue, counted by kind, as history grows: `python -m benchmarks.s3_requests`.

A lake on the stand-in for AWS is given some days of history by one run; then a process of its own runs the job
`daily_snapshot` for today, through a proxy that counts its requests and lets each wait as long as S3 usually takes.
Counts do not vary with the machine; the seconds are those of this one.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
from rich.console import Console
from rich.table import Table

from spotify_assets_tests.support.aws.lossy_proxy import Proxy, proxy_to
from spotify_assets_tests.support.aws.moto import MotoAws
from spotify_assets_tests.support.aws.request_kinds import kind_of, place_of

RESULTS = Path(__file__).parent / "results"
PLAYLISTS = Path(__file__).parents[1] / "playlists.yaml"
BUCKET, REGION = "lake", "eu-central-1"
DAYS, DELAY = (4, 66), 30


@dataclass(frozen=True)
class Counted:
    """The requests of a day by kind, by what they are about, and by step; and the seconds that the day took."""

    seconds: float
    kinds: Counter[str]
    places: Counter[tuple[str, str]]
    steps: Counter[str]
    step_seconds: dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.s3_requests", description=__doc__)
    parser.add_argument("--days", type=int, nargs="+", default=DAYS, help="which days of a lake (default: 4 66)")
    parser.add_argument("--delay", type=int, default=DELAY, help="milliseconds that a request waits (default: 30)")
    parser.add_argument("--once", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.once is not None:
        print(json.dumps(_run(arguments.once)))
        return
    console, figures = Console(), {}
    for number in arguments.days:
        counted = _measure(number, arguments.delay / 1000)
        _print(console, number, arguments.delay, counted)
        figures[number] = {"seconds": counted.seconds, **dict(sorted(counted.kinds.items()))}
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "s3_requests.json").write_text(json.dumps(figures, indent=2) + "\n")


def _measure(number: int, delay: float) -> Counted:
    """Today as the so-many-th day of a new lake."""
    with MotoAws() as aws, proxy_to(aws.port) as proxy, tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "AWS_ACCESS_KEY_ID": "benchmark",
            "AWS_SECRET_ACCESS_KEY": "benchmark",
            "AWS_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "LAKE_URL": f"s3://{BUCKET}",
            "GLUE_DATABASE": BUCKET,
            "AWS_ENDPOINT_URL": aws.endpoint,
            "SPOTIFY_SOURCE": "sample",
            "PLAYLISTS_FILE": str(PLAYLISTS),
            "HISTORY_START": str(datetime.now(UTC).date() - timedelta(days=number)),
            "DAGSTER_HOME": f"{folder}/home",
        }
        client = boto3.Session("benchmark", "benchmark").client("s3", endpoint_url=aws.endpoint, region_name=REGION)
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        if number > 1:
            _in_a_process(number - 1, environment)
        proxy.delay_seconds = delay
        told = _in_a_process(0, {**environment, "AWS_ENDPOINT_URL": proxy.endpoint})
        return _counted(proxy, told)


def _counted(proxy: Proxy, told: dict[str, Any]) -> Counted:
    steps: Counter[str] = Counter()
    for at in proxy.came_at:
        within = (name for name, (began, ended) in told["steps"].items() if began <= at <= ended)
        steps[next(within, "between the steps")] += 1
    return Counted(
        seconds=told["seconds"],
        kinds=Counter(map(kind_of, proxy.requests)),
        places=Counter((place_of(request), kind_of(request)) for request in proxy.requests),
        steps=steps,
        step_seconds={name: ended - began for name, (began, ended) in told["steps"].items()},
    )


def _in_a_process(history: int, environment: dict[str, str]) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.s3_requests", "--once", str(history)]
    printed = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, text=True).stdout
    return json.loads(printed.splitlines()[-1])


def _run(history: int) -> dict[str, Any]:
    """Runs the job for today, or for so many days before today; gives its seconds and when each step was at work."""
    from spotify_assets.automation.instance import open_instance  # noqa: PLC0415  imports are not measured
    from spotify_assets.definitions import defs  # noqa: PLC0415

    today = datetime.now(UTC).date()
    days = [today - timedelta(days=back) for back in range(history, 0, -1)] or [today]
    started = time.monotonic()
    with open_instance() as instance:
        result = defs.resolve_job_def("daily_snapshot").execute_in_process(
            instance=instance,
            tags={
                "dagster/asset_partition_range_start": str(days[0]),
                "dagster/asset_partition_range_end": str(days[-1]),
            },
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
        assert result.success
        steps = {
            stats.step_key: (stats.start_time or 0, stats.end_time or 0)
            for stats in instance.get_run_step_stats(result.run_id)
        }
    return {"seconds": time.monotonic() - started, "steps": steps}


def _print(console: Console, number: int, delay: int, counted: Counted) -> None:
    title = f"Day {number}, {delay} ms a request: {counted.seconds:.1f} s, {counted.kinds.total():,} requests"
    kinds = Table("kind", "requests", title=title)
    for kind, times in counted.kinds.most_common():
        kinds.add_row(kind, f"{times:,}")
    console.print(kinds)
    places = Table("about", "kind", "requests")
    for (place, kind), times in sorted(counted.places.items()):
        places.add_row(place, kind, f"{times:,}")
    console.print(places)
    steps = Table("step", "requests", "s")
    for step, times in counted.steps.most_common():
        steps.add_row(step, f"{times:,}", f"{counted.step_seconds.get(step, 0):.1f}")
    console.print(steps)


if __name__ == "__main__":
    main()
