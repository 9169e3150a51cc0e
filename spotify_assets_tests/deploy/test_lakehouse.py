"""The one command for the containers, as documents have it typed: it carries production.env into every subcommand."""

import os
import re
import shlex
import shutil
import subprocess
from itertools import takewhile
from pathlib import Path

import pytest

from spotify_assets_tests.deploy.stack import TEMPLATE
from spotify_assets_tests.docs.markdown import DOCUMENTS

DEPLOY = TEMPLATE.parent
SETTINGS = "AWS_REGION=eu-central-1\nDAGSTER_POSTGRES_PASSWORD=secret\n"
# Up to where the shell takes over.
TYPED = re.compile(r"^deploy/lakehouse ([^|;&>]+)")
TYPED_LINES = sorted(
    {found[1].strip() for document in DOCUMENTS for line in document.commands if (found := TYPED.match(line))}
)
# What it does itself, with more than one of Compose's subcommands: test_history.py.
OWN = set(re.findall(r"^# deploy/lakehouse (\w+)", (DEPLOY / "history.sh").read_text(encoding="utf-8"), re.MULTILINE))
LINES = [line for line in TYPED_LINES if line.split()[0] not in OWN]
HAS_COMPOSE = (
    shutil.which("docker") is not None
    and subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode == 0
)
needs_compose = pytest.mark.skipif(not HAS_COMPOSE, reason="Docker's compose plugin is not installed")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What the command needs of a checkout, with settings."""
    folder = tmp_path / "checkout"
    (folder / "deploy").mkdir(parents=True)
    for name in ("lakehouse", "compose.yaml"):
        shutil.copy(DEPLOY / name, folder / "deploy")
    (folder / "production.env").write_text(SETTINGS, encoding="utf-8")
    return folder


def run(checkout: Path, words: list[str], docker: str | None = None) -> subprocess.CompletedProcess[str]:
    """The command from another folder; with a stand-in for docker, if one is given."""
    path = os.environ["PATH"]
    if docker is not None:
        stand_in = checkout / "bin/docker"
        stand_in.parent.mkdir()
        stand_in.write_text(f"#!/bin/sh\n{docker}\n", encoding="utf-8")
        stand_in.chmod(0o755)
        path = f"{stand_in.parent}:{path}"
    environment = {"PATH": path, "HOME": os.environ.get("HOME", "/"), "LC_ALL": "C.UTF-8"}
    environment |= {name: value for name, value in os.environ.items() if name == "DOCKER_CONFIG"}
    command = [str(checkout / "deploy/lakehouse"), *words]
    return subprocess.run(command, cwd=checkout.parent, env=environment, capture_output=True, text=True, check=False)


SAYS_ITS_WORDS = """case "$*" in "compose version --short") echo 2.40.3;; *) pwd; printf '%s\\n' "$@";; esac"""


def test_documents_have_it_typed_for_all_that_is_done_to_containers() -> None:
    assert {line.split()[0] for line in LINES} >= {"up", "exec", "down"}
    assert {line.split()[0] for line in TYPED_LINES} >= OWN == {"backup", "restore", "upgrade"}
    past_it = [
        f"{document.name}: {line}"
        for document in DOCUMENTS
        for line in document.commands
        if re.match(r"(sudo )?docker[ -]compose .*\b(up|down|exec|run|ps|logs|config)\b", line)
    ]
    assert past_it == []


@pytest.mark.parametrize("line", LINES)
def test_a_documented_line_reaches_compose_with_the_settings(line: str, checkout: Path) -> None:
    done = run(checkout, shlex.split(line), SAYS_ITS_WORDS)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        str(checkout / "deploy"),
        *("compose", "--env-file", "../production.env"),
        *shlex.split(line),
    ]


def test_settings_that_are_missing_are_told(checkout: Path) -> None:
    (checkout / "production.env").unlink()
    done = run(checkout, ["ps"], SAYS_ITS_WORDS)
    assert done.returncode == 1
    assert done.stderr.startswith(f"There is no production.env in {checkout}. docs/aws.md")


@pytest.mark.parametrize(
    ("docker", "told"),
    [
        ("exit 1", "Docker's compose plugin is not there."),
        ("echo 1.29.2", "Docker Compose is 1.29.2; 2.24.0 or later is needed."),
        ("echo v2.23.3", "Docker Compose is v2.23.3; 2.24.0 or later is needed."),
    ],
)
def test_a_compose_that_cannot_read_the_file_is_told(docker: str, told: str, checkout: Path) -> None:
    done = run(checkout, ["ps"], docker)
    assert done.returncode == 1
    assert done.stderr.startswith(told)
    assert "Docker's own repository: docs/aws.md" in done.stderr


@needs_compose
@pytest.mark.parametrize("line", LINES)
def test_a_documented_line_is_one_of_composes(line: str, checkout: Path) -> None:
    subcommand, *words = shlex.split(line)
    options = takewhile(lambda word: word.startswith("-"), words)
    done = run(checkout, [subcommand, *options, "--help"])
    assert done.returncode == 0, done.stderr
    assert f"docker compose {subcommand}" in done.stdout


@needs_compose
def test_compose_reads_the_file_with_the_settings_and_a_file_of_ones_own(checkout: Path) -> None:
    own = "services: {code: {volumes: ['/etc/key.p8:/run/key.p8:ro']}}"
    (checkout / "deploy/compose.override.yaml").write_text(own, encoding="utf-8")
    done = run(checkout, ["config"])
    assert done.returncode == 0, done.stderr
    assert "AWS_DEFAULT_REGION: eu-central-1" in done.stdout
    assert "/run/key.p8" in done.stdout


@needs_compose
def test_compose_names_a_setting_that_is_missing(checkout: Path) -> None:
    (checkout / "production.env").write_text("AWS_REGION=eu-central-1\n", encoding="utf-8")
    done = run(checkout, ["down"])
    assert done.returncode != 0
    assert "DAGSTER_POSTGRES_PASSWORD" in done.stderr
    assert "put it into production.env" in done.stderr
