"""Two errors under one status: a quota that is used up closes its endpoint, the rate limit is waited for."""

import gzip
import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from spotify_assets.spotify.errors import QuotaExceeded, RateLimited
from spotify_assets.spotify.line import LONGEST_REFUSAL, endpoint_of
from spotify_assets.spotify.live import LivePlaylists
from spotify_assets.spotify.playlist_entry import PlaylistEntry
from spotify_assets_tests.spotify.conftest import OpenSource
from spotify_assets_tests.support.processes.at_once import at_once
from spotify_assets_tests.support.spotify.playlists import ENTRIES, ENTRY
from spotify_assets_tests.support.spotify.state import FakeSpotify

MINE = PlaylistEntry("6UeSakyzhiEt4NB3UAd6NQ", "A playlist", None, ())
HALF_A_DAY = 48_925
QUOTA = {"error": {"status": 429, "message": "API quota exceeded", "reason": "QUOTA_EXCEEDED"}}


def today() -> date:
    return datetime.now(UTC).date()


def asked(fake: FakeSpotify, part: str) -> int:
    return sum(part in request.path for request in fake.requests)


@pytest.fixture
def artist_ids(fake: FakeSpotify, source: LivePlaylists) -> list[str]:
    """Artists of a playlist that was read."""
    fake.add_playlist(MINE.playlist_id, songs=100)
    songs = source.playlist(MINE, today()).document[ENTRIES[fake.generation]]["items"]
    fake.requests.clear()
    return sorted({artist["id"] for song in songs for artist in song[ENTRY[fake.generation]]["artists"]})


@pytest.mark.parametrize(
    ("path", "endpoint"),
    [
        ("/v1/playlists/1", "playlists"),
        ("/v1/playlists/1/items?offset=50", "playlists items"),
        ("/v1/playlists/1/tracks", "playlists tracks"),
        ("/v1/artists?ids=1,2", "artists"),
        ("/v1/artists/1", "artists"),
        ("/v1/tracks/1", "tracks"),
        ("/v1/me", "me"),
        ("/v1/me/tracks", "me"),
        ("/api/token", "api token"),
    ],
)
def test_an_endpoint_is_one_whatever_it_is_asked_about(path: str, endpoint: str) -> None:
    assert endpoint_of(f"https://api.spotify.com{path}") == endpoint


def test_a_quota_is_told_in_the_time_of_the_machine_and_in_utc() -> None:
    program = (
        "from datetime import UTC, datetime\n"
        "from spotify_assets.spotify.errors import QuotaExceeded\n"
        "print(QuotaExceeded('artists', datetime(2026, 8, 31, 23, 30, tzinfo=UTC)))"
    )
    # In a process of its own: the zone of this one is everybody's.
    surroundings = {**os.environ, "TZ": "CET-1"}
    told = subprocess.run([sys.executable, "-c", program], env=surroundings, capture_output=True, text=True, check=True)
    assert "It is available again after 2026-09-01 00:30 CET (2026-08-31 23:30 UTC)." in told.stdout


def test_a_quota_says_when_it_may_be_asked_again(fake: FakeSpotify, source: LivePlaylists) -> None:
    fake.add_playlist(MINE.playlist_id)
    fake.fail("/v1/playlists", status=429, headers={"Retry-After": str(HALF_A_DAY)}, body=QUOTA)
    before = datetime.now(UTC)
    with pytest.raises(QuotaExceeded) as raised:
        source.playlist(MINE, today())
    until = raised.value.until
    assert until is not None
    assert timedelta() <= until - before - timedelta(seconds=HALF_A_DAY) < timedelta(minutes=1)
    assert f"({until:%Y-%m-%d %H:%M} UTC)." in str(raised.value)
    assert not raised.value.may_pass
    # Known from then on, with the same words.
    sent = source.sent.total()
    with pytest.raises(QuotaExceeded) as again:
        source.playlist(MINE, today())
    assert str(again.value) == str(raised.value)
    assert (source.sent.total(), len(fake.requests)) == (sent, sent)


def test_a_quota_that_does_not_say_until_when_says_so(fake: FakeSpotify, source: LivePlaylists) -> None:
    fake.add_playlist(MINE.playlist_id)
    fake.quota("playlists", 0, tells=False)
    for _ in range(2):
        with pytest.raises(QuotaExceeded, match="Spotify does not say when"):
            source.playlist(MINE, today())
    assert asked(fake, "/playlists") == 1


def test_a_quota_of_one_endpoint_leaves_the_others_open(
    fake: FakeSpotify, source: LivePlaylists, artist_ids: list[str]
) -> None:
    fake.quota("artists", 0)
    for _ in range(2):
        with pytest.raises(QuotaExceeded, match="quota for artists is used up"):
            list(source.artists(artist_ids, today()))
    assert source.playlist(MINE, today()).doubts is None
    # Those that were under way when the first was refused.
    assert 1 <= asked(fake, "/artists") <= source.concurrency


@pytest.mark.parametrize("fake", ["development"], indirect=True)
def test_all_threads_end_at_once_and_what_was_read_before_is_kept(
    fake: FakeSpotify, source: LivePlaylists, artist_ids: list[str]
) -> None:
    fake.quota("artists", 21)
    found: list[str] = []

    def read_on() -> None:
        for profile in source.artists(artist_ids, today()):
            found.append(profile["id"])

    with pytest.raises(QuotaExceeded):
        read_on()
    # The refused batch is one of the 21.
    assert set(found) < set(artist_ids)
    assert len(found) == len(set(found)) == 20
    assert asked(fake, "/artists") <= 21 + source.concurrency

    def refused() -> None:
        with pytest.raises(QuotaExceeded):
            list(source.artists(artist_ids, today()))

    sent = len(fake.requests)
    at_once(*[refused] * 8)
    assert len(fake.requests) == sent


def test_another_run_asks_again_and_is_answered_once_the_day_has_rolled_on(
    fake: FakeSpotify, open_source: OpenSource
) -> None:
    fake.add_playlist(MINE.playlist_id, songs=3)
    fake.quota("playlists", 1)
    open_source().playlist(MINE, today())
    with pytest.raises(QuotaExceeded):
        open_source().playlist(MINE, today())
    fake.clock.advance(timedelta(hours=24))
    open_source().playlist(MINE, today())


@pytest.mark.parametrize(
    "body",
    [
        "Too many requests",
        "",
        {"error": {"status": 429, "message": "API rate limit exceeded"}},
        {"error": {"status": 429, "reason": "ANOTHER"}},
        {"error": {"status": 429, "reason": {"QUOTA_EXCEEDED": 1}}},
        {"error": "QUOTA_EXCEEDED"},
        ["QUOTA_EXCEEDED"],
        '{"error": {"reason": "QUOTA_EXCEEDED"',
        '{"error": {"more": ' + "[" * 30_000,
        {"error": {"more": "x" * LONGEST_REFUSAL, "reason": "QUOTA_EXCEEDED"}},
        {"error": {"reason": "\ud800"}},
    ],
)
@pytest.mark.parametrize("fake", ["development"], indirect=True)
def test_any_other_refusal_is_the_rate_limit_which_is_waited_for(
    fake: FakeSpotify, source: LivePlaylists, body: Any
) -> None:
    fake.add_playlist(MINE.playlist_id, songs=3)
    fake.fail("/v1/playlists", status=429, headers={"Retry-After": "0"}, body=body, times=2)
    assert source.playlist(MINE, today()).doubts is None
    assert asked(fake, "/playlists") == 3


@pytest.mark.parametrize("fake", ["development"], indirect=True)
def test_a_body_that_is_packed_is_read_and_one_that_is_torn_is_no_quota(
    fake: FakeSpotify, source: LivePlaylists
) -> None:
    fake.add_playlist(MINE.playlist_id, songs=3)
    packed, headers = gzip.compress(json.dumps(QUOTA).encode()), {"Retry-After": "0", "Content-Encoding": "gzip"}
    for torn in (b"no gzip", packed[:40]):
        fake.fail("/v1/playlists", status=429, headers=headers, body=torn)
        assert source.playlist(MINE, today()).doubts is None
    fake.fail("/v1/playlists", status=429, headers=headers, body=packed)
    with pytest.raises(QuotaExceeded):
        source.playlist(MINE, today())


def test_a_rate_limit_after_a_quota_is_still_one(fake: FakeSpotify, source: LivePlaylists) -> None:
    fake.add_playlist(MINE.playlist_id, songs=3)
    fake.quota("artists", 0)
    with pytest.raises(QuotaExceeded):
        list(source.artists(["0" * 22], today()))
    fake.fail("/v1/playlists", status=429, headers={"Retry-After": "7200"})
    with pytest.raises(RateLimited):
        source.playlist(MINE, today())
