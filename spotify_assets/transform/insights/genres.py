"""The genres of a region's charts, by their share of all points and of all streams."""

import polars as pl

from spotify_assets.schemas.insight_columns import UNKNOWN_GENRE
from spotify_assets.transform.insights.charts import SERIES_REGION, Charts
from spotify_assets.transform.insights.shares import SHARES, changed_shares, part_of, told_sum
from spotify_assets.transform.insights.windows import COMPARED_DAYS, Window, days_compared_with, with_texts

REGION_GENRE = [*SERIES_REGION, "genre"]


def genre_trends(charts: Charts, captured: pl.DataFrame, earlier: Window) -> pl.DataFrame:
    """Shares of points and streams per series, region and genre.

    `captured` are the days captured up to this one, `earlier` this table's rows of the days before.
    """
    today = _shares(charts)
    regions = today.select(SERIES_REGION).unique()
    then: dict[int, pl.DataFrame] = {}
    for days in COMPARED_DAYS:
        compared = days_compared_with(captured, charts.day, days).join(regions, on=SERIES_REGION)
        then[days] = (
            with_texts(earlier.of_days(compared["compared_with"].unique()))
            .filter(pl.col("share") > 0)
            .select(*REGION_GENRE, *SHARES, compared_with="snapshot_date")
            .join(compared, on=[*SERIES_REGION, "compared_with"])
        )
    return changed_shares(charts.day, today, then, REGION_GENRE, ("points", "share", "artists"))


def _shares(charts: Charts) -> pl.DataFrame:
    """Points, streams, shares of both, and artists per series, region and genre of the day."""
    genres = charts.artists.select(
        "artist_id", genre=pl.col("genres").fill_null([]).list.drop_nulls().list.unique(maintain_order=True)
    )
    split = (
        charts.places.select(*SERIES_REGION, "playlist_id", "song_id", "points", "streams")
        .join(charts.credits.with_columns(credits=pl.len().over("song_id")), on="song_id", how="left")
        .join(genres, on="artist_id", how="left")
        .with_columns(
            pl.when(pl.col("genre").list.len() > 0).then("genre").otherwise(pl.lit([UNKNOWN_GENRE])).alias("genre")
        )
        .with_columns(parts=pl.col("credits").fill_null(1) * pl.col("genre").list.len())
        .explode("genre")
        # Sums of fractions depend on their order; equal input must give equal bytes.
        .sort(*REGION_GENRE, "playlist_id", "song_id", "artist_id")
        .group_by(REGION_GENRE, maintain_order=True)
        .agg(
            (pl.col("points") / pl.col("parts")).sum(),
            told_sum(pl.col("streams") / pl.col("parts")).alias("streams"),
            pl.col("artist_id").drop_nulls().n_unique().cast(pl.Int64).alias("artists"),
        )
    )
    totals = charts.places.group_by(SERIES_REGION).agg(
        all_points=pl.col("points").sum(), all_streams=pl.col("streams").sum()
    )
    return (
        split.join(totals, on=SERIES_REGION)
        .with_columns(
            share=pl.col("points") / pl.col("all_points"),
            streams_share=part_of(pl.col("streams"), pl.col("all_streams")),
        )
        .drop("all_points", "all_streams")
    )
