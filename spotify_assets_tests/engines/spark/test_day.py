"""A day on a real Spark session: the same rows as the Polars engine, whatever the day looks like."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from pyspark.errors import PythonException
from pyspark.sql import SparkSession

from spotify_assets.artist_facts.source import SimulatedFacts
from spotify_assets.capture.playlists_file import configured_playlists
from spotify_assets.capture.profiles import capture_artists
from spotify_assets.capture.snapshots import capture_artist_facts, capture_playlists
from spotify_assets.config import Settings
from spotify_assets.engines.day_request import DayRequest, DayResult
from spotify_assets.engines.spark import day as spark_day
from spotify_assets.engines.spark.day import transform_day
from spotify_assets.engines.spark.errors import spark_failure
from spotify_assets.lake.lake import Lake
from spotify_assets.spotify.source import SimulatedPlaylists
from spotify_assets_tests.support.data.builders import (
    DAY,
    Json,
    captured,
    credit,
    entries_of,
    playlist,
    to_json,
    track,
)
from spotify_assets_tests.support.data.odd_days import documents
from spotify_assets_tests.support.spark.java import NEEDS_JAVA
from spotify_assets_tests.support.spark.two_engines import expect_equal, request_of
from spotify_assets_tests.transform.test_real_raw import FILES

PLAYLISTS_FILE = Path(__file__).parents[3] / "playlists.yaml"
IN_A_FOLDER = pytest.mark.parametrize("home", ["folder"], indirect=True)
pytestmark = NEEDS_JAVA
few = settings(
    max_examples=5, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def said_to_nobody(_: str) -> None:
    """Progress is looked at elsewhere."""


def on_spark(session: SparkSession, request: DayRequest) -> DayResult:
    return transform_day(session, request, said_to_nobody)


def land(lake: Lake, found: Sequence[object]) -> None:
    for number, document in enumerate(found):
        lake.storage.write(f"raw/to_be_processed/snapshot_date={DAY}/{number}.json", to_json(document))


@few
@given(documents)
def test_days_made_up_by_hypothesis(session: SparkSession, found: list[Json]) -> None:
    with TemporaryDirectory() as folder:
        lake = Lake(Settings(lake_url=folder, spotify_source="spotify"))
        land(lake, [*found, "neither a playlist nor artists"])
        expect_equal(lake, request_of(lake, DAY), partial(on_spark, session))


@IN_A_FOLDER
@pytest.mark.skipif(not FILES, reason="no real raw files beside the checkout")
def test_all_saved_answers_of_the_api_as_one_day(lake: Lake, session: SparkSession) -> None:
    for path in FILES:
        lake.storage.write(f"raw/to_be_processed/snapshot_date={DAY}/{path.name}", path.read_bytes())
    frames = expect_equal(lake, request_of(lake, DAY), partial(on_spark, session))
    assert frames["playlists"].height > 3


@pytest.mark.parametrize("home", ["folder", "s3"], indirect=True)
def test_raw_objects_are_read_and_files_written_in_either_home(lake: Lake, session: SparkSession) -> None:
    land(lake, [captured(playlist("list", entries_of(*map(track, "abc"))))])
    request = request_of(lake, DAY)
    frames = expect_equal(lake, request, partial(on_spark, session))
    assert frames["songs"].height == 3


@IN_A_FOLDER
def test_small_objects_are_read_many_at_a_time_and_one_huge_playlist_by_one_task(
    lake: Lake, session: SparkSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spark_day, "CHUNK_OBJECTS", 100)
    star = credit("star")
    small = [captured(playlist(f"p{n}", entries_of(track(f"s{n}", artists=[star])))) for n in range(400)]
    huge = captured(playlist("huge", entries_of(*(track(f"h{n % 700}", artists=[star]) for n in range(9000)))))
    land(lake, [*small, huge])
    said: list[str] = []
    frames = expect_equal(lake, request_of(lake, DAY), lambda request: transform_day(session, request, said.append))
    assert frames["playlist_items"].height == 9400
    assert frames["artists"].height == 1
    chunks = int(said[0].split(" in ")[1].split()[0])
    assert 4 < chunks <= 12
    assert "written: artists 1 rows" in said[1]
    assert "playlist_items 9,400 rows" in said[-1]


@IN_A_FOLDER
def test_a_raw_object_that_is_gone_is_told_in_one_sentence(lake: Lake, session: SparkSession) -> None:
    land(lake, [captured(playlist("list", entries_of(track("a"))))])
    request = request_of(lake, DAY)
    lake.storage.delete([request.entries[0].key])
    with pytest.raises(PythonException) as caught:
        transform_day(session, request, said_to_nobody)
    assert spark_failure(caught.value) == (
        f"A task on the cluster failed: LakeError: {request.entries[0].key} is gone since it was listed. "
        f"Run the job process_raw_objects for {DAY} again."
    )


def test_a_day_of_each_week_of_the_sample_month(session: SparkSession, tmp_path: Path) -> None:
    configured = Settings(lake_url=str(tmp_path / "lake"), spotify_source="sample", playlists_file=PLAYLISTS_FILE)
    lake, source = Lake(configured), SimulatedPlaylists()
    for ahead in range(0, 28, 7):
        day = DAY + timedelta(days=ahead)
        capture_playlists(lake, source, configured_playlists(configured), day, None)
        objects = lake.raw.objects_of([day])[day]
        capture_artists(lake, source, day, objects)
        capture_artist_facts(lake, source, SimulatedFacts(), day, objects)
        frames = expect_equal(lake, request_of(lake, day), partial(on_spark, session))
        assert "wikidata" in frames["artists"]["genre_source"]
