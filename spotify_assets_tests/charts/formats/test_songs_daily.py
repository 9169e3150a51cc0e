from datetime import date

import pytest

from spotify_assets.charts.errors import UnreadableChart
from spotify_assets_tests.charts.files import artist_id, read_text, song_id, to_csv, uri, values

HEADER = (
    "date,country,rank,uri,artist_names,track_name,label,peak_rank,previous_rank,days_on_chart,streams,consecutive_days,"
    "entry_status,peak_date,entry_rank,entry_date,release_date,artist_uris"
)
COLUMNS = HEADER.split(",")
NAME = "charts_songs_daily.csv"


def line(day: str, country: str, rank: object, number: int, artists: int = 1, **changed: object) -> list[object]:
    told: dict[str, object] = {
        "date": day,
        "country": country,
        "rank": rank,
        "uri": uri(number),
        "artist_names": "|".join(f"Artist {each}" for each in range(artists)),
        "track_name": f"Song {number}",
        "label": "Label",
        "peak_rank": 1,
        "previous_rank": -1,
        "days_on_chart": 1,
        "streams": 100,
        "entry_status": "NEW_ENTRY",
        "peak_date": day,
        "release_date": "2023-12-01",
        "artist_uris": "|".join(f"spotify:artist:{artist_id(each)}" for each in range(artists)),
    }
    return [(told | changed).get(name, "") for name in COLUMNS]


def test_many_charts_and_days_of_two_years_are_told_apart() -> None:
    rows = [line(day, country, 1, 7) for country in ("de", "GLOBAL", "Turkey") for day in ("2023-12-31", "2024-01-01")]
    file = read_text(to_csv(rows, COLUMNS), NAME)
    assert [(each.chart.chart_id, str(each.day), each.rows) for each in file.charts] == [
        (f"regional-{region}-daily", day, 1)
        for day in ("2023-12-31", "2024-01-01")
        for region in ("de", "global", "tr")
    ]
    assert set(values(file, "chart_type")) == {"regional"}
    assert (file.problems, file.oddities) == ([], [])


def test_lists_are_lists() -> None:
    file = read_text(to_csv([line("2024-01-01", "de", 1, 7, artists=2)], COLUMNS), NAME)
    assert values(file, "artist_ids") == [[artist_id(0), artist_id(1)]]
    assert values(file, "artist_name_list") == [["Artist 0", "Artist 1"]]
    assert values(file, "artist_names") == ["Artist 0|Artist 1"]
    assert (values(file, "song_id"), values(file, "peak_date")) == ([song_id(7)], [date(2024, 1, 1)])


def test_a_name_with_a_vertical_bar_leaves_ids_and_text() -> None:
    file = read_text(to_csv([line("2024-01-01", "de", 1, 7, artist_names="A|B")], COLUMNS), NAME)
    assert values(file, "artist_name_list") == [None]
    assert values(file, "artist_ids") == [[artist_id(0)]]


def test_ids_of_artists_that_are_none_are_told_of() -> None:
    file = read_text(to_csv([line("2024-01-01", "de", 1, 7, artist_uris="spotify:artist:x")], COLUMNS), NAME)
    assert values(file, "artist_ids") == [None]
    assert [problem.column for problem in file.problems] == ["artist_uris"]


def test_missing_names_and_release_dates_are_null() -> None:
    file = read_text(to_csv([line("2024-01-01", "de", 1, 7, track_name="", release_date="")], COLUMNS), NAME)
    assert (values(file, "title"), values(file, "release_date"), file.problems) == ([None], [None], [])


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"country": "Narnia"}, "its 'country' is 'Narnia', expected the code or English name of a country"),
        ({"country": ""}, "its 'country' is missing"),
        ({"day": "31/12/2023"}, "its 'date' is '31/12/2023', expected a day in the form YYYY-MM-DD"),
        ({"day": "2023-02-29"}, "its 'date' is '2023-02-29', expected a day in the form YYYY-MM-DD"),
        ({"day": ""}, "its 'date' is missing"),
    ],
)
def test_a_line_without_chart_or_day_is_a_problem(changed: dict[str, str], reason: str) -> None:
    other = line(changed.get("day", "2024-01-01"), changed.get("country", "de"), 2, 8)
    file = read_text(to_csv([line("2024-01-01", "de", 1, 7), other], COLUMNS), NAME)
    assert values(file, "position") == [1]
    assert [(problem.line, problem.reason) for problem in file.problems] == [(3, reason)]


def test_rows_of_another_day_than_is_told_are_problems() -> None:
    rows = [line("2024-01-01", "de", 1, 7), line("2024-01-02", "de", 1, 7)]
    file = read_text(to_csv(rows, COLUMNS), NAME, day=date(2024, 1, 1))
    assert [str(day) for day in values(file, "snapshot_date")] == ["2024-01-01"]
    assert [problem.reason for problem in file.problems] == [
        "it is regional-de-daily of 2024-01-02, but the file should be 2024-01-01"
    ]
    with pytest.raises(UnreadableChart, match="none of its rows is of 2024-03-01"):
        read_text(to_csv(rows, COLUMNS), NAME, day=date(2024, 3, 1))


def test_parts_put_one_behind_the_other_are_one() -> None:
    part = to_csv([line("2024-01-01", "de", 1, 7)], COLUMNS)
    other = to_csv([line("2024-01-01", "fr", 1, 7)], COLUMNS)
    assert values(read_text(part + other, NAME), "line") == [2, 4]
