"""The module for Terraform: laid out and parsed as its language; what it names of the templates is there."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from spotify_assets_tests.deploy.stack import ECS_TEMPLATE, TEMPLATE, Stack, ecs_stack

MODULE = TEMPLATE.parent / "terraform"
FILES = sorted(MODULE.glob("*.tf"))
TEXT = "\n".join(file.read_text(encoding="utf-8") for file in FILES)
PARSER = TEMPLATE.parents[1] / ".venv-linters/bin/hcl2tojson"


@pytest.mark.skipif(shutil.which("terraform") is None, reason="Terraform is not installed")
def test_terraform_reads_and_lays_it_out_so() -> None:
    done = subprocess.run(["terraform", "fmt", "-check", "-diff", MODULE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.skipif(not PARSER.exists(), reason="the linters of what deploys are not installed (make check-deploy)")
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_each_file_is_of_its_language(file: Path, tmp_path: Path) -> None:
    done = subprocess.run([PARSER, file, tmp_path / "out.json"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_what_it_refers_to_is_there() -> None:
    stated = set(re.findall(r'^variable "(\w+)"', TEXT, re.MULTILINE))
    assert set(re.findall(r"\bvar\.(\w+)", TEXT)) == stated
    resources = set(re.findall(r'^resource "(\w+)" "(\w+)"', TEXT, re.MULTILINE))
    used = set(re.findall(r"\b(aws_\w+)\.(\w+)", TEXT)) - {("aws_region", "current")}
    assert used == resources
    paths = re.findall(r"\$\{path\.module\}/([^\"]+)", TEXT)
    assert {(MODULE / path).resolve() for path in paths} == {TEMPLATE, ECS_TEMPLATE}


def test_names_and_the_parameter_that_it_hands_on_are_those_of_the_templates() -> None:
    defaults = dict(re.findall(r'^variable "(\w+)" \{[^}]*?default\s+= "([^"]+)"', TEXT, re.MULTILINE | re.DOTALL))
    assert defaults["lakehouse_stack"] == ecs_stack().parameters["Lakehouse"]
    assert re.findall(r"merge\(var\.ecs_parameters, \{ (\w+) =", TEXT) == ["Lakehouse"]
    # CloudFormation takes no larger text than this directly, hence the bucket.
    assert TEMPLATE.stat().st_size > 51_200
    assert Stack().exports
