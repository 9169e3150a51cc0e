"""What the saved queries answer, over two charts that are small enough to be worked out by hand."""

from typing import Any

import pytest

from spotify_assets.config import Settings
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.sql import query
from spotify_assets.serving.saved_queries import saved_queries, saved_query
from spotify_assets_tests.support.data.builders import spotify_id
from spotify_assets_tests.support.data.two_charts import EIGHTH, FIRST, LAST, publish_two_charts

WORLD, JAPAN = "playlist=Playlist World", "playlist=Playlist Japan"


@pytest.fixture(scope="module")
def charts(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = Lake(Settings(lake_url=str(tmp_path_factory.mktemp("charts") / "lake"), spotify_source="spotify"))
    publish_two_charts(lake)
    return lake


@pytest.fixture
def answer(charts: Lake) -> Any:
    """Rows of a saved query with `name=value` pairs; of the columns that are named, where any are."""

    def ask(name: str, *pairs: str, columns: str = "") -> list[tuple[Any, ...]]:
        found = saved_query(name)
        frame = query(charts, found.sql, found.values(dict(pair.split("=") for pair in pairs)))
        return frame.select(columns.split() or frame.columns).rows()

    return ask


def urls(*words: str, kind: str = "track") -> list[tuple[str]]:
    return [(f"https://open.spotify.com/{kind}/{spotify_id(word)}",) for word in words]


@pytest.mark.parametrize("name", saved_queries())
def test_every_query_has_an_answer_with_nothing_but_its_defaults(answer: Any, name: str) -> None:
    assert answer(name)


@pytest.mark.parametrize("name", saved_queries())
def test_every_parameter_is_heeded(charts: Lake, name: str) -> None:
    """A region, playlist or day that never was, a change of another kind, no rows at all: never the same answer."""
    found = saved_query(name)
    others = {"day": "2025-01-01", "from": "2027-01-01", "to": "2025-01-01", "top": "0"}
    usual = query(charts, found.sql, found.values({}))
    for parameter in found.parameters:
        other = query(charts, found.sql, found.values({parameter: others.get(parameter, "moved-elsewhere")}))
        assert not other.equals(usual), parameter
        assert other.is_empty(), parameter


def test_top_songs_are_those_of_each_chart_with_where_they_came_from(answer: Any) -> None:
    columns = "region position previous_position status song days_on_chart"
    assert answer("top_songs", "top=2", columns=columns) == [
        ("global", 1, 3, "up", "Song D", 2),
        ("global", 2, 1, "down", "Song B", 3),
        ("jp", 1, 1, "same", "Song X", 3),
    ]
    assert answer("top_songs", "region=jp", f"day={FIRST}", columns="song status") == [
        ("Song B", "first capture"),
        ("Song X", "first capture"),
    ]


@pytest.mark.parametrize("name", [name for name, found in saved_queries().items() if "series" in found.parameters])
def test_what_is_told_by_region_says_its_series_and_can_be_asked_for_one(answer: Any, name: str) -> None:
    assert {series for (series,) in answer(name, columns="series")} == {"playlist"}
    assert answer(name, "series=playlist") == answer(name)


def test_top_artists_of_the_day_and_of_the_week_differ(answer: Any) -> None:
    # On the last day D, B, A and E earn 4, 3, 2 and 1; on the day before B, A and D earned 3, 2 and 1.
    assert answer("top_artists_day", "top=2", columns="rank artist points points_change") == [
        (1, "Artist DArtist", 4, 3),
        (2, "Artist BArtist", 3, 0),
    ]
    assert answer("top_artists_week", columns="rank artist points points_change") == [
        (1, "Artist BArtist", 6, 4),
        (2, "Artist DArtist", 5, 5),
        (3, "Artist AArtist", 4, 1),
        (4, "Artist EArtist", 1, 1),
    ]


def test_rising_artists_are_those_whose_week_grew_most(answer: Any) -> None:
    assert answer("rising_artists", columns="artist points_change label")[:2] == [
        ("Artist DArtist", 5, "viral"),
        ("Artist BArtist", 4, "rising"),
    ]
    # C left the chart: its week of points only shrank.
    assert "Artist CArtist" not in {row[0] for row in answer("rising_artists", columns="artist")}


def test_consistency_can_be_asked_for_by_label(answer: Any) -> None:
    assert answer("consistent_artists", "label=fading", columns="artist days_present mean_position") == [
        ("Artist AArtist", 3, 2.0)
    ]


def test_risers_and_fallers_part_the_songs_that_moved(answer: Any) -> None:
    assert answer("risers", columns="song movement") == [("Song D", 2)]
    assert answer("fallers", columns="song movement") == [("Song B", -1), ("Song A", -1)]


def test_genres_are_sorted_by_growth_and_their_shares_are_of_one(answer: Any) -> None:
    found = answer("growing_genres", columns="genre share share_change_7_days")
    # D and E have no genre: 5 of 10 points, where C alone had 1 of 6 a week before.
    assert found[0] == ("unknown", 0.5, pytest.approx(0.5 - 1 / 6))
    assert sum(share for _, share, _ in found) == pytest.approx(1)


def test_a_country_s_share_is_that_of_its_own_artists(answer: Any) -> None:
    columns = "region share known_share domestic_artists artists"
    # On the eighth of March X, from elsewhere, earned 2 points in Japan, and B 1; no country is called global.
    assert answer("domestic_share", f"day={EIGHTH}", columns=columns) == [("jp", pytest.approx(1 / 3), 1.0, 1, 2)]
    assert answer("domestic_share", columns=columns) == [("jp", 0.0, 1.0, 0, 1)]


def test_the_songs_that_last_come_first(answer: Any) -> None:
    found = answer("longest_on_playlists", "region=global", columns="song days_on_chart peak_position is_there_now")
    assert found == [
        ("Song A", 3, 1, True),
        ("Song B", 3, 1, True),
        ("Song D", 2, 1, True),
        ("Song C", 1, 3, False),
        ("Song E", 1, 4, True),
    ]


def test_only_songs_of_the_last_eight_weeks_are_new_releases(answer: Any) -> None:
    columns = "song days_since_release debut_date peak_position position_now"
    assert answer("new_releases", columns=columns) == [("Song E", 4, LAST, 4, 4)]


def test_regions_are_compared_from_both_sides(answer: Any) -> None:
    assert answer("regions_compared", f"day={EIGHTH}", columns="region other_region shared_songs songs_only_here") == [
        ("global", "jp", 1, 2),
        ("jp", "global", 1, 1),
    ]


def test_what_was_on_a_playlist_on_a_day_is_what_was_last_captured_then(answer: Any) -> None:
    assert answer("playlist_on_day", WORLD, "day=2026-03-05", columns="snapshot_date position entry") == [
        (FIRST, 1, "Song A"),
        (FIRST, 2, "Song B"),
        (FIRST, 3, "Song C"),
    ]
    assert answer("playlist_on_day", f"playlist={spotify_id('Japan')}", columns="entry_type") == [
        ("track",),
        ("episode",),
        ("local",),
        ("unavailable",),
    ]


def test_addresses_of_a_day_leave_out_what_has_none(answer: Any) -> None:
    assert answer("playlist_on_day_urls", JAPAN) == [*urls("X"), *urls("Talk", kind="episode")]
    assert answer("playlist_on_day_urls", WORLD, f"day={EIGHTH}") == urls("B", "A", "D")


def test_every_song_that_was_ever_there_is_told_once(answer: Any) -> None:
    assert answer("playlist_songs_ever", WORLD, columns="song first_seen last_seen") == [
        ("Song A", FIRST, LAST),
        ("Song B", FIRST, LAST),
        ("Song C", FIRST, FIRST),
        ("Song D", EIGHTH, LAST),
        ("Song E", LAST, LAST),
    ]
    assert answer("playlist_songs_ever_urls", WORLD) == urls("A", "B", "C", "D", "E")
    # B was on both: still one line.
    assert len(answer("playlist_songs_ever_urls")) == len({*answer("playlist_songs_ever_urls")}) == 6


def test_what_changed_on_the_last_day_and_over_a_while(answer: Any) -> None:
    assert answer("playlist_changes", WORLD, columns="change song") == [
        ("added", "Song E"),
        ("moved", "Song D"),
        ("moved", "Song B"),
        ("moved", "Song A"),
    ]
    since = (f"from={EIGHTH}", f"to={LAST}")
    assert answer("playlist_changes", "change=removed", *since, columns="playlist snapshot_date song") == [
        ("Playlist World", EIGHTH, "Song C"),
    ]
    # Its entry is still there, without a song.
    assert answer("playlist_changes", "change=became_unavailable", *since, columns="playlist snapshot_date song") == [
        ("Playlist Japan", LAST, "Song B"),
    ]
    assert answer("playlist_changes_urls", WORLD, *since) == urls("D", "E")
    # What a first capture shows was added nobody knows when.
    assert answer("playlist_changes", WORLD, f"from={FIRST}", f"to={FIRST}", columns="change song") == []
    assert answer("playlist_changes_urls", WORLD, "change=removed", *since) == urls("C")
