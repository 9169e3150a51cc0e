"""The labels of a region's charts, by their share of all points and of all streams."""

from datetime import date

import polars as pl

from spotify_assets.schemas.insight_columns import UNKNOWN_LABEL
from spotify_assets.transform.insights.charts import SERIES_REGION
from spotify_assets.transform.insights.windows import COMPARED_DAYS, DAYS_OF_TOLERANCE, days_compared_with, on_days

REGION_LABEL = [*SERIES_REGION, "label"]
REGION_DAY = [*SERIES_REGION, "snapshot_date"]
SHARES = ("share", "streams_share")


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
    rows = (
        pl.concat([frame.select(REGION_LABEL) for frame in (today, *then.values())])
        .unique()
        .join(today, on=REGION_LABEL, how="left")
        .join(_tells_streams(today), on=SERIES_REGION)
        .with_columns(pl.col("songs", "points", "share").fill_null(0), snapshot_date=pl.lit(day))
        .with_columns(pl.when("tells_streams").then(pl.col("streams", "streams_share").fill_null(0)))
    )
    for days, frame in then.items():
        rows = _with_changes(rows, frame, days)
    return rows


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
            pl.when(pl.col("streams").count() > 0).then(pl.col("streams").sum()).alias("streams"),
        )
        .with_columns(
            share=pl.col("points") / pl.col("points").sum().over(REGION_DAY),
            all_streams=pl.col("streams").sum().over(REGION_DAY),
        )
        .with_columns(streams_share=pl.when(pl.col("all_streams") > 0).then(pl.col("streams") / pl.col("all_streams")))
        .drop("all_streams")
    )


def _tells_streams(today: pl.DataFrame) -> pl.DataFrame:
    return today.group_by(SERIES_REGION).agg(tells_streams=pl.col("streams_share").is_not_null().any())


def _with_changes(rows: pl.DataFrame, then: pl.DataFrame, days: int) -> pl.DataFrame:
    """Adds how both shares have changed since a day; null where there is none, or none with streams."""
    known = then.group_by(SERIES_REGION).agg(
        told_then=pl.lit(value=True), streams_then=pl.col("streams_share").is_not_null().any()
    )
    named = then.select(*REGION_LABEL, **{f"{name}_then": pl.col(name) for name in SHARES})
    changes = {
        "share": pl.col("told_then"),
        "streams_share": pl.col("streams_then") & pl.col("tells_streams"),
    }
    return (
        rows.join(known, on=SERIES_REGION, how="left")
        .join(named, on=REGION_LABEL, how="left")
        .with_columns(
            pl.when(is_known)
            .then(pl.col(name) - pl.col(f"{name}_then").fill_null(0))
            .alias(f"{name}_change_{days}_days")
            for name, is_known in changes.items()
        )
        .drop("told_then", "streams_then", *(f"{name}_then" for name in SHARES))
    )
