"""S3's events about new raw objects, from an SQS queue: a hint to look, never the truth.

The queue repeats, reorders and loses events, and anybody may send something else to it. So the listing of the raw zone
decides what there is to do; the queue only says when to look, and each message stays until its objects are done.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import unquote_plus

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from spotify_assets.aws.client import aws_client
from spotify_assets.lake.errors import LakeError, explain
from spotify_assets.lake.storage import Storage

MESSAGES_PER_CALL = 10
CALLS_PER_LOOK = 20
# Longer than a tick of the sensor, short enough that a tick that died delays nothing for long.
SECONDS_UNSEEN = 60
# A tick must not wait for a queue: without its answer the raw zone is listed.
ATTEMPTS = 2


class _Object(msgspec.Struct):
    key: str


class _Bucket(msgspec.Struct):
    name: str


class _Storage(msgspec.Struct):
    bucket: _Bucket
    object: _Object


class _Record(msgspec.Struct, rename="camel"):
    event_name: str
    s3: _Storage


class _Event(msgspec.Struct):
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html."""

    records: list[_Record] | None = msgspec.field(default=None, name="Records")
    event: str | None = msgspec.field(default=None, name="Event")


@dataclass(frozen=True)
class Announcement:
    """A queue message and the objects it announces: (bucket, key). `problem` says why it could not be read."""

    receipt: str
    objects: frozenset[tuple[str, str]]
    problem: str | None = None


def read_announcement(receipt: str, body: str) -> Announcement:
    """The objects a message announces: none for S3's test event or an event about a removed object."""
    try:
        event = msgspec.json.decode(body, type=_Event)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeError) as error:
        return Announcement(receipt, frozenset(), f"not an event of S3 ({error}): {body[:80]!r}")
    if event.records is None:
        problem = None if event.event == "s3:TestEvent" else f"an event without records: {body[:80]!r}"
        return Announcement(receipt, frozenset(), problem)
    created = (record.s3 for record in event.records if record.event_name.startswith("ObjectCreated:"))
    return Announcement(receipt, frozenset((told.bucket.name, unquote_plus(told.object.key)) for told in created))


class RawEvents:
    """The queue that S3 notifies of objects in `raw/to_be_processed/`."""

    def __init__(self, queue_url: str, storage: Storage) -> None:
        self._queue_url = queue_url
        self._storage = storage

    @cached_property
    def _client(self) -> Any:
        return aws_client("sqs", self._storage.endpoint_url, patience=self._storage.patience, attempts=ATTEMPTS)

    def look(self) -> list[Announcement]:
        """Messages that are there now, at most 200; they are invisible to others for a minute.

        Raises:
            LakeError: the queue cannot be read.
        """
        found: list[Announcement] = []
        for _ in range(CALLS_PER_LOOK):
            messages = self._call(
                "receive_message", MaxNumberOfMessages=MESSAGES_PER_CALL, VisibilityTimeout=SECONDS_UNSEEN
            )
            batch = messages.get("Messages", [])
            found.extend(read_announcement(message["ReceiptHandle"], message["Body"]) for message in batch)
            if not batch:
                break
        return found

    def forget(self, done: list[Announcement]) -> None:
        """Deletes messages whose objects are done.

        Raises:
            LakeError: the queue cannot be reached. Messages not deleted will come again, which does no harm.
        """
        for start in range(0, len(done), MESSAGES_PER_CALL):
            batch = done[start : start + MESSAGES_PER_CALL]
            entries = [{"Id": str(number), "ReceiptHandle": message.receipt} for number, message in enumerate(batch)]
            self._call("delete_message_batch", Entries=entries)

    def _call(self, action: str, **parameters: Any) -> dict[str, Any]:
        try:
            return getattr(self._client, action)(QueueUrl=self._queue_url, **parameters)
        except (ClientError, BotoCoreError) as error:
            raise LakeError(explain(self._queue_url, action.replace("_", " "), error)) from error
