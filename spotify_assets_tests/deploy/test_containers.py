"""The image and the containers, as far as their files show it."""

import re
import subprocess

import pytest
import yaml

from spotify_assets_tests.deploy.stack import TEMPLATE

DEPLOY = TEMPLATE.parent
ROOT = DEPLOY.parent
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


def test_the_build_sees_what_the_image_copies_and_nothing_else() -> None:
    image = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    copies = re.findall(r"^COPY (?!--from)(?:--\S+ )*(.+) \S+$", image, re.MULTILINE)
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    patterns = [line for line in lines if not line.startswith("#")]
    assert patterns[0] == "*"
    assert {line[1:] for line in patterns if line.startswith("!")} == set(" ".join(copies).split())


@pytest.mark.parametrize("secret", ["production.env", "snowflake_key.p8", "deploy/snowflake_key.p8", ".env"])
def test_git_ignores_files_of_secrets(secret: str) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout of git")
    assert subprocess.run(["git", "check-ignore", "--quiet", secret], cwd=ROOT, check=False).returncode == 0


def test_the_database_has_no_way_out() -> None:
    assert COMPOSE["services"]["postgres"]["networks"] == ["database"]
    assert COMPOSE["networks"]["database"]["internal"] is True
    others = {name: found["networks"] for name, found in COMPOSE["services"].items() if name != "postgres"}
    assert others == {name: ["default", "database"] for name in ("code", "webserver", "daemon")}


def test_the_database_has_nothing_of_the_roles_or_of_spotifys() -> None:
    stated = COMPOSE["services"]["postgres"]
    assert "env_file" not in stated
    assert set(stated["environment"]) == {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD"}
