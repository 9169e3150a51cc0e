"""Engines that transform a day, chosen by TRANSFORM_ENGINE. All engines give the same rows.

An engine turns raw objects into files that no reader sees; staging, audit and publish are the same for all.
"""

import os
import sys
from contextlib import suppress
from typing import Protocol

import dagster as dg

from spotify_assets.config import Settings
from spotify_assets.engines.day_request import DayRequest, DayResult
from spotify_assets.engines.spark.errors import spark_failure
from spotify_assets.transform.cells import listed
from spotify_assets.transform.observations import observe
from spotify_assets.transform.tables import build_tables


class TransformEngine(Protocol):
    """An engine: `kind` is its name in the UI, `at_once` the number of days of a range it transforms at once."""

    kind: str
    at_once: int

    def transform(self, context: dg.AssetExecutionContext, request: DayRequest) -> DayResult:
        """Writes the files of a day's tables and lists them.

        Raises:
            dagster.Failure: it failed; the message says why and what to do.
        """
        ...


class PolarsEngine:
    """The transform in this process: one file for each table that has rows."""

    kind = "polars"
    at_once = 2

    def transform(self, context: dg.AssetExecutionContext, request: DayRequest) -> DayResult:
        """See `TransformEngine`."""
        raw = request.raw_zone().read(request.entries)
        day, source = request.snapshot_date, request.source
        observations = observe(raw, day, source, request.details, request.details_of_artists)
        made = build_tables(observations, day, request.rejected_rows_limit, request.declared)
        odd_cells = listed(observations.odd_cells)
        files = request.write(made.frames)
        return DayResult(files, observations.quarantined, odd_cells, made.declared, made.completed)


class SparkEngine:
    """The transform on a Spark cluster whose driver is this process."""

    kind = "spark"
    # A day uses the entire cluster.
    at_once = 1

    def __init__(self, master: str) -> None:
        self._master = master

    def transform(self, context: dg.AssetExecutionContext, request: DayRequest) -> DayResult:
        """See `TransformEngine`. A run that is cancelled, or fails, cancels its tasks."""
        try:
            from py4j.protocol import Py4JError  # noqa: PLC0415  who has no cluster need not install it
            from pyspark.errors import PySparkException  # noqa: PLC0415
            from pyspark.sql import SparkSession  # noqa: PLC0415

            from spotify_assets.engines.spark.day import transform_day  # noqa: PLC0415
        except ImportError as error:
            raise dg.Failure(
                "TRANSFORM_ENGINE=spark needs PySpark: pip install 'spotify-assets[spark]', in the version of the "
                "cluster.",
                allow_retries=False,
            ) from error
        # Local workers run in the environment of this process; a cluster's workers have its own.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        try:
            session = SparkSession.Builder().master(self._master).appName("spotify_assets").getOrCreate()
        except Exception as error:
            raise dg.Failure(f"{spark_failure(error)} (SPARK_MASTER={self._master})") from error
        session.sparkContext.setJobGroup(
            request.run_id, f"transform of {request.snapshot_date}", interruptOnCancel=True
        )
        try:
            return transform_day(session, request, context.log.info)
        except (PySparkException, Py4JError) as error:
            raise dg.Failure(f"{spark_failure(error)} (SPARK_MASTER={self._master})") from error
        finally:
            # A cluster that is gone has nothing left to cancel.
            with suppress(Py4JError):
                session.sparkContext.cancelJobGroup(request.run_id)


def transform_engine(settings: Settings) -> TransformEngine:
    """The engine that is configured."""
    match settings.transform_engine:
        case "spark":
            return SparkEngine(settings.spark_master)
        case "glue":
            from spotify_assets.engines.glue import GlueEngine  # noqa: PLC0415  it takes half a second

            # Incomplete settings would not have been read.
            return GlueEngine(str(settings.glue_job_name), str(settings.glue_work_bucket))
        case "polars":
            return PolarsEngine()
