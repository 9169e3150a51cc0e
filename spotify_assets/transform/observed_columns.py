"""Columns of observations: a day's raw objects, before anything is decided."""

import polars as pl

from spotify_assets.transform.chart_files import TOLD_COLUMNS

TIME = pl.Datetime("us", "UTC")

PLAYLIST_COLUMNS = {
    "snapshot_index": pl.Int32,
    "raw_object": pl.String,
    "playlist_id": pl.String,
    "name": pl.String,
    "description": pl.String,
    "owner_id": pl.String,
    "owner_name": pl.String,
    "region": pl.String,
    "tags": pl.List(pl.String),
    "followers": pl.Int64,
    "is_public": pl.Boolean,
    "is_collaborative": pl.Boolean,
    "version_id": pl.String,
    "entries": pl.Int64,
    "fetched_at": TIME,
    "source": pl.String,
    "missing": pl.Int64,
    "doubt": pl.String,
    "page_first": pl.Int64,
    "page_total": pl.Int64,
    "page_has_next": pl.Boolean,
    "chart_type": pl.String,
    "recurrence": pl.String,
}
ENTRY_COLUMNS = {
    "snapshot_index": pl.Int32,
    "position": pl.Int64,
    "song_index": pl.Int32,
    "is_local": pl.Boolean,
    "added_at": TIME,
    "unreadable_added_at": pl.String,
    "added_by": pl.String,
    "is_lost": pl.Boolean,
}
SONG_COLUMNS = {
    "song_index": pl.Int32,
    "song_id": pl.String,
    "name": pl.String,
    "uri": pl.String,
    "type": pl.String,
    "is_local": pl.Boolean,
    "duration_ms": pl.Int64,
    "is_explicit": pl.Boolean,
    "popularity": pl.Int64,
    "disc_number": pl.Int64,
    "track_number": pl.Int64,
    "isrc": pl.String,
    "is_playable": pl.Boolean,
    "linked_from_id": pl.String,
    "album_id": pl.String,
    "album_name": pl.String,
    "album_type": pl.String,
    "release_date": pl.String,
    "release_date_precision": pl.String,
    "total_tracks": pl.Int64,
    "album_image_url": pl.String,
    "artist_ids": pl.List(pl.String),
    "artist_names": pl.List(pl.String),
    "artists_text": pl.String,
    "told_release_date": pl.String,
    # Whether its details are late, from raw/reference.
    "is_completed": pl.Boolean,
}
# What charts say of their places, and unreadable parts of their files: rows for `rejected_rows`.
TOLD = {"snapshot_index": pl.Int32, "position": pl.Int64, **TOLD_COLUMNS}
PROBLEM_COLUMNS = {
    "snapshot_index": pl.Int32,
    "raw_object": pl.String,
    "file": pl.String,
    "line": pl.Int64,
    "reason": pl.String,
    "text": pl.String,
    "column": pl.String,
}
IMPORT_COLUMNS = {
    "snapshot_index": pl.Int32,
    "raw_object": pl.String,
    "file": pl.String,
    "sha256": pl.String,
    "format": pl.String,
    "origin": pl.String,
    "licence": pl.String,
    "imported_at": TIME,
    "charts": pl.Int64,
    "rows_read": pl.Int64,
    "lines_not_read": pl.Int64,
}
PROFILE_COLUMNS = {
    "raw_object": pl.String,
    "artist_id": pl.String,
    "name": pl.String,
    "genres": pl.List(pl.String),
    "followers": pl.Int64,
    "popularity": pl.Int64,
    "image_url": pl.String,
    "profile_fetched_at": TIME,
    # Whether it is late, from raw/reference.
    "is_completed": pl.Boolean,
}
