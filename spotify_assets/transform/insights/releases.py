"""How songs perform in the eight weeks after release, per region of each series."""

from datetime import date

import polars as pl

from spotify_assets.transform.insights.charts import SERIES_REGION, Charts
from spotify_assets.transform.insights.windows import Window, with_numbers

RELEASE_DAYS = 56
REGION_RECORDING = [*SERIES_REGION, "recording_id"]


def release_performance(charts: Charts, trends: Window) -> pl.DataFrame:
    """Debut, peak and current place of recent releases; `trends` are the song trends up to this day."""
    day = charts.day
    window = _by_recording(_possibly_recent(trends.on_days(day, RELEASE_DAYS), day))
    attributes = (
        window.sort("snapshot_date", "position", "song_id", descending=[False, True, True])
        .unique("recording_id", keep="last", maintain_order=True)
        .select("recording_id", "song_id", "song_name", "artist_names", "release_date")
    )
    days = (
        window.group_by(*REGION_RECORDING, "snapshot_date")
        .agg(pl.col("position").min(), is_first=(pl.col("status") == "first capture").any())
        .join(with_numbers(charts.places.select(SERIES_REGION).unique()), on=SERIES_REGION, how="semi")
        .join(attributes, on="recording_id")
        .filter(pl.lit(day) - pl.col("release_date") <= pl.duration(days=RELEASE_DAYS))
        .filter(pl.col("snapshot_date") >= pl.col("release_date"))
        .sort("snapshot_date")
    )
    is_today = pl.col("snapshot_date") == day
    at_peak = pl.col("position").arg_min()
    return (
        days.group_by(REGION_RECORDING)
        .agg(
            pl.col("song_id", "song_name", "artist_names", "release_date").first(),
            debut_date=pl.col("snapshot_date").first(),
            debut_position=pl.col("position").first(),
            is_debut_known=~pl.col("is_first").first(),
            peak_position=pl.col("position").min(),
            peak_date=pl.col("snapshot_date").get(at_peak),
            days_on_chart=pl.len().cast(pl.Int64),
            position=pl.col("position").filter(is_today).first(),
        )
        .join(with_numbers(charts.songs.select("song_id", "popularity")), on="song_id", how="left")
        .with_columns(
            pl.col("is_debut_known") | (pl.col("debut_date") == pl.col("release_date")),
            snapshot_date=pl.lit(day),
            days_since_release=(pl.lit(day) - pl.col("release_date")).dt.total_days(),
            days_to_peak=(pl.col("peak_date") - pl.col("release_date")).dt.total_days(),
        )
    )


def _possibly_recent(trends: pl.DataFrame, day: date) -> pl.DataFrame:
    """The rows of all songs that share a recording with a recent release; these are few.

    A release is dated by the last of its songs, so a song without a recent date may still belong to one.
    """
    recent = trends.filter(pl.lit(day) - pl.col("release_date") <= pl.duration(days=RELEASE_DAYS))
    ids = pl.concat([recent["song_id"], recent["recording_id"].drop_nulls()]).unique().implode()
    related = trends.filter(pl.col("song_id").is_in(ids) | pl.col("recording_id").is_in(ids))
    return trends.filter(pl.col("song_id").is_in(related["song_id"].unique().implode()))


def _by_recording(trends: pl.DataFrame) -> pl.DataFrame:
    """The trends, each song with its last recorded recording; older versions have none."""
    told = trends.drop_nulls("recording_id").sort("snapshot_date", "playlist_id")
    last = told.unique("song_id", keep="last", maintain_order=True).select("song_id", "recording_id")
    return (
        trends.drop("recording_id")
        .join(last, on="song_id", how="left")
        .with_columns(pl.coalesce("recording_id", "song_id"))
    )
