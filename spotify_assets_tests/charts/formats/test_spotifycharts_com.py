import pytest

from spotify_assets_tests.charts.files import DAY, read_text, song_id, values

NOTE = ',,,"Note that these figures are made up.",\n'
HEADER = 'Position,"Track Name",Artist,Streams,URL\n'
ROWS = f'1,"One, two","Somebody",5727318,https://open.spotify.com/track/{song_id(1)}\n2,Two,Other,4,https://open.spotify.com/track/{song_id(2)}\n'


@pytest.mark.parametrize("note", [NOTE, ""])
def test_a_note_may_stand_above_the_header(note: str) -> None:
    file = read_text(note + HEADER + ROWS, "regional-gb-daily-2019-05-01.csv")
    assert file.format == "CSV of spotifycharts.com"
    assert values(file, "line") == ([3, 4] if note else [2, 3])
    (first, _) = file.rows.select("chart_id", "position", "title", "artist_names", "streams", "song_id").rows()
    assert first == ("regional-gb-daily", 1, "One, two", "Somebody", 5727318, song_id(1))
    assert values(file, "is_previous_told") == [False, False]
    assert (file.problems, file.oddities) == ([], [])


def test_the_latest_chart_is_of_the_day_that_is_told() -> None:
    file = read_text(NOTE + HEADER + ROWS, "regional-global-daily-latest.csv", day=DAY)
    assert values(file, "snapshot_date") == [DAY, DAY]


def test_a_week_between_two_fridays_is_of_its_thursday() -> None:
    file = read_text(NOTE + HEADER + ROWS, "regional-global-weekly-2020-01-17--2020-01-24.csv")
    assert [str(day) for day in values(file, "snapshot_date")] == ["2020-01-23"] * 2
