"""Dagster's history in a real PostgreSQL: dumped, restored, and upgraded from an old Dagster's, there and back.

`deploy/lakehouse` is run as people type it. Its `docker` is a stand-in that carries out here what a container would be
told to: PostgreSQL's own programs, `dagster instance migrate`, dumps to moto's S3.
"""

import gzip
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import dagster as dg
import psycopg2
import pytest

from spotify_assets_tests.automation.conftest import ROOT
from spotify_assets_tests.conftest import PLATFORM_KEY, REGION, aws_client
from spotify_assets_tests.support.aws.moto import MotoAws
from spotify_assets_tests.support.processes.postgres import DATABASE, PASSWORD, USER, Postgres, find_program
from spotify_assets_tests.upgrades.make_released import RELEASED

DEPLOY = ROOT / "deploy"
PSQL = find_program("psql")
pytestmark = pytest.mark.skipif(
    find_program("postgres") is None, reason="PostgreSQL is not installed (Debian: apt-get install postgresql)"
)
# What pg_dump wrote of the instance of dagster 1.5.14 and dagster-postgres 0.21.14: a run of one asset that succeeded,
# and one in progress. Without \restrict, which psql of before August 2025 refuses.
OLD = gzip.decompress((RELEASED / "dagster-1.5.14.sql.gz").read_bytes()).decode()
OLD_VERSION = "ec80dd91891a"
DOCKER = """#!/bin/bash
echo "$*" >> "$CALLS"
case "$*" in
"compose version --short") echo 2.40.3 ;;
*" config --images code") echo postgres:17; echo "${IMAGE:-spotify-lakehouse:built-here}" ;;
*" ps --quiet code") echo "$RUNNING" ;;
"inspect "*) echo "former of $RUNNING"; [ -n "$RUNNING" ] ;;
*" up -d --wait") [ -z "$IMAGE" ] || echo "with IMAGE=$IMAGE" >> "$CALLS" ;;
*" exec -T postgres "*) shift 6; exec "$@" ;;
*" exec -T code spotify-assets doctor")
  # As many answers as are left, then it finds nothing wrong.
  read -r answer < "$DOCTOR"; sed -i 1d "$DOCTOR"; exit "${answer:-0}" ;;
*" run --rm -T --no-deps code "*) shift 8; exec "$@" ;;
esac
"""
# While it is waited for, the run in progress ends.
SLEEP = """#!/bin/bash
[ -n "$NEVER_ENDS" ] || exec psql -qc "UPDATE runs SET status = 'SUCCESS' WHERE status = 'STARTED'" dagster dagster
"""


@dataclass
class Machine:
    """A checkout with `deploy/lakehouse`, and what it does things to."""

    checkout: Path
    environment: dict[str, str]
    bucket: str
    s3: object

    def lakehouse(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        command = [str(self.checkout / "deploy/lakehouse"), *words]
        environment = {**self.environment, **more}
        return subprocess.run(
            command,
            cwd=self.checkout,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def doctor_answers(self, *codes: int) -> None:
        (self.checkout / "doctor").write_text("".join(f"{code}\n" for code in codes), encoding="utf-8")

    @property
    def calls(self) -> list[str]:
        """What docker was told, without what stands in each line."""
        lines = (self.checkout / "calls").read_text(encoding="utf-8").splitlines()
        return [line.removeprefix("compose --env-file ../production.env ") for line in lines]

    def changes(self) -> list[str]:
        """What docker was told that changes containers and images."""
        return [call for call in self.calls if call.split()[0] in ("build", "pull", "stop", "start", "up", "image")]

    def dumped(self) -> str:
        """All of the database, but for a line that is another in each dump."""
        program = find_program("pg_dump")
        done = subprocess.run(
            [str(program), DATABASE], env=self.environment, capture_output=True, text=True, check=True
        )
        return "\n".join(
            line for line in done.stdout.splitlines() if not line.startswith(("\\restrict", "\\unrestrict"))
        )

    def ask(self, statement: str) -> list[tuple[object, ...]]:
        port = self.environment["PGPORT"]
        connection = psycopg2.connect(host="127.0.0.1", port=port, user=USER, password=PASSWORD, dbname=DATABASE)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with Postgres() as running:
        yield running


@pytest.fixture
def machine(postgres: Postgres, moto_aws: MotoAws, tmp_path: Path) -> Machine:
    """With the history of an old Dagster."""
    checkout, programs, home = tmp_path / "checkout", tmp_path / "programs", tmp_path / "home"
    (checkout / "deploy").mkdir(parents=True)
    for name in ("lakehouse", "history.sh", "compose.yaml"):
        shutil.copy(DEPLOY / name, checkout / "deploy")
    (checkout / "production.env").touch()
    for name, script in {"docker": DOCKER, "sleep": SLEEP}.items():
        programs.mkdir(exist_ok=True)
        (programs / name).write_text(script, encoding="utf-8")
        (programs / name).chmod(0o755)
    home.mkdir()
    shutil.copy(DEPLOY / "dagster.yaml", home)
    bucket, s3 = f"work-{uuid4().hex[:12]}", aws_client("s3", moto_aws.endpoint)
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    assert PSQL is not None
    port = str(postgres.port)
    environment = {
        "PATH": f"{programs}:{Path(sys.executable).parent}:{PSQL.parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "PGHOST": "127.0.0.1",
        "PGPORT": port,
        "PGUSER": USER,
        "PGPASSWORD": PASSWORD,
        "CALLS": str(checkout / "calls"),
        "DOCTOR": str(checkout / "doctor"),
        "DAGSTER_HOME": str(home),
        "DAGSTER_POSTGRES_HOST": "127.0.0.1",
        "DAGSTER_POSTGRES_PORT": port,
        "DAGSTER_POSTGRES_USER": USER,
        "DAGSTER_POSTGRES_PASSWORD": PASSWORD,
        "DAGSTER_POSTGRES_DB": DATABASE,
        "COMPUTE_LOGS_BUCKET": bucket,
        "AWS_REGION": REGION,
        "AWS_ENDPOINT_URL": moto_aws.endpoint,
        "AWS_ACCESS_KEY_ID": PLATFORM_KEY,
        "AWS_SECRET_ACCESS_KEY": "testing",
    }
    found = Machine(checkout, environment, bucket, s3)
    found.doctor_answers()
    found.ask("DROP SCHEMA public CASCADE")
    found.ask("CREATE SCHEMA public")
    subprocess.run(
        [str(PSQL), "-q", "-d", DATABASE], input=OLD, env=environment, text=True, capture_output=True, check=True
    )
    return found


def versions(machine: Machine) -> list[tuple[object, ...]]:
    return machine.ask("SELECT version_num FROM alembic_version")


def test_an_upgrade_waits_for_runs_keeps_the_history_and_migrates_it(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert versions(machine) == [(OLD_VERSION,)]
    done = machine.lakehouse("upgrade")
    assert done.returncode == 0, done.stderr
    assert "Runs in progress: 1." in done.stderr
    assert machine.changes() == [
        *("image tag spotify-lakehouse:built-here spotify-lakehouse:former", "build code", "stop daemon"),
        *("stop code webserver", "up -d --wait"),
    ]
    assert versions(machine) != [(OLD_VERSION,)]
    for name in ("DAGSTER_HOME", *(name for name in machine.environment if name.startswith("DAGSTER_POSTGRES"))):
        monkeypatch.setenv(name, machine.environment[name])
    monkeypatch.setenv("COMPUTE_LOGS_BUCKET", machine.bucket)
    with dg.DagsterInstance.get() as instance:
        assert [(run.job_name, run.is_success) for run in instance.get_runs()] == [("process_raw_objects", True)] * 2
        assert instance.get_latest_materialization_event(dg.AssetKey("songs")) is not None
    # What was kept on the way is that of the old Dagster, and is migrated as it is put back.
    back = machine.lakehouse("restore")
    assert back.returncode == 0, back.stderr
    assert "dagster instance migrate" in machine.calls[-2]
    assert versions(machine) != [(OLD_VERSION,)]


def test_an_image_that_does_not_run_well_is_taken_back_with_the_database_as_it_was(machine: Machine) -> None:
    machine.ask("UPDATE runs SET status = 'SUCCESS'")
    before = machine.dumped()
    machine.doctor_answers(0, 1)
    done = machine.lakehouse("upgrade")
    assert done.returncode == 1
    assert done.stderr.endswith("The former image runs, with the history that it had.\n")
    assert any("dagster instance migrate" in call for call in machine.calls)
    assert machine.changes()[-3:] == [
        *("stop code webserver daemon", "image tag spotify-lakehouse:former spotify-lakehouse:built-here"),
        "up -d --wait",
    ]
    assert machine.dumped() == before


DIGEST = "ghcr.io/somebody/lakehouse@sha256:1"


def test_a_published_image_is_fetched_by_digest_and_nothing_is_built(machine: Machine) -> None:
    machine.ask("UPDATE runs SET status = 'SUCCESS'")
    done = machine.lakehouse("upgrade", IMAGE=DIGEST, RUNNING="container")
    assert done.returncode == 0, done.stderr
    assert machine.changes() == ["pull code", "stop daemon", "stop code webserver", "up -d --wait"]
    assert machine.calls[-2:] == [f"with IMAGE={DIGEST}", "exec -T code spotify-assets doctor"]


def test_a_published_image_that_does_not_run_well_gives_way_to_the_one_that_ran(machine: Machine) -> None:
    machine.ask("UPDATE runs SET status = 'SUCCESS'")
    before = machine.dumped()
    machine.doctor_answers(0, 1)
    done = machine.lakehouse("upgrade", IMAGE=DIGEST, RUNNING="container")
    assert done.returncode == 1
    assert "IMAGE=former of container" in done.stderr
    assert machine.calls[-2:] == ["up -d --wait", "with IMAGE=former of container"]
    assert machine.dumped() == before


def test_without_a_running_container_there_is_nothing_to_upgrade_by_digest(machine: Machine) -> None:
    done = machine.lakehouse("upgrade", IMAGE=DIGEST, RUNNING="")
    assert done.returncode == 1
    assert "The first time: deploy/lakehouse pull code" in done.stderr
    assert machine.changes() == []


def test_faults_of_before_do_not_judge_the_new_image(machine: Machine) -> None:
    machine.ask("UPDATE runs SET status = 'SUCCESS'")
    machine.doctor_answers(1, 1)
    done = machine.lakehouse("upgrade")
    assert done.returncode == 0, done.stderr
    assert "does not judge the new image" in done.stderr


def test_runs_that_do_not_end_leave_everything_as_it_is(machine: Machine) -> None:
    before = machine.dumped()
    done = machine.lakehouse("upgrade", NEVER_ENDS="yes")
    assert done.returncode == 1
    assert "Runs are still in progress after 2 hours" in done.stderr
    assert machine.changes()[-2:] == ["stop daemon", "start daemon"]
    assert machine.dumped() == before


def test_a_history_that_cannot_be_kept_lets_the_daemon_go_on(machine: Machine) -> None:
    machine.ask("UPDATE runs SET status = 'SUCCESS'")
    done = machine.lakehouse("upgrade", COMPUTE_LOGS_BUCKET="")
    assert done.returncode != 0
    assert "COMPUTE_LOGS_BUCKET is not set" in done.stderr
    assert machine.changes()[-1] == "start daemon"


def test_what_is_kept_is_restored_on_an_empty_database_by_name_or_the_latest(machine: Machine) -> None:
    done = machine.lakehouse("backup")
    assert done.returncode == 0, done.stderr
    name = done.stdout.split()[2]
    machine.ask("DROP SCHEMA public CASCADE")
    machine.ask("CREATE SCHEMA public")
    restored = machine.lakehouse("restore", name)
    assert restored.returncode == 0, restored.stderr
    assert machine.ask("SELECT status FROM runs ORDER BY status") == [("STARTED",), ("SUCCESS",)]
    assert machine.changes() == ["stop code webserver daemon", "up -d --wait postgres", "up -d --wait"]
    unknown = machine.lakehouse("restore", "2020-01-01")
    assert unknown.returncode == 1
    assert f"has no dump of Dagster's history 2020-01-01. Available: {name}." in unknown.stderr


def test_a_dump_that_was_cut_off_changes_nothing(machine: Machine, moto_aws: MotoAws) -> None:
    before = machine.dumped()
    whole = gzip.compress(OLD.encode())
    client = aws_client("s3", moto_aws.endpoint)
    for name, cut in {"a": whole[:-2000], "b": gzip.compress(OLD[:-2000].encode())}.items():
        client.put_object(Bucket=machine.bucket, Key=f"dagster-history/{name}.sql.gz", Body=cut)
        done = machine.lakehouse("restore", name)
        assert done.returncode == 1
        assert "The dump is incomplete" in done.stderr
    assert machine.changes() == []
    assert machine.dumped() == before
