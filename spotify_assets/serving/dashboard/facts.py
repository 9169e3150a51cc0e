"""Facts about songs and artists other than their places on charts: as last seen, and from before the page's days."""

import polars as pl

DAY = "snapshot_date"
PRECISION_CHARACTERS = {"year": 4, "month": 7, "day": 10}


def latest(rows: pl.DataFrame, key: str) -> pl.DataFrame:
    """The last row of each key."""
    return rows.sort(DAY).unique(key, keep="last", maintain_order=True)


def song_facts(songs: pl.DataFrame, albums: pl.DataFrame, trends: pl.DataFrame) -> pl.DataFrame:
    """One row per song: `album` (its name), `release` (ISO, as much of the date as is known) and `label`."""
    of_album = latest(albums, "album_id").select(
        "album_id",
        album="name",
        of_album=pl.col("release_date")
        .dt.to_string()
        .str.head(pl.col("release_date_precision").replace_strict(PRECISION_CHARACTERS, default=None)),
    )
    told = last_told(trends)
    return (
        latest(songs, "song_id")
        .join(of_album, on="album_id", how="left")
        .join(told, on="song_id", how="full", coalesce=True)
        .select("song_id", "album", "label", release=pl.coalesce(pl.col("release_date").dt.to_string(), "of_album"))
    )


def last_told(trends: pl.DataFrame) -> pl.DataFrame:
    """Label and release date of songs as a chart last reported them; null if none did."""
    return (
        trends.sort(DAY, "playlist_id")
        .group_by("song_id", maintain_order=True)
        .agg(pl.col("label", "release_date").drop_nulls().last())
    )


def told_otherwise(trends: pl.DataFrame) -> pl.DataFrame:
    """First day and peak day of songs on playlists, if they are not among the days of the song's own rows here.

    So it is for songs that were there before the first of these days, and recordings that had another id. ISO dates.
    """
    of_song = ["playlist_id", "song_id"]
    last = trends.sort(DAY).unique(of_song, keep="last").select(*of_song, "first_seen", "peak_date", "peak_position")
    own = (
        trends.select(*of_song, DAY, "position")
        .join(last, on=of_song)
        .group_by(of_song)
        .agg(
            pl.col("first_seen", "peak_date").first(),
            own_first=pl.col(DAY).min(),
            own_peak=pl.col(DAY).filter(pl.col("position") == pl.col("peak_position")).min(),
        )
    )
    differs = (pl.col("first_seen") != pl.col("own_first")) | pl.col("peak_date").ne_missing(pl.col("own_peak"))
    days = pl.col("first_seen", "peak_date").dt.to_string()
    return own.filter(differs).select(*of_song, days).sort(of_song)
