"""The file and the picture: equal data give equal files, and no name breaks them."""

import polars as pl

from spotify_assets.serving.dashboard.data import page_data
from spotify_assets.serving.dashboard.page import bundle_library, page_html
from spotify_assets.serving.dashboard.preview import preview_jpeg
from spotify_assets_tests.support.data.chart_histories import FIRST_DAY, Chart, ChartDay, playlist_id
from spotify_assets_tests.support.data.dashboard_pages import HOSTILE, Tables, dashboard_tables

JPEG = b"\xff\xd8\xff"


def test_equal_tables_give_equal_files_in_whatever_order_their_rows_come(tables: Tables) -> None:
    shuffled = {name: frame.sample(fraction=1, shuffle=True, seed=7) for name, frame in tables.items()}
    first, second = (page_html(page_data(of_month), bundle_library()) for of_month in (shuffled, tables))
    assert first == second


def test_the_preview_copes_with_any_name_and_with_a_single_day(tables: Tables) -> None:
    trends = tables["song_trends"].filter(playlist_id=playlist_id(0))
    for name in HOSTILE:
        assert preview_jpeg(trends.with_columns(song_name=pl.lit(name)), name).startswith(JPEG)
    day = dashboard_tables({FIRST_DAY: ChartDay({0: Chart(None, [3])})})["song_trends"]
    assert len(preview_jpeg(day, "")) > 2_000
