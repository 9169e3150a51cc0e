from spotify_assets_tests.charts.files import read_rows, row, values


def test_a_line_that_repeats_another_is_left_out() -> None:
    file = read_rows(row(1), row(2), row(2))
    assert values(file, "line") == [2, 3]
    (problem,) = file.problems
    assert problem.line == 4
    assert problem.reason == "rank 2 of regional-global-daily of 2024-10-31 is already in line 3, with the same song"


def test_of_different_songs_at_one_place_none_is_taken() -> None:
    file = read_rows(row(1), row(2), row(2, 9), row(3))
    assert values(file, "position") == [1, 3]
    assert [problem.line for problem in file.problems] == [3, 4]
    assert {problem.reason for problem in file.problems} == {
        "rank 2 of regional-global-daily of 2024-10-31 has different songs, in lines 3, 4: all of them are rejected"
    }


def test_a_song_may_stand_at_two_places() -> None:
    assert values(read_rows(row(1), row(2, 1)), "position") == [1, 2]


def test_missing_places_are_told_of() -> None:
    assert read_rows(row(1), row(2)).oddities == []
    assert read_rows(row(1), row(3), row(5)).oddities == [
        "positions are missing on 1 of 1 charts, the first is regional-global-daily of 2024-10-31: 2, 4"
    ]


def test_a_place_far_beyond_the_others_names_few() -> None:
    (oddity,) = read_rows(row(1), row(2_000_000_000, 2)).oddities
    assert oddity.endswith(": 2, 3, 4, 5, 6 and others")
