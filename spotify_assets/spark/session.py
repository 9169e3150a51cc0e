"""How a session for the transform is made, by whoever makes one."""

from pyspark.sql import SparkSession


def session_builder() -> SparkSession.Builder:
    """The builder of a session whose workers do what the tasks expect of them."""
    builder = SparkSession.Builder().appName("spotify_assets")
    # A task has one processor, and Spark runs one for each; Polars would start as many threads in every one of them.
    return builder.config("spark.executorEnv.POLARS_MAX_THREADS", "1")
