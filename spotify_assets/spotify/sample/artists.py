"""The simulated artists: when they begin, how their careers go, who may release a song.

The artists of a season depend on the seed and the season alone, and an artist's number says which season that is: so
any artist can be had from the number without having seen a chart. Their songs belong in `songs.py`.

A season is 26 weeks; seasons and weeks are counted from day 1 of the calendar.
"""

from collections import Counter
from random import Random
from typing import Literal, NamedTuple

from spotify_assets.spotify.sample.names import artist_name
from spotify_assets.spotify.sample.scenes import SCENES, Genre, Scene
from spotify_assets.spotify.sample.seeded import Weighted, between, stream

WEEKS_PER_SEASON = 26
CAREER_SEASONS = 14
RISING_SEASONS = 7
NAMING_SEASON = 4027
"""Names are counted from this season on (early 2008), so that namesakes come late."""
NUMBERS_PER_SCENE = 64
"""Numbers reserved for the artists of one scene and season; more than are needed."""

SHARE_WITHOUT_GENRES = 0.15
SHARE_WITH_NULL_GENRES = 0.02

Profile = Literal["hitmaker", "rising", "viral"]


class Artist(NamedTuple):
    """An artist and the course of the career."""

    number: int
    name: str
    genre: Genre
    profile: Profile
    talent: float
    """How well the first songs do: 1 is usual."""
    first_season: int
    listed_genres: tuple[str, ...] | None
    """As in the API: empty for many, null for a few."""

    def standing(self, season: int) -> float:
        """How well songs of this season do: rising artists grow while they are active."""
        if self.profile != "rising":
            return self.talent
        return self.talent * (1 + 0.22 * min(max(0, season - self.first_season), RISING_SEASONS))

    def activity(self, season: int) -> float:
        """How much is released in this season, relative to others; 0 once the career is over."""
        age = season - self.first_season
        if self.profile == "hitmaker":
            return 2.0 if 0 < age < CAREER_SEASONS else 1.0
        if self.profile == "rising":
            return 0.6 + 0.2 * age if age < RISING_SEASONS else 0.0
        return (0.7, 0.3)[age] if age < 2 else 0.0


class Artists:
    """All artists of a seed."""

    def __init__(self, seed: int) -> None:
        """Seasons are drawn on demand, and kept."""
        self._seed = seed
        self._newcomers: dict[tuple[int, str], list[Artist]] = {}
        self._active: dict[tuple[int, str], dict[str, Weighted[Artist]]] = {}

    def numbered(self, number: int) -> Artist:
        """The artist with this number, which must exist."""
        group, slot = divmod(number, NUMBERS_PER_SCENE)
        season, scene = divmod(group, len(SCENES))
        return self.newcomers(season, SCENES[scene])[slot]

    def newcomers(self, season: int, scene: Scene) -> list[Artist]:
        """The artists whose careers begin in this season."""
        newcomers = self._newcomers.get((season, scene.name))
        if newcomers is None:
            newcomers = self._newcomers[season, scene.name] = self._begin(season, scene)
        return newcomers

    def active(self, season: int, scene: Scene) -> dict[str, Weighted[Artist]]:
        """Those who may release a song in this season, by the name of their genre; no genre is ever empty."""
        active = self._active.get((season, scene.name))
        if active is None:
            by_genre: dict[str, list[tuple[Artist, float]]] = {genre.name: [] for genre in scene.genres}
            for first_season in range(max(0, season - CAREER_SEASONS + 1), season + 1):
                for artist in self.newcomers(first_season, scene):
                    by_genre[artist.genre.name].append((artist, artist.activity(season)))
            active = {genre: Weighted(artists) for genre, artists in by_genre.items()}
            self._active[season, scene.name] = active
        return active

    def _begin(self, season: int, scene: Scene) -> list[Artist]:
        chance = stream(self._seed, "artists", season, scene.name)
        first_number = (season * len(SCENES) + SCENES.index(scene)) * NUMBERS_PER_SCENE
        slots = [(genre, pattern) for genre in scene.genres for pattern in genre.names]
        named_each_season = Counter(pattern for _, pattern in slots)
        named_now: Counter[str] = Counter()
        newcomers: list[Artist] = []
        for slot, (genre, pattern) in enumerate(slots):
            ordinal = (season - NAMING_SEASON) * named_each_season[pattern] + named_now[pattern]
            named_now[pattern] += 1
            profile, talent = _draw_profile(chance)
            name, genres = artist_name(self._seed, pattern, ordinal), _draw_listed_genres(chance, genre)
            newcomers.append(Artist(first_number + slot, name, genre, profile, talent, season, genres))
        return newcomers


def _draw_profile(chance: Random) -> tuple[Profile, float]:
    lot = chance.random()
    if lot < 0.22:
        return "hitmaker", between(chance, 1.2, 2.6)
    if lot < 0.55:
        return "rising", between(chance, 0.6, 1.0)
    return "viral", between(chance, 0.4, 0.7)


def _draw_listed_genres(chance: Random, genre: Genre) -> tuple[str, ...] | None:
    lot = chance.random()
    if lot < SHARE_WITH_NULL_GENRES:
        return None
    if lot < SHARE_WITH_NULL_GENRES + SHARE_WITHOUT_GENRES:
        return ()
    return tuple(tag for place, tag in enumerate(genre.tags) if place == 0 or chance.random() < 0.5)
