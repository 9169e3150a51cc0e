"""GitHub's workflows: what their scripts ask for, and whose code runs where."""

import os
import re
import shutil
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


@pytest.mark.parametrize(
    ("template", "given", "named"),
    [
        ("template.yaml", {}, []),
        ("template.yaml", {"ALERT_EMAIL": "a@example.com"}, ["AlertEmail=a@example.com"]),
        ("template.yaml", {"IMAGE": "image@sha256:1"}, []),
        ("ecs.yaml", {"ALERT_EMAIL": "a@example.com"}, []),
        ("ecs.yaml", {"IMAGE": "image@sha256:1"}, ["Image=image@sha256:1"]),
    ],
)
def test_a_deployment_sets_only_the_parameters_that_are_given(
    template: str, given: dict[str, str], named: list[str], tmp_path: Path
) -> None:
    said, stand_in = tmp_path / "said", tmp_path / "aws"
    stand_in.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{said}"\n', encoding="utf-8")
    stand_in.chmod(0o755)
    [deploy] = [step for step in steps_of("deploy.yml", "deploy") if step.get("name") == "Deploy"]
    always = {"STACK": "lake", "DEPLOY_BUCKET": "bucket", "EXECUTE": "--execute-changeset", "TEMPLATE": template}
    environment = {**os.environ, **always, "ALERT_EMAIL": "", "IMAGE": "", **given}
    environment["PATH"] = f"{tmp_path}:{os.environ['PATH']}"
    subprocess.run(["bash", "-euo", "pipefail", "-c", deploy["run"]], env=environment, check=True)
    words = said.read_text(encoding="utf-8").splitlines()
    assert words[words.index("--template-file") + 1] == f"deploy/{template}"
    assert [word for word in words if word.startswith(("AlertEmail=", "Image="))] == named
    assert ("--parameter-overrides" in words) == bool(named)


def test_a_deployment_chooses_among_the_templates_whose_stacks_the_documents_name() -> None:
    # YAML reads the key `on` as true.
    inputs = WORKFLOWS["deploy.yml"][True]["workflow_dispatch"]["inputs"]
    stacks = dict(
        re.findall(r"'([\w.]+)' && '([\w-]+)' \|\|", WORKFLOWS["deploy.yml"]["jobs"]["deploy"]["env"]["STACK"])
    )
    assert inputs["template"]["options"] == ["template.yaml", *stacks]
    for template, stack in stacks.items():
        assert f"--stack-name {stack} --template-file deploy/{template}" in (ROOT / "docs/ecs.md").read_text("utf-8")


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


DIGEST = f"sha256:{'1' * 64}"
SAYS_AND_ANSWERS = f"""#!/bin/sh
printf '%s\\n' "$*" >> said
case "$*" in
*--metadata-file*) echo '{{"containerimage.digest": "{DIGEST}"}}' > built.json ;;
*inspect*) echo {DIGEST} ;;
login*) cat > /dev/null ;;
esac
"""


def run_step(job: str, step: str, folder: Path, **given: str) -> list[str]:
    """What a step of the image's workflow asks of docker; its outputs are in the file `outputs`."""
    [found] = [stated for stated in steps_of("image.yml", job) if stated.get("id") == step]
    docker = folder / "docker"
    docker.write_text(SAYS_AND_ANSWERS, encoding="utf-8")
    docker.chmod(0o755)
    files = {"GITHUB_OUTPUT": str(folder / "outputs"), "GITHUB_STEP_SUMMARY": str(folder / "summary")}
    environment = {"PATH": f"{folder}:{os.environ['PATH']}", "ACTOR": "somebody", "TOKEN": "a token", **files, **given}
    subprocess.run(["bash", "-euo", "pipefail", "-c", found["run"]], env=environment, cwd=folder, check=True)
    return (folder / "said").read_text(encoding="utf-8").splitlines()


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed, which GitHub's runners have")
@pytest.mark.parametrize("architecture", ["amd64", "arm64"])
def test_the_image_is_built_with_a_list_of_what_is_in_it(architecture: str, tmp_path: Path) -> None:
    said = run_step("build", "build", tmp_path, REPOSITORY="Somebody/Lakehouse", ARCHITECTURE=architecture)
    [build] = [line for line in said if line.startswith("buildx build")]
    words = build.split()
    assert {"--sbom=true", "--provenance=mode=max", "deploy/Dockerfile", f"linux/{architecture}"} <= set(words)
    assert "a token" not in " ".join(said)
    outputs = (tmp_path / "outputs").read_text(encoding="utf-8")
    assert outputs == f"{architecture}=ghcr.io/somebody/lakehouse@{DIGEST}\n"
    stated = WORKFLOWS["image.yml"]["jobs"]["build"]
    assert architecture in stated["outputs"]
    assert architecture in {leg["architecture"] for leg in stated["strategy"]["matrix"]["include"]}


def test_what_is_published_is_what_is_signed_and_has_both_processors(tmp_path: Path) -> None:
    built = {name: f"ghcr.io/somebody/lakehouse@sha256:{name}" for name in ("AMD64", "ARM64")}
    said = run_step("publish", "publish", tmp_path, TAG="v1", **built)
    assert f"buildx imagetools create --tag ghcr.io/somebody/lakehouse:v1 {built['AMD64']} {built['ARM64']}" in said
    outputs = dict(line.split("=", 1) for line in (tmp_path / "outputs").read_text(encoding="utf-8").splitlines())
    assert outputs == {"image": "ghcr.io/somebody/lakehouse", "digest": DIGEST}
    # As ecs.yaml takes it.
    summary = (tmp_path / "summary").read_text(encoding="utf-8").strip()
    assert re.fullmatch(r"Image=[^\s@]+@sha256:[0-9a-f]{64}", summary)
    [sign] = [step for step in steps_of("image.yml", "publish") if "attest-build-provenance" in step.get("uses", "")]
    assert sign["with"]["subject-digest"] == "${{ steps.publish.outputs.digest }}"
    assert sign["with"]["push-to-registry"] is True
