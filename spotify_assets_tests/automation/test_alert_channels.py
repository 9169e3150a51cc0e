"""How alerts reach people: a web hook over HTTP, a topic, and channels that fail; no address is ever shown."""

import json
import logging
from collections.abc import Iterator
from uuid import uuid4

import pytest
from pydantic import SecretStr

from spotify_assets.automation.alert_channels import channels, deliver
from spotify_assets.automation.alerts import Alert
from spotify_assets.config import Settings, SettingsError
from spotify_assets_tests.conftest import REGION, aws_client
from spotify_assets_tests.support.aws.moto import MotoAws
from spotify_assets_tests.support.processes.silent_server import silent_server
from spotify_assets_tests.support.processes.web_hook import WebHook, web_hook

TOKEN = "t0ps3cret"
ALERT = Alert("Çharts: 1 change", "- Song\n- <!channel> & @everyone")
REFUSING = "json://127.0.0.1:9"


@pytest.fixture
def hook() -> Iterator[WebHook]:
    with web_hook(TOKEN) as found:
        yield found


def addressed(*addresses: str, between: str = " ") -> Settings:
    return Settings(alert_addresses=SecretStr(between.join(addresses)))


def test_an_address_gets_title_and_text_in_which_names_call_nobody(hook: WebHook) -> None:
    assert deliver(ALERT, addressed(hook.address)) == []
    [taken] = hook.taken
    assert (taken["title"], taken["message"]) == (ALERT.subject, "- Song\n- <\u200b!channel> & @\u200beveryone")
    assert hook.paths[0].startswith(f"/{TOKEN}")


@pytest.mark.parametrize("between", [" ", "\n", ",", ", ", " , "])
def test_several_addresses_all_get_it_and_those_that_fail_are_named_by_number(hook: WebHook, between: str) -> None:
    hook_again, refusing = f"{hook.address}/again?a=b,c", f"{REFUSING}/{TOKEN}"
    problems = deliver(ALERT, addressed(hook.address, refusing, hook_again, between=between))
    said = "number 2 of ALERT_ADDRESSES (JSON) did not accept the alert. `apprise -vv ADDRESS` shows why."
    assert problems == [said]
    assert len(hook.taken) == 2


def test_a_service_that_answers_with_an_error_did_not_take_it(hook: WebHook) -> None:
    hook.status = 500
    [problem] = deliver(ALERT, addressed(hook.address))
    assert problem.startswith("number 1 of ALERT_ADDRESSES (JSON) did not accept the alert.")


def test_a_service_that_never_answers_is_waited_for_so_long_and_holds_up_no_other(hook: WebHook) -> None:
    with silent_server() as url:
        problems = deliver(ALERT, addressed(url.replace("http", "json"), hook.address), seconds=1)
    assert problems == [
        "number 1 of ALERT_ADDRESSES (JSON) did not answer within 1 s; whether the alert arrived is unknown."
    ]
    assert len(hook.taken) == 1


def test_a_topic_gets_it_with_a_subject_that_sns_takes(moto_aws: MotoAws) -> None:
    sns, sqs = aws_client("sns", moto_aws.endpoint), aws_client("sqs", moto_aws.endpoint)
    name = f"alerts-{uuid4().hex[:8]}"
    topic, queue = sns.create_topic(Name=name)["TopicArn"], sqs.create_queue(QueueName=name)["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=attributes["QueueArn"])
    settings = Settings(alert_topic_arn=topic, aws_endpoint_url=moto_aws.endpoint)
    assert deliver(Alert("東京: 1 change " + "x" * 200, ALERT.message), settings) == []
    [message] = sqs.receive_message(QueueUrl=queue)["Messages"]
    body = json.loads(message["Body"])
    assert body["Message"] == ALERT.message
    assert body["Subject"].startswith("??: 1 change xx")
    assert len(body["Subject"]) == 100


def test_a_topic_that_is_not_there_is_said_and_the_address_gets_it(moto_aws: MotoAws, hook: WebHook) -> None:
    missing = f"arn:aws:sns:{REGION}:123456789012:missing"
    changes = {"alert_topic_arn": missing, "aws_endpoint_url": moto_aws.endpoint}
    [problem] = deliver(ALERT, addressed(hook.address).model_copy(update=changes))
    assert problem.startswith(f"The alert could not be sent to {missing} (ALERT_TOPIC_ARN)")
    assert len(hook.taken) == 1


def test_without_channels_nothing_is_sent() -> None:
    assert deliver(ALERT, Settings()) == []
    assert deliver(ALERT, addressed("  ")) == []


@pytest.mark.parametrize("wrong", [f"nope://{TOKEN}", TOKEN, f"mqtt://{TOKEN}", f"slack://{TOKEN}"])
def test_an_address_that_is_none_is_refused_by_its_number_alone(wrong: str) -> None:
    with pytest.raises(SettingsError) as error:
        channels(addressed(f"{REFUSING}/{TOKEN}", wrong))
    assert str(error.value) == (
        "ALERT_ADDRESSES: Apprise knows no service for address number 2, or needs a library for it that is not "
        "installed. Use addresses as described at https://appriseit.com/services/, separated by spaces."
    )


def test_no_log_at_any_level_names_an_address(hook: WebHook, caplog: pytest.LogCaptureFixture) -> None:
    settings = addressed(hook.address, f"{REFUSING}/{TOKEN}", f"xml://user:{TOKEN}@127.0.0.1:9", hook.address)
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, "apprise"):
        problems = deliver(ALERT, settings)
    assert len(hook.taken) == 2
    assert len(problems) == 2
    assert TOKEN not in caplog.text + "".join(problems) + repr(settings) + str([*map(repr, channels(settings))])
