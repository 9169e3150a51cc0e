from spotify_assets_tests.charts.files import COLUMNS, WEEKLY, read_rows, read_text, row, to_csv, values


def test_a_chart_is_what_its_columns_say() -> None:
    file = read_rows(row(1, 5, peak_rank=1, previous_rank=2, days_on_chart=46, streams=37016166))
    assert file.format == "CSV of charts.spotify.com"
    names = ["line", "chart_id", "chart_type", "recurrence", "region", "position", "title", "artist_names", "label"]
    (found,) = file.rows.select(names).rows()
    assert found == (2, "regional-global-daily", "regional", "daily", "global", 1, "Song 5", "Artist 5", "Label")
    (found,) = file.rows.select(
        "peak_position", "previous_position", "periods_on_chart", "streams", "entry_type"
    ).rows()
    assert found == (1, 2, 46, 37016166, "track")


def test_weeks_on_a_weekly_chart_are_its_periods() -> None:
    columns = [name.replace("days", "weeks") for name in COLUMNS]
    file = read_text(to_csv([row(1, days_on_chart=12)], columns), WEEKLY)
    assert (values(file, "periods_on_chart"), values(file, "recurrence")) == ([12], ["weekly"])


def test_a_viral_chart_has_no_streams_and_that_is_not_odd() -> None:
    file = read_text(to_csv([row(1)[:-1]], COLUMNS[:-1]), "viral-de-daily-2024-10-31.csv")
    assert (values(file, "streams"), values(file, "chart_type"), file.oddities) == ([None], ["viral"], [])


def test_a_chart_of_a_city_is_of_its_city() -> None:
    columns = [name.replace("days", "weeks") for name in COLUMNS]
    file = read_text(to_csv([row(1)], columns), "citytoptrack-berlin-weekly-2024-10-31.csv")
    assert (values(file, "chart_type"), values(file, "region")) == (["city"], ["berlin"])
