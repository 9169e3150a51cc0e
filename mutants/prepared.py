"""A process that has loaded the libraries, and forks itself for each run of the tests: loading them takes longer.

Nothing of the project is loaded here, so each run reads the files as they are. Asked over standard input, a line of
JSON for each run: the seconds it may take, and the arguments of pytest. Answers with its exit code, or null where the
time was over.
"""

import json
import os
import select
import signal
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import NoReturn

LIBRARIES = (
    "boto3",
    "dagster",
    "dataframely",
    "duckdb",
    "hypothesis",
    "obstore.store",
    "polars",
    "pyarrow.parquet",
    "pydantic_settings",
    "pyiceberg.catalog.sql",
    "pyiceberg.io.pyarrow",
    "pytest",
    "requests",
    "spotipy",
    "zstandard",
)
OUTPUT = Path("mutants-output.txt")


def main() -> None:
    for library in LIBRARIES:
        import_module(library)
    while line := sys.stdin.readline():
        seconds, arguments = json.loads(line)
        print(json.dumps(run(seconds, arguments)), flush=True)


def run(seconds: float | None, arguments: Sequence[str]) -> int | None:
    """The exit code of pytest, or None where it took too long. What it says is in OUTPUT."""
    child = os.fork()
    if not child:
        _become_pytest(arguments)
    watched = os.pidfd_open(child)
    try:
        # Standard input has something to say in between only where whoever asked is gone.
        readable, _, _ = select.select([watched, sys.stdin], [], [], seconds)
        in_time = watched in readable
        if not in_time:
            # With the servers that its tests have started.
            os.killpg(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status) if in_time else None
    finally:
        os.close(watched)


def _become_pytest(arguments: Sequence[str]) -> NoReturn:
    import pytest  # noqa: PLC0415  loaded by now

    os.setsid()
    output = os.open(OUTPUT, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for stream, instead in ((0, nothing), (1, output), (2, output)):
        os.dup2(instead, stream)
    code = 1
    try:
        code = int(pytest.main(list(arguments)))
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
