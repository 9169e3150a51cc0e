from datetime import UTC, datetime
from typing import Any

import pytest

from spotify_assets.charts.chart_file import ChartFile
from spotify_assets.charts.errors import UnreadableChart
from spotify_assets_tests.charts.files import DAY, read_text, song_id, to_csv, uri, values

PLAYLIST = "37i9dQZEVXbMDoHDwVN2tF"
COLUMNS = [
    "Track URI",
    "Track Name",
    "Album Name",
    "Artist Name(s)",
    "Release Date",
    "Duration (ms)",
    "Popularity",
    "Added At",
]


def line(link: str, artists: str = "A") -> list[object]:
    return [link, "Song", "Album", artists, "2023", 180000, 50, "2024-01-02T03:04:05Z"]


def read_list(*rows: list[object], **told: Any) -> ChartFile:
    return read_text(to_csv(rows, COLUMNS), "Gym_Mix.csv", **{"day": DAY, "playlist_id": PLAYLIST, **told})


def test_entries_keep_their_places_whatever_they_are() -> None:
    links = [uri(1), "spotify:local:x:y:z:3", f"spotify:episode:{song_id(2)}", "", uri(3)]
    file = read_list(line(links[0]), line(links[1]), line(links[2]), line(links[3]), [1, 2], line(links[4]))
    assert values(file, "position") == [1, 2, 3, 4, 6]
    assert values(file, "entry_type") == ["track", "local", "episode", "unavailable", "track"]
    assert values(file, "song_id") == [song_id(1), None, None, None, song_id(3)]
    assert [problem.line for problem in file.problems] == [6]


def test_a_playlist_is_a_series_without_region() -> None:
    file = read_list(line(uri(1)))
    names = [
        "chart_id",
        "chart_type",
        "recurrence",
        "region",
        "snapshot_date",
        "duration_ms",
        "release_date",
        "popularity",
    ]
    assert file.rows.select(names).rows() == [(PLAYLIST, "playlist", None, None, DAY, 180000, "2023", 50)]
    assert values(file, "added_at") == [datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)]
    assert file.playlist is not None
    assert file.playlist.playlist_id == PLAYLIST


def test_a_song_may_stand_on_a_playlist_twice() -> None:
    assert values(read_list(line(uri(1)), line(uri(1))), "position") == [1, 2]


def test_artists_are_a_list_only_where_the_file_tells_one() -> None:
    joined = read_list(line(uri(1), "A;Tyler, The Creator"), line(uri(2), "B, C"))
    assert values(joined, "artist_name_list") == [["A", "Tyler, The Creator"], ["B, C"]]
    by_commas = read_list(line(uri(1), r"A, Tyler\, The Creator"), line(uri(2), "B"))
    assert values(by_commas, "artist_name_list") == [None, ["B"]]


@pytest.mark.parametrize(("without", "missing"), [("day", "day"), ("playlist_id", "playlist")])
def test_day_and_playlist_have_to_be_told(without: str, missing: str) -> None:
    with pytest.raises(UnreadableChart) as refusal:
        read_list(line(uri(1)), **{without: None})
    assert refusal.value.missing == missing


def test_translated_headers_are_refused() -> None:
    columns = ["URI del brano", "Titolo", "Album", "Artisti", "Data", "Durata", "Pop", "Aggiunto"]
    with pytest.raises(
        UnreadableChart, match="in another language or from another program: export it again in English"
    ):
        read_text(to_csv([line(uri(1))], columns), "Gym_Mix.csv", day=DAY, playlist_id=PLAYLIST)
