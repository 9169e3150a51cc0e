"""The raw-objects sensor with a queue, over HTTP: lost, repeated, reordered and poisoned messages cost no data."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import dagster as dg
import pytest

from spotify_assets.automation.raw_zone_polling import LISTED_EVERY, Listing
from spotify_assets.automation.sensors import raw_objects
from spotify_assets.definitions import defs
from spotify_assets.lake import raw_events as raw_events_module
from spotify_assets.lake.lake import Lake
from spotify_assets_tests.automation.test_raw_objects import land, requested, run_requested
from spotify_assets_tests.conftest import ON_S3, OpenLake, aws_client
from spotify_assets_tests.support.aws.moto import MotoAws
from spotify_assets_tests.support.dagster_internals import SensorExecutionData
from spotify_assets_tests.support.data.small_days import DAY, NEXT, capture, publish

MOST_RECEIVES = 40
pytestmark = ON_S3


@dataclass
class Watched:
    """A lake whose bucket tells a queue, and the sensor that looks at both; it keeps its cursor between ticks."""

    lake: Lake
    instance: dg.DagsterInstance
    client: Any
    queue_url: str
    dead_letters_url: str
    cursor: str | None = None

    def tick(self) -> SensorExecutionData:
        with dg.build_sensor_context(
            instance=self.instance, definitions=defs, resources={"lake": self.lake}, cursor=self.cursor
        ) as context:
            found = raw_objects.evaluate_tick(context)
        self.cursor = found.cursor
        return found

    def send(self, body: str) -> None:
        self.client.send_message(QueueUrl=self.queue_url, MessageBody=body)

    def announce(self, *keys: str) -> None:
        """Sends S3's event about keys of this lake."""
        storage = self.lake.storage
        self.send(event(storage.bucket, *(f"{storage.prefix}{key}" for key in keys)))

    def messages(self, url: str | None = None) -> int:
        """Messages in the queue, seen or not."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.client.get_queue_attributes(QueueUrl=url or self.queue_url, AttributeNames=names)
        return sum(int(found["Attributes"][name]) for name in names)

    def lists_nothing(self) -> str:
        """The reason of a tick that did not list."""
        cursor = self.cursor
        reason = self.tick().skip_message or ""
        assert self.cursor == cursor
        return reason

    def later(self, by: timedelta) -> None:
        """Lets the last listing be so much longer ago."""
        last = Listing.of(self.cursor)
        assert last is not None
        self.cursor = Listing(last.listed_at - by, last.is_open, last.said).cursor


def event(bucket: str, *keys: str) -> str:
    records = [
        {"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": bucket}, "object": {"key": key}}} for key in keys
    ]
    return json.dumps({"Records": records})


@pytest.fixture
def watched(
    open_lake: OpenLake, instance: dg.DagsterInstance, moto_aws: MotoAws, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Watched]:
    """Messages are never unseen here, so that every look gets each of them several times."""
    monkeypatch.setattr(raw_events_module, "SECONDS_UNSEEN", 0)
    client, name = aws_client("sqs", moto_aws.endpoint), f"raw-events-{uuid4().hex[:8]}"
    dead_letters = client.create_queue(QueueName=f"{name}-dead-letters")["QueueUrl"]
    redrive = {"deadLetterTargetArn": arn_of(client, dead_letters), "maxReceiveCount": MOST_RECEIVES}
    url = client.create_queue(QueueName=name, Attributes={"RedrivePolicy": json.dumps(redrive)})["QueueUrl"]
    yield Watched(open_lake(raw_events_queue_url=url), instance, client, url, dead_letters)
    client.delete_queue(QueueUrl=url)
    client.delete_queue(QueueUrl=dead_letters)


def arn_of(client: Any, url: str) -> str:
    return client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def test_the_zone_is_listed_at_first_and_then_only_when_something_is_announced(watched: Watched) -> None:
    nothing = f"No raw objects wait in {watched.lake.storage.address('raw/to_be_processed')}."
    assert watched.tick().skip_message == nothing
    assert watched.lists_nothing().startswith(f"{nothing} Nothing announced since ")
    key = capture(watched.lake, DAY, ["One"])
    assert "Nothing announced" in watched.lists_nothing()
    watched.announce(key)
    assert requested(watched.tick()) == [str(DAY)]


def test_an_object_whose_event_was_lost_is_found_by_the_next_listing(watched: Watched) -> None:
    watched.tick()
    capture(watched.lake, DAY, ["One"])
    watched.lists_nothing()
    watched.later(LISTED_EVERY)
    assert requested(watched.tick()) == [str(DAY)]


def test_a_message_stays_until_dagster_has_recorded_the_run_it_asked_for(watched: Watched) -> None:
    watched.announce(capture(watched.lake, DAY, ["One"]))
    first = watched.tick()
    assert watched.messages() == 1
    # The tick's request got lost with its process: the next one asks again.
    assert requested(watched.tick()) == requested(first) == [str(DAY)]
    assert watched.messages() == 1
    run_requested(watched.instance, first, dg.DagsterRunStatus.NOT_STARTED, {"dagster/partition": str(DAY)})
    assert "has not ended" in (watched.tick().skip_message or "")
    assert watched.messages() == 0


def test_while_a_day_is_still_to_run_every_tick_lists(watched: Watched) -> None:
    capture(watched.lake, DAY, ["One"])
    first = watched.tick()
    run = run_requested(watched.instance, first, dg.DagsterRunStatus.STARTED, {"dagster/partition": str(DAY)})
    watched.announce(capture(watched.lake, DAY, ["One", "Two"], minute=5))
    assert "has not ended" in (watched.tick().skip_message or "")
    # Nobody has asked for a run with the second object yet.
    assert watched.messages() == 1
    watched.instance.report_run_failed(run)
    second = watched.tick()
    assert requested(second) == [str(DAY)]
    run_requested(watched.instance, second, dg.DagsterRunStatus.STARTED, {"dagster/partition": str(DAY)})
    watched.tick()
    assert watched.messages() == 0


def test_a_day_that_waits_for_a_person_keeps_saying_so_without_being_listed(watched: Watched) -> None:
    watched.announce(land(watched.lake, f"bad-{DAY}.json"))
    run = run_requested(watched.instance, watched.tick(), dg.DagsterRunStatus.STARTED)
    watched.instance.report_run_failed(run)
    assert f"run {run.run_id} failed" in (watched.tick().skip_message or "")
    assert watched.messages() == 0
    assert watched.lists_nothing().startswith(f"Waiting for a person: {DAY}: run {run.run_id} failed.")


def test_events_that_come_late_twice_or_in_another_order_cost_a_listing(watched: Watched) -> None:
    keys = [f"raw/to_be_processed/snapshot_date={day}/gone.json" for day in (NEXT, DAY)]
    publish(watched.lake, DAY, ["One"])
    watched.tick()
    watched.announce(keys[0])
    watched.announce(*keys)
    watched.announce(keys[0])
    assert "No raw objects wait" in (watched.tick().skip_message or "")
    assert watched.messages() == 0
    watched.announce(capture(watched.lake, NEXT, ["One"]), keys[1])
    watched.announce(capture(watched.lake, DAY, ["Two"], minute=1))
    assert requested(watched.tick()) == [str(NEXT), str(DAY)]


def test_garbage_holds_nothing_back_and_ends_among_the_dead_letters(
    watched: Watched, capfd: pytest.CaptureFixture[str]
) -> None:
    watched.tick()
    for body in ("garbage", "{}", '{"Records": [{"eventName": 3}]}'):
        watched.send(body)
    # It announces nothing, so nothing is listed for it.
    watched.lists_nothing()
    assert "is left to its dead-letter queue: not an event of S3" in capfd.readouterr().err
    watched.announce(capture(watched.lake, DAY, ["One"]))
    assert requested(watched.tick()) == [str(DAY)]
    watched.client.purge_queue(QueueUrl=watched.dead_letters_url)
    watched.send("garbage")
    for _ in range(MOST_RECEIVES // raw_events_module.CALLS_PER_LOOK + 1):
        watched.tick()
    assert watched.messages(watched.dead_letters_url) >= 1


def test_events_of_no_concern_are_forgotten(watched: Watched) -> None:
    capture(watched.lake, DAY, ["One"])
    prefix = watched.lake.storage.prefix
    watched.send(event("another-bucket", f"{prefix}raw/to_be_processed/a.json"))
    watched.send(event(watched.lake.storage.bucket, f"{prefix}../lake.json", "%00", ""))
    watched.send(json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "bucket"}))
    assert requested(watched.tick()) == [str(DAY)]
    assert watched.messages() == 0


def test_what_belongs_to_no_day_is_set_aside_and_its_message_forgotten(watched: Watched) -> None:
    watched.announce(land(watched.lake, "snapshot_date=never/a.json").replace("=", "%3D"))
    assert "No raw objects wait" in (watched.tick().skip_message or "")
    assert watched.messages() == 1
    watched.tick()
    assert watched.messages() == 0


def test_without_an_answer_of_the_queue_the_zone_is_listed_each_time(
    watched: Watched, open_lake: OpenLake, capfd: pytest.CaptureFixture[str]
) -> None:
    watched.tick()
    capture(watched.lake, DAY, ["One"])
    watched.lake = open_lake(raw_events_queue_url=f"{watched.queue_url}-missing")
    assert requested(watched.tick()) == [str(DAY)]
    said = "the queue does not exist. Create it, or correct RAW_EVENTS_QUEUE_URL. The raw zone is listed instead."
    assert said in capfd.readouterr().err


def test_a_cursor_of_another_version_means_to_list(watched: Watched) -> None:
    watched.cursor = '{"something": "else"}'
    assert watched.tick().skip_message
    assert Listing.of(watched.cursor)


def test_what_a_bucket_itself_announces_is_understood(watched: Watched, moto_aws: MotoAws) -> None:
    storage, s3 = watched.lake.storage, aws_client("s3", moto_aws.endpoint)
    prefix = {"Name": "prefix", "Value": f"{storage.prefix}raw/to_be_processed/"}
    queue = {"QueueArn": arn_of(watched.client, watched.queue_url), "Events": ["s3:ObjectCreated:*"]}
    s3.put_bucket_notification_configuration(
        Bucket=storage.bucket,
        NotificationConfiguration={"QueueConfigurations": [{**queue, "Filter": {"Key": {"FilterRules": [prefix]}}}]},
    )
    watched.tick()
    before = watched.messages()
    land(watched.lake, f"some export/snapshot_date={DAY}/a b+c.json")
    publish(watched.lake, NEXT, ["One"])
    assert watched.messages() > before
    found = watched.tick()
    assert requested(found) == [str(DAY)]
    # Only that of the object that waits, so its key was told from the others'.
    assert watched.messages() == 1
    run_requested(watched.instance, found, dg.DagsterRunStatus.NOT_STARTED, {"dagster/partition": str(DAY)})
    watched.tick()
    assert watched.messages() == 0
