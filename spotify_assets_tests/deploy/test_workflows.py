"""GitHub's workflows: what their scripts ask for, and whose code runs where."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from spotify_assets_tests.deploy.stack import TEMPLATE

ROOT = TEMPLATE.parents[1]
WORKFLOWS = {
    path.name: yaml.safe_load(path.read_text(encoding="utf-8")) for path in (ROOT / ".github/workflows").glob("*.yml")
}


def steps_of(workflow: str, job: str) -> list[dict[str, Any]]:
    return WORKFLOWS[workflow]["jobs"][job]["steps"]


@pytest.mark.parametrize(("address", "named"), [("", []), ("a@example.com", ["AlertEmail=a@example.com"])])
def test_a_deployment_names_an_address_only_where_there_is_one(address: str, named: list[str], tmp_path: Path) -> None:
    said, stand_in = tmp_path / "said", tmp_path / "aws"
    stand_in.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{said}"\n', encoding="utf-8")
    stand_in.chmod(0o755)
    [deploy] = [step for step in steps_of("deploy.yml", "deploy") if step.get("name") == "Deploy"]
    given = {"STACK": "lake", "DEPLOY_BUCKET": "bucket", "EXECUTE": "--execute-changeset", "ALERT_EMAIL": address}
    environment = {**os.environ, **given, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    subprocess.run(["bash", "-euo", "pipefail", "-c", deploy["run"]], env=environment, check=True)
    words = said.read_text(encoding="utf-8").splitlines()
    assert [word for word in words if word.startswith("AlertEmail=")] == named
    assert ("--parameter-overrides" in words) == bool(named)


JOBS = [(workflow, job) for workflow, found in WORKFLOWS.items() for job in found["jobs"]]


@pytest.mark.parametrize(("workflow", "job"), JOBS)
def test_actions_are_named_by_commit(workflow: str, job: str) -> None:
    used = [step["uses"] for step in steps_of(workflow, job) if "uses" in step]
    assert used
    assert [action for action in used if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action)] == []


@pytest.mark.parametrize(("workflow", "job"), JOBS)
def test_a_job_that_can_have_a_token_runs_nothing_of_third_parties(workflow: str, job: str) -> None:
    stated = WORKFLOWS[workflow]
    permissions = stated["jobs"][job].get("permissions", stated["permissions"])
    if permissions.get("id-token") != "write":
        return
    owners = {step["uses"].split("/")[0] for step in steps_of(workflow, job) if "uses" in step}
    assert owners <= {"actions", "aws-actions"}
    scripts = " ".join(step.get("run", "") for step in steps_of(workflow, job))
    assert re.findall(r"\b(make|pip|uv|npm|npx|python3?)\b|\.ci/run", scripts) == []


def test_no_job_takes_a_token_from_the_whole_workflow() -> None:
    assert [name for name, found in WORKFLOWS.items() if "id-token" in found["permissions"]] == []
    assert WORKFLOWS["deploy.yml"]["jobs"]["deploy"]["needs"] == "check"


def test_dependabot_looks_at_all_that_others_make() -> None:
    stated = yaml.safe_load((ROOT / ".github/dependabot.yml").read_text(encoding="utf-8"))
    ecosystems = {update["package-ecosystem"] for update in stated["updates"]}
    assert ecosystems == {"github-actions", "docker", "docker-compose", "pip"}
