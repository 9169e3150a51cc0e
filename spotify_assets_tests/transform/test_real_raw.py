"""Answers of the live API, as other people's programs saved them, against a plain reading of the same JSON.

The files lie beside the checkout and are not part of it; see ../shared/real_raw/index.md.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from spotify_assets.transform.decode import RawObject
from spotify_assets.transform.genre_vocabulary import fold_genres
from spotify_assets.transform.observations import observe
from spotify_assets.transform.tables import build_tables
from spotify_assets_tests.support.data.builders import DAY, LIMIT

REAL_RAW = Path(__file__).parents[3] / "shared" / "real_raw"
FILES = sorted(REAL_RAW.glob("*.json"))
LANDED_AT = datetime(2026, 3, 1, 9, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not FILES, reason=f"no real raw files in {REAL_RAW}")
each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


@dataclass
class Reading:
    """What plain `json` and a few lines find in one file."""

    playlists: list[str] = field(default_factory=list)
    entries: list[dict[str, Any]] = field(default_factory=list)
    profiles: list[dict[str, Any]] = field(default_factory=list)

    def contents(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for row in self.entries:
            content = row.get("item") or row.get("track")
            if content is None:
                yield "unavailable", {}
            elif row.get("is_local") or content.get("is_local"):
                yield "local", content
            else:
                yield content["type"], content

    def songs(self) -> dict[str, dict[str, Any]]:
        return {song["id"]: song for kind, song in self.contents() if kind == "track"}

    def albums(self) -> dict[str, dict[str, Any]]:
        return {song["album"]["id"]: song["album"] for song in self.songs().values()}

    def artists(self) -> set[str]:
        credited = {artist["id"] for song in self.songs().values() for artist in song["artists"]}
        return credited | {profile["id"] for profile in self.profiles}


@cache
def read(path: Path) -> Reading:
    content = json.loads(path.read_text(encoding="utf-8"))
    reading = Reading()
    for document in content if isinstance(content, list) else [content]:
        if "artists" in document:
            reading.profiles += document["artists"]["items"]
            continue
        page = next(
            found
            for found in (document.get("items"), document.get("tracks"), document)
            if isinstance(found, dict) and isinstance(found.get("items"), list)
        )
        reading.playlists.append(document.get("id") or document["href"].split("/playlists/")[1].split("/")[0])
        reading.entries += page["items"]
    return reading


@cache
def tables(*paths: Path) -> dict[str, pl.DataFrame]:
    observations = observe((RawObject(path.name, path.read_bytes(), LANDED_AT) for path in paths), DAY, "spotify")
    assert observations.quarantined == []
    return build_tables(observations, DAY, LIMIT).frames


@each_file
def test_every_entry_is_there_by_its_type(path: Path) -> None:
    found = Counter(tables(path)["playlist_items"]["entry_type"].to_list())
    assert found == Counter(kind for kind, _ in read(path).contents())


@each_file
def test_every_playlist_song_album_artist_and_profile_is_there(path: Path) -> None:
    frames, reading = tables(path), read(path)
    assert sorted(frames["playlists"]["playlist_id"]) == sorted(reading.playlists)
    assert set(frames["songs"]["song_id"]) == set(reading.songs())
    assert set(frames["albums"]["album_id"]) == set(reading.albums())
    assert set(frames["artists"]["artist_id"]) == reading.artists()
    assert frames["artists"]["profile_fetched_at"].drop_nulls().len() == len(reading.profiles)


@each_file
def test_nothing_of_them_is_rejected(path: Path) -> None:
    assert tables(path)["rejected_rows"].is_empty()


@each_file
def test_entries_keep_their_order_titles_and_times(path: Path) -> None:
    items = tables(path)["playlist_items"]
    reading = read(path)
    assert items["position"].to_list() == list(range(1, len(reading.entries) + 1))
    assert items["name"].to_list() == [content.get("name") for _, content in reading.contents()]
    added_at = [None if moment is None else f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in items["added_at"]]
    assert added_at == [row["added_at"] for row in reading.entries]


@each_file
def test_songs_say_what_the_answer_says(path: Path) -> None:
    expected = [
        (song_id, song["name"], song["album"]["id"], song["duration_ms"], song["explicit"], song.get("popularity"))
        for song_id, song in sorted(read(path).songs().items())
    ]
    columns = ("song_id", "name", "album_id", "duration_ms", "is_explicit", "popularity")
    assert tables(path)["songs"].select(columns).rows() == expected


@each_file
def test_credits_keep_their_order(path: Path) -> None:
    expected = [
        (song_id, place, artist["id"])
        for song_id, song in sorted(read(path).songs().items())
        for place, artist in enumerate(song["artists"], 1)
    ]
    assert tables(path)["song_artists"].select("song_id", "artist_position", "artist_id").rows() == expected


@each_file
def test_albums_have_the_release_dates_that_were_told(path: Path) -> None:
    told = {album_id: (album.get("release_date") or "")[:4] for album_id, album in read(path).albums().items()}
    found = tables(path)["albums"].select("album_id", pl.col("release_date").dt.strftime("%Y").fill_null(""))
    assert dict(found.iter_rows()) == told


@each_file
def test_genres_and_followers_are_those_of_the_profiles(path: Path) -> None:
    profiles = read(path).profiles
    found = tables(path)["artists"].filter(pl.col("profile_fetched_at").is_not_null())
    expected = sorted((each["id"], fold_genres(each["genres"]), each["followers"]["total"]) for each in profiles)
    assert found.select("artist_id", "genres", "followers").rows() == expected


def test_all_files_together_are_one_day() -> None:
    frames, readings = tables(*FILES), [read(path) for path in FILES]
    assert frames["playlists"].height == sum(len(reading.playlists) for reading in readings)
    assert frames["playlist_items"].height == sum(len(reading.entries) for reading in readings)
    assert set(frames["songs"]["song_id"]) == {song for reading in readings for song in reading.songs()}
    assert frames["rejected_rows"].is_empty()


def test_the_files_show_what_they_are_kept_for() -> None:
    frames = tables(*FILES)
    kinds = set(frames["playlist_items"]["entry_type"])
    assert {"track", "episode", "local"} <= kinds
    assert frames["albums"]["release_date"].null_count() > 0
    assert frames["artists"].filter(pl.col("genres").list.len() == 0).height == sum(
        not each["genres"] for path in FILES for each in read(path).profiles
    )
