"""Exceptions that a template makes, from least privilege and from a linter's checks: each says why."""

import re

import pytest

from spotify_assets_tests.deploy.stack import (
    ECS_OPTIONAL_PARTS,
    MACHINE_NEEDS,
    MACHINE_TEMPLATE,
    Stack,
    ecs_stack,
    full_stack,
)

LAKEHOUSE = full_stack()
WITH_ROLES = {"template": LAKEHOUSE, "ecs": ecs_stack(LAKEHOUSE, **ECS_OPTIONAL_PARTS)}
ALL = WITH_ROLES | {"machine": Stack(MACHINE_TEMPLATE, LAKEHOUSE.exports, **MACHINE_NEEDS)}
with_roles = pytest.mark.parametrize("stack", WITH_ROLES.values(), ids=WITH_ROLES)
every_stack = pytest.mark.parametrize("stack", ALL.values(), ids=ALL)


@with_roles
def test_a_statement_about_everything_says_why(stack: Stack) -> None:
    everything = [found for found in stack.statements() if found.effect == "Allow" and "*" in found.resources]
    assert everything
    assert [f"{found.owner}.{found.sid}" for found in everything if not found.reason] == []


@every_stack
def test_reasons_belong_to_statements_that_are_there(stack: Stack) -> None:
    for name, resource in stack.resources.items():
        reasons = resource.get("Metadata", {}).get("Reasons", {})
        assert set(reasons) <= {found.sid for found in stack.statements(name)}, name


@every_stack
def test_suppressed_checks_say_why(stack: Stack) -> None:
    skipped = [
        skip
        for found in stack.resources.values()
        for skip in found.get("Metadata", {}).get("checkov", {}).get("skip", [])
    ]
    assert skipped
    assert all(re.fullmatch(r"CKV2?_AWS_\d+", skip["id"]) and len(skip["comment"]) > 30 for skip in skipped)
