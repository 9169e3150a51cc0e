"""Raw data for the benchmark: seeded playlists in Spotify's shape and size, as this platform's raw objects.

Songs are drawn from a catalogue by popularity, so that they repeat between playlists as they do on Spotify; a song
that repeats is the same JSON, byte for byte, except for a small share that was captured with another popularity.
Entries that are not songs (episodes, local files, removed songs) occur too, since every contender must cope with them.
"""

import argparse
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from random import Random
from string import ascii_letters, digits
from typing import Any

import msgspec
import zstandard

DAY = date(2026, 3, 1)
SOURCE = "sample"
FIRST_CAPTURE = datetime(2026, 3, 1, 0, 5, tzinfo=UTC)
API = "https://api.spotify.com/v1"
PAGES = "https://open.spotify.com"
PICTURES = "https://i.scdn.co/image"

BASE_62 = digits + ascii_letters
MARKETS = [first + second for first in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" for second in "ACEGKMNRTW"][:165]
WORDS = [first + last for first in ("lo", "mi", "ra", "Se", "tu", "Vé", "no", "Ká", "zu", "Bea") for last in (
    "na", "ra", "light", "dust", "mar", "lín", "vento", "ko", "star", "night", "fire", "sol", "rain", "blue", "wave"
)]  # fmt: skip
GENRES = [f"{mood} {style}" for mood in ("dark", "indie", "latin", "dream", "uk") for style in ("pop", "rap", "rock")]
DATE_PATTERNS = ("%Y-%m-%d", "%Y-%m-%d", "%Y-%m-%d", "%Y-%m", "%Y")
PRECISIONS = {10: "day", 7: "month", 4: "year"}


@dataclass(frozen=True)
class Size:
    """How much to generate. `songs` is the catalogue; `popularity_decay` how steeply songs fall in popularity."""

    playlists: int = 2_000
    entries: int = 100
    songs: int = 20_000
    popularity_decay: float = 0.7
    changed_share: float = 0.01

    @property
    def items(self) -> int:
        """Entries of all playlists."""
        return self.playlists * self.entries

    @property
    def name(self) -> str:
        """A folder name that tells one size from another."""
        return f"{self.playlists}x{self.entries}-of-{self.songs}-songs"


def generate(folder: Path, size: Size, *, compress: bool = False, seed: int = 7) -> None:
    """Writes the raw objects of one day under `folder`: one per playlist, and one with all artist profiles."""
    random = Random(seed)
    day_folder = folder / f"raw/to_be_processed/snapshot_date={DAY}"
    day_folder.mkdir(parents=True)
    suffix = ".json.zst" if compress else ".json"
    catalogue = _Catalogue(random, size)
    for name, document in _documents(random, size, catalogue):
        (day_folder / (name + suffix)).write_bytes(zstandard.compress(document, 3) if compress else document)


def _documents(random: Random, size: Size, catalogue: "_Catalogue") -> Iterator[tuple[str, bytes]]:
    for number in range(size.playlists):
        fetched_at = FIRST_CAPTURE + timedelta(seconds=number)
        playlist_id = _id(random)
        playlist = _playlist(random, playlist_id, number, catalogue.entries(size.entries))
        document = {"envelope": _envelope(fetched_at), "playlist": playlist}
        yield f"playlist-{playlist_id}-{fetched_at:%Y%m%dT%H%M%SZ}", msgspec.json.encode(document)
    fetched_at = FIRST_CAPTURE + timedelta(seconds=size.playlists)
    document = {"envelope": _envelope(fetched_at), "artists": catalogue.profiles(fetched_at)}
    yield f"artists-{fetched_at:%Y%m%dT%H%M%SZ}", msgspec.json.encode(document)


def _envelope(fetched_at: datetime) -> dict[str, Any]:
    return {
        "source": SOURCE,
        "fetched_at": fetched_at.isoformat(),
        "api_generation": "tracks",
        "region": "Global",
        "tags": ["benchmark"],
    }


def _playlist(random: Random, playlist_id: str, number: int, entries: list[msgspec.Raw]) -> dict[str, Any]:
    href = f"{API}/playlists/{playlist_id}"
    return {
        "collaborative": False,
        "description": f"The songs of list {number}, updated daily.",
        "external_urls": {"spotify": f"{PAGES}/playlist/{playlist_id}"},
        "followers": {"href": None, "total": random.randrange(20_000_000)},
        "href": href,
        "id": playlist_id,
        "images": [{"height": None, "url": f"{PICTURES}/{random.randbytes(20).hex()}", "width": None}],
        "name": f"List {number} {_words(random, 2)}",
        "owner": {"display_name": "Spotify", **_links("user", "spotify")},
        "primary_color": None,
        "public": True,
        "snapshot_id": random.randbytes(20).hex(),
        "tracks": {
            "href": f"{href}/tracks?offset=0&limit=100&additional_types=track,episode",
            "items": entries,
            "limit": 100,
            "next": None,
            "offset": 0,
            "previous": None,
            "total": len(entries),
        },
        "type": "playlist",
        "uri": f"spotify:playlist:{playlist_id}",
    }


class _Catalogue:
    """All songs as ready JSON: rendering each once is what makes the generator quick."""

    def __init__(self, random: Random, size: Size) -> None:
        self._random = random
        self._changed_share = size.changed_share
        self._artists = [{"name": _words(random, 2), **_links("artist", _id(random))} for _ in range(size.songs // 3)]
        albums = [_album(random, random.choices(self._artists, k=1)) for _ in range(max(1, size.songs // 2))]
        songs = [_song(random, random.choice(albums), self._some_artists()) for _ in range(size.songs)]
        self._songs = [_render(song) for song in songs]
        self._changed = [_render({**song, "popularity": 100 - song["popularity"]}) for song in songs]
        self._weights = list(accumulate((rank + 1) ** -size.popularity_decay for rank in range(size.songs)))

    def _some_artists(self) -> list[dict[str, Any]]:
        return self._random.sample(self._artists, self._random.choice((1, 1, 1, 2, 2, 3)))

    def entries(self, count: int) -> list[msgspec.Raw]:
        """The entries of a playlist: distinct songs, and now and then something that is none."""
        chosen: dict[int, None] = {}
        while len(chosen) < count:
            chosen[bisect(self._weights, self._random.random() * self._weights[-1])] = None
        return [self._entry(song) for song in chosen]

    def _entry(self, song: int) -> msgspec.Raw:
        track = (self._changed if self._random.random() < self._changed_share else self._songs)[song]
        kind = self._random.random()
        if kind < 0.006:  # two per mille of each kind
            track = (b"null", _episode(self._random), _local_file(self._random))[int(kind * 500)]
        added_at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=self._random.randrange(80_000))
        return msgspec.Raw(
            b'{"added_at":"%s","added_by":%s,"is_local":%s,"primary_color":null,"track":%s,"video_thumbnail":{"url":null}}'
            % (
                f"{added_at:%Y-%m-%dT%H:%M:%SZ}".encode(),
                _ADDED_BY,
                b"true" if b'"uri":"spotify:local:' in track else b"false",
                track,
            )
        )

    def profiles(self, fetched_at: datetime) -> list[dict[str, Any]]:
        """Full artist objects of everyone in the catalogue."""
        return [_profile(self._random, artist, fetched_at) for artist in self._artists]


def _render(value: object) -> bytes:
    return msgspec.json.encode(value)


def _id(random: Random) -> str:
    return "".join(random.choices(BASE_62, k=22))


def _words(random: Random, count: int) -> str:
    return " ".join(random.choices(WORDS, k=count))


def _links(kind: str, identifier: str) -> dict[str, Any]:
    return {
        "external_urls": {"spotify": f"{PAGES}/{kind}/{identifier}"},
        "href": f"{API}/{kind}s/{identifier}",
        "id": identifier,
        "type": kind,
        "uri": f"spotify:{kind}:{identifier}",
    }


_ADDED_BY = _render(_links("user", "spotify"))


def _pictures(random: Random) -> list[dict[str, Any]]:
    return [
        {"url": f"{PICTURES}/{random.randbytes(20).hex()}", "width": size, "height": size} for size in (640, 300, 64)
    ]


def _album(random: Random, artists: list[dict[str, Any]]) -> dict[str, Any]:
    released = date(1970, 1, 1) + timedelta(days=random.randrange(20_000))
    release_date = released.strftime(random.choice(DATE_PATTERNS))
    return {
        "album_type": random.choice(("album", "single", "compilation")),
        "artists": artists,
        "available_markets": MARKETS,
        "images": _pictures(random),
        "name": _words(random, 3),
        "release_date": release_date,
        "release_date_precision": PRECISIONS[len(release_date)],
        "total_tracks": random.randrange(1, 20),
        **_links("album", _id(random)),
    }


def _song(random: Random, album: dict[str, Any], artists: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "preview_url": f"https://p.scdn.co/mp3-preview/{random.randbytes(20).hex()}?cid={random.randbytes(16).hex()}",
        "available_markets": MARKETS,
        "explicit": random.random() < 0.3,
        "episode": False,
        "track": True,
        "album": album,
        "artists": artists,
        "disc_number": 1,
        "track_number": random.randrange(1, 20),
        "duration_ms": random.randrange(90_000, 400_000),
        "external_ids": {"isrc": "QM" + "".join(random.choices(digits, k=10))},
        "name": _words(random, random.randrange(1, 5)),
        "popularity": random.randrange(101),
        "is_local": False,
        **_links("track", _id(random)),
    }


def _profile(random: Random, artist: dict[str, Any], fetched_at: datetime) -> dict[str, Any]:
    return {
        **artist,
        "followers": {"href": None, "total": random.randrange(50_000_000)},
        "genres": random.sample(GENRES, random.randrange(4)),
        "images": _pictures(random),
        "popularity": random.randrange(101),
        "fetched_at": fetched_at.isoformat(),
    }


def _episode(random: Random) -> bytes:
    links = {**_links("episode", _id(random)), "name": _words(random, 4)}
    return _render({"episode": True, "track": False, "explicit": False, "duration_ms": 1_800_000, **links})


def _local_file(random: Random) -> bytes:
    name = _words(random, 2)
    links = {"external_urls": {}, "href": None, "id": None, "name": name, "uri": f"spotify:local:::{name}:180"}
    empty_album = {"id": None, "name": None, "album_type": None, "release_date": None, "artists": [], "images": []}
    track = {"album": empty_album, "artists": [{"id": None, "name": name}], "duration_ms": 180_000, "type": "track"}
    return _render({**links, **track, "is_local": True, "popularity": 0, "explicit": False})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generate", description=__doc__)
    parser.add_argument("folder", type=Path, help="a lake folder; raw objects go under raw/to_be_processed/ in it")
    parser.add_argument("--playlists", type=int, default=Size.playlists, help="playlists of 100 items")
    parser.add_argument("--compress", action="store_true", help="write .json.zst, as captures are, instead of .json")
    arguments = parser.parse_args()
    generate(arguments.folder, Size(arguments.playlists), compress=arguments.compress)
