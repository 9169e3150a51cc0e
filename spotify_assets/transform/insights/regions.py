"""What the charts of two regions share, series by series, and which of them leads."""

import polars as pl

from spotify_assets.transform.insights.charts import SERIES_REGION

PAIR = [*SERIES_REGION, "other_region"]
REGION_RECORDING = [*SERIES_REGION, "recording_id"]


def region_links(trends: pl.DataFrame, memory: pl.DataFrame) -> pl.DataFrame:
    """Overlap and lead per series and ordered pair of regions, from a day's song trends and the memory after it."""
    # A song is compared with itself in each other region: 70 regions that share their songs make 70 rows of each.
    trends, memory = (frame.with_columns(pl.col(REGION_RECORDING).cast(pl.Categorical)) for frame in (trends, memory))
    songs = trends.select(REGION_RECORDING).unique()
    sizes = songs.group_by(SERIES_REGION).agg(pl.len().cast(pl.Int64).alias("songs"))
    there = sizes.rename({"region": "other_region", "songs": "other_songs"})
    pairs = sizes.join(there, on="series").filter(pl.col("region") != pl.col("other_region"))
    arrivals = songs.join(_arrivals(trends, memory), on=REGION_RECORDING, how="left")
    shared = (
        arrivals.join(
            arrivals.rename({"region": "other_region", "arrived": "arrived_there"}), on=["series", "recording_id"]
        )
        .filter(pl.col("region") != pl.col("other_region"))
        .with_columns(lead=(pl.col("arrived_there") - pl.col("arrived")).dt.total_days())
        .group_by(PAIR)
        .agg(
            pl.len().cast(pl.Int64).alias("shared_songs"),
            pl.col("lead").count().cast(pl.Int64).alias("compared_songs"),
            pl.col("lead").median().alias("median_lead_days"),
        )
    )
    lead, both = pl.col("median_lead_days"), pl.col("shared_songs")
    return (
        pairs.join(shared, on=PAIR, how="left")
        .with_columns(pl.col("shared_songs", "compared_songs").fill_null(0))
        .with_columns(
            pl.lit(trends["snapshot_date"].first()).cast(pl.Date).alias("snapshot_date"),
            songs_only_here=pl.col("songs") - both,
            overlap=both / (pl.col("songs") + pl.col("other_songs") - both),
            leader=pl.when(lead > 0).then("region").when(lead < 0).then("other_region"),
        )
    )


def _arrivals(trends: pl.DataFrame, memory: pl.DataFrame) -> pl.DataFrame:
    """When each song came to a region, where that was seen: REGION_RECORDING, arrived.

    What stood on a playlist on its first captured day in the region may have been there before, and what was on the
    playlist before that day was not seen to come to the region: such arrivals are left out.
    """
    since, entered = pl.col("region_since"), pl.max_horizontal("first_seen", "region_since")
    is_earliest = pl.col("entered") == pl.col("entered").min()
    return (
        memory.join(trends, on="playlist_id", how="semi")
        .filter(pl.col("last_seen") >= since)
        .select(*REGION_RECORDING, entered=entered, unseen=pl.col("first_seen") <= since)
        .group_by(REGION_RECORDING)
        .agg(arrived=pl.col("entered").min(), unseen=pl.col("unseen").filter(is_earliest).any())
        .filter(~pl.col("unseen"))
        .drop("unseen")
    )
