"""The image and the containers, as far as their files show it."""

import os
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


@pytest.mark.parametrize(
    "secret", ["production.env", "door.env", "snowflake_key.p8", "deploy/snowflake_key.p8", ".env"]
)
def test_git_ignores_files_of_secrets(secret: str) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout of git")
    assert subprocess.run(["git", "check-ignore", "--quiet", secret], cwd=ROOT, check=False).returncode == 0


def test_the_database_has_no_way_out() -> None:
    assert COMPOSE["services"]["postgres"]["networks"] == ["database"]
    assert COMPOSE["networks"]["database"]["internal"] is True
    users = {name for name, found in COMPOSE["services"].items() if "database" in found["networks"]}
    assert users == {"postgres", "code", "webserver", "daemon", "viewer"}


def test_the_door_reaches_webservers_and_the_world_and_nothing_else() -> None:
    services = COMPOSE["services"]
    assert services["door"]["networks"] == ["outside", "behind-door"]
    assert COMPOSE["networks"]["behind-door"]["internal"] is True
    behind = {name for name, found in services.items() if "behind-door" in found["networks"]}
    assert behind == {"door", "webserver", "viewer"}
    assert {name for name, found in services.items() if "outside" in found["networks"]} == {"door"}


def test_the_door_alone_has_its_settings_and_has_no_others() -> None:
    assert [found["path"] for found in COMPOSE["services"]["door"]["env_file"]] == ["../door.env"]
    assert "environment" not in COMPOSE["services"]["door"]
    others = [found.get("env_file", []) for name, found in COMPOSE["services"].items() if name != "door"]
    assert "../door.env" not in {file["path"] for files in others for file in files}


def test_all_of_dagster_is_one_image_built_here_or_named_by_its_digest() -> None:
    dagster = [COMPOSE["services"][name] for name in ("code", "webserver", "daemon", "viewer")]
    assert {found["image"] for found in dagster} == {"${IMAGE:-spotify-lakehouse:built-here}"}
    # Whoever is not the code must not build the image at the same time.
    assert [name for name, found in COMPOSE["services"].items() if "build" in found] == ["code", "door"]


def test_without_its_profile_there_is_no_door() -> None:
    assert {name for name, found in COMPOSE["services"].items() if "profiles" in found} == {"door", "viewer"}
    assert COMPOSE["services"]["door"]["profiles"] == COMPOSE["services"]["viewer"]["profiles"] == ["door"]


def test_what_viewers_see_changes_nothing() -> None:
    assert "--read-only" in COMPOSE["services"]["viewer"]["command"]
    assert "--read-only" not in COMPOSE["services"]["webserver"]["command"]


def test_the_database_has_nothing_of_the_roles_or_of_spotifys() -> None:
    stated = COMPOSE["services"]["postgres"]
    assert "env_file" not in stated
    assert set(stated["environment"]) == {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD"}


def test_the_doors_image_names_the_services_and_ports_of_the_compose_file() -> None:
    image = (DEPLOY / "door/Dockerfile").read_text(encoding="utf-8")
    stated = dict(re.findall(r"(DOOR_\w+)=(\S+)", image))
    services = COMPOSE["services"]
    for variable in ("DOOR_WEBSERVER", "DOOR_VIEWER"):
        name, port = stated[variable].split(":")
        command = services[name]["command"]
        assert command[command.index("-p") + 1] == port
    inside = [port.rsplit(":")[-1] for port in services["door"]["ports"]]
    assert inside == [stated["DOOR_HTTPS_PORT"], stated["DOOR_HTTP_PORT"]]
    assert f"/dev/tcp/127.0.0.1/{stated['DOOR_HTTPS_PORT']}" in image
    assert services["door"]["volumes"] == [f"door:{stated['DOOR_STORE']}"]
    assert [path.partition(":")[0] for path in services["door"]["tmpfs"]] == ["/tmp", stated["DOOR_RUN"]]
    assert stated["DOOR_HOME"] in image.split("USER")[0].split("COPY")[-1]


def test_the_doors_image_has_what_its_configuration_names() -> None:
    image = (DEPLOY / "door/Dockerfile").read_text(encoding="utf-8")
    copied = " ".join(re.findall(r"^COPY (.+) \S+$", image, re.MULTILINE)).split()
    assert {path.name for path in (DEPLOY / "door").iterdir()} == {"Dockerfile", *copied}
    assert all(os.access(DEPLOY / "door" / name, os.X_OK) for name in ("start", "renewed"))
    start = (DEPLOY / "door/start").read_text(encoding="utf-8")
    asked = set(re.findall(r"\$\{(\w+)\}", (DEPLOY / "door/apache.conf").read_text(encoding="utf-8")))
    assert asked <= {*re.findall(r"\b(DOOR_\w+)=", image + start), *re.findall(r"^need (\w+)", start, re.MULTILINE)}
