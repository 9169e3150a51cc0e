"""How Spotify's clients name a playlist: its id, URI or link, and what people copy by mistake.

https://developer.spotify.com/documentation/web-api/concepts/spotify-uris-ids
Links with `user/…` date from before 2018; browsers get those with `intl-…` since 2022.
"""

import re

from spotify_assets.spotify.payloads import LIKED

ID = r"(?P<id>[0-9A-Za-z]{22})"
LANGUAGE = r"(?:intl-[a-z]{2,3}(?:-[a-z0-9]{2,4})?/|[a-z]{2}(?:-[a-z]{2})?/)?"
COLON = r"(?::|%3a)"
PLAYLIST = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        ID,
        rf"spotify:(?://)?(?:user[:/][^:/]+[:/])?playlist[:/]{ID}(?:[?#].*)?",
        rf"(?:https?://)?(?:www\.)?(?:open|play)\.spotify\.com/{LANGUAGE}(?:embed/)?(?:user/[^/]+/)?playlist/{ID}/?(?:[?#].*)?",
        rf"(?:https?://)?embed\.spotify\.com/?\?(?:.*&)?uri=spotify{COLON}(?:user{COLON}[^:%&]+{COLON})?playlist{COLON}{ID}(?:&.*)?",
        rf"(?:https?://)?api\.spotify\.com/v1/playlists/{ID}(?:[/?#].*)?",
    )
]
SHORT_LINK = re.compile(
    r"(?:https?://)?(?:spotify\.link|spoti\.fi|spotify\.app\.link|link\.tospotify\.com)/\S+", re.IGNORECASE
)
OTHER_KIND = re.compile(
    r"(?:spotify:|(?:https?://)?(?:open|play)\.spotify\.com/(?:[a-z0-9-]+/)?(?:embed/)?)"
    r"(?P<kind>album|artist|track|show|episode|user|audiobook|collection)\b",
    re.IGNORECASE,
)


class NoPlaylist(ValueError):
    """A text that names no playlist; the message says what it is instead, and what to do."""


def playlist_id(text: str) -> str:
    """The id of the playlist that a text names; `liked` are the songs that the signed-in user likes.

    Raises:
        NoPlaylist: it names none.
    """
    named = text.strip().strip("<>")
    if named == LIKED:
        return LIKED
    for form in PLAYLIST:
        if (match := form.fullmatch(named)) is not None:
            return match["id"]
    shown = repr(named[:80])
    if SHORT_LINK.fullmatch(named):
        raise NoPlaylist(f"{shown} is a short link. Open it in a browser, and copy the resulting address.")
    if other := OTHER_KIND.match(named):
        raise NoPlaylist(f"{shown} is of type {other['kind'].lower()}, not a playlist.")
    raise NoPlaylist(f"{shown} is not a playlist id, URI or URL. In Spotify: Share → Copy link to playlist.")
