"""Which published rows the page holds if there are more than it can show; and what charts do not report."""

import polars as pl

from spotify_assets.schemas.insight_columns import UNKNOWN_GENRE, UNKNOWN_LABEL
from spotify_assets.transform.insights.charts import SERIES_REGION
from spotify_assets.transform.insights.shares import part_of

DAY = "snapshot_date"
TOP_ARTISTS = 10
# Genres or labels of a region, by points, and as many by streams.
PARTS_PER_REGION = 15
RELEASES_PER_DAY = 15
# Labels of artists cover 28 days, so they change little from one day to the next.
DAYS_BETWEEN_LABELS = 7


def leading_artists(rows: pl.DataFrame) -> pl.DataFrame:
    """Each day's artists with most points or streams, of the day or its week, with their ranks by streams."""

    def rank(streams: str) -> pl.Expr:
        """As the table ranks by points: equal values share a rank; missing values have none."""
        return pl.col(streams).rank("min", descending=True).over(DAY, *SERIES_REGION).cast(pl.Int64)

    ranked = rows.with_columns(streams_rank=rank("streams"), week_streams_rank=rank("week_streams"))
    ranks = pl.col("rank", "week_rank", "streams_rank", "week_streams_rank")
    return ranked.filter(pl.any_horizontal(ranks <= TOP_ARTISTS)).sort("week_rank", "artist_id")


def leading_parts(rows: pl.DataFrame, part: str) -> pl.DataFrame:
    """The rows of each region's genres or labels with most points or streams over all days, and of what is unknown."""
    return rows_of_parts(rows, part, leading(part_totals(rows, part), part))


def part_totals(rows: pl.DataFrame, part: str) -> pl.DataFrame:
    """Points and streams of each region's genres or labels over all days; totals of totals are totals again."""
    return rows.group_by(*SERIES_REGION, part).agg(pl.col("points", "streams").sum())


def leading(totals: pl.DataFrame, part: str) -> pl.DataFrame:
    """Those of the totals that are among a region's first by either measure, and of what is unknown."""
    places = {
        measure: pl.struct(-pl.col(measure), part).rank("ordinal").over(SERIES_REGION)
        for measure in ("points", "streams")
    }
    is_leading = pl.any_horizontal(
        (place <= PARTS_PER_REGION) & (pl.col(measure) > 0) for measure, place in places.items()
    )
    return totals.filter(is_leading | (pl.col(part).is_in([UNKNOWN_GENRE, UNKNOWN_LABEL])))


def rows_of_parts(rows: pl.DataFrame, part: str, chosen: pl.DataFrame) -> pl.DataFrame:
    """The rows of chosen genres or labels of regions, by day those with the greatest shares first."""
    kept = rows.join(chosen, on=[*SERIES_REGION, part], how="semi")
    return kept.sort("share", part, descending=[True, False])


def leading_releases(rows: pl.DataFrame) -> pl.DataFrame:
    """Each day's best placed releases of a region, then those that had been placed best before they left it."""
    ordered = rows.sort("position", "peak_position", "song_id", nulls_last=True)
    return ordered.filter(pl.int_range(pl.len()).over(DAY, *SERIES_REGION) < RELEASES_PER_DAY)


def weekly(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of the last day and of each seventh day before it."""
    return rows.filter((pl.col(DAY).max() - pl.col(DAY)).dt.total_days() % DAYS_BETWEEN_LABELS == 0)


def told_of_regions(trends: pl.DataFrame, song_artists: pl.DataFrame) -> pl.DataFrame:
    """How much of a region's charts has streams, and ids of artists; without regions that have all ids and no streams.

    `places` are those with a song, `streamed_places` those of them with streams. `unnamed_share` and
    `unnamed_streams_share` are the parts of points and streams of songs whose artists are text only, or missing.
    """
    known = song_artists.select(DAY, "song_id", is_known=pl.lit(value=True)).unique()
    unknown = pl.col("is_known").is_null()

    def unnamed(measure: str) -> pl.Expr:
        return part_of(pl.col(measure).filter(unknown).sum(), pl.col(measure).sum())

    told = (
        trends.join(known, on=[DAY, "song_id"], how="left")
        .group_by(DAY, *SERIES_REGION)
        .agg(
            places=pl.len().cast(pl.Int64),
            streamed_places=pl.col("streams").count().cast(pl.Int64),
            unnamed_share=unnamed("points"),
            unnamed_streams_share=unnamed("streams"),
        )
    )
    tells_streams = (pl.col("streamed_places") > 0).any().over(SERIES_REGION)
    return told.filter(tells_streams | (pl.col("unnamed_share") > 0))
