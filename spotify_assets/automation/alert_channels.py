"""Channels for alerts: an SNS topic, and every service that Apprise supports (email, Slack, Teams, Matrix, webhooks …).

Apprise addresses carry tokens. So they are only named by number, and the log output of libraries while sending is
dropped: it contains addresses and full requests.
"""

import logging
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from spotify_assets.automation.alerts import LONGEST_SUBJECT, Alert
from spotify_assets.aws.client import aws_client
from spotify_assets.config import Settings, SettingsError

if TYPE_CHECKING:
    from apprise import NotifyBase

# For all channels together; a sensor may take a minute.
ANSWER_SECONDS = 15.0
APP = "Spotify lakehouse"
# Between addresses; a comma may also be part of one.
SEPARATOR = re.compile(r"\s+|,\s*(?=[\w+.-]+://)")
# Characters with which chat services mention people, defused by a zero-width space.
CALLS = str.maketrans({"@": "@\u200b", "<": "<\u200b"})
TALKATIVE = ("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry", "requests_oauthlib")

# Whether an alert is being sent; threads that Apprise starts inherit it.
_is_sending: ContextVar[bool] = ContextVar("is_sending", default=False)


def _is_kept(_: logging.LogRecord) -> bool:
    return False


def _is_no_alert(_: logging.LogRecord) -> bool:
    return not _is_sending.get()


logging.getLogger("apprise").addFilter(_is_kept)
for _name in TALKATIVE:
    logging.getLogger(_name).addFilter(_is_no_alert)


@dataclass(frozen=True)
class Channel:
    """A channel: its name, without secrets, and a function that sends an alert and gives what went wrong."""

    name: str
    send: Callable[[Alert], str | None]


def channels(settings: Settings) -> list[Channel]:
    """The configured channels.

    Raises:
        SettingsError: Apprise does not support an address.
    """
    found: list[Channel] = []
    if settings.alert_topic_arn is not None:
        found.append(Channel("ALERT_TOPIC_ARN", lambda alert: _publish(alert, settings)))
    if settings.alert_addresses is not None:
        found += _addresses(settings.alert_addresses.get_secret_value())
    return found


def deliver(alert: Alert, settings: Settings, seconds: float = ANSWER_SECONDS) -> list[str]:
    """Sends an alert by every channel at once, and waits at most `seconds`; gives what went wrong.

    Raises:
        SettingsError: as `channels`.
    """
    problems: dict[str, str | None] = {}
    wanted = channels(settings)

    def send(channel: Channel) -> None:
        _is_sending.set(True)
        try:
            problems[channel.name] = channel.send(alert)
        # Any error of a library; its text may contain the address.
        except Exception as error:
            problems[channel.name] = f"The alert could not be sent to {channel.name}: {type(error).__name__}."

    # Not a pool: at exit the process must not wait for a service that never answers.
    sending = [threading.Thread(target=send, args=[found], daemon=True) for found in wanted]
    for thread in sending:
        thread.start()
    deadline = time.monotonic() + seconds
    for thread in sending:
        thread.join(max(0.0, deadline - time.monotonic()))
    silent = f"did not answer within {seconds:g} s; whether the alert arrived is unknown."
    told = [problems.get(found.name, f"{found.name} {silent}") for found in wanted]
    return [problem for problem in told if problem is not None]


def _publish(alert: Alert, settings: Settings) -> str | None:
    topic = settings.alert_topic_arn or ""
    try:
        client = aws_client("sns", settings.aws_endpoint_url, region=topic.split(":")[3])
        client.publish(TopicArn=topic, Subject=_sns_subject(alert.subject), Message=alert.message)
    except (ClientError, BotoCoreError) as error:
        return f"The alert could not be sent to {topic} (ALERT_TOPIC_ARN): {error}"
    return None


def _sns_subject(subject: str) -> str:
    """https://docs.aws.amazon.com/sns/latest/api/API_Publish.html: at most 100 printable ASCII characters."""
    return "".join(sign if " " <= sign <= "~" else "?" for sign in subject)[:LONGEST_SUBJECT]


def _addresses(text: str) -> Iterator[Channel]:
    # Importing its services takes longer than most commands, and most people set no address.
    from apprise import Apprise, AppriseAsset  # noqa: PLC0415

    # Its own timeout would use a thread pool, which a process waits for at exit.
    asset = AppriseAsset(async_mode=False, app_id=APP, app_desc=APP, storage_mode="memory", service_timeout=0)
    for number, address in enumerate(filter(None, SEPARATOR.split(text)), 1):
        service = Apprise.instantiate(address, asset=asset)
        name = f"number {number} of ALERT_ADDRESSES"
        if service is None:
            raise SettingsError(
                f"ALERT_ADDRESSES: Apprise knows no service for address number {number}, or needs a library for it "
                "that is not installed. Use addresses as described at https://appriseit.com/services/, separated by "
                "spaces."
            )
        named = f"{name} ({service.service_name})"
        yield Channel(named, lambda alert, service=service, named=named: _notify(alert, service, named))


def _notify(alert: Alert, service: "NotifyBase", name: str) -> str | None:
    from apprise import Apprise, NotifyFormat  # noqa: PLC0415  as above

    taken = Apprise(service).notify(
        body=alert.message.translate(CALLS), title=alert.subject.translate(CALLS), body_format=NotifyFormat.TEXT
    )
    return None if taken else f"{name} did not accept the alert. `apprise -vv ADDRESS` shows why."
