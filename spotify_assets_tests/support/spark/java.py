"""Java for tests: Spark runs on it."""

import os
import shutil

import pytest

NEEDS_JAVA = pytest.mark.skipif(
    not (os.environ.get("JAVA_HOME") or shutil.which("java")), reason="Java is not installed; Spark runs on it"
)
