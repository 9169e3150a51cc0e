"""Days through Dagster by a Spark cluster: the same published tables, and failures in a sentence."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import dagster as dg
import pytest
from polars.testing import assert_frame_equal
from pyspark.sql import SparkSession

from spotify_assets.config import Settings
from spotify_assets.engines.engine import PolarsEngine, SparkEngine, transform_engine
from spotify_assets.lake.lake import Lake
from spotify_assets.schemas.base import BASE
from spotify_assets_tests.assets.conftest import PLAYLISTS_FILE, Platform
from spotify_assets_tests.support.spark.java import NEEDS_JAVA

pytestmark = NEEDS_JAVA
DAY = date(2026, 3, 1)
SPARK = SparkEngine("local[2]")


@pytest.fixture
def sample(tmp_path: Path, session: SparkSession) -> Iterator[Platform]:
    """Sample data; the engine finds the session of the tests, since a process has but one."""
    configured = Settings(lake_url=str(tmp_path / "lake"), spotify_source="sample", playlists_file=PLAYLISTS_FILE)
    with dg.DagsterInstance.ephemeral() as instance:
        yield Platform(Lake(configured), instance)


def said(platform: Platform, run_id: str) -> list[str]:
    return [record.user_message for record in platform.instance.all_logs(run_id) if record.user_message]


def test_a_day_by_spark_is_audited_and_published_like_any_other(sample: Platform, tmp_path: Path) -> None:
    elsewhere = sample.lake.settings.model_copy(update={"lake_url": str(tmp_path / "elsewhere")})
    by_spark = replace(sample, lake=Lake(elsewhere), engine=SPARK)
    assert sample.materialize(DAY).success
    result = by_spark.materialize(DAY)
    assert result.success
    for table in BASE.tables.values():
        wanted = sample.lake.catalog.scan(table).collect().sort(table.order)
        assert_frame_equal(by_spark.lake.catalog.scan(table).collect().sort(table.order), wanted)
    published = by_spark.lake.catalog.published(BASE.tables["playlist_items"])[DAY]
    assert len(published.files) > 1
    assert [line for line in said(by_spark, result.run_id) if line.startswith("written: ")]
    assert by_spark.materialize(DAY, steps=["tables", "checks", "published_tables"]).success
    assert by_spark.lake.catalog.published(BASE.tables["playlist_items"])[DAY] == published


def test_what_fails_on_a_worker_fails_the_run_in_a_sentence(sample: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sample.materialize(DAY, steps=["raw_playlists", "raw_artists"]).success
    objects_of = sample.lake.raw.objects_of

    def then_gone(days: list[date]) -> object:
        found = objects_of(days)
        sample.lake.storage.delete([found[DAY][0].key])
        return found

    monkeypatch.setattr(sample.lake.raw, "objects_of", then_gone)
    result = replace(sample, engine=SPARK).materialize(DAY, steps=["tables"])
    assert not result.success
    failure = result.failure_data_for_node("tables")
    assert failure is not None
    assert failure.user_failure_data is not None
    assert str(failure.user_failure_data.description).startswith("A task on the cluster failed: LakeError: raw/")


def test_without_pyspark_the_way_out_is_told(sample: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    assert sample.materialize(DAY, steps=["raw_playlists", "raw_artists"]).success
    result = replace(sample, engine=SPARK).materialize(DAY, steps=["tables"])
    failure = result.failure_data_for_node("tables")
    assert failure is not None
    assert failure.user_failure_data is not None
    assert "pip install 'spotify-assets[spark]'" in str(failure.user_failure_data.description)


def test_the_engine_is_the_configured_one() -> None:
    assert isinstance(transform_engine(Settings()), PolarsEngine)
    assert transform_engine(Settings(transform_engine="spark", spark_master="yarn")).kind == "spark"
