"""What the charts of two regions share, series by series, and which of them leads."""

import polars as pl

from spotify_assets.transform.insights.charts import SERIES_REGION

# A region of a series and another one, by their numbers for the day.
PAIR = ["place", "other_place"]
REGION_RECORDING = [*SERIES_REGION, "recording_id"]


def region_links(trends: pl.DataFrame, memory: pl.DataFrame) -> pl.DataFrame:
    """Overlap and lead per series and ordered pair of regions, from a day's song trends and the memory after it."""
    trends, memory = (frame.with_columns(pl.col(REGION_RECORDING).cast(pl.Categorical)) for frame in (trends, memory))
    songs = trends.select(REGION_RECORDING).unique().join(_arrivals(trends, memory), on=REGION_RECORDING, how="left")
    sizes = songs.group_by(SERIES_REGION).agg(pl.len().cast(pl.Int64).alias("songs")).with_row_index("place")
    there = sizes.rename({"region": "other_region", "songs": "other_songs", "place": "other_place"})
    pairs = sizes.join(there, on="series").filter(pl.col("place") != pl.col("other_place"))
    shared = _shared(songs.join(sizes, on=SERIES_REGION))
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


def _shared(songs: pl.DataFrame) -> pl.DataFrame:
    """What regions share, by PAIR, from their songs: shared_songs, compared_songs, median_lead_days.

    A song is compared with itself in each other region: 70 regions that share songs give 70 rows of each. So it has a
    number here, and each pair is computed from one side.
    """
    numbers = songs.select("series", "recording_id").unique().with_row_index("song")
    here = songs.join(numbers, on=["series", "recording_id"]).select("song", "place", "arrived")
    there = here.rename({"place": "other_place", "arrived": "arrived_there"})
    one_side = (
        here.join(there, on="song")
        .filter(pl.col("place") < pl.col("other_place"))
        .select(*PAIR, lead=(pl.col("arrived_there") - pl.col("arrived")).dt.total_days())
        .group_by(PAIR)
        .agg(
            pl.len().cast(pl.Int64).alias("shared_songs"),
            pl.col("lead").count().cast(pl.Int64).alias("compared_songs"),
            pl.col("lead").median().alias("median_lead_days"),
        )
    )
    lead = pl.col("median_lead_days")
    other_side = one_side.select(
        pl.col("other_place").alias("place"),
        pl.col("place").alias("other_place"),
        *("shared_songs", "compared_songs"),
        # Equal input, equal bytes: 0.0 and not -0.0, which Polars gives even for 0 - 0.0.
        pl.when(lead == 0).then(lead).otherwise(-lead).alias("median_lead_days"),
    )
    return pl.concat([one_side, other_side])


def _arrivals(trends: pl.DataFrame, memory: pl.DataFrame) -> pl.DataFrame:
    """When each song was seen to come to a region: REGION_RECORDING, arrived.

    Songs on a playlist on its first captured day in the region may have been there before, and songs on the playlist
    before that day were not seen to come to the region: such arrivals are left out.
    """
    since, entered = pl.col("region_since"), pl.max_horizontal("first_seen", "region_since")
    return (
        memory.join(trends, on="playlist_id", how="semi")
        .filter(pl.col("last_seen") >= since)
        .select(*REGION_RECORDING, entered=entered, unseen=pl.when(pl.col("first_seen") <= since).then(entered))
        .group_by(REGION_RECORDING)
        .agg(arrived=pl.col("entered").min(), unseen=pl.col("unseen").min())
        .filter((pl.col("unseen") > pl.col("arrived")).fill_null(value=True))
        .drop("unseen")
    )
