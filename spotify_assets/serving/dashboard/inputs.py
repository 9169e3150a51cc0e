"""The published rows that the dashboard shows: its latest days, as many as a page can hold."""

from datetime import UTC, date, datetime, timedelta

import polars as pl

from spotify_assets.lake.lake import Lake
from spotify_assets.schemas import TABLES
from spotify_assets.serving.dashboard.data import COLUMNS, DAY

MOST_DAYS = 366
# A year of five charts of a hundred has 182,500; the page stays quick, and small enough to be sent by mail.
MOST_CHART_ROWS = 250_000


def dashboard_period(lake: Lake, most_chart_rows: int = MOST_CHART_ROWS) -> tuple[date, date]:
    """First and last day of the dashboard; today alone before the first insights are published."""
    rows = _rows_by_day(lake)
    last = max(rows, default=datetime.now(UTC).date())
    first, total = last, 0
    for day in sorted((day for day in rows if (last - day).days < MOST_DAYS), reverse=True):
        total += rows[day]
        if total > most_chart_rows and day != last:
            break
        first = day
    return first, last


def _rows_by_day(lake: Lake) -> dict[date, int]:
    today = datetime.now(UTC).date()
    recent = [today - timedelta(days=back) for back in range(MOST_DAYS)]
    trends = TABLES["song_trends"]
    # All of history is looked through only where nothing was published for a year.
    files = lake.catalog.published(trends, recent) or lake.catalog.published(trends)
    return {day: file.rows for day, file in files.items()}


def read_dashboard_tables(lake: Lake, first: date, last: date) -> dict[str, pl.DataFrame]:
    """The published rows from `first` to `last` of every table and column that the page is made from."""
    days = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
    return {
        name: lake.catalog.rows(table, lake.catalog.published(table, days).values(), [DAY, *columns])
        for name, columns in COLUMNS.items()
        for table in [TABLES[name]]
    }
