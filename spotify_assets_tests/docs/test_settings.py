"""`.env.example` documents exactly the settings there are, with their defaults, and documents name no others."""

import re
from pathlib import Path

from spotify_assets.config import Settings
from spotify_assets_tests.docs.markdown import DOCUMENTS, ROOT

EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
LINE = re.compile(r"^(?P<off>#?)(?P<name>[A-Z][A-Z_]+)=(?P<value>.*)$", re.MULTILINE)
SETTINGS = {name.upper(): field for name, field in Settings.model_fields.items()}
# Dagster's own.
OTHERS = {"DAGSTER_HOME"}
# Names that begin like settings: what boto3 reads, variables of GitHub, schemas in Snowflake, what a test or the
# command itself reads.
NO_SETTINGS = {
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    *("ALERT_EMAIL", "AWS_DEPLOY_ROLE_ARN"),
    *("SPOTIFY_LANDING", "SPOTIFY_PIPED", "SPOTIFY_LAKE", "SPOTIFY_READER"),
    *("SPOTIFY_OPENAPI", "SPOTIFY_ASSETS_TRACEBACK"),
}
NAME = re.compile(r"(?<![A-Za-z0-9_/.-])[A-Z]+(?:_[A-Z]+)+(?![A-Za-z0-9_*…-])")


def test_every_setting_is_in_the_example_once_and_nothing_else() -> None:
    assert sorted(found["name"] for found in LINE.finditer(EXAMPLE)) == sorted({*SETTINGS, *OTHERS})


def test_values_that_are_given_there_are_the_defaults() -> None:
    given = {found["name"]: found["value"] for found in LINE.finditer(EXAMPLE) if not found["off"]}
    defaults = {name: SETTINGS[name].default for name in given}
    assert given == {name: _written(default) for name, default in defaults.items()}


def _written(default: object) -> str:
    return default.as_posix() if isinstance(default, Path) else str(default)


def test_a_value_that_is_commented_out_stands_for_none_or_says_its_default() -> None:
    commented = {found["name"]: found["value"] for found in LINE.finditer(EXAMPLE) if found["off"]}
    with_default = {name for name in commented if name in SETTINGS and SETTINGS[name].default is not None}
    assert {name: commented[name] for name in with_default} == {
        "SPARK_MASTER": SETTINGS["SPARK_MASTER"].default,
        "SNOWFLAKE_SCHEMA": SETTINGS["SNOWFLAKE_SCHEMA"].default,
    }


def test_documents_name_no_setting_that_is_not_there() -> None:
    families = {name.split("_")[0] for name in SETTINGS}
    named = [(document.name, name) for document in DOCUMENTS for span in document.spans for name in NAME.findall(span)]
    like_settings = {(document, name) for document, name in named if name.split("_")[0] in families}
    assert {(document, name) for document, name in like_settings if name not in {*SETTINGS, *NO_SETTINGS}} == set()
