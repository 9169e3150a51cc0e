import re
from pathlib import Path

import pytest

from spotify_assets.capture.playlists_file import read_playlists
from spotify_assets.config import SettingsError
from spotify_assets.spotify.playlist_entry import PlaylistEntry

ID = "37i9dQZEVXbMDoHDwVN2tF"
OTHER = "37i9dQZEVXbLRQDuF5jeBp"
FORMS = [
    ID,
    f"spotify:playlist:{ID}",
    f"spotify:user:some.one:playlist:{ID}",
    f"https://open.spotify.com/playlist/{ID}",
    f"http://open.spotify.com/playlist/{ID}",
    f"https://open.spotify.com/playlist/{ID}?si=0123456789abcdef&pt=x",
    f"https://open.spotify.com/intl-de/playlist/{ID}?si=0123456789abcdef",
    f"https://open.spotify.com/user/some.one/playlist/{ID}",
    f"https://open.spotify.com/embed/playlist/{ID}",
]


def read(tmp_path: Path, text: str | bytes) -> tuple[PlaylistEntry, ...]:
    path = tmp_path / "playlists.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_playlists(path)


def refusal(tmp_path: Path, text: str | bytes) -> str:
    with pytest.raises(SettingsError) as error:
        read(tmp_path, text)
    message = str(error.value)
    assert message.startswith(f"{tmp_path / 'playlists.yaml'}:")
    return message.removeprefix(f"{tmp_path / 'playlists.yaml'}:")


@pytest.mark.parametrize("reference", FORMS)
def test_a_playlist_is_known_by_id_uri_or_link(tmp_path: Path, reference: str) -> None:
    assert read(tmp_path, f"playlists:\n  - id: {reference}\n") == (PlaylistEntry(ID, ID, None, ()),)


def test_name_region_and_tags_are_read_and_the_order_is_kept(tmp_path: Path) -> None:
    text = f"""
# A comment.
playlists:
  - {{id: {OTHER}, name: Top 50 USA, region: us, tags: [chart, daily]}}
  - id: {ID}
    name: "Çok güzel: 東京"
    region:
    tags: []
"""
    assert read(tmp_path, text) == (
        PlaylistEntry(OTHER, "Top 50 USA", "us", ("chart", "daily")),
        PlaylistEntry(ID, "Çok güzel: 東京", None, ()),
    )


def test_the_file_of_this_project_can_be_read() -> None:
    entries = read_playlists(Path(__file__).parents[2] / "playlists.yaml")
    assert len(entries) >= 4
    assert all(entry.region and entry.tags for entry in entries)


@pytest.mark.parametrize("again", FORMS)
def test_a_playlist_listed_twice_in_whatever_form_is_refused_with_both_lines(tmp_path: Path, again: str) -> None:
    text = f"playlists:\n  - id: {ID}\n    name: First\n  - id: {OTHER}\n  - id: {again}\n"
    assert refusal(tmp_path, text) == f"5: {ID} is listed already in line 2; remove one."


@pytest.mark.parametrize(
    "reference",
    [
        *("short", ID + "x", ID[:-1], ID[:-1] + "-", "../../../../etc/passwd", f"../{ID}", f"{ID}/../x", "''", "12345"),
        *(f"https://open.spotify.com/playlist/{ID}/tracks", f"https://example.org/playlist/{ID}"),
        *(f"https://open.spotify.com.example.org/playlist/{ID}", f"[{ID}]", "null", "true", "2026-01-01"),
    ],
)
def test_a_malformed_id_is_refused_with_file_line_and_remedy(tmp_path: Path, reference: str) -> None:
    message = refusal(tmp_path, f"playlists:\n  - id: {OTHER}\n\n  - id: {reference}\n    name: x\n")
    assert message.startswith("4: ")
    assert "is not a playlist id, URI or URL. In Spotify: Share → Copy link to playlist." in message


def test_a_long_malformed_id_is_cut_in_the_message(tmp_path: Path) -> None:
    assert len(refusal(tmp_path, f"playlists:\n  - id: {'x' * 5_000}\n")) < 200


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("region: no", "`region` must be text; put False in quotes."),
        ("region: 49", "`region` must be text; put 49 in quotes."),
        ("name: 2026-01-01", "`name` must be text; put datetime.date(2026, 1, 1) in quotes."),
        ("name: [a]", "`name` must be text; put ['a'] in quotes."),
        ("tags: chart", "`tags` must be a list of words, such as [chart, daily]."),
        ("tags: [chart, 5]", "`tags` must be a list of words, such as [chart, daily]."),
        ("tags: {a: b}", "`tags` must be a list of words, such as [chart, daily]."),
        ("tags: no", "`tags` must be a list of words, such as [chart, daily]."),
        ("tags: ''", "`tags` must be a list of words, such as [chart, daily]."),
        ("market: us", "unknown field ['market']; known are ['id', 'name', 'region', 'tags', 'watch']."),
        ("7: x", "unknown field ['7']; known are ['id', 'name', 'region', 'tags', 'watch']."),
    ],
)
def test_a_wrong_field_is_refused_with_file_and_line(tmp_path: Path, fields: str, expected: str) -> None:
    assert refusal(tmp_path, f"playlists:\n  - id: {OTHER}\n  - id: {ID}\n    {fields}\n") == f"3: {expected}"


@pytest.mark.parametrize("field", ["name: 2026-13-45", "name: !python/object x", "[a]: b", "<<: 5"])
def test_a_value_that_yaml_cannot_build_is_refused_with_file_and_line(tmp_path: Path, field: str) -> None:
    message = refusal(tmp_path, f"playlists:\n  - id: {OTHER}\n  - id: {ID}\n    {field}\n")
    assert message.startswith("3: has a value that cannot be read; put it in quotes: ")


@pytest.mark.parametrize("row", ["just text", "name: no id", "[]", "", "{}", "5"])
def test_an_entry_without_id_is_refused_with_file_and_line(tmp_path: Path, row: str) -> None:
    message = refusal(tmp_path, f"playlists:\n  - id: {ID}\n  - {row}\n")
    assert message == "3: expected an entry with at least `id`."


@pytest.mark.parametrize(
    "text",
    ["", "# nothing\n", "playlists:\n", "playlists: []\n", "playlists: x\n", f"- id: {ID}\n", "songs: [a]\n", "5"],
)
def test_a_file_of_another_form_is_refused(tmp_path: Path, text: str) -> None:
    assert refusal(tmp_path, text) == "1: expected `playlists:` followed by a list with at least one entry."


@pytest.mark.parametrize(
    "text",
    [
        "playlists: [",
        "\tplaylists:",
        "a: b: c",
        "playlists:\n - *unknown\n",
        b"name: \xff\xfe",
        b"\0\0",
        "--- a\n--- b\n",
    ],
)
def test_what_is_not_yaml_is_refused(tmp_path: Path, text: str | bytes) -> None:
    assert refusal(tmp_path, text).startswith(" cannot be read as YAML: ")


def test_a_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read as YAML"):
        read_playlists(tmp_path)


def test_a_missing_file_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "none.yaml"
    with pytest.raises(SettingsError, match=f"^{re.escape(str(path))}: no such file. Set PLAYLISTS_FILE"):
        read_playlists(path)
