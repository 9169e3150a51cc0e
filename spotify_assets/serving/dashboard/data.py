"""Published rows to what the page holds: chosen, dictionary-coded, columnar.

A section of the page's data has one entry for each playlist or region, in the order of their lists: its rows by day,
`days` as numbers in the list of all days, `ends` the row after the last of each day, and the columns. Songs, artists,
genres and regions are numbers, too: places in lists that stand once in the page. A region stands there once for each
of its series, since nothing is compared across series. Shares are whole ten-thousandths.
A new view of the page is one more section here, and one more file in `page/views/`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from spotify_assets.transform.insights.charts import SERIES_REGION, with_series

DAY = "snapshot_date"
# Names are cut here: a page is no place for ten kilobytes of title, and the tables have it whole.
LONGEST_NAME = 200
TOP_ARTISTS = 10
GENRES_PER_REGION = 15
RELEASES_PER_DAY = 15
# Labels cover 28 days, so they say little new from one day to the next.
DAYS_BETWEEN_LABELS = 7
SHARE_PARTS = 10_000
# Between a series and a region, where the two are one value.
BETWEEN = "\n"

# The tables and columns that the page is made from, besides `snapshot_date`.
COLUMNS: dict[str, list[str]] = {
    name: columns.split()
    for name, columns in {
        "playlists": "playlist_id name region source",
        "song_artists": "song_id artist_position artist_id",
        "artists": "artist_id name",
        "song_trends": "playlist_id series region song_id song_name position previous_position previous_capture "
        "peak_position days_on_chart is_first_seen_known points",
        "artist_trends": "series region artist_id artist_name entries points rank rank_change week_points week_rank "
        "week_rank_change",
        "genre_trends": "series region genre points share artists share_change_7_days share_change_28_days",
        "domestic_share": "series region share known_share artists domestic_artists",
        "artist_consistency": "series region artist_id artist_name days_captured days_present mean_position "
        "steepest_climb label",
        "release_performance": "series region song_id song_name days_since_release debut_position is_debut_known "
        "peak_position days_to_peak days_on_chart position",
        "region_links": "series region other_region shared_songs overlap compared_songs median_lead_days",
    }.items()
}


class Codes:
    """A dictionary of values: their list, and the number of each for the columns that hold them."""

    def __init__(self, values: Iterable[Any]) -> None:
        self.values = list(dict.fromkeys(values))

    def number(self, column: str, name: str | None = None) -> pl.Expr:
        """The numbers of a column's values; null where there is none."""
        numbers = list(range(len(self.values)))
        return (
            pl.col(column)
            .replace_strict(self.values, numbers, default=None, return_dtype=pl.Int64)
            .alias(name or column)
        )


def page_data(tables: Mapping[str, pl.DataFrame]) -> dict[str, Any]:
    """All that the page shows, of the types that JSON has.

    Args:
        tables: the published rows of the days to show, with `snapshot_date` and the columns that `COLUMNS` names.
    """
    tables = {name: with_series(rows) if "series" in rows.columns else rows for name, rows in tables.items()}
    trends, consistency, releases = (
        tables[name] for name in ("song_trends", "artist_consistency", "release_performance")
    )
    days = Codes(trends[DAY].unique().sort())
    told = trends.select(SERIES_REGION).unique().sort(SERIES_REGION)
    regions, series = Codes(told.select(_of_series("region")).to_series()), Codes(told["series"])
    playlists = _latest(tables["playlists"], "playlist_id").filter(
        pl.col("playlist_id").is_in(trends["playlist_id"].implode())
    )
    region_now = _latest(trends.select(DAY, "playlist_id", *SERIES_REGION), "playlist_id")
    playlists = (
        playlists.drop("region")
        .join(region_now.drop(DAY), on="playlist_id")
        .sort(*SERIES_REGION, "name", "playlist_id")
    )
    playlist = Codes(playlists["playlist_id"])
    artists = _names("artist", tables["artists"].rename({"name": "artist_name"}), tables["artist_trends"], consistency)
    songs = _names("song", trends, releases)
    artist, song = Codes(artists["artist_id"]), Codes(songs["song_id"])
    genre_rows = _leading_genres(tables["genre_trends"])
    genre = Codes(genre_rows["genre"].unique().sort())
    label = Codes(consistency["label"].unique().sort())
    credited = songs.join(_credits(tables["song_artists"], artist), on="song_id", how="left", maintain_order="left")

    def by_region(rows: pl.DataFrame, *columns: str | pl.Expr) -> list[dict[str, list[Any]] | None]:
        numbered = rows.with_columns(_of_series("region")).select(
            days.number(DAY), regions.number("region", "group"), *columns
        )
        return _section(numbered, len(regions.values))

    return {
        "source": tables["playlists"]["source"].unique().sort().to_list(),
        "start": _start(playlists),
        "top": TOP_ARTISTS,
        "days": [day.isoformat() for day in days.values],
        "series": [name[:LONGEST_NAME] for name in series.values],
        "regions": told["region"].str.slice(0, LONGEST_NAME).to_list(),
        "region_series": told.select(series.number("series")).to_series().to_list(),
        "playlists": {
            "id": playlist.values,
            "name": playlists["name"].fill_null("").str.slice(0, LONGEST_NAME).to_list(),
            "region": playlists.select(_of_series("region")).select(regions.number("region")).to_series().to_list(),
            "first_captures": _first_captures(trends, days, playlist),
        },
        "songs": {"id": song.values, "name": songs["name"].to_list(), "artists": credited["artists"].to_list()},
        "artists": {"id": artist.values, "name": artists["name"].to_list()},
        "genres": [name[:LONGEST_NAME] for name in genre.values],
        "labels": label.values,
        "chart": _section(
            trends.sort("position", "song_id").select(
                days.number(DAY),
                playlist.number("playlist_id", "group"),
                song.number("song_id", "song"),
                *("position", "previous_position", "peak_position", "days_on_chart"),
                _maybe_earlier("is_first_seen_known"),
            ),
            len(playlist.values),
        ),
        "lengths": _section(
            _lengths(trends).select(days.number(DAY), playlist.number("playlist_id", "group"), "length"),
            len(playlist.values),
        ),
        "top_artists": by_region(
            tables["artist_trends"]
            .filter((pl.col("rank") <= TOP_ARTISTS) | (pl.col("week_rank") <= TOP_ARTISTS))
            .sort("week_rank", "artist_id"),
            artist.number("artist_id", "artist"),
            *("entries", "points", "rank", "rank_change", "week_points", "week_rank", "week_rank_change"),
        ),
        "genre_shares": by_region(
            genre_rows.sort("share", "genre", descending=[True, False]),
            genre.number("genre"),
            "artists",
            *(_parts(name) for name in ("share", "share_change_7_days", "share_change_28_days")),
        ),
        "domestic": by_region(
            tables["domestic_share"], "artists", "domestic_artists", *map(_parts, ("share", "known_share"))
        ),
        "consistency": by_region(
            _weekly(consistency).sort("mean_position", "artist_id"),
            artist.number("artist_id", "artist"),
            *("days_captured", "days_present", pl.col("mean_position").round(1), "steepest_climb"),
            label.number("label"),
        ),
        "releases": by_region(
            _leading_releases(releases),
            song.number("song_id", "song"),
            *("days_since_release", "debut_position", "peak_position", "days_to_peak", "days_on_chart", "position"),
            _maybe_earlier("is_debut_known"),
        ),
        "links": by_region(
            tables["region_links"].sort("other_region").with_columns(_of_series("other_region")),
            regions.number("other_region"),
            *("shared_songs", _parts("overlap"), "compared_songs", "median_lead_days"),
        ),
    }


def _of_series(region: str) -> pl.Expr:
    """A column of regions, as one value with their series."""
    return pl.concat_str("series", region, separator=BETWEEN).alias(region)


def _maybe_earlier(known: str) -> pl.Expr:
    """1 where history begins with the song there already, so that its figures are bounds; else 0."""
    return (~pl.col(known).fill_null(value=True)).cast(pl.Int64).alias("maybe_earlier")


def _lengths(trends: pl.DataFrame) -> pl.DataFrame:
    """How many entries each playlist had on each day, whatever they were."""
    length = (pl.col("points") + pl.col("position") - 1).max().alias("length")
    return trends.group_by(DAY, "playlist_id").agg(length)


def _first_captures(trends: pl.DataFrame, days: Codes, playlist: Codes) -> list[list[int]]:
    """The days, as numbers, on which each playlist was captured for the first time in its region."""
    first = trends.filter(pl.col("previous_capture").is_null()).select(playlist.number("playlist_id"), days.number(DAY))
    found = dict(first.unique().sort(DAY).group_by("playlist_id").agg(DAY).iter_rows())
    return [found.get(number, []) for number in range(len(playlist.values))]


def _section(rows: pl.DataFrame, groups: int) -> list[dict[str, list[Any]] | None]:
    """The rows of each group, `group` 0 to `groups` - 1, by day; their order within a day stays."""
    ordered = rows.drop_nulls(["group", DAY]).sort("group", DAY, maintain_order=True)
    found = ordered.partition_by("group", as_dict=True, include_key=False)
    return [None if (of_group := found.get((group,))) is None else _columns(of_group) for group in range(groups)]


def _columns(rows: pl.DataFrame) -> dict[str, list[Any]]:
    runs = rows[DAY].rle().struct.unnest()
    columns = {name: rows[name].to_list() for name in rows.columns if name != DAY}
    return {"days": runs["value"].to_list(), "ends": runs["len"].cum_sum().to_list(), **columns}


def _start(playlists: pl.DataFrame) -> int | None:
    """The playlist to begin with: the first of the region `global`, else the first of all."""
    by_preference = playlists.with_row_index("number").sort(pl.col("region") != "global", "number")
    return next(iter(by_preference["number"].to_list()), None)


def _latest(rows: pl.DataFrame, key: str) -> pl.DataFrame:
    """The last row of each key."""
    return rows.sort(DAY).unique(key, keep="last", maintain_order=True)


def _names(noun: str, *tables: pl.DataFrame) -> pl.DataFrame:
    """Id and name, as last seen, of the songs or artists of some tables; in the order of their ids."""
    columns = pl.concat([rows.select(DAY, f"{noun}_id", pl.col(f"{noun}_name").alias("name")) for rows in tables])
    shown = pl.col("name").fill_null("").str.slice(0, LONGEST_NAME)
    return _latest(columns, f"{noun}_id").sort(f"{noun}_id").with_columns(shown)


def _credits(song_artists: pl.DataFrame, artist: Codes) -> pl.DataFrame:
    """The artists of each song in order of credit, as on the last day it was seen."""
    last_day = pl.col(DAY) == pl.col(DAY).max().over("song_id")
    last = song_artists.filter(last_day).sort("song_id", "artist_position")
    numbered = last.select("song_id", artist.number("artist_id", "artists")).drop_nulls()
    return numbered.group_by("song_id", maintain_order=True).agg("artists")


def _parts(column: str) -> pl.Expr:
    return (pl.col(column) * SHARE_PARTS).round().cast(pl.Int64)


def _leading_genres(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of each region's genres with most points over all days, and of unknown genres."""
    totals = (
        rows.group_by(*SERIES_REGION, "genre")
        .agg(pl.col("points").sum())
        .sort("points", "genre", descending=[True, False])
    )
    leading = totals.filter(pl.int_range(pl.len()).over(SERIES_REGION) < GENRES_PER_REGION)
    return rows.join(leading, on=[*SERIES_REGION, "genre"], how="semi")


def _leading_releases(rows: pl.DataFrame) -> pl.DataFrame:
    """Each day's releases that stand best in a region, then those that stood best before they left it."""
    ordered = rows.sort("position", "peak_position", "song_id", nulls_last=True)
    return ordered.filter(pl.int_range(pl.len()).over(DAY, *SERIES_REGION) < RELEASES_PER_DAY)


def _weekly(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of the last day and of each seventh day before it."""
    return rows.filter((pl.col(DAY).max() - pl.col(DAY)).dt.total_days() % DAYS_BETWEEN_LABELS == 0)
