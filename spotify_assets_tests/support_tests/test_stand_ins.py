"""The stand-ins keep the promises that other tests rest on: what they refuse, and that they leave nothing behind."""

import base64
import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from spotify_assets_tests.support.aws.moto import MotoAws
from spotify_assets_tests.support.aws.swift import SwiftS3
from spotify_assets_tests.support.processes.child_server import PROJECT_ROOT, ChildServer, StandInError


@pytest.fixture(scope="module")
def aws() -> Iterator[MotoAws]:
    with MotoAws() as server:
        yield server


@pytest.fixture(scope="module")
def swift() -> Iterator[SwiftS3]:
    with SwiftS3() as server:
        yield server


@pytest.fixture
def glue(aws: MotoAws) -> Any:
    aws.reset()
    client = boto3.client(
        "glue",
        endpoint_url=aws.endpoint,
        region_name="us-east-1",
        aws_access_key_id="any",
        aws_secret_access_key="any",
    )
    client.create_database(DatabaseInput={"Name": "lake"})
    client.create_table(DatabaseName="lake", TableInput={"Name": "songs"})
    return client


@pytest.fixture(scope="module")
def s3(swift: SwiftS3) -> Any:
    client = boto3.client(
        "s3",
        endpoint_url=swift.endpoint,
        region_name=swift.region,
        aws_access_key_id=swift.access_key,
        aws_secret_access_key=swift.secret_key,
        config=Config(s3={"addressing_style": "path"}),
    )
    client.create_bucket(Bucket="lake")
    return client


def version(glue: Any) -> str:
    return glue.get_table(DatabaseName="lake", Name="songs")["Table"]["VersionId"]


def refusal(error: pytest.ExceptionInfo[ClientError]) -> str:
    return error.value.response.get("Error", {}).get("Code", "")


def test_glue_refuses_an_update_of_an_old_version(glue: Any) -> None:
    first = version(glue)
    glue.update_table(DatabaseName="lake", TableInput={"Name": "songs", "Description": "kept"}, VersionId=first)
    with pytest.raises(glue.exceptions.ConcurrentModificationException):
        glue.update_table(DatabaseName="lake", TableInput={"Name": "songs", "Description": "lost"}, VersionId=first)
    assert glue.get_table(DatabaseName="lake", Name="songs")["Table"]["Description"] == "kept"


def test_glue_checks_no_version_where_none_is_given(glue: Any) -> None:
    first = version(glue)
    glue.update_table(DatabaseName="lake", TableInput={"Name": "songs"})
    assert version(glue) != first


def test_of_many_glue_updates_of_one_version_exactly_one_lands(glue: Any) -> None:
    current = version(glue)

    def update(number: int) -> bool:
        try:
            glue.update_table(DatabaseName="lake", TableInput={"Name": "songs"}, VersionId=current)
        except glue.exceptions.ConcurrentModificationException:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(update, range(24))) == 1


def test_aws_forgets_everything_on_reset(aws: MotoAws, glue: Any) -> None:
    aws.reset()
    assert glue.get_databases()["DatabaseList"] == []


def test_swift_refuses_a_wrong_md5_and_keeps_nothing(s3: Any) -> None:
    other = base64.b64encode(hashlib.md5(b"other bytes").digest()).decode()
    with pytest.raises(ClientError) as error:
        s3.put_object(Bucket="lake", Key="md5", Body=b"these bytes", ContentMD5=other)
    assert refusal(error) == "BadDigest"
    assert "Contents" not in s3.list_objects_v2(Bucket="lake", Prefix="md5")


def test_swift_refuses_to_create_what_is_there(s3: Any) -> None:
    s3.put_object(Bucket="lake", Key="once", Body=b"first", IfNoneMatch="*")
    with pytest.raises(ClientError) as error:
        s3.put_object(Bucket="lake", Key="once", Body=b"second", IfNoneMatch="*")
    assert refusal(error) == "PreconditionFailed"
    assert s3.get_object(Bucket="lake", Key="once")["Body"].read() == b"first"


def test_swift_lists_what_was_put_page_by_page(s3: Any) -> None:
    expected = {f"pages/{number}": f'"{hashlib.md5(str(number).encode()).hexdigest()}"' for number in range(7)}
    for key in expected:
        s3.put_object(Bucket="lake", Key=key, Body=key.removeprefix("pages/").encode())
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket="lake", Prefix="pages/", PaginationConfig={"PageSize": 3}
    )
    found = [{item["Key"]: item["ETag"] for item in page["Contents"]} for page in pages]
    assert [len(page) for page in found] == [3, 3, 1]
    assert {key: etag for page in found for key, etag in page.items()} == expected


@pytest.mark.parametrize("stand_in", [MotoAws, SwiftS3])
def test_a_stopped_stand_in_is_gone(stand_in: type[ChildServer]) -> None:
    with stand_in() as server:
        pid, port = server.pid, server.port
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=1).close()


def test_swift_leaves_no_files(tmp_path: Path) -> None:
    with SwiftS3(tmp_path):
        assert len(list(tmp_path.iterdir())) == 1
    assert list(tmp_path.iterdir()) == []


def test_stand_ins_end_with_tests_that_are_killed(tmp_path: Path) -> None:
    script = """
import os, pathlib, signal, sys
from spotify_assets_tests.support.aws.moto import MotoAws
from spotify_assets_tests.support.aws.swift import SwiftS3
aws, swift = MotoAws(), SwiftS3(pathlib.Path(sys.argv[1]))
aws.start(), swift.start()
print(aws.port, swift.port, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    command = [sys.executable, "-c", script, str(tmp_path)]
    killed = subprocess.run(command, check=False, cwd=PROJECT_ROOT, stdout=subprocess.PIPE, text=True, timeout=300)
    assert killed.returncode == -signal.SIGKILL
    deadline = time.monotonic() + 60
    for port in killed.stdout.split():
        while is_listening(int(port)):
            assert time.monotonic() < deadline, f"still listening on {port}"
            time.sleep(0.05)
    while list(tmp_path.iterdir()):
        assert time.monotonic() < deadline, "the store's files are still there"
        time.sleep(0.05)


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_stand_in_that_cannot_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(StandInError, match="No such file or directory"):
        SwiftS3(tmp_path / "absent").start()
