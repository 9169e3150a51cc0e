import re
from pathlib import Path

import pytest

from spotify_assets.capture.playlists_file import (
    KNOWN_FIELDS,
    NOTHING_TO_CAPTURE,
    configured_playlists,
    declared_playlists,
    playlists_to_capture,
    read_playlists,
    why_nothing_is_captured,
)
from spotify_assets.config import NO_ACCOUNT, Settings, SettingsError
from spotify_assets.spotify.playlist_entry import DeclaredPlaylist, PlaylistEntry

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
    assert refusal(tmp_path, text) == f"5: {ID} is already listed in line 2; remove one."


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
        ("market: us", f"unknown field ['market']; known are {sorted(KNOWN_FIELDS)}."),
        ("7: x", f"unknown field ['7']; known are {sorted(KNOWN_FIELDS)}."),
        ("capture: never", "`capture` must be true or false, not 'never'."),
        ("chart_type: Top 50", "`chart_type` must be a lower-case word, such as viral, not 'Top 50'."),
        ("chart_type: 50", "`chart_type` must be text; put 50 in quotes."),
        ("{chart_type: viral, recurrence: hourly}", "`recurrence` must be daily or weekly, not 'hourly'."),
        ("recurrence: daily", "`recurrence` is for charts: add `chart_type`, such as top50, or remove it."),
        (
            "{chart_type: playlist, recurrence: daily}",
            "`recurrence` is for charts: add `chart_type`, such as top50, or remove it.",
        ),
    ],
)
def test_a_wrong_field_is_refused_with_file_and_line(tmp_path: Path, fields: str, expected: str) -> None:
    row = f"{{id: {ID}, {fields.strip('{}')}}}" if fields.startswith("{") else f"id: {ID}\n    {fields}"
    assert refusal(tmp_path, f"playlists:\n  - id: {OTHER}\n  - {row}\n") == f"3: {expected}"


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


LANDED = """
playlists:
  - {id: %s, name: Mine, region: us, chart_type: mood, recurrence: weekly}
  - {id: %s, tags: [archive], capture: false}
  - {id: regional-global-daily, name: Top Songs Global, region: global, chart_type: regional, capture: false}
"""


def test_what_others_land_is_said_beside_what_is_captured(tmp_path: Path) -> None:
    (tmp_path / "playlists.yaml").write_text(LANDED % (ID, OTHER))
    settings = Settings(playlists_file=tmp_path / "playlists.yaml")
    mine = PlaylistEntry(ID, "Mine", "us", (), (), "mood", "weekly")
    assert configured_playlists(settings)[0] == mine
    assert playlists_to_capture(settings) == (mine,)
    assert declared_playlists(settings) == [
        DeclaredPlaylist(ID, "Mine", "us", "mood", "weekly"),
        DeclaredPlaylist(OTHER, tags=("archive",)),
        DeclaredPlaylist("regional-global-daily", "Top Songs Global", "global", "regional"),
    ]


def test_a_chart_is_not_to_be_captured_from_spotify(tmp_path: Path) -> None:
    message = refusal(tmp_path, "playlists:\n  - id: regional-global-daily\n")
    assert message == "2: regional-global-daily is a chart, which Spotify's API does not offer: add `capture: false`."


@pytest.mark.parametrize(
    ("chart", "field", "said", "other"),
    [
        ("regional-de-daily", "region", "de", "us"),
        ("citytoptrack-berlin-weekly", "chart_type", "city", "regional"),
        ("top50-jp-daily", "chart_type", "top50", "regional"),
        ("viral-global-daily", "recurrence", "daily", "weekly"),
    ],
)
def test_what_contradicts_the_id_of_a_chart_is_refused(
    tmp_path: Path, chart: str, field: str, said: str, other: str
) -> None:
    text = f"playlists:\n  - {{id: {chart}, capture: false, {field}: %s}}\n"
    expected = f"2: `{field}` of {chart} is {said}, according to its id; remove {other!r}."
    assert refusal(tmp_path, text % other) == expected
    assert len(read(tmp_path, text % said)) == 1


def test_why_nothing_is_captured_is_said(tmp_path: Path) -> None:
    file = tmp_path / "playlists.yaml"
    settings = Settings(playlists_file=file, spotify_source="spotify")
    account = settings.model_copy(update={"spotify_client_id": "app"})
    file.write_text(f"playlists:\n  - {{id: {ID}, capture: false}}\n")
    assert why_nothing_is_captured(settings) == NO_ACCOUNT
    assert why_nothing_is_captured(account) == NOTHING_TO_CAPTURE
    file.write_text(f"playlists:\n  - id: {ID}\n")
    assert why_nothing_is_captured(account) is None
    # Whoever captures says what is wrong.
    file.write_text("what is this")
    assert why_nothing_is_captured(account) is None


def test_without_a_file_nothing_is_declared_unless_one_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert declared_playlists(Settings()) is None
    with pytest.raises(SettingsError, match="no such file"):
        declared_playlists(Settings(playlists_file=Path("mine.yaml")))
