"""The Spark job as a package: built as `make glue-package` does, installed as Glue does, run by Dagster on real Spark.

The job's process finds what the template's job names, and PySpark; it has its role's access key, and no more rights.
"""

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import dagster as dg
import pytest
from polars.testing import assert_frame_equal

from spotify_assets.config import Settings
from spotify_assets.engines.glue import GlueEngine
from spotify_assets.lake.lake import Lake
from spotify_assets.schemas.base import BASE
from spotify_assets.spotify.source import SimulatedPlaylists
from spotify_assets_tests.assets.conftest import PLAYLISTS_FILE, Platform
from spotify_assets_tests.automation.conftest import ROOT
from spotify_assets_tests.conftest import REGION, aws_client
from spotify_assets_tests.deploy.account import deploy
from spotify_assets_tests.deploy.stack import OPTIONAL_PARTS, Stack
from spotify_assets_tests.support.aws.calls import Call
from spotify_assets_tests.support.aws.hurried_glue import hurry_glue
from spotify_assets_tests.support.aws.moto import MotoAws
from spotify_assets_tests.support.data.builders import DAY
from spotify_assets_tests.support.spark.java import NEEDS_JAVA
from spotify_assets_tests.support.spark.two_engines import by_polars, request_of

# Dagster's own client calls what Dagster calls a preview.
pytestmark = [
    NEEDS_JAVA,
    pytest.mark.filterwarnings("default:Function `PipesMessageReader.expected_writer_count`"),
    pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="Glue 5.0 has Python 3.11, and so has its package"),
]
HEAVY = ("dagster-", "pyiceberg", "duckdb", "pyspark", "vl_convert", "spotipy")


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    command = [sys.executable, str(ROOT / "deploy/build_glue.py"), "--folder", str(tmp_path_factory.mktemp("package"))]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return Path(built.stdout.strip())


@dataclass
class Transformed:
    """A day that went through the deployed job: its lake, what Dagster was told, and what the job asked of AWS."""

    stack: Stack
    lake: Lake
    events: str
    calls: set[Call]


@pytest.fixture(scope="module")
def transformed(package: Path) -> Iterator[Transformed]:
    stack = Stack(**{**OPTIONAL_PARTS, "Name": f"g{uuid4().hex[:8]}", "GluePackage": f"glue/{package.name}"})
    with MotoAws() as aws, pytest.MonkeyPatch.context() as patch, dg.DagsterInstance.ephemeral() as instance:
        hurry_glue(patch)
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        patch.setenv("AWS_ACCESS_KEY_ID", "orchestrator")
        for name, value in deploy(stack, aws).items():
            patch.setenv(name, value)
        s3, artifacts = aws_client("s3", aws.endpoint), OPTIONAL_PARTS["ArtifactBucket"]
        s3.create_bucket(Bucket=artifacts, CreateBucketConfiguration={"LocationConstraint": REGION})
        for file in package.iterdir():
            s3.upload_file(str(file), artifacts, f"glue/{package.name}/{file.name}")
        settings = Settings(transform_engine="glue", playlists_file=PLAYLISTS_FILE)
        engine = GlueEngine(str(settings.glue_job_name), str(settings.glue_work_bucket))
        platform = Platform(Lake(settings), instance, SimulatedPlaylists(), engine)
        ran = platform.materialize(DAY, steps=["raw_playlists", "raw_artists", "tables"])
        events = "\n".join(entry.user_message for entry in instance.all_logs(ran.run_id))
        failures = [failed.step_failure_data.error for failed in ran.get_step_failure_events()]
        assert ran.success, f"{events}\n{failures}"
        yield Transformed(stack, platform.lake, events, {call for call in aws.calls() if call.key == "SparkRole"})


def test_the_package_is_wheels_code_and_a_script_and_the_same_content_makes_the_same_file(package: Path) -> None:
    assert sorted(file.name for file in package.iterdir()) == [
        *("modules.gluewheels.zip", "spotify_assets.zip", "transform_job.py")
    ]
    with zipfile.ZipFile(package / "modules.gluewheels.zip") as archive:
        entries = archive.infolist()
        pins = archive.read("wheels/requirements.txt").decode().splitlines()
    wheels = [entry.filename.removeprefix("wheels/") for entry in entries if entry.filename.endswith(".whl")]
    assert len(pins) == len(wheels) == len(entries) - 1
    assert not [wheel for wheel in wheels if wheel.startswith(HEAVY)]
    with zipfile.ZipFile(package / "spotify_assets.zip") as archive:
        assert "spotify_assets/engines/spark/day.py" in archive.namelist()
        entries += archive.infolist()
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}


def test_the_job_writes_the_same_rows_as_the_polars_engine(transformed: Transformed) -> None:
    lake = transformed.lake
    staged = lake.staging.current(DAY)
    assert staged is not None
    wanted, _, _ = by_polars(request_of(lake, DAY))
    for name, table in BASE.tables.items():
        assert_frame_equal(lake.staging.read(staged, name).collect().sort(table.order), wanted.frames[name])
    assert wanted.frames["playlist_items"].height > 0


def test_dagster_is_told_how_far_it_came_and_how_many_rows_it_wrote(transformed: Transformed) -> None:
    rows = transformed.lake.staging.current(DAY)
    assert rows is not None
    assert f"playlist_items {rows.tables['playlist_items'].rows:,} rows" in transformed.events
    assert "completed successfully" in transformed.events


def test_every_call_of_the_job_is_its_role_s_right(transformed: Transformed) -> None:
    assert len(transformed.calls) > 10
    refused = [call for call in transformed.calls if not transformed.stack.allows("SparkRole", *call_of(call))]
    assert sorted(refused) == []


def call_of(call: Call) -> tuple[str, str]:
    return call.action, call.resource


def test_every_right_of_the_job_is_used_or_says_why_it_is_there(transformed: Transformed) -> None:
    unused = [
        f"{found.sid}: {action}"
        for found in transformed.stack.statements("SparkRole")
        if found.effect == "Allow" and found.resources and not found.reason
        for action in found.actions
        if not any(action == call.action and found.matches(*call_of(call)) for call in transformed.calls)
    ]
    assert unused == []
