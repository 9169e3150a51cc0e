"""Observations to tables: one winner per key, keys that hold between tables, and every refused row with its rule.

The winner rule, the same for all tables and whatever the order of the raw objects: the observation captured last
wins; among those captured at the same moment the one with more filled columns; then the one that sorts last by its
columns in schema order, at last by the name of its raw object. A playlist is taken whole from its last capture of the
day, never mixed. An artist's profile beats a mere mention on a song.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from spotify_assets.schemas.base import BASE
from spotify_assets.transform.observations import Observations
from spotify_assets.transform.rejection import Splitter

SPOTIFY_PAGES = "https://open.spotify.com"
# Columns of artists that only a profile fills.
OF_PROFILES = {"genres", "followers", "popularity", "image_url", "profile_fetched_at", "profile_age_days"}
# Entries that are widened to rows at a time: with all their texts at once they would outweigh everything else.
ENTRIES_PER_PART = 50_000
PRECISION_STEPS = {"year": "1y", "month": "1mo", "day": "1d"}


@dataclass(frozen=True)
class DayTables:
    """The tables of one `snapshot_date`, keyed by table name; each satisfies its schema and is sorted by its key."""

    frames: dict[str, pl.DataFrame]


def build_tables(observations: Observations, snapshot_date: date) -> DayTables:
    """All tables of a day. A row that breaks a rule goes to `rejected_rows`, and so does what depends on it.

    Where a song is rejected its entry keeps its position in `playlist_items`, without `song_id`; where an album is
    rejected its songs stay, without `album_id`.
    """
    splitter = Splitter(snapshot_date)
    captures = _winning_captures(observations.playlists)
    entries, songs = _winning_entries(observations, captures)
    frames: dict[str, pl.DataFrame] = {}
    frames["artists"] = _artists(observations, songs, splitter, snapshot_date)
    albums = _albums(songs)
    splitter.note(_unreadable_release_dates(albums))
    frames["albums"] = splitter.split("albums", albums)
    winning_songs = _songs(songs, frames["albums"])
    frames["songs"] = splitter.split("songs", winning_songs)
    frames["song_artists"] = splitter.split_by_parents(
        "song_artists", _song_artists(winning_songs), {"song_id": frames["songs"], "artist_id": frames["artists"]}
    )
    frames["playlists"] = splitter.split("playlists", _latest_playlists(observations.playlists))
    parts: list[pl.DataFrame] = [BASE.tables["playlist_items"].schema.create_empty()]
    for part in _playlist_items(entries, captures, songs, frames["songs"]):
        splitter.note(_unreadable_times(part))
        parts.append(splitter.split_by_parents("playlist_items", part, {"playlist_id": frames["playlists"]}))
    frames["rejected_rows"] = splitter.rejected()
    ordered = {name: frame.sort(BASE.tables[name].order) for name, frame in frames.items()}
    ordered["playlist_items"] = pl.concat(parts)  # in order as they came; to sort them would take as much again
    return DayTables({name: ordered[name] for name in BASE.tables})


def _latest_playlists(playlists: pl.DataFrame) -> pl.DataFrame:
    return playlists.sort("fetched_at", "raw_object", "snapshot_index", descending=True).unique(
        "playlist_id", keep="first", maintain_order=True
    )


def _winning_captures(playlists: pl.DataFrame) -> pl.DataFrame:
    """The last capture of each playlist: `playlist_index` follows the ids, `recency` is 0 for the latest capture."""
    return (
        _latest_playlists(playlists)
        .select("snapshot_index", "playlist_id", "fetched_at", "raw_object")
        .sort("fetched_at", "raw_object", descending=[True, False])
        .with_row_index("recency")
        .sort("playlist_id")
        .with_row_index("playlist_index")
    )


def _winning_entries(observations: Observations, captures: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Entries of the winning captures by playlist and position, and the songs on them with when they were last seen."""
    entries = observations.entries.join(
        captures.select("snapshot_index", "playlist_index", "recency"), on="snapshot_index"
    )
    # To sort all entries by time and name instead of numbering the captures takes more memory than all the rest.
    seen = (
        entries.select("song_index", "recency", "is_local")
        .drop_nulls("song_index")
        .group_by("song_index")
        .agg(pl.col("recency").min(), pl.col("is_local").any().fill_null(value=False).alias("is_local_entry"))
        .join(captures.select("recency", "fetched_at", "raw_object"), on="recency")
    )
    songs = observations.songs.join(seen, on="song_index").with_columns(_entry_type())
    return entries.drop("snapshot_index", "recency", "is_local").sort("playlist_index", "position"), songs


def _entry_type() -> pl.Expr:
    local = pl.col("is_local").fill_null(value=False) | pl.col("is_local_entry")
    return (
        pl.when(local)
        .then(pl.lit("local"))
        .when(pl.col("type") == "episode")
        .then(pl.lit("episode"))
        .otherwise(pl.lit("track"))
        .alias("entry_type")
    )


def _winners(observed: pl.DataFrame, key: str, columns: list[str]) -> pl.DataFrame:
    """The winning row per `key` by the rule at the top of this module; `columns` decide ties in their order.

    Rows without a key have no rival: all of them stay, to be rejected each for itself.
    """
    filled = pl.sum_horizontal(pl.col(column).is_not_null() for column in columns).alias("filled")
    order = ["fetched_at", "filled", *columns, "raw_object"]
    return (
        observed.with_columns(filled)
        .sort(order, descending=True, nulls_last=True)
        .filter(pl.col(key).is_null() | pl.col(key).is_first_distinct())
        .drop("filled")
    )


def _songs(songs: pl.DataFrame, albums: pl.DataFrame) -> pl.DataFrame:
    attributes = ["name", "album_id", "duration_ms", "is_explicit", "popularity", "disc_number", "track_number", "isrc"]
    tracks = songs.filter(pl.col("entry_type") == "track")
    known_album = pl.col("album_id").is_in(albums["album_id"].implode())
    return _winners(tracks, "song_id", [*attributes, "artist_ids"]).with_columns(
        pl.when(known_album).then("album_id"), _page("track", "song_id")
    )


def _song_artists(winning_songs: pl.DataFrame) -> pl.DataFrame:
    return (
        winning_songs.select(
            "song_id",
            "raw_object",
            artist_id="artist_ids",
            artist_position=pl.int_ranges(pl.col("artist_ids").list.len()),
        )
        .explode("artist_id", "artist_position", empty_as_null=False)
        .with_columns(pl.col("artist_position") + 1)
    )


def _albums(songs: pl.DataFrame) -> pl.DataFrame:
    observed = songs.filter((pl.col("entry_type") == "track") & pl.col("album_id").is_not_null()).select(
        "album_id",
        "fetched_at",
        "raw_object",
        "album_type",
        "release_date",
        "release_date_precision",
        "total_tracks",
        name="album_name",
        image_url="album_image_url",
    )
    columns = ["name", "album_type", "release_date", "release_date_precision", "total_tracks", "image_url"]
    return (
        _winners(observed.unique(), "album_id", columns)
        .rename({"release_date": "release_date_text"})
        .with_columns(_release_date(), _precision())
        .with_columns(
            pl.col("release_date").dt.truncate(pl.col("release_date_precision").replace_strict(PRECISION_STEPS)),
            pl.when(pl.col("release_date").is_not_null()).then("release_date_precision"),
            _page("album", "album_id"),
        )
    )


def _release_date() -> pl.Expr:
    """The first day of the year, month or day that the text names; null where it names none ('0000', '1999-13')."""
    text = pl.col("release_date_text")
    day = pl.concat_str(text, pl.lit("-01-01").str.head(10 - text.str.len_chars().clip(4, 10)))
    readable = text.str.contains(r"^\d{4}(-\d{2}(-\d{2})?)?$") & (text.str.head(4) != "0000")
    padded = pl.when(text.str.len_chars() == 7).then(pl.concat_str(text, pl.lit("-01"))).otherwise(day)
    return pl.when(readable).then(padded.str.to_date("%Y-%m-%d", strict=False)).alias("release_date")


def _precision() -> pl.Expr:
    """The coarser of what the API says and what the text shows."""
    shown = pl.col("release_date_text").str.len_chars().replace_strict({4: 0, 7: 1, 10: 2}, default=0)
    said = pl.col("release_date_precision").replace_strict({"year": 0, "month": 1, "day": 2}, default=2)
    return (
        pl.min_horizontal(shown, said)
        .replace_strict({0: "year", 1: "month", 2: "day"}, return_dtype=pl.String)
        .alias("release_date_precision")
    )


def _artists(observations: Observations, songs: pl.DataFrame, splitter: Splitter, snapshot_date: date) -> pl.DataFrame:
    """The profile of each artist, or the name on a song where there is no profile that satisfies the schema."""
    profiles = observations.profiles.with_columns(
        _page("artist", "artist_id"),
        fetched_at=pl.col("profile_fetched_at"),
        profile_age_days=(pl.lit(snapshot_date) - pl.col("profile_fetched_at").dt.date()).dt.total_days(),
    )
    columns = ["name", "genres", "followers", "popularity", "image_url"]
    profiled = splitter.split("artists", _winners(profiles, "artist_id", columns))
    mentions = (
        songs.filter(pl.col("entry_type") == "track")
        .select("raw_object", "fetched_at", artist_id="artist_ids", name="artist_names")
        .explode("artist_id", "name", empty_as_null=False)
        .unique()
        .join(profiled, on="artist_id", how="anti")
    )
    mentioned = _winners(mentions, "artist_id", ["name"]).with_columns(
        _page("artist", "artist_id"),
        *(pl.lit(None, dtype).alias(name) for name, dtype in profiled.schema.items() if name in OF_PROFILES),
    )
    return pl.concat([profiled, splitter.split("artists", mentioned)])


def _playlist_items(
    entries: pl.DataFrame, captures: pl.DataFrame, songs: pl.DataFrame, published_songs: pl.DataFrame
) -> Iterator[pl.DataFrame]:
    """Rows of all entries, a part at a time; a song that is not published keeps its place without `song_id`."""
    published = pl.col("song_id").is_in(published_songs["song_id"].implode())
    of_songs = songs.select(
        "song_index",
        "entry_type",
        "name",
        "uri",
        pl.when((pl.col("entry_type") == "track") & published).then("song_id").alias("song_id"),
    )
    for part in entries.iter_slices(ENTRIES_PER_PART):
        yield (
            part.join(
                captures.select("playlist_index", "playlist_id", "raw_object"),
                on="playlist_index",
                maintain_order="left",
            )
            .join(of_songs, on="song_index", how="left", maintain_order="left")
            .with_columns(pl.col("entry_type").fill_null("unavailable"))
        )


def _page(kind: str, id_column: str) -> pl.Expr:
    return pl.format(f"{SPOTIFY_PAGES}/{kind}/{{}}", pl.col(id_column)).alias("url")


def _unreadable_times(entries: pl.DataFrame) -> pl.DataFrame:
    unreadable = entries.filter(pl.col("unreadable_added_at").is_not_null())
    return unreadable.select(
        "raw_object",
        table_name=pl.lit("playlist_items"),
        key=pl.format("{}/{}", "playlist_id", "position"),
        rule=pl.lit("added_at|unreadable"),
        row_json=pl.struct("playlist_id", "position", added_at="unreadable_added_at").struct.json_encode(),
    )


def _unreadable_release_dates(albums: pl.DataFrame) -> pl.DataFrame:
    unreadable = albums.filter(
        pl.col("release_date").is_null()
        & pl.col("release_date_text").is_not_null()
        & ~pl.col("release_date_text").str.starts_with("0000")  # Spotify's way to say that it does not know
    )
    return unreadable.select(
        "raw_object",
        table_name=pl.lit("albums"),
        key=pl.col("album_id"),
        rule=pl.lit("release_date|unreadable"),
        row_json=pl.struct("album_id", "name", "release_date_text").struct.json_encode(),
    )
