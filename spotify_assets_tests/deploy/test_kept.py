"""What is left of a deleted stack can be taken into a new one. CloudFormation itself is not asked."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cfnlint.api import lint_file
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from spotify_assets_tests.deploy.stack import ACCOUNT, REGION, TEMPLATE, Stack

SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:music/spotify-a1b2c3"
STACK = Stack(Name="music", GlueDatabase="charts")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("kept")
    names = ["--name", "music", "--database", "charts", "--key", "1a2b", "--secret", SECRET]
    subprocess.run([sys.executable, TEMPLATE.parent / "kept.py", *names, "--folder", made], check=True)
    return made


def test_what_outlives_the_stack_makes_a_template_of_its_own(folder: Path) -> None:
    serious = [match for match in lint_file(folder / "kept.json") if match.rule.id.startswith("E")]
    assert serious == []
    kept = json.loads((folder / "kept.json").read_text(encoding="utf-8"))
    outliving = {
        name for name, found in STACK.template["Resources"].items() if "Retain" in found.get("DeletionPolicy", "")
    }
    assert set(kept["Resources"]) == outliving
    assert "Outputs" not in kept


def _resources(folder: Path) -> list[dict[str, Any]]:
    return json.loads((folder / "kept-resources.json").read_text(encoding="utf-8"))


def test_each_resource_is_named_as_the_stack_names_it(folder: Path) -> None:
    named = {found["LogicalResourceId"]: found["ResourceIdentifier"] for found in _resources(folder)}
    buckets = {name: {"BucketName": found["BucketName"]} for name, found in STACK.of_type("AWS::S3::Bucket").items()}
    others = {"Key": {"KeyId": "1a2b"}, "Database": {"DatabaseName": "charts"}, "SpotifySecret": {"Id": SECRET}}
    assert named == buckets | others


def test_resources_are_identified_by_what_cloudformation_knows_them_by(folder: Path) -> None:
    for found in _resources(folder):
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, found["ResourceType"]).schema
        identifiers = {path.rpartition("/")[2] for path in schema["primaryIdentifier"]}
        assert set(found["ResourceIdentifier"]) == identifiers
        assert found["ResourceType"] == STACK.resources[found["LogicalResourceId"]]["Type"]
