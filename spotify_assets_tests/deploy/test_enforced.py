"""The template's S3 policies under enforcement: what they allow works, and what they do not is a clear error.

moto enforces S3's actions and resources, not conditions, and refuses rights on single Glue tables: so Glue is allowed
as a whole here, and its rights are compared with the recorded calls in `test_calls.py`.
"""

import http.client
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import dagster as dg
import pytest

from spotify_assets.config import Settings
from spotify_assets.lake.errors import LakeError
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.sql import query
from spotify_assets_tests.assets.conftest import PLAYLISTS_FILE, Platform
from spotify_assets_tests.conftest import PLATFORM_KEY, aws_client
from spotify_assets_tests.deploy.account import deploy
from spotify_assets_tests.deploy.stack import OPTIONAL_PARTS, Stack
from spotify_assets_tests.support.aws.moto import MotoAws
from spotify_assets_tests.support.data.small_days import DAY, NEXT

# Without the Spark job, since moto cannot read a question mark in a resource.
STACK = Stack(Name="enforced", AnalystPrincipalArn=OPTIONAL_PARTS["AnalystPrincipalArn"])
GLUE = {"Effect": "Allow", "Action": "glue:*", "Resource": "*"}


def set_enforced(aws: MotoAws, is_enforced: bool) -> None:
    """moto looks at permissions from the given number of requests on."""
    connection = http.client.HTTPConnection("127.0.0.1", aws.port, timeout=60)
    try:
        connection.request("POST", "/moto-api/reset-auth", "0" if is_enforced else "inf")
        assert connection.getresponse().read()
    finally:
        connection.close()


@dataclass
class Account:
    """An account in which permissions are looked at as soon as somebody has become a role."""

    aws: MotoAws
    settings: Settings
    instance: dg.DagsterInstance

    def become(self, role: str, *left_out: str) -> None:
        """Makes all that follows the doing of a role, but for the statements that are left out."""
        set_enforced(self.aws, False)
        iam = aws_client("iam", self.aws.endpoint)
        user = f"{role}-{len(iam.list_users()['Users'])}"
        iam.create_user(UserName=user)
        assert set(left_out) <= {found.sid for found in STACK.statements(role)}
        statements = [
            {name: part for name, part in found.body.items() if name != "Condition"}
            for found in STACK.statements(role)
            if found.resources and found.sid not in left_out and found.actions[0].startswith("s3:")
        ]
        if any("s3:DeleteObject" in part["Action"] for part in statements):
            # A list of keys to delete: moto asks for the right on the bucket, where AWS asks for it on each key.
            statements.append({"Effect": "Allow", "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::enforced-*"})
        policy = json.dumps({"Version": "2012-10-17", "Statement": [*statements, GLUE]})
        iam.put_user_policy(UserName=user, PolicyName="role", PolicyDocument=policy)
        key = iam.create_access_key(UserName=user)["AccessKey"]
        os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"] = (
            key["AccessKeyId"],
            key["SecretAccessKey"],
        )
        set_enforced(self.aws, True)

    @property
    def platform(self) -> Platform:
        """The platform as another process opens it: it signs by what the environment says from then on."""
        return Platform(Lake(self.settings), self.instance)


@pytest.fixture(scope="module")
def deployed() -> Iterator[Account]:
    with MotoAws() as aws, dg.DagsterInstance.ephemeral() as instance:
        given = {name.lower(): value for name, value in deploy(STACK, aws).items()}
        known = {name: value for name, value in given.items() if name in Settings.model_fields}
        yield Account(
            aws,
            Settings.model_validate({**known, "aws_endpoint_url": aws.endpoint, "playlists_file": PLAYLISTS_FILE}),
            instance,
        )


@pytest.fixture
def account(deployed: Account, no_real_account: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """Whoever was become in a test is forgotten after it."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", PLATFORM_KEY)
    yield deployed
    set_enforced(deployed.aws, False)


def reasons(result: dg.ExecuteInProcessResult) -> str:
    failures = [event.step_failure_data for event in result.all_events if event.is_step_failure]
    told: list[Any] = []
    for failure in failures:
        error = failure.error
        while error is not None:
            told.append(error.message)
            error = error.cause
        if failure.user_failure_data is not None:
            told.append(failure.user_failure_data.description)
    return "\n".join(map(str, told))


def test_the_orchestrators_policies_suffice_for_a_day_from_capture_to_publish(account: Account) -> None:
    account.become("OrchestratorRole")
    platform = account.platform
    result = platform.materialize(DAY)
    assert result.success, reasons(result)
    assert not list(platform.lake.raw.waiting())
    assert query(platform.lake, "SELECT count(*) AS playlists FROM playlists")["playlists"].to_list() == [5]


@pytest.mark.parametrize("statement", ["ListTheLake", "MoveRawObjects", "StageAndAudit", "WriteAndTidyTables"])
def test_a_right_that_is_missing_is_a_clear_error_and_harms_nothing(account: Account, statement: str) -> None:
    account.become("OrchestratorRole", statement)
    result = account.platform.materialize(NEXT)
    assert not result.success
    denied = "access is denied. Grant this role read, write and list on the bucket and prefix (docs/aws.md)"
    assert denied in reasons(result)
    account.become("OrchestratorRole")
    days = query(account.platform.lake, "SELECT DISTINCT snapshot_date AS day FROM playlists")["day"].to_list()
    assert days == [DAY]


def test_the_analyst_reads_what_is_published_and_nothing_else(account: Account) -> None:
    account.become("OrchestratorRole")
    [entry, *_] = account.platform.lake.raw.objects_of([DAY])[DAY]
    account.become("AnalystRole")
    lake = account.platform.lake
    assert query(lake, "SELECT count(*) AS playlists FROM playlists")["playlists"].to_list() == [5]
    refused: list[Callable[[], Any]] = [
        lambda: lake.raw_storage.read(entry.key),
        lambda: lake.storage.read("staging/base/stage.json"),
        lambda: lake.storage.write("songs_data/data/x.parquet", b""),
        lake.claim,
    ]
    for use in refused:
        with pytest.raises(LakeError, match="access is denied"):
            use()
