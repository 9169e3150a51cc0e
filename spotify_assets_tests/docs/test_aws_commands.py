"""Commands of the AWS CLI in documents: their services, operations and options are those that AWS's own models name."""

import re
import shlex
from functools import cache
from typing import Any

import botocore.session
import pytest
from botocore import xform_name

from spotify_assets_tests.docs.markdown import DOCUMENTS

# Up to where the shell takes over.
TYPED = re.compile(r"(?:^|\$\()aws ([a-z0-9-]+ [a-z0-9-]+[^|;&>)]*)")
# What is done with the answer: a language of its own.
QUERY = re.compile(r"--query (\"[^\"]*\"|'[^']*'|\S+)")
LINES = sorted(
    {
        found[1].strip()
        for document in DOCUMENTS
        for line in document.commands
        if (found := TYPED.search(QUERY.sub("", line)))
    }
)
SESSION = botocore.session.get_session()
# Of every operation, and what the CLI has beside those of the models.
GLOBAL = {"--output", "--region", "--profile", "--cli-input-json"}
OWN = {
    "s3 ls": {"--recursive"},
    "s3 cp": set(),
    "s3 mv": set(),
    "s3 sync": set(),
    "cloudfront sign": {"--url", "--key-pair-id", "--private-key", "--date-less-than", "--date-greater-than"},
    "logs tail": {"--log-stream-name-prefix", "--since"},
    "cloudformation deploy": {
        *("--stack-name", "--template-file", "--s3-bucket", "--capabilities", "--tags", "--parameter-overrides"),
    },
}


@cache
def options_of(service: str, operation: str) -> tuple[set[str], set[str]]:
    """The options of an operation, and those that it requires."""
    model: Any = SESSION.get_service_model(service.removesuffix("api"))
    by_name = {xform_name(name, "-"): name for name in model.operation_names}
    shape = model.operation_model(by_name[operation]).input_shape
    members, required = (shape.members, shape.required_members) if shape else ({}, [])
    options = {f"--{xform_name(name, '-')}": found.type_name for name, found in members.items()}
    opposites = {f"--no-{option[2:]}" for option, kind in options.items() if kind == "boolean"}
    return {*options, *opposites}, {f"--{xform_name(name, '-')}" for name in required}


def test_documents_have_some() -> None:
    assert len(LINES) > 10


@pytest.mark.parametrize("line", LINES)
def test_a_documented_command_of_the_aws_cli_is_one(line: str) -> None:
    words = shlex.split(line)
    service, operation = words[:2]
    typed = {word.partition("=")[0] for word in words if word.startswith("--")}
    if f"{service} {operation}" in OWN:
        assert typed - GLOBAL - OWN[f"{service} {operation}"] == set()
    elif operation == "wait":
        waiters = SESSION.get_waiter_model(service).waiter_names
        assert words[2] in {xform_name(name, "-") for name in waiters}
    else:
        options, required = options_of(service, operation)
        assert typed - GLOBAL - options == set()
        # Within a sentence its name is enough.
        assert typed == set() or required - typed == set()
