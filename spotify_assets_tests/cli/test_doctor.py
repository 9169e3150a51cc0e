"""`spotify-assets doctor` as its user meets it: a line for each examination, and exit code 0 only in health."""

import json
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from spotify_assets.spotify.sign_in import LIBRARY_SCOPE
from spotify_assets.spotify.sign_in_end import AGE_UNKNOWN, end_of
from spotify_assets_tests.cli.test_commands import command, surroundings
from spotify_assets_tests.conftest import REGION, aws_client
from spotify_assets_tests.support.aws.moto import MotoAws
from spotify_assets_tests.support.aws.refusing_server import refusing_server
from spotify_assets_tests.support.processes.prepared import PROGRAM
from spotify_assets_tests.support.spotify.fake import fake_spotify
from spotify_assets_tests.support.spotify.state import FakeSpotify
from spotify_assets_tests.support.wikidata.fake import Script, fake_wikidata

MINE, OTHERS = "6UeSakyzhiEt4NB3UAd6NQ", "37i9dQZEVXbMDoHDwVN2tF"
LINE = re.compile(r"^([✓✗]) ([^:]+): (.+)$")


class Visit:
    """What the doctor said."""

    def __init__(self, printed: str, errors: str, exit_code: int) -> None:
        lines = [LINE.match(line) for line in printed.splitlines()]
        assert errors == ""
        assert all(lines), printed
        found = [line.groups() for line in lines if line]
        self.printed = printed
        self.healthy = {name: sentence for mark, name, sentence in found if mark == "✓"}
        self.ill = {name: sentence for mark, name, sentence in found if mark == "✗"}
        assert exit_code == (1 if self.ill else 0)


Doctor = Callable[..., Visit]


@pytest.fixture
def fake(request: pytest.FixtureRequest) -> Iterator[FakeSpotify]:
    with fake_spotify(getattr(request, "param", "development")) as spotify:
        spotify.add_playlist(MINE, name="My own", songs=250)
        yield spotify


@pytest.fixture
def doctor(tmp_path: Path) -> Doctor:
    """Runs the command in `tmp_path`."""

    def visit(**environment: str) -> Visit:
        answer = command(tmp_path, "doctor", **environment)
        return Visit(answer.stdout, answer.stderr, answer.returncode)

    return visit


@pytest.fixture
def spotify_doctor(tmp_path: Path, doctor: Doctor, fake: FakeSpotify) -> Doctor:
    """The doctor of a lake of Spotify data; `playlists` are the configured ones, no secret is ever printed."""

    def visit(*playlists: str, **environment: str) -> Visit:
        listed = [{"id": playlist, "name": f"List {playlist[:4]}"} for playlist in playlists or (MINE,)]
        (tmp_path / "mine.yaml").write_text(json.dumps({"playlists": listed}))
        given = {
            "SPOTIFY_SOURCE": "spotify",
            "SPOTIFY_ENDPOINT_URL": fake.url,
            "SPOTIFY_CLIENT_ID": fake.client_id,
            "SPOTIFY_CLIENT_SECRET": fake.client_secret,
            "SPOTIFY_REFRESH_TOKEN": fake.refresh_token,
            "PLAYLISTS_FILE": "mine.yaml",
        }
        found = doctor(**{**given, **environment})
        assert not [secret for secret in (*fake.tokens, fake.client_secret) if secret in found.printed]
        return found

    return visit


def the_ill(visit: Visit, name: str, *words: str) -> None:
    """One line is ill, and says these words; the others are healthy."""
    assert visit.ill.keys() == {name}, visit.printed
    for word in words:
        assert word in visit.ill[name]


def on_s3(aws: MotoAws) -> dict[str, str]:
    """A new, empty lake in a bucket."""
    unique = uuid4().hex[:12]
    client = aws_client("s3", aws.endpoint)
    client.create_bucket(Bucket=f"lake-{unique}", CreateBucketConfiguration={"LocationConstraint": REGION})
    return {
        "LAKE_URL": f"s3://lake-{unique}/some/prefix",
        "GLUE_DATABASE": f"lake_{unique}",
        "AWS_ENDPOINT_URL": aws.endpoint,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": REGION,
    }


def test_a_newcomer_is_healthy_and_needs_no_spotify(tmp_path: Path, doctor: Doctor) -> None:
    visit = doctor()
    assert visit.ill == {}
    assert "not needed" in visit.healthy["Spotify"]
    assert "it will hold sample data" in visit.healthy["lake's source"]
    assert "nothing is published yet" in visit.healthy["catalog"]
    assert {path.name for path in (tmp_path / "lake").iterdir()} == {"catalog.db"}


def test_a_lake_on_s3_is_examined_and_left_as_it_was(doctor: Doctor, moto_aws: MotoAws) -> None:
    settings = on_s3(moto_aws)
    assert doctor(**settings).ill == {}
    bucket = settings["LAKE_URL"].split("/")[2]
    assert "Contents" not in aws_client("s3", moto_aws.endpoint).list_objects_v2(Bucket=bucket)


def test_what_is_published_is_counted(tmp_path: Path, doctor: Doctor) -> None:
    assert command(tmp_path, "run", "--days", "1").returncode == 0
    visit = doctor()
    assert visit.ill == {}
    assert re.fullmatch(r"(\d+) of \1 tables published", visit.healthy["catalog"])
    assert "holds sample data" in visit.healthy["lake's source"]


def test_settings_that_cannot_be_used_are_a_line_each(doctor: Doctor) -> None:
    answer = doctor(SNAPSHOT_HOUR="25", SPOTIFY_SOURCE="tidal")
    assert (answer.healthy, answer.ill.keys()) == ({}, {"settings"})
    assert answer.printed.count("✗ settings: ") == 2
    assert "SNAPSHOT_HOUR=25" in answer.printed
    assert "SPOTIFY_SOURCE=tidal" in answer.printed


def test_alerts_go_to_services_by_name_and_an_address_of_none_is_told_by_its_number(doctor: Doctor) -> None:
    # As a user has it: Apprise imports what Python 3.11 deprecates, which Python shows to nobody.
    shown, secret = {"PYTHONWARNINGS": ""}, "json://127.0.0.1/t0ps3cret"
    topic = f"arn:aws:sns:{REGION}:123456789012:alerts"
    visit = doctor(ALERT_ADDRESSES=secret, ALERT_TOPIC_ARN=topic, **shown)
    assert visit.healthy["alerts"].endswith("ALERT_TOPIC_ARN, number 1 of ALERT_ADDRESSES (JSON)")
    wrong = doctor(ALERT_ADDRESSES=f"{secret} nope://t0ps3cret", **shown)
    the_ill(wrong, "alerts", "ALERT_ADDRESSES", "address number 2")
    assert "t0ps3cret" not in visit.printed + wrong.printed


def test_a_playlists_file_that_is_not_there(doctor: Doctor) -> None:
    the_ill(doctor(PLAYLISTS_FILE="none.yaml"), "playlists file", "none.yaml: no such file", "PLAYLISTS_FILE")


def test_a_lake_of_the_other_source(tmp_path: Path, doctor: Doctor) -> None:
    (tmp_path / "lake").mkdir()
    (tmp_path / "lake" / "lake.json").write_text('{"source": "spotify"}')
    the_ill(doctor(), "lake's source", "holds spotify data", "LAKE_URL")


def test_a_lake_that_nobody_can_write(doctor: Doctor) -> None:
    visit = doctor(LAKE_URL="/proc/lake")
    assert visit.ill.keys() == {"lake's source", "lake", "catalog"}
    assert all("/proc/lake" in sentence for sentence in visit.ill.values())


def test_a_bucket_that_is_not_there(doctor: Doctor, moto_aws: MotoAws) -> None:
    visit = doctor(**{**on_s3(moto_aws), "LAKE_URL": f"s3://none-{uuid4().hex}"})
    assert visit.ill.keys() >= {"lake"}
    assert "the bucket does not exist. Create it" in visit.ill["lake"]


def test_an_aws_that_denies_access(doctor: Doctor, moto_aws: MotoAws) -> None:
    with refusing_server(403, "AccessDenied") as endpoint:
        visit = doctor(**{**on_s3(moto_aws), "AWS_ENDPOINT_URL": endpoint, "AWS_MAX_ATTEMPTS": "1"})
    assert visit.ill.keys() == {"lake's source", "lake", "catalog"}
    assert all("access is denied. Grant this role" in sentence for sentence in visit.ill.values())


def test_an_aws_profile_that_is_not_there(doctor: Doctor, moto_aws: MotoAws) -> None:
    visit = doctor(**{**on_s3(moto_aws), "AWS_PROFILE": "nobody", "AWS_REGION": ""})
    assert visit.ill.keys() == {"lake's source", "lake", "catalog"}
    assert all("profile (nobody) could not be found" in sentence for sentence in visit.ill.values())


def test_a_catalog_with_tables_of_a_crawler(doctor: Doctor, moto_aws: MotoAws) -> None:
    settings = on_s3(moto_aws)
    glue = aws_client("glue", moto_aws.endpoint)
    glue.create_database(DatabaseInput={"Name": settings["GLUE_DATABASE"]})
    glue.create_table(DatabaseName=settings["GLUE_DATABASE"], TableInput={"Name": "songs"})
    the_ill(doctor(**settings), "catalog", "set GLUE_DATABASE to a database of this lake's own")


def test_a_signed_in_user_with_a_playlist_of_their_own_is_healthy(spotify_doctor: Doctor, fake: FakeSpotify) -> None:
    visit = spotify_doctor()
    assert visit.ill == {}
    assert visit.healthy["credentials"] == "signed in as the-user"
    assert visit.healthy["end of the sign-in"] == AGE_UNKNOWN
    assert "250 entries" in visit.healthy["playlist List 6UeS"]
    asked = [request.path for request in fake.requests]
    assert asked == ["/api/token", "/v1/me", f"/v1/playlists/{MINE}"]


def test_liked_songs_need_a_sign_in_that_includes_them(spotify_doctor: Doctor, fake: FakeSpotify) -> None:
    entries = fake.playlists[MINE].entries[:3]
    fake.liked = [{"added_at": row["added_at"], "track": row["item"]} for row in entries]
    agreed = fake.sign_in.another_refresh_token(LIBRARY_SCOPE)
    visit = spotify_doctor("liked", SPOTIFY_REFRESH_TOKEN=agreed)
    assert visit.ill == {}
    assert "3 entries" in visit.healthy["playlist List like"]
    the_ill(spotify_doctor("liked"), "playlist List like", "Sign in again", "spotify-assets login")


@pytest.mark.parametrize("fake", ["extended"], indirect=True)
def test_an_app_with_extended_quota_needs_nobody_signed_in(spotify_doctor: Doctor, fake: FakeSpotify) -> None:
    fake.add_playlist(OTHERS, owner="someone-else", songs=3)
    visit = spotify_doctor(MINE, OTHERS, SPOTIFY_REFRESH_TOKEN="")
    assert visit.ill == {}
    assert "nobody is signed in" in visit.healthy["credentials"]
    assert "which do not expire" in visit.healthy["end of the sign-in"]
    assert "3 entries" in visit.healthy["playlist List 37i9"]


def test_an_app_in_development_mode_is_told_to_sign_in(spotify_doctor: Doctor) -> None:
    the_ill(spotify_doctor(SPOTIFY_REFRESH_TOKEN=""), "playlist List 6UeS", "only to its owner", "spotify-assets login")


def test_credentials_may_lie_in_a_secret(spotify_doctor: Doctor, fake: FakeSpotify, moto_aws: MotoAws) -> None:
    made_at = datetime.now(UTC) - timedelta(days=160)
    signed_in = {"refresh_token": fake.refresh_token, "signed_in_at": made_at.isoformat()}
    name, held = f"lake/{uuid4()}", {"client_id": fake.client_id, **signed_in}
    aws_client("secretsmanager", moto_aws.endpoint).create_secret(Name=name, SecretString=json.dumps(held))
    elsewhere = {"SPOTIFY_CLIENT_ID": "", "SPOTIFY_CLIENT_SECRET": "", "SPOTIFY_REFRESH_TOKEN": ""}
    settings = {**on_s3(moto_aws), **elsewhere, "SPOTIFY_SECRET_ID": name}
    visit = spotify_doctor(**settings)
    assert visit.healthy["credentials"] == "signed in as the-user"
    end = visit.healthy["end of the sign-in"]
    assert end.startswith(f"The sign-in ends on {end_of(made_at):%A, %Y-%m-%d}")
    assert end.endswith(" days. Sign in again before: spotify-assets login")
    the_ill(spotify_doctor(**{**settings, "SPOTIFY_SECRET_ID": "none"}), "credentials", "SPOTIFY_CLIENT_ID is not set")


def test_a_sign_in_that_has_ended_is_named_with_its_day(spotify_doctor: Doctor, fake: FakeSpotify) -> None:
    fake.clock.advance(timedelta(days=190))
    made_at = datetime.now(UTC) - timedelta(days=190)
    visit = spotify_doctor(SPOTIFY_SIGNED_IN_AT=made_at.isoformat())
    said = f"he sign-in ended on {end_of(made_at):%A, %Y-%m-%d}"
    assert visit.ill.keys() == {"credentials", "end of the sign-in"}
    assert all(said in line and line.endswith("spotify-assets login") for line in visit.ill.values())


def test_a_lake_that_only_imports_needs_no_account(doctor: Doctor) -> None:
    visit = doctor(SPOTIFY_SOURCE="spotify", ARTIST_FACTS="off")
    assert not visit.ill
    assert "SPOTIFY_CLIENT_ID" in visit.healthy["Spotify"]
    assert "history" not in visit.healthy


def test_a_history_start_that_is_set_is_said_to_be_needed_no_more(doctor: Doctor) -> None:
    visit = doctor(HISTORY_START="2017-01-01")
    assert not visit.ill
    assert visit.healthy["history"].startswith("HISTORY_START=2017-01-01 is no longer needed")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"SPOTIFY_CLIENT_ID": ""}, "SPOTIFY_CLIENT_ID is not set"),
        ({"SPOTIFY_CLIENT_ID": "another"}, "Compare SPOTIFY_CLIENT_ID"),
        ({"SPOTIFY_REFRESH_TOKEN": "another"}, "spotify-assets login"),
        ({"SPOTIFY_REFRESH_TOKEN": "", "SPOTIFY_CLIENT_SECRET": "another"}, "Compare SPOTIFY_CLIENT_ID"),
        ({"SPOTIFY_REFRESH_TOKEN": "", "SPOTIFY_CLIENT_SECRET": ""}, "neither a refresh token nor a client secret"),
        ({"SPOTIFY_ENDPOINT_URL": "http://127.0.0.1:9"}, "127.0.0.1:9 cannot be reached"),
    ],
)
def test_credentials_that_do_not_work(spotify_doctor: Doctor, changes: dict[str, str], words: str) -> None:
    the_ill(spotify_doctor(**changes), "credentials", words)


def test_a_refresh_token_that_was_revoked(spotify_doctor: Doctor, fake: FakeSpotify) -> None:
    fake.revoke_refresh_token()
    the_ill(spotify_doctor(), "credentials", "revoked or expired", "spotify-assets login")


def test_each_playlist_that_cannot_be_read_has_its_own_line(spotify_doctor: Doctor, fake: FakeSpotify) -> None:
    deleted, editorial = "0" * 22, "1" * 22
    fake.add_playlist(OTHERS, owner="someone-else")
    fake.add_playlist(editorial, owner="spotify")
    visit = spotify_doctor(MINE, OTHERS, deleted, editorial)
    assert visit.ill.keys() == {"playlist List 37i9", "playlist List 0000", "playlist List 1111"}
    assert "belongs to someone-else" in visit.ill["playlist List 37i9"]
    assert "it was deleted, is private, or is one of Spotify's own" in visit.ill["playlist List 0000"]
    assert "playlist List 6UeS" in visit.healthy


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (
            {"status": 429, "headers": {"Retry-After": "7200"}},
            r"rate limit is reached\. Try again after 20\d\d-.+ UTC\.",
        ),
        ({"status": 429}, "Try again later"),
        ({"status": 503, "body": "<html>busy"}, r"server error \(503\)"),
        ({"status": 403, "body": {"error": {"status": 403, "message": "Premium required"}}}, "Premium required"),
        ({"status": 403, "body": ""}, "no reason given"),
        ({"status": 403, "body": {"error": "forbidden"}}, "not JSON of its API"),
        ({"kind": "reset"}, "cannot be reached"),
        ({"kind": "garbage"}, "not JSON"),
        ({"status": 200, "body": []}, "not JSON"),
    ],
)
def test_a_spotify_in_trouble(spotify_doctor: Doctor, fake: FakeSpotify, fault: Any, words: str) -> None:
    fake.fail("/v1/playlists/", **fault)
    visit = spotify_doctor()
    the_ill(visit, "playlist List 6UeS")
    assert re.search(words, visit.ill["playlist List 6UeS"])


def test_a_doctor_who_is_interrupted_leaves_in_silence(tmp_path: Path, fake: FakeSpotify) -> None:
    asked = threading.Event()
    fake.before("/api/token", asked.set)
    fake.fail("/api/token", kind="timeout")
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "doctor"],
        cwd=tmp_path,
        env=surroundings(
            SPOTIFY_SOURCE="spotify",
            SPOTIFY_ENDPOINT_URL=fake.url,
            SPOTIFY_CLIENT_ID=fake.client_id,
            SPOTIFY_REFRESH_TOKEN=fake.refresh_token,
        ),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert asked.wait(120)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=120)[1] == ""
    assert process.returncode == 130


def test_a_terminal_without_ticks_is_written_to_all_the_same(tmp_path: Path) -> None:
    answer = command(tmp_path, "doctor", PYTHONIOENCODING="ascii", LAKE_URL="señal")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout.startswith("ok settings: LAKE_URL=se?al")


def test_a_key_for_snowflake_that_is_not_there_is_named(doctor: Doctor) -> None:
    configured = {
        "SNOWFLAKE_ACCOUNT": "myorg-account1",
        "SNOWFLAKE_USER": "LOADER",
        "SNOWFLAKE_PRIVATE_KEY_PATH": "nowhere.p8",
        "SNOWFLAKE_WAREHOUSE": "LOADING",
        "SNOWFLAKE_DATABASE": "MUSIC",
    }
    # As a user has it: dagster-snowflake uses what Pydantic deprecates, which Python shows to nobody.
    found = doctor(PYTHONWARNINGS="", **configured)
    assert found.ill["Snowflake"].startswith("SNOWFLAKE_PRIVATE_KEY_PATH=nowhere.p8: the private key cannot be read")
    assert "Snowflake" not in doctor().printed


def test_wikidata_is_asked_where_it_may_be(spotify_doctor: Doctor) -> None:
    assert "WIKIDATA_CONTACT is not set" in spotify_doctor().healthy["artist facts"]
    assert "ARTIST_FACTS=off" in spotify_doctor(ARTIST_FACTS="off").healthy["artist facts"]
    with fake_wikidata() as fake:
        given = {"WIKIDATA_CONTACT": "me@example.org", "WIKIDATA_ENDPOINT_URL": fake.url}
        assert spotify_doctor(**given).healthy["artist facts"] == "wikidata answers"
        fake.scripts.append(Script("status", 9, status=403))
        the_ill(spotify_doctor(**given), "artist facts", "refuses to answer (403)", "WIKIDATA_CONTACT")


def test_what_others_land_is_not_asked_of_spotify(tmp_path: Path, doctor: Doctor) -> None:
    (tmp_path / "mine.yaml").write_text(f"playlists:\n  - {{id: {OTHERS}, region: us, capture: false}}\n")
    visit = doctor(PLAYLISTS_FILE="mine.yaml", SPOTIFY_SOURCE="spotify", SPOTIFY_CLIENT_ID="app", WIKIDATA_CONTACT="")
    assert visit.healthy["playlists file"] == "1 playlist in mine.yaml, 1 of them landed by others"
    assert "capture: false" in visit.healthy["Spotify"]
    assert "credentials" not in visit.healthy.keys() | visit.ill.keys()
    assert visit.healthy["published days"] == "All published days match playlists.yaml."
