"""The settings of door.env, as the door's start reads them before it becomes Apache."""

import subprocess
from pathlib import Path

import pytest

from spotify_assets_tests.automation.conftest import ROOT

SETTINGS = {
    "DOOR_HOST": "dagster.example.com",
    "DOOR_ISSUER": "https://accounts.example.com/",
    "DOOR_CLIENT_ID": "the-door",
    "DOOR_CLIENT_SECRET": "s3cret",
    "DOOR_OPERATORS": "ann@example.com",
    "DOOR_CONTACT": "ann@example.com",
}
NEEDED = [name for name in SETTINGS if name != "DOOR_CONTACT"]


def started(folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """The door's start where Apache is a stand-in that says what it was given."""
    apache = folder / "bin/apache2"
    apache.parent.mkdir()
    apache.write_text('#!/bin/sh\necho "$DOOR_NAME $DOOR_ISSUER $DOOR_SCOPES"\n')
    apache.chmod(0o755)
    home = ROOT / "deploy/door"
    variables = {"PATH": f"{apache.parent}:/usr/bin:/bin", "DOOR_HOME": str(home), "DOOR_RUN": str(folder / "run")}
    variables |= {"DOOR_STORE": "/var/lib/door", "DOOR_HTTP_PORT": "8080", "DOOR_HTTPS_PORT": "8443", **settings}
    return subprocess.run([home / "start"], env=variables, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", NEEDED)
def test_a_setting_that_is_missing_is_named(name: str, tmp_path: Path) -> None:
    done = started(tmp_path, **{**SETTINGS, name: ""})
    assert done.returncode == 1
    assert done.stderr.startswith(f"door.env: {name} is missing: ")
    assert done.stderr.count("\n") == 1
    assert "docs/aws.md" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DOOR_HOST", "https://dagster.example.com"),
        ("DOOR_HOST", "a b"),
        ("DOOR_ISSUER", "http://accounts.example.com"),
        ("DOOR_ISSUER", 'https://a"\nRequire all granted'),
        ("DOOR_CLIENT_ID", "the door"),
        ("DOOR_CLIENT_SECRET", 'a"b'),
        ("DOOR_CLIENT_SECRET", "a\\b"),
        ("DOOR_CLIENT_SECRET", "a${PATH}"),
        ("DOOR_CLIENT_SECRET", "a\nb"),
        ("DOOR_OPERATORS", 'ann"\nRequire all granted'),
        ("DOOR_OPERATORS", "%{reqenv:HOME}"),
        ("DOOR_VIEWERS", "a\nb"),
        ("DOOR_SCOPES", 'openid"'),
        ("DOOR_GROUPS_CLAIM", "a b"),
        ("DOOR_CONTACT", "ann"),
    ],
)
def test_a_setting_that_says_something_else_is_named_and_not_shown(name: str, value: str, tmp_path: Path) -> None:
    done = started(tmp_path, **{**SETTINGS, name: value})
    assert done.returncode == 1
    assert done.stderr.startswith(f"door.env: {name} is invalid: ")
    assert value not in done.stderr
    assert done.stdout == ""


def test_nobody_is_let_in_by_commas_alone(tmp_path: Path) -> None:
    done = started(tmp_path, **{**SETTINGS, "DOOR_OPERATORS": " , "})
    assert done.returncode == 1
    assert done.stderr.startswith("door.env: DOOR_OPERATORS names nobody")


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"DOOR_CONTACT": ""}, "DOOR_CONTACT is missing"),
        ({"DOOR_CERTIFICATE": "/a.pem"}, "DOOR_CERTIFICATE is /a.pem, which cannot be read."),
        ({"DOOR_CERTIFICATE_KEY": "/a.pem"}, "DOOR_CERTIFICATE is missing"),
    ],
)
def test_without_an_authority_there_is_a_certificate_with_its_key(
    settings: dict[str, str], told: str, tmp_path: Path
) -> None:
    done = started(tmp_path, **{**SETTINGS, **settings})
    assert done.returncode == 1
    assert done.stderr.startswith(f"door.env: {told}")


def test_who_may_is_written_down_for_apache(tmp_path: Path) -> None:
    people = {"DOOR_OPERATORS": "ann@example.com, data team ", "DOOR_VIEWERS": "eu:analysts"}
    done = started(tmp_path, **SETTINGS | people, DOOR_GROUPS_CLAIM="cognito:groups")
    assert done.stdout == "dagster.example.com https://accounts.example.com openid email\n", done.stderr
    operators = (tmp_path / "run/operators.conf").read_text()
    ann = '<RequireAll>\nRequire claim "email:ann@example.com"\nRequire claim "email_verified:true"\n</RequireAll>\n'
    team, analysts = ('Require claim "cognito:groups:data team"\n', 'Require claim "cognito:groups:eu:analysts"\n')
    assert operators == f"<RequireAny>\n{ann}{team}</RequireAny>\n"
    assert (tmp_path / "run/viewers.conf").read_text() == f"<RequireAny>\n{ann}{team}{analysts}</RequireAny>\n"
    assert "MDomain dagster.example.com\nMDContactEmail ann@example.com\n" in (tmp_path / "run/md.conf").read_text()
