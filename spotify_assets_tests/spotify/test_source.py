"""The simulated source: what it cannot be asked for."""

from datetime import date

import pytest

from spotify_assets.spotify.errors import CaptureError
from spotify_assets.spotify.payloads import LIKED
from spotify_assets.spotify.playlist_entry import PlaylistEntry
from spotify_assets.spotify.source import SimulatedPlaylists


def test_the_sample_has_no_liked_songs_and_says_what_to_do() -> None:
    with pytest.raises(CaptureError, match=r"no user with liked songs\. Remove it from PLAYLISTS_FILE"):
        SimulatedPlaylists().playlist(PlaylistEntry(LIKED, "Mine", None, ()), date(2026, 3, 1))
