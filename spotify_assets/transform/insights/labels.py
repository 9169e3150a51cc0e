"""The labels of a region's charts, by their share of all points and of all streams."""

from datetime import date

import polars as pl

from spotify_assets.schemas.insight_columns import UNKNOWN_LABEL
from spotify_assets.transform.insights.charts import SERIES_REGION
from spotify_assets.transform.insights.shares import SHARES, changed_shares, part_of, told_sum
from spotify_assets.transform.insights.windows import COMPARED_DAYS, DAYS_OF_TOLERANCE, days_compared_with, on_days

REGION_LABEL = [*SERIES_REGION, "label"]
REGION_DAY = [*SERIES_REGION, "snapshot_date"]


def label_trends(day: date, trends: pl.DataFrame) -> pl.DataFrame:
    """Shares per region and label, where charts tell labels; `trends` are the song trends of this day and before."""
    shares = _shares(on_days(trends, day, max(COMPARED_DAYS) + DAYS_OF_TOLERANCE))
    today = shares.filter(snapshot_date=day).drop("snapshot_date")
    told = shares.select(REGION_DAY).unique()
    regions = today.select(SERIES_REGION).unique()
    then: dict[int, pl.DataFrame] = {}
    for days in COMPARED_DAYS:
        compared = days_compared_with(told, day, days).join(regions, on=SERIES_REGION)
        of_day = shares.rename({"snapshot_date": "compared_with"}).select(*REGION_LABEL, "compared_with", *SHARES)
        then[days] = of_day.join(compared, on=[*SERIES_REGION, "compared_with"])
    return changed_shares(day, today, then, REGION_LABEL, ("songs", "points", "share"))


def _shares(trends: pl.DataFrame) -> pl.DataFrame:
    """Points, streams and their shares per region, day and label; only of days on which a region's charts tell any."""
    tells = pl.col("label").is_not_null().any().over(REGION_DAY)
    return (
        trends.filter(tells)
        .with_columns(pl.col("label").fill_null(UNKNOWN_LABEL))
        .group_by(*REGION_DAY, "label")
        .agg(
            pl.len().cast(pl.Int64).alias("songs"),
            pl.col("points").sum(),
            told_sum(pl.col("streams")).alias("streams"),
        )
        .with_columns(
            share=pl.col("points") / pl.col("points").sum().over(REGION_DAY),
            streams_share=part_of(pl.col("streams"), pl.col("streams").sum().over(REGION_DAY)),
        )
    )
