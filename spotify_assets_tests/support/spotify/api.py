"""The endpoints of the fake's Web API: who may read what, and the errors in Spotify's words."""

import re
import string
from collections.abc import Mapping
from typing import Any, Literal

from spotify_assets_tests.support.spotify import playlists as contents
from spotify_assets_tests.support.spotify.playlists import ENTRIES, Playlist
from spotify_assets_tests.support.spotify.sign_in import AccessToken
from spotify_assets_tests.support.spotify.state import FakeSpotify

PAGE_LIMITS = {"items": 50, "tracks": 100}
BATCH_LIMIT = LIKED_LIMIT = 50
NO_TOKEN = {"none": "No token provided", "unknown": "Invalid access token", "expired": "The access token expired"}


class ApiError(Exception):
    """An error answer; its text is Spotify's message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def error_body(status: int, message: str, reason: str | None = None) -> dict[str, Any]:
    """An error as the API writes it."""
    return {"error": {"status": status, "message": message, **({"reason": reason} if reason else {})}}


def answer(
    fake: FakeSpotify,
    method: str,
    path: str,
    query: Mapping[str, str],
    token: AccessToken | Literal["none", "unknown", "expired"],
) -> dict[str, Any]:
    """The document that an endpoint answers.

    Raises:
        ApiError: there is nothing to answer.
    """
    if not isinstance(token, AccessToken):
        raise ApiError(401, NO_TOKEN[token])
    match (method, *path.strip("/").split("/")):
        case ("GET", "v1", "me"):
            return _me(fake, token)
        case ("GET", "v1", "me", "tracks"):
            return _liked_songs(fake, query, token)
        case ("GET", "v1", "artists" | "tracks" as kind):
            return {kind: _known(fake, kind, _batch(fake, query))}
        case ("GET", "v1", "artists" | "tracks" as kind, wanted_id):
            return _one(fake, kind, wanted_id)
        case ("GET", "v1", "playlists", playlist_id):
            playlist = _playlist(fake, playlist_id)
            return playlist.document(fake.url, query, _may_read_entries(fake, playlist, token))
        case ("GET", "v1", "playlists", playlist_id, "items" | "tracks" as name):
            return _page(fake, playlist_id, name, query, token)
        case _:
            raise ApiError(404, "Service not found")


def _me(fake: FakeSpotify, token: AccessToken) -> dict[str, Any]:
    if token.user is None:
        raise ApiError(401, "Valid user authentication required")
    return {"display_name": "The User", "images": [], **contents.user(token.user, fake.url)}


def _liked_songs(fake: FakeSpotify, query: Mapping[str, str], token: AccessToken) -> dict[str, Any]:
    if token.user is None:
        raise ApiError(401, "Valid user authentication required")
    if "user-library-read" not in token.scope.split():
        raise ApiError(403, "Insufficient client scope")
    limit, offset = _number(query, "limit", 20), _number(query, "offset", 0)
    if not 1 <= limit <= LIKED_LIMIT:
        raise ApiError(400, "Invalid limit")
    rows = fake.liked[offset : offset + limit]
    href = f"{fake.url}/v1/me/tracks"
    following = offset + limit
    return {
        "href": f"{href}?offset={offset}&limit={limit}",
        "items": rows,
        "limit": limit,
        "next": f"{href}?offset={following}&limit={limit}" if following < len(fake.liked) else None,
        "offset": offset,
        "previous": f"{href}?offset={max(0, offset - limit)}&limit={limit}" if offset else None,
        "total": len(fake.liked),
    }


def _known(fake: FakeSpotify, kind: str, ids: list[str]) -> list[dict[str, Any] | None]:
    """What is known of these ids, null for others."""
    return contents.artists(ids, fake.generation) if kind == "artists" else contents.tracks(ids)


def _one(fake: FakeSpotify, kind: str, wanted_id: str) -> dict[str, Any]:
    if not _is_number(wanted_id):
        raise ApiError(400, "Invalid base62 id")
    found = _known(fake, kind, [wanted_id])[0]
    if found is None:
        raise ApiError(404, "Resource not found")
    return found


def _batch(fake: FakeSpotify, query: Mapping[str, str]) -> list[str]:
    """The ids of a request about many."""
    if fake.generation == "development":
        raise ApiError(403, "Forbidden")
    ids = query.get("ids", "").split(",")
    if len(ids) > BATCH_LIMIT:
        raise ApiError(400, "Too many ids requested")
    if not all(map(_is_number, ids)):
        raise ApiError(400, "Invalid base62 id")
    return ids


def _page(
    fake: FakeSpotify,
    playlist_id: str,
    name: Literal["items", "tracks"],
    query: Mapping[str, str],
    token: AccessToken,
) -> dict[str, Any]:
    if name != ENTRIES[fake.generation]:
        # Whoever has extended quota keeps the API as it was; who has not lost what it was.
        raise ApiError(403, "Forbidden") if name == "tracks" else ApiError(404, "Service not found")
    playlist = _playlist(fake, playlist_id)
    if not _may_read_entries(fake, playlist, token):
        raise ApiError(403, "Forbidden")
    limit, offset = _number(query, "limit", 20), _number(query, "offset", 0)
    if not 1 <= limit <= PAGE_LIMITS[name]:
        raise ApiError(400, "Invalid limit")
    if offset < 0:
        raise ApiError(400, "Invalid offset")
    return playlist.page(fake.url, query, offset, limit)


def _playlist(fake: FakeSpotify, playlist_id: str) -> Playlist:
    if not _is_id(playlist_id):
        raise ApiError(400, "Invalid base62 id")
    playlist = fake.playlists.get(playlist_id)
    if playlist is None or playlist.owner == "spotify":
        raise ApiError(404, "Resource not found")
    return playlist


def _may_read_entries(fake: FakeSpotify, playlist: Playlist, token: AccessToken) -> bool:
    if fake.generation == "extended":
        return True
    return playlist.owner == token.user and "playlist-read-private" in token.scope.split()


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not re.fullmatch(r"-?\d+", text):
        raise ApiError(400, f"Invalid {name}")
    return int(text)


def _is_id(text: str) -> bool:
    return re.fullmatch(r"[0-9A-Za-z]{22}", text) is not None


def _is_number(text: str) -> bool:
    """Whether an id is one: 22 digits hold more than the 128 bits of an id."""
    digits = string.digits + string.ascii_letters
    return _is_id(text) and sum(digits.index(digit) * 62**place for place, digit in enumerate(text[::-1])) < 2**128
