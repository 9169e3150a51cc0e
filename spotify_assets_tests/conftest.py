"""Fixtures shared by all tests: the stand-ins for AWS, and a lake in each of its two homes."""

import atexit
import gc
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

import boto3
import pytest
from botocore.config import Config
from sqlalchemy import Engine, event

from spotify_assets.config import Settings, settings
from spotify_assets.lake.lake import Lake
from spotify_assets_tests.support.aws.moto import MotoAws
from spotify_assets_tests.support.aws.swift import SwiftS3
from spotify_assets_tests.support.spark.short_lived import SHORT_LIVED

Home = Literal["folder", "s3"]
# Not boto3's default, so that a client that was not told the region is noticed.
REGION = "eu-central-1"

# Access keys of the code under test, and of the tests' own clients.
PLATFORM_KEY, TESTS_KEY = "testing", "tests"
TESTS_KEYS = (TESTS_KEY, TESTS_KEY)
# What Spark's Python side is started with, and what it adds to the environment itself, here with its own defaults.
FOR_SPARK = SHORT_LIVED | {
    "PYSPARK_PYTHON": sys.executable,
    "SPARK_AUTH_SOCKET_TIMEOUT": "15",
    "SPARK_BUFFER_SIZE": "65536",
}

OpenLake = Callable[..., Lake]

# What starts daemons, clusters and packages begins first: at the end it would be alone with what others wait for.
LONGEST = (
    "deploy/test_glue_package.py",
    "deploy/test_production_instance.py",
    "deploy/test_ecs_instance.py",
    "automation/test_daemon.py",
    "engines/spark/test_day.py",
    "deploy/test_calls.py",
    "deploy/test_history.py",
    "assets/test_requests_of_a_day.py",
    "engines/spark/test_cluster.py",
    "cli/test_commands.py",
    "assets/test_insights.py",
    "cli/test_doctor.py",
    "engines/test_glue.py",
    "lake/test_faults.py",
    "lake/test_catalog.py",
    "lake/test_concurrent_publishers.py",
    "transform/insights/test_whole_history.py",
    "cli/test_login.py",
    "lake/test_maintenance.py",
    "engines/spark/test_engine.py",
    "assets/test_main_path.py",
    "assets/test_dashboard.py",
    "cli/test_no_secrets.py",
    "engines/spark/test_tasks.py",
    "automation/test_raw_objects.py",
)
HERE = Path(__file__).parent
# Definitions that tests share are loaded once, while tests are collected: with days enough for all lakes of tests.
HISTORY_START = date(2015, 1, 1)
os.environ["HISTORY_START"] = HISTORY_START.isoformat()

# What is imported until then stays until the end: looking through it again and again takes a tenth of all time.
gc.disable()

# For tests that are about one home alone.
IN_A_FOLDER = pytest.mark.parametrize("home", ["folder"], indirect=True)
ON_S3 = pytest.mark.parametrize("home", ["s3"], indirect=True)


@pytest.fixture(scope="session")
def moto_aws() -> Iterator[MotoAws]:
    """One for all tests; at their end, whatever the platform asked of it must be the orchestrator's right."""
    with MotoAws() as aws:
        yield aws
        from spotify_assets_tests.deploy.whole_suite import refused_calls  # noqa: PLC0415  it takes seconds

        assert refused_calls(aws.calls(), PLATFORM_KEY) == []


@pytest.fixture(scope="session")
def swift_s3() -> Iterator[SwiftS3]:
    with SwiftS3() as swift:
        yield swift


@pytest.fixture(autouse=True, scope="session")
def no_real_account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test finds the credentials, the region or the settings of whoever runs it.

    Once for all tests: while libc changes the environment, a thread of Polars or the S3 client that reads it crashes.
    """
    nowhere = tmp_path_factory.mktemp("no-account")
    with pytest.MonkeyPatch.context() as environment:
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL"):
            environment.delenv(name, raising=False)
        environment.setenv("AWS_ACCESS_KEY_ID", PLATFORM_KEY)
        environment.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        environment.setenv("AWS_REGION", REGION)
        environment.setenv("AWS_EC2_METADATA_DISABLED", "true")
        environment.setenv("AWS_CONFIG_FILE", str(nowhere / "no-aws-config"))
        environment.setenv("AWS_SHARED_CREDENTIALS_FILE", str(nowhere / "no-aws-credentials"))
        for name, value in FOR_SPARK.items():
            environment.setenv(name, value)
        yield


@pytest.fixture(autouse=True, scope="session")
def no_power_cut() -> Iterator[None]:
    """Nobody waits for the disk, as SQLite does most of its time; only a machine that stops would notice."""

    def hurry(connection: Any, record: Any, _: object) -> None:
        if isinstance(connection, sqlite3.Connection) and "hurries" not in record.info:
            connection.execute("PRAGMA synchronous = OFF").close()
            record.info["hurries"] = True

    # After the lake's own catalog has asked for the contrary as it connects.
    event.listen(Engine, "checkout", hurry)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield
    event.remove(Engine, "checkout", hurry)


@pytest.fixture(autouse=True)
def settings_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Each test reads the settings anew, away from any .env of the checkout."""
    monkeypatch.chdir(tmp_path)
    settings.cache_clear()
    yield
    settings.cache_clear()


# Each takes a tenth of a second to make.
@cache
def aws_client(service: str, endpoint_url: str, region: str = REGION, keys: tuple[str, str] = TESTS_KEYS) -> Any:
    """A client of one's own, so that tests look at AWS with other eyes than the code under test."""
    config = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1})
    session = boto3.Session(*keys)
    return session.client(service, endpoint_url=endpoint_url, region_name=region, config=config)


@pytest.fixture
def home(request: pytest.FixtureRequest) -> Home:
    """Where `lake` lies; a test that is about one home alone parametrizes it."""
    return getattr(request, "param", "folder")


@pytest.fixture
def lake_settings(home: Home, request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of a new, empty lake of Spotify data."""
    common: dict[str, Any] = {"spotify_source": "spotify", "history_start": HISTORY_START}
    if home == "folder":
        return Settings(lake_url=str(tmp_path / "lake"), **common)
    aws: MotoAws = request.getfixturevalue("moto_aws")
    unique = uuid4().hex[:12]
    client = aws_client("s3", aws.endpoint)
    client.create_bucket(Bucket=f"lake-{unique}", CreateBucketConfiguration={"LocationConstraint": REGION})
    return Settings(
        lake_url=f"s3://lake-{unique}/some/prefix",
        glue_database=f"lake_{unique}",
        aws_endpoint_url=aws.endpoint,
        **common,
    )


@pytest.fixture
def open_lake(lake_settings: Settings) -> OpenLake:
    """Opens the test's lake once more, as another process would; keywords change settings."""
    return lambda **changes: Lake(lake_settings.model_copy(update=changes))


@pytest.fixture
def lake(open_lake: OpenLake) -> Lake:
    return open_lake()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that takes a lake runs in both homes, unless it says which."""
    takes_home = {"lake", "open_lake", "lake_settings", "home"} & set(metafunc.fixturenames)
    says_which = any(mark.args and mark.args[0] == "home" for mark in metafunc.definition.iter_markers("parametrize"))
    if takes_home and not says_which and "lake_settings" in metafunc.fixturenames:
        metafunc.parametrize("home", ["folder", "s3"], indirect=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, the others as they were found; `--no-loadscope-reorder` leaves it so."""
    order = {HERE / name: number for number, name in enumerate(LONGEST)}
    assert not [path for path in order if not path.is_file()], "LONGEST names a file that is not there"
    items.sort(key=lambda item: order.get(item.path, len(order)))


def pytest_collection_finish() -> None:
    """From here on the garbage collector looks at what tests make, and only at that; and settings are the tests'."""
    os.environ.pop("HISTORY_START", None)
    gc.freeze()
    gc.enable()
    # DuckDB complains about what is still frozen when the process ends.
    atexit.register(gc.unfreeze)
