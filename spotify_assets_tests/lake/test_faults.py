"""Whatever call of a day goes wrong, in whatever way: nothing is lost or wrong, and the platform finishes it by itself.

A seeded sample, one call of each shape; `python -m benchmarks.faults --all` tries out all of them.
"""

import random
from pathlib import Path

import pytest

from spotify_assets.lake import folder
from spotify_assets.lake.lake import Lake
from spotify_assets_tests.conftest import IN_A_FOLDER, OpenLake, aws_client
from spotify_assets_tests.support.faults.calls import ON_S3, Kind, by_shape
from spotify_assets_tests.support.faults.cases import Sweep
from spotify_assets_tests.support.faults.day import a_day, two_days_before
from spotify_assets_tests.support.faults.homes import kept_bucket, kept_folder

SEED = 7
# A fault on S3 takes the stand-in for AWS long.
CASES = {True: 4, False: 18}


@pytest.fixture
def sweep(lake: Lake, open_lake: OpenLake, tmp_path: Path, request: pytest.FixtureRequest) -> Sweep:
    two_days_before(lake)
    if lake.storage.is_s3:
        endpoint = request.getfixturevalue("moto_aws").endpoint
        restore = kept_bucket(lake, aws_client("s3", endpoint), aws_client("glue", endpoint))
    else:
        restore = kept_folder(lake, tmp_path / "kept")
    return Sweep.undisturbed(open_lake, restore, a_day)


def test_a_day_outlives_a_fault_at_any_call(sweep: Sweep) -> None:
    is_s3, chosen = sweep.lake.storage.is_s3, random.Random(SEED)
    kinds = sorted(ON_S3 if is_s3 else Kind, key=lambda kind: kind.name)
    numbers = [chosen.choice(of_shape) for of_shape in by_shape(sweep.calls)]
    chosen.shuffle(numbers)
    cases = [(number, kinds[at % len(kinds)]) for at, number in enumerate(numbers[: CASES[is_s3]])]
    assert len(sweep.calls) > 90
    assert [verdict for number, kind in cases if (verdict := sweep.try_out(number, kind)).found] == []


@IN_A_FOLDER
def test_a_lake_that_does_not_wait_for_the_disk_is_found_out(sweep: Sweep, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "_sync", lambda _: None)
    [last] = [number for number, call in enumerate(sweep.calls, 1) if call.endswith("dashboard/index.html")]
    assert sweep.try_out(last, Kind.POWER).found
