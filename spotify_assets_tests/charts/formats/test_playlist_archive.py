import json
from typing import Any

import pytest

from spotify_assets.charts.chart_file import ChartFile, PlaylistFacts
from spotify_assets.charts.errors import UnreadableChart
from spotify_assets_tests.charts.files import DAY, artist_id, read_text, song_id, values

PLAYLIST = "37i9dQZEVXbMDoHDwVN2tF"
NAME = f"playlists/pretty/{PLAYLIST}.json"
OPEN = "https://open.spotify.com"


def track(number: int, **changed: object) -> dict[str, Any]:
    told = {
        "added_at": "2021-05-01 04:00:00",
        "album": {"name": "Album", "url": f"{OPEN}/album/{song_id(99)}"},
        "artists": [{"name": "A, B", "url": f"{OPEN}/artist/{artist_id(1)}"}],
        "duration_ms": 180000,
        "name": f"Song {number}",
        "url": f"{OPEN}/track/{song_id(number)}",
    }
    return {**told, **changed}


def read_list(tracks: object, name: str = NAME, **told: Any) -> ChartFile:
    document = {
        "description": "Daily",
        "name": "Top 50 of the archive",
        "num_followers": 12,
        "original_name": "Top 50",
        "owner": {"name": "Spotify", "url": f"{OPEN}/user/spotify"},
        "snapshot_id": "abc",
        "tracks": tracks,
        "url": f"{OPEN}/playlist/{PLAYLIST}",
    }
    return read_text(json.dumps(document), name, **{"day": DAY, **told})


def test_a_playlist_is_its_tracks_in_order() -> None:
    file = read_list([track(2), track(1)])
    assert file.playlist == PlaylistFacts(PLAYLIST, "Top 50", "Daily", "spotify", "Spotify", 12, "abc")
    assert values(file, "song_id") == [song_id(2), song_id(1)]
    names = ["chart_id", "position", "artist_name_list", "artist_ids", "album_id", "album_name", "duration_ms"]
    assert file.rows.select(names).row(0) == (PLAYLIST, 1, ["A, B"], [artist_id(1)], song_id(99), "Album", 180000)


def test_a_track_that_cannot_be_read_keeps_its_place() -> None:
    file = read_list([track(1), None, track(3, url=None), track(4, artists=None, duration_ms="long")])
    assert values(file, "entry_type") == ["track", "unavailable", "unavailable", "track"]
    assert values(file, "position") == [1, 2, 3, 4]
    assert [problem.column for problem in file.problems] == ["duration_ms"]


def test_day_and_playlist_have_to_be_known() -> None:
    with pytest.raises(UnreadableChart, match="its day is unknown"):
        read_list([], day=None)
    with pytest.raises(UnreadableChart, match="its playlist is unknown"):
        read_list([], "list.json")
    assert read_list([], "list.json", playlist_id=PLAYLIST).charts[0].rows == 0


def test_tracks_that_are_no_list_are_refused() -> None:
    with pytest.raises(UnreadableChart, match="without its tracks"):
        read_list({})
