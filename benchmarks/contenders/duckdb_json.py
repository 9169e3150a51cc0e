"""DuckDB: `read_json` with the needed fields spelled out, then SQL, with as many threads as it is given processors.

The winner rule is the platform's as far as its data can show it: the song, album and artist captured last.
"""

import os
from pathlib import Path

import duckdb

from benchmarks.generate import DAY

COLUMNS = """{
    envelope: 'STRUCT(source VARCHAR, fetched_at TIMESTAMPTZ, region VARCHAR, tags VARCHAR[])',
    playlist: 'STRUCT(
        id VARCHAR, name VARCHAR, description VARCHAR, owner STRUCT(id VARCHAR, display_name VARCHAR),
        followers STRUCT(total BIGINT), public BOOLEAN, collaborative BOOLEAN, snapshot_id VARCHAR,
        tracks STRUCT(items STRUCT(
            added_at TIMESTAMPTZ, added_by STRUCT(id VARCHAR), is_local BOOLEAN,
            track STRUCT(
                id VARCHAR, name VARCHAR, uri VARCHAR, type VARCHAR, duration_ms BIGINT, explicit BOOLEAN,
                popularity BIGINT, disc_number BIGINT, track_number BIGINT, external_ids STRUCT(isrc VARCHAR),
                album STRUCT(
                    id VARCHAR, name VARCHAR, album_type VARCHAR, release_date VARCHAR,
                    release_date_precision VARCHAR, total_tracks BIGINT, images STRUCT(url VARCHAR)[]),
                artists STRUCT(id VARCHAR, name VARCHAR)[]))[]))',
    artists: 'STRUCT(
        id VARCHAR, name VARCHAR, genres VARCHAR[], followers STRUCT(total BIGINT), popularity BIGINT,
        images STRUCT(url VARCHAR)[], fetched_at TIMESTAMPTZ)[]'
}"""

CAPTURED = """
CREATE TEMP TABLE captured AS
SELECT envelope, playlist, artists
FROM read_json($raw_files, columns = {columns}, format = 'unstructured')
"""

ENTRIES = """
CREATE TEMP TABLE entries AS
SELECT *, CASE
    WHEN track IS NULL THEN 'unavailable' WHEN entry.is_local THEN 'local' ELSE track.type
END AS entry_type
FROM (
    SELECT playlist_id, fetched_at, position, entry, entry.track AS track
    FROM (
        SELECT playlist.id AS playlist_id, envelope.fetched_at AS fetched_at,
            unnest(playlist.tracks.items) AS entry, unnest(range(1, len(playlist.tracks.items) + 1)) AS position
        FROM captured
    )
)
"""

SONGS = """
CREATE TEMP TABLE latest_songs AS
SELECT track.id AS song_id, arg_max(track, fetched_at) AS track
FROM entries WHERE entry_type = 'track' GROUP BY ALL
"""

CREDITS = """
CREATE TEMP TABLE mentions AS
SELECT unnest(track.artists) AS artist, fetched_at FROM entries WHERE entry_type = 'track'
"""

TABLES = {
    "playlists": """
        SELECT playlist.id AS playlist_id, playlist.name AS name, playlist.description AS description,
            playlist.owner.id AS owner_id, playlist.owner.display_name AS owner_name, envelope.region AS region,
            envelope.tags AS tags, playlist.followers.total AS followers, playlist.public AS is_public,
            playlist.collaborative AS is_collaborative, playlist.snapshot_id AS version_id,
            len(playlist.tracks.items) AS entries, envelope.fetched_at AS fetched_at, envelope.source AS source,
            NULL AS doubt, 'playlist' AS chart_type, NULL AS recurrence
        FROM captured WHERE playlist IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY playlist.id ORDER BY envelope.fetched_at DESC) = 1
    """,
    "playlist_items": """
        SELECT playlist_id, position, entry_type, CASE WHEN entry_type = 'track' THEN track.id END AS song_id,
            track.name AS name, track.uri AS uri, entry.added_at AS added_at, entry.added_by.id AS added_by,
            NULL AS label, NULL AS streams, NULL AS previous_rank, NULL AS was_on_previous_chart, NULL AS peak_rank,
            NULL AS periods_on_chart
        FROM entries
    """,
    "songs": """
        SELECT song_id, track.name AS name, track.album.id AS album_id, track.duration_ms AS duration_ms,
            track.explicit AS is_explicit, track.popularity AS popularity, track.disc_number AS disc_number,
            track.track_number AS track_number, track.external_ids.isrc AS isrc,
            'https://open.spotify.com/track/' || song_id AS url,
            NULL AS is_playable, NULL AS linked_from_id, coalesce(track.external_ids.isrc, song_id) AS recording_id,
            NULL AS artists_text, NULL AS release_date
        FROM latest_songs
    """,
    "song_artists": """
        SELECT song_id, position AS artist_position, artist.id AS artist_id FROM (
            SELECT song_id, unnest(track.artists) AS artist, unnest(range(1, len(track.artists) + 1)) AS position
            FROM latest_songs
        )
    """,
    "albums": """
        SELECT album_id, album.name AS name, album.album_type AS album_type,
            CAST(rpad(album.release_date, 10, '-01-01') AS DATE) AS release_date,
            album.release_date_precision AS release_date_precision, album.total_tracks AS total_tracks,
            album.images[1].url AS image_url, 'https://open.spotify.com/album/' || album_id AS url
        FROM (
            SELECT track.album.id AS album_id, arg_max(track.album, fetched_at) AS album
            FROM entries WHERE entry_type = 'track' GROUP BY ALL
        )
    """,
    "artists": """
        WITH profiles AS (SELECT unnest(artists) AS profile FROM captured WHERE artists IS NOT NULL),
        mentioned AS (SELECT artist.id AS id, arg_max(artist.name, fetched_at) AS name FROM mentions GROUP BY ALL)
        SELECT coalesce(profile.id, mentioned.id) AS artist_id, coalesce(profile.name, mentioned.name) AS name,
            profile.genres AS genres, profile.followers.total AS followers, profile.popularity AS popularity,
            profile.images[1].url AS image_url, profile.fetched_at AS profile_fetched_at,
            DATE '{day}' - CAST(profile.fetched_at AS DATE) AS profile_age_days,
            'https://open.spotify.com/artist/' || artist_id AS url,
            -- The raw data holds no answers of a second source.
            CASE WHEN len(profile.genres) > 0 THEN 'spotify' ELSE 'none' END AS genre_source, NULL AS country,
            NULL AS active_since, NULL AS wikidata_id, NULL AS musicbrainz_id
        FROM profiles FULL JOIN mentioned ON profile.id = mentioned.id
    """,
}


def run(raw_folder: Path, table_folder: Path) -> None:
    connection = duckdb.connect()
    threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2
    connection.execute(f"SET threads = {threads}; SET TimeZone = 'UTC'; SET preserve_insertion_order = false")
    connection.execute(CAPTURED.format(columns=COLUMNS), {"raw_files": str(raw_folder / "**" / "*.json")})
    for statement in (ENTRIES, SONGS, CREDITS):
        connection.execute(statement)
    for name, query in TABLES.items():
        dated = f"SELECT DATE '{DAY}' AS snapshot_date, * FROM ({query.format(day=DAY)}) ORDER BY ALL"
        path = table_folder / f"{name}.parquet"
        connection.execute(f"COPY ({dated}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
