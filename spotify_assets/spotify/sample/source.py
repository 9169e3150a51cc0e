"""The sample source: playlists and artists in Spotify's form, for any day, without an account.

What is simulated belongs in `songs.py`, `artists.py` and `charts.py`; here it is put into playlist documents.
"""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from datetime import date

from spotify_assets.spotify.payloads import PAGE_LIMITS, Generation
from spotify_assets.spotify.sample.artists import Artists
from spotify_assets.spotify.sample.charts import Charts
from spotify_assets.spotify.sample.documents import Document, Documents, href, link
from spotify_assets.spotify.sample.odd_entries import odd_entry
from spotify_assets.spotify.sample.scenes import GLOBAL
from spotify_assets.spotify.sample.seeded import Ids, digest, number_of
from spotify_assets.spotify.sample.songs import Songs

OWNER = "samplecharts"
LEAST_WORLDWIDE_STREAMS = 0.1
"""For a song known in one region only."""


class SampleSource:
    """A world of music determined by its seed; the same in every process."""

    def __init__(self, seed: int = 20260211) -> None:
        """Simulates on demand."""
        self._seed = seed
        self._ids = Ids(seed)
        self._artists = Artists(seed)
        self._songs = Songs(seed, self._artists)
        self._charts = Charts(seed, self._songs)
        self._documents = Documents(seed, self._ids)

    def playlist(
        self, playlist_id: str, name: str, region: str, day: date, generation: Generation = "items"
    ) -> Document:
        """The region's chart of the day as a playlist document that holds all its entries.

        `region` may be any text, "global" is the worldwide chart; upper and lower case are the same. "items" is the
        shape that applications in development mode get since 2026, "tracks" the older one. A chart has 100 songs, and
        on some days one entry more that is not a song of Spotify's.
        """
        entries = self._entries(region.lower(), day, generation)
        limit = PAGE_LIMITS[generation]
        return {
            "collaborative": False,
            "description": f"Sample data: a simulated daily chart ({region}).",
            "external_urls": link("playlist", playlist_id),
            "followers": {"href": None, "total": self._followers(playlist_id, day)},
            "href": href("playlist", playlist_id),
            "id": playlist_id,
            "images": [{"height": None, "url": _cover(playlist_id), "width": None}],
            "name": name,
            "owner": {"display_name": "Sample Charts", **_user()},
            "primary_color": None,
            "public": True,
            "snapshot_id": self._snapshot_id(playlist_id, day),
            generation: {
                "href": f"{href('playlist', playlist_id)}/{generation}?offset=0&limit={limit}",
                "items": entries,
                "limit": limit,
                "next": None,
                "offset": 0,
                "previous": None,
                "total": len(entries),
            },
            "type": "playlist",
            "uri": f"spotify:playlist:{playlist_id}",
        }

    def artists(self, artist_ids: Iterable[str], day: date, generation: Generation = "items") -> list[Document]:
        """The full artist objects of these ids, in their order; unknown ids are left out."""
        numbers = (self._ids.decode("artist", artist_id) for artist_id in artist_ids)
        return [
            self._documents.artist(self._artists.numbered(number), day.toordinal(), generation)
            for number in numbers
            if number is not None
        ]

    def tracks(self, track_ids: Iterable[str]) -> Iterator[tuple[str, Document | None]]:
        """The full track objects of these ids, in their form since 2026; None for an unknown id."""
        for track_id in track_ids:
            number = self._ids.decode("track", track_id)
            song = None if number is None else self._songs.numbered(number)
            yield track_id, song and self._documents.track(song, LEAST_WORLDWIDE_STREAMS, "items")

    def _entries(self, region: str, day: date, generation: Generation) -> list[Document]:
        ordinal = day.toordinal()
        songs = self._charts.chart(region, ordinal)
        worldwide = self._charts.streams(GLOBAL, ordinal) if generation == "tracks" else {}
        entries = [
            _entry(
                self._documents.track(song, worldwide.get(song.number, LEAST_WORLDWIDE_STREAMS), generation),
                day,
                generation,
                is_local=False,
            )
            for song in songs
        ]
        odd = odd_entry(self._seed, self._ids, region, ordinal, generation)
        if odd is not None:
            entries.insert(odd.place, _entry(odd.document, day, generation, odd.is_local))
        return entries

    def _followers(self, playlist_id: str, day: date) -> int:
        return number_of(self._seed, "followers", playlist_id) % 50_000 + day.toordinal() // 7

    def _snapshot_id(self, playlist_id: str, day: date) -> str:
        return b64encode(bytes(2) + digest(self._seed, playlist_id, day, size=22)).decode()


def named_alone(playlist: Document) -> Document:
    """The playlist with only as much about its tracks as a chart file: id, title and artist names."""
    entries = [_named_alone(entry) for entry in playlist["items"]["items"]]
    return {**playlist, "items": {**playlist["items"], "items": entries}}


def _named_alone(entry: Document) -> Document:
    track = entry["item"]
    if track is None or track["type"] != "track" or track["is_local"] or track["id"] is None:
        return entry
    told = {name: track[name] for name in ("id", "name", "type", "uri", "is_local")}
    return {**entry, "item": {**told, "artists": [{"name": artist["name"]} for artist in track["artists"]]}}


def _entry(document: Document | None, day: date, generation: Generation, is_local: bool) -> Document:
    return {
        # Chart playlists are refilled each day: all entries carry that time.
        "added_at": f"{day.isoformat()}T00:05:00Z",
        "added_by": _user(),
        "is_local": is_local,
        "primary_color": None,
        "item" if generation == "items" else "track": document,
        "video_thumbnail": {"url": None},
    }


def _user() -> Document:
    return {
        "external_urls": link("user", OWNER),
        "href": href("user", OWNER),
        "id": OWNER,
        "type": "user",
        "uri": f"spotify:user:{OWNER}",
    }


def _cover(playlist_id: str) -> str:
    return f"https://i.scdn.co/image/ab67706c0000da84{digest(playlist_id, size=12).hex()}"
