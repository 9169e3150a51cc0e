"""The odd entries of real playlists: removed tracks, local files, podcast episodes.

Each kind is in a region's chart on one day of every 28, so any four weeks show how they are handled.
"""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple
from urllib.parse import quote_plus

from spotify_assets.spotify.payloads import Generation
from spotify_assets.spotify.sample.documents import MARKETS, Document, as_generation, href, images, link
from spotify_assets.spotify.sample.scenes import GLOBAL
from spotify_assets.spotify.sample.seeded import Ids, number_of

CYCLE_DAYS = 28
DAYS_APART = 9
EPISODE_IMAGES = {640: "ab6765630000ba8a", 300: "ab67656300005f1f", 64: "ab6765630000f68d"}
LOCAL_FILES = (
    ("Basement Tapes Vol. 2", "The Spare Keys", "Rehearsal, Take 4", 187),
    ("Ao Vivo na Garagem", "Os Vizinhos do 12", "Passagem de Som", 241),
    ("", "Unknown Artist", "AUD-0041 (final) (2)", 203),
)
"""Album, artist, title and length in seconds."""
EPISODES = (
    "Why Every Chorus Got Shorter",
    "The Week in Charts",
    "A Song Comes Back: What Happened?",
    "Inside a Songwriting Camp",
)


class OddEntry(NamedTuple):
    """An entry that is not a song on Spotify; without a document if the song was removed."""

    place: int
    """0-based place among the entries."""
    is_local: bool
    document: Document | None


def odd_entry(seed: int, ids: Ids, region: str, day: int, generation: Generation) -> OddEntry | None:
    """The one odd entry of the region's chart on this day (an ordinal), on most days none; the worldwide has none."""
    lot = number_of(seed, "odd entries", region)
    kind, days_off = divmod((day - lot) % CYCLE_DAYS, DAYS_APART)
    if region == GLOBAL or days_off or kind >= len(_KINDS):
        return None
    make = _KINDS[kind]
    document = make(ids, number_of(lot, day), day)
    if document is not None:
        for part in (document, document.get("album"), document.get("show")):
            if part is not None:
                as_generation(part, generation)
    return OddEntry(number_of(lot, day, "place") % 100, make is _local_file, document)


def _removed(_ids: Ids, _number: int, _day: int) -> None:
    return None


def _local_file(_ids: Ids, number: int, _day: int) -> Document:
    album, artist, title, seconds = LOCAL_FILES[number % len(LOCAL_FILES)]
    return {
        "album": {
            "album_type": None,
            "available_markets": [],
            "external_urls": {},
            "href": None,
            "id": None,
            "images": [],
            "name": album,
            "release_date": None,
            "release_date_precision": None,
            "type": "album",
            "uri": None,
            "artists": [],
        },
        "artists": [
            {"external_urls": {}, "href": None, "id": None, "name": artist, "type": "artist", "uri": None},
        ],
        "available_markets": [],
        "explicit": False,
        "preview_url": None,
        "type": "track",
        "disc_number": 0,
        "external_ids": {},
        "external_urls": {},
        "href": None,
        "id": None,
        "duration_ms": seconds * 1000,
        "name": title,
        "uri": f"spotify:local:{quote_plus(artist)}:{quote_plus(album)}:{quote_plus(title)}:{seconds}",
        "popularity": 0,
        "track_number": 0,
        "is_local": True,
    }


def _episode(ids: Ids, number: int, day: int) -> Document:
    identifier = ids.encode("episode", number)
    subject = EPISODES[number % len(EPISODES)]
    return {
        "audio_preview_url": None,
        "description": f"{subject}. An episode of a podcast that does not exist.",
        "duration_ms": 1_200_000 + number % 2_400_000,
        "episode": True,
        "explicit": False,
        "external_urls": link("episode", identifier),
        "href": href("episode", identifier),
        "html_description": f"<p>{subject}. An episode of a podcast that does not exist.</p>",
        "id": identifier,
        "images": images(EPISODE_IMAGES, identifier),
        "is_externally_hosted": False,
        "is_playable": True,
        "language": "en-US",
        "languages": ["en-US"],
        "name": subject,
        "release_date": date.fromordinal(day).isoformat(),
        "release_date_precision": "day",
        "resume_point": {"fully_played": False, "resume_position_ms": 0},
        "show": _show(ids),
        "track": False,
        "type": "episode",
        "uri": f"spotify:episode:{identifier}",
    }


def _show(ids: Ids) -> Document:
    identifier = ids.encode("show", 1)
    return {
        "available_markets": MARKETS.copy(),
        "copyrights": [],
        "description": "How songs rise and fall.",
        "explicit": False,
        "external_urls": link("show", identifier),
        "href": href("show", identifier),
        "html_description": "<p>How songs rise and fall.</p>",
        "id": identifier,
        "images": images(EPISODE_IMAGES, identifier),
        "is_externally_hosted": False,
        "languages": ["en-US"],
        "media_type": "audio",
        "name": "Chart Room",
        "publisher": "Sample Radio",
        "total_episodes": 212,
        "type": "show",
        "uri": f"spotify:show:{identifier}",
    }


_KINDS: tuple[Callable[[Ids, int, int], Document | None], ...] = (_removed, _local_file, _episode)
