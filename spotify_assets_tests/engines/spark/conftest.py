"""A Spark session for all tests of a process: two processors, workers in this environment."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """PySpark 3.5 leaves the socket of each `collect` to the garbage collector, which only PySpark could mend."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"))


@pytest.fixture(autouse=True)
def sockets_are_collected_here() -> Iterator[None]:
    """Not in a later test, where they would count as its own."""
    yield
    gc.collect()


@pytest.fixture(scope="session")
def session() -> Iterator[SparkSession]:
    builder = SparkSession.Builder().master("local[2]").appName("tests")
    for key, value in {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}.items():
        builder.config(key, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()
