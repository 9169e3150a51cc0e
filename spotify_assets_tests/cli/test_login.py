"""`spotify-assets login` as its user meets it: a real process, a browser that follows the address, a fake Spotify."""

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
import requests
from dateutil.relativedelta import relativedelta
from dotenv import dotenv_values

from spotify_assets.spotify.sign_in import SignInError, listed_uri, sign_in
from spotify_assets_tests.cli.test_commands import surroundings
from spotify_assets_tests.conftest import REGION, aws_client
from spotify_assets_tests.support.aws.moto import MotoAws
from spotify_assets_tests.support.aws.refusing_server import refusing_server
from spotify_assets_tests.support.processes.prepared import PROGRAM, run_command
from spotify_assets_tests.support.spotify.fake import fake_spotify
from spotify_assets_tests.support.spotify.state import FakeSpotify

# A browser of one line; it is given the address as its last word.
VISIT = "import sys, urllib.request; urllib.request.urlopen(sys.argv[1]).read()"
BROWSER = f"{sys.executable} -c '{VISIT}' %s"
ADDRESS = re.compile(r"^  (http://\S+/authorize\?\S+)$", re.MULTILINE)


@pytest.fixture
def fake() -> Iterator[FakeSpotify]:
    with fake_spotify("development") as spotify:
        yield spotify


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


Login = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def login(tmp_path: Path, fake: FakeSpotify, port: int) -> Login:
    """Runs the command in `tmp_path` with a browser that does what Spotify says."""
    given = {"SPOTIFY_CLIENT_ID": fake.client_id, "SPOTIFY_ENDPOINT_URL": fake.url, "BROWSER": BROWSER}

    def run(*arguments: str, typed: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        surrounded = surroundings(**{**given, **environment})
        return run_command(["login", "--port", str(port), *arguments], tmp_path, surrounded, typed)

    return run


def issued(fake: FakeSpotify) -> str:
    """The refresh token of the sign-in, as proven by using it."""
    token = next(token for token in reversed(fake.tokens) if token.startswith("AQ"))
    form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": fake.client_id}
    answer = requests.post(f"{fake.url}/api/token", data=form, timeout=60).json()
    assert answer["scope"] == "playlist-read-private playlist-read-collaborative"
    return token


def is_now(text: str | None) -> bool:
    """Whether a time that was kept is in the last minutes, in UTC and to the second."""
    assert text is not None
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text)
    return timedelta() <= datetime.now(UTC) - datetime.fromisoformat(text) < timedelta(minutes=5)


def silent(answer: subprocess.CompletedProcess[str], fake: FakeSpotify) -> None:
    """Nothing that was issued is on the screen, and nothing is wrong."""
    printed = answer.stdout + answer.stderr
    assert not [token for token in fake.tokens if token in printed]
    assert "Traceback" not in printed
    assert "Warning" not in printed


def failed(answer: subprocess.CompletedProcess[str], *words: str) -> None:
    """One clear message, and nothing stored."""
    assert answer.returncode == 1
    message = answer.stderr.strip().splitlines()
    assert len(message) == 1
    assert message[0].startswith("error: ") or message[0].partition("error: ")[1]
    for word in words:
        assert word in message[0]


def test_the_token_goes_into_a_new_env_file_that_only_its_owner_reads(
    login: Login, tmp_path: Path, fake: FakeSpotify
) -> None:
    answer = login("--store", "env")
    assert (answer.returncode, answer.stderr) == (0, "")
    silent(answer, fake)
    token, made_at = (tmp_path / ".env").read_text().splitlines()
    assert token == f"SPOTIFY_REFRESH_TOKEN={issued(fake)}"
    assert is_now(made_at.removeprefix("SPOTIFY_SIGNED_IN_AT="))
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
    assert str(tmp_path / ".env") in answer.stdout
    end = datetime.now(UTC) + relativedelta(months=6)
    assert f"six months from now, on {end:%A, %Y-%m-%d} (" in answer.stdout
    assert list(tmp_path.iterdir()) == [tmp_path / ".env"]


@pytest.mark.parametrize(("playlist", "asks"), [("liked", True), ("6UeSakyzhiEt4NB3UAd6NQ", False)])
def test_the_library_is_asked_for_where_liked_songs_are_named(
    login: Login, tmp_path: Path, playlist: str, asks: bool
) -> None:
    (tmp_path / "mine.yaml").write_text(json.dumps({"playlists": [{"id": playlist}]}))
    answer = login("--store", "env", PLAYLISTS_FILE="mine.yaml")
    assert answer.returncode == 0
    found = ADDRESS.search(answer.stdout)
    assert found is not None
    [scope] = parse_qs(urlsplit(found[1]).query)["scope"]
    assert ("user-library-read" in scope.split()) == asks


@pytest.mark.parametrize("ending", ["\n", ""])
def test_other_lines_of_the_env_file_stay_as_they_are(
    login: Login, tmp_path: Path, fake: FakeSpotify, ending: str
) -> None:
    before = "# mine\nLAKE_URL='a lake'\n\n#SPOTIFY_REFRESH_TOKEN=\nexport SPOTIFY_REFRESH_TOKEN=old\nSNAPSHOT_HOUR=7"
    (tmp_path / ".env").write_text(before + ending)
    (tmp_path / ".env").chmod(0o640)
    assert login("--store", "env").returncode == 0
    line = f"SPOTIFY_REFRESH_TOKEN={issued(fake)}"
    kept = before.replace("export SPOTIFY_REFRESH_TOKEN=old", line)
    assert re.fullmatch(re.escape(kept) + r"\nSPOTIFY_SIGNED_IN_AT=\S+\n", (tmp_path / ".env").read_text())
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o640


def test_a_line_is_added_to_an_env_file_without_one(login: Login, tmp_path: Path, fake: FakeSpotify) -> None:
    (tmp_path / ".env").write_text("LAKE_URL=lake")
    answer = login("--store", "env", SPOTIFY_REFRESH_TOKEN="an-old-one")
    kept = dotenv_values(tmp_path / ".env")
    assert is_now(kept.pop("SPOTIFY_SIGNED_IN_AT"))
    assert kept == {"LAKE_URL": "lake", "SPOTIFY_REFRESH_TOKEN": issued(fake)}
    assert "Running processes use it" in answer.stdout


def test_without_a_choice_it_asks_until_it_understands(login: Login, tmp_path: Path, fake: FakeSpotify) -> None:
    answer = login(typed="somewhere\n Show\n")
    assert answer.returncode == 0
    assert answer.stdout.count("env / show: ") == 2
    token, made_at = answer.stdout.splitlines()[-2:]
    assert token.endswith(f" SPOTIFY_REFRESH_TOKEN={issued(fake)}")
    assert is_now(made_at.removeprefix("SPOTIFY_SIGNED_IN_AT="))
    assert list(tmp_path.iterdir()) == []


def test_without_anybody_to_ask_nothing_is_stored(login: Login, fake: FakeSpotify) -> None:
    answer = login()
    failed(answer, "Nothing was stored", "--store env|secret|show")
    silent(answer, fake)


@pytest.fixture
def secrets_manager(moto_aws: MotoAws) -> Any:
    return aws_client("secretsmanager", moto_aws.endpoint)


def on_aws(moto_aws: MotoAws, secret_id: str) -> dict[str, str]:
    return {
        "SPOTIFY_SECRET_ID": secret_id,
        "AWS_ENDPOINT_URL": moto_aws.endpoint,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": REGION,
    }


def test_a_secret_that_is_not_there_is_made(
    login: Login, fake: FakeSpotify, moto_aws: MotoAws, secrets_manager: Any
) -> None:
    name = f"lake/{uuid4()}"
    answer = login(typed="secret\n", **on_aws(moto_aws, name))
    assert answer.returncode == 0, answer.stderr
    silent(answer, fake)
    held = json.loads(secrets_manager.get_secret_value(SecretId=name)["SecretString"])
    assert is_now(held.pop("signed_in_at"))
    assert held == {"client_id": fake.client_id, "refresh_token": issued(fake)}


def test_a_secret_keeps_what_it_holds_and_may_tell_the_client_id(
    login: Login, fake: FakeSpotify, moto_aws: MotoAws, secrets_manager: Any
) -> None:
    name = f"lake/{uuid4()}"
    old = {"refresh_token": "old", "signed_in_at": "2026-01-31T06:00:00Z"}
    before = {"client_id": fake.client_id, "client_secret": "kept", "note": "mine", **old}
    secrets_manager.create_secret(Name=name, SecretString=json.dumps(before))
    answer = login("--store", "secret", **on_aws(moto_aws, name), SPOTIFY_CLIENT_ID="")
    assert answer.returncode == 0, answer.stderr
    silent(answer, fake)
    held = json.loads(secrets_manager.get_secret_value(SecretId=name)["SecretString"])
    made_at = held["signed_in_at"]
    assert is_now(made_at)
    assert held == {**before, "refresh_token": issued(fake), "signed_in_at": made_at}


@pytest.mark.parametrize(
    ("held", "words"),
    [
        ("not JSON", "is not a JSON object"),
        ("[1]", "is not a JSON object"),
        ('{"client_id": "of-another-app"}', "belongs to the app of-another-app"),
    ],
)
def test_a_secret_of_something_else_is_left_alone(
    login: Login, fake: FakeSpotify, moto_aws: MotoAws, held: str, words: str
) -> None:
    secrets_manager, name = aws_client("secretsmanager", moto_aws.endpoint), f"lake/{uuid4()}"
    secrets_manager.create_secret(Name=name, SecretString=held)
    answer = login("--store", "secret", **on_aws(moto_aws, name))
    failed(answer, words)
    silent(answer, fake)
    assert secrets_manager.get_secret_value(SecretId=name)["SecretString"] == held


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("AccessDeniedException", "Grant this role GetSecretValue"),
        ("UnrecognizedClientException", "credentials are missing or invalid"),
        ("InvalidRequestException", "refused"),
    ],
)
def test_a_secrets_manager_that_refuses_is_one_clear_message(
    login: Login, moto_aws: MotoAws, code: str, words: str
) -> None:
    with refusing_server(400, code) as endpoint:
        settings = {**on_aws(moto_aws, "a-secret"), "AWS_ENDPOINT_URL": endpoint}
        failed(login("--store", "secret", **settings), "the secret a-secret", words)


def test_a_secrets_manager_that_is_not_there_is_one_clear_message(login: Login, port: int, moto_aws: MotoAws) -> None:
    settings = {**on_aws(moto_aws, "a-secret"), "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", "AWS_MAX_ATTEMPTS": "1"}
    answer = login("--store", "secret", **settings, SPOTIFY_CLIENT_ID="")
    failed(answer, "Cannot read the secret a-secret: AWS cannot be reached")


def test_without_a_client_id_it_says_how_to_get_one(login: Login, port: int) -> None:
    answer = login(SPOTIFY_CLIENT_ID="")
    failed(answer, "SPOTIFY_CLIENT_ID is not set", "developer.spotify.com/dashboard", listed_uri())
    failed(login("--store", "secret"), "SPOTIFY_SECRET_ID")


def test_a_port_in_use_names_another(login: Login) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        taken_port = taken.getsockname()[1]
        failed(login("--port", str(taken_port)), f"Port {taken_port} is in use", f"--port {taken_port + 1}")


def test_a_user_who_declines_is_told_what_that_means(login: Login, tmp_path: Path, fake: FakeSpotify) -> None:
    fake.sign_in.denies = True
    failed(login("--store", "env"), "Access was denied")
    assert list(tmp_path.iterdir()) == []


def test_an_answer_with_another_state_is_not_used(login: Login, fake: FakeSpotify) -> None:
    fake.sign_in.forged_state = "forged"
    failed(login("--store", "env"), "state differs")
    assert not [request for request in fake.requests if request.path == "/api/token"]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"status": 400, "body": {"error": "invalid_grant", "error_description": "Invalid code"}}, "Invalid code"),
        ({"status": 503, "body": "<html>\nbusy"}, "gave no token"),
        ({"kind": "reset"}, "cannot be reached"),
        ({"kind": "garbage"}, "without a token"),
        ({"status": 200, "body": {"access_token": "BQ", "expires_in": 3600}}, "without a refresh token"),
        ({"status": 200, "body": {}}, "without a refresh token"),
    ],
)
def test_a_code_that_is_not_exchanged_is_one_clear_message(
    login: Login, fake: FakeSpotify, fault: Any, words: str
) -> None:
    fake.fail("/api/token", **fault)
    answer = login("--store", "env")
    failed(answer, words)
    silent(answer, fake)


class Waiting:
    """The command while it waits for somebody to sign in."""

    def __init__(self, folder: Path, fake: FakeSpotify, port: int) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, "login", "--port", str(port), "--store", "env", "--no-browser"],
            cwd=folder,
            env=surroundings(SPOTIFY_CLIENT_ID=fake.client_id, SPOTIFY_ENDPOINT_URL=fake.url),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.shown = ""
        # The last line before the wait; without any, the pipe ends.
        while "ssh -L" not in self.shown and (line := self.process.stdout.readline()):
            self.shown += line
        found = ADDRESS.search(self.shown)
        assert found is not None, self.shown
        self.address = found.group(1)

    def end(self) -> tuple[int, str]:
        printed, errors = self.process.communicate(timeout=120)
        self.shown += printed
        return self.process.returncode, errors


def test_without_a_browser_the_address_is_enough_and_strays_do_not_disturb(
    tmp_path: Path, fake: FakeSpotify, port: int
) -> None:
    waiting = Waiting(tmp_path, fake, port)
    query = parse_qs(urlsplit(waiting.address).query)
    assert query["code_challenge_method"] == ["S256"]
    assert query["scope"] == ["playlist-read-private playlist-read-collaborative"]
    # A connection that is never used, an icon, and somebody who opens the callback by hand.
    with socket.create_connection(("127.0.0.1", port)):
        for path in ("favicon.ico", "callback", "callback?state=x"):
            assert requests.get(f"http://127.0.0.1:{port}/{path}", timeout=60).status_code == 404
        page = requests.get(waiting.address, timeout=60)
    assert page.status_code == 200
    assert "return to the terminal" in page.text
    assert waiting.end() == (0, "")
    assert issued(fake) in (tmp_path / ".env").read_text()


def test_a_redirect_uri_that_is_not_registered_is_foreseen(tmp_path: Path, fake: FakeSpotify, port: int) -> None:
    fake.sign_in.redirect_uris = ("http://127.0.0.1/elsewhere",)
    waiting = Waiting(tmp_path, fake, port)
    page = requests.get(waiting.address, timeout=60)
    assert (page.status_code, "Invalid redirect URI" in page.text) == (400, True)
    hint = next(line for line in waiting.shown.splitlines() if "Invalid redirect URI" in line)
    assert f"add {listed_uri()} in" in hint
    waiting.process.send_signal(signal.SIGINT)
    assert waiting.end() == (1, "error: Stopped; nothing was stored.\n")


def test_nobody_who_signs_in_is_a_message_with_what_to_look_at(fake: FakeSpotify, port: int) -> None:
    threads = threading.active_count()
    with pytest.raises(SignInError, match="Nobody signed in within") as caught:
        sign_in(fake.client_id, port, 0.05, lambda _: None, fake.url)
    assert f"must list {listed_uri()}." in str(caught.value)
    assert threading.active_count() == threads


def test_the_env_file_of_a_folder_that_is_read_only_is_one_clear_message(
    login: Login, tmp_path: Path, fake: FakeSpotify
) -> None:
    if os.geteuid() == 0:
        (tmp_path / ".env").mkdir()
    else:
        tmp_path.chmod(0o500)
    answer = login("--store", "env")
    failed(answer, ".env cannot be written", "--store show")
    silent(answer, fake)
