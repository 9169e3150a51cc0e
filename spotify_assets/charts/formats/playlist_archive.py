"""`playlists/pretty/{id}.json` of the spotify-playlist-archive, a git repository with a commit a day: one playlist.

The id is the file name, the day that of the commit; both may be stated instead. Tracks are in order, with the addresses
of album and artists. An entry without a readable address keeps its position. `original_name` is the playlist's own
name; `name` may be the archive's.
"""

import re
from typing import Any

from spotify_assets.charts.cells import ALBUM_LINK, LIST, MILLISECONDS, MOMENT, TEXT, Cell
from spotify_assets.charts.chart_file import PlaylistFacts
from spotify_assets.charts.errors import UnreadableChart
from spotify_assets.charts.format import Format
from spotify_assets.charts.identity import PLAYLIST_ID
from spotify_assets.charts.json_files import Entries, document_of, objects, part, texts
from spotify_assets.charts.source import Source, Told

START_FIELDS = ("original_name", "snapshot_id", "tracks")
ARTIST_URL = re.compile(r"https?://open\.spotify\.com/artist/([0-9A-Za-z]{22})\S*")
USER_URL = re.compile(r"https?://open\.spotify\.com/user/([^/?#\s]+)\S*")

FORMAT = Format(
    name="JSON of the spotify-playlist-archive",
    needed=(),
    is_playlist=True,
    cells={
        "uri": Cell("url", TEXT),
        "title": Cell("name", TEXT),
        "album_id": Cell("album_url", ALBUM_LINK),
        "album_name": Cell("album_name", TEXT),
        "artist_names": Cell("artists", TEXT),
        "artist_name_list": Cell("artist_name_list", LIST),
        "artist_ids": Cell("artist_ids", LIST),
        "duration_ms": Cell("duration_ms", MILLISECONDS),
        "added_at": Cell("added_at", MOMENT),
    },
)


def is_start(start: str) -> bool:
    """Whether a document begins like a playlist of the archive; its fields are in order of the alphabet."""
    return all(f'"{name}"' in start for name in START_FIELDS)


def records_in(content: bytes, told: Told) -> Source:
    """The tracks of the playlist in a file.

    Raises:
        UnreadableChart: it is not such JSON, or its playlist is unknown.
    """
    document = document_of(content)
    tracks = document.get("tracks")
    if not isinstance(tracks, list):
        raise UnreadableChart("a playlist of the spotify-playlist-archive without its tracks")
    names = ["url", "name", "album_url", "album_name", "artists", "duration_ms", "added_at"]
    entries = Entries(names, ["artist_name_list", "artist_ids"])
    for track in tracks:
        entries.add(_values(track), track)
    return Source(entries.frame(), entries.text_of, entries.problems, playlist=_facts(document, told))


def _values(track: object) -> dict[str, object]:
    artists = part(track, "artists")
    names = texts(artists, "name")
    ids = [match[1] for url in texts(artists, "url") or [] if (match := ARTIST_URL.fullmatch(url)) is not None]
    return {
        **{name: part(track, name) for name in ("url", "name", "duration_ms", "added_at")},
        "album_url": part(track, "album", "url"),
        "album_name": part(track, "album", "name"),
        "artists": ", ".join(names) if names else None,
        "artist_name_list": names,
        "artist_ids": ids if ids and len(ids) == len(objects(artists)) else None,
    }


def _facts(document: dict[str, Any], told: Told) -> PlaylistFacts:
    stem = re.split(r"[/\\]", told.name)[-1].removesuffix(".json")
    playlist_id = told.playlist_id or (stem if PLAYLIST_ID.fullmatch(stem) else None)
    if playlist_id is None:
        raise UnreadableChart("its playlist is unknown: state its id", missing="playlist")
    followers = document.get("num_followers")
    owner = USER_URL.fullmatch(_text(part(document, "owner", "url")) or "")
    return PlaylistFacts(
        playlist_id,
        name=_text(document.get("original_name")) or _text(document.get("name")),
        description=_text(document.get("description")),
        owner_id=owner[1] if owner else None,
        owner_name=_text(part(document, "owner", "name")),
        followers=followers if isinstance(followers, int) and followers >= 0 else None,
        version_id=_text(document.get("snapshot_id")),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
