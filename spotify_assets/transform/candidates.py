"""Observations to candidates: one winner per key, among all observations of a day or of any part of it.

The winner rule, the same for all tables and whatever the order of the raw objects: the observation captured last
wins; among those captured at the same moment the one with more filled columns; then the one that sorts last by its
columns in schema order, finally by the name of its raw object. A playlist is taken entirely from its last capture of
the day that is not held back, never mixed; other programs' captures count only if this platform captured nothing of
the playlist that day. That is a maximum over a total order, so the winners among the winners of parts are those of all
rows: parts may be computed apart, on one machine or many, if all captures of a playlist are in one part.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from spotify_assets.schemas.base import ENTRY_TYPES
from spotify_assets.transform.artist_facts import TAKEN, tells_something
from spotify_assets.transform.holding_back import Captures, of_songs, reasons
from spotify_assets.transform.observations import Observations
from spotify_assets.transform.page_series import with_pages_joined
from spotify_assets.transform.track_details import COMPLETED_AT

# The sources of files from other programs, and of files that people import.
FOREIGN, IMPORT = "foreign", "import"
# In order of trust; the platform's own captures come before all of them.
OTHERS = (IMPORT, FOREIGN)
ENTRY_TYPE = pl.Enum(ENTRY_TYPES)
# Columns that decide an entry's or song's winner: when it was last seen, and in which raw object.
SEEN = ("fetched_at", "raw_object")
# Columns that decide between observations of the same moment, in schema order.
DECIDING = {
    "songs": [
        *("name", "album_id", "duration_ms", "is_explicit", "popularity", "disc_number", "track_number", "isrc"),
        *("is_playable", "linked_from_id", "artists_text", "release_date", "artist_ids"),
    ],
    "albums": ["name", "album_type", "release_date", "release_date_precision", "total_tracks", "image_url"],
    "artists": ["name"],
    "profiles": ["name", "genres", "followers", "popularity", "image_url"],
    "facts": ["fact_genres", *TAKEN],
}
# A chart may name a song and no more; observations with one of these come before it, however early.
DETAILS = ["album_id", "duration_ms", "isrc"]
DAY_LENGTH = 10
KEYS = {
    "songs": "song_id",
    "albums": "album_id",
    "artists": "artist_id",
    "profiles": "artist_id",
    "facts": "artist_id",
}


@dataclass(frozen=True)
class LastCaptures:
    """The last capture of each playlist, its entries by playlist and position, and the song objects on them.

    `held_back` are the captures that do not count, with a row for each reason; `stands_for` says whether the playlist
    has no other on that day. `held_entries` are their entries. `told` is what charts say of the places of `entries`;
    `problems` and `imports` are of chart files.
    """

    playlists: pl.DataFrame
    entries: pl.DataFrame
    songs: pl.DataFrame
    held_back: pl.DataFrame
    held_entries: pl.DataFrame
    told: pl.DataFrame
    problems: pl.DataFrame
    imports: pl.DataFrame


def last_captures(observations: Observations, limit: float) -> LastCaptures:
    """The captures that count; `limit` is the share of entries beyond which a playlist is held back."""
    observations = with_pages_joined(observations)
    songs = observations.songs.select(
        *("song_index", "type", *of_songs()), song_is_local="is_local", has_id=pl.col("song_id").is_not_null()
    )
    entries = (
        observations.entries.join(songs, on="song_index", how="left")
        .with_columns(_entry_type())
        .drop("is_local", "song_is_local", "type", "has_id")
    )
    held = reasons(Captures(observations.playlists, entries, observations.songs, limit))
    recent = observations.playlists.sort("fetched_at", "raw_object", "snapshot_index", descending=True)
    trusted = recent.sort(_distrust(), maintain_order=True)
    chosen = trusted.join(held, on="snapshot_index", how="anti", maintain_order="left").unique(
        "playlist_id", keep="first", maintain_order=True
    )
    playlists = recent.join(chosen, on="snapshot_index", how="semi", maintain_order="left")
    # Entries have two numbers instead of their playlist's id, time and raw object, which would outweigh the rest.
    numbered = playlists.with_row_index("recency").sort("playlist_id").with_row_index("playlist_index")
    held_back = pl.concat([_held_back(trusted, held, playlists), _less_trusted(recent, playlists)])
    return LastCaptures(
        numbered,
        entries.drop("is_song", "is_spoilt", "is_lost")
        .join(numbered.select("snapshot_index", "playlist_index", "recency"), on="snapshot_index")
        .drop("snapshot_index")
        .sort("playlist_index", "position"),
        observations.songs,
        held_back,
        _held_entries(observations.songs, entries, held_back.filter("stands_for")),
        observations.told.join(numbered.select("snapshot_index", "playlist_index"), on="snapshot_index").drop(
            "snapshot_index"
        ),
        observations.problems,
        observations.imports,
    )


def _distrust() -> pl.Expr:
    return pl.col("source").replace_strict({name: 1 + at for at, name in enumerate(OTHERS)}, default=0)


def _held_back(trusted: pl.DataFrame, held: pl.DataFrame, playlists: pl.DataFrame) -> pl.DataFrame:
    """Captures that are held back and would count before what is published of their playlist, or the first of it."""
    order = trusted.with_row_index("order")
    published = order.join(playlists.select("snapshot_index"), on="snapshot_index", how="semi")
    others = (
        order.join(held.select("snapshot_index").unique(), on="snapshot_index", how="semi", maintain_order="left")
        .unique("playlist_id", keep="first", maintain_order=True)
        .join(published.select("playlist_id", published="order"), on="playlist_id", how="left", maintain_order="left")
        .filter(pl.col("published").is_null() | (pl.col("order") < pl.col("published")))
        .with_columns(stands_for=pl.col("published").is_null())
        .drop("order", "published")
    )
    return others.join(held, on="snapshot_index", maintain_order="left")


def _less_trusted(recent: pl.DataFrame, playlists: pl.DataFrame) -> pl.DataFrame:
    """Captures later than the one that counts, which is from a more trusted source."""
    counting = playlists.unique("playlist_id", keep="any").select(
        "playlist_id", counts="fetched_at", trust=_distrust(), is_import=pl.col("source") == IMPORT
    )
    later = (
        recent.with_columns(distrust=_distrust())
        .join(counting, on="playlist_id", maintain_order="left")
        .filter((pl.col("fetched_at") > pl.col("counts")) & (pl.col("distrust") > pl.col("trust")))
    )
    by = (
        pl.when(pl.col("source") == FOREIGN)
        .then(pl.lit("another program landed it"))
        .otherwise(pl.lit("it was imported"))
    )
    what = pl.when("is_import").then(pl.lit("an import")).otherwise(pl.lit("the platform's own capture"))
    reason = pl.format("{}, and {} of {} counts before it", by, what, "counts")
    return later.select(*recent.columns, stands_for=pl.lit(value=False), rule=pl.lit("less_trusted"), reason=reason)


def _held_entries(songs: pl.DataFrame, entries: pl.DataFrame, held_back: pl.DataFrame) -> pl.DataFrame:
    captures = held_back.select("snapshot_index", "playlist_id", "raw_object").unique()
    return (
        entries.join(captures, on="snapshot_index")
        .join(songs.select("song_index", "song_id", "name", "uri"), on="song_index", how="left")
        .with_columns(pl.col("entry_type").cast(pl.String))
    )


def _entry_type() -> pl.Expr:
    """An entry's type; a song without an id that is no local file was removed from Spotify."""
    local = pl.col("song_is_local").fill_null(value=False) | pl.col("is_local").fill_null(value=False)
    return (
        pl.when(pl.col("song_index").is_null())
        .then(pl.lit("unavailable"))
        .when(local)
        .then(pl.lit("local"))
        .when(pl.col("type") == "episode")
        .then(pl.lit("episode"))
        .when(~pl.col("has_id"))
        .then(pl.lit("unavailable"))
        .otherwise(pl.lit("track"))
        .cast(ENTRY_TYPE)
        .alias("entry_type")
    )


def candidates_on(captures: LastCaptures) -> dict[str, pl.DataFrame]:
    """Candidates for songs, albums, and artists as named on songs."""
    seen = (
        captures.entries.filter(pl.col("entry_type") == "track")
        .group_by("song_index")
        .agg(pl.col("recency").min())
        .join(captures.playlists.select("recency", *SEEN), on="recency")
    )
    tracks = captures.songs.join(seen, on="song_index").with_columns(
        fetched_at=pl.when("is_completed").then(COMPLETED_AT).otherwise("fetched_at")
    )
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
        "songs": winners("songs", [_with_told_dates(tracks).select(*SEEN, "song_id", *DECIDING["songs"])]),
        "albums": winners("albums", [albums]),
        "artists": winners("artists", [artists]),
    }


def _with_told_dates(tracks: pl.DataFrame) -> pl.DataFrame:
    """Songs with the release day that a chart states; a month or a year is none."""
    day = pl.col("told_release_date").str.to_date("%Y-%m-%d", strict=False)
    return tracks.with_columns(
        release_date=pl.when(pl.col("told_release_date").str.len_bytes() == DAY_LENGTH).then(day)
    )


def profile_candidates(profiles: pl.DataFrame) -> pl.DataFrame:
    """Candidates for artists from their profiles."""
    seen_at = pl.when("is_completed").then(COMPLETED_AT).otherwise("profile_fetched_at")
    return winners("profiles", [profiles.with_columns(fetched_at=seen_at)])


def fact_candidates(facts: pl.DataFrame) -> pl.DataFrame:
    """A second source's facts, for artists that have any."""
    return winners("facts", [facts.drop_nulls("artist_id").filter(tells_something())])


def winners(kind: str, observed: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """The winning row per key by the rule at the top of this module, among rows of the same columns.

    Rows without a key compete only with equal rows: each will be rejected by itself.
    """
    key, columns = KEYS[kind], DECIDING[kind]
    filled = pl.sum_horizontal(pl.col(column).is_not_null() for column in columns).alias("filled")
    details = [pl.any_horizontal(pl.col(DETAILS).is_not_null())] if kind == "songs" else []
    ordered = (
        pl.concat(observed)
        .with_columns(filled)
        .sort(*details, "fetched_at", "filled", *columns, "raw_object", descending=True, nulls_last=True)
        .drop("filled")
    )
    keyless = ordered.filter(pl.col(key).is_null())
    keyed = ordered.filter(pl.col(key).is_not_null() & pl.col(key).is_first_distinct())
    return pl.concat([keyed, keyless.unique(columns, keep="first", maintain_order=True)])
