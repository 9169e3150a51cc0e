"""The day's charts: each song once per playlist, with all that insights need."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from spotify_assets.schemas.insight_columns import PLAYLIST_SERIES, UNASSIGNED
from spotify_assets.transform.recordings import recording_id

PLAYLIST_SONG = ["playlist_id", "song_id"]
# The key of all figures about regions: nothing is added up or compared across it.
SERIES_REGION = ["series", "region"]
# What a chart itself says of a place, in the columns of `playlist_items`.
TOLD = ("label", "streams", "previous_rank", "was_on_previous_chart", "periods_on_chart")
# From a chart to the next one of its series, by the end of the series' name.
PERIOD_DAYS = {"-daily": 1, "-weekly": 7}
ARTIST_SEPARATOR = ", "


@dataclass(frozen=True)
class Charts:
    """The charts of one day.

    `playlists` are those captured, also without songs: playlist_id, series, region, entries. `places` has each song
    once per playlist, at its better position: playlist_id, series, region, entries, song_id, position, occurrences,
    added_at (of that position), points, song_name, artist_names, release_date (only if its day is known),
    popularity, recording_id, linked_from_id, is_playable, and what a chart says of the place: label, streams,
    previous_rank, was_on_previous_chart, periods_on_chart. `entries_without_song` belong to songs that Spotify no
    longer offers: playlist_id, position, added_at. `credits` has each artist once per song: song_id, artist_id.
    `songs` and `artists` are the base tables.
    """

    day: date
    playlists: pl.DataFrame
    places: pl.DataFrame
    entries_without_song: pl.DataFrame
    credits: pl.DataFrame
    songs: pl.DataFrame
    artists: pl.DataFrame


def read_charts(day: date, base: Mapping[str, pl.DataFrame]) -> Charts:
    """The charts of a day from its base tables."""
    playlists = base["playlists"].select(
        "playlist_id", _series().alias("series"), pl.col("region").fill_null(UNASSIGNED), "entries"
    )
    credited = base["song_artists"].select("song_id", "artist_id").unique().sort("song_id", "artist_id")
    # A name that could not be read is null; insights show it as an empty text.
    named = {**base, **{name: base[name].with_columns(pl.col("name").fill_null("")) for name in ("songs", "artists")}}
    empty = base["playlist_items"].filter(entry_type="unavailable").select("playlist_id", "position", "added_at")
    return Charts(day, playlists, _places(named, playlists), empty, credited, named["songs"], named["artists"])


def _series() -> pl.Expr:
    """The type of a chart and its recurrence; the type alone if it has none."""
    chart_type = pl.col("chart_type").fill_null(PLAYLIST_SERIES)
    return pl.concat_str(chart_type, "recurrence", separator="-", ignore_nulls=True)


def period() -> pl.Expr:
    """Time from a chart of a series to the next one; null if it is no chart."""
    period = pl.lit(None, pl.Duration("us"))
    for ending, days in PERIOD_DAYS.items():
        period = pl.when(pl.col("series").str.ends_with(ending)).then(pl.duration(days=days)).otherwise(period)
    return period


def with_series(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of an insight table; those of an older version get the one series of all its playlists."""
    return rows.with_columns(pl.col("series").fill_null(PLAYLIST_SERIES))


def _places(base: Mapping[str, pl.DataFrame], playlists: pl.DataFrame) -> pl.DataFrame:
    songs = (
        base["songs"]
        .select(
            *(
                "song_id",
                "album_id",
                "popularity",
                "linked_from_id",
                "is_playable",
                recording_id().alias("recording_id"),
                "artists_text",
                pl.col("release_date").alias("told_release_date"),
            ),
            song_name="name",
        )
        .join(_release_days(base["albums"]), on="album_id", how="left")
        .join(_artist_names(base), on="song_id", how="left")
        # What only a chart says of a song.
        .with_columns(
            pl.coalesce("release_date", "told_release_date").alias("release_date"),
            pl.coalesce("artist_names", "artists_text").alias("artist_names"),
        )
        .drop("album_id", "told_release_date", "artists_text")
    )
    return (
        base["playlist_items"]
        .drop_nulls("song_id")
        .group_by(PLAYLIST_SONG)
        .agg(
            pl.col("position").min(),
            pl.len().cast(pl.Int64).alias("occurrences"),
            pl.col("added_at", *TOLD).get(pl.col("position").arg_min()),
        )
        .join(playlists, on="playlist_id")
        .join(songs, on="song_id")
        .with_columns(points=pl.col("entries") + 1 - pl.col("position"))
        .sort("playlist_id", "position")
    )


def _release_days(albums: pl.DataFrame) -> pl.DataFrame:
    return albums.select(
        "album_id", pl.when(pl.col("release_date_precision") == "day").then("release_date").alias("release_date")
    )


def _artist_names(base: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    return (
        base["song_artists"]
        .join(base["artists"].select("artist_id", "name"), on="artist_id")
        .sort("song_id", "artist_position")
        .group_by("song_id", maintain_order=True)
        .agg(pl.col("name").str.join(ARTIST_SEPARATOR).alias("artist_names"))
    )
