"""What a file is, by what it holds, and what is refused with which sentence."""

from datetime import date

import pytest

from spotify_assets.charts.errors import UnreadableChart
from spotify_assets.charts.format import Format
from spotify_assets.charts.recognition import FORMATS, read, recognise
from spotify_assets_tests.charts.files import COLUMNS, DAY, HEADER, NAME, read_rows, read_text, row, to_csv, uri, values

ROW = f'1,"{uri(7)}","Artist","Song","Label",1,-1,3,"10"'


def reason(text: str, name: str = NAME, **told: object) -> str:
    with pytest.raises(UnreadableChart) as refusal:
        read_text(text, name, **told)
    return str(refusal.value)


@pytest.mark.parametrize("each", [each for each in FORMATS if each.needed], ids=lambda each: each.name)
def test_a_csv_is_known_by_its_header_whatever_its_name(each: Format) -> None:
    columns = [*each.needed, *(cell.column for cell in each.cells.values() if cell.column not in each.needed)]
    for delimiter in ",;\t|":
        found = recognise("download", to_csv([], list(dict.fromkeys(columns)), delimiter=delimiter).encode())
        assert found is not None
        assert found.format is each


@pytest.mark.parametrize(
    "name",
    [
        "Streaming_History_Audio_2023_4.json",
        "my_data/StreamingHistory0.json",
        "endsong_3.json",
        r"C:\data\StreamingHistory_music_0.json",
    ],
)
def test_what_a_person_listened_to_is_refused_by_its_name_alone(name: str) -> None:
    with pytest.raises(UnreadableChart, match="streaming history: what one person played"):
        recognise(name, b"anything")


@pytest.mark.parametrize(
    "text",
    [
        '[{"ts": "2024-01-01T00:00:00Z", "username": "x", "ms_played": 3, "ip_addr": "127.0.0.1"}]',
        '[{"endTime": "2024-01-01 00:00", "artistName": "x", "trackName": "y", "msPlayed": 3}]',
        '{"items": [{"track": {}, "played_at": "2024-01-01T00:00:00Z"}]}',
        "ts,username,ms_played,master_metadata_track_name\n2024-01-01,x,3,y\n",
    ],
)
def test_what_a_person_listened_to_is_refused_by_its_shape(text: str) -> None:
    assert reason(text, "anything").startswith("streaming history")


@pytest.mark.parametrize("text", ["<!DOCTYPE html>\n<html><title>Log in", "\ufeff\r\n <html lang=en>", "<?xml ?>"])
def test_a_page_to_sign_in_on_is_none(text: str) -> None:
    assert reason(text).startswith("a web page, probably the sign-in page")


@pytest.mark.parametrize("text", ["", "\n\r\n", "\ufeff"])
def test_an_empty_file_is_told(text: str) -> None:
    assert reason(text) == "empty: download it again"


@pytest.mark.parametrize(
    "content", [b'{"tracks": {}}', b"[]", b"\x89PNG\r\n\x1a\n\0\0", b"just words\nof somebody\n", b"\1\2"]
)
def test_what_is_none_of_charts_is_left_to_others(content: bytes) -> None:
    assert recognise("anything", content) is None


def test_what_is_none_of_charts_cannot_be_read() -> None:
    assert reason("just words\nof somebody\n") == "not a known format of charts or playlists"


def test_a_header_alone_says_that_no_chart_was_made() -> None:
    file = read_rows()
    assert file.rows.is_empty()
    (found,) = file.charts
    assert (found.chart.chart_id, found.day, found.rows) == ("regional-global-daily", DAY, 0)
    assert file.problems == []


def test_an_extra_column_is_told_of() -> None:
    file = read_text(to_csv([[*row(1), "x"]], [*COLUMNS, "mood"]))
    assert values(file, "position") == [1]
    assert file.oddities == ["with the column 'mood', which is unknown and ignored"]


def test_a_missing_column_is_told_of_and_null() -> None:
    at = COLUMNS.index("source")
    columns = [name for name in COLUMNS if name != "source"]
    file = read_text(to_csv([[cell for place, cell in enumerate(row(1)) if place != at]], columns))
    assert values(file, "label") == [None]
    assert file.oddities == ["without the column 'source', so these values are unknown"]


def test_columns_in_another_order_and_case_are_the_same() -> None:
    file = read_text(to_csv([row(1)[::-1]], [name.upper() for name in COLUMNS[::-1]]))
    assert values(file, "title") == ["Song 1"]
    assert file.oddities == []


@pytest.mark.parametrize(("old", "new"), [("rank", "position"), ("uri", "id")])
def test_a_renamed_column_is_named(old: str, new: str) -> None:
    header = HEADER.replace(f"{old},", f"{new},", 1)
    assert f"a CSV of charts.spotify.com without the column '{old}', by its header in line 1" in reason(
        f"{header}\n{ROW}\n"
    )


def test_a_translated_header_over_songs_of_spotify_is_told() -> None:
    header = "Platz,Adresse,Interpret,Titel,Quelle,Bestwert,Vorher,Tage,Abrufe"
    assert "Spotify songs under an unknown header (Platz, Adresse, " in reason(f"{header}\n{ROW}\n")


def test_a_csv_of_something_else_says_of_what() -> None:
    assert reason("name,age\nx,3\n") == ("a CSV of name, age: not a supported chart or list; docs/charts.md lists them")


def test_two_columns_of_one_name_are_refused() -> None:
    assert "two columns 'rank'" in reason(to_csv([[*row(1), 2]], [*COLUMNS, "rank"]))


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("rank,uri,artist_name,peak_rank,previous_rank,weeks_on_chart", "artists"),
        ("rank,uri,artist_names,album_name,source,peak_rank,previous_rank,weeks_on_chart", "albums"),
    ],
)
def test_charts_of_artists_and_albums_are_refused(header: str, kind: str) -> None:
    assert (
        reason(f"{header}\n1,spotify:artist:x,y,1,1,1\n")
        == f"a chart of {kind}, by its header; only charts of songs are supported"
    )


def test_semicolons_for_commas_are_read_and_told_of() -> None:
    file = read_text(to_csv([row(1, track_name="a, b; c")], delimiter=";"))
    assert values(file, "title") == ["a, b; c"]
    assert file.oddities == ["semicolons separate its columns, which is supported"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_ends_of_lines_change_nothing(encoding: str, end: str) -> None:
    name = f'The "é",{end}or "♥"'
    content = to_csv([row(1, track_name=name), row(2)], lineterminator=end, quoting=1)
    file = read(NAME, content.encode(encoding))
    assert values(file, "title") == [name, "Song 2"]
    assert values(file, "line") == [2, 4]
    assert file.problems == []


@pytest.mark.parametrize(
    ("name", "told", "missing", "sentence"),
    [
        ("regional-global-daily-latest.csv", {}, "day", "its day is unknown"),
        ("charts.csv", {"day": DAY}, "chart", "its chart is unknown"),
    ],
)
def test_what_is_not_told_is_asked_for(name: str, told: dict[str, date], missing: str, sentence: str) -> None:
    with pytest.raises(UnreadableChart, match=sentence) as refusal:
        read_rows(row(1), name=name, **told)
    assert refusal.value.missing == missing


def test_what_is_told_is_taken() -> None:
    file = read_rows(row(1), name="charts.csv", day=DAY, chart_id="viral-de-daily")
    assert values(file, "chart_id") == ["viral-de-daily"]
    assert values(file, "snapshot_date") == [DAY]


def test_a_name_and_a_reader_that_differ_are_refused() -> None:
    assert "its name says 2024-10-31, but it is read as of 2024-11-01" in reason(f"{HEADER}\n", day=date(2024, 11, 1))
    assert "but it is read as viral-de-daily" in reason(f"{HEADER}\n", chart_id="viral-de-daily")


def test_a_weekly_chart_is_of_the_thursday_that_ends_it() -> None:
    assert "2024-11-01 is a Friday" in reason(
        to_csv([row(1)]).replace("days", "weeks"), "regional-global-weekly.csv", day=date(2024, 11, 1)
    )


def test_days_on_a_weekly_chart_are_refused() -> None:
    assert reason(f"{HEADER}\n{ROW}\n", "regional-global-weekly-2024-10-31.csv") == (
        "its name says regional-global-weekly, but its column 'days_on_chart' means that it is daily"
    )


def test_two_charts_in_one_file_are_refused_where_nothing_tells_them_apart() -> None:
    assert "two files in one: the header is repeated in line 3" in reason(f"{HEADER}\n{ROW}\n{HEADER}\n{ROW}\n")
