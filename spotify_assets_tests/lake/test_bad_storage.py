"""Storage that fails: one clear error with its remedy, and what was published stays as it was."""

import http.client
import json
import os
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from spotify_assets.config import Settings
from spotify_assets.lake import storage as storage_module
from spotify_assets.lake.errors import LakeError, explain
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.sql import query
from spotify_assets.lake.storage import Storage
from spotify_assets.schemas.base import BASE
from spotify_assets_tests.conftest import IN_A_FOLDER, ON_S3, OpenLake, aws_client
from spotify_assets_tests.support.aws.moto import MotoAws
from spotify_assets_tests.support.aws.refusing_server import refusing_server
from spotify_assets_tests.support.data.small_days import DAY, NEXT, audit, capture, prove, publish, stage, titles
from spotify_assets_tests.support.processes.mounts import MountNotPermitted, read_only, small_disk

Use = Callable[[Lake], Any]
# One way in per library that talks to the storage: the object store, boto3, the catalog, and all of them in a row.
USES: dict[str, Use] = {
    "claim": lambda lake: lake.claim(),
    "list": lambda lake: list(lake.raw.waiting()),
    "create a table": lambda lake: lake.catalog.ensure(BASE.tables["songs"]),
    "publish": lambda lake: lake.publish([DAY]),
}


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No second try: the tests are about the message at the end."""
    monkeypatch.setattr(storage_module, "RETRIES", {"max_retries": 0})
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")


def expect_clear_error(use: Callable[[], Any], *words: str) -> None:
    """One error, in one line, with the given words in it, and a remedy at its end."""
    with pytest.raises(LakeError) as caught:
        use()
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    assert message.endswith(".")
    for word in words:
        assert word in message


@ON_S3
@pytest.mark.parametrize("use", USES)
def test_a_missing_bucket(open_lake: OpenLake, use: str) -> None:
    lake = open_lake(lake_url="s3://no-such-bucket/prefix")
    expect_clear_error(
        lambda: USES[use](lake),
        "s3://no-such-bucket/prefix",
        "the bucket does not exist. Create it, or correct LAKE_URL.",
    )


REFUSALS = {
    "forbidden": (403, "AccessDenied", "access is denied", "docs/aws.md"),
    "unknown key": (403, "InvalidAccessKeyId", "credentials are missing or not valid", "AWS_PROFILE"),
    "wrong secret": (403, "SignatureDoesNotMatch", "credentials are missing or not valid", "AWS_PROFILE"),
    "expired": (400, "ExpiredToken", "credentials are missing or not valid", "sign in again"),
    "moved": (301, "PermanentRedirect", "in another region", "Set AWS_REGION"),
    "malformed": (400, "AuthorizationHeaderMalformed", "in another region", "Set AWS_REGION"),
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_refusal_names_its_remedy(impatient: None, tmp_path: Path, refusal: str, use: str) -> None:
    status, code, *words = REFUSALS[refusal]
    with refusing_server(status, code) as endpoint:
        lake = Lake(Settings(lake_url="s3://bucket/prefix", aws_endpoint_url=endpoint, spotify_source="spotify"))
        expect_clear_error(lambda: USES[use](lake), *words)


@pytest.mark.parametrize("use", USES)
def test_an_endpoint_that_nobody_listens_on(impatient: None, use: str) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{closed.getsockname()[1]}"
    lake = Lake(Settings(lake_url="s3://bucket/prefix", aws_endpoint_url=endpoint, spotify_source="spotify"))
    expect_clear_error(
        lambda: USES[use](lake), "the storage cannot be reached", "Check the network and AWS_ENDPOINT_URL."
    )


@pytest.mark.parametrize("use", USES)
def test_no_credentials_at_all(monkeypatch: pytest.MonkeyPatch, use: str) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    lake = Lake(
        Settings(lake_url="s3://bucket/prefix", aws_endpoint_url="http://127.0.0.1:9", spotify_source="spotify")
    )
    expect_clear_error(lambda: USES[use](lake), "credentials are missing", "Set AWS_PROFILE")


def test_the_storage_is_asked_again_but_not_for_long() -> None:
    retries = storage_module.RETRIES
    assert retries.get("max_retries", 0) >= 3
    assert retries.get("retry_timeout", timedelta.max) <= timedelta(seconds=20)


def set_authorization(aws: MotoAws, requests_before: str) -> None:
    """moto looks at permissions from the given number of requests on."""
    connection = http.client.HTTPConnection("127.0.0.1", aws.port, timeout=60)
    try:
        connection.request("POST", "/moto-api/reset-auth", requests_before)
        assert connection.getresponse().read()
    finally:
        connection.close()


@pytest.fixture
def as_user(moto_aws: MotoAws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[list[str]], None]]:
    """Makes everything that follows the doing of an IAM user who may do the given actions and nothing else."""
    iam = aws_client("iam", moto_aws.endpoint)
    users: list[str] = []

    def become(actions: list[str]) -> None:
        user = f"user-{os.urandom(4).hex()}"
        users.append(user)
        iam.create_user(UserName=user)
        statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
        if actions:
            policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
            iam.put_user_policy(UserName=user, PolicyName="these", PolicyDocument=policy)
        key = iam.create_access_key(UserName=user)["AccessKey"]
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
        set_authorization(moto_aws, "0")

    yield become
    set_authorization(moto_aws, "inf")


@ON_S3
@pytest.mark.parametrize(
    "actions",
    [["glue:*", "s3:GetObject", "s3:ListBucket"], ["glue:Get*", "s3:*"]],
    ids=["no writing", "Glue read-only"],
)
def test_a_role_that_may_not_publish_leaves_what_was_published(
    open_lake: OpenLake, as_user: Callable[[list[str]], None], actions: list[str], moto_aws: MotoAws
) -> None:
    publish(open_lake(), DAY, ["Old"])
    prove(open_lake(), DAY, ["New"], minute=1)
    as_user(actions)
    expect_clear_error(lambda: open_lake().publish([DAY]), "access is denied", "docs/aws.md")
    set_authorization(moto_aws, "inf")
    assert titles(open_lake(), DAY) == ["Old"]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small file system of its own."""
    try:
        with small_disk(tmp_path / "disk", megabytes=8) as folder:
            yield folder
    except MountNotPermitted as error:
        pytest.skip(f"this user may not mount: {error}")


def lake_on(folder: Path) -> Lake:
    return Lake(Settings(lake_url=str(folder), spotify_source="spotify"))


def test_a_read_only_lake_can_be_read_and_nothing_else(disk: Path) -> None:
    publish(lake_on(disk / "lake"), DAY, ["A"])
    prove(lake_on(disk / "lake"), NEXT, ["B"])
    with read_only(disk):
        lake = lake_on(disk / "lake")
        assert titles(lake, DAY) == ["A"]
        assert query(lake, "SELECT name FROM songs")["name"].to_list() == ["Song A"]
        assert lake.source() == "spotify"
        for use in (
            lambda: capture(lake, NEXT, ["C"], minute=1),
            lambda: stage(lake, NEXT),
            lambda: lake.publish([NEXT]),
            lambda: lake_on(disk / "another").claim(),
        ):
            expect_clear_error(use, "it is read-only. Choose another LAKE_URL.")
        assert titles(lake, DAY) == ["A"]


def fill(folder: Path) -> Path:
    """Leaves no byte free."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (65_536, 512, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError:
                continue
    return filler


@pytest.mark.parametrize("step", ["capture", "stage", "audit", "publish"])
def test_a_full_disk_stops_a_day_and_harms_no_other(disk: Path, step: str) -> None:
    lake = lake_on(disk / "lake")
    publish(lake, DAY, ["A"])
    steps: dict[str, Callable[[], Any]] = {
        "capture": lambda: capture(lake, NEXT, ["B"]),
        "stage": lambda: stage(lake, NEXT),
        "audit": lambda: audit(lake, lake.staging.current(NEXT) or stage(lake, NEXT)),
        "publish": lambda: lake.publish([NEXT]),
    }
    order = list(steps)
    for done in order[: order.index(step)]:
        steps[done]()
    filler = fill(disk)
    expect_clear_error(steps[step], "the disk is full. Free some space, then run again.")
    assert titles(lake_on(disk / "lake"), DAY) == ["A"]
    filler.unlink()
    for left in order[order.index(step) :]:
        steps[left]()
    assert titles(lake, NEXT) == ["B"]
    assert titles(lake, DAY) == ["A"]


def test_a_file_where_the_lake_should_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "lake"):
        for use in USES.values():
            expect_clear_error(lambda use=use, folder=folder: use(lake_on(folder)), "a file is in the way")


def test_a_place_where_no_folder_can_be() -> None:
    for use in ("claim", "create a table", "publish"):
        lake = lake_on(Path("/proc/lake"))
        expect_clear_error(lambda use=use, lake=lake: USES[use](lake), "/proc/lake", "Choose another LAKE_URL.")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_of_somebody_else(tmp_path: Path) -> None:
    folder = tmp_path / "lake"
    folder.mkdir(mode=0o500)
    expect_clear_error(lake_on(folder).claim, "this user may not write there. Change the folder's permissions")


@IN_A_FOLDER
def test_a_damaged_catalog_is_a_clear_error(lake: Lake) -> None:
    publish(lake, DAY, ["A"])
    (lake.storage.folder / "catalog.db").write_bytes(b"this is no database" * 1000)
    with pytest.raises(LakeError, match="Cannot open table"):
        lake_on(lake.storage.folder).catalog.tables()


@IN_A_FOLDER
def test_damaged_table_metadata_is_a_clear_error(lake: Lake) -> None:
    publish(lake, DAY, ["A"])
    table = lake.catalog.load(BASE.tables["artists"])
    assert table is not None
    lake.storage.write(lake.storage.key(table.metadata_location) or "", b"{")
    with pytest.raises(LakeError, match=r"spotify\.artists cannot be read as an Iceberg table"):
        lake.catalog.tables()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Server returned non-2xx status code: 500 for playlist-20260301T060000Z", "playlist-20260301"),
        ("Object at location songs_data/data/snapshot_date=2026-03-01/0403aa301bb.parquet is odd", "0403aa301bb"),
        ("", "ValueError"),
        ("a long story " * 100, "a long story"),
    ],
)
def test_an_error_that_nobody_foresaw_is_told_as_it_is(text: str, said: str) -> None:
    message = explain("s3://bucket", "write x", ValueError(text))
    assert message.startswith("Cannot write x in s3://bucket: ")
    assert said in message
    assert not any(word in message for word in ("denied", "region", "LAKE_URL"))
    assert len(message) < 400


def test_a_missing_object_is_not_taken_for_a_failure(tmp_path: Path) -> None:
    assert Storage(str(tmp_path)).read_if_any("missing") is None


READONLY = OperationalError("UPDATE", None, sqlite3.OperationalError("attempt to write a readonly database"))
MALFORMED = OperationalError("SELECT", None, sqlite3.DatabaseError("database disk image is malformed"))


def catalog_of(folder: Path) -> Path:
    with closing(sqlite3.connect(folder / "catalog.db")) as connection:
        connection.execute("CREATE TABLE x (y)")
    return folder / "catalog.db"


@pytest.mark.parametrize("error", [READONLY, MALFORMED], ids=["readonly", "malformed"])
def test_what_sqlite_says_of_a_catalog_is_held_against_the_disk(tmp_path: Path, error: OperationalError) -> None:
    catalog = catalog_of(tmp_path)
    assert "file and disk are well now. Run again" in explain(str(tmp_path), "publish", error)
    catalog.write_bytes(catalog.read_bytes()[:100] + b"?" * 8092)
    assert "its database is damaged. Put back a copy" in explain(str(tmp_path), "publish", error)
    catalog.unlink()
    # The memory of the process that looks: where it begins there is nothing, and reading fails as on a bad disk.
    catalog.symlink_to("/proc/self/mem")
    assert "the disk fails to read or write. Look at the system's log" in explain(str(tmp_path), "publish", error)


@pytest.mark.parametrize("error", [READONLY, MALFORMED], ids=["readonly", "malformed"])
def test_a_full_disk_is_called_full_whatever_sqlite_says(disk: Path, error: OperationalError) -> None:
    catalog_of(disk)
    fill(disk)
    assert "the disk is full. Free some space" in explain(str(disk), "publish", error)


def test_a_read_only_disk_is_called_that_whatever_sqlite_says(disk: Path) -> None:
    catalog_of(disk)
    with read_only(disk):
        assert "it is read-only. Choose another LAKE_URL." in explain(str(disk), "publish", MALFORMED)


def test_a_lake_in_a_bucket_is_not_looked_for_on_the_disk() -> None:
    assert explain("s3://bucket", "publish", MALFORMED).startswith("Cannot publish in s3://bucket: its database")
