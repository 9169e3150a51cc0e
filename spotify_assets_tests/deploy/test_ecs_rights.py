"""Least privilege on ECS, as far as the text of the policies shows it; test_ecs_instance.py has what is asked."""

import pytest

from spotify_assets_tests.deploy.stack import ACCOUNT, ECS_OPTIONAL_PARTS, REGION, ecs_stack, full_stack

STACK = ecs_stack(**ECS_OPTIONAL_PARTS)
ROLES = STACK.of_type("AWS::IAM::Role")
ALLOWED = [found for found in STACK.statements() if found.effect == "Allow"]
ORCHESTRATOR = full_stack().arn("OrchestratorRole")
TASK = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task"


def test_there_is_a_role_for_each_who_works_and_one_that_starts_them() -> None:
    assert set(ROLES) == {"ExecutionRole", "DaemonRole", "WebserverRole", "ViewerRole"}
    tasks = STACK.of_type("AWS::ECS::TaskDefinition").values()
    assert {found["ExecutionRoleArn"] for found in tasks} == {STACK.arn("ExecutionRole")}
    assert STACK.arn("ExecutionRole") not in {found["TaskRoleArn"] for found in tasks}


def test_the_daemon_alone_passes_roles_and_only_those_of_runs() -> None:
    passing = [found for found in ALLOWED if "iam:PassRole" in found.actions]
    assert [found.owner for found in passing] == ["DaemonRole"]
    assert set(passing[0].resources) == {STACK.arn("ExecutionRole"), ORCHESTRATOR}
    run = STACK.of_type("AWS::ECS::TaskDefinition")["RunTask"]
    assert set(passing[0].resources) == {run["ExecutionRoleArn"], run["TaskRoleArn"]}
    assert passing[0].body["Condition"] == {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}


def test_the_daemon_starts_runs_and_nothing_else_in_its_cluster_and_no_other() -> None:
    [starting] = [found for found in ALLOWED if "ecs:RunTask" in found.actions]
    assert starting.owner == "DaemonRole"
    assert starting.body["Condition"] == {"ArnEquals": {"ecs:cluster": STACK.arn("Cluster")}}
    assert starting.matches("ecs:RunTask", STACK.arn("RunTask"))
    others = [name for name in STACK.of_type("AWS::ECS::TaskDefinition") if name != "RunTask"]
    assert not [name for name in others if starting.matches("ecs:RunTask", STACK.arn(name))]


def test_viewers_stop_nothing_and_operators_stop_tasks_of_this_cluster() -> None:
    assert STACK.allows("WebserverRole", "ecs:StopTask", f"{TASK}/spotify-dagster/1")
    assert not STACK.allows("WebserverRole", "ecs:StopTask", f"{TASK}/another/1")
    for action in ("ecs:StopTask", "ecs:RunTask", "s3:PutObject", "s3:DeleteObject"):
        assert not [found for found in STACK.statements("ViewerRole") if action in found.actions]


def test_no_role_here_reaches_the_lake() -> None:
    for bucket in ("RawBucket", "TableBucket"):
        arn = full_stack().arn(bucket)
        for role in ROLES:
            assert not STACK.allows(role, "s3:GetObject", f"{arn}/raw/x")


def test_the_password_is_read_by_what_starts_tasks_alone() -> None:
    readers = {found.owner for found in ALLOWED if "secretsmanager:GetSecretValue" in found.actions}
    assert readers == {"ExecutionRole"}
    assert STACK.allows("ExecutionRole", "secretsmanager:GetSecretValue", STACK.arn("DatabaseSecret"))


@pytest.mark.parametrize("found", ALLOWED, ids=lambda found: f"{found.owner}-{found.sid or 'trust'}")
def test_only_named_actions_are_allowed_and_never_to_everybody(found) -> None:
    assert not {"NotAction", "NotResource", "NotPrincipal"} & found.body.keys()
    assert not [action for action in found.actions if "*" in action]
    if "Principal" in found.body:
        assert found.body["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
        assert found.body["Condition"]["StringEquals"]["aws:SourceAccount"] == ACCOUNT


@pytest.mark.parametrize("role", list(ROLES))
def test_a_role_uses_the_key_through_services_alone(role: str) -> None:
    for found in STACK.statements(role):
        if any(action.startswith("kms:") for action in found.actions):
            assert found.body["Condition"]["StringEquals"]["kms:ViaService"]
