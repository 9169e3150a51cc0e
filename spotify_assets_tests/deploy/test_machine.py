"""The one machine in code: what it is, and the script that it starts with. AWS itself is not asked."""

import re
import subprocess
from pathlib import Path

import pytest
from cfnlint.api import lint_file

from spotify_assets.config import Settings
from spotify_assets_tests.deploy.stack import MACHINE_NEEDS, MACHINE_TEMPLATE, Stack

LAKEHOUSE = Stack()
STACK = Stack(MACHINE_TEMPLATE, LAKEHOUSE.exports, **MACHINE_NEEDS)
[TEMPLATE] = STACK.of_type("AWS::EC2::LaunchTemplate").values()
DATA = TEMPLATE["LaunchTemplateData"]
DEPLOY = MACHINE_TEMPLATE.parent


def script(**parameters: str) -> str:
    stack = Stack(MACHINE_TEMPLATE, LAKEHOUSE.exports, **MACHINE_NEEDS, **parameters)
    [found] = stack.of_type("AWS::EC2::LaunchTemplate").values()
    return found["LaunchTemplateData"]["UserData"]


def test_cfn_lint_finds_nothing() -> None:
    found = lint_file(MACHINE_TEMPLATE)
    assert [f"{match.rule.id} line {match.linenumber}: {match.message}" for match in found] == []


def test_nothing_comes_in() -> None:
    [group] = STACK.of_type("AWS::EC2::SecurityGroup").values()
    assert "SecurityGroupIngress" not in group
    assert [rule["FromPort"] for rule in group["SecurityGroupEgress"]] == [443, 80]
    assert STACK.of_type("AWS::EC2::SecurityGroupIngress") == {}


def test_the_machine_is_as_the_document_asks() -> None:
    assert DATA["IamInstanceProfile"] == {"Name": LAKEHOUSE.outputs["OrchestratorInstanceProfileName"]["Value"]}
    assert (DATA["MetadataOptions"]["HttpTokens"], DATA["MetadataOptions"]["HttpPutResponseHopLimit"]) == (
        "required",
        2,
    )
    [disk] = DATA["BlockDeviceMappings"]
    assert (disk["Ebs"]["Encrypted"], disk["Ebs"]["VolumeType"], disk["Ebs"]["VolumeSize"]) == (True, "gp3", "30")
    assert DATA["InstanceType"] == "t4g.medium"


def test_a_lakehouse_for_another_orchestrator_has_no_machine() -> None:
    elsewhere = Stack(OrchestratorService="ecs-tasks.amazonaws.com")
    with pytest.raises(KeyError, match="OrchestratorInstanceProfileName"):
        Stack(MACHINE_TEMPLATE, elsewhere.exports, **MACHINE_NEEDS)


def test_what_is_not_of_the_lakes_rights_says_why() -> None:
    [found] = STACK.statements("Sessions")
    assert found.reason
    assert STACK.resources["Sessions"]["Properties"]["Roles"] == [LAKEHOUSE.arn("OrchestratorRole").split("/")[1]]


@pytest.mark.parametrize("contact", ["", "somebody@example.com"])
def test_the_start_up_script_is_one_of_bash(contact: str) -> None:
    text = script(WikidataContact=contact)
    assert text.startswith("#!/usr/bin/env bash\n")
    assert "set -euo pipefail" in text
    # What CloudFormation did not fill in, bash would have to.
    assert "${" not in text
    checked = subprocess.run(["bash", "-n"], input=text, text=True, capture_output=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.parametrize(
    ("contact", "setting"), [("", "ARTIST_FACTS=off"), ("a@example.com", "WIKIDATA_CONTACT=a@example.com")]
)
def test_the_start_up_script_writes_the_settings_that_the_document_asks_for(
    contact: str, setting: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = script(WikidataContact=contact)
    writing = text[text.index("umask 077") : text.index("umask 022")]
    subprocess.run(["bash", "-euo", "pipefail", "-c", writing], cwd=tmp_path, check=True)
    file = tmp_path / "production.env"
    assert file.stat().st_mode & 0o077 == 0
    written = dict(line.split("=", 1) for line in file.read_text(encoding="utf-8").splitlines())
    assert setting in file.read_text(encoding="utf-8").splitlines()
    assert re.fullmatch(r"[0-9a-f]{48}", written["DAGSTER_POSTGRES_PASSWORD"])
    outputs = {found["Description"]: str(found["Value"]) for found in LAKEHOUSE.outputs.values()}
    assert {name: value for name, value in outputs.items() if re.fullmatch(r"[A-Z_]+", name)}.items() <= written.items()
    asked = set(re.findall(r"\$\{(\w+):\?", (DEPLOY / "compose.yaml").read_text(encoding="utf-8")))
    assert asked <= set(written)
    for name, value in written.items():
        monkeypatch.setenv(name, value)
    assert Settings(_env_file=None).lake_url == written["LAKE_URL"]  # pyright: ignore[reportCallIssue]


def test_docker_is_dockers_own_and_the_commit_is_the_one_that_was_named() -> None:
    text = script()
    assert "https://download.docker.com/linux/debian" in text
    assert "docker-compose-plugin" in text
    assert f"git checkout --quiet '{MACHINE_NEEDS['Revision']}'" in text
    assert text.rstrip().endswith("deploy/lakehouse up -d --build --wait")
