"""A month of days against the fake Spotify, with half the requests that would be wanted, by spotipy as it is.

Each day is a process of its own as far as the platform knows: a new source, and a lake that is opened anew.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from pydantic import SecretStr

from spotify_assets.capture.playlists_file import playlists_to_capture
from spotify_assets.capture.profiles import ArtistsCaptured, capture_artists
from spotify_assets.capture.snapshots import PlaylistsCaptured, capture_playlists
from spotify_assets.config import Settings
from spotify_assets.lake.raw import ARTISTS
from spotify_assets.lake.raw_lake import RawLake
from spotify_assets.lake.request_counts import RequestCounts
from spotify_assets.spotify.api import Patience
from spotify_assets.spotify.live import LivePlaylists
from spotify_assets.transform.containers import decompress
from spotify_assets.transform.credits import credited_artists
from spotify_assets_tests.support.spotify.fake import fake_spotify
from spotify_assets_tests.support.spotify.state import FakeSpotify

FIRST = date(2026, 3, 1)
REGIONS = ("us", "gb", "de", "fr", "br")
DAY = timedelta(days=1)
# What a capture by a process that is killed runs: as the platform does it, at a moment of its own.
CAPTURE = """
import sys
from datetime import date, datetime
from spotify_assets.capture.playlists_file import playlists_to_capture
from spotify_assets.capture.profiles import capture_artists
from spotify_assets.capture.snapshots import capture_playlists
from spotify_assets.config import Settings
from spotify_assets.lake.raw_lake import RawLake
from spotify_assets.spotify.live import LivePlaylists
settings, at = Settings.model_validate_json(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
lake, source = RawLake(settings), LivePlaylists(settings, clock=lambda: at)
capture_playlists(lake, source, playlists_to_capture(settings), at.date(), None)
capture_artists(lake, source, at.date(), lake.raw.objects_of([at.date()])[at.date()])
"""


@dataclass
class Month:
    """A lake at a fake Spotify, and what arrived there at which (simulated) time."""

    fake: FakeSpotify
    settings: Settings
    arrived: list[tuple[datetime, int]] = field(default_factory=list)

    def choose(self, *regions: str) -> None:
        """The playlists that are captured from now on, one for each region."""
        rows = [{"id": f"{region:a>22}", "name": region, "region": region} for region in regions]
        for row in rows:
            if row["id"] not in self.fake.playlists:
                self.fake.add_playlist(row["id"], name=row["name"], songs=60, region=row["region"])
        self.settings.playlists_file.write_text(json.dumps({"playlists": rows}))

    def capture(self, at: datetime) -> tuple[PlaylistsCaptured, ArtistsCaptured]:
        """What the capture of a day does, in a process that is new."""
        lake = RawLake(self.settings)
        source = LivePlaylists(self.settings, Patience(2, 5, first_pause=0.001), clock=lambda: at)
        before = len(self.fake.requests)
        playlists = capture_playlists(lake, source, playlists_to_capture(self.settings), at.date(), None)
        artists = capture_artists(lake, source, at.date(), lake.raw.objects_of([at.date()])[at.date()])
        self.arrived.append((at, len(self.fake.requests) - before))
        assert self.arrived[-1][1] == playlists.requests + artists.requests
        return playlists, artists

    def in_24_hours(self, until: datetime) -> int:
        return sum(count for at, count in self.arrived if until - DAY < at <= until)

    def profiles(self, day: date) -> dict[str, datetime]:
        """When each profile of the day's object was read."""
        data = RawLake(self.settings).raw.latest(ARTISTS, day, 0)
        assert data is not None
        rows = msgspec.json.decode(decompress(data))["artists"]
        return {row["id"]: datetime.fromisoformat(row["fetched_at"]) for row in rows}

    def wanted(self, day: date) -> list[str]:
        """Artists on the day's playlists, best placed first."""
        lake = RawLake(self.settings)
        return credited_artists(lake.raw.read(lake.raw.objects_of([day])[day]), day, "spotify")


def at_six(day: int) -> datetime:
    """When that day is captured: some minutes earlier or later than the day before."""
    return datetime(2026, 3, 1, 6, tzinfo=UTC) + day * DAY + timedelta(minutes=day * 37 % 60)


def open_month(folder: Path, fake: FakeSpotify, daily: int | None = None) -> Month:
    settings = Settings(
        lake_url=str(folder / "lake"),
        spotify_source="spotify",
        playlists_file=folder / "playlists.json",
        spotify_endpoint_url=fake.url,
        spotify_client_id=fake.client_id,
        spotify_refresh_token=SecretStr(fake.refresh_token),
        spotify_daily_requests=daily,
    )
    folder.mkdir(exist_ok=True)
    return Month(fake, settings)


@pytest.fixture
def fake() -> Iterator[FakeSpotify]:
    """In development mode, where each artist takes a request."""
    with fake_spotify("development") as spotify:
        yield spotify


def wanted_a_day(folder: Path, fake: FakeSpotify) -> int:
    """Requests of a first day that nothing bounds."""
    free = open_month(folder / "free", fake)
    free.choose(*REGIONS)
    playlists, artists = free.capture(at_six(0))
    assert artists.waiting == 0
    return playlists.requests + artists.requests


def test_no_playlist_is_missed_in_a_month_of_half_the_requests_and_all_profiles_are_read_in_the_end(
    tmp_path: Path, fake: FakeSpotify
) -> None:
    month = open_month(tmp_path, fake, wanted_a_day(tmp_path, fake) // 2)
    month.choose(*REGIONS)
    daily = month.settings.spotify_daily_requests
    assert daily is not None
    waited = 0
    for day in range(31):
        if day == 14:
            # With artists of its own, who are new.
            month.choose(*REGIONS, "jp")
        at = at_six(day)
        playlists, artists = month.capture(at)
        assert (playlists.landed, playlists.failed, artists.failure) == (5 + (day >= 14), (), None), at
        assert month.in_24_hours(at) <= daily
        assert artists.budget is not None
        assert (artists.budget.used, artists.budget.left) == (month.in_24_hours(at), daily - month.in_24_hours(at))
        assert artists.read + artists.carried + artists.missing == len(month.wanted(at.date()))
        assert (artists.waiting > 0) == (artists.left_out is not None)
        waited += artists.waiting > 0
    last = at_six(30)
    assert month.profiles(last.date()).keys() == set(month.wanted(last.date()))
    assert all(last - read_at < timedelta(days=31) for read_at in month.profiles(last.date()).values())
    assert waited > 1


def test_of_new_artists_the_best_placed_are_read_first(tmp_path: Path, fake: FakeSpotify) -> None:
    month = open_month(tmp_path, fake, wanted_a_day(tmp_path, fake) // 2)
    # Of several that are asked for at once, any may be the last that is allowed.
    month.settings = month.settings.model_copy(update={"spotify_concurrency": 1})
    month.choose(*REGIONS)
    _, artists = month.capture(at_six(0))
    assert 0 < artists.read < artists.missing + artists.read
    assert set(month.profiles(FIRST)) == set(month.wanted(FIRST)[: artists.read])
    assert artists.left_out is not None
    assert artists.left_out.startswith("No request is left for profiles: playlists may need 18 before")
    assert f"SPOTIFY_DAILY_REQUESTS={month.settings.spotify_daily_requests}" in artists.left_out


def test_a_refused_batch_is_tried_once_a_month_and_a_second_capture_of_a_day_asks_for_no_artist(
    tmp_path: Path, fake: FakeSpotify
) -> None:
    month = open_month(tmp_path, fake)
    month.choose("us")
    refused = []
    for day in range(32):
        month.choose(*REGIONS[: 1 + day % 5])
        fake.requests.clear()
        month.arrived.clear()
        month.capture(at_six(day))
        refused += [day] * [request.path for request in fake.requests].count("/v1/artists")
    assert refused == [0, 30]
    _, again = month.capture(at_six(31))
    assert again.requests == 0


def test_artists_who_come_back_are_not_asked_about_again_while_their_profiles_are_good(
    tmp_path: Path, fake: FakeSpotify
) -> None:
    month = open_month(tmp_path, fake)
    month.choose("us", "jp")
    month.capture(at_six(0))
    both = month.wanted(FIRST)
    for day in range(1, 9):
        month.choose("us")
        _, artists = month.capture(at_six(day))
        assert artists.read == 0
        # No table has those who are not there.
        assert month.profiles(at_six(day).date()).keys() == set(month.wanted(at_six(day).date())) < set(both)
    month.choose("us", "jp")
    _, artists = month.capture(at_six(9))
    assert (artists.read, artists.requests, artists.carried) == (0, 0, len(both))


def test_a_capture_that_is_killed_has_told_of_all_but_its_last_requests(tmp_path: Path, fake: FakeSpotify) -> None:
    month = open_month(tmp_path, fake, wanted_a_day(tmp_path, fake) // 2)
    month.choose(*REGIONS)
    processes: list[subprocess.Popen[bytes]] = []
    before, at = len(fake.requests), at_six(0)

    def kill_late() -> None:
        if len(fake.requests) - before >= 80:
            processes[0].kill()

    fake.before("/v1/artists/", kill_late, times=1000)
    given = json.loads(month.settings.model_dump_json()) | {"spotify_refresh_token": fake.refresh_token}
    command = [sys.executable, "-c", CAPTURE, json.dumps(given), at.isoformat()]
    processes.append(subprocess.Popen(command))
    assert processes[0].wait(60) == -signal.SIGKILL
    sent = len(fake.requests) - before
    counted = sum(
        sum(found.by_endpoint.values())
        for found in RequestCounts(RawLake(month.settings).raw_storage).last_day(at + DAY / 2).sent
    )
    assert sent - 50 - month.settings.spotify_concurrency <= counted <= sent
    # An hour later: what was captured is captured again, within what is left.
    month.arrived.append((at, sent))
    playlists, artists = month.capture(at + timedelta(hours=1))
    assert (playlists.landed, playlists.failed) == (5, ())
    assert artists.left_out is not None
    for day in range(1, 10):
        playlists, artists = month.capture(at_six(day))
        assert (playlists.landed, artists.failure) == (5, None)
    assert artists.waiting == 0
    assert month.profiles(at_six(9).date()).keys() == set(month.wanted(at_six(9).date()))


def test_playlists_that_need_more_than_the_bound_say_what_to_do(tmp_path: Path, fake: FakeSpotify) -> None:
    month = open_month(tmp_path, fake, 10)
    month.choose(*REGIONS)
    playlists, artists = month.capture(at_six(0))
    assert (playlists.requests, artists.requests) == (10, 0)
    assert playlists.landed + len(playlists.failed) == 5
    message = str(playlists.failed[0])
    assert "No request is left for playlists: raise SPOTIFY_DAILY_REQUESTS. (0 of SPOTIFY_DAILY_REQUESTS=10" in message
    assert not playlists.may_pass
    assert artists.read == 0
    # The day after, as if nothing had been.
    assert month.capture(at_six(0) + 2 * DAY)[0].requests == 10


def test_requests_that_cannot_be_counted_cost_no_playlist(
    tmp_path: Path, fake: FakeSpotify, caplog: pytest.LogCaptureFixture
) -> None:
    month = open_month(tmp_path, fake)
    month.choose("us")
    lake = RawLake(month.settings)
    # A file where a folder should be: nothing can be written there.
    lake.storage.write(f"requests/{FIRST}", b"in the way")
    lake.storage.write("requests/no_batches", b"in the way")
    playlists, artists = month.capture(at_six(0))
    assert (playlists.landed, artists.failure, artists.waiting) == (1, None, 0)
    assert "requests to Spotify are not counted: " in caplog.text
    assert "will be tried again" in caplog.text
