"""Large objects and damaged ones, on an object store that is as strict as S3: OpenStack Swift (no Glue there)."""

import base64
import hashlib
import random
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from spotify_assets.config import Settings
from spotify_assets.lake import storage as storage_module
from spotify_assets.lake.errors import LakeError
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.raw import RawEntry
from spotify_assets_tests.conftest import aws_client
from spotify_assets_tests.support.aws.lossy_proxy import proxy_to
from spotify_assets_tests.support.aws.swift import SwiftS3
from spotify_assets_tests.support.data.small_days import DAY, capture, frames_of

WAITING = "raw/to_be_processed"
MORE_THAN_100_MB = 104_857_601

OpenSwiftLake = Callable[[str], Lake]


def client_of(swift: SwiftS3) -> Any:
    return aws_client("s3", swift.endpoint, swift.region, (swift.access_key, swift.secret_key))


@pytest.fixture
def open_swift_lake(swift_s3: SwiftS3, monkeypatch: pytest.MonkeyPatch) -> OpenSwiftLake:
    """A new bucket of Swift; gives the lake in it, at the given endpoint."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", swift_s3.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", swift_s3.secret_key)
    monkeypatch.setenv("AWS_REGION", swift_s3.region)
    bucket = f"lake-{uuid4().hex[:12]}"
    client_of(swift_s3).create_bucket(Bucket=bucket)
    return lambda endpoint: Lake(
        Settings(lake_url=f"s3://{bucket}/prefix", aws_endpoint_url=endpoint, spotify_source="spotify")
    )


@pytest.fixture
def lake(open_swift_lake: OpenSwiftLake, swift_s3: SwiftS3) -> Lake:
    return open_swift_lake(swift_s3.endpoint)


def test_an_object_of_more_than_100_mb_lands_is_read_and_moved(lake: Lake) -> None:
    content = random.Random(1).randbytes(MORE_THAN_100_MB)
    lake.storage.write(f"{WAITING}/2026-03-01-large.json", content)
    (entry,) = lake.raw.objects_of([DAY])[DAY]
    assert entry.size == len(content)
    assert next(lake.raw.read([entry])).data == content
    assert lake.raw.file_as_processed([entry]) == 1
    (moved,) = lake.raw.objects_of([DAY])[DAY]
    assert (moved.is_waiting, moved.size, moved.landed_at) == (False, entry.size, entry.landed_at)
    assert next(lake.raw.read([moved])).data == content


def test_a_captured_day_is_read_before_and_after_it_is_processed(lake: Lake) -> None:
    assert lake.claim() == "spotify"
    capture(lake, DAY, ["A", "B"])
    before = frames_of(lake, DAY)
    assert lake.raw.file_as_processed(lake.raw.objects_of([DAY])[DAY]) == 1
    assert all(frame.equals(before[name]) for name, frame in frames_of(lake, DAY).items())
    assert list(lake.raw.waiting()) == []


def test_what_was_written_anew_is_neither_moved_nor_copied(lake: Lake) -> None:
    """S3 is asked to compare; moto does not do so when it copies, Swift does."""
    lake.storage.write(f"{WAITING}/2026-03-01.json", b"as listed")
    (entry,) = lake.raw.objects_of([DAY])[DAY]
    lake.storage.write(f"{WAITING}/2026-03-01.json", b"written anew")
    assert lake.raw.file_as_processed([entry]) == 0
    assert list(lake.storage.list("raw/processed")) == []
    (waiting,) = lake.raw.waiting()
    assert isinstance(waiting, RawEntry)
    assert next(lake.raw.read([waiting])).data == b"written anew"


def test_an_object_that_does_not_match_its_checksum_is_refused(lake: Lake, swift_s3: SwiftS3) -> None:
    s3 = client_of(swift_s3)
    wrong = base64.b64encode(hashlib.md5(b"other").digest()).decode()
    key = f"prefix/{WAITING}/2026-03-01.json"
    with pytest.raises(ClientError, match="BadDigest"):
        s3.put_object(Bucket=lake.storage.bucket, Key=key, Body=b"content", ContentMD5=wrong)
    assert list(lake.raw.waiting()) == []


@pytest.mark.parametrize("size", [1_000, 12_000_000], ids=["in one piece", "in parts"])
def test_an_object_that_is_damaged_on_its_way_is_refused(
    open_swift_lake: OpenSwiftLake, swift_s3: SwiftS3, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(storage_module, "RETRIES", {"max_retries": 0})

    def damage(request: str, body: bytes) -> bytes:
        return body[:-1] + bytes([body[-1] ^ 1]) if request.startswith("PUT") and len(body) > 500 else body

    with proxy_to(swift_s3.port) as proxy:
        proxy.damage = damage
        lake = open_swift_lake(proxy.endpoint)
        with pytest.raises(LakeError, match=f"Cannot write {WAITING}/x"):
            lake.storage.write(f"{WAITING}/x", bytes(size))
        assert list(lake.raw.waiting()) == []
        assert any(request.startswith("PUT") for request in proxy.requests)
