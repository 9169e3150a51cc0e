"""Artists on a region's charts: points, ranks and streams of day and week, and how steady they are over four weeks."""

from datetime import date

import polars as pl

from spotify_assets.transform.insights.charts import SERIES_REGION, Charts
from spotify_assets.transform.insights.shares import told_sum
from spotify_assets.transform.insights.windows import Window, days_compared_with, on_days, with_numbers

WEEK = 7
FOUR_WEEKS = 28
CLIMB_DAYS = 3
REGION_ARTIST = [*SERIES_REGION, "artist_id"]

# The thresholds of the labels, as shares of a chart's length and of the captured days.
VIRAL_CLIMB = 1 / 2
OCCASIONAL_PRESENCE = 1 / 2
TREND = 1 / 10


def artist_trends(charts: Charts, captured: pl.DataFrame, earlier: Window) -> pl.DataFrame:
    """Points, ranks and streams per series, region and artist.

    `captured` are the days captured up to this one, `earlier` this table's rows of the days before.
    """
    day, captured = charts.day, with_numbers(captured)
    artists = with_numbers(charts.artists.select("artist_id", "name", "popularity"))
    places = charts.places.select(*SERIES_REGION, "song_id", "position", "points", "streams")
    today = (
        with_numbers(places)
        .join(with_numbers(charts.credits), on="song_id")
        .group_by(REGION_ARTIST)
        .agg(
            pl.len().cast(pl.Int64).alias("entries"),
            pl.col("position").min().alias("best_position"),
            pl.col("points").sum(),
            told_sum(pl.col("streams")).alias("streams"),
        )
        .with_columns(snapshot_date=pl.lit(day))
    )
    days = pl.concat([earlier.on_days(day, WEEK - 1, 1), today], how="diagonal")
    of_week = days.group_by(REGION_ARTIST).agg(
        week_points=pl.col("points").sum(), week_streams=told_sum(pl.col("streams"))
    )
    week = of_week.filter(pl.col("week_points") > 0)
    week_days = on_days(captured, day, WEEK - 1).group_by(SERIES_REGION).agg(pl.len().cast(pl.Int64).alias("week_days"))
    return (
        week.join(with_numbers(places.select(SERIES_REGION).unique()), on=SERIES_REGION, how="semi")
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
    """Equal values share a rank, and the next rank is skipped; null values have none."""
    return pl.col(column).rank("min", descending=True).cast(pl.Int64)


def _names(artists: pl.DataFrame, days: pl.DataFrame) -> pl.DataFrame:
    """Each artist's name as last seen, from rows in day order."""
    before = days.drop_nulls("artist_name").group_by("artist_id").agg(pl.col("artist_name").last())
    now = artists.select("artist_id", artist_name="name")
    return pl.concat([now, before.join(now, on="artist_id", how="anti")])


def _with_changes(rows: pl.DataFrame, days_then: pl.DataFrame, earlier: Window, prefix: str) -> pl.DataFrame:
    """Adds changes of points, rank and streams since the region's day compared with; null without such a day."""
    points, rank, streams = (f"{prefix}{name}" for name in ("points", "rank", "streams"))
    then = earlier.of_days(days_then["compared_with"].unique()).select(
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


def presences(artists: pl.DataFrame, captured: pl.DataFrame, before: pl.DataFrame | None = None) -> pl.DataFrame:
    """The days on which artists were on a region's charts, from this table's rows of some days.

    REGION_ARTIST, snapshot_date, artist_name, best_position; how much better than an absent artist's place that is:
    gained (below 0); and the places climbed since one, two or three days before: climb_1 to climb_3, null if the
    region was not captured then. An artist absent on a captured day climbed from the place after the longest
    chart's last. `captured` are the days captured up to these, `before` the presences of three days before.

    They never change, so each day adds its own, and no day of four weeks is read again.
    """
    absent = with_numbers(captured.select(*SERIES_REGION, "snapshot_date", absent=pl.col("chart_length") + 1))
    there = artists.filter(pl.col("entries") > 0)
    rows = (
        with_numbers(there.select(*REGION_ARTIST, "artist_name", "snapshot_date", "best_position"))
        .join(absent, on=[*SERIES_REGION, "snapshot_date"])
        .with_columns(gained=pl.col("best_position") - pl.col("absent"))
        .drop("absent")
    )
    known = rows if before is None else pl.concat([before.select(rows.columns), rows])
    is_asked = pl.col("snapshot_date").is_between(rows["snapshot_date"].min(), rows["snapshot_date"].max())
    for back in range(1, CLIMB_DAYS + 1):
        later = pl.col("snapshot_date").dt.offset_by(f"{back}d")
        absent_then = absent.with_columns(later).rename({"absent": "absent_then"})
        then = known.select(*REGION_ARTIST, later, position_then="best_position").filter(is_asked)
        climbed = pl.coalesce("position_then", "absent_then") - pl.col("best_position")
        rows = (
            rows.join(absent_then, on=[*SERIES_REGION, "snapshot_date"], how="left")
            .join(then, on=[*REGION_ARTIST, "snapshot_date"], how="left")
            .with_columns(climbed.alias(f"climb_{back}"))
            .drop("absent_then", "position_then")
        )
    return rows


def artist_consistency(day: date, captured: pl.DataFrame, present: Window) -> pl.DataFrame:
    """Consistency and virality per series, region and artist, from captured days and `presences` up to this day.

    On a captured day without the artist, the place is the one after the longest chart's last.
    """
    days = on_days(with_numbers(captured), day, FOUR_WEEKS - 1).with_columns(absent=pl.col("chart_length") + 1)
    days = days.join(days.filter(snapshot_date=day).select(SERIES_REGION), on=SERIES_REGION, how="semi")
    gained, is_recent = pl.col("gained"), _is_recent(day)
    known = present.on_days(day, FOUR_WEEKS - 1).with_columns(
        climb=_steepest_climb(day),
        # Less than the place of an absent artist, so that days of absence need no rows.
        gained_before=pl.when(~is_recent).then(gained),
        gained_recently=pl.when(is_recent).then(gained),
        square=pl.col("best_position") ** 2,
    )
    rows = (
        known.group_by(REGION_ARTIST)
        .agg(
            pl.len().cast(pl.Int64).alias("days_present"),
            pl.col("best_position", "square", "gained_before", "gained_recently").sum(),
            steepest_climb=pl.col("climb").max(),
        )
        .with_columns(*_mean_and_spread(), pl.col("steepest_climb").clip(lower_bound=0).fill_null(0))
        .join(_captured(day, days), on=SERIES_REGION)
    )
    names = known.group_by("artist_id").agg(pl.col("artist_name").last())
    return rows.join(names, on="artist_id").with_columns(_trend(), snapshot_date=pl.lit(day)).with_columns(_label())


def _steepest_climb(day: date) -> pl.Expr:
    """The most places climbed to each day within three days; null without a captured day before in four weeks."""
    first = pl.lit(day) - pl.duration(days=FOUR_WEEKS - 1)
    return pl.max_horizontal(
        pl.when(pl.col("snapshot_date") >= first + pl.duration(days=back)).then(f"climb_{back}")
        for back in range(1, CLIMB_DAYS + 1)
    )


def _is_recent(day: date) -> pl.Expr:
    return (pl.lit(day) - pl.col("snapshot_date")).dt.total_days() < WEEK


def _captured(day: date, days: pl.DataFrame) -> pl.DataFrame:
    """Each region's captured days: their number, and the sum of its places of absence, now (a week) and before."""
    is_recent = _is_recent(day)
    return days.group_by(SERIES_REGION).agg(
        pl.len().cast(pl.Int64).alias("days_captured"),
        pl.col("chart_length").max(),
        days_before=(~is_recent).sum().cast(pl.Int64),
        days_recently=is_recent.sum().cast(pl.Int64),
        absent_before=pl.col("absent").filter(~is_recent).sum(),
        absent_recently=pl.col("absent").filter(is_recent).sum(),
    )


def _mean_and_spread() -> tuple[pl.Expr, pl.Expr]:
    """From sums of integers, which are exact in any order: equal input, equal bytes."""
    number, total, squares = pl.col("days_present"), pl.col("best_position"), pl.col("square")
    spread = (number * squares - total * total).sqrt() / number
    return (total / number).alias("mean_position"), spread.alias("position_spread")


def _trend() -> pl.Expr:
    before, recently = (
        (pl.col(f"absent_{when}") + pl.col(f"gained_{when}")) / pl.col(f"days_{when}")
        for when in ("before", "recently")
    )
    # Without a captured day, 0 / 0.
    trend = before - recently
    return pl.when(trend.is_not_nan()).then(trend).alias("trend")


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
