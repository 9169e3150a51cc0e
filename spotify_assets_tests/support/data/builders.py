"""JSON as Spotify and other programs write it, in both API generations, and the tables of a day made of it.

Documents carry what the real API sends and the tables do not need, so that a decoder that trips over it is noticed.
"""

import bz2
import gzip
import io
import json
import lzma
import zipfile
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal
from zlib import crc32

import msgspec
import polars as pl
import zstandard

from spotify_assets.transform.artist_details import ArtistAnswer
from spotify_assets.transform.decode import RawObject
from spotify_assets.transform.observations import Observations, observe
from spotify_assets.transform.tables import build_tables

Json = dict[str, Any]
Generation = Literal["tracks", "items"]
GENERATIONS: tuple[Generation, ...] = ("tracks", "items")

API = "https://api.spotify.com/v1"
DAY = date(2026, 3, 1)
# The share of rows that may be rejected, as settings have it where nothing else is said.
LIMIT = 0.02
FETCHED_AT = datetime(2026, 3, 1, 6, 30, tzinfo=UTC)


def zipped(**files: bytes) -> bytes:
    """A ZIP archive of files by their names."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        for name, content in files.items():
            # A stated time: the archive is the same whenever it is made.
            writer.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return archive.getvalue()


COMPRESSIONS: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "gzip": gzip.compress,
    "zstd": zstandard.ZstdCompressor(write_checksum=True).compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zip": lambda data: zipped(**{"a folder/list.json": data}),
}


def spotify_id(word: str) -> str:
    """A well-formed id that can be read in a failure: zeros and the word."""
    return word.rjust(22, "0")


def isrc(word: str) -> str:
    """The code of the recording that a song of this word is."""
    return f"QM24S{crc32(word.encode()) % 10**7:07}"


def at(minutes: int) -> datetime:
    """A moment of the day, some minutes after the usual capture."""
    return FETCHED_AT + timedelta(minutes=minutes)


def _links(kind: str, identifier: str) -> Json:
    return {
        "external_urls": {"spotify": f"https://open.spotify.com/{kind}/{identifier}"},
        "href": f"{API}/{kind}s/{identifier}",
        "id": identifier,
        "type": kind,
        "uri": f"spotify:{kind}:{identifier}",
    }


def _pictures(word: str) -> list[Json]:
    return [{"url": f"https://i.scdn.co/image/{word}{size}", "width": size, "height": size} for size in (640, 64)]


def credit(word: str, **changes: Any) -> Json:
    """An artist as credited on a song."""
    return {**_links("artist", spotify_id(word)), "name": f"Artist {word}", **changes}


def album(word: str, **changes: Any) -> Json:
    """An album as it stands in a song."""
    return {
        **_links("album", spotify_id(word)),
        "album_type": "album",
        "artists": [credit("VariousArtists")],
        "available_markets": ["AD", "AE"],
        "images": _pictures(word),
        "name": f"Album {word}",
        "release_date": "2024-05-17",
        "release_date_precision": "day",
        "total_tracks": 12,
        **changes,
    }


def track(word: str, **changes: Any) -> Json:
    """A song with everything the API tells of it; `track` and `episode` in it are not what they seem."""
    return {
        **_links("track", spotify_id(word)),
        "album": album(f"{word}Album"),
        "artists": [credit(f"{word}Artist")],
        "available_markets": ["AD", "AE"],
        "disc_number": 1,
        "duration_ms": 201_000,
        "episode": False,
        "explicit": False,
        "external_ids": {"isrc": isrc(word), "ean": "4050538965872"},
        "is_local": False,
        "name": f"Song {word}",
        "popularity": 61,
        "preview_url": None,
        "track": True,
        "track_number": 3,
        **changes,
    }


def episode(word: str, **changes: Any) -> Json:
    """An episode of a podcast: no album, no artists, no popularity."""
    return {
        **_links("episode", spotify_id(word)),
        "duration_ms": 2_249_560,
        "episode": True,
        "explicit": False,
        "images": _pictures(word),
        "languages": ["en-US"],
        "name": f"Episode {word}",
        "release_date": "2022-05-18",
        "release_date_precision": "day",
        "show": {"name": "A show", "total_episodes": 545},
        "track": False,
        **changes,
    }


def local_file(title: str, **changes: Any) -> Json:
    """A file on its owner's computer: a song without any id."""
    nothing = dict.fromkeys(("id", "href", "uri", "type", "album_type", "release_date", "release_date_precision"))
    return {
        "album": {**nothing, "name": "A burnt CD", "artists": [], "images": [], "available_markets": []},
        "artists": [{"id": None, "href": None, "uri": None, "name": "Somebody", "type": "artist"}],
        "available_markets": [],
        "disc_number": 0,
        "duration_ms": 273_000,
        "explicit": False,
        "external_ids": {},
        "href": None,
        "id": None,
        "is_local": True,
        "name": title,
        "popularity": 0,
        "track_number": 0,
        "type": "track",
        "uri": f"spotify:local:Somebody:A+burnt+CD:{title}:273",
        **changes,
    }


def entry(content: Json | None, **changes: Any) -> Json:
    """An entry of a playlist, in the form of 2024; `playlist` and `page` turn it into that of 2026."""
    return {
        "added_at": "2026-02-27T05:00:00Z",
        "added_by": {"id": "user1", "type": "user", "uri": "spotify:user:user1"},
        "is_local": bool(content and content.get("is_local")),
        "primary_color": None,
        "track": content,
        "video_thumbnail": {"url": None},
        **changes,
    }


def entries_of(*contents: Json | None) -> list[Json | None]:
    """Entries holding the given songs, episodes, local files, or None for a song that Spotify removed."""
    return [entry(content) for content in contents]


def _in_2026(row: Json | None) -> Json | None:
    if row is None:
        return None
    return {"item" if name == "track" else name: value for name, value in row.items()}


def page(
    playlist_word: str,
    entries: Sequence[Json | None],
    generation: Generation = "tracks",
    *,
    offset: int = 0,
    total: int | None = None,
    **changes: Any,
) -> Json:
    """A page of entries as `GET /playlists/{id}/tracks` (or `/items`) answers it."""
    rows = [_in_2026(row) for row in entries] if generation == "items" else list(entries)
    whole = offset + len(entries) if total is None else total
    href = f"{API}/playlists/{spotify_id(playlist_word)}/{generation}?offset={offset}&limit=100"
    return {
        "href": href,
        "items": rows,
        "limit": 100,
        "next": f"{href}&next" if offset + len(entries) < whole else None,
        "offset": offset,
        "previous": None,
        "total": whole,
        **changes,
    }


def pages(playlist_word: str, entries: Sequence[Json | None], size: int) -> list[Json]:
    """All entries of a playlist in pages of `size`."""
    starts = range(0, len(entries), size)
    return [page(playlist_word, entries[at : at + size], offset=at, total=len(entries)) for at in starts]


def playlist(word: str, entries: Sequence[Json | None] = (), generation: Generation = "tracks", **changes: Any) -> Json:
    """A playlist object with all its entries."""
    return {
        **_links("playlist", spotify_id(word)),
        "collaborative": False,
        "description": f"The songs of {word}",
        "followers": {"href": None, "total": 1_234},
        "images": _pictures(word),
        "name": f"Playlist {word}",
        "owner": {"display_name": "Owner One", "id": "owner1", "type": "user"},
        "primary_color": None,
        "public": True,
        "snapshot_id": f"version-of-{word}",
        generation: page(word, entries, generation),
        **changes,
    }


def profile(word: str, **changes: Any) -> Json:
    """A full artist object."""
    return {
        **_links("artist", spotify_id(word)),
        "followers": {"href": None, "total": 9_445},
        "genres": ["dream pop", "shoegaze"],
        "images": _pictures(word),
        "name": f"Artist {word}",
        "popularity": 22,
        **changes,
    }


def envelope(fetched_at: datetime = FETCHED_AT, **changes: Any) -> Json:
    """What this platform writes around a document."""
    return {"source": "spotify", "fetched_at": fetched_at.isoformat(), **changes}


def captured(document: Json, fetched_at: datetime = FETCHED_AT, **changes: Any) -> Json:
    """A playlist as this platform lands it."""
    described = {"region": "global", "tags": ["chart", "daily"]} | changes
    return {"envelope": envelope(fetched_at, **described), "playlist": document}


def captured_profiles(*profiles: Json | None, fetched_at: datetime = FETCHED_AT) -> Json:
    """The day's artist profiles as this platform lands them."""
    return {"envelope": envelope(fetched_at), "artists": list(profiles)}


def captured_facts(countries: Mapping[str, str | None], fetched_at: datetime = FETCHED_AT, **changes: Any) -> Json:
    """Wikidata's answers about some artists, by word, as this platform lands them; None for one it does not know."""
    answers = [
        {
            "artist_id": spotify_id(word),
            "source": "wikidata",
            "fetched_at": fetched_at.isoformat(),
            "answer": None if country is None else [_fact(f"Q{number}", "citizenship", country)],
            **changes,
        }
        for number, (word, country) in enumerate(countries.items(), 1)
    ]
    return {"envelope": envelope(fetched_at), "artist_facts": answers}


def wikidata_answer(country: str) -> list[Json]:
    """What Wikidata answers about an artist of whom it knows the country alone."""
    return [_fact("Q1", "citizenship", country)]


def artist_answer(word: str, source: str, answer: object, read_at: datetime = FETCHED_AT) -> ArtistAnswer:
    """What lies in the raw zone once for all days: an answer of a source about an artist."""
    return ArtistAnswer(spotify_id(word), source, read_at.isoformat(), msgspec.Raw(to_json(answer)))


def _fact(item: str, fact: str, value: str) -> Json:
    return {
        "item": {"type": "uri", "value": f"http://www.wikidata.org/entity/{item}"},
        "fact": {"type": "literal", "value": fact},
        "value": {"type": "literal", "value": value},
    }


def without(document: Json, *fields: str) -> Json:
    """A copy that lacks some fields altogether."""
    return {name: deepcopy(value) for name, value in document.items() if name not in fields}


def to_json(document: object) -> bytes:
    """A document as bytes; not pretty, but not minimal either."""
    return json.dumps(document, ensure_ascii=False).encode()


def raw(document: object, name: str = "object.json", landed_at: datetime = FETCHED_AT) -> RawObject:
    """A raw object holding a document, or the given bytes as they are."""
    return RawObject(name, document if isinstance(document, bytes) else to_json(document), landed_at)


def observations_of(*documents: object, source: str = "spotify") -> Observations:
    """What documents say when each is a raw object of its own, named object-0, object-1 and so on."""
    objects = [raw(document, f"object-{number}") for number, document in enumerate(documents)]
    return observe(objects, DAY, source)


def tables_of(*documents: object, source: str = "spotify", limit: float = LIMIT) -> dict[str, pl.DataFrame]:
    """The tables of a day with these raw objects, all of which must be readable."""
    observations = observations_of(*documents, source=source)
    assert not observations.quarantined, observations.quarantined
    return build_tables(observations, DAY, limit).frames
