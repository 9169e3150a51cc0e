"""What the fake Spotify holds: playlists and artists in the JSON of either generation, made from the sample charts."""

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, Literal
from urllib.parse import urlencode

from spotify_assets.spotify import payloads
from spotify_assets.spotify.payloads import PAGE_LIMITS
from spotify_assets.spotify.sample import documents
from spotify_assets.spotify.sample.documents import Document
from spotify_assets.spotify.sample.odd_entries import odd_entry
from spotify_assets.spotify.sample.seeded import Ids
from spotify_assets.spotify.sample.source import SampleSource

Generation = Literal["development", "extended"]
# What each generation calls a playlist's entries, and the song within one.
ENTRIES: Mapping[Generation, payloads.Generation] = {"development": "items", "extended": "tracks"}
ENTRY = {"development": "item", "extended": "track"}
DAY = date(2026, 3, 2)
SEED = 20260211


@dataclass
class Playlist:
    """A playlist of the fake; `change` makes another version of it.

    Two habits that the API has been reported for, of Spotify's own lists: `told_more` entries are told than given, and
    `always_new` answers have a version of their own each time.
    """

    playlist_id: str
    name: str
    owner: str
    generation: Generation
    songs: int
    region: str
    odd_entries: bool
    version: int = 1
    told_more: int = 0
    always_new: bool = False
    entries: list[Document] = field(init=False)

    def __post_init__(self) -> None:
        self.entries = [self._song(number) for number in range(self.songs)]
        if self.odd_entries:
            self.entries[1:1] = _odd_entries(self.generation)

    def change(self) -> None:
        """A new snapshot_id, and one song more."""
        self.version += 1
        self.entries = [*self.entries, self._song(self.songs)]
        self.songs += 1

    def document(self, url: str, query: Mapping[str, str], with_entries: bool) -> Document:
        """The playlist object with its first page, or without any entries."""
        self.version += self.always_new
        whole = {**_chart(self.region, self.generation)}
        entries = ENTRIES[self.generation]
        del whole[entries]
        whole["id"] = self.playlist_id
        whole["name"] = self.name
        whole["uri"] = f"spotify:playlist:{self.playlist_id}"
        whole["href"] = f"{url}/v1/playlists/{self.playlist_id}"
        whole["external_urls"] = documents.link("playlist", self.playlist_id)
        whole["owner"] = {"display_name": self.owner, **user(self.owner, url)}
        whole["snapshot_id"] = base64.b64encode(
            self.version.to_bytes(4, "big") + hashlib.sha1(self.playlist_id.encode()).digest()
        ).decode()
        if with_entries:
            whole[entries] = self.page(url, query, 0, PAGE_LIMITS[entries])
        return whole

    def page(self, url: str, query: Mapping[str, str], offset: int, limit: int) -> Document:
        """Entries from `offset` on; the links to other pages carry the query on, as Spotify's do."""
        kept = {name: query[name] for name in ("fields", "market", "additional_types") if name in query}
        address = f"{url}/v1/playlists/{self.playlist_id}/{ENTRIES[self.generation]}"

        def link(to: int) -> str:
            return f"{address}?{urlencode({'offset': to, 'limit': limit, **kept})}"

        total = len(self.entries) + self.told_more
        shown = [self._as_asked(entry, query) for entry in self.entries[offset : offset + limit]]
        return {
            "href": link(offset),
            "items": shown,
            "limit": limit,
            "next": link(offset + limit) if offset + limit < total else None,
            "offset": offset,
            "previous": link(max(0, offset - limit)) if offset else None,
            "total": total,
        }

    def _song(self, number: int) -> Document:
        chart = _chart(self.region, self.generation)[ENTRIES[self.generation]]["items"]
        base = chart[number % len(chart)]
        name = ENTRY[self.generation]
        song = base[name]
        identifier = song_id(self.playlist_id, number) if number >= len(chart) else song["id"]
        return {
            **base,
            name: {
                **song,
                "id": identifier,
                "uri": f"spotify:track:{identifier}",
                "href": documents.href("track", identifier),
                "external_urls": documents.link("track", identifier),
            },
        }

    def _as_asked(self, entry: Document, query: Mapping[str, str]) -> Document:
        name = ENTRY[self.generation]
        item = entry[name]
        if item is None or item["id"] is None:
            return entry
        if item["type"] == "episode" and "episode" not in query.get("additional_types", "").split(","):
            item = _as_track(item)
        if "market" in query:
            item = {**{key: value for key, value in item.items() if key != "available_markets"}, "is_playable": True}
        return {**entry, name: item}


def artists(artist_ids: Iterable[str], generation: Generation) -> list[Document | None]:
    """Full artist objects in the order of the ids; null for ids that are nobody's."""
    wanted = list(artist_ids)
    known = {artist["id"]: artist for artist in _source().artists(wanted, DAY, ENTRIES[generation])}
    return [known.get(artist_id) for artist_id in wanted]


def tracks(track_ids: Iterable[str]) -> list[Document | None]:
    """Full track objects in the order of the ids; null for ids that are nobody's."""
    return [track for _, track in _source().tracks(track_ids)]


def user(name: str, url: str) -> Document:
    """A public user object."""
    return {
        "external_urls": documents.link("user", name),
        "href": f"{url}/v1/users/{name}",
        "id": name,
        "type": "user",
        "uri": f"spotify:user:{name}",
    }


def song_id(playlist_id: str, number: int) -> str:
    """A 22-digit id of base 62 that no other entry has."""
    letters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    digest = hashlib.sha256(f"{playlist_id} {number}".encode()).digest()
    return "".join(letters[byte % 62] for byte in digest[:22])


def only(fields: str, document: Any) -> Any:
    """The document with the fields that a `fields` parameter asks for, such as `name,tracks.items(track(id,!uri))`."""
    return _pick(_parse(re.findall(r"[^,.()!]+|[,.()!]", fields.replace(" ", ""))), document)


@cache
def _source() -> SampleSource:
    return SampleSource(SEED)


@cache
def _chart(region: str, generation: Generation) -> Document:
    """A chart of songs alone; callers copy what they change."""
    chart = _source().playlist("0" * 22, region, region, DAY, ENTRIES[generation])
    page = chart[ENTRIES[generation]]
    songs = [entry for entry in page["items"] if (entry[ENTRY[generation]] or {}).get("id")]
    page["items"] = [entry for entry in songs if entry[ENTRY[generation]]["type"] == "track"]
    return chart


@cache
def _odd_entries(generation: Generation) -> list[Document]:
    """A removed song, a local file and an episode."""
    name = ENTRY[generation]
    base = _chart("us", generation)[ENTRIES[generation]]["items"][0]
    days = (odd_entry(SEED, Ids(SEED), "us", DAY.toordinal() + day, ENTRIES[generation]) for day in range(28))
    return [{**base, "is_local": odd.is_local, name: odd.document} for odd in days if odd is not None]


def _as_track(episode: Document) -> Document:
    """How an episode is shown to clients that did not say they know episodes."""
    show = episode["show"]
    album = {"type": "album", "album_type": "compilation", "id": show["id"], "name": show["name"], "images": []}
    shared = ("duration_ms", "explicit", "external_urls", "href", "id", "name", "type", "uri", "episode", "track")
    return {**{key: episode[key] for key in shared}, "album": album, "artists": [], "is_local": False}


Picked = dict[str, Any]


def _parse(tokens: list[str]) -> Picked:
    """A tree of names; the value of an excluded one is false, of a whole one true."""
    picked: Picked = {}
    while tokens and tokens[0] != ")":
        token = tokens.pop(0)
        if token == ",":
            continue
        if token == "!":
            picked[tokens.pop(0)] = False
            continue
        here = picked
        while tokens and tokens[0] == ".":
            tokens.pop(0)
            here = here.setdefault(token, {})
            token = tokens.pop(0)
        if tokens and tokens[0] == "(":
            tokens.pop(0)
            here.setdefault(token, {}).update(_parse(tokens))
            tokens.pop(0)
        else:
            here[token] = True
    return picked


def _pick(picked: Picked, document: Any) -> Any:
    if isinstance(document, list):
        return [_pick(picked, element) for element in document]
    if not isinstance(document, dict):
        return document
    excludes = any(value is False for value in picked.values())
    shown = {}
    for name, value in document.items():
        wish = picked.get(name, excludes)
        if wish is not False:
            shown[name] = value if wish is True else _pick(wish, value)
    return shown
