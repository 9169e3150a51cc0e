"""The base tables: the content of a day's raw objects, typed and related."""

import dataframely as dy
import polars as pl

from spotify_assets.schemas.table import UTC, ForeignKey, Table, partition_date, table_group, told_label, told_streams
from spotify_assets.spotify.payloads import ID, PLAYLIST_ID

DAY_MS = 86_400_000

ENTRY_TYPES = ("track", "episode", "local", "unavailable")
PRECISIONS = ("year", "month", "day")
RECURRENCES = ("daily", "weekly")
GENRE_SOURCES = ("spotify", "wikidata", "none")


class Playlists(dy.Schema):
    """One row per playlist and day: the playlist as captured."""

    snapshot_date = partition_date()
    playlist_id = dy.String(
        primary_key=True, regex=PLAYLIST_ID, description="Spotify id of the playlist; liked for liked songs"
    )
    name = dy.String(nullable=True, description="Name of the playlist")
    description = dy.String(nullable=True, description="Description written by the owner")
    owner_id = dy.String(nullable=True, description="Spotify user id of the owner")
    owner_name = dy.String(nullable=True, description="Display name of the owner")
    region = dy.String(
        nullable=True, description="Region of the chart: its own, or the one in playlists.yaml at capture"
    )
    tags = dy.List(dy.String(), description="Tags of the playlist, from playlists.yaml")
    followers = dy.Int64(nullable=True, min=0, description="Followers of the playlist")
    is_public = dy.Bool(nullable=True, description="Whether it is shown on the owner's profile")
    is_collaborative = dy.Bool(nullable=True, description="Whether others may edit it")
    version_id = dy.String(nullable=True, description="Spotify's snapshot_id; changes whenever the playlist does")
    entries = dy.Int64(min=0, description="Number of entries captured, of any type")
    fetched_at = dy.Datetime(time_zone=UTC, time_unit="us", description="UTC time of capture")
    source = dy.String(
        check=lambda column: column.is_in(["sample", "spotify", "import", "foreign"]),
        description="Who captured it: sample, spotify, import (a file that somebody imported), or foreign (landed by "
        "another program)",
    )
    doubt = dy.String(
        nullable=True,
        description="Doubt about the capture, such as fewer entries than Spotify reports; empty if there is none",
    )
    chart_type = dy.String(
        nullable=True,
        description="Kind of chart: regional, viral, city or another word of Spotify's, or playlist. With recurrence "
        "it forms the series, within which charts are compared; empty only in rows written by an older version",
    )
    recurrence = dy.String(
        nullable=True,
        check=lambda column: column.is_in(RECURRENCES),
        description="Period that the chart covers, daily or weekly; empty for a playlist",
    )


class PlaylistItems(dy.Schema):
    """One row per playlist entry and day, of any type, so that positions have no gaps."""

    snapshot_date = partition_date()
    playlist_id = dy.String(primary_key=True, regex=PLAYLIST_ID, description="Playlist the entry is on")
    position = dy.Int64(primary_key=True, min=1, description="Position on the playlist, 1 is the top")
    entry_type = dy.String(
        check=lambda column: column.is_in(ENTRY_TYPES),
        description="track, episode, local (the owner's own file) or unavailable (removed from Spotify or unreadable)",
    )
    song_id = dy.String(
        nullable=True, regex=ID, description="Song in songs; empty for other types and for a rejected song"
    )
    name = dy.String(nullable=True, description="Title of the entry, including episodes and local files")
    uri = dy.String(nullable=True, description="Spotify URI of the entry")
    added_at = dy.Datetime(nullable=True, time_zone=UTC, time_unit="us", description="UTC time it was added")
    added_by = dy.String(nullable=True, description="Spotify user id of whoever added it")
    label = told_label()
    streams = told_streams()
    previous_rank = dy.Int64(
        nullable=True, min=1, description="Position on the previous chart, as reported by the chart itself"
    )
    was_on_previous_chart = dy.Bool(
        nullable=True, description="Whether the chart says the song was on the previous one; empty if it does not say"
    )
    peak_rank = dy.Int64(nullable=True, min=1, description="Best position so far, as reported by the chart itself")
    periods_on_chart = dy.Int64(
        nullable=True, min=1, description="Days (daily chart) or weeks (weekly) on it, as reported by the chart itself"
    )

    @dy.rule()
    def only_tracks_name_a_song(cls) -> pl.Expr:  # noqa: N805, D102  dataframely rules are class-level
        return pl.col("song_id").is_null() | (pl.col("entry_type") == "track")


class Songs(dy.Schema):
    """One row per song and day, for every song on a captured playlist."""

    snapshot_date = partition_date()
    song_id = dy.String(primary_key=True, regex=ID, description="Spotify track id")
    name = dy.String(nullable=True, description="Title of the song; empty if it could not be read")
    album_id = dy.String(nullable=True, regex=ID, description="Album in albums")
    duration_ms = dy.Int64(nullable=True, min=0, max=DAY_MS, description="Length in milliseconds")
    is_explicit = dy.Bool(nullable=True, description="Whether the lyrics are marked explicit")
    popularity = dy.Int64(
        nullable=True, min=0, max=100, description="Spotify's popularity, 0 to 100; empty if the API withholds it"
    )
    disc_number = dy.Int64(nullable=True, min=0, description="Disc of the album, 1-based")
    track_number = dy.Int64(nullable=True, min=0, description="Position on that disc, 1-based")
    isrc = dy.String(nullable=True, description="International Standard Recording Code, if given")
    url = dy.String(description="Page of the song on Spotify")
    is_playable = dy.Bool(
        nullable=True, description="Whether Spotify plays it in the requested market; empty if none was requested"
    )
    linked_from_id = dy.String(
        nullable=True, description="Id on the playlist, if Spotify plays this song of the same recording instead"
    )
    recording_id = dy.String(
        nullable=True,
        description="Identifies the recording across ids: the ISRC in capital letters, else the song_id; empty only in "
        "rows written by an older version",
    )
    artists_text = dy.String(
        nullable=True,
        description="Artists as the chart writes them, if it gives no artist ids and song_artists has no rows; never "
        "split, since names may contain commas",
    )
    release_date = dy.Date(
        nullable=True, description="Release date as reported by a chart; otherwise see albums.release_date"
    )


class SongArtists(dy.Schema):
    """One row per song, artist credited on it, and day."""

    snapshot_date = partition_date()
    song_id = dy.String(primary_key=True, regex=ID, description="Song in songs")
    artist_position = dy.Int64(primary_key=True, min=1, description="Order of credit, 1 is the main artist")
    artist_id = dy.String(regex=ID, description="Artist in artists")


class Albums(dy.Schema):
    """One row per album and day, for the albums of all songs of that day."""

    snapshot_date = partition_date()
    album_id = dy.String(primary_key=True, regex=ID, description="Spotify album id")
    name = dy.String(nullable=True, description="Title of the album")
    album_type = dy.String(nullable=True, description="album, single or compilation")
    release_date = dy.Date(
        nullable=True, description="Release date; the first day of the year or month if only that is known"
    )
    release_date_precision = dy.String(
        nullable=True,
        check=lambda column: column.is_in(PRECISIONS),
        description="year, month or day: how much of release_date is known",
    )
    total_tracks = dy.Int64(nullable=True, min=0, description="Songs on the album")
    image_url = dy.String(nullable=True, description="Largest cover image")
    url = dy.String(description="Page of the album on Spotify")

    @dy.rule()
    def a_date_has_its_precision(cls) -> pl.Expr:  # noqa: N805, D102
        return pl.col("release_date").is_null() == pl.col("release_date_precision").is_null()


class Artists(dy.Schema):
    """One row per artist and day: everyone credited on a song or whose profile was captured that day."""

    snapshot_date = partition_date()
    artist_id = dy.String(primary_key=True, regex=ID, description="Spotify artist id")
    name = dy.String(nullable=True, description="Name of the artist; empty if it could not be read")
    genres = dy.List(
        dy.String(),
        nullable=True,
        description="Genres of the artist, as named in the genre vocabulary; empty list or null if unknown",
    )
    followers = dy.Int64(nullable=True, min=0, description="Followers; empty if the API withholds it")
    popularity = dy.Int64(nullable=True, min=0, max=100, description="Spotify's popularity, 0 to 100, if given")
    image_url = dy.String(nullable=True, description="Largest picture of the artist")
    profile_fetched_at = dy.Datetime(
        nullable=True, time_zone=UTC, time_unit="us", description="UTC time the profile was read; null if none was"
    )
    profile_age_days = dy.Int64(
        nullable=True,
        description="Days from reading the profile to snapshot_date; negative if it was read later",
    )
    url = dy.String(description="Page of the artist on Spotify")
    genre_source = dy.String(
        check=lambda column: column.is_in(GENRE_SOURCES),
        description="Source of the genres: spotify, wikidata if Spotify has none, or none",
    )
    country = dy.String(
        nullable=True,
        regex=r"^[A-Z]{2}$",
        description="Country of origin, else of citizenship, from Wikidata: ISO 3166-1 alpha-2; empty if unknown or "
        "if there are several",
    )
    active_since = dy.Int64(
        nullable=True, min=1000, max=2999, description="Year in which the artist became active, from Wikidata"
    )
    wikidata_id = dy.String(nullable=True, regex=r"^Q[1-9]\d*$", description="The artist's item in Wikidata")
    musicbrainz_id = dy.String(nullable=True, description="The artist's id in MusicBrainz (a UUID), from Wikidata")

    @dy.rule()
    def genres_have_a_source(cls) -> pl.Expr:  # noqa: N805, D102
        return (pl.col("genre_source") != "none") == (pl.col("genres").list.len().fill_null(0) > 0)


class Imports(dy.Schema):
    """One row per imported file and day it has rows for: the file's provenance."""

    snapshot_date = partition_date()
    sha256 = dy.String(primary_key=True, regex=r"^[0-9a-f]{64}$", description="SHA-256 of the file")
    raw_object = dy.String(primary_key=True, description="Raw object with the file's lines for the day")
    file = dy.String(description="Name of the file; for a file in an archive, its path there")
    format = dy.String(description="Format of the file")
    origin = dy.String(nullable=True, description="Where it is from, as stated at import")
    licence = dy.String(nullable=True, description="Terms under which it may be used, as stated at import")
    imported_at = dy.Datetime(time_zone=UTC, time_unit="us", description="UTC time of the import")
    charts = dy.Int64(min=0, description="Charts or playlists of the day in the file")
    rows_read = dy.Int64(min=0, description="Lines read as positions on these")
    lines_not_read = dy.Int64(
        min=0, description="Lines that could not be read; rejected_rows lists each with its reason"
    )


class RejectedRows(dy.Schema):
    """Content of the day's raw objects that could not be published as it was, and why."""

    snapshot_date = dy.Date(description="UTC day of the raw object; the partition")
    table_name = dy.String(description="Table the row was meant for")
    key = dy.String(nullable=True, description="Key of the row within its table and day")
    rule = dy.String(description="Rule it breaks, as named in the contract; for playlists held_back and the reason")
    raw_object = dy.String(nullable=True, description="Raw object it came from")
    row_json = dy.String(description="The row itself, as JSON")


# Published in this order: dimensions before the facts that reference them.
FOREIGN_KEYS: tuple[ForeignKey, ...] = (
    ForeignKey("songs", "album_id", "albums", "album_id"),
    ForeignKey("song_artists", "song_id", "songs", "song_id"),
    ForeignKey("song_artists", "artist_id", "artists", "artist_id"),
    ForeignKey("playlist_items", "playlist_id", "playlists", "playlist_id"),
    ForeignKey("playlist_items", "song_id", "songs", "song_id"),
)

BASE = table_group(
    "base",
    Table("artists", Artists),
    Table("albums", Albums),
    Table("songs", Songs),
    Table("song_artists", SongArtists),
    Table("playlists", Playlists),
    Table("playlist_items", PlaylistItems),
    Table("imports", Imports),
    Table("rejected_rows", RejectedRows),
    foreign_keys=FOREIGN_KEYS,
)
