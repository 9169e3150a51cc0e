"""Every call by which a day changes a lake goes wrong in every way: `python -m benchmarks.faults --all`.

A day is captured, published with its insights, and its page made, in a lake with two days before it. At one call the
process is killed, the power cut, the disk full, the call refused or its answer lost. Then the lake is read, the day
finished as the platform does it by itself, the lake tidied, and its tables compared with those of an undisturbed day.
`--home instance` lets the calls by which Dagster records a run go wrong instead, through the command `run`.
"""

import argparse
import math
import os
import random
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from uuid import uuid4

import boto3
from rich.console import Console

from spotify_assets.config import Settings
from spotify_assets.lake.lake import Lake
from spotify_assets_tests.support.aws.moto import MotoAws
from spotify_assets_tests.support.faults.calls import ON_S3, Kind, by_shape
from spotify_assets_tests.support.faults.cases import Sweep, Verdict
from spotify_assets_tests.support.faults.day import a_day, two_days_before
from spotify_assets_tests.support.faults.homes import kept_bucket, kept_folder

HOMES = ("folder", "s3", "instance")
REGION = "eu-central-1"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults", description=__doc__)
    parser.add_argument("--all", action="store_true", help="every call in every way; else a seeded tenth of them")
    parser.add_argument("--shapes", action="store_true", help="one call of each kind, of whichever table, in every way")
    parser.add_argument("--share", type=float, default=0.1, help="which part of them is tried out (default: 0.1)")
    parser.add_argument(
        "--minutes", type=float, default=math.inf, help="stops after so long for each home (default: never)"
    )
    parser.add_argument("--seed", type=int, default=1, help="which of them (default: 1)")
    parser.add_argument("--home", choices=HOMES, action="append", help="where the lake lies (default: each in turn)")
    arguments = parser.parse_args()
    console, share = Console(stderr=True), 1.0 if arguments.all else arguments.share
    rows: list[str] = []
    for home in arguments.home or HOMES:
        with _sweep(home) as (sweep, kinds):
            cases = [(number, kind) for kind in kinds for number in range(1, len(sweep.calls) + 1)]
            seeded = random.Random(arguments.seed)
            if arguments.shapes:
                chosen = [(seeded.choice(alike), kind) for alike in by_shape(sweep.calls) for kind in kinds]
            else:
                chosen = seeded.sample(cases, round(share * len(cases)))
            console.print(f"{home}: {len(sweep.calls)} calls, {len(chosen)} of {len(cases)} faults")
            ends_at = time.monotonic() + 60 * arguments.minutes
            verdicts = [_tried(console, sweep, number, kind) for number, kind in chosen if time.monotonic() < ends_at]
            console.print(f"{home}: {len(verdicts)} tried")
        rows += [_row(home, kind, [found for found in verdicts if found.kind is kind]) for kind in kinds]
    print("| where | what goes wrong | tried | wrong | lost | wedged | unclear |")
    print("|---|---|---|---|---|---|---|")
    print(*rows, sep="\n")


def _tried(console: Console, sweep: Sweep, number: int, kind: Kind) -> Verdict:
    verdict = sweep.try_out(number, kind)
    if verdict.found:
        console.print(f"{number} {verdict.call}, {kind.value}: {verdict.found}", markup=False, soft_wrap=True)
    return verdict


def _row(home: str, kind: Kind, verdicts: Iterable[Verdict]) -> str:
    found = list(verdicts)
    figures = [sum(bool(getattr(one, name)) for one in found) for name in ("wrong", "lost", "wedged", "unclear")]
    return f"| {home} | {kind.value} | {len(found)} | {' | '.join(map(str, figures))} |"


@contextmanager
def _sweep(home: str) -> Iterator[tuple[Sweep, list[Kind]]]:
    with tempfile.TemporaryDirectory() as scratch:
        if home == "s3":
            with MotoAws() as aws:
                yield _on_s3(aws.endpoint), [kind for kind in Kind if kind in ON_S3]
        elif home == "folder":
            yield _in_a_folder(Path(scratch)), list(Kind)
        else:
            from benchmarks.instance_faults import instance_sweep  # noqa: PLC0415  it sets the environment first

            yield instance_sweep(Path(scratch)), [Kind.KILL_BEFORE, Kind.ERROR, Kind.FULL]


def _in_a_folder(scratch: Path) -> Sweep:
    settings = _settings(str(scratch / "lake"))
    two_days_before(Lake(settings))
    return Sweep.undisturbed(lambda: Lake(settings), kept_folder(Lake(settings), scratch / "kept"), a_day)


def _on_s3(endpoint: str) -> Sweep:
    os.environ |= {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": REGION}
    unique = uuid4().hex[:12]
    settings = _settings(f"s3://lake-{unique}/some/prefix", glue_database=f"lake_{unique}", aws_endpoint_url=endpoint)
    s3, glue = (boto3.client(name, endpoint_url=endpoint, region_name=REGION) for name in ("s3", "glue"))
    s3.create_bucket(Bucket=f"lake-{unique}", CreateBucketConfiguration={"LocationConstraint": REGION})
    two_days_before(Lake(settings))
    return Sweep.undisturbed(lambda: Lake(settings), kept_bucket(Lake(settings), s3, glue), a_day)


def _settings(lake_url: str, **others: str) -> Settings:
    return Settings.model_validate(
        {"lake_url": lake_url, "spotify_source": "spotify", "history_start": date(2026, 1, 1), **others}
    )


if __name__ == "__main__":
    main()
