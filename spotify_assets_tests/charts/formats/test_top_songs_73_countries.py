from spotify_assets_tests.charts.files import read_text, song_id, to_csv, values

HEADER = (
    "spotify_id,name,artists,daily_rank,daily_movement,weekly_movement,country,snapshot_date,popularity,is_explicit,"
    "duration_ms,album_name,album_release_date,danceability,energy,key,loudness,mode,speechiness,acousticness,"
    "instrumentalness,liveness,valence,tempo,time_signature"
)
COLUMNS = HEADER.split(",")
NAME = "universal_top_spotify_songs.csv"


def line(number: int, country: str, **changed: object) -> list[object]:
    told = ["", "Song", "A, B", number, 49, 0, country, "2024-01-01", 90, True, 180000, "Album", "2023-12-01"]
    cells = dict(zip(COLUMNS, [*told, *[0.5] * 12], strict=True)) | {"spotify_id": song_id(number)}
    return list((cells | changed).values())


def test_it_is_a_series_of_its_own() -> None:
    file = read_text(to_csv([line(1, ""), line(1, "ZA")], COLUMNS, quoting=1), NAME)
    assert file.format == "data set universal_top_spotify_songs.csv"
    assert values(file, "chart_id") == ["top50-global-daily", "top50-za-daily"]
    assert values(file, "chart_type") == ["top50", "top50"]
    assert (file.problems, file.oddities) == ([], [])


def test_what_it_tells_and_what_not() -> None:
    file = read_text(to_csv([line(1, "DE")], COLUMNS), NAME)
    told = [
        "popularity",
        "is_explicit",
        "duration_ms",
        "album_name",
        "release_date",
        "artist_names",
        "artist_name_list",
    ]
    assert file.rows.select(told).rows() == [(90, True, 180000, "Album", "2023-12-01", "A, B", None)]
    assert (values(file, "previous_position"), values(file, "is_previous_told")) == ([None], [False])


def test_odd_cells_are_null_and_told_of() -> None:
    changed = {"popularity": 101, "is_explicit": "maybe", "duration_ms": -1}
    file = read_text(to_csv([line(1, "DE", **changed)], COLUMNS), NAME)
    assert file.rows.select("popularity", "is_explicit", "duration_ms").rows() == [(None, None, None)]
    assert [problem.column for problem in file.problems] == ["popularity", "is_explicit", "duration_ms"]
    assert values(read_text(to_csv([line(1, "DE", spotify_id="x")], COLUMNS), NAME), "song_id") == []
