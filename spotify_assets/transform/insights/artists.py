"""Artists on a region's charts: points, ranks and streams of day and week, and how steady they are over four weeks."""

from datetime import date

import polars as pl

from spotify_assets.transform.insights.charts import SERIES_REGION, Charts
from spotify_assets.transform.insights.shares import told_sum
from spotify_assets.transform.insights.windows import captured_days, days_compared_with, on_days

WEEK = 7
FOUR_WEEKS = 28
CLIMB_DAYS = 3
REGION_ARTIST = [*SERIES_REGION, "artist_id"]

# The thresholds of the labels, as parts of a chart's length and of the captured days.
VIRAL_CLIMB = 1 / 2
OCCASIONAL_PRESENCE = 1 / 2
TREND = 1 / 10


def artist_trends(charts: Charts, trends: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """Points, ranks and streams per series, region and artist.

    `trends` are the song trends of this day and before, `earlier` this table's rows of the days before.
    """
    day, artists, captured = charts.day, charts.artists, captured_days(trends)
    today = (
        charts.places.join(charts.credits, on="song_id")
        .group_by(REGION_ARTIST)
        .agg(
            pl.len().cast(pl.Int64).alias("entries"),
            pl.col("position").min().alias("best_position"),
            pl.col("points").sum(),
            told_sum(pl.col("streams")).alias("streams"),
        )
        .with_columns(snapshot_date=pl.lit(day))
    )
    days = pl.concat([on_days(earlier, day, WEEK - 1, 1), today], how="diagonal")
    of_week = days.group_by(REGION_ARTIST).agg(
        week_points=pl.col("points").sum(), week_streams=told_sum(pl.col("streams"))
    )
    week = of_week.filter(pl.col("week_points") > 0)
    week_days = on_days(captured, day, WEEK - 1).group_by(SERIES_REGION).agg(pl.len().cast(pl.Int64).alias("week_days"))
    return (
        week.join(charts.places.select(SERIES_REGION).unique(), on=SERIES_REGION, how="semi")
        .join(today.drop("snapshot_date"), on=REGION_ARTIST, how="left")
        .join(week_days, on=SERIES_REGION)
        .join(_names(artists, days), on="artist_id")
        .join(artists.select("artist_id", "popularity"), on="artist_id", how="left")
        .with_columns(
            snapshot_date=pl.lit(day),
            entries=pl.col("entries").fill_null(0),
            points=pl.col("points").fill_null(0),
            rank=_rank("points").over(SERIES_REGION),
            week_rank=_rank("week_points").over(SERIES_REGION),
        )
        .pipe(_with_changes, days_compared_with(captured, day, 1), earlier, "")
        .pipe(_with_changes, days_compared_with(captured, day, WEEK), earlier, "week_")
    )


def _rank(column: str) -> pl.Expr:
    """Equal values share a rank, and the next is left out; none for those that are not there."""
    return pl.col(column).rank("min", descending=True).cast(pl.Int64)


def _names(artists: pl.DataFrame, days: pl.DataFrame) -> pl.DataFrame:
    """Each artist's name as last seen."""
    known = days.select("artist_id", "artist_name", "snapshot_date").drop_nulls().sort("snapshot_date", "artist_name")
    before = known.unique("artist_id", keep="last", maintain_order=True).select("artist_id", "artist_name")
    now = artists.select("artist_id", artist_name="name")
    return pl.concat([now, before.join(now, on="artist_id", how="anti")])


def _with_changes(rows: pl.DataFrame, days_then: pl.DataFrame, earlier: pl.DataFrame, prefix: str) -> pl.DataFrame:
    """Adds how points, rank and streams have changed since the region's day compared with; nulls without such a day."""
    points, rank, streams = (f"{prefix}{name}" for name in ("points", "rank", "streams"))
    then = earlier.select(
        *REGION_ARTIST, points_then=points, rank_then=rank, streams_then=streams, compared_with="snapshot_date"
    )
    has_day = pl.col("compared_with").is_not_null()
    return (
        rows.join(days_then, on=SERIES_REGION, how="left")
        .join(then, on=[*REGION_ARTIST, "compared_with"], how="left")
        .with_columns(
            pl.when(has_day).then(pl.col(points) - pl.col("points_then").fill_null(0)).alias(f"{points}_change"),
            (pl.col("rank_then") - pl.col(rank)).alias(f"{rank}_change"),
            (pl.col(streams) - pl.col("streams_then")).alias(f"{streams}_change"),
        )
        .drop("compared_with", "points_then", "rank_then", "streams_then")
    )


def artist_consistency(day: date, trends: pl.DataFrame, artists: pl.DataFrame) -> pl.DataFrame:
    """Consistency against virality per series, region and artist; both frames hold this day and those before."""
    captured = on_days(captured_days(trends), day, FOUR_WEEKS - 1)
    captured = captured.join(captured.filter(snapshot_date=day).select(SERIES_REGION), on=SERIES_REGION, how="semi")
    present = on_days(artists, day, FOUR_WEEKS - 1).filter(pl.col("entries") > 0)
    grid = (
        present.select(REGION_ARTIST)
        .unique()
        .join(captured, on=SERIES_REGION)
        .join(
            present.select(*REGION_ARTIST, "snapshot_date", "best_position"),
            on=[*REGION_ARTIST, "snapshot_date"],
            how="left",
        )
        .with_columns(place=pl.col("best_position").fill_null(pl.col("chart_length") + 1))
    )
    names = present.sort("snapshot_date").unique("artist_id", keep="last", maintain_order=True)
    return (
        grid.group_by(REGION_ARTIST)
        .agg(
            pl.len().cast(pl.Int64).alias("days_captured"),
            pl.col("best_position").count().cast(pl.Int64).alias("days_present"),
            *_mean_and_spread(pl.col("best_position").drop_nulls()),
            _trend(day),
            pl.col("chart_length").max(),
        )
        .join(_steepest_climbs(grid), on=REGION_ARTIST, how="left")
        .join(names.select("artist_id", "artist_name"), on="artist_id")
        .with_columns(snapshot_date=pl.lit(day), steepest_climb=pl.col("steepest_climb").fill_null(0))
        .with_columns(_label())
    )


def _mean_and_spread(positions: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """From sums of integers, which are exact in whatever order they are added: equal input, equal bytes."""
    number, total, squares = positions.len().cast(pl.Int64), positions.sum(), (positions * positions).sum()
    spread = (number * squares - total * total).sqrt() / number
    return (total / number).alias("mean_position"), spread.alias("position_spread")


def _trend(day: date) -> pl.Expr:
    recent = (pl.lit(day) - pl.col("snapshot_date")).dt.total_days() < WEEK
    before, now = pl.col("place").filter(~recent), pl.col("place").filter(recent)
    # Without a captured day, 0 / 0.
    trend = before.sum() / before.len() - now.sum() / now.len()
    return pl.when(trend.is_not_nan()).then(trend).alias("trend")


def _steepest_climbs(grid: pl.DataFrame) -> pl.DataFrame:
    climbs = [
        grid.drop_nulls("best_position")
        .join(
            grid.select(*REGION_ARTIST, pl.col("snapshot_date").dt.offset_by(f"{days}d"), place_then="place"),
            on=[*REGION_ARTIST, "snapshot_date"],
        )
        .select(*REGION_ARTIST, climb=pl.col("place_then") - pl.col("place"))
        for days in range(1, CLIMB_DAYS + 1)
    ]
    climbed = pl.concat(climbs).group_by(REGION_ARTIST).agg(steepest_climb=pl.col("climb").max())
    return climbed.with_columns(pl.col("steepest_climb").clip(lower_bound=0))


def _label() -> pl.Expr:
    length = pl.col("chart_length")
    return (
        pl.when(pl.col("steepest_climb") >= VIRAL_CLIMB * length)
        .then(pl.lit("viral"))
        .when(pl.col("days_present") < OCCASIONAL_PRESENCE * pl.col("days_captured"))
        .then(pl.lit("occasional"))
        .when(pl.col("trend") >= TREND * length)
        .then(pl.lit("rising"))
        .when(pl.col("trend") <= -TREND * length)
        .then(pl.lit("fading"))
        .otherwise(pl.lit("steady"))
        .alias("label")
    )
