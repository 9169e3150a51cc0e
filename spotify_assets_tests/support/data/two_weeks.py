"""A history of two weeks with a year between them: songs that leave, come back, and go from chart to chart."""

from datetime import timedelta

import polars as pl

from spotify_assets_tests.support.data.chart_histories import FIRST_DAY, OTHER, Chart, ChartDay, History, song_id
from spotify_assets_tests.support.data.dashboard_pages import Tables, dashboard_tables

YEAR = timedelta(days=350)
LAST = FIRST_DAY + YEAR + timedelta(days=4)
GLOBAL, BRITISH, VIRAL = 0, 1, 2


def two_weeks_tables() -> Tables:
    """What a lake would hold of it, with an accent, a formula, and names of albums and playlists."""
    tables = dashboard_tables(two_weeks_a_year_apart())
    names = {song_id(0): "Déjà Vu", song_id(3): "=cmd|'/c calc'!A1"}
    named = pl.col("song_id").replace_strict(names, default=pl.col("song_name"))
    albums = tables["albums"].with_columns(name=pl.lit("The Album"))
    playlists = tables["playlists"].with_columns(name=pl.concat_str(pl.lit("Top "), "region"))
    return {
        **tables,
        "albums": albums,
        "playlists": playlists,
        **{name: tables[name].with_columns(song_name=named) for name in ("song_trends", "release_performance")},
    }


def two_weeks_a_year_apart() -> History:
    """Song 6 leaves for good; song 5 is away for a day, then for a year; song 2 comes to one chart after the other."""
    early = [[0, 1, 6, 5], [0, 1, 6], [1, 0, 6, 5], [1, 0, 2, 5], [1, 0, 2, 5]]
    british = [[0, 6], [0, 6], [0, OTHER, 6, 1], [0, 1], [0, 2]]
    late = [[2, 0, 1], [2, 0, 1, 4], [2, 1, 0, 4, 5], [2, 1, 0], [1, 2, 0, 3]]
    days = [FIRST_DAY + timedelta(days=number) for number in range(5)]
    history: History = {
        day: ChartDay(
            {GLOBAL: Chart("global", of_all, "regional", "daily"), BRITISH: Chart("gb", of_gb, "regional", "daily")}
        )
        for day, of_all, of_gb in zip(days, early, british, strict=True)
    }
    for number, of_all in enumerate(late):
        regional = Chart("global", of_all, "regional", "daily")
        viral = {VIRAL: Chart("global", [3, 2], "viral", "daily")}
        history[FIRST_DAY + YEAR + timedelta(days=number)] = ChartDay({GLOBAL: regional, **viral})
    return history
