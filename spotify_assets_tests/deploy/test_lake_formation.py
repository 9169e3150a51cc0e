"""What Lake Formation grants, where it decides who sees the catalog; it is not asked."""

from typing import Any

import pytest

from spotify_assets_tests.deploy.stack import OPTIONAL_PARTS, Stack

STACK = Stack(**OPTIONAL_PARTS, LakeFormation="yes")
KIND = "AWS::LakeFormation::PrincipalPermissions"
# https://docs.aws.amazon.com/lake-formation/latest/dg/lf-permissions-reference.html
NEEDED = {
    "glue:CreateDatabase": ("Catalog", "CREATE_DATABASE"),
    "glue:CreateTable": ("Database", "CREATE_TABLE"),
    "glue:GetDatabase": ("Database", "DESCRIBE"),
    "glue:GetDatabases": ("Database", "DESCRIBE"),
    "glue:GetPartitions": ("Table", "SELECT"),
    "glue:GetTable": ("Table", "DESCRIBE"),
    "glue:GetTables": ("Table", "DESCRIBE"),
    "glue:UpdateTable": ("Table", "ALTER"),
}
# Data through Athena.
READS = {("Table", "SELECT")}


def granted(stack: Stack, role: str) -> set[tuple[str, str]]:
    """What a role is granted on what."""
    found: set[tuple[str, str]] = set()
    for stated in stack.of_type(KIND).values():
        assert stated["PermissionsWithGrantOption"] == []
        if stated["Principal"]["DataLakePrincipalIdentifier"] == stack.arn(role):
            [on] = stated["Resource"]
            found |= {(on, permission) for permission in stated["Permissions"]}
    return found


def rights(role: str) -> set[tuple[str, str]]:
    """What its rights in IAM on the catalog come to in Lake Formation."""
    actions = {action for found in STACK.statements(role) for action in found.actions}
    # Jobs are no part of the catalog.
    of_catalog = {action for action in actions if action.startswith("glue:") and "Job" not in action}
    return {NEEDED[action] for action in of_catalog}


@pytest.mark.parametrize(("role", "more"), [("OrchestratorRole", set()), ("AnalystRole", READS)])
def test_a_role_is_granted_what_its_rights_come_to_and_nothing_else(role: str, more: set[tuple[str, str]]) -> None:
    assert granted(STACK, role) == rights(role) | more


@pytest.mark.parametrize("role", ["CaptureRole", "SparkRole"])
def test_who_does_not_see_the_catalog_is_granted_nothing(role: str) -> None:
    assert (granted(STACK, role), rights(role)) == (set(), set())


def test_grants_are_of_this_database_alone() -> None:
    names: list[Any] = [found["Resource"] for found in STACK.of_type(KIND).values()]
    databases = {found["Database"]["Name"] for found in names if "Database" in found}
    tables = {found["Table"]["DatabaseName"] for found in names if "Table" in found}
    assert databases == tables == {STACK.parameters["GlueDatabase"]}


def test_nothing_is_granted_unless_asked_for() -> None:
    assert Stack(**OPTIONAL_PARTS).of_type(KIND) == {}
    without_analyst = Stack(LakeFormation="yes").of_type(KIND)
    assert set(without_analyst) == {"OrchestratorOnCatalog", "OrchestratorOnDatabase", "OrchestratorOnTables"}
