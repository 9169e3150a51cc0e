"""How songs perform in a region on a day, and the resulting chart.

A song's life in a region is its break, climb, fade and perhaps return; streams are counted in units of their own.
Nothing is carried from day to day, so any day can be had at once. What songs there are belongs in `songs.py`.

Days are ordinals (`date.toordinal()`).
"""

import math
from random import Random
from typing import NamedTuple

from spotify_assets.spotify.sample.scenes import GLOBAL, GLOBAL_SHARES, Region, region_named
from spotify_assets.spotify.sample.seeded import noise, number_of, stream
from spotify_assets.spotify.sample.songs import Song, Songs

CHART_LENGTH = 100
LIFE_DAYS = 400
"""No song charts longer than this after its break."""
LOOK_BACK_WEEKS = (LIFE_DAYS + 110) // 7
"""Releases that can still matter: the longest life after the latest break."""
LEAST_STREAMS = 0.3
"""Below this a song is never near a chart, and is ignored."""
MOOD_DAYS = 5
RETURN_DAYS = 24


class _Life(NamedTuple):
    """A song's life in one region."""

    song: Song
    noise_key: int
    first_day: int
    last_day: int
    climb_days: int
    strength: float
    return_strength: float

    def streams(self, day: int) -> float:
        song, age = self.song, day - self.first_day
        if age < self.climb_days:
            reached = (age + 1) / (self.climb_days + 1)
            level = 0.06 + 0.94 * reached * reached * (3 - 2 * reached)
        else:
            spent = 1 + (age - self.climb_days) / song.fade_days
            level = 1 / (spent * spent)
        away = age - song.return_days
        if self.return_strength and 0 <= away < RETURN_DAYS:
            # It returns quickly and fades slowly.
            level += self.return_strength * min(1, (away + 1) / 4) * (1 - away / RETURN_DAYS)
        old_age = age / LIFE_DAYS
        return self.strength * level * (1 - old_age * old_age) * self._mood(day)

    def _mood(self, day: int) -> float:
        """Small ups and downs: some that last for days, fewer of a single day."""
        period, within = divmod(day, MOOD_DAYS)
        before, after = noise(self.noise_key, period), noise(self.noise_key, period + 1)
        lasting = before + (after - before) * within / MOOD_DAYS
        return 1 + 0.045 * lasting + 0.012 * noise(self.noise_key, -day)


class Charts:
    """The charts of all regions."""

    def __init__(self, seed: int, songs: Songs) -> None:
        """The songs must be those of the same seed."""
        self._seed = seed
        self._songs = songs
        self._lives: dict[tuple[str, int], list[_Life]] = {}
        self._living: dict[tuple[str, int], list[_Life]] = {}
        self._songs_by_number: dict[int, Song] = {}
        self._day = 0
        self._streams_of_day: dict[str, dict[int, float]] = {}

    def chart(self, region: str, day: int) -> list[Song]:
        """The region's songs of the day, best first."""
        streams = self.streams(region, day)
        best = sorted(streams, key=lambda number: (-streams[number], number))[:CHART_LENGTH]
        return [self._songs_by_number[number] for number in best]

    def streams(self, region: str, day: int) -> dict[int, float]:
        """Streams of the songs in or near the region's chart on the day, by song number."""
        if day != self._day:
            # One day is cached: the worldwide chart sums the regions' streams of the same day.
            self._day, self._streams_of_day = day, {}
        streams = self._streams_of_day.get(region)
        if streams is None:
            streams = self._worldwide(day) if region == GLOBAL else self._regional(region, day)
            self._streams_of_day[region] = streams
        return streams

    def _worldwide(self, day: int) -> dict[int, float]:
        total: dict[int, float] = {}
        for region, share in GLOBAL_SHARES.items():
            for number, streams in self.streams(region, day).items():
                total[number] = total.get(number, 0.0) + share * streams
        return total

    def _regional(self, region: str, day: int) -> dict[int, float]:
        return {
            life.song.number: life.streams(day)
            for life in self._living_in(region, (day - 1) // 7)
            if life.first_day <= day <= life.last_day
        }

    def _living_in(self, region: str, week: int) -> list[_Life]:
        """The songs that may chart in the region in this week, released in any week."""
        living = self._living.get((region, week))
        if living is None:
            monday = week * 7 + 1
            living = [
                life
                for released in range(max(0, week - LOOK_BACK_WEEKS), week + 1)
                for life in self._lives_of(region, released)
                if life.first_day <= monday + 6 and life.last_day >= monday
            ]
            self._living[region, week] = living
            self._songs_by_number.update((life.song.number, life.song) for life in living)
        return living

    def _lives_of(self, region: str, week: int) -> list[_Life]:
        """The lives in the region of the songs released in the week."""
        lives = self._lives.get((region, week))
        if lives is None:
            character = region_named(self._seed, region)
            chance = stream(self._seed, "lives", region, week)
            region_key = number_of(self._seed, "mood", region)
            drawn = [_live(chance, song, region, region_key, character) for song in self._songs.released_in(week)]
            lives = self._lives[region, week] = [life for life in drawn if life.strength > LEAST_STREAMS]
        return lives


def _live(chance: Random, song: Song, region: str, region_key: int, character: Region) -> _Life:
    fortune, patience, welcome = chance.random(), chance.random(), chance.random()
    strength = song.quality * character.affinity[song.scene.name]
    strength *= character.taste.get(song.artists[0].genre.name, 1.0)
    climb_days = song.climb_days
    if song.scene.home == region:
        delay = song.home_delay
        strength *= 0.85 + 0.3 * fortune
    else:
        # Abroad most songs do worse than their scene's standing, a few much better, and none is a hit overnight.
        delay = int(character.delay[song.scene.name] * (0.3 + 1.4 * patience))
        strength *= 0.25 + 2.2 * fortune * fortune * fortune
        climb_days = max(climb_days, 3 + int(6 * welcome))
    first_day = song.earliest_day + delay
    return_strength = (0.15 + 0.6 * welcome) if song.return_days else 0.0
    # The day on which the fade alone takes it below LEAST_STREAMS.
    days = climb_days + int(song.fade_days * (math.sqrt(strength / LEAST_STREAMS) - 1))
    if return_strength:
        days = max(days, song.return_days + RETURN_DAYS)
    last_day = first_day + min(days, LIFE_DAYS)
    return _Life(song, region_key + song.number, first_day, last_day, climb_days, strength, return_strength)
