"""The fake Spotify keeps the promises that other tests rest on: what it answers, refuses, and when."""

import base64
import hashlib
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from spotify_assets_tests.support.spotify.fake import Generation, fake_spotify
from spotify_assets_tests.support.spotify.state import FakeSpotify

PLAYLIST = "6UeSakyzhiEt4NB3UAd6NQ"
REDIRECT = "http://127.0.0.1:8765/callback"
VERIFIER = "v" * 64


@pytest.fixture
def fake(request: pytest.FixtureRequest) -> Iterator[FakeSpotify]:
    with fake_spotify(getattr(request, "param", "development")) as spotify:
        spotify.add_playlist(PLAYLIST, songs=250)
        yield spotify


both = pytest.mark.parametrize("fake", ["development", "extended"], indirect=True)
extended = pytest.mark.parametrize("fake", ["extended"], indirect=True)


def token(fake: FakeSpotify, **form: str) -> requests.Response:
    return requests.post(f"{fake.url}/api/token", data={"client_id": fake.client_id, **form}, timeout=60)


def as_user(fake: FakeSpotify) -> str:
    return token(fake, grant_type="refresh_token", refresh_token=fake.refresh_token).json()["access_token"]


def as_app(fake: FakeSpotify) -> str:
    answer = token(fake, grant_type="client_credentials", client_secret=fake.client_secret)
    return answer.json()["access_token"]


def get(fake: FakeSpotify, path: str, bearer: str, **query: str | int) -> requests.Response:
    headers = {"Authorization": f"Bearer {bearer}"}
    return requests.get(f"{fake.url}/v1/{path}", params=query, headers=headers, timeout=60)


def authorize(fake: FakeSpotify, **changes: str) -> requests.Response:
    challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
    query = {
        "client_id": fake.client_id,
        "response_type": "code",
        "redirect_uri": REDIRECT,
        "scope": "playlist-read-private",
        "state": "a state",
        "code_challenge_method": "S256",
        "code_challenge": challenge,
        **changes,
    }
    return requests.get(f"{fake.url}/authorize", params=query, allow_redirects=False, timeout=60)


def answered(response: requests.Response) -> dict[str, str]:
    assert response.status_code == 302
    return dict(parse_qsl(urlsplit(response.headers["Location"]).query))


def message(response: requests.Response) -> tuple[int, str]:
    error = response.json()["error"]
    assert error["status"] == response.status_code
    return response.status_code, error["message"]


@both
def test_pages_followed_to_the_end_give_every_entry_once(fake: FakeSpotify) -> None:
    name, item, limit = ("items", "item", 50) if fake.generation == "development" else ("tracks", "track", 100)
    bearer = as_user(fake)
    page = get(fake, f"playlists/{PLAYLIST}/{name}", bearer, limit=limit).json()
    found: list[str] = []
    while True:
        assert (page["total"], page["limit"]) == (250, limit)
        found += [entry[item]["id"] for entry in page["items"]]
        if page["next"] is None:
            break
        page = requests.get(page["next"], headers={"Authorization": f"Bearer {bearer}"}, timeout=60).json()
    assert len(found) == len(set(found)) == 250
    assert sum(request.path.endswith(name) for request in fake.requests) == -(-250 // limit)


def test_each_generation_refuses_what_belongs_to_the_other() -> None:
    expected: dict[Generation, tuple[int, int, int]] = {"development": (200, 403, 403), "extended": (404, 200, 200)}
    for generation, statuses in expected.items():
        with fake_spotify(generation) as fake:
            fake.add_playlist(PLAYLIST, songs=3)
            bearer = as_user(fake)
            paths = (f"playlists/{PLAYLIST}/items", f"playlists/{PLAYLIST}/tracks", f"artists/?ids={PLAYLIST}")
            assert tuple(get(fake, path, bearer).status_code for path in paths) == statuses


def test_in_development_mode_only_the_owner_who_signed_in_sees_entries(fake: FakeSpotify) -> None:
    fake.add_playlist("0" * 22, songs=3, owner="someone-else")
    user, app = as_user(fake), as_app(fake)
    for bearer, playlist in ((user, "0" * 22), (app, PLAYLIST)):
        document = get(fake, f"playlists/{playlist}", bearer).json()
        assert document["id"] == playlist
        assert not {"items", "tracks"} & document.keys()
        assert message(get(fake, f"playlists/{playlist}/items", bearer)) == (403, "Forbidden")
    assert len(get(fake, f"playlists/{PLAYLIST}", user).json()["items"]["items"]) == 50


@extended
def test_with_extended_quota_the_app_itself_sees_everybody_s_entries(fake: FakeSpotify) -> None:
    fake.add_playlist("0" * 22, songs=120, owner="someone-else")
    document = get(fake, f"playlists/{'0' * 22}", as_app(fake)).json()
    assert (len(document["tracks"]["items"]), document["tracks"]["total"]) == (100, 120)


@both
def test_playlists_that_are_not_there_and_spotify_s_own_are_not_found(fake: FakeSpotify) -> None:
    fake.add_playlist("0" * 22, owner="spotify")
    bearer = as_user(fake)
    for playlist in ("0" * 22, "1" * 22):
        assert message(get(fake, f"playlists/{playlist}", bearer)) == (404, "Resource not found")
    assert message(get(fake, "playlists/no-id", bearer)) == (400, "Invalid base62 id")


def test_tokens_that_are_not_good_are_named(fake: FakeSpotify) -> None:
    bearer = as_user(fake)
    assert message(requests.get(f"{fake.url}/v1/me", timeout=60)) == (401, "No token provided")
    assert message(get(fake, "me", "made up")) == (401, "Invalid access token")
    assert message(get(fake, "me", as_app(fake))) == (401, "Valid user authentication required")
    assert get(fake, "me", bearer).json()["id"] == "the-user"
    fake.expire_access_tokens()
    assert message(get(fake, "me", bearer)) == (401, "The access token expired")
    assert [request.authorized for request in fake.requests if request.path == "/v1/me"] == [
        False, False, True, True, False
    ]  # fmt: skip


def test_the_token_endpoint_words_its_refusals_as_spotify_does(fake: FakeSpotify) -> None:
    refresh = {"grant_type": "refresh_token", "refresh_token": fake.refresh_token}
    refused = {
        "Invalid client": token(fake, client_id="another", grant_type="client_credentials"),
        "Invalid client secret": token(fake, grant_type="client_credentials", client_secret="wrong"),
        "Invalid refresh token": token(fake, grant_type="refresh_token", refresh_token="wrong"),
        "Invalid authorization code": token(fake, grant_type="authorization_code", code="wrong"),
    }
    assert token(fake, **refresh).status_code == token(fake, **refresh, client_secret=fake.client_secret).status_code
    fake.revoke_refresh_token()
    refused["Refresh token revoked"] = token(fake, **refresh)
    for description, response in refused.items():
        error = "invalid_client" if "client" in description else "invalid_grant"
        assert (response.status_code, response.json()) == (400, {"error": error, "error_description": description})


def test_a_code_is_worth_one_refresh_token_to_whoever_knows_the_verifier(fake: FakeSpotify) -> None:
    form = {"grant_type": "authorization_code", "redirect_uri": REDIRECT, "code_verifier": VERIFIER}
    back = answered(authorize(fake))
    assert back["state"] == "a state"
    assert token(fake, **{**form, "code_verifier": "other"}, code=back["code"]).status_code == 400
    code = answered(authorize(fake))["code"]
    issued = token(fake, **form, code=code).json()
    assert issued["scope"] == "playlist-read-private"
    assert token(fake, **form, code=code).status_code == 400
    again = token(fake, grant_type="refresh_token", refresh_token=issued["refresh_token"]).json()
    assert "refresh_token" not in again
    assert {issued["access_token"], issued["refresh_token"], again["access_token"]} < set(fake.tokens)


@pytest.mark.parametrize(
    ("changes", "page"),
    [
        ({"client_id": "another"}, "INVALID_CLIENT: Invalid client"),
        ({"redirect_uri": "http://127.0.0.1:8765/elsewhere"}, "INVALID_CLIENT: Invalid redirect URI"),
        ({"redirect_uri": "http://localhost:8765/callback"}, "INVALID_CLIENT: Invalid redirect URI"),
        ({"response_type": "token"}, "response_type must be code"),
        ({"code_challenge_method": "plain"}, "code_challenge_method must be S256"),
        ({"scope": "everything"}, "INVALID_SCOPE: Invalid scope"),
    ],
)
def test_a_sign_in_that_is_asked_for_wrongly_is_a_page_and_no_redirect(
    fake: FakeSpotify, changes: dict[str, str], page: str
) -> None:
    response = authorize(fake, **changes)
    assert (response.status_code, response.text) == (400, page)


def test_a_user_can_deny_and_a_state_can_be_forged(fake: FakeSpotify) -> None:
    fake.sign_in.forged_state = "forged"
    assert answered(authorize(fake))["state"] == "forged"
    fake.sign_in.denies = True
    assert answered(authorize(fake)) == {"error": "access_denied", "state": "forged"}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("name,owner.id", {"name": "A playlist", "owner": {"id": "the-user"}}),
        ("items.total, items(offset)", {"items": {"total": 2, "offset": 0}}),
        (
            "items(items(item(type,is_local)))",
            {"items": {"items": [{"item": {"type": "track", "is_local": False}}] * 2}},
        ),
        ("items.items.item.type", {"items": {"items": [{"item": {"type": "track"}}] * 2}}),
        ("items(!items,!href,!next,!previous,!limit),name", {"items": {"total": 2, "offset": 0}, "name": "A playlist"}),
        ("nothing", {}),
    ],
)
def test_fields_choose_what_is_answered(fake: FakeSpotify, fields: str, expected: Any) -> None:
    fake.add_playlist(PLAYLIST, songs=2)
    assert get(fake, f"playlists/{PLAYLIST}", as_user(fake), fields=fields).json() == expected


@both
def test_odd_entries_are_among_the_songs_on_request(fake: FakeSpotify) -> None:
    fake.add_playlist(PLAYLIST, songs=5, odd_entries=True)
    name, item = ("items", "item") if fake.generation == "development" else ("tracks", "track")
    pages = [
        get(fake, f"playlists/{PLAYLIST}/{name}", as_user(fake), additional_types=types).json()
        for types in ("track,episode", "track")
    ]
    for page in pages:
        items = [entry[item] for entry in page["items"]]
        assert page["total"] == len(items) == 8
        assert items.count(None) == 1
        assert [entry["is_local"] for entry in page["items"]].count(True) == 1
    shows = [[("show" in each) for each in (entry[item] for entry in page["items"]) if each] for page in pages]
    assert [flags.count(True) for flags in shows] == [1, 0]


def test_a_changed_playlist_has_another_snapshot_and_an_entry_more(fake: FakeSpotify) -> None:
    bearer = as_user(fake)
    before = get(fake, f"playlists/{PLAYLIST}", bearer).json()
    fake.before("offset=50", lambda: fake.change_playlist(PLAYLIST))
    pages = [get(fake, f"playlists/{PLAYLIST}/items", bearer, offset=offset).json() for offset in (0, 50, 50)]
    assert [page["total"] for page in pages] == [250, 251, 251]
    assert get(fake, f"playlists/{PLAYLIST}", bearer).json()["snapshot_id"] != before["snapshot_id"]


@extended
def test_artists_come_by_fifty_and_unknown_ones_are_null(fake: FakeSpotify) -> None:
    bearer = as_app(fake)
    songs = get(fake, f"playlists/{PLAYLIST}", bearer).json()["tracks"]["items"]
    known = songs[0]["track"]["artists"][0]["id"]
    found = get(fake, "artists", bearer, ids=f"{known},{'0' * 22}").json()["artists"]
    assert (found[0]["id"], found[1]) == (known, None)
    assert get(fake, f"artists/{known}", bearer).json() == found[0]
    assert message(get(fake, "artists", bearer, ids=",".join([known] * 51))) == (400, "Too many ids requested")


def test_the_rate_limiter_refuses_until_the_wait_it_asked_for_is_over(fake: FakeSpotify) -> None:
    bearer = as_user(fake)
    fake.limit(requests=3, seconds=60, retry_after=7200)
    answers = [get(fake, "me", bearer) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert {answer.headers.get("Retry-After") for answer in answers[3:]} == {"7200"}
    fake.limit(requests=1, seconds=0.1, retry_after=0.2)
    deadline = time.monotonic() + 60
    for status in (200, 429, 200):
        while get(fake, "me", bearer).status_code != status:
            assert time.monotonic() < deadline


@pytest.mark.parametrize("rotates", [False, True])
def test_a_sign_in_ends_after_six_months_however_often_it_is_renewed(fake: FakeSpotify, rotates: bool) -> None:
    fake.sign_in.rotates = rotates
    held = fake.refresh_token
    for days in (100, 80):
        answer = token(fake, grant_type="refresh_token", refresh_token=held).json()
        assert ("refresh_token" in answer) == rotates
        held = answer.get("refresh_token", held)
        fake.clock.advance(timedelta(days=days))
    assert token(fake, grant_type="refresh_token", refresh_token=held).status_code == 200
    held = fake.tokens[-1] if rotates else held
    fake.clock.advance(timedelta(days=5))
    refused = token(fake, grant_type="refresh_token", refresh_token=held)
    assert (refused.status_code, refused.json()["error_description"]) == (400, "Refresh token expired")
    assert (
        token(fake, grant_type="refresh_token", refresh_token=fake.sign_in.another_refresh_token()).status_code == 200
    )


def test_a_quota_counts_an_endpoint_over_a_rolling_day_of_the_fake_s_own_clock(fake: FakeSpotify) -> None:
    bearer = as_user(fake)
    fake.quota("me", requests=2)
    assert get(fake, "me", bearer).status_code == 200
    fake.clock.advance(timedelta(seconds=86_400 - 48_925))
    assert get(fake, "me", bearer).status_code == 200
    refused = get(fake, "me", bearer)
    assert refused.json()["error"]["reason"] == "QUOTA_EXCEEDED"
    assert (refused.status_code, 48_900 < int(refused.headers["Retry-After"]) <= 48_925) == (429, True)
    assert get(fake, f"playlists/{PLAYLIST}", bearer).status_code == 200
    fake.clock.advance(timedelta(seconds=48_925))
    # The first is a day old, the second is not.
    assert [get(fake, "me", bearer).status_code for _ in range(2)] == [200, 429]
    fake.quota("me", requests=0, tells=False)
    assert "Retry-After" not in get(fake, "me", bearer).headers


def test_faults_come_as_often_as_was_said_and_only_where(fake: FakeSpotify) -> None:
    bearer = as_user(fake)
    fake.fail(r"/items$", status=503, times=2)
    fake.fail("offset=100", status=429, headers={"Retry-After": "3"}, body={"error": "so"})
    assert get(fake, f"playlists/{PLAYLIST}", bearer).status_code == 200
    statuses = [get(fake, f"playlists/{PLAYLIST}/items", bearer).status_code for _ in range(3)]
    assert statuses == [503, 503, 200]
    limited = get(fake, f"playlists/{PLAYLIST}/items", bearer, offset=100)
    assert (limited.status_code, limited.headers["Retry-After"], limited.json()) == (429, "3", {"error": "so"})


def test_a_connection_can_be_cut_held_or_fed_with_garbage(fake: FakeSpotify) -> None:
    bearer = as_user(fake)
    for kind in ("reset", "timeout", "garbage"):
        fake.fail("/me", kind=kind)
    url, headers = f"{fake.url}/v1/me", {"Authorization": f"Bearer {bearer}"}
    with pytest.raises(requests.ConnectionError, match="Connection reset"):
        requests.get(url, headers=headers, timeout=60)
    with pytest.raises(requests.ReadTimeout):
        requests.get(url, headers=headers, timeout=0.2)
    with pytest.raises(requests.JSONDecodeError):
        requests.get(url, headers=headers, timeout=60).json()
    assert get(fake, "me", bearer).status_code == 200


def test_it_answers_many_at_once_and_leaves_nothing_behind() -> None:
    threads = threading.active_count()
    with fake_spotify() as fake:
        bearer = as_user(fake)
        inside = threading.Barrier(8, timeout=60)
        fake.before("/me", inside.wait, times=8)
        callers = [threading.Thread(target=get, args=(fake, "me", bearer)) for _ in range(8)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
        assert not inside.broken
        assert sum(request.path == "/v1/me" for request in fake.requests) == 8
    deadline = time.monotonic() + 60
    while threading.active_count() > threads:
        assert time.monotonic() < deadline
