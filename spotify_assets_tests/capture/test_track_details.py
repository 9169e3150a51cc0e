"""Asking for tracks that charts only name: within the budget, over days, and whatever happens half way."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest
from pydantic import SecretStr

from spotify_assets.capture.playlists_file import playlists_to_capture
from spotify_assets.capture.profiles import capture_artists
from spotify_assets.capture.snapshots import capture_playlists
from spotify_assets.capture.track_details import TracksCaptured, capture_track_details, tracks_to_ask_for
from spotify_assets.config import Settings
from spotify_assets.lake.lake import Lake
from spotify_assets.spotify.api import Patience
from spotify_assets.spotify.live import LivePlaylists
from spotify_assets.spotify.sample.source import SampleSource
from spotify_assets_tests.support.spotify.fake import fake_spotify
from spotify_assets_tests.support.spotify.state import FakeSpotify

FIRST = datetime(2026, 3, 1, 6, tzinfo=UTC)
DAY = timedelta(days=1)
PLAYLIST = "1" * 22


def tracks_of(region: str) -> list[str]:
    """Ids that the fake knows, in the order of a chart."""
    entries = SampleSource().playlist(PLAYLIST, "Chart", region, FIRST.date())["items"]["items"]
    return [entry["item"]["id"] for entry in entries if entry["item"] and entry["item"]["type"] == "track"]


TRACKS = [track_id for track_id in tracks_of("jp") if track_id][:40]


@pytest.fixture
def fake() -> Iterator[FakeSpotify]:
    """In development mode, where each track takes a request."""
    with fake_spotify("development") as spotify:
        spotify.add_playlist(PLAYLIST, name="Mine", songs=5)
        yield spotify


def settings_of(folder: Path, fake: FakeSpotify, daily: int | None = None) -> Settings:
    file = folder / "playlists.json"
    file.write_text(json.dumps({"playlists": [{"id": PLAYLIST, "name": "Mine"}]}))
    return Settings(
        lake_url=str(folder / "lake"),
        spotify_source="spotify",
        playlists_file=file,
        spotify_endpoint_url=fake.url,
        spotify_client_id=fake.client_id,
        spotify_refresh_token=SecretStr(fake.refresh_token),
        spotify_daily_requests=daily,
    )


def captured(settings: Settings, at: datetime, published: list[str]) -> TracksCaptured:
    """What the capture of a day does, by a process that is new: playlists, tracks, profiles."""
    lake, source = Lake(settings), LivePlaylists(settings, Patience(2, 5, first_pause=0.001), clock=lambda: at)
    playlists = capture_playlists(lake, source, playlists_to_capture(settings), at.date(), None)
    assert playlists.failed == ()
    objects = lake.raw.objects_of([at.date()])[at.date()]
    found = capture_track_details(lake, source, at.date(), objects, published)
    capture_artists(lake, source, at.date(), objects)
    return found


def read(settings: Settings) -> set[str]:
    details = Lake(settings).track_details
    return {answer.id for answer in details.read(details.keys()) if bytes(answer.track) != b"null"}


def test_tracks_catch_up_over_days_best_placed_first_and_neither_playlists_nor_profiles_are_starved(
    tmp_path: Path, fake: FakeSpotify
) -> None:
    settings = settings_of(tmp_path, fake, daily=30)
    waiting = [len(TRACKS)]
    for number in range(12):
        before = len(fake.requests)
        found = captured(settings, FIRST + number * DAY, TRACKS)
        assert len(fake.requests) - before <= 30
        known = len(TRACKS) - found.waiting
        # Of those that are asked at the same moment any may be the one for which no request is left.
        assert len(read(settings)) == known
        assert read(settings) <= set(TRACKS[: known + settings.spotify_concurrency])
        waiting.append(found.waiting)
        if found.left_out is not None:
            assert found.left_out.startswith("No request is left for tracks: playlists may need ")
            assert found.failure is None
    assert waiting == sorted(waiting, reverse=True)
    assert waiting[-1] == 0
    # Five artists of the playlist were read meanwhile.
    assert sum("/artists/" in request.path for request in fake.requests) >= 5
    asked = [request.path for request in fake.requests if "/tracks/" in request.path]
    assert len(asked) == len(set(asked)) == len(TRACKS)


def test_a_quota_that_is_used_up_leaves_the_others_for_another_day(tmp_path: Path, fake: FakeSpotify) -> None:
    settings = settings_of(tmp_path, fake)
    fake.quota("tracks", requests=11)
    found = captured(settings, FIRST, TRACKS)
    assert found.failure is None
    assert "QUOTA_EXCEEDED" in str(found.left_out)
    assert (found.read, found.waiting) == (len(read(settings)), len(TRACKS) - found.read)
    assert 0 < found.read <= 10


def test_in_extended_quota_mode_fifty_are_asked_for_at_once(tmp_path: Path) -> None:
    with fake_spotify("extended") as fake:
        fake.add_playlist(PLAYLIST, name="Mine", songs=5)
        settings = settings_of(tmp_path, fake)
        found = captured(settings, FIRST, [*TRACKS, "7" * 22])
        assert (found.read, found.unknown, found.waiting) == (len(TRACKS), 1, 0)
        assert sum(request.path == "/v1/tracks" for request in fake.requests) == 1
        month_later = captured(settings, FIRST + 31 * DAY, [*TRACKS, "7" * 22])
        assert (month_later.read, month_later.unknown) == (0, 1)


@pytest.mark.parametrize("generation", ["development", "extended"])
def test_an_id_that_is_none_costs_itself_alone(tmp_path: Path, generation: Literal["development", "extended"]) -> None:
    with fake_spotify(generation) as fake:
        fake.add_playlist(PLAYLIST, name="Mine", songs=5)
        found = captured(settings_of(tmp_path, fake), FIRST, [TRACKS[0], "Z" * 22, *TRACKS[1:60]])
        assert (found.failure, found.read, found.unknown, found.waiting) == (None, len(TRACKS[:60]), 1, 0)


def test_what_was_written_before_a_capture_died_is_not_asked_for_again(
    tmp_path: Path, fake: FakeSpotify, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(tmp_path, fake)
    monkeypatch.setattr("spotify_assets.capture.kept_answers.AT_ONCE", 5)
    lake, source = Lake(settings), LivePlaylists(settings, Patience(2, 5, first_pause=0.001), clock=lambda: FIRST)
    answers = source.tracks

    def dying(track_ids: Iterable[str], day: date) -> Iterator[tuple[str, dict[str, Any] | None]]:
        yield from islice(answers(track_ids, day), 12)
        raise KeyboardInterrupt

    monkeypatch.setattr(source, "tracks", dying)
    with pytest.raises(KeyboardInterrupt):
        capture_track_details(lake, source, FIRST.date(), [], TRACKS)
    assert read(settings) == set(TRACKS[:10])
    assert captured(settings, FIRST + timedelta(minutes=5), TRACKS).read == len(TRACKS) - 10


def test_details_stay_as_spotify_sent_them(tmp_path: Path, fake: FakeSpotify) -> None:
    settings = settings_of(tmp_path, fake)
    captured(settings, FIRST, TRACKS[:1])
    details = Lake(settings).track_details
    [answer] = details.read(details.keys())
    assert msgspec.json.decode(answer.track) == dict(SampleSource().tracks([TRACKS[0]]))[TRACKS[0]]
    assert tracks_to_ask_for(Lake(settings), FIRST) == []
