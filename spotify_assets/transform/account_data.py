"""Playlists of account data (Spotify's "Download your data") in the API's terms."""

import re

from spotify_assets.spotify.payloads import AccountEntry, Document, Entry, Track
from spotify_assets.transform.containers import UnreadableObject

SONG_URI = re.compile(r"spotify:(track|episode):([0-9A-Za-z]+)")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
ONE_EACH = (
    'it has no ids of playlists: land each playlist in a file of its own, as {"playlists": [it]}, '
    "with the playlist's id in the name of the file"
)


def as_page(document: Document) -> Document:
    """The one playlist in a document of account data, as a list of entries.

    It names artists and albums without their ids, which no table can take.

    Raises:
        UnreadableObject: there is more than one, and nothing says which is which.
    """
    playlists = [playlist for playlist in document.playlists or () if playlist is not None]
    if len(playlists) != 1:
        raise UnreadableObject(f"account data of {len(playlists):,} playlists, and {ONE_EACH}")
    (playlist,) = playlists
    if playlist.items is None:
        raise UnreadableObject("account data of a playlist without its entries")
    entries = [None if entry is None else _entry(entry) for entry in playlist.items]
    return Document(name=playlist.name, description=playlist.description, items=entries)


def _entry(entry: AccountEntry) -> Entry:
    added = entry.added_date
    # It has the day only: its first moment is used.
    at = f"{added}T00:00:00Z" if added is not None and DAY.fullmatch(added) else added
    return Entry(added_at=at, is_local=entry.local_track is not None, track=_song(entry))


def _song(entry: AccountEntry) -> Track | None:
    if entry.local_track is not None:
        return Track(uri=entry.local_track.uri, is_local=True)
    if entry.track is not None:
        name, uri = entry.track.track_name, entry.track.track_uri
    elif entry.episode is not None:
        name, uri = entry.episode.episode_name, entry.episode.episode_uri
    else:
        return None
    match = SONG_URI.fullmatch(uri or "")
    kind, identifier = match.groups() if match else ("track", None)
    return Track(id=identifier, name=name, uri=uri, type=kind)
