"""The genres of a region's charts, by their share of all points."""

import polars as pl

from spotify_assets.schemas.insight_columns import UNKNOWN_GENRE
from spotify_assets.transform.insights.charts import SERIES_REGION, Charts
from spotify_assets.transform.insights.windows import COMPARED_DAYS, captured_days, days_compared_with

REGION_GENRE = [*SERIES_REGION, "genre"]


def genre_trends(charts: Charts, trends: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """Shares of points per series, region and genre.

    `trends` are the song trends of this day and before, `earlier` this table's rows of the days before.
    """
    captured, today = captured_days(trends), _shares(charts)
    regions = today.select(SERIES_REGION).unique()
    shares = earlier.filter(pl.col("share") > 0).select(
        *REGION_GENRE, compared_with="snapshot_date", share_then="share"
    )
    days_then = {
        days: days_compared_with(captured, charts.day, days).join(regions, on=SERIES_REGION) for days in COMPARED_DAYS
    }
    shares_then = {
        days: shares.join(compared, on=[*SERIES_REGION, "compared_with"]).drop("compared_with")
        for days, compared in days_then.items()
    }
    rows = (
        pl.concat([frame.select(REGION_GENRE) for frame in (today, *shares_then.values())])
        .unique()
        .join(today, on=REGION_GENRE, how="left")
        .with_columns(pl.col("points", "share", "artists").fill_null(0), snapshot_date=pl.lit(charts.day))
    )
    for days, compared in days_then.items():
        change = pl.col("share") - pl.col("share_then").fill_null(0)
        rows = (
            rows.join(compared, on=SERIES_REGION, how="left")
            .join(shares_then[days], on=REGION_GENRE, how="left")
            .with_columns(
                pl.when(pl.col("compared_with").is_not_null()).then(change).alias(f"share_change_{days}_days")
            )
            .drop("compared_with", "share_then")
        )
    return rows


def _shares(charts: Charts) -> pl.DataFrame:
    """Points, share and artists per series, region and genre of the day."""
    genres = charts.artists.select(
        "artist_id", genre=pl.col("genres").fill_null([]).list.drop_nulls().list.unique(maintain_order=True)
    )
    split = (
        charts.places.select(*SERIES_REGION, "playlist_id", "song_id", "points")
        .join(charts.credits.with_columns(credits=pl.len().over("song_id")), on="song_id", how="left")
        .join(genres, on="artist_id", how="left")
        .with_columns(
            pl.when(pl.col("genre").list.len() > 0).then("genre").otherwise(pl.lit([UNKNOWN_GENRE])).alias("genre")
        )
        .with_columns(parts=pl.col("credits").fill_null(1) * pl.col("genre").list.len())
        .explode("genre")
        # Sums of fractions depend on their order, and equal input is to give equal bytes.
        .sort(*REGION_GENRE, "playlist_id", "song_id", "artist_id")
        .group_by(REGION_GENRE, maintain_order=True)
        .agg(
            (pl.col("points") / pl.col("parts")).sum(),
            pl.col("artist_id").drop_nulls().n_unique().cast(pl.Int64).alias("artists"),
        )
    )
    totals = charts.places.group_by(SERIES_REGION).agg(total=pl.col("points").sum())
    return split.join(totals, on=SERIES_REGION).with_columns(share=pl.col("points") / pl.col("total")).drop("total")
