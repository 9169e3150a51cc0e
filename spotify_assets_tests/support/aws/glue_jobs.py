"""Glue's jobs for moto, which runs nothing and answers SUCCEEDED: a job whose script lies in S3 is run.

A run is a process of its own. It finds what the job names (script, --extra-py-files, --additional-python-modules, the
last installed as Glue does: by pip, from the wheels in the zip alone) and PySpark; a job that names no modules finds
those of this environment. Everything is read as the job's role, whose name is the access key of the run.
"""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.core.responses import ActionResult
from moto.glue.models import FakeJob, FakeJobRun
from moto.glue.responses import GlueResponse

from spotify_assets_tests.support.spark.short_lived import SHORT_LIVED

PROJECT_ROOT = Path(__file__).resolve().parents[3]
# What the script of a job is started with, besides its own arguments.
OF_GLUE = ["--job-language", "python", "--TempDir", "s3://glue-temp/"]
SUBMITTED = "--master local[2] --conf spark.ui.enabled=false pyspark-shell"


def run_glue_jobs(endpoint: str) -> None:
    """Makes this process's Glue run its jobs."""
    runs = GlueRuns(endpoint)
    atexit.register(runs.end)
    start_job_run, get_job_run = GlueResponse.start_job_run, GlueResponse.get_job_run

    def start(self: GlueResponse) -> ActionResult:
        answer = start_job_run(self)
        job = self.glue_backend.get_job(self.parameters["JobName"])
        runs.start(job, job.job_runs[-1])
        return answer

    def get(self: GlueResponse) -> ActionResult:
        answer: Any = get_job_run(self)
        run = answer.result["JobRun"]
        answer.result["JobRun"] = {**run, **runs.errors.get(run["Id"], {})}
        return answer

    def stop(self: GlueResponse) -> ActionResult:
        job, stopped = self.parameters["JobName"], self.parameters["JobRunIds"]
        for run_id in stopped:
            runs.stop(run_id)
        return ActionResult(
            {"SuccessfulSubmissions": [{"JobName": job, "JobRunId": run_id} for run_id in stopped], "Errors": []}
        )

    GlueResponse.start_job_run, GlueResponse.get_job_run = start, get
    GlueResponse.batch_stop_job_run = stop  # pyright: ignore[reportAttributeAccessIssue]  moto has none


class GlueRuns:
    """The runs of jobs: their processes, and why they failed."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self.errors: dict[str, dict[str, str]] = {}

    def start(self, job: FakeJob, run: FakeJobRun) -> None:
        """Runs a job whose script is there; others succeed as moto's do."""
        folder = Path(tempfile.mkdtemp(prefix="glue-"))
        arguments: dict[str, str] = run.arguments or {}
        key = job.role.rpartition("/")[2]
        command: Any = job.command
        try:
            script = self._fetch(command["ScriptLocation"], folder, key)
        except ClientError:
            shutil.rmtree(folder)
            return
        # What the process comes to is all that may change the state from here on.
        run._transitions, run.status = [], "RUNNING"
        threading.Thread(target=self._run, args=(run, script, arguments, folder, key), daemon=True).start()

    def stop(self, run_id: str) -> None:
        """Ends a run's process."""
        if run_id in self._processes:
            self.errors[run_id] = {"JobRunState": "STOPPED"}
            self._processes[run_id].terminate()

    def end(self) -> None:
        """Ends what still runs."""
        for process in self._processes.values():
            process.kill()

    def _run(self, run: FakeJobRun, script: Path, arguments: dict[str, str], folder: Path, key: str) -> None:
        given = [word for name, value in arguments.items() for word in (name, value)]
        try:
            environment = self._environment(arguments, folder, key)
        except (ClientError, KeyError, OSError, subprocess.CalledProcessError) as error:
            self.errors[run.job_run_id] = {"ErrorMessage": f"LAUNCH ERROR | {error!r}"}
            run.status = "FAILED"
            return
        with (folder / "errors").open("w+b") as errors:
            command = [environment["PYSPARK_PYTHON"], str(script), *OF_GLUE, "--JOB_NAME", run.job_name, *given]
            process = subprocess.Popen(
                command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors
            )
            self._processes[run.job_run_id] = process
            succeeded = process.wait() == 0
            errors.seek(0)
            last = errors.read().decode(errors="replace").strip().rpartition("\n")[2]
        shutil.rmtree(folder)
        if run.job_run_id not in self.errors and not succeeded:
            self.errors[run.job_run_id] = {"ErrorMessage": last}
        run.status = "SUCCEEDED" if succeeded else "FAILED"

    def _environment(self, arguments: dict[str, str], folder: Path, key: str) -> dict[str, str]:
        python, path = sys.executable, [str(PROJECT_ROOT)]
        if modules := arguments.get("--additional-python-modules"):
            # An environment without any package, so that one that is missing is missed.
            subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / "empty")], check=True)
            python = str(folder / "empty/bin/python")
            path = [str(self._fetch(arguments["--extra-py-files"], folder, key)), str(_pyspark(folder))]
            path.append(str(_installed(self._fetch(modules, folder, key), arguments, folder)))
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PYTHONPATH": os.pathsep.join(path),
            "PYSPARK_PYTHON": python,
            "PYSPARK_SUBMIT_ARGS": SUBMITTED,
            **SHORT_LIVED,
            "AWS_ENDPOINT_URL": self._endpoint,
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": "testing",
            **({"JAVA_HOME": os.environ["JAVA_HOME"]} if "JAVA_HOME" in os.environ else {}),
        }

    def _fetch(self, address: str, folder: Path, key: str) -> Path:
        found = urlsplit(address)
        config = Config(s3={"addressing_style": "path"})
        client = boto3.Session(key, "testing").client("s3", endpoint_url=self._endpoint, config=config)
        file = folder / found.path.rpartition("/")[2]
        file.write_bytes(client.get_object(Bucket=found.netloc, Key=found.path.lstrip("/"))["Body"].read())
        return file


def _pyspark(folder: Path) -> Path:
    """A folder with PySpark alone, which Glue has of its own."""
    spark = folder / "spark"
    spark.mkdir()
    for name in ("pyspark", "py4j"):
        found = find_spec(name)
        assert found is not None
        assert found.origin is not None
        (spark / name).symlink_to(Path(found.origin).parent)
    return spark


def _installed(wheels: Path, arguments: dict[str, str], folder: Path) -> Path:
    """A folder with the packages of a zip of wheels."""
    with zipfile.ZipFile(wheels) as archive:
        archive.extractall(folder)
    option = arguments["--python-modules-installer-option"]
    # Of all that is installed the job imports a small part, which Python then compiles.
    quickly = ["--quiet", "--disable-pip-version-check", "--no-compile"]
    install = [sys.executable, "-m", "pip", "install", *quickly, option]
    found = ["--find-links", str(folder / "wheels"), "-r", str(folder / "wheels/requirements.txt")]
    subprocess.run([*install, *found, "--target", str(folder / "modules")], check=True)
    return folder / "modules"
