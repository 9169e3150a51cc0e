"""The simulated songs: what is released in a week, by whom, how good it is and how long it lasts.

The releases of a week depend on the seed and the week alone, so any week can be had without the weeks before it. Where
and how high songs chart belongs in `charts.py`, how they look as JSON in `documents.py`.

Days are ordinals (`date.toordinal()`); weeks are counted from day 1 and begin on Monday.
"""

import math
from collections import Counter
from functools import cache
from random import Random
from typing import Literal, NamedTuple

from spotify_assets.spotify.sample.artists import WEEKS_PER_SEASON, Artist, Artists
from spotify_assets.spotify.sample.names import album_title, song_title
from spotify_assets.spotify.sample.scenes import SCENES, Genre, Scene, drift_phase
from spotify_assets.spotify.sample.seeded import Weighted, between, pick, stream, wave, whole_between

NUMBERS_PER_SCENE = 128
"""Numbers reserved for the songs of one scene and week; more than are needed."""
FRIDAY = 4

Precision = Literal["day", "month", "year"]


class Album(NamedTuple):
    """A single or an album, as one release."""

    number: int
    title: str
    kind: Literal["single", "album"]
    artist: Artist
    total_tracks: int
    release_day: int
    """First release; years before its songs chart if it is an old recording."""
    precision: Precision


class Song(NamedTuple):
    """A song and its performance everywhere."""

    number: int
    title: str
    artists: tuple[Artist, ...]
    album: Album
    scene: Scene
    track_number: int
    duration_ms: int
    explicit: bool
    earliest_day: int
    """Before this day it charts nowhere."""
    home_delay: int
    """Days by which its home region is late; 0 for most."""
    quality: float
    climb_days: int
    fade_days: float
    return_days: int
    """Days from the break until it returns; 0 if it never does."""


class Songs:
    """All songs of a seed."""

    def __init__(self, seed: int, artists: Artists) -> None:
        """The artists must be those of the same seed."""
        self._seed = seed
        self._artists = artists
        self._weeks: dict[int, list[Song]] = {}

    def released_in(self, week: int) -> list[Song]:
        """The songs of the week that have any chance to chart somewhere."""
        songs = self._weeks.get(week)
        if songs is None:
            titles = _Titles(self._seed, week)
            songs = self._weeks[week] = [
                song for scene in SCENES for song in _SceneWeek(self._seed, self._artists, week, scene, titles).songs()
            ]
        return songs

    def numbered(self, number: int) -> Song | None:
        """The song with that number; None if there is none."""
        week = number // (NUMBERS_PER_SCENE * len(SCENES))
        return next((song for song in self.released_in(week) if song.number == number), None)


class _Titles:
    """Gives out the titles of a week, language by language."""

    def __init__(self, seed: int, week: int) -> None:
        self._seed = seed
        self._week = week
        self._given: Counter[str] = Counter()

    def take(self, language: str) -> str:
        ordinal = self._week * _titles_a_week(language) + self._given[language]
        self._given[language] += 1
        return song_title(self._seed, language, ordinal)


@cache
def _titles_a_week(language: str) -> int:
    """Titles to keep for a week: twice as many as there are releases, since albums need several."""
    releases = 0.0
    for scene in SCENES:
        speakers = sum(len(genre.names) for genre in scene.genres if genre.titles == language)
        releases += scene.releases * speakers / sum(len(genre.names) for genre in scene.genres)
    return int(2 * releases) + 2


class _SceneWeek:
    """Creates the releases of one scene in one week."""

    def __init__(self, seed: int, artists: Artists, week: int, scene: Scene, titles: _Titles) -> None:
        self._seed = seed
        self._artists = artists
        self._week = week
        self._scene = scene
        self._titles = titles
        self._season = week // WEEKS_PER_SEASON
        self._chance = stream(seed, "releases", week, scene.name)
        self._has_album = False

    def songs(self) -> list[Song]:
        genres = Weighted((genre, self._share(genre)) for genre in self._scene.genres)
        number = (self._week * len(SCENES) + SCENES.index(self._scene)) * NUMBERS_PER_SCENE
        songs: list[Song] = []
        busy: set[int] = set()
        for _ in range(self._scene.releases):
            artist = self._artists.active(self._season, self._scene)[genres.pick(self._chance).name].pick(self._chance)
            if artist.number not in busy:
                busy.add(artist.number)
                songs += self._release(number + len(songs), artist)
        return songs

    def _share(self, genre: Genre) -> float:
        """The genre's weight in the scene: it swells and shrinks over months, each genre in its own time."""
        phase = drift_phase(self._seed, genre.name)
        return len(genre.names) * (1 + 0.55 * wave(self._week / (50 + 40 * phase) + phase))

    def _release(self, number: int, artist: Artist) -> list[Song]:
        """The songs of one single or album that may chart, the leading one first."""
        chance = self._chance
        on_friday = chance.random() < 0.4
        day = self._week * 7 + 1 + (FRIDAY if on_friday else whole_between(chance, 0, 5))
        title = self._titles.take(artist.genre.titles)
        album = self._album(number, title, artist, day)
        quality = artist.standing(self._season) * _luck(chance, artist)
        if album.precision != "day":
            quality *= 0.6
        songs = [self._song(number, title, album, day=day, quality=quality)]
        for track in range(1, whole_between(chance, 3, 5) if album.kind == "album" else 1):
            quality *= between(chance, 0.55, 0.9)
            title = self._titles.take(artist.genre.titles)
            songs.append(self._song(number + track, title, album, day=day, quality=quality))
        return songs

    def _album(self, number: int, title: str, artist: Artist, day: int) -> Album:
        chance = self._chance
        precision: Precision = "day"
        if chance.random() < 0.06:
            # A rediscovered old recording: catalogues often know only its month or year.
            day = max(1, day - whole_between(chance, 700, 7000))
            precision = pick(chance, ("month", "year"))
        wants_album = chance.random() < {"hitmaker": 0.15, "rising": 0.1, "viral": 0.0}[artist.profile]
        if self._has_album or not wants_album:
            return Album(number, title, "single", artist, whole_between(chance, 1, 3), day, precision)
        # One album a week: several at once would turn over a fifth of a chart in a day.
        self._has_album = True
        if chance.random() < 0.65:
            title = album_title(self._seed, artist.genre.titles, whole_between(chance, 0, 10_000))
        return Album(number, title, "album", artist, whole_between(chance, 9, 18), day, precision)

    def _song(self, number: int, title: str, album: Album, *, day: int, quality: float) -> Song:
        chance, artist = self._chance, album.artist
        guests = self._guests(artist)
        if guests and chance.random() < 0.7:
            title = f"{title} (feat. {' & '.join(guest.name for guest in guests)})"
        at_once = chance.random() < {"hitmaker": 0.7, "rising": 0.35, "viral": 0.1}[artist.profile]
        patience = chance.random()
        return Song(
            number=number,
            title=title,
            artists=(artist, *guests),
            album=album,
            scene=self._scene,
            track_number=number - album.number + 1,
            duration_ms=int(1000 * between(chance, *artist.genre.seconds)),
            explicit=chance.random() < artist.genre.explicit,
            earliest_day=day if at_once else day + whole_between(chance, 0, 25),
            home_delay=whole_between(chance, 8, 22) if chance.random() < 0.12 else 0,
            quality=quality,
            climb_days=whole_between(chance, 0, 1) if at_once else whole_between(chance, 8, 40),
            fade_days=10 + 30 * patience if artist.profile == "viral" else 14 + 90 * patience * patience,
            return_days=whole_between(chance, 40, 220) if chance.random() < 0.15 else 0,
        )

    def _guests(self, artist: Artist) -> list[Artist]:
        """Mostly none, else one or two, mostly of the same genre."""
        chance = self._chance
        lot = chance.random()
        guests: list[Artist] = []
        for _ in range(0 if lot < 0.66 else 1 if lot < 0.93 else 2):
            scene, genre = self._scene, artist.genre
            if chance.random() < 0.35:
                scene = pick(chance, SCENES) if chance.random() < 0.1 else scene
                genre = Weighted((genre, len(genre.names)) for genre in scene.genres).pick(chance)
            guest = self._artists.active(self._season, scene)[genre.name].pick(chance)
            if guest.number not in (artist.number, *(other.number for other in guests)):
                guests.append(guest)
        return guests


def _luck(chance: Random, artist: Artist) -> float:
    """Few songs do very well: a Pareto tail, longer for those who have one hit only."""
    lot = chance.random()
    return 1 / (lot + 0.04) if artist.profile == "viral" else 1 / math.sqrt(lot + 0.03)
