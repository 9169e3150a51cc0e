"""The labels of a region's charts, by their share of all points and of all streams."""

from datetime import date

import polars as pl

from spotify_assets.schemas.insight_columns import UNKNOWN_LABEL
from spotify_assets.transform.insights.charts import SERIES_REGION
from spotify_assets.transform.insights.shares import SHARES, changed_shares, part_of, told_sum
from spotify_assets.transform.insights.windows import COMPARED_DAYS, Window, days_compared_with, with_numbers

REGION_LABEL = [*SERIES_REGION, "label"]
REGION_DAY = [*SERIES_REGION, "snapshot_date"]


def label_trends(day: date, captured: pl.DataFrame, trends: Window) -> pl.DataFrame:
    """Shares per region and label, if charts have labels; `trends` are the song trends up to this day.

    `captured` are the days captured up to this one.
    """
    told = with_numbers(captured.filter("tells_labels").select(REGION_DAY))
    regions = told.filter(snapshot_date=day)
    today = _shares(trends, regions).drop("snapshot_date")
    then: dict[int, pl.DataFrame] = {}
    for days in COMPARED_DAYS:
        compared = days_compared_with(told, day, days).join(regions.select(SERIES_REGION), on=SERIES_REGION)
        shares = _shares(trends, compared.rename({"compared_with": "snapshot_date"}))
        then[days] = shares.select(*REGION_LABEL, *SHARES, compared_with="snapshot_date")
    return changed_shares(day, today, then, REGION_LABEL, ("songs", "points", "share"))


def _shares(trends: Window, region_days: pl.DataFrame) -> pl.DataFrame:
    """Points, streams and their shares per region, day and label, for some days of some regions."""
    return (
        trends.of_days(region_days["snapshot_date"].unique())
        .join(region_days, on=REGION_DAY, how="semi")
        .with_columns(pl.col("label").fill_null(pl.lit(UNKNOWN_LABEL, pl.Categorical)))
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
