"""The door in front of Dagster: Apache by the image's own command, two of Dagster's webservers, a stand-in provider."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
import yaml
from websockets.exceptions import InvalidStatus

from spotify_assets_tests.automation.conftest import ROOT
from spotify_assets_tests.support.door.browser import Browser
from spotify_assets_tests.support.door.provider import CLIENT_ID, CLIENT_SECRET, Provider, signing_in
from spotify_assets_tests.support.door.running import IS_INSTALLED, House, built, running
from spotify_assets_tests.support.processes.postgres_server import free_port

SERVICES = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text(encoding="utf-8"))["services"]
DAGSTERS_PAGE = 'id="initialization-data"'
WHO_MAY = "{ permissions { permission value } }"
DELETE = 'mutation { deletePipelineRun(runId: "0") { __typename } }'
pytestmark = pytest.mark.skipif(
    not IS_INSTALLED, reason="Apache is not installed (Debian: apt-get install apache2 libapache2-mod-auth-openidc)"
)


@dataclass(frozen=True)
class Place:
    """A door that is open to those who may, and what is around it."""

    url: str
    settings: Mapping[str, str]
    provider: Provider
    house: House


@contextmanager
def dagster(name: str, port: int, home: Path) -> Iterator[None]:
    """A webserver by its container's command, of an empty workspace."""
    home.mkdir()
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    words = " ".join(SERVICES[name]["command"]).replace("0.0.0.0", "127.0.0.1").replace("3000", str(port))
    words = words.replace("-w /opt/dagster/home/workspace.yaml", "--empty-workspace")
    environment = {**os.environ, "DAGSTER_HOME": str(home)}
    program, *options = words.split()
    command = [str(Path(sys.executable).parent / program), *options]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def await_answer(url: str) -> None:
    deadline = time.monotonic() + 180
    while True:
        with suppress(requests.ConnectionError):
            requests.get(url, timeout=60).raise_for_status()
            return
        assert time.monotonic() < deadline, f"{url} does not answer"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    ports = {name: free_port() for name in ("http", "https", "webserver", "viewer")}
    homes = tmp_path_factory.mktemp("dagster")
    url = f"https://localhost:{ports['https']}"
    with (
        built() as house,
        dagster("webserver", ports["webserver"], homes / "webserver"),
        dagster("viewer", ports["viewer"], homes / "viewer"),
        signing_in(f"{url}/door/signed-in") as provider,
    ):
        settings = {
            "DOOR_HOST": url.removeprefix("https://"),
            "DOOR_ISSUER": provider.url,
            "DOOR_CLIENT_ID": CLIENT_ID,
            "DOOR_CLIENT_SECRET": CLIENT_SECRET,
            "DOOR_OPERATORS": "omar@example.com, data team",
            "DOOR_VIEWERS": "analysts",
            "DOOR_CERTIFICATE": str(house.certificate),
            "DOOR_CERTIFICATE_KEY": str(house.key),
        }
        image = {
            "DOOR_HTTP_PORT": str(ports["http"]),
            "DOOR_HTTPS_PORT": str(ports["https"]),
            "DOOR_WEBSERVER": f"127.0.0.1:{ports['webserver']}",
            "DOOR_VIEWER": f"127.0.0.1:{ports['viewer']}",
        }
        settings |= image
        with running(house, settings):
            await_answer(f"http://127.0.0.1:{ports['webserver']}/server_info")
            await_answer(f"http://127.0.0.1:{ports['viewer']}/view/server_info")
            yield Place(url, settings, provider, house)


@pytest.fixture
def browser(place: Place) -> Browser:
    return Browser(place.url, place.house.certificate)


@pytest.mark.parametrize("path", ["/", "/view/", "/runs", "/view", "/server_info", "/view/server_info", "//view//runs"])
def test_nobody_sees_anything_before_the_sign_in(path: str, place: Place, browser: Browser) -> None:
    sent = browser.open(path, follow=False)
    assert sent.status_code == 302
    assert sent.headers["Location"].startswith(f"{place.provider.url}/authorize?")
    assert "Dagster" not in sent.text


@pytest.mark.parametrize("path", ["/graphql", "/view/graphql"])
def test_what_a_page_asks_by_itself_is_refused_before_the_sign_in(path: str, place: Place, browser: Browser) -> None:
    assert browser.ask(path, WHO_MAY).status_code == 401
    with pytest.raises(InvalidStatus) as refused:
        browser.subscribe(path, place.url)
    assert refused.value.response.status_code == 401


@pytest.mark.parametrize("person", ["olga", "omar"])
def test_an_operator_by_group_or_address_uses_dagster(person: str, place: Place, browser: Browser) -> None:
    shown = browser.sign_in(person, "/runs")
    assert (shown.status_code, shown.url) == (200, f"{place.url}/runs")
    assert DAGSTERS_PAGE in shown.text
    may = {told["permission"]: told["value"] for told in browser.data("/graphql", WHO_MAY)["permissions"]}
    assert may["launch_pipeline_execution"] is True
    assert browser.data("/graphql", DELETE)["deletePipelineRun"] == {"__typename": "RunNotFoundError"}
    assert browser.open("/view/server_info").status_code == 200


def test_a_viewer_sees_all_and_changes_nothing(place: Place, browser: Browser) -> None:
    shown = browser.sign_in("vera")
    assert (shown.status_code, shown.url) == (200, f"{place.url}/view/")
    assert DAGSTERS_PAGE in shown.text
    may = browser.data("/view/graphql", WHO_MAY)["permissions"]
    assert {told["value"] for told in may if told["permission"].startswith(("launch", "delete", "wipe"))} == {False}
    assert browser.data("/view/graphql", DELETE)["deletePipelineRun"] == {"__typename": "UnauthorizedError"}


@pytest.mark.parametrize(
    "path",
    ["/", "/graphql", "/server_info", "/view/../server_info", "/view/%2e%2e/server_info", "//server_info", "/viewx",
     "/view/..%2fserver_info", "/door/../server_info", "/door/pages/../../server_info", "/door/nothing"],
)  # fmt: skip
def test_a_viewer_comes_no_further(path: str, place: Place, browser: Browser) -> None:
    browser.sign_in("vera")
    status, text = browser.open_as_it_is(path)
    assert status in (403, 404), text
    assert "dagster_version" not in text


@pytest.mark.parametrize("person", ["stranger", "mallory", "victor"])
def test_whoever_else_signs_in_is_told_that_this_is_not_for_them(person: str, browser: Browser) -> None:
    shown = browser.sign_in(person)
    assert shown.status_code == 403
    assert "You are signed in, but have no access to this page" in shown.text
    assert {browser.open(path).status_code for path in ("/", "/view/graphql", "/view/server_info")} == {403}


def test_groups_may_be_told_under_another_name(place: Place) -> None:
    port = free_port()
    url = f"https://localhost:{port}"
    with built() as house, signing_in(f"{url}/door/signed-in") as provider:
        own = {"DOOR_HOST": f"localhost:{port}", "DOOR_HTTPS_PORT": str(port), "DOOR_HTTP_PORT": str(free_port())}
        own |= {"DOOR_ISSUER": f"{provider.url}/", "DOOR_GROUPS_CLAIM": "cognito:groups"}
        own |= {"DOOR_CERTIFICATE": str(house.certificate), "DOOR_CERTIFICATE_KEY": str(house.key)}
        with running(house, {**place.settings, **own}):
            shown = {
                person: Browser(url, house.certificate).sign_in(person).status_code for person in ("victor", "vera")
            }
    assert shown == {"victor": 200, "vera": 403}


@pytest.mark.parametrize(("person", "path"), [("olga", "/graphql"), ("vera", "/view/graphql")])
def test_subscriptions_pass_for_the_own_page_alone(person: str, path: str, place: Place, browser: Browser) -> None:
    browser.sign_in(person)
    assert browser.subscribe(path, place.url) == {"type": "connection_ack"}
    with pytest.raises(InvalidStatus) as refused:
        browser.subscribe(path, "https://elsewhere.example.com")
    assert refused.value.response.status_code == 403


def test_no_other_site_asks_in_the_name_of_who_is_signed_in(place: Place, browser: Browser) -> None:
    browser.sign_in("olga")
    assert browser.ask("/graphql", WHO_MAY, place.url).status_code == 200
    assert browser.ask("/graphql", WHO_MAY, "https://elsewhere.example.com").status_code == 403


def test_a_sign_out_ends_the_session_here_and_at_the_provider(place: Place, browser: Browser) -> None:
    browser.sign_in("olga")
    kept = browser.twin()
    assert kept.open("/server_info").status_code == 200
    shown = browser.open("/door/sign-out")
    assert (shown.status_code, shown.url) == (200, f"{place.url}/door/pages/signed-out.html")
    assert place.provider.ended[-1] == "olga"
    assert browser.open("/server_info", follow=False).status_code == 302
    # Whoever kept the cookie has nothing by it.
    assert kept.open("/server_info", follow=False).status_code == 302


@pytest.mark.parametrize("name", ["webserver", "viewer"])
def test_webservers_are_healthy_as_their_containers_ask(name: str, place: Place) -> None:
    program, *words = SERVICES[name]["healthcheck"]["test"][1:]
    assert program == "python"
    here = [word.replace("127.0.0.1:3000", place.settings[f"DOOR_{name.upper()}"]) for word in words]
    assert subprocess.run([sys.executable, *here], check=False).returncode == 0


def test_plain_http_leads_to_https(place: Place) -> None:
    sent = requests.get(f"http://127.0.0.1:{place.settings['DOOR_HTTP_PORT']}/runs?x=1", allow_redirects=False)
    assert (sent.status_code, sent.headers["Location"]) == (301, f"{place.url}/runs?x=1")


def test_nothing_secret_is_in_the_log(place: Place, browser: Browser) -> None:
    browser.sign_in("olga")
    browser.open("/door/sign-out")
    said = place.house.log.read_text()
    assert "GET /door/signed-in 302" in said
    assert CLIENT_SECRET not in said
    assert [found for found in place.provider.issued if found in said] == []
