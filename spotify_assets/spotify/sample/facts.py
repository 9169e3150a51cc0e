"""Simulated Wikidata facts about the sample's artists: rows as in the JSON of its query service.

Many artists to whom Spotify gives no genre have some here, a few are known to neither, and what both know differs in
spelling, as it does in the world.
"""

from random import Random
from uuid import UUID

from spotify_assets.spotify.sample.artists import NUMBERS_PER_SCENE, WEEKS_PER_SEASON, Artist, Artists
from spotify_assets.spotify.sample.scenes import SCENES, Scene
from spotify_assets.spotify.sample.seeded import Ids, digest, number_of, pick, stream

SHARE_UNKNOWN = 0.15
SHARE_WITHOUT_GENRES = 0.15
SHARE_WITHOUT_COUNTRY = 0.05
SHARE_OF_TWO_COUNTRIES = 0.04
DAYS_PER_YEAR = 365.2425
# Origins of artists in scenes without a home region; the others come from their home.
COUNTRIES = {"latin": ("MX", "CO", "PR", "AR", "CL"), "european": ("SE", "DE", "NL", "FR", "NO", "IT", "LB")}
# Wikidata's names for genres that the API names differently.
LABELS = {
    "pop": "pop music",
    "hip hop": "hip-hop",
    "rap": "rapping",
    "r&b": "contemporary R&B",
    "country": "country music",
    "j-pop": "J-pop",
    "j-rock": "Japanese rock",
    "mpb": "música popular brasileira",
    "edm": "electronic dance music",
    "house": "house music",
    "trap": "trap music",
}
Row = dict[str, dict[str, str]]


class SampleFacts:
    """Wikidata's knowledge of the artists of a seed."""

    def __init__(self, seed: int = 20260211) -> None:
        """The seed is that of `SampleSource`."""
        self._seed = seed
        self._ids = Ids(seed)
        self._artists = Artists(seed)

    def answer(self, artist_id: str) -> list[Row] | None:
        """The rows about an artist; None if there is no item, or the id is unknown."""
        number = self._ids.decode("artist", artist_id)
        if number is None:
            return None
        chance = stream(self._seed, "facts", number)
        if chance.random() < SHARE_UNKNOWN:
            return None
        artist, scene = self._artists.numbered(number), SCENES[number // NUMBERS_PER_SCENE % len(SCENES)]
        item = _entity(100_000_000 + number_of(self._seed, "item", number) % 10_000_000)
        begins_in = int((artist.first_season * WEEKS_PER_SEASON * 7) / DAYS_PER_YEAR) + 1
        facts: list[Row] = [
            *_genres(chance, artist),
            *({"fact": _text("citizenship"), "value": _text(code)} for code in _countries(chance, scene)),
            {"fact": _text("musicbrainz"), "value": _text(str(UUID(bytes=digest("musicbrainz", number, size=16))))},
            {"fact": _text("begin"), "value": _text(f"{begins_in:04}-01-01T00:00:00Z")},
        ]
        return [{"spotify": _text(artist_id), "item": item, **fact} for fact in facts]


def _genres(chance: Random, artist: Artist) -> list[Row]:
    if chance.random() < SHARE_WITHOUT_GENRES:
        return []
    tags = [tag for place, tag in enumerate(artist.genre.tags) if place == 0 or chance.random() < 0.4]
    return [
        {
            "fact": _text("genre"),
            "value": _entity(number_of("genre", tag) % 1_000_000),
            "label": {"type": "literal", "xml:lang": "en", "value": LABELS.get(tag, tag)},
        }
        for tag in tags
    ]


def _countries(chance: Random, scene: Scene) -> list[str]:
    lot, found = chance.random(), pick(chance, COUNTRIES.get(scene.name, (scene.isrc,)))
    if lot < SHARE_WITHOUT_COUNTRY:
        return []
    return [found, "IE"] if lot < SHARE_WITHOUT_COUNTRY + SHARE_OF_TWO_COUNTRIES else [found]


def _entity(number: int) -> dict[str, str]:
    return {"type": "uri", "value": f"http://www.wikidata.org/entity/Q{number}"}


def _text(value: str) -> dict[str, str]:
    return {"type": "literal", "value": value}
