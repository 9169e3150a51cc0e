"""Storage and services that accept and never answer: whichever library asks, there is one clear error, in time.

The tests are impatient; `python -m benchmarks.silence` proves the real figures.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from spotify_assets.automation.cloudwatch import Metric, Name, send
from spotify_assets.aws.client import PATIENCE, Patience
from spotify_assets.config import Settings
from spotify_assets.lake import storage as storage_module
from spotify_assets.lake.errors import LakeError
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.published_day import PublishedDay, PublishedFile
from spotify_assets.schemas.base import BASE
from spotify_assets_tests.support.data.small_days import DAY
from spotify_assets_tests.support.processes.silent_server import silent_server

IMPATIENT = Patience(connect=0.1, answer=0.1, content=0.1)
SONGS = BASE.tables["songs"]
FILE = PublishedFile("s3://bucket/prefix/songs_data/data/x.parquet", 1, 100, {})

# One way in per library: the object store, boto3 for S3, for Glue and for SQS, PyIceberg's files, Polars' reader.
USES: dict[str, Callable[[Lake], Any]] = {
    "read": lambda lake: lake.storage.read("lake.json"),
    "write": lambda lake: lake.storage.write("key", b"content"),
    "list": lambda lake: list(lake.storage.list("published")),
    "list any key": lambda lake: list(lake.raw.waiting()),
    "move": lambda lake: lake.storage.move("from", "to"),
    "catalog": lambda lake: lake.catalog.load(SONGS),
    "PyIceberg": lambda lake: lake.catalog.iceberg._load_file_io().new_input(FILE.address).open(),
    "Polars": lambda lake: lake.catalog.rows(SONGS, [PublishedDay(DAY, (FILE,))]),
    "queue": lambda lake: lake.raw_events and lake.raw_events.look(),
}


@pytest.fixture(scope="module")
def silent() -> Iterator[str]:
    with silent_server() as endpoint:
        yield endpoint


@pytest.fixture
def lake(silent: str, monkeypatch: pytest.MonkeyPatch) -> Lake:
    monkeypatch.setattr(storage_module, "RETRIES", {"max_retries": 0})
    monkeypatch.setattr(storage_module, "MOST_RETRIES", 0)
    settings = Settings(
        lake_url="s3://bucket/prefix", aws_endpoint_url=silent, raw_events_queue_url=f"{silent}/1/queue"
    )
    return Lake(settings, IMPATIENT)


@pytest.mark.parametrize("use", USES)
def test_silence_ends_in_a_clear_error(lake: Lake, use: str) -> None:
    with pytest.raises(LakeError) as caught:
        USES[use](lake)
    message = str(caught.value)
    assert "does not answer. Check the network and AWS_ENDPOINT_URL, then run again." in message
    assert len(message.splitlines()) == 1


def test_a_silent_cloudwatch_costs_metrics_and_no_run(lake: Lake) -> None:
    settings = lake.settings.model_copy(update={"metrics_namespace": "Spotify"})
    problem = send([Metric(Name.API_CALLS, 1.0)], settings, IMPATIENT)
    assert problem is not None
    assert problem.startswith("Metrics could not be sent to CloudWatch (METRICS_NAMESPACE=Spotify): Read timeout")


def test_what_is_asked_twice_after_an_error_and_once_more_ends_within_two_minutes() -> None:
    by_boto3 = 3 * PATIENCE.answer
    by_object_store = max(PATIENCE.content, storage_module.LONGEST_RETRY.total_seconds() + PATIENCE.content)
    assert 2 * by_boto3 + by_object_store < 120
