"""Published rows to what the page holds: chosen, dictionary-coded, columnar.

A section of the page's data has one entry for each playlist or region, in the order of their lists: its rows by day,
`days` as numbers in the list of all days, `ends` the row after the last of each day, and the columns, of which one
that is empty throughout is null. Songs, artists, genres, labels and regions are numbers, too: places in lists that
are in the page once. A region is listed once for each of its series, since nothing is compared across series.
Shares are whole ten-thousandths.
A new view of the page is one more section here, and one more file in `page/views/`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from spotify_assets.serving.dashboard.choice import (
    DAY,
    TOP_ARTISTS,
    leading_artists,
    leading_parts,
    leading_releases,
    told_of_regions,
    weekly,
)
from spotify_assets.serving.dashboard.facts import latest, song_facts, told_otherwise
from spotify_assets.transform.insights.charts import SERIES_REGION, with_series

# Names are cut here: a page is no place for ten kilobytes of title, and the tables have it in full.
LONGEST_NAME = 200
SHARE_PARTS = 10_000
# Between a series and a region, where the two are one value.
BETWEEN = "\n"
# Of genres and labels.
SHARES = [
    f"{share}{change}" for share in ("share", "streams_share") for change in ("", "_change_7_days", "_change_28_days")
]
# The tables and columns that the page uses, in addition to `snapshot_date`.
COLUMNS: dict[str, list[str]] = {
    name: columns.split()
    for name, columns in {
        "playlists": "playlist_id name region source",
        "song_artists": "song_id artist_position artist_id",
        "artists": "artist_id name genres genre_source country",
        "songs": "song_id album_id",
        "albums": "album_id name release_date release_date_precision",
        "song_trends": "playlist_id series region song_id song_name artist_names position previous_position "
        "previous_capture peak_position peak_date days_on_chart first_seen is_first_seen_known release_date label "
        "points streams",
        "artist_trends": "series region artist_id artist_name entries points rank rank_change week_points week_rank "
        "week_rank_change streams streams_change week_streams week_streams_change",
        "genre_trends": f"series region genre artists points streams {' '.join(SHARES)}",
        "label_trends": f"series region label songs points streams {' '.join(SHARES)}",
        "domestic_share": "series region share known_share artists domestic_artists streams_share",
        "artist_consistency": "series region artist_id artist_name days_captured days_present mean_position "
        "steepest_climb label",
        "release_performance": "series region song_id song_name artist_names days_since_release debut_position "
        "is_debut_known peak_position days_to_peak days_on_chart position",
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


def page_data(
    tables: Mapping[str, pl.DataFrame],
    parts: Callable[[pl.DataFrame, str], pl.DataFrame] = leading_parts,
    told: pl.DataFrame | None = None,
    sections: Collection[str] | None = None,
) -> dict[str, Any]:
    """All that the page shows, of the types that JSON has.

    Args:
        tables: the published rows of the days to show, with `snapshot_date` and the columns that `COLUMNS` names.
        parts: chooses the rows of genres or labels (the second argument, `genre` or `label`).
        told: what `told_of_regions` gives, where `tables` hold a part of the places of regions alone.
        sections: the names of what is wanted of it; all where it is None.
    """
    tables = {name: with_series(rows) if "series" in rows.columns else rows for name, rows in tables.items()}
    trends, consistency, releases = (
        tables[name] for name in ("song_trends", "artist_consistency", "release_performance")
    )
    days = Codes(trends[DAY].unique().sort())
    compared = tables["region_links"].select("series", region="other_region")
    listed = pl.concat([trends.select(SERIES_REGION), compared]).unique().sort(SERIES_REGION)
    regions, series = Codes(listed.select(_of_series("region")).to_series()), Codes(listed["series"])
    playlists = latest(tables["playlists"], "playlist_id").filter(
        pl.col("playlist_id").is_in(trends["playlist_id"].implode())
    )
    region_now = latest(trends.select(DAY, "playlist_id", *SERIES_REGION), "playlist_id")
    playlists = (
        playlists.drop("region")
        .join(region_now.drop(DAY), on="playlist_id")
        .sort(*SERIES_REGION, "name", "playlist_id")
    )
    playlist = Codes(playlists["playlist_id"])
    told_artists = tables["artists"].rename({"name": "artist_name"})
    artists = _names("artist", told_artists, tables["artist_trends"], consistency).join(
        latest(told_artists, "artist_id").drop(DAY, "artist_name"), on="artist_id", how="left", maintain_order="left"
    )
    artist = Codes(artists["artist_id"])
    facts = song_facts(tables["songs"], tables["albums"], trends)
    songs = _songs(trends, releases, _credits(tables["song_artists"], artist)).join(
        facts, on="song_id", how="left", maintain_order="left"
    )
    song = Codes(songs["song_id"])
    genres, labels = (parts(tables[f"{part}_trends"], part) for part in ("genre", "label"))
    genre = Codes(_all_of(genres["genre"], artists["genres"].explode()))
    label, album = Codes(_all_of(labels["label"], songs["label"])), Codes(_all_of(songs["album"]))
    kind = Codes(consistency["label"].unique().sort())

    def by_region(rows: pl.DataFrame, *columns: str | pl.Expr) -> list[dict[str, list[Any] | None] | None]:
        numbered = rows.with_columns(_of_series("region")).select(
            days.number(DAY), regions.number("region", "group"), *columns
        )
        return _section(numbered, len(regions.values))

    # Only what is asked for is computed: a folder has thousands of pieces, of a few sections each.
    made: dict[str, Callable[[], Any]] = {
        "source": lambda: tables["playlists"]["source"].unique().sort().to_list(),
        "start": lambda: _start(playlists),
        "top": lambda: TOP_ARTISTS,
        "tells_streams": lambda: trends["streams"].count() > 0,
        "days": lambda: [day.isoformat() for day in days.values],
        "series": lambda: [name[:LONGEST_NAME] for name in series.values],
        "regions": lambda: listed["region"].str.slice(0, LONGEST_NAME).to_list(),
        "region_series": lambda: listed.select(series.number("series")).to_series().to_list(),
        "playlists": lambda: {
            "id": playlist.values,
            "name": playlists["name"].fill_null("").str.slice(0, LONGEST_NAME).to_list(),
            "region": playlists.select(_of_series("region")).select(regions.number("region")).to_series().to_list(),
            "first_captures": _first_captures(trends, days, playlist),
        },
        "songs": lambda: {
            "id": song.values,
            "name": songs["name"].to_list(),
            **{name: _packed(songs[name]) for name in ("artists", "artists_text", "release")},
            "label": _packed(songs.select(label.number("label")).to_series()),
            "album": _packed(songs.select(album.number("album")).to_series()),
        },
        "artists": lambda: {
            "id": artist.values,
            "name": artists["name"].to_list(),
            "genres": _packed(artists.select(pl.col("genres").list.eval(genre.number(""))).to_series()),
            **{name: _packed(artists[name]) for name in ("genre_source", "country")},
        },
        "albums": lambda: [name[:LONGEST_NAME] for name in album.values],
        "genres": lambda: [name[:LONGEST_NAME] for name in genre.values],
        "labels": lambda: [name[:LONGEST_NAME] for name in label.values],
        "kinds": lambda: kind.values,
        "chart": lambda: _section(
            trends.sort("position", "song_id").select(
                days.number(DAY),
                playlist.number("playlist_id", "group"),
                song.number("song_id", "song"),
                *("position", "previous_position", "peak_position", "days_on_chart", "streams"),
                _maybe_earlier("is_first_seen_known"),
            ),
            len(playlist.values),
        ),
        "earlier": lambda: _whole(
            told_otherwise(trends).select(
                playlist.number("playlist_id", "group"), song.number("song_id", "song"), "first_seen", "peak_date"
            ),
            len(playlist.values),
        ),
        "lengths": lambda: _section(
            _lengths(trends).select(days.number(DAY), playlist.number("playlist_id", "group"), "length"),
            len(playlist.values),
        ),
        "told": lambda: by_region(
            told_of_regions(trends, tables["song_artists"]) if told is None else told,
            *("places", "streamed_places"),
            *(_some_parts(name) for name in ("unnamed_share", "unnamed_streams_share")),
        ),
        "top_artists": lambda: by_region(
            leading_artists(tables["artist_trends"]),
            artist.number("artist_id", "artist"),
            *("entries", "points", "rank", "rank_change", "week_points", "week_rank", "week_rank_change"),
            *("streams", "streams_rank", "streams_change"),
            *("week_streams", "week_streams_rank", "week_streams_change"),
        ),
        "genre_shares": lambda: by_region(genres, genre.number("genre"), "artists", *map(_parts, SHARES)),
        "label_shares": lambda: by_region(labels, label.number("label"), "songs", *map(_parts, SHARES)),
        "domestic": lambda: by_region(
            tables["domestic_share"],
            *("artists", "domestic_artists"),
            *map(_parts, ("share", "known_share", "streams_share")),
        ),
        "consistency": lambda: by_region(
            weekly(consistency).sort("mean_position", "artist_id"),
            artist.number("artist_id", "artist"),
            *("days_captured", "days_present", pl.col("mean_position").round(1), "steepest_climb"),
            kind.number("label", "kind"),
        ),
        "releases": lambda: by_region(
            leading_releases(releases),
            song.number("song_id", "song"),
            *("days_since_release", "debut_position", "peak_position", "days_to_peak", "days_on_chart", "position"),
            _maybe_earlier("is_debut_known"),
        ),
        "links": lambda: by_region(
            tables["region_links"].sort("other_region").with_columns(_of_series("other_region")),
            regions.number("other_region"),
            *("shared_songs", _parts("overlap"), "compared_songs", "median_lead_days"),
        ),
    }
    return {name: make() for name, make in made.items() if sections is None or name in sections}


def _of_series(region: str) -> pl.Expr:
    """A column of regions, as one value with their series."""
    return pl.concat_str("series", region, separator=BETWEEN).alias(region)


def _maybe_earlier(known: str) -> pl.Expr:
    """1 if history begins with the song already there, so that its figures are bounds; else 0."""
    return (~pl.col(known).fill_null(value=True)).cast(pl.Int64).alias("maybe_earlier")


def _lengths(trends: pl.DataFrame) -> pl.DataFrame:
    """How many entries of any kind each playlist had on each day."""
    length = (pl.col("points") + pl.col("position") - 1).max().alias("length")
    return trends.group_by(DAY, "playlist_id").agg(length)


def _first_captures(trends: pl.DataFrame, days: Codes, playlist: Codes) -> list[list[int]]:
    """The days, as numbers, on which each playlist was captured for the first time in its region."""
    first = trends.filter(pl.col("previous_capture").is_null()).select(playlist.number("playlist_id"), days.number(DAY))
    found = dict(first.unique().sort(DAY).group_by("playlist_id").agg(DAY).iter_rows())
    return [found.get(number, []) for number in range(len(playlist.values))]


def _section(rows: pl.DataFrame, groups: int) -> list[dict[str, list[Any] | None] | None]:
    """The rows of each group, `group` 0 to `groups` - 1, by day; their order within a day stays."""
    ordered = rows.drop_nulls(["group", DAY]).sort("group", DAY, maintain_order=True)
    found = ordered.partition_by("group", as_dict=True, include_key=False)
    return [None if (of_group := found.get((group,))) is None else _columns(of_group) for group in range(groups)]


def _whole(rows: pl.DataFrame, groups: int) -> list[dict[str, list[Any] | None] | None]:
    """The columns of each group's rows, whatever their day."""
    found = rows.drop_nulls("group").partition_by("group", as_dict=True, include_key=False)
    packed = {group: {name: _packed(of[name]) for name in of.columns} for (group,), of in found.items()}
    return [packed.get(group) for group in range(groups)]


def _all_of(*columns: pl.Series) -> pl.Series:
    """Every value of some columns once, in order."""
    return pl.concat([column.cast(pl.String) for column in columns]).drop_nulls().unique().sort()


def _columns(rows: pl.DataFrame) -> dict[str, list[Any] | None]:
    runs = rows[DAY].rle().struct.unnest()
    columns = {name: _packed(rows[name]) for name in rows.columns if name != DAY}
    return {"days": runs["value"].to_list(), "ends": runs["len"].cum_sum().to_list(), **columns}


def _packed(column: pl.Series) -> list[Any] | None:
    """Its values; null for an empty column, such as streams if charts report none."""
    return None if column.null_count() == len(column) else column.to_list()


def _start(playlists: pl.DataFrame) -> int | None:
    """The playlist to begin with: the first of the region `global`, else the first of all."""
    by_preference = playlists.with_row_index("number").sort(pl.col("region") != "global", "number")
    return next(iter(by_preference["number"].to_list()), None)


def _songs(trends: pl.DataFrame, releases: pl.DataFrame, credited: pl.DataFrame) -> pl.DataFrame:
    """Songs with their names and artists: by their numbers, or else the text of a chart."""
    text = pl.when(pl.col("artists").is_null()).then("artist_names").str.slice(0, LONGEST_NAME)
    songs = _names("song", trends, releases, kept=["artist_names"])
    return songs.join(credited, on="song_id", how="left", maintain_order="left").with_columns(artists_text=text)


def _names(noun: str, *tables: pl.DataFrame, kept: Sequence[str] = ()) -> pl.DataFrame:
    """Id and name, as last seen, of the songs or artists of some tables; in the order of their ids."""
    columns = pl.concat(
        [rows.select(DAY, f"{noun}_id", pl.col(f"{noun}_name").alias("name"), *kept) for rows in tables]
    )
    shown = pl.col("name").fill_null("").str.slice(0, LONGEST_NAME)
    return latest(columns, f"{noun}_id").sort(f"{noun}_id").with_columns(shown)


def _credits(song_artists: pl.DataFrame, artist: Codes) -> pl.DataFrame:
    """The artists of each song in order of credit, as on the last day it was seen."""
    last_day = pl.col(DAY) == pl.col(DAY).max().over("song_id")
    last = song_artists.filter(last_day).sort("song_id", "artist_position")
    numbered = last.select("song_id", artist.number("artist_id", "artists")).drop_nulls()
    return numbered.group_by("song_id", maintain_order=True).agg("artists")


def _parts(column: str) -> pl.Expr:
    return (pl.col(column) * SHARE_PARTS).round().cast(pl.Int64)


def _some_parts(column: str) -> pl.Expr:
    """Its parts; at least 1 if it is greater than 0, so that nothing is shown as 0 that is not."""
    return pl.when(pl.col(column) > 0).then(_parts(column).clip(1)).otherwise(_parts(column)).alias(column)
