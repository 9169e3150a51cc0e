"""Cheap checks against Spotify: whose credentials these are, and which playlists they may read.

Each is tried once and without waiting, since a person is looking on.
"""

from dataclasses import dataclass

from spotify_assets.config import Settings
from spotify_assets.spotify.api import Patience, SpotifyApi
from spotify_assets.spotify.errors import EntriesWithheld
from spotify_assets.spotify.payloads import LIKED
from spotify_assets.spotify.playlist_entry import PlaylistEntry

# Both API generations; a playlist with withheld entries lacks both.
FIELDS = "owner.id,items.total,tracks.total"


@dataclass(frozen=True)
class Probe:
    """Checks as one app; `user` is None if it acts for itself."""

    api: SpotifyApi
    user: str | None

    def playlist(self, entry: PlaylistEntry) -> int:
        """Number of entries of a readable playlist.

        Raises:
            CaptureError: it cannot be read.
        """
        if entry.playlist_id == LIKED:
            return int(self.api.liked_songs(0).get("total") or 0)
        document = self.api.playlist(entry.playlist_id, FIELDS)
        page = document.get("items") or document.get("tracks")
        if not isinstance(page, dict):
            raise EntriesWithheld((document.get("owner") or {}).get("id"), self.user)
        return int(page.get("total") or 0)


def sign_in(settings: Settings) -> Probe:
    """A probe as the user if there is a refresh token, else as the app.

    Raises:
        CaptureError: credentials are missing, refused, revoked or expired.
    """
    api = SpotifyApi(settings, Patience(attempts=1, longest_wait=0))
    return Probe(api, api.user())
