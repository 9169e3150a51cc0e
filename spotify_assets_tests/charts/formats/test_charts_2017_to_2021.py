from spotify_assets_tests.charts.files import read_text, song_id

HEADER = "title,rank,date,artist,url,region,chart,trend,streams\n"


def line(rank: int, region: str, chart: str, trend: str, streams: str) -> str:
    return (
        f"Song,{rank},2017-01-01,A,https://open.spotify.com/track/{song_id(rank)},{region},{chart},{trend},{streams}\n"
    )


def test_countries_and_charts_are_those_of_the_site() -> None:
    text = HEADER + line(1, "South Korea", "top200", "MOVE_UP", "10") + line(1, "Global", "viral50", "NEW_ENTRY", "")
    file = read_text(text, "charts.csv")
    names = ["chart_id", "chart_type", "recurrence", "region", "streams", "entry_status", "is_previous_told"]
    assert file.rows.select(names).rows() == [
        ("regional-kr-daily", "regional", "daily", "kr", 10, "MOVE_UP", False),
        ("viral-global-daily", "viral", "daily", "global", None, "NEW_ENTRY", True),
    ]
    assert (file.problems, file.oddities) == ([], [])


def test_another_chart_is_a_problem() -> None:
    file = read_text(HEADER + line(1, "Germany", "top10", "MOVE_UP", "10"), "charts.csv")
    assert [problem.reason for problem in file.problems] == ["its 'chart' is 'top10', expected top200 or viral50"]
