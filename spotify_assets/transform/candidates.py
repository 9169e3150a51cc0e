"""Observations to candidates: one winner per key, among all observations of a day or of any part of it.

The winner rule, the same for all tables and whatever the order of the raw objects: the observation captured last
wins; among those captured at the same moment the one with more filled columns; then the one that sorts last by its
columns in schema order, at last by the name of its raw object. A playlist is taken whole from its last capture of the
day, never mixed. That is a maximum over a total order, so the winners among the winners of parts are those of the
whole: parts may be made apart, on one machine or many, as long as all captures of a playlist are in one part.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from spotify_assets.schemas.base import ENTRY_TYPES
from spotify_assets.transform.artist_facts import TAKEN
from spotify_assets.transform.observations import Observations

ENTRY_TYPE = pl.Enum(ENTRY_TYPES)
# What an entry or a song needs to tell its winner: when it was seen last, and in which raw object.
SEEN = ("fetched_at", "raw_object")
# Columns that decide between observations of the same moment, in schema order.
DECIDING = {
    "songs": [
        *("name", "album_id", "duration_ms", "is_explicit", "popularity", "disc_number", "track_number", "isrc"),
        "artist_ids",
    ],
    "albums": ["name", "album_type", "release_date", "release_date_precision", "total_tracks", "image_url"],
    "artists": ["name"],
    "profiles": ["name", "genres", "followers", "popularity", "image_url"],
    "facts": ["fact_genres", *TAKEN],
}
KEYS = {
    "songs": "song_id",
    "albums": "album_id",
    "artists": "artist_id",
    "profiles": "artist_id",
    "facts": "artist_id",
}


@dataclass(frozen=True)
class LastCaptures:
    """The last capture of each playlist, its entries by playlist and position, and the song objects on them."""

    playlists: pl.DataFrame
    entries: pl.DataFrame
    songs: pl.DataFrame


def last_captures(observations: Observations) -> LastCaptures:
    """What counts of the observed playlists."""
    playlists = observations.playlists.sort("fetched_at", "raw_object", "snapshot_index", descending=True).unique(
        "playlist_id", keep="first", maintain_order=True
    )
    # Entries carry two numbers instead of their playlist's id, time and raw object, which would outweigh all the rest.
    numbered = playlists.with_row_index("recency").sort("playlist_id").with_row_index("playlist_index")
    entries = (
        observations.entries.join(numbered.select("snapshot_index", "playlist_index", "recency"), on="snapshot_index")
        .join(observations.songs.select("song_index", "type", song_is_local="is_local"), on="song_index", how="left")
        .with_columns(_entry_type())
        .drop("snapshot_index", "is_local", "song_is_local", "type")
        .sort("playlist_index", "position")
    )
    return LastCaptures(numbered, entries, observations.songs)


def _entry_type() -> pl.Expr:
    local = pl.col("song_is_local").fill_null(value=False) | pl.col("is_local").fill_null(value=False)
    return (
        pl.when(pl.col("song_index").is_null())
        .then(pl.lit("unavailable"))
        .when(local)
        .then(pl.lit("local"))
        .when(pl.col("type") == "episode")
        .then(pl.lit("episode"))
        .otherwise(pl.lit("track"))
        .cast(ENTRY_TYPE)
        .alias("entry_type")
    )


def candidates_on(captures: LastCaptures) -> dict[str, pl.DataFrame]:
    """Candidates for songs, albums, and artists as they are named on songs."""
    seen = (
        captures.entries.filter(pl.col("entry_type") == "track")
        .group_by("song_index")
        .agg(pl.col("recency").min())
        .join(captures.playlists.select("recency", *SEEN), on="recency")
    )
    tracks = captures.songs.join(seen, on="song_index")
    artists = (
        tracks.select(*SEEN, artist_id="artist_ids", name="artist_names")
        .explode("artist_id", "name", empty_as_null=False)
        .unique()
    )
    albums = (
        tracks.filter(pl.col("album_id").is_not_null())
        .select(
            *SEEN,
            *("album_id", "album_type", "release_date", "release_date_precision", "total_tracks"),
            name="album_name",
            image_url="album_image_url",
        )
        .unique()
    )
    return {
        "songs": winners("songs", [tracks.select(*SEEN, "song_id", *DECIDING["songs"])]),
        "albums": winners("albums", [albums]),
        "artists": winners("artists", [artists]),
    }


def profile_candidates(profiles: pl.DataFrame) -> pl.DataFrame:
    """Candidates for artists as their profiles tell of them."""
    return winners("profiles", [profiles.with_columns(fetched_at="profile_fetched_at")])


def fact_candidates(facts: pl.DataFrame) -> pl.DataFrame:
    """What a second source says of artists."""
    return winners("facts", [facts.drop_nulls("artist_id")])


def winners(kind: str, observed: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """The winning row per key by the rule at the top of this module, among rows of the same columns.

    Rows without a key have no rival but their equals: each will be rejected for itself.
    """
    key, columns = KEYS[kind], DECIDING[kind]
    filled = pl.sum_horizontal(pl.col(column).is_not_null() for column in columns).alias("filled")
    ordered = (
        pl.concat(observed)
        .with_columns(filled)
        .sort("fetched_at", "filled", *columns, "raw_object", descending=True, nulls_last=True)
        .drop("filled")
    )
    keyless = ordered.filter(pl.col(key).is_null())
    keyed = ordered.filter(pl.col(key).is_not_null() & pl.col(key).is_first_distinct())
    return pl.concat([keyed, keyless.unique(columns, keep="first", maintain_order=True)])
