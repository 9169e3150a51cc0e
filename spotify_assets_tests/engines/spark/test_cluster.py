"""The packaged job on a real cluster, of which a machine is lost while it runs: the rows are the same."""

import shutil
from pathlib import Path

import msgspec
import pytest

import spotify_assets
from spotify_assets.engines.day_request import DayResult
from spotify_assets.lake.lake import Lake
from spotify_assets_tests.support.data.builders import DAY, captured, credit, entries_of, playlist, to_json, track
from spotify_assets_tests.support.spark.cluster import SPARK_LOG, spark_cluster
from spotify_assets_tests.support.spark.java import NEEDS_JAVA
from spotify_assets_tests.support.spark.two_engines import expect_equal, request_of

PACKAGE = Path(spotify_assets.__file__).parent


@NEEDS_JAVA
@pytest.mark.parametrize("home", ["folder"], indirect=True)
def test_a_job_that_loses_a_worker_half_way_gives_the_same_rows(lake: Lake, tmp_path: Path) -> None:
    star = credit("star")
    for number in range(60):
        songs = [track(f"s{number}x{n}", artists=[star, credit(f"a{n}")]) for n in range(30)]
        bad = track("bad", id="short")
        document = captured(playlist(f"p{number}", entries_of(*songs, bad)))
        lake.storage.write(f"raw/to_be_processed/snapshot_date={DAY}/{number}.json", to_json(document))
    job, archive = tmp_path / "transform_job.py", tmp_path / "package"
    shutil.copy(PACKAGE / "engines" / "spark" / "job.py", job)
    shutil.make_archive(str(archive), "zip", PACKAGE.parent, PACKAGE.name)
    request = request_of(lake, DAY)
    (tmp_path / "request.json").write_bytes(msgspec.json.encode(request))
    with spark_cluster(tmp_path, workers=2) as cluster:
        running = cluster.submit(
            *("--py-files", f"{archive}.zip", str(job), "--request", "request.json", "--result", "result.json"),
            folder=tmp_path,
        )
        assert running.stdout is not None
        said: list[str] = []
        for line in running.stdout:
            said.append(line)
            # What both workers kept of the decoded day is read again from here on.
            if line.startswith("written: artists"):
                cluster.lose_a_worker()
        running.communicate()
    errors = (tmp_path / SPARK_LOG).read_text()
    assert running.returncode == 0, errors[-3000:]
    assert len(cluster.workers) == 1
    assert len([line for line in said if line.startswith("written: ")]) == 3
    result = msgspec.json.decode((tmp_path / "result.json").read_bytes(), type=DayResult)
    frames = expect_equal(lake, request, lambda _: result)
    assert frames["playlist_items"].height == 60 * 31
    assert "ExecutorLostFailure" in errors or "Lost executor" in errors
