"""GitHub's workflows: what their scripts ask for, and whose code runs where."""

import os
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
