"""Shares of a region's points and streams, such as those of a genre or label, and how they change."""

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from spotify_assets.transform.insights.charts import SERIES_REGION

# Of points, and of streams if charts have them.
SHARES = ("share", "streams_share")


def told_sum(streams: pl.Expr) -> pl.Expr:
    """The sum of streams, null if there are none."""
    return pl.when(streams.count() > 0).then(streams.sum())


def part_of(amount: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """A part of a total, null if the total is null or 0."""
    return pl.when(whole > 0).then(amount / whole)


def changed_shares(
    day: date, today: pl.DataFrame, then: Mapping[int, pl.DataFrame], key: Sequence[str], counted: Sequence[str]
) -> pl.DataFrame:
    """The parts of today and of the days compared with, each with both shares and how these have changed.

    `then` has the shares that many days ago, of regions that have such a day. A part that was there then and is not
    now has 0 in the columns `counted` and, if the region has streams today, no streams.
    """
    tells = today.group_by(SERIES_REGION).agg(tells_streams=pl.col("streams_share").is_not_null().any())
    rows = (
        pl.concat([frame.select(key) for frame in (today, *then.values())])
        .unique()
        .join(today, on=key, how="left")
        .join(tells, on=SERIES_REGION)
        .with_columns(pl.col(*counted).fill_null(0), snapshot_date=pl.lit(day))
        .with_columns(pl.when("tells_streams").then(pl.col("streams", "streams_share").fill_null(0)))
    )
    for days, frame in then.items():
        rows = _with_changes(rows, frame, key, days)
    return rows


def _with_changes(rows: pl.DataFrame, then: pl.DataFrame, key: Sequence[str], days: int) -> pl.DataFrame:
    """Adds how both shares have changed since a day; null if there is none, or none with streams."""
    known = then.group_by(SERIES_REGION).agg(
        told_then=pl.lit(value=True), streams_then=pl.col("streams_share").is_not_null().any()
    )
    named = then.select(*key, **{f"{name}_then": pl.col(name) for name in SHARES})
    changes = {
        "share": pl.col("told_then"),
        "streams_share": pl.col("streams_then") & pl.col("tells_streams"),
    }
    return (
        rows.join(known, on=SERIES_REGION, how="left")
        .join(named, on=key, how="left")
        .with_columns(
            pl.when(is_known)
            .then(pl.col(name) - pl.col(f"{name}_then").fill_null(0))
            .alias(f"{name}_change_{days}_days")
            for name, is_known in changes.items()
        )
        .drop("told_then", "streams_then", *(f"{name}_then" for name in SHARES))
    )
