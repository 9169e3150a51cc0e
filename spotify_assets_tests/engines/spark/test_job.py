"""The job as spark-submit starts it: request and result are files, and what is wrong is one sentence."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from pyspark.sql import SparkSession

from spotify_assets.engines.day_request import DayRequest, DayResult
from spotify_assets.engines.spark.job import TransformFailed, main
from spotify_assets.lake.lake import Lake
from spotify_assets_tests.conftest import IN_A_FOLDER
from spotify_assets_tests.support.data.builders import DAY, captured, entries_of, playlist, to_json, track
from spotify_assets_tests.support.spark.java import NEEDS_JAVA
from spotify_assets_tests.support.spark.two_engines import expect_equal, request_of

pytestmark = NEEDS_JAVA
Submit = Callable[[bytes], DayResult]


@pytest.fixture
def submit(session: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Submit:
    """Runs the job on the tests' session; arguments of others among its own do no harm."""

    def submit(request: bytes) -> DayResult:
        Path("request.json").write_bytes(request)
        arguments = ["--JOB_ID", "j_1", "--request", "request.json", "--result", f"{tmp_path}/result.json"]
        monkeypatch.setattr("sys.argv", ["transform_job.py", *arguments])
        main()
        return msgspec.json.decode((tmp_path / "result.json").read_bytes(), type=DayResult)

    return submit


def day_of(lake: Lake) -> DayRequest:
    document = captured(playlist("Chart", entries_of(track("One"), track("Two"))))
    lake.storage.write(f"raw/to_be_processed/snapshot_date={DAY}/chart.json", to_json(document))
    lake.storage.write(f"raw/to_be_processed/snapshot_date={DAY}/broken.json", b"{")
    return request_of(lake, DAY)


@IN_A_FOLDER
def test_a_request_in_a_file_gives_a_result_in_a_file(
    lake: Lake, submit: Submit, capfd: pytest.CaptureFixture[str]
) -> None:
    request = day_of(lake)
    expect_equal(lake, request, lambda asked: submit(msgspec.json.encode(asked)))
    assert "playlist_items 2 rows" in capfd.readouterr().out


@IN_A_FOLDER
def test_an_object_that_is_gone_is_named(lake: Lake, submit: Submit) -> None:
    request = day_of(lake)
    lake.storage.delete([entry.key for entry in request.entries])
    with pytest.raises(TransformFailed, match=r"\.json is gone since it was listed\. Run the job"):
        submit(msgspec.json.encode(request))


def test_a_request_of_another_version_is_refused(submit: Submit) -> None:
    with pytest.raises(
        TransformFailed, match=r"missing required field .* Deploy job and Dagster from the same version"
    ):
        submit(b'{"snapshot_date": "2026-03-01"}')


def test_a_request_that_is_not_there_is_named(submit: Submit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["transform_job.py", "--request", "nowhere.json", "--result", "result.json"])
    with pytest.raises(TransformFailed, match=r"There is no request at nowhere\.json"):
        main()
