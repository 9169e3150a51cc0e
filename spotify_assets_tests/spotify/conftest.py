"""A fake Spotify, and settings that lead to it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from spotify_assets.config import Settings
from spotify_assets.spotify.api import Patience
from spotify_assets.spotify.live import LivePlaylists
from spotify_assets_tests.support.spotify.fake import fake_spotify
from spotify_assets_tests.support.spotify.state import FakeSpotify

OpenSource = Callable[..., LivePlaylists]


@pytest.fixture(params=["development", "extended"])
def fake(request: pytest.FixtureRequest) -> Iterator[FakeSpotify]:
    with fake_spotify(request.param) as spotify:
        yield spotify


@pytest.fixture
def open_source(fake: FakeSpotify) -> OpenSource:
    """A source at the fake; keywords change settings. Pauses are short, since nobody is spared by them here."""

    def opened(attempts: int = 3, longest_wait: float = 5, **changes: Any) -> LivePlaylists:
        given: dict[str, Any] = {
            "spotify_source": "spotify",
            "spotify_endpoint_url": fake.url,
            "spotify_client_id": fake.client_id,
            "spotify_refresh_token": fake.refresh_token,
        }
        return LivePlaylists(Settings(**{**given, **changes}), Patience(attempts, longest_wait, first_pause=0.001))

    return opened


@pytest.fixture
def source(open_source: OpenSource) -> LivePlaylists:
    return open_source()
