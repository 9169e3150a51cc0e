"""The process behind `run_command`: imports libraries once, then becomes a new process for every line it is sent.

Nothing that starts a thread may be imported here (Polars), since only the thread that forks lives on in the new
process; NumPy and PyArrow start none with `prepared.WITHOUT_THREADS`. Nothing of the platform either: each new process
imports that in the environment it was given.
"""

import gc
import json
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

# Of what the commands import. Not DuckDB, which complains at the end of a process about what `freeze` keeps.
LIBRARIES = (
    "alembic boto3 dagster dagster_aws.s3 dagster_pipes dotenv msgspec obstore.store pyarrow.parquet pydantic_settings "
    "pyiceberg.catalog.glue pyiceberg.catalog.sql pyiceberg.io.pyarrow requests rich.console rich.progress rich.table "
    "spotipy sqlalchemy.dialects.sqlite tenacity yaml"
)
THREADS = Path("/proc/self/task")


def next_command() -> list[str] | None:
    """In a new process the arguments of its command; None once no more is asked for."""
    with os.fdopen(os.dup(0), "rb") as requests, os.fdopen(os.dup(1), "wb", buffering=0) as answers:
        # What is imported must not read, or write, what is meant for the tests.
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        os.dup2(null, 1)
        os.close(null)
        for library in LIBRARIES.split():
            import_module(library)
        assert not THREADS.is_dir() or len(list(THREADS.iterdir())) == 1, "a library has started threads"
        # Or each new process would look through all of it at its end, and copy it for that.
        gc.collect()
        gc.freeze()
        for line in requests:
            request: dict[str, Any] = json.loads(line)
            pid = os.fork()
            if pid == 0:
                become(request)
                return request["arguments"]
            answers.write(json.dumps({"pid": pid}).encode() + b"\n")
            _, status = os.waitpid(pid, 0)
            answers.write(json.dumps({"code": os.waitstatus_to_exitcode(status)}).encode() + b"\n")
    return None


def become(request: dict[str, Any]) -> None:
    """Folder, environment and streams of a request, as a process has them that was started for it."""
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    for number, path in enumerate(request["streams"]):
        opened = os.open(path, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_APPEND)
        os.dup2(opened, number)
        os.close(opened)
    # As `python -c` has them.
    sys.argv = ["-c", *request["arguments"]]
    sys.path[0] = ""


if __name__ == "__main__":
    arguments = next_command()
    if arguments is not None:
        from spotify_assets.cli.main import main

        sys.exit(main(arguments))
