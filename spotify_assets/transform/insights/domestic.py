"""Domestic artists' share of a country's charts, by points and by streams."""

import polars as pl

from spotify_assets.schemas.insight_columns import COUNTRY_REGION
from spotify_assets.transform.insights.charts import SERIES_REGION, Charts
from spotify_assets.transform.insights.shares import part_of, told_sum


def domestic_share(charts: Charts) -> pl.DataFrame:
    """Points of domestic, foreign and unplaced artists, and domestic streams, per series and country."""
    of_countries = charts.places.filter(pl.col("region").str.contains(COUNTRY_REGION)).with_columns(country=_country())
    domestic = pl.col("artist_country") == pl.col("country")
    known = pl.col("domestic_points") + pl.col("foreign_points")
    artists = pl.col("credits").fill_null(1)
    part, streams = pl.col("points") / artists, pl.col("streams") / artists
    return (
        of_countries.select(*SERIES_REGION, "country", "playlist_id", "song_id", "points", "streams")
        .join(charts.credits.with_columns(credits=pl.len().over("song_id")), on="song_id", how="left")
        .join(charts.artists.select("artist_id", artist_country="country"), on="artist_id", how="left")
        # Sums of fractions depend on their order; equal input must give equal bytes.
        .sort(*SERIES_REGION, "playlist_id", "song_id", "artist_id")
        .group_by(*SERIES_REGION, "country", maintain_order=True)
        .agg(
            part.sum().alias("points"),
            part.filter(domestic).sum().alias("domestic_points"),
            part.filter(~domestic).sum().alias("foreign_points"),
            part.filter(pl.col("artist_country").is_null()).sum().alias("unknown_points"),
            told_sum(streams).alias("streams"),
            pl.when(streams.count() > 0).then(streams.filter(domestic).sum()).alias("domestic_streams"),
            pl.col("artist_id").drop_nulls().n_unique().cast(pl.Int64).alias("artists"),
            pl.col("artist_id").filter(domestic).n_unique().cast(pl.Int64).alias("domestic_artists"),
        )
        .join(_without_song(charts), on=SERIES_REGION)
        .with_columns(
            pl.lit(charts.day).alias("snapshot_date"),
            share=pl.when(known > 0).then(pl.col("domestic_points") / pl.col("points")),
            known_share=known / pl.col("points"),
            streams_share=pl.when(known > 0).then(part_of(pl.col("domestic_streams"), pl.col("streams"))),
        )
    )


def _without_song(charts: Charts) -> pl.DataFrame:
    """Points of a region's places without a song: SERIES_REGION, points_without_song."""
    entries = pl.col("entries")
    all_points = charts.playlists.group_by(SERIES_REGION).agg(all=(entries * (entries + 1) // 2).sum())
    of_songs = charts.places.group_by(SERIES_REGION).agg(pl.col("points").sum())
    missing = (pl.col("all") - pl.col("points")).alias("points_without_song")
    return all_points.join(of_songs, on=SERIES_REGION).select(*SERIES_REGION, missing)


def _country() -> pl.Expr:
    """ISO 3166-1 calls the United Kingdom GB, and reserves UK for it."""
    return pl.col("region").str.to_uppercase().replace("UK", "GB")
