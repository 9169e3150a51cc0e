"""The field `watch` of a playlist in `playlists.yaml`: the changes to be notified about."""

import re
from typing import Any

from spotify_assets.spotify.playlist_entry import Watch

ANY = "any"
KEYS = ("song", "artist", "position")
FORMS = (
    "`any`, or a list of `song: …`, `artist: …` (a link, an id or a name) and `position: 10`; `song` or `artist` may "
    "also have a `position`"
)
KINDS = {"song": "track", "artist": "artist"}
LINK = re.compile(
    r"(?:spotify:|(?:https?://)?open\.spotify\.com/(?:intl-[a-z-]+/)?)(?P<kind>[a-z]+)[:/](?P<id>[0-9A-Za-z]{22})"
    r"(?:[/?#].*)?",
    re.IGNORECASE,
)
LIKE_A_LINK = re.compile(r"(?:spotify:|https?://|open\.spotify\.com/|spotify\.link/)", re.IGNORECASE)


class BadWatch(ValueError):
    """An invalid value of `watch`; the message names the part, and what is wrong."""


def read_watch(value: Any) -> tuple[Watch, ...]:
    """The watches in a value of `watch`.

    Raises:
        BadWatch: it has none of the known forms.
    """
    if value is None:
        return ()
    if value == ANY:
        return (Watch(),)
    if not isinstance(value, list) or not value:
        raise BadWatch(f"is {_shown(value)}")
    return tuple(_watch(number, item) for number, item in enumerate(value, 1))


def _watch(number: int, item: Any) -> Watch:
    if not isinstance(item, dict) or not item:
        raise BadWatch(f"has {_shown(item)} as number {number}")
    if unknown := [key for key in item if key not in KEYS]:
        raise BadWatch(f"has the unknown key {_shown(unknown[0])} in number {number}")
    if {"song", "artist"} <= item.keys():
        raise BadWatch(f"has both `song` and `artist` in number {number}; split it in two")
    position = item.get("position")
    # True is an integer in Python.
    if "position" in item and (isinstance(position, bool) or not isinstance(position, int) or position < 1):
        raise BadWatch(f"has {_shown(position)} as `position` in number {number}, which is not a whole number from 1")
    return Watch(_named("song", item, number), _named("artist", item, number), position)


def _named(key: str, item: dict[str, Any], number: int) -> str | None:
    """The id of a link, or else the id or name unchanged."""
    if key not in item:
        return None
    text = item[key]
    if not isinstance(text, str) or not text.strip():
        raise BadWatch(f"has {_shown(text)} as `{key}` in number {number}, which is not text; put it in quotes")
    text = text.strip()
    link = LINK.fullmatch(text)
    if link is not None and link["kind"].lower() == KINDS[key]:
        return link["id"]
    if LIKE_A_LINK.match(text):
        kind = KINDS[key]
        raise BadWatch(f"has {_shown(text)} as `{key}` in number {number}, which is not a link to a Spotify {kind}")
    return text


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:80]}…"
