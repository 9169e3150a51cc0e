"""Entries that an import offers for `playlists.yaml`: what is printed can be copied there, and is read as meant."""

from pathlib import Path

from spotify_assets.capture.playlists_file import read_playlists
from spotify_assets.cli.playlist_entries import MOST_OFFERED, offered
from spotify_assets.spotify.playlist_entry import DeclaredPlaylist, PlaylistEntry

LIST = "37i9dQZEVXbMDoHDwVN2tF"
TOLD = [
    DeclaredPlaylist("regional-no-daily", "regional-no-daily", "no", "regional", "daily"),
    DeclaredPlaylist(LIST, "Its own:\n # name", None, "playlist"),
    DeclaredPlaylist("top50-de-daily", None, "de", "top50", "daily"),
    DeclaredPlaylist("regional-no-daily", "regional-no-daily", "no", "regional", "daily"),
]


def test_each_playlist_that_is_not_known_is_an_entry_that_can_be_read(tmp_path: Path) -> None:
    first, *entries = offered(TOLD, {"top50-de-daily"}, "playlists.yaml")
    assert first.startswith("playlists.yaml does not list 2 playlists of these.")
    assert entries == [
        f"  - {{id: {LIST}, capture: false}}  # Its own: # name",
        "  - {id: regional-no-daily, region: 'no', chart_type: regional, recurrence: daily, capture: false}",
    ]
    file = tmp_path / "playlists.yaml"
    file.write_text("\n".join(["playlists:", *entries]))
    assert read_playlists(file) == (
        PlaylistEntry(LIST, LIST, None, (), is_captured=False),
        PlaylistEntry(
            *("regional-no-daily", "regional-no-daily", "no", ()), (), "regional", "daily", is_captured=False
        ),
    )


def test_nothing_is_offered_where_all_are_known() -> None:
    assert list(offered(TOLD, [found.playlist_id for found in TOLD], "playlists.yaml")) == []


def test_of_very_many_the_rest_is_told_of() -> None:
    many = [DeclaredPlaylist(f"regional-{number}-daily") for number in range(MOST_OFFERED + 3)]
    lines = list(offered(many, (), "playlists.yaml"))
    assert len(lines) == MOST_OFFERED + 2
    assert "3 more" in lines[-1]
