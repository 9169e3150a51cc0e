"""What Spark raises, as texts of the forms it has: each becomes one sentence that names the cause."""

import pytest

from spotify_assets.engines.spark.errors import spark_failure

OF_A_TASK = """
  An exception was thrown from the Python worker. Please see the stack trace below.
Traceback (most recent call last):
  File "/x/spotify_assets/lake/raw.py", line 262, in _read
    raise LakeError(
spotify_assets.lake.errors.LakeError: raw/to_be_processed/1.json is gone since it was listed.
"""
OF_JAVA = """An error occurred while calling o57.collectToPython.
: org.apache.spark.SparkException: Job 3 cancelled part of cancelled job group 12
\tat org.apache.spark.errors.SparkCoreErrors$.sparkJobCancelled(SparkCoreErrors.scala:73)
"""
STOPPED = """An error occurred while calling o25.newSession.
: java.lang.IllegalStateException: Cannot call methods on a stopped SparkContext.
This stopped SparkContext was created at:
"""


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (OF_A_TASK, "A task on the cluster failed: LakeError: raw/to_be_processed/1.json is gone since it was listed."),
        (OF_JAVA, "Spark failed: SparkException: Job 3 cancelled part of cancelled job group 12"),
        (
            STOPPED,
            "The cluster does not answer, or ended the application: look at its address, and at its own log.",
        ),
        (
            "[JAVA_GATEWAY_EXITED] Java gateway process exited before sending its port number.",
            "Spark cannot start: no Java was found. Install Java 17, or set JAVA_HOME to where it is.",
        ),
        ("Something else\nat length", "Spark failed: Something else"),
        ("", "Spark failed: RuntimeError"),
    ],
)
def test_the_cause_is_told_in_one_sentence(text: str, sentence: str) -> None:
    assert spark_failure(RuntimeError(text)) == sentence
