"""People are told that a sign-in ends: once at each stage, by every channel, and CloudWatch how many days are left."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import dagster as dg
import pytest
from pydantic import SecretStr

from spotify_assets.automation.sign_in_alerts import sign_in_end, tell_of_end
from spotify_assets.lake.lake import Lake
from spotify_assets.spotify.sign_in_end import AGE_UNKNOWN, NOTHING_ENDS, end_of, outlook
from spotify_assets_tests.conftest import IN_A_FOLDER, OpenLake, aws_client
from spotify_assets_tests.support.aws.moto import MotoAws
from spotify_assets_tests.support.processes.at_once import at_once
from spotify_assets_tests.support.processes.web_hook import WebHook, web_hook

# It ends on a Sunday, the last of February.
SIGNED_IN_AT = datetime(2026, 8, 31, 9, 30, tzinfo=UTC)
SUNDAY = end_of(SIGNED_IN_AT)


@pytest.fixture
def hook() -> Iterator[WebHook]:
    with web_hook() as found:
        yield found


def user(**changes: Any) -> dict[str, Any]:
    """Settings of somebody who has signed in."""
    return {"spotify_client_id": "app", "spotify_refresh_token": SecretStr("token"), **changes}


def told(lake: Lake, now: datetime, signed_in_at: datetime = SIGNED_IN_AT) -> list[str]:
    said, warned = list[str](), list[str]()
    tell_of_end(lake, outlook(signed_in_at, now), said.append, warned.append)
    assert warned == []
    return said


def tick(lake: Lake) -> str:
    with dg.build_sensor_context(resources={"lake": lake}) as context:
        return sign_in_end.evaluate_tick(context).skip_message or ""


def test_each_stage_is_told_once_however_often_it_is_looked_at(open_lake: OpenLake, hook: WebHook) -> None:
    lake = open_lake(alert_addresses=SecretStr(hook.address))
    for hour in range(-24 * 40, 24 * 40, 6):
        told(lake, SUNDAY + timedelta(hours=hour))
    titles = [taken["title"] for taken in hook.taken]
    assert titles == [
        *["Spotify lakehouse: the sign-in ends on Sunday, 2027-02-28"] * 9,
        "Spotify lakehouse: the sign-in ended on Sunday, 2027-02-28",
    ]
    lines = [taken["message"].splitlines()[0] for taken in hook.taken]
    assert [line.partition(" UTC)")[2].partition(".")[0] for line in lines[:-1]] == [
        ", in 30 days",
        *(f", in {days} days" for days in (7, 6, 5, 4, 3, 2)),
        ", in 1 day",
        ", today",
    ]
    assert all(line.endswith(": spotify-assets login") for line in lines)


def test_of_several_processes_one_tells_and_a_new_sign_in_counts_anew(open_lake: OpenLake, hook: WebHook) -> None:
    lakes = [open_lake(alert_addresses=SecretStr(hook.address)) for _ in range(4)]
    said = at_once(*(lambda lake=lake: told(lake, SUNDAY - timedelta(days=3)) for lake in lakes))
    assert sorted(map(len, said)) == [0, 0, 0, 1]
    again = SIGNED_IN_AT + timedelta(days=180)
    assert told(lakes[0], SUNDAY, again) == []
    assert len(told(lakes[0], end_of(again) - timedelta(days=3), again)) == 1
    assert len(hook.taken) == 2


@IN_A_FOLDER
def test_a_look_says_what_is_known_and_logs_what_is_due(open_lake: OpenLake, capfd: pytest.CaptureFixture[str]) -> None:
    now = datetime.now(UTC)
    far, near = now - timedelta(days=10), now - timedelta(days=178)
    assert "; then sign in again" in tick(open_lake(**user(spotify_signed_in_at=far)))
    assert "the sign-in ends on" not in capfd.readouterr().err
    lake = open_lake(**user(spotify_signed_in_at=near))
    for times in (1, 0):
        assert f"The sign-in ends on {end_of(near):%A, %Y-%m-%d}" in tick(lake)
        assert capfd.readouterr().err.count("Spotify lakehouse: the sign-in ends on") == times


@IN_A_FOLDER
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (user(), AGE_UNKNOWN),
        ({"spotify_client_id": "app", "spotify_client_secret": SecretStr("secret")}, NOTHING_ENDS),
        ({}, "Nothing is captured"),
        ({"spotify_source": "sample"}, "The sample source needs no sign-in."),
        ({"spotify_client_secret": SecretStr("secret")}, "SPOTIFY_CLIENT_ID is not set"),
    ],
)
def test_where_no_end_is_known_nobody_is_told(
    open_lake: OpenLake, hook: WebHook, changes: dict[str, Any], said: str
) -> None:
    lake = open_lake(**{"spotify_source": "spotify", "alert_addresses": SecretStr(hook.address), **changes})
    assert said in tick(lake)
    assert hook.taken == []


@IN_A_FOLDER
@pytest.mark.parametrize("days", [100, 200])
def test_cloudwatch_is_told_how_many_days_are_left(open_lake: OpenLake, moto_aws: MotoAws, days: int) -> None:
    made_at = datetime.now(UTC) - timedelta(days=days)
    on_aws = {"metrics_namespace": f"Lake{uuid4().hex}", "aws_endpoint_url": moto_aws.endpoint}
    lake = open_lake(**user(spotify_signed_in_at=made_at), **on_aws)
    tick(lake)
    [told] = aws_client("cloudwatch", moto_aws.endpoint).get_metric_statistics(
        Namespace=lake.settings.metrics_namespace,
        MetricName="SignInDaysLeft",
        Dimensions=[{"Name": "LakeUrl", "Value": lake.settings.lake_url}],
        StartTime=datetime.now(UTC) - timedelta(hours=1),
        EndTime=datetime.now(UTC) + timedelta(hours=1),
        Period=7200,
        Statistics=["Maximum"],
    )["Datapoints"]
    left = (end_of(made_at) - datetime.now(UTC)) / timedelta(days=1)
    assert told["Maximum"] == pytest.approx(left, abs=0.1)
    assert (told["Maximum"] < 0) == (days == 200)
