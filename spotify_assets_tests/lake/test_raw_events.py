import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotify_assets.lake.errors import LakeError
from spotify_assets.lake.raw_events import RawEvents, read_announcement
from spotify_assets.lake.storage import Storage
from spotify_assets_tests.conftest import aws_client
from spotify_assets_tests.support.aws.moto import MotoAws

KEY = "prefix/raw/to_be_processed/a.json"


def event(*keys: str, name: str = "ObjectCreated:Put") -> str:
    records = [
        {
            "eventVersion": "2.1",
            "eventSource": "aws:s3",
            "eventName": name,
            "s3": {"bucket": {"name": "bucket", "arn": "arn:aws:s3:::bucket"}, "object": {"key": key, "eTag": "e"}},
        }
        for key in keys
    ]
    return json.dumps({"Records": records})


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        (
            "raw/to_be_processed/snapshot_date%3D2026-03-01/a+b.json",
            "raw/to_be_processed/snapshot_date=2026-03-01/a b.json",
        ),
        ("raw/to_be_processed/a%2Bb.json", "raw/to_be_processed/a+b.json"),
        ("raw/to_be_processed/a%252Fb.json", "raw/to_be_processed/a%2Fb.json"),
        ("raw/to_be_processed/%D8%B3%D9%84%D8%A7%D9%85.json", "raw/to_be_processed/سلام.json"),
    ],
)
def test_keys_are_decoded_as_s3_encodes_them(key: str, meant: str) -> None:
    assert read_announcement("r", event(key)).objects == {("bucket", meant)}


def test_one_message_may_announce_several_objects_and_one_object_twice() -> None:
    assert read_announcement("r", event("a", "b", "a")).objects == {("bucket", "a"), ("bucket", "b")}


@pytest.mark.parametrize("name", ["ObjectCreated:CompleteMultipartUpload", "ObjectCreated:Copy", "ObjectCreated:Post"])
def test_an_object_may_come_about_in_any_way(name: str) -> None:
    assert read_announcement("r", event(KEY, name=name)).objects == {("bucket", KEY)}


def test_a_removed_object_is_nothing_to_do() -> None:
    announcement = read_announcement("r", event(KEY, name="ObjectRemoved:Delete"))
    assert (announcement.objects, announcement.problem) == (frozenset(), None)


def test_the_test_event_that_s3_sends_first_is_nothing_to_do() -> None:
    body = json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "bucket"})
    announcement = read_announcement("r", body)
    assert (announcement.objects, announcement.problem) == (frozenset(), None)


@pytest.mark.parametrize("body", ["", "hello", "[]", "{}", '{"Records": [{}]}', '{"Records": 3}', "\ud800"])
def test_garbage_is_told_from_events(body: str) -> None:
    announcement = read_announcement("r", body)
    assert announcement.objects == frozenset()
    assert announcement.problem is not None


@given(st.text())
def test_no_text_whatever_is_an_error(body: str) -> None:
    assert read_announcement("r", body).receipt == "r"


@pytest.fixture
def queue(moto_aws: MotoAws) -> Iterator[tuple[Any, str]]:
    client = aws_client("sqs", moto_aws.endpoint)
    url = client.create_queue(QueueName=f"events-{uuid4().hex}")["QueueUrl"]
    yield client, url
    client.delete_queue(QueueUrl=url)


def test_messages_are_seen_once_a_minute_until_they_are_forgotten(queue: tuple[Any, str], moto_aws: MotoAws) -> None:
    client, url = queue
    for number in range(12):
        client.send_message(QueueUrl=url, MessageBody=event(f"raw/{number}.json"))
    events = RawEvents(url, Storage("s3://bucket/prefix", moto_aws.endpoint))
    found = events.look()
    assert {key for announcement in found for _, key in announcement.objects} == {f"raw/{n}.json" for n in range(12)}
    assert events.look() == []
    events.forget(found[:11])
    client.change_message_visibility(QueueUrl=url, ReceiptHandle=found[11].receipt, VisibilityTimeout=0)
    (left,) = events.look()
    assert left.objects == found[11].objects


def test_a_queue_that_is_not_there_is_a_clear_error(moto_aws: MotoAws) -> None:
    events = RawEvents(f"{moto_aws.endpoint}/123456789012/missing", Storage("s3://bucket", moto_aws.endpoint))
    with pytest.raises(LakeError, match=r"the queue does not exist. Create it, or correct RAW_EVENTS_QUEUE_URL.$"):
        events.look()
