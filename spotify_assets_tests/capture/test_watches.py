"""The field `watch` of playlists.yaml: its forms, and what is said of others."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from spotify_assets.capture.playlists_file import read_playlists
from spotify_assets.capture.watches import FORMS, BadWatch, read_watch
from spotify_assets.config import SettingsError
from spotify_assets.spotify.playlist_entry import Watch

ID = "3n3Ppam7vgaVa1iaRUc9Lp"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("any", [Watch()]),
        ("[{position: 10}]", [Watch(position=10)]),
        (
            "[{song: Mr. Brightside, position: 1}, {artist: The Killers}]",
            [Watch(song="Mr. Brightside", position=1), Watch(artist="The Killers")],
        ),
        ("[{song: ' 東京 '}]", [Watch(song="東京")]),
        (f"[{{song: {ID}}}]", [Watch(song=ID)]),
        (f"[{{song: 'spotify:track:{ID}'}}]", [Watch(song=ID)]),
        (f"[{{song: 'https://open.spotify.com/track/{ID}?si=0a'}}]", [Watch(song=ID)]),
        (f"[{{song: 'open.spotify.com/intl-pt-BR/track/{ID}/'}}]", [Watch(song=ID)]),
        (f"[{{artist: 'https://open.spotify.com/artist/{ID}'}}]", [Watch(artist=ID)]),
    ],
)
def test_every_form_is_read(text: str, expected: list[Watch]) -> None:
    assert read_watch(yaml.safe_load(text)) == tuple(expected)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("all", "is 'all'"),
        ("no", "is False"),
        ("[]", "is []"),
        ("{song: x}", "is {'song': 'x'}"),
        ("10", "is 10"),
        ("[any]", "has 'any' as number 1"),
        ("[{position: 10}, {}]", "has {} as number 2"),
        ("[{position: 10}, null]", "has None as number 2"),
        ("[{song: a, album: b}]", "has the unknown key 'album' in number 1"),
        ("[{1: b}]", "has the unknown key 1 in number 1"),
        ("[{song: a, artist: b}]", "has both `song` and `artist` in number 1; split it in two"),
        ("[{position: 0}]", "has 0 as `position` in number 1, which is not a whole number from 1"),
        ("[{position: yes}]", "has True as `position` in number 1, which is not a whole number from 1"),
        ("[{position: 1.5}]", "has 1.5 as `position` in number 1, which is not a whole number from 1"),
        ("[{position: top}]", "has 'top' as `position` in number 1, which is not a whole number from 1"),
        ("[{position: }]", "has None as `position` in number 1, which is not a whole number from 1"),
        ("[{song: 1979}]", "has 1979 as `song` in number 1, which is not text; put it in quotes"),
        ("[{artist: ' '}]", "has ' ' as `artist` in number 1, which is not text; put it in quotes"),
        (
            f"[{{song: 'spotify:artist:{ID}'}}]",
            f"has 'spotify:artist:{ID}' as `song` in number 1, which is not a link to a Spotify track",
        ),
        (
            "[{artist: 'https://example.org/x'}]",
            "has 'https://example.org/x' as `artist` in number 1, which is not a link to a Spotify artist",
        ),
    ],
)
def test_what_is_of_no_form_is_named(text: str, said: str) -> None:
    with pytest.raises(BadWatch) as error:
        read_watch(yaml.safe_load(text))
    assert str(error.value) == said


def test_a_long_value_is_cut() -> None:
    with pytest.raises(BadWatch) as error:
        read_watch("x" * 5_000)
    assert len(str(error.value)) < 100


def test_the_file_names_line_playlist_value_and_forms(tmp_path: Path) -> None:
    path = tmp_path / "playlists.yaml"
    rows: list[dict[str, Any]] = [{"id": "1" * 22}, {"id": "2" * 22, "name": "Mine", "watch": [{"position": 0}]}]
    path.write_text(yaml.safe_dump({"playlists": rows}))
    with pytest.raises(SettingsError) as error:
        read_playlists(path)
    assert str(error.value) == (
        f"{path}:3: `watch` of the playlist Mine has 0 as `position` in number 1, which is not a whole number from 1. "
        f"It may be {FORMS}."
    )


def test_a_watch_is_part_of_its_entry(tmp_path: Path) -> None:
    path = tmp_path / "playlists.yaml"
    path.write_text(f"playlists: [{{id: {ID}, watch: any}}]")
    assert [entry.watch for entry in read_playlists(path)] == [(Watch(),)]
