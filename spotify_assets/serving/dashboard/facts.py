"""What the page tells of songs and artists besides their places on charts: as last seen, and from before its days."""

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
    told = (
        trends.sort(DAY, "playlist_id")
        .group_by("song_id", maintain_order=True)
        .agg(pl.col("label", "release_date").drop_nulls().last())
    )
    return (
        latest(songs, "song_id")
        .join(of_album, on="album_id", how="left")
        .join(told, on="song_id", how="full", coalesce=True)
        .select("song_id", "album", "label", release=pl.coalesce(pl.col("release_date").dt.to_string(), "of_album"))
    )


def from_before(trends: pl.DataFrame) -> pl.DataFrame:
    """What charts tell of their songs from before the page's first day: `first_seen`, and `peak_date` if it was then.

    One row per playlist and song that was there before; ISO dates. What came since is found in the chart's own rows.
    """
    first = pl.lit(trends[DAY].min(), pl.Date)
    last = trends.sort(DAY).unique(["playlist_id", "song_id"], keep="last")
    return (
        last.filter(pl.col("first_seen") < first)
        .select(
            "playlist_id",
            "song_id",
            first_seen=pl.col("first_seen").dt.to_string(),
            peak_date=pl.when(pl.col("peak_date") < first).then(pl.col("peak_date").dt.to_string()),
        )
        .sort("playlist_id", "song_id")
    )
