"""Least privilege, as far as the text of the policies shows it."""

from fnmatch import fnmatchcase

import pytest

from spotify_assets.lake.quarantine import QUARANTINE
from spotify_assets.lake.raw import PROCESSED, TO_BE_PROCESSED
from spotify_assets.lake.raw_lake import MARKER
from spotify_assets.lake.request_counts import REQUESTS
from spotify_assets.schemas import BASE, TABLES
from spotify_assets_tests.deploy.stack import ACCOUNT, OPTIONAL_PARTS, REGION, Stack, full_stack

STACK = full_stack()
ROLES = STACK.of_type("AWS::IAM::Role")
ALLOWED = [found for found in STACK.statements() if found.effect == "Allow"]
RAW, TABLE_BUCKET, WORK = (
    f"arn:aws:s3:::{STACK.of_type('AWS::S3::Bucket')[name]['BucketName']}"
    for name in ("RawBucket", "TableBucket", "WorkBucket")
)


def test_there_is_a_role_for_each_who_works_with_the_lake() -> None:
    assert set(ROLES) == {"OrchestratorRole", "CaptureRole", "SparkRole", "AnalystRole"}


def test_every_statement_of_a_role_has_a_name_of_its_own() -> None:
    for role in ROLES:
        names = [found.sid for found in STACK.statements(role) if found.resources]
        assert all(names)
        assert len(names) == len(set(names))


@pytest.mark.parametrize("found", ALLOWED, ids=lambda found: f"{found.owner}-{found.sid or 'trust'}")
def test_only_named_actions_are_allowed_and_never_to_everybody(found) -> None:
    assert not {"NotAction", "NotResource", "NotPrincipal"} & found.body.keys()
    assert found.body.get("Principal") not in ("*", {"AWS": "*"})
    if found.sid != "AccountAdministersTheKey":
        assert not [action for action in found.actions if "*" in action]


def test_services_act_for_this_account_alone() -> None:
    by_services = [found for found in ALLOWED if "Service" in (found.body.get("Principal") or {})]
    # Lambda and EC2 offer no such condition; the log service is tied to its log groups' ARNs.
    exceptions = {"lambda.amazonaws.com", "ec2.amazonaws.com", f"logs.{REGION}.amazonaws.com"}
    assert by_services
    for found in by_services:
        named = found.body["Principal"]["Service"]
        if not set([named] if isinstance(named, str) else named) <= exceptions:
            assert found.body["Condition"]["StringEquals"]["aws:SourceAccount"] == ACCOUNT


@pytest.mark.parametrize("role", list(ROLES))
def test_every_role_takes_the_permissions_boundary(role: str) -> None:
    assert ROLES[role]["PermissionsBoundary"] == OPTIONAL_PARTS["PermissionsBoundaryArn"]
    without = Stack(**{**OPTIONAL_PARTS, "PermissionsBoundaryArn": ""})
    assert "PermissionsBoundary" not in without.of_type("AWS::IAM::Role")[role]


@pytest.mark.parametrize(
    ("parameters", "principal"),
    [
        ({}, {"Service": "ec2.amazonaws.com"}),
        ({"OrchestratorService": "ecs-tasks.amazonaws.com"}, {"Service": "ecs-tasks.amazonaws.com"}),
        (
            {"OrchestratorPrincipalArn": f"arn:aws:iam::{ACCOUNT}:user/dagster"},
            {"AWS": f"arn:aws:iam::{ACCOUNT}:user/dagster"},
        ),
    ],
)
def test_the_orchestrators_role_trusts_whom_the_parameters_name(
    parameters: dict[str, str], principal: dict[str, str]
) -> None:
    stack = Stack(**parameters)
    (trust,) = stack.of_type("AWS::IAM::Role")["OrchestratorRole"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == principal
    on_ec2 = principal == {"Service": "ec2.amazonaws.com"}
    assert bool(stack.of_type("AWS::IAM::InstanceProfile")) == on_ec2


@pytest.mark.parametrize("prefix", [TO_BE_PROCESSED, PROCESSED, QUARANTINE])
@pytest.mark.parametrize("action", ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"])
def test_the_orchestrator_moves_raw_objects_between_all_zones(prefix: str, action: str) -> None:
    assert STACK.allows("OrchestratorRole", action, f"{RAW}/{prefix}/snapshot_date=2026-03-01/object.json.zst")


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_the_orchestrator_writes_and_tidies_every_table(table) -> None:
    for key in (f"{table.folder}/data/snapshot_date=2026-03-01/file.parquet", f"{table.folder}/metadata/00000.json"):
        for action in ("s3:GetObject", "s3:PutObject", "s3:DeleteObject"):
            assert STACK.allows("OrchestratorRole", action, f"{TABLE_BUCKET}/{key}")


def test_the_orchestrator_cannot_delete_what_proves_or_marks_the_lake() -> None:
    for key in (MARKER, f"staging/{BASE.name}/snapshot_date=2026-03-01/stage.json"):
        assert STACK.allows("OrchestratorRole", "s3:PutObject", f"{TABLE_BUCKET}/{key}")
        assert not STACK.allows("OrchestratorRole", "s3:DeleteObject", f"{TABLE_BUCKET}/{key}")


def test_no_role_removes_versions_opens_buckets_or_drops_tables() -> None:
    refused = [
        *("s3:DeleteObjectVersion", "s3:PutBucketPolicy", "s3:PutLifecycleConfiguration", "s3:DeleteBucket"),
        *("glue:DeleteTable", "glue:DeleteDatabase", "kms:ScheduleKeyDeletion", "kms:PutKeyPolicy", "iam:PassRole"),
        *("secretsmanager:DeleteSecret", "sqs:PurgeQueue", "sts:AssumeRole"),
    ]
    for role in ROLES:
        granted = [action for found in STACK.statements(role) if found.resources for action in found.actions]
        assert not [action for action in refused if any(fnmatchcase(action, pattern) for pattern in granted)]


def test_the_function_lands_raw_objects_and_counts_its_requests_and_nothing_else() -> None:
    written = {
        resource
        for found in STACK.statements("CaptureRole")
        if "s3:PutObject" in found.actions
        for resource in found.resources
    }
    marks = {f"{RAW}/{MARKER}", f"{TABLE_BUCKET}/{MARKER}", f"{RAW}/{REQUESTS}/*"}
    assert written == {f"{RAW}/{TO_BE_PROCESSED}/*", *marks}
    assert not STACK.allows("CaptureRole", "s3:DeleteObject", f"{RAW}/{TO_BE_PROCESSED}/object.json.zst")


def test_the_spark_job_stages_but_cannot_publish() -> None:
    assert STACK.allows(
        "SparkRole", "s3:PutObject", f"{TABLE_BUCKET}/songs_data/data/snapshot_date=2026-03-01/x.parquet"
    )
    assert not STACK.allows("SparkRole", "s3:PutObject", f"{TABLE_BUCKET}/songs_data/metadata/00000.json")
    assert not STACK.allows("SparkRole", "s3:PutObject", f"{TABLE_BUCKET}/staging/base/audit-songs.json")
    actions = {action for found in STACK.statements("SparkRole") for action in found.actions}
    assert not [action for action in actions if action.startswith(("glue:", "secretsmanager:", "sns:"))]


def test_who_writes_to_an_encrypted_log_group_may_use_its_key_through_the_log_service() -> None:
    writers = {found.owner for found in STACK.statements() if "logs:PutLogEvents" in found.actions}
    assert writers == {"CaptureRole", "SparkRole"}
    for role in writers:
        through_logs = {
            action
            for found in STACK.statements(role)
            if found.body.get("Condition") == {"StringEquals": {"kms:ViaService": f"logs.{REGION}.amazonaws.com"}}
            for action in found.actions
        }
        assert through_logs >= {"kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"}


def test_who_associates_a_key_with_a_log_group_may_see_the_key() -> None:
    associating = {found.owner for found in STACK.statements() if "logs:AssociateKmsKey" in found.actions}
    seeing = {
        found.owner
        for found in STACK.statements()
        if "kms:DescribeKey" in found.actions and found.resources and "Condition" not in found.body
    }
    assert associating == {"SparkRole"}
    assert associating <= seeing


def test_the_analyst_reads_tables_and_writes_only_query_results() -> None:
    assert STACK.allows("AnalystRole", "s3:GetObject", f"{TABLE_BUCKET}/songs_data/metadata/00000.json")
    assert not STACK.allows(
        "AnalystRole", "s3:GetObject", f"{RAW}/{PROCESSED}/snapshot_date=2026-03-01/object.json.zst"
    )
    writing = {
        action: found.resources
        for found in STACK.statements("AnalystRole")
        for action in found.actions
        if found.resources and not action.partition(":")[2].startswith(("Get", "List", "BatchGet", "Start", "Stop"))
    }
    assert writing.keys() == {"s3:PutObject", "s3:AbortMultipartUpload", "kms:Decrypt", "kms:GenerateDataKey"}
    assert writing["s3:PutObject"] == (f"{WORK}/athena-results/*",)


@pytest.mark.parametrize("role", list(ROLES))
def test_a_role_uses_the_key_through_services_alone(role: str) -> None:
    using = [
        found
        for found in STACK.statements(role)
        if any(action.startswith("kms:") for action in found.actions) and found.actions != ("kms:DescribeKey",)
    ]
    assert using
    for found in using:
        assert found.body["Condition"]["StringEquals"]["kms:ViaService"]


def test_the_analyst_does_not_find_the_results_of_others() -> None:
    assert not STACK.allows("AnalystRole", "s3:ListBucket", WORK)
    actions = {action for found in STACK.statements("AnalystRole") for action in found.actions}
    assert "athena:ListQueryExecutions" not in actions


def test_the_analyst_lists_databases_and_reads_this_one() -> None:
    glue = f"arn:aws:glue:{REGION}:{ACCOUNT}"
    assert STACK.allows("AnalystRole", "glue:GetDatabases", f"{glue}:catalog")
    # Glue asks for the right on every database of the account.
    assert STACK.allows("AnalystRole", "glue:GetDatabases", f"{glue}:database/another")
    assert not STACK.allows("AnalystRole", "glue:GetTable", f"{glue}:table/another/songs")


def test_metrics_go_to_our_namespace_alone() -> None:
    for role in ("OrchestratorRole", "CaptureRole"):
        (found,) = [found for found in STACK.statements(role) if "cloudwatch:PutMetricData" in found.actions]
        namespace = STACK.outputs["MetricsNamespace"]["Value"]
        assert found.body["Condition"] == {"StringEquals": {"cloudwatch:namespace": namespace}}
