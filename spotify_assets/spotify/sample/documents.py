"""Songs and artists as in the Spotify Web API.

Documents are made whole, as applications with extended quota get them, then `as_generation` takes out what the API of
2026 has removed. Every call makes new documents, so callers may change them. Playlists belong in `source.py`.
"""

import math
from datetime import date
from typing import Any

from spotify_assets.spotify.payloads import Generation
from spotify_assets.spotify.sample.artists import WEEKS_PER_SEASON, Artist
from spotify_assets.spotify.sample.seeded import Ids, digest, number_of
from spotify_assets.spotify.sample.songs import Album, Song

Document = dict[str, Any]

REMOVED_IN_2026 = {
    "track": ("available_markets", "external_ids", "linked_from", "popularity"),
    "album": ("available_markets", "external_ids", "label", "popularity"),
    "artist": ("followers", "popularity"),
    "episode": (),
    "show": ("available_markets", "publisher"),
}
_MARKETS = (
    "AD AE AG AL AM AO AR AT AU AZ BA BB BD BE BF BG BH BI BJ BN BO BR BS BT BW BY BZ CA CD CG CH CI CL CM CO CR CV CW "
    "CY CZ DE DJ DK DM DO DZ EC EE EG ES ET FI FJ FM FR GA GB GD GE GH GM GN GQ GR GT GW GY HK HN HR HT HU ID IE IL IN "
    "IQ IS IT JM JO JP KE KG KH KI KM KN KR KW KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MG MH MK ML MN MO MR MT "
    "MU MV MW MX MY MZ NA NE NG NI NL NO NP NR NZ OM PA PE PG PH PK PL PR PS PT PW PY QA RO RS RW SA SB SC SE SG SI SK "
    "SL SM SN SR ST SV SZ TD TG TH TJ TL TN TO TR TT TV TW TZ UA UG US UY UZ VC VE VN VU WS XK ZA ZM ZW"
)
MARKETS = _MARKETS.split()
ALBUM_IMAGES = {640: "ab67616d0000b273", 300: "ab67616d00001e02", 64: "ab67616d00004851"}
ARTIST_IMAGES = {640: "ab6761610000e5eb", 320: "ab67616100005174", 160: "ab6761610000f178"}


def as_generation(document: Document, generation: Generation) -> Document:
    """The document without the fields that this API generation dropped from its type; nested parts are unchanged."""
    if generation == "items":
        for field in REMOVED_IN_2026[document["type"]]:
            document.pop(field, None)
    return document


def link(kind: str, identifier: str) -> dict[str, str]:
    """The `external_urls` of a thing."""
    return {"spotify": f"https://open.spotify.com/{kind}/{identifier}"}


def href(kind: str, identifier: str) -> str:
    """The address of a thing in the API."""
    return f"https://api.spotify.com/v1/{kind}s/{identifier}"


def images(prefixes: dict[int, str], identifier: str) -> list[Document]:
    """The same picture in several sizes, in pixels."""
    picture = digest(identifier, size=12).hex()
    return [
        {"url": f"https://i.scdn.co/image/{prefix}{picture}", "width": size, "height": size}
        for size, prefix in prefixes.items()
    ]


class Documents:
    """Builds the documents of a seed's songs and artists."""

    def __init__(self, seed: int, ids: Ids) -> None:
        """The ids must be those of the same seed."""
        self._seed = seed
        self._ids = ids

    def track(self, song: Song, streams: float, generation: Generation) -> Document:
        """A track as in a playlist; `streams` are the day's worldwide ones, and determine its popularity."""
        identifier = self._ids.encode("track", song.number)
        document: Document = {
            "preview_url": None,
            "available_markets": MARKETS.copy(),
            "explicit": song.explicit,
            "type": "track",
            "episode": False,
            "track": True,
            "album": self._album(song.album, generation),
            "artists": [self._simplified_artist(artist) for artist in song.artists],
            "disc_number": 1,
            "track_number": song.track_number,
            "duration_ms": song.duration_ms,
            "external_ids": {"isrc": _isrc(song)},
            "external_urls": link("track", identifier),
            "href": href("track", identifier),
            "id": identifier,
            "name": song.title,
            "popularity": int(100 * math.sqrt(streams) / (math.sqrt(streams) + 0.3)),
            "uri": f"spotify:track:{identifier}",
            "is_local": False,
        }
        return as_generation(document, generation)

    def artist(self, artist: Artist, day: int, generation: Generation) -> Document:
        """A full artist object."""
        identifier = self._ids.encode("artist", artist.number)
        season = day // (7 * WEEKS_PER_SEASON)
        has_picture = number_of(self._seed, "picture", artist.number) % 40 > 0
        document: Document = {
            "external_urls": link("artist", identifier),
            "followers": {"href": None, "total": self._followers(artist, day)},
            "genres": None if artist.listed_genres is None else list(artist.listed_genres),
            "href": href("artist", identifier),
            "id": identifier,
            "images": images(ARTIST_IMAGES, identifier) if has_picture else [],
            "name": artist.name,
            "popularity": min(96, int(44 + 18 * artist.standing(season))),
            "type": "artist",
            "uri": f"spotify:artist:{identifier}",
        }
        return as_generation(document, generation)

    def _followers(self, artist: Artist, day: int) -> int:
        """Grows by the day from the beginning of the career."""
        days = max(0, day - artist.first_season * WEEKS_PER_SEASON * 7)
        fame = 200 + number_of(self._seed, "fame", artist.number) % 2000
        return 1000 + int(fame * artist.talent * artist.talent * days)

    def _simplified_artist(self, artist: Artist) -> Document:
        identifier = self._ids.encode("artist", artist.number)
        return {
            "external_urls": link("artist", identifier),
            "href": href("artist", identifier),
            "id": identifier,
            "name": artist.name,
            "type": "artist",
            "uri": f"spotify:artist:{identifier}",
        }

    def _album(self, album: Album, generation: Generation) -> Document:
        identifier = self._ids.encode("album", album.number)
        document: Document = {
            "available_markets": MARKETS.copy(),
            "type": "album",
            "album_type": album.kind,
            "href": href("album", identifier),
            "id": identifier,
            "images": images(ALBUM_IMAGES, identifier),
            "name": album.title,
            "release_date": _release_date(album),
            "release_date_precision": album.precision,
            "uri": f"spotify:album:{identifier}",
            "artists": [self._simplified_artist(album.artist)],
            "external_urls": link("album", identifier),
            "total_tracks": album.total_tracks,
        }
        return as_generation(document, generation)


def _release_date(album: Album) -> str:
    text = date.fromordinal(album.release_day).isoformat()
    return text[: {"year": 4, "month": 7, "day": 10}[album.precision]]


def _isrc(song: Song) -> str:
    """Country, registrant, year and serial number, as in any ISRC; "SMP" is the sample's registrant."""
    year = date.fromordinal(song.album.release_day).year % 100
    return f"{song.scene.isrc}SMP{year:02}{song.number % 100_000:05}"
