"""Spark's errors in one sentence: its own texts hide the cause among stack frames of two languages."""

import re

# The last line of a Python traceback inside a Java one: `package.Error: what happened`.
RAISED_BY_A_TASK = re.compile(r"^(?:[\w.]+\.)?(\w*(?:Error|Exception|Failure|Exit)\b: .+)$", re.MULTILINE)
# A Java error's own text, under the line that names the call it came from.
RAISED_BY_JAVA = re.compile(r"^: (?:[\w.$]+\.)?(\w+(?:Error|Exception)\b: .+)$", re.MULTILINE)
GONE = "stopped SparkContext"
NO_JAVA = ("JAVA_GATEWAY_EXITED", "JAVA_HOME")


def spark_failure(error: Exception) -> str:
    """What went wrong on a cluster, and what to do."""
    text = str(error)
    if any(sign in text for sign in NO_JAVA):
        return "Spark cannot start: no Java was found. Install Java 17, or set JAVA_HOME to where it is."
    if GONE in text:
        return "The cluster does not answer, or ended the application: look at its address, and at its own log."
    if found := RAISED_BY_A_TASK.findall(text.partition("Driver stacktrace")[0]):
        return f"A task on the cluster failed: {found[-1]}"
    if found := RAISED_BY_JAVA.findall(text):
        return f"Spark failed: {found[0]}"
    return f"Spark failed: {text.strip().splitlines()[0] if text.strip() else type(error).__name__}"
