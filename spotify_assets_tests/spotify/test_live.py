"""The Spotify API as a source, over HTTP against a fake of both generations."""

import json
import logging
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from dotenv import dotenv_values
from pydantic import SecretStr

from spotify_assets.spotify.errors import (
    CaptureError,
    CredentialsMissing,
    CredentialsRefused,
    EntriesWithheld,
    LikedSongsWithheld,
    NotFound,
    NotToday,
    RateLimited,
    Refused,
    SignInExpired,
    Unavailable,
)
from spotify_assets.spotify.live import LivePlaylists
from spotify_assets.spotify.payloads import LIKED, Doubts
from spotify_assets.spotify.playlist_entry import PlaylistEntry
from spotify_assets.spotify.sign_in import LIBRARY_SCOPE
from spotify_assets.spotify.sign_in_end import end_of
from spotify_assets.spotify.token_storage import store_in_env_file
from spotify_assets_tests.conftest import aws_client
from spotify_assets_tests.spotify.conftest import OpenSource
from spotify_assets_tests.support.aws.moto import MotoAws
from spotify_assets_tests.support.processes.at_once import at_once
from spotify_assets_tests.support.spotify.playlists import ENTRY
from spotify_assets_tests.support.spotify.state import FakeSpotify

MINE, OTHERS, EDITORIAL = "6UeSakyzhiEt4NB3UAd6NQ", "1" * 22, "37i9dQZEVXbMDoHDwVN2tF"
ENTRIES = {"development": "items", "extended": "tracks"}
PAGE = {"development": 50, "extended": 100}


def entry(playlist_id: str = MINE) -> PlaylistEntry:
    return PlaylistEntry(playlist_id, "A playlist", None, ())


def today() -> date:
    return datetime.now(UTC).date()


def read(source: LivePlaylists, playlist_id: str = MINE) -> dict[str, Any]:
    """A playlist of which nothing is doubtful."""
    reading = source.playlist(entry(playlist_id), today())
    assert reading.doubts is None
    return reading.document


def asked(fake: FakeSpotify) -> list[str]:
    """Paths of the API that were asked for."""
    return [request.path for request in fake.requests if request.path.startswith("/v1/")]


@pytest.mark.parametrize("songs", [0, 1, 50, 51, 100, 101, 230])
def test_a_playlist_is_whole_at_the_fewest_requests(fake: FakeSpotify, source: LivePlaylists, songs: int) -> None:
    fake.add_playlist(MINE, songs=songs, odd_entries=False)
    page = read(source)[ENTRIES[fake.generation]]
    assert (len(page["items"]), page["total"], page["next"]) == (songs, songs, None)
    nested = {"development": "item", "extended": "track"}[fake.generation]
    wanted = [found[nested]["id"] for found in fake.playlists[MINE].entries]
    assert [found[nested]["id"] for found in page["items"]] == wanted
    pages = max(1, -(-songs // PAGE[fake.generation]))
    # The first page comes with the playlist; one of several pages is asked for its version again.
    assert len(asked(fake)) == (1 if pages == 1 else 1 + pages)
    assert source.sent.total() == len(fake.requests)


def test_removed_songs_local_files_and_episodes_keep_their_places(fake: FakeSpotify, source: LivePlaylists) -> None:
    fake.add_playlist(MINE, songs=3, odd_entries=True)
    entries = read(source)[ENTRIES[fake.generation]]["items"]
    nested = {"development": "item", "extended": "track"}[fake.generation]
    kinds = {(found[nested] or {}).get("type") for found in entries}
    assert len(entries) == 6
    assert kinds == {None, "track", "episode"}


def test_a_playlist_that_changes_between_pages_is_read_again(fake: FakeSpotify, source: LivePlaylists) -> None:
    fake.add_playlist(MINE, songs=150)
    fake.before(f"/v1/playlists/{MINE}/", lambda: fake.change_playlist(MINE))
    document = read(source)
    page = document[ENTRIES[fake.generation]]
    assert len(page["items"]) == page["total"] == 151
    assert document["snapshot_id"] == fake.playlists[MINE].document(fake.url, {}, False)["snapshot_id"]


def test_a_change_that_keeps_the_number_of_entries_is_noticed(fake: FakeSpotify, source: LivePlaylists) -> None:
    fake.add_playlist(MINE, songs=150)
    playlist = fake.playlists[MINE]

    def turn_over() -> None:
        playlist.version += 1
        playlist.entries.reverse()

    fake.before("snapshot_id", turn_over)
    assert len(asked(fake)) == 0
    nested = {"development": "item", "extended": "track"}[fake.generation]
    found = [song[nested]["id"] for song in read(source)[ENTRIES[fake.generation]]["items"]]
    assert found == [song[nested]["id"] for song in playlist.entries]


def test_a_playlist_that_never_rests_is_given_as_it_was_read_last_with_its_doubts(
    fake: FakeSpotify, source: LivePlaylists
) -> None:
    fake.add_playlist(MINE, songs=150)
    fake.before(f"/v1/playlists/{MINE}/", lambda: fake.change_playlist(MINE), times=99)
    reading = source.playlist(entry(), today())
    doubts = reading.doubts
    assert doubts is not None
    assert (doubts.attempts, doubts.agreed) == (3, False)
    assert doubts.read == len(reading.document[ENTRIES[fake.generation]]["items"]) >= 150
    assert (doubts.versions or 0) > 3


def test_what_was_read_with_doubt_is_given_where_it_cannot_be_read_again(
    fake: FakeSpotify, open_source: OpenSource
) -> None:
    fake.add_playlist(MINE, songs=30)
    fake.playlists[MINE].told_more = 1
    fake.before("snapshot_id", lambda: fake.fail(f"/v1/playlists/{MINE}", status=500, times=99))
    reading = open_source(attempts=1).playlist(entry(), today())
    assert reading.doubts == Doubts(told=31, read=30, attempts=1, versions=1, agreed=False)
    assert len(reading.document[ENTRIES[fake.generation]]["items"]) == 30


@pytest.mark.parametrize("songs", [30, 150])
@pytest.mark.parametrize("told_more", [1, -1])
def test_a_number_that_is_always_wrong_is_doubted_once_two_readings_are_alike(
    fake: FakeSpotify, source: LivePlaylists, songs: int, told_more: int
) -> None:
    fake.add_playlist(MINE, songs=songs)
    fake.playlists[MINE].told_more = told_more
    reading = source.playlist(entry(), today())
    page = reading.document[ENTRIES[fake.generation]]
    assert (len(page["items"]), page["total"], page["next"]) == (songs, songs + told_more, None)
    assert reading.doubts == Doubts(told=songs + told_more, read=songs, attempts=2, versions=1, agreed=True)


def test_a_version_that_is_always_new_is_doubted_once_two_readings_are_alike(
    fake: FakeSpotify, source: LivePlaylists
) -> None:
    fake.add_playlist(MINE, songs=150)
    fake.playlists[MINE].always_new = True
    reading = source.playlist(entry(), today())
    assert len(reading.document[ENTRIES[fake.generation]]["items"]) == 150
    assert reading.doubts == Doubts(told=150, read=150, attempts=2, versions=4, agreed=True)


@pytest.mark.parametrize("total", [None, "150", True])
def test_a_number_that_is_none_is_doubted_and_all_pages_are_read(
    fake: FakeSpotify, source: LivePlaylists, total: object
) -> None:
    fake.add_playlist(MINE, songs=150)
    playlist = fake.playlists[MINE]
    told = playlist.page

    def without_number(*arguments: Any) -> dict[str, Any]:
        return {**told(*arguments), "total": total}

    playlist.page = without_number  # pyright: ignore[reportAttributeAccessIssue]  a habit of this one playlist
    reading = source.playlist(entry(), today())
    assert len(reading.document[ENTRIES[fake.generation]]["items"]) == 150
    assert reading.doubts == Doubts(told=None, read=150, attempts=2, versions=1, agreed=True)


@pytest.mark.parametrize("fake", ["development"], indirect=True)
def test_anothers_playlist_is_withheld_from_an_app_in_development_mode(
    fake: FakeSpotify, open_source: OpenSource
) -> None:
    fake.add_playlist(OTHERS, owner="someone-else", songs=3)
    with pytest.raises(EntriesWithheld, match=r"belongs to someone-else.+a playlist of the-user"):
        read(open_source(), OTHERS)
    as_the_app = open_source(spotify_refresh_token=None, spotify_client_secret=fake.client_secret)
    with pytest.raises(EntriesWithheld, match="Sign in: spotify-assets login"):
        read(as_the_app, OTHERS)


@pytest.mark.parametrize("fake", ["development"], indirect=True)
def test_entries_that_are_forbidden_from_the_second_page_on_are_withheld(
    fake: FakeSpotify, source: LivePlaylists
) -> None:
    fake.add_playlist(MINE, songs=60)
    fake.fail(f"/v1/playlists/{MINE}/items", status=403)
    with pytest.raises(EntriesWithheld):
        read(source)


@pytest.mark.parametrize("fake", ["extended"], indirect=True)
def test_an_app_with_extended_quota_reads_with_its_secret_alone(fake: FakeSpotify, open_source: OpenSource) -> None:
    fake.add_playlist(OTHERS, owner="someone-else", songs=3)
    source = open_source(spotify_refresh_token=None, spotify_client_secret=fake.client_secret)
    assert read(source, OTHERS)["tracks"]["total"] == 3


@pytest.mark.parametrize("playlist_id", ["0" * 22, EDITORIAL])
def test_what_is_not_there_or_is_spotifys_own_is_not_found(
    fake: FakeSpotify, source: LivePlaylists, playlist_id: str
) -> None:
    fake.add_playlist(EDITORIAL, owner="spotify")
    with pytest.raises(NotFound, match="one of Spotify's own"):
        read(source, playlist_id)
    assert len(asked(fake)) == 1


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"spotify_client_id": None}, CredentialsMissing),
        ({"spotify_refresh_token": None}, CredentialsMissing),
        ({"spotify_client_id": "another"}, CredentialsRefused),
        ({"spotify_refresh_token": None, "spotify_client_secret": "another"}, CredentialsRefused),
        ({"spotify_refresh_token": "another"}, SignInExpired),
    ],
)
def test_credentials_that_are_no_good(
    fake: FakeSpotify, open_source: OpenSource, changes: dict[str, Any], error: type[CaptureError]
) -> None:
    fake.add_playlist(MINE)
    with pytest.raises(error) as raised:
        read(open_source(**changes))
    assert not raised.value.may_pass
    assert asked(fake) == []


def test_a_revoked_sign_in_says_how_to_sign_in_again(fake: FakeSpotify, source: LivePlaylists) -> None:
    fake.revoke_refresh_token()
    with pytest.raises(SignInExpired, match="spotify-assets login"):
        read(source)


@pytest.mark.parametrize("rotates", [False, True])
def test_a_sign_in_that_has_ended_says_when_and_how_to_sign_in_again(
    fake: FakeSpotify, open_source: OpenSource, rotates: bool
) -> None:
    fake.sign_in.rotates = rotates
    fake.add_playlist(MINE, songs=3)
    made_at = datetime.now(UTC) - timedelta(days=190)
    source = open_source(spotify_signed_in_at=made_at)
    read(source)
    fake.clock.advance(timedelta(days=190))
    fake.expire_access_tokens()
    with pytest.raises(SignInExpired) as raised:
        read(source)
    end = end_of(made_at)
    assert str(raised.value) == (
        f"the sign-in ended on {end:%A, %Y-%m-%d} ({end:%H:%M} UTC), six months after it was made. "
        "Sign in again: spotify-assets login"
    )
    assert not raised.value.may_pass


def test_a_sign_in_that_is_revoked_before_its_end_is_not_said_to_have_ended(
    fake: FakeSpotify, open_source: OpenSource
) -> None:
    fake.revoke_refresh_token()
    made_at = datetime.now(UTC) - timedelta(days=10)
    with pytest.raises(SignInExpired, match=f"would have ended on .*{end_of(made_at):%Y-%m-%d}.*spotify-assets login"):
        read(open_source(spotify_signed_in_at=made_at))


def test_an_access_token_that_ends_early_is_replaced(fake: FakeSpotify, source: LivePlaylists) -> None:
    fake.add_playlist(MINE, songs=150)
    fake.before(f"/v1/playlists/{MINE}/", fake.expire_access_tokens)
    assert read(source)[ENTRIES[fake.generation]]["total"] == 150
    assert [request.path for request in fake.requests].count("/api/token") == 2


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"status": 500}, Unavailable),
        ({"status": 503, "body": "<html>busy"}, Unavailable),
        ({"kind": "reset"}, Unavailable),
        ({"kind": "garbage"}, Unavailable),
        ({"status": 200, "body": []}, Unavailable),
        ({"status": 429}, RateLimited),
        ({"status": 429, "headers": {"Retry-After": "0"}}, RateLimited),
    ],
)
@pytest.mark.parametrize("path", ["/v1/playlists", "/api/token"])
@pytest.mark.parametrize("fake", ["development"], indirect=True)
def test_trouble_that_passes_is_sat_out_and_trouble_that_stays_is_said(
    fake: FakeSpotify, open_source: OpenSource, path: str, fault: dict[str, Any], error: type[CaptureError]
) -> None:
    fake.add_playlist(MINE, songs=3)
    fake.fail(path, times=2, **fault)
    assert read(open_source())["items"]["total"] == 3
    fake.fail(path, times=9, **fault)
    before = len(fake.requests)
    with pytest.raises(error) as raised:
        read(open_source())
    assert raised.value.may_pass
    assert [request.path for request in fake.requests[before:]].count("/api/token") <= 3
    assert len(fake.requests) - before <= 4


def test_a_refusal_of_another_kind_is_told_in_spotifys_words(fake: FakeSpotify, source: LivePlaylists) -> None:
    fake.fail("/v1/playlists", status=403, body={"error": {"status": 403, "message": "Premium required"}})
    with pytest.raises(Refused, match=r"\(403\): Premium required"):
        read(source)


def test_a_rate_limit_is_waited_for_and_logged(
    fake: FakeSpotify, source: LivePlaylists, caplog: pytest.LogCaptureFixture
) -> None:
    fake.add_playlist(MINE, songs=230)
    fake.limit(requests=2, seconds=0.5, retry_after=1)
    assert read(source)[ENTRIES[fake.generation]]["total"] == 230
    waits = [record.getMessage() for record in caplog.records if "rate limit is reached" in record.getMessage()]
    assert waits
    assert all("the next in 1.0 seconds" in wait for wait in waits)


def test_a_rate_limit_of_hours_ends_the_run_at_once_for_all(fake: FakeSpotify, source: LivePlaylists) -> None:
    fake.add_playlist(MINE, songs=3)
    fake.fail("/v1/playlists", status=429, headers={"Retry-After": "7200"})
    with pytest.raises(RateLimited, match=r"Try again after 20\d\d-.+ UTC\..+SPOTIFY_LONGEST_WAIT") as raised:
        read(source)
    assert not raised.value.may_pass
    sent = len(fake.requests)
    with pytest.raises(RateLimited, match="Try again after"):
        read(source)
    assert len(fake.requests) == sent


def test_a_retry_after_may_be_a_date(fake: FakeSpotify, source: LivePlaylists) -> None:
    fake.add_playlist(MINE, songs=3)
    later = datetime.now(UTC) + timedelta(hours=3)
    fake.fail("/v1/playlists", status=429, headers={"Retry-After": f"{later:%a, %d %b %Y %H:%M:%S GMT}"})
    with pytest.raises(RateLimited, match=f"Try again after {later:%Y-%m-%d %H:%M}"):
        read(source)


@pytest.mark.parametrize("away", [-1, 1])
def test_any_day_but_today_is_refused(source: LivePlaylists, away: int) -> None:
    day = today() + timedelta(days=away)
    with pytest.raises(NotToday, match=f"a snapshot of {day} taken now would be false"):
        source.captured_at(day)
    assert source.captured_at(today()).date() == today()


@pytest.fixture
def artist_ids(fake: FakeSpotify, source: LivePlaylists) -> list[str]:
    fake.add_playlist(MINE, songs=100)
    nested = {"development": "item", "extended": "track"}[fake.generation]
    songs = read(source)[ENTRIES[fake.generation]]["items"]
    fake.requests.clear()
    return sorted({artist["id"] for song in songs for artist in song[nested]["artists"]})


def test_artists_come_in_batches_where_allowed_and_one_by_one_where_not(
    fake: FakeSpotify, source: LivePlaylists, artist_ids: list[str]
) -> None:
    assert len(artist_ids) > 50
    unknown = ["0" * 22, "not an id"]
    for _ in range(2):
        assert [found["id"] for found in source.artists([*artist_ids, *unknown], today())] == artist_ids
    batches, singles = asked(fake).count("/v1/artists"), len(asked(fake)) - asked(fake).count("/v1/artists")
    if fake.generation == "extended":
        assert (batches, singles) == (2 * -(-len(artist_ids) // 50), 0)
    else:
        # The first refusal is remembered.
        assert (batches, singles) == (1, 2 * (len(artist_ids) + 1))


def test_one_artist_is_asked_for_without_trying_a_batch(
    fake: FakeSpotify, source: LivePlaylists, artist_ids: list[str]
) -> None:
    assert [found["id"] for found in source.artists(artist_ids[:1], today())] == artist_ids[:1]
    assert asked(fake) == [f"/v1/artists/{artist_ids[0]}"]


def test_what_was_read_before_trouble_is_not_lost(
    fake: FakeSpotify, open_source: OpenSource, artist_ids: list[str]
) -> None:
    source = open_source(attempts=1, spotify_concurrency=1)
    # In the second batch, or the sixty-first of those that come one by one.
    fake.fail(artist_ids[60], status=500)
    found: list[str] = []

    def read_on() -> None:
        for profile in source.artists(artist_ids, today()):
            found.append(profile["id"])

    with pytest.raises(Unavailable):
        read_on()
    # One by one, the next may be under way by then.
    assert found[:60] == artist_ids[: 50 if fake.generation == "extended" else 60]
    assert artist_ids[60] not in found
    assert len(found) <= 61


@pytest.mark.parametrize("fake", ["development"], indirect=True)
class TestRefreshTokensThatAreGoodForOneUse:
    @pytest.fixture(autouse=True)
    def one_use(self, fake: FakeSpotify) -> None:
        fake.sign_in.rotates = True
        fake.add_playlist(MINE, songs=3)

    def test_the_next_one_is_kept_in_the_env_file_that_held_the_first(
        self, fake: FakeSpotify, open_source: OpenSource
    ) -> None:
        env = Path(".env")
        made_at = "2026-03-01T06:00:00Z"
        env.write_text(f"OTHER=1\nSPOTIFY_REFRESH_TOKEN={fake.refresh_token}\nSPOTIFY_SIGNED_IN_AT={made_at}\n")
        read(open_source())
        kept = dotenv_values(env)
        # No new sign-in, so its date stays.
        assert kept == {"OTHER": "1", "SPOTIFY_REFRESH_TOKEN": fake.tokens[-1], "SPOTIFY_SIGNED_IN_AT": made_at}
        read(open_source(spotify_refresh_token=kept["SPOTIFY_REFRESH_TOKEN"]))

    def test_the_next_one_is_used_by_a_source_that_goes_on(self, fake: FakeSpotify, open_source: OpenSource) -> None:
        source = open_source()
        read(source)
        fake.expire_access_tokens()
        read(source)

    def test_one_that_another_process_renewed_is_seen_by_one_that_goes_on(
        self, fake: FakeSpotify, open_source: OpenSource
    ) -> None:
        """Dagster has put `.env` into the environment, and so into the settings, once and for all."""
        Path(".env").write_text(f"SPOTIFY_REFRESH_TOKEN={fake.refresh_token}\n")
        running = open_source()
        read(running)
        for _ in range(2):
            read(open_source())
        fake.expire_access_tokens()
        read(running)

    def test_signing_in_again_is_seen_without_a_restart(self, fake: FakeSpotify, open_source: OpenSource) -> None:
        Path(".env").write_text(f"SPOTIFY_REFRESH_TOKEN={fake.refresh_token}\n")
        running = open_source()
        read(running)
        fake.revoke_refresh_token()
        fake.expire_access_tokens()
        with pytest.raises(SignInExpired):
            read(running)
        store_in_env_file(Path(".env"), SecretStr(fake.sign_in.another_refresh_token()))
        read(running)

    def test_several_that_renew_at_once_agree(self, fake: FakeSpotify, open_source: OpenSource) -> None:
        Path(".env").write_text(f"SPOTIFY_REFRESH_TOKEN={fake.refresh_token}\n")
        at_once(*[partial(read, open_source()) for _ in range(6)])
        assert dotenv_values(".env")["SPOTIFY_REFRESH_TOKEN"] == fake.tokens[-1]

    def test_one_that_another_machine_spent_is_looked_up_again(
        self, fake: FakeSpotify, open_source: OpenSource
    ) -> None:
        """Another has renewed and kept the token between our look and our exchange."""
        env = Path(".env")
        env.write_text(f"SPOTIFY_REFRESH_TOKEN={fake.refresh_token}\n")

        def overtake() -> None:
            spent = dotenv_values(env)["SPOTIFY_REFRESH_TOKEN"]
            form = {"grant_type": "refresh_token", "refresh_token": spent or "", "client_id": fake.client_id}
            store_in_env_file(env, SecretStr(fake.sign_in.issue(form, None)["refresh_token"]))

        fake.before("/api/token", overtake)
        read(open_source())

    def test_the_next_one_is_kept_in_the_secret(
        self, fake: FakeSpotify, open_source: OpenSource, moto_aws: MotoAws
    ) -> None:
        name = f"lake/{uuid4()}"
        secrets = aws_client("secretsmanager", moto_aws.endpoint)
        made_at = "2026-03-01T06:00:00Z"
        held = {"client_id": fake.client_id, "refresh_token": fake.refresh_token, "signed_in_at": made_at}
        secrets.create_secret(Name=name, SecretString=json.dumps(held))
        in_secret = {"spotify_client_id": None, "spotify_refresh_token": None, "spotify_secret_id": name}
        read(open_source(aws_endpoint_url=moto_aws.endpoint, **in_secret))
        kept = json.loads(secrets.get_secret_value(SecretId=name)["SecretString"])
        assert kept == {**held, "refresh_token": fake.tokens[-1]}

    def test_one_that_cannot_be_kept_is_warned_of(
        self, fake: FakeSpotify, open_source: OpenSource, caplog: pytest.LogCaptureFixture
    ) -> None:
        read(open_source())
        assert "run `spotify-assets login`" in caplog.text
        assert not [token for token in fake.tokens if token in caplog.text]


def test_a_refresh_token_of_the_flow_with_a_secret_is_renewed_with_it(
    fake: FakeSpotify, open_source: OpenSource
) -> None:
    fake.sign_in.wants_secret = True
    fake.add_playlist(MINE, songs=3)
    with pytest.raises(CredentialsRefused):
        read(open_source())
    source = open_source(spotify_client_secret=fake.client_secret)
    assert read(source)[ENTRIES[fake.generation]]["total"] == 3


def test_spotipys_own_logs_stay_silent_at_any_level(
    fake: FakeSpotify, source: LivePlaylists, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("", "spotipy", "spotipy.client", "spotipy.oauth2"):
        caplog.set_level(logging.DEBUG, logger=name)
    with pytest.raises(NotFound):
        read(source)
    assert not [record for record in caplog.records if record.name.startswith("spotipy")]
    assert not [token for token in fake.tokens if token in caplog.text]


def liked_by(fake: FakeSpotify, songs: int) -> None:
    """The user likes some songs, and has agreed that they are read."""
    fake.add_playlist(MINE, songs=songs)
    name = ENTRY[fake.generation]
    fake.liked = [{"added_at": row["added_at"], "track": row[name]} for row in fake.playlists[MINE].entries]


@pytest.mark.parametrize("songs", [0, 3, 50, 120])
def test_liked_songs_are_read_page_by_page_where_the_sign_in_includes_them(
    fake: FakeSpotify, open_source: OpenSource, songs: int
) -> None:
    liked_by(fake, songs)
    source = open_source(spotify_refresh_token=fake.sign_in.another_refresh_token(LIBRARY_SCOPE))
    document = read(source, LIKED)
    assert (document["name"], document["tracks"]["total"]) == ("Liked Songs", songs)
    assert document["tracks"]["items"] == fake.liked
    assert asked(fake) == ["/v1/me/tracks"] * max(1, -(-songs // 50))


def test_liked_songs_that_the_sign_in_does_not_include_name_the_command(
    fake: FakeSpotify, open_source: OpenSource
) -> None:
    liked_by(fake, 3)
    nobody = open_source(spotify_refresh_token=None, spotify_client_secret=SecretStr(fake.client_secret))
    for source in (open_source(), nobody):
        with pytest.raises(LikedSongsWithheld, match="lists `liked`: spotify-assets login"):
            read(source, LIKED)
