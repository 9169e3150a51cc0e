"""Insight tables about regions: their artists, genres and shared songs."""

import dataframely as dy
import polars as pl

from spotify_assets.schemas import insight_columns as columns
from spotify_assets.schemas.table import partition_date

LABELS = ("viral", "occasional", "rising", "fading", "steady")


class ArtistTrends(dy.Schema):
    """One row per artist with a song on a region's charts of one series in the seven days up to this one.

    It has points, ranks and, if the charts report them, streams. Every artist credited on a song earns its points and
    streams in full. Artists with equal points share a rank, and the next rank is skipped (1, 1, 3). The
    top ten of the day are the rows with `rank` up to 10, those of the week the rows with `week_rank` up to 10. An
    artist who is not on the charts on this day has 0 points and no rank.
    """

    snapshot_date = partition_date()
    series = columns.series()
    region = columns.region()
    artist_id = columns.artist_id()
    artist_name = columns.artist_name()
    entries = dy.Int64(min=0, description="Positions of the artist's songs on the region's charts on this day")
    best_position = dy.Int64(
        nullable=True, min=1, description="Best of these positions; empty if the artist is not there"
    )
    points = dy.Int64(min=0, description="Total points of these positions")
    rank = dy.Int64(
        nullable=True, min=1, description="Rank by points among the artists of the series and region on this day"
    )
    points_change = dy.Int64(
        nullable=True,
        description="Points minus those of the region's captured day before (1 to 7 days ago; empty if there is none)",
    )
    rank_change = dy.Int64(
        nullable=True, description="Ranks climbed since that day; empty if the artist is not on the charts of both days"
    )
    week_points = dy.Int64(min=1, description="Total points of the captured days among the seven up to this one")
    week_rank = dy.Int64(min=1, description="Rank by week_points among the artists of the series and region")
    week_points_change = dy.Int64(
        nullable=True,
        description="week_points minus those of one week before (the region's last captured day 7 to 13 days ago)",
    )
    week_rank_change = dy.Int64(
        nullable=True, description="Ranks climbed since one week before; empty if the artist had no week_rank then"
    )
    week_days = dy.Int64(min=1, max=7, description="Captured days of the region among the seven up to this one")
    popularity = columns.popularity()
    streams = dy.Int64(
        nullable=True, min=0, description="Total streams of the day's positions; empty if the charts report none"
    )
    streams_change = dy.Int64(
        nullable=True, description="streams minus those of the day used for points_change; empty if either day has none"
    )
    week_streams = dy.Int64(
        nullable=True, min=0, description="Total streams of the captured days among the seven up to this one"
    )
    week_streams_change = dy.Int64(
        nullable=True, description="week_streams minus those of one week before; empty if either week has none"
    )

    @dy.rule()
    def an_absent_artist_has_no_place(cls) -> pl.Expr:  # noqa: N805, D102
        absent = pl.col("entries") == 0
        return (
            (pl.col("rank").is_null() == absent)
            & (pl.col("best_position").is_null() == absent)
            & ((pl.col("points") == 0) == absent)
        )

    @dy.rule()
    def a_day_is_part_of_its_week(cls) -> pl.Expr:  # noqa: N805, D102
        return pl.col("points") <= pl.col("week_points")


class GenreTrends(dy.Schema):
    """One row per genre, region, series and day: the genre's share of all points and streams, and how it changed.

    A song's points and streams are split equally among its artists, and each artist's part equally among that
    artist's genres; an artist without genres, or a song without artists, counts as genre `unknown`. So the shares
    of a region and day sum to 1. A genre that was present 7 or 28 days ago but is absent now has share 0.
    """

    snapshot_date = partition_date()
    series = columns.series()
    region = columns.region()
    genre = dy.String(primary_key=True, description="Genre of artists, as named in artists.genres, or 'unknown'")
    points = dy.Float64(min=0, description="Points of the genre")
    share = columns.share("Share of these points in all points of the region on this day; 0 to 1")
    artists = dy.Int64(min=0, description="Artists of the genre on the region's charts on this day")
    share_change_7_days = columns.share_change("share minus that of the region's last captured day 7 to 13 days ago")
    share_change_28_days = columns.share_change("share minus that of the region's last captured day 28 to 34 days ago")
    streams = dy.Float64(
        nullable=True, min=0, description="Streams of the genre; empty if the region's charts report none"
    )
    streams_share = columns.share(
        "Share of these streams in all reported for the region on this day; 0 to 1, empty without any", nullable=True
    )
    streams_share_change_7_days = columns.share_change(
        "streams_share minus that of the day used for share_change_7_days; empty if either day has none"
    )
    streams_share_change_28_days = columns.share_change("The same, 28 to 34 days ago")


class LabelTrends(dy.Schema):
    """One row per label, region, series and day, if charts name labels: its share of points and streams.

    A label is taken as the chart writes it: a joint one ("A / B") is a label of its own. Positions without a label
    count as `unknown`, so that the shares of a region and day sum to 1; regions whose charts name no label on the day
    have no rows, nor do playlists. A label that was present 7 or 28 days ago but is absent now has share 0.
    """

    snapshot_date = partition_date()
    series = columns.series()
    region = columns.region()
    label = dy.String(primary_key=True, description="Label as the chart writes it, or 'unknown'")
    songs = dy.Int64(min=0, description="Positions of the label's songs on the region's charts on this day")
    points = dy.Int64(min=0, description="Total points of these positions")
    share = columns.share("Share of these points in all points of the region on this day; 0 to 1")
    streams = dy.Int64(nullable=True, min=0, description="Total streams of these positions, if any are reported")
    streams_share = columns.share(
        "Share of these streams in all reported for the region on this day; 0 to 1, empty without any", nullable=True
    )
    share_change_7_days = columns.share_change("share minus that of the region's last day with labels 7 to 13 days ago")
    share_change_28_days = columns.share_change("The same, 28 to 34 days ago")
    streams_share_change_7_days = columns.share_change(
        "streams_share minus that of the region's last day with labels 7 to 13 days ago"
    )
    streams_share_change_28_days = columns.share_change("The same, 28 to 34 days ago")


class DomesticShare(dy.Schema):
    """One row per country region, series and day: the share of domestic artists on its charts.

    A region is a country if playlists.yaml names it by its ISO 3166-1 alpha-2 code, such as `us`; others, such as
    `global`, have no rows. A song's points are split equally among its artists, as for genres. An artist's country is
    `artists.country`; an artist without one, or a song without artists, counts as unknown.
    """

    snapshot_date = partition_date()
    series = columns.series()
    region = columns.region()
    country = dy.String(regex=r"^[A-Z]{2}$", description="The region as written in artists.country")
    points = dy.Float64(min=0, description="All points of the region's charts on this day")
    domestic_points = dy.Float64(min=0, description="Of these, those of domestic artists")
    foreign_points = dy.Float64(min=0, description="Of these, those of artists from elsewhere")
    unknown_points = dy.Float64(min=0, description="Of these, those of artists without a single known country")
    share = columns.share(
        "Share of domestic_points in all points; 0 to 1, empty if no artist's country is known", nullable=True
    )
    known_share = columns.share("Share of points of artists whose country is known; 0 to 1")
    artists = dy.Int64(min=0, description="Artists on the region's charts on this day")
    domestic_artists = dy.Int64(min=0, description="Domestic artists among these")
    points_without_song = dy.Int64(
        nullable=True,
        min=0,
        description="Points of the positions that count in no figure here, since they hold no song of their own: "
        "episodes, local files, songs that Spotify does not offer or that could not be read, and second entries of a "
        "song; empty only in rows written by an older version",
    )
    streams = dy.Float64(
        nullable=True, min=0, description="All streams that the region's charts report for songs; empty if none"
    )
    domestic_streams = dy.Float64(nullable=True, min=0, description="Of these, those of domestic artists")
    streams_share = columns.share(
        "Share of domestic_streams in all streams; 0 to 1, empty without any, or if no artist's country is known",
        nullable=True,
    )

    @dy.rule()
    def points_add_up(cls) -> pl.Expr:  # noqa: N805, D102
        parts = pl.col("domestic_points") + pl.col("foreign_points") + pl.col("unknown_points")
        return (parts - pl.col("points")).abs() <= columns.SHARE_TOLERANCE * pl.col("points")

    @dy.rule()
    def nothing_known_is_no_share(cls) -> pl.Expr:  # noqa: N805, D102
        return pl.col("share").is_null() == (pl.col("known_share") == 0)

    @dy.rule()
    def domestic_artists_are_artists(cls) -> pl.Expr:  # noqa: N805, D102
        return pl.col("domestic_artists") <= pl.col("artists")


class ArtistConsistency(dy.Schema):
    """One row per artist on a region's charts in the 28 days up to this one: viral, rising, steady or fading.

    A day's position is the artist's best on the region's charts. For climbs and trend, a captured day without the
    artist counts as the position just below the region's longest chart of that day. The label is the first that fits:

    - `viral`: climbed at least half of a chart's length within 3 days
    - `occasional`: present on fewer than half of the captured days
    - `rising`: the last 7 days are on average better than the 21 before, by at least a tenth of a chart's length
    - `fading`: worse by as much
    - `steady`: everything else
    """

    snapshot_date = partition_date()
    series = columns.series()
    region = columns.region()
    artist_id = columns.artist_id()
    artist_name = columns.artist_name()
    days_captured = dy.Int64(min=1, max=28, description="Captured days of the region among the 28 up to this one")
    days_present = dy.Int64(min=1, max=28, description="Of these, days on which the artist had a song on its charts")
    mean_position = dy.Float64(min=1, description="Mean of the best positions on the days present")
    position_spread = dy.Float64(min=0, description="Their standard deviation (population); 0 for a single day")
    steepest_climb = dy.Int64(
        min=0, description="Most positions climbed from one captured day to another at most 3 days later; 0 if none"
    )
    trend = dy.Float64(
        nullable=True,
        description="Mean position of the 21 earlier days minus that of the last 7: positions gained, negative if "
        "lost; empty if the region was not captured in one of the two",
    )
    chart_length = dy.Int64(min=1, description="Entries of the region's longest chart on these days")
    label = dy.String(
        check=lambda column: column.is_in(LABELS),
        description="viral, occasional, rising, fading or steady; see the table's description",
    )

    @dy.rule()
    def present_is_part_of_captured(cls) -> pl.Expr:  # noqa: N805, D102
        return pl.col("days_present") <= pl.col("days_captured")


class RegionLinks(dy.Schema):
    """One row per series, ordered pair of its regions and day: what their charts share, and who leads.

    Each pair has a row from either side, so that filtering by `region` finds everything about one region of a series.
    Songs are compared for lead if they are on the charts of both regions on this day and were seen to arrive in both: a
    song on a playlist's first captured day may have been there long before, and so may one that was on it before the
    playlist got its series and region.
    """

    snapshot_date = partition_date()
    series = columns.series()
    region = columns.region()
    other_region = dy.String(primary_key=True, description="The region it is compared with")
    songs = dy.Int64(min=0, description="Different songs on the charts of region")
    other_songs = dy.Int64(min=0, description="Different songs on the charts of other_region")
    shared_songs = dy.Int64(min=0, description="Songs on the charts of both")
    songs_only_here = dy.Int64(min=0, description="Songs of region that are not on the charts of other_region")
    overlap = columns.share(
        "Share of shared songs in all songs of the two; 0 to 1, empty without any song", nullable=True
    )
    compared_songs = dy.Int64(min=0, description="Shared songs that were seen to arrive in both regions")
    median_lead_days = dy.Float64(
        nullable=True,
        description="Median days by which compared songs appear in region before other_region; negative if after",
    )
    leader = dy.String(nullable=True, description="The region that leads, by the sign of the median lead; empty at 0")

    @dy.rule()
    def songs_add_up(cls) -> pl.Expr:  # noqa: N805, D102
        return (pl.col("shared_songs") + pl.col("songs_only_here") == pl.col("songs")) & (
            pl.col("compared_songs") <= pl.col("shared_songs")
        )

    @dy.rule()
    def leader_fits_the_lead(cls) -> pl.Expr:  # noqa: N805, D102
        lead = pl.col("median_lead_days")
        return pl.col("leader").eq_missing(pl.when(lead > 0).then("region").when(lead < 0).then("other_region"))
