"""The documents: faithful to the API, the same everywhere, with the odd entries of real playlists."""

import re
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotify_assets.spotify.payloads import Generation
from spotify_assets.spotify.sample.source import SampleSource

SOURCE = SampleSource()
PLAYLIST = "6UeSakyzhiEt4NB3UAd6NQ"
REGIONS = ("us", "gb", "br", "jp")
ID = re.compile(r"[0-9A-Za-z]{22}")

days = st.dates(date(2015, 1, 1), date(2035, 12, 31))
regions = st.sampled_from((*REGIONS, "global", "de", "São Paulo", ""))


def chart(day: date, region: str = "us", generation: Generation = "items", source: SampleSource = SOURCE) -> list[Any]:
    """The tracks of a chart's entries, null where one was removed."""
    document = source.playlist(PLAYLIST, "Top 100", region, day, generation)
    return [entry["item" if generation == "items" else "track"] for entry in document[generation]["items"]]


def songs(day: date, region: str = "us", source: SampleSource = SOURCE) -> list[dict[str, Any]]:
    return [track for track in chart(day, region, source=source) if track and track["id"] and track["type"] == "track"]


def artist_ids(day: date, region: str) -> list[str]:
    return [artist["id"] for track in songs(day, region) for artist in track["artists"]]


FINGERPRINT = """
from datetime import date
from hashlib import sha256
from json import dumps
from spotify_assets.spotify.sample.source import SampleSource
source = SampleSource()
document = source.playlist("6UeSakyzhiEt4NB3UAd6NQ", "Top 100", "global", date(2026, 3, 2), "tracks")
ids = [artist["id"] for entry in document["tracks"]["items"] for artist in entry["track"]["artists"]]
fingerprint = sha256(dumps([document, source.artists(ids, date(2026, 3, 2), "tracks")]).encode()).hexdigest()
"""


def test_another_process_makes_the_same_documents() -> None:
    here: dict[str, str] = {}
    exec(FINGERPRINT, here)
    command = [sys.executable, "-c", f"{FINGERPRINT}\nprint(fingerprint)"]
    there = subprocess.run(command, capture_output=True, text=True, check=True)
    assert there.stdout.strip() == here["fingerprint"]


def test_the_world_is_the_one_of_earlier_versions() -> None:
    """Lakes already filled must go on with the songs they know: a change here needs a good reason."""
    top = [(track["id"], track["name"]) for track in songs(date(2026, 3, 2))[:3]]
    assert top == [
        ("5nUAtMrfaIwF7jfBnQow7c", 'Icebox Politics (feat. Marcus "Thunder" Mabry)'),
        ("0VtibM6GHpLXogGAZ7iJmk", "Motion Freestyle"),
        ("63oDzkl3VOJ3uyPndBmPZ3", "Ambition in the Walls"),
    ]


def test_another_seed_is_another_world() -> None:
    other = SampleSource(seed=1)
    day = date(2026, 3, 2)
    assert not {track["id"] for track in songs(day)} & {track["id"] for track in songs(day, source=other)}
    assert not other.artists(artist_ids(day, "us"), day)


@given(days, regions)
@settings(max_examples=6, deadline=None)
def test_any_day_of_any_region_is_a_whole_chart(day: date, region: str) -> None:
    document = SOURCE.playlist(PLAYLIST, "Top 100", region, day)
    page = document["items"]
    assert (page["total"], page["offset"], page["next"]) == (len(page["items"]), 0, None)
    assert len(page["items"]) in {100, 101}
    tracks = songs(day, region)
    assert len({track["id"] for track in tracks}) == len(tracks) == 100
    identifiers = [track["id"] for track in tracks] + [track["album"]["id"] for track in tracks]
    assert all(ID.fullmatch(identifier) for identifier in identifiers + artist_ids(day, region))
    assert all(track["album"]["release_date"] <= day.isoformat() for track in tracks)


def test_the_calendar_has_no_edge() -> None:
    assert chart(date.min) is not None
    assert len(songs(date.max)) == 100


@given(days, regions)
@settings(max_examples=4, deadline=None)
def test_both_generations_hold_the_same_entries(day: date, region: str) -> None:
    new, old = chart(day, region), chart(day, region, "tracks")
    assert [track and track["uri"] for track in new] == [track and track["uri"] for track in old]
    for generation, tracks in (("items", new), ("tracks", old)):
        for track in filter(None, tracks):
            extended = {"popularity", "external_ids", "available_markets"} <= track.keys()
            assert extended == (generation == "tracks" and track["type"] == "track")
            assert ("available_markets" in track.get("album", {})) == extended


@given(days)
@settings(max_examples=2, deadline=None)
def test_every_odd_entry_shows_within_28_days(first: date) -> None:
    kinds: Counter[str] = Counter()
    for day in (first + timedelta(days=offset) for offset in range(28)):
        for region in REGIONS:
            for track in chart(day, region):
                if track is None:
                    kinds["removed"] += 1
                elif track.get("is_local"):
                    kinds["local"] += 1
                    assert (track["id"], track["album"]["id"], track["album"]["release_date"]) == (None, None, None)
                elif track["type"] == "episode":
                    kinds["episode"] += 1
                else:
                    kinds[track["album"]["release_date_precision"]] += 1
    assert (kinds["removed"], kinds["local"], kinds["episode"]) == (4, 4, 4)
    assert 0 < kinds["year"] + kinds["month"] < 0.1 * kinds["day"]
    assert min(kinds["year"], kinds["month"]) > 0


def test_a_local_entry_is_marked_and_nothing_else_is() -> None:
    for day in (date(2026, 3, 1) + timedelta(days=offset) for offset in range(28)):
        for entry in SOURCE.playlist(PLAYLIST, "Top 100", "us", day)["items"]["items"]:
            assert entry["is_local"] == bool(entry["item"] and entry["item"].get("is_local"))


def test_release_dates_are_as_precise_as_they_say() -> None:
    for track in songs(date(2026, 3, 2), "global"):
        length = {"year": 4, "month": 7, "day": 10}[track["album"]["release_date_precision"]]
        assert len(track["album"]["release_date"]) == length


def test_snapshot_ids_tell_playlists_and_days_apart() -> None:
    first, second = date(2026, 3, 2), date(2026, 3, 3)
    snapshots = [
        SOURCE.playlist(playlist_id, "Top 100", "us", day)["snapshot_id"]
        for playlist_id in (PLAYLIST, "0" * 22)
        for day in (first, second, first)
    ]
    assert snapshots[0] == snapshots[2]
    assert len(set(snapshots)) == 4


def test_documents_may_be_changed_by_whoever_asked_for_them() -> None:
    before = chart(date(2026, 3, 2), "us", "tracks")
    chart(date(2026, 3, 2), "us", "tracks")[0]["album"]["available_markets"].clear()
    assert chart(date(2026, 3, 2), "us", "tracks") == before


@pytest.mark.parametrize("region", [*REGIONS, "global", "de"])
def test_artists_are_found_by_a_source_that_made_no_playlist(region: str) -> None:
    day = date(2026, 3, 2)
    credited = {artist["id"]: artist["name"] for track in songs(day, region) for artist in track["artists"]}
    profiles = SampleSource().artists(credited, day)
    assert {profile["id"]: profile["name"] for profile in profiles} == credited


def test_unknown_artist_ids_are_left_out() -> None:
    day = date(2026, 3, 2)
    known, track_id = artist_ids(day, "us")[0], songs(day)[0]["id"]
    found = SOURCE.artists(["0" * 22, known, track_id, "", "no id at all", "é" * 22], day)
    assert [profile["id"] for profile in found] == [known]


def test_artists_of_the_newer_api_have_neither_followers_nor_popularity() -> None:
    day = date(2026, 3, 2)
    ids = artist_ids(day, "gb")
    for new, old in zip(SOURCE.artists(ids, day), SOURCE.artists(ids, day, "tracks"), strict=True):
        assert old.keys() - new.keys() == {"followers", "popularity"}
        assert {**old, **new} == old


def test_some_artists_are_without_genres() -> None:
    day = date(2026, 3, 2)
    profiles = SOURCE.artists({identifier for region in REGIONS for identifier in artist_ids(day, region)}, day)
    without = sum(profile["genres"] == [] for profile in profiles) / len(profiles)
    assert 0.08 < without < 0.22
    assert 0 < sum(profile["genres"] is None for profile in profiles) < 0.06 * len(profiles)


def test_album_mates_chart_together_and_songs_have_guests() -> None:
    tracks = songs(date(2026, 3, 2), "global")
    assert max(Counter(track["album"]["id"] for track in tracks).values()) > 1
    assert {1, 2} <= {len(track["artists"]) for track in tracks} <= {1, 2, 3}
