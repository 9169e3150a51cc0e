"""Looking back over trailing days: on which of them a region was captured, and which one is compared with."""

from datetime import date, timedelta

import polars as pl

from spotify_assets.transform.insights.charts import SERIES_REGION

# Days after which shares are compared.
COMPARED_DAYS = (7, 28)
DAYS_OF_TOLERANCE = 6


def captured_days(trends: pl.DataFrame) -> pl.DataFrame:
    """The days on which songs stood on a region's charts: SERIES_REGION, snapshot_date, chart_length of the longest."""
    return trends.group_by(*SERIES_REGION, "snapshot_date").agg(
        (pl.col("points") + pl.col("position") - 1).max().alias("chart_length")
    )


def on_days(frame: pl.DataFrame, day: date, back: int, until: int = 0) -> pl.DataFrame:
    """Rows from `back` days before the day up to `until` days before it, both included."""
    first, last = day - timedelta(days=back), day - timedelta(days=until)
    return frame.filter(pl.col("snapshot_date").is_between(first, last))


def days_compared_with(captured: pl.DataFrame, day: date, days: int) -> pl.DataFrame:
    """Each region's last captured day at least `days` ago and at most six more: SERIES_REGION, compared_with.

    Regions without such a day are left out.
    """
    return (
        on_days(captured, day, days + DAYS_OF_TOLERANCE, days)
        .group_by(SERIES_REGION)
        .agg(pl.col("snapshot_date").max().alias("compared_with"))
    )
