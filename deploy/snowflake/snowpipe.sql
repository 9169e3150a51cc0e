-- Snowpipe, fed by name: rows of exactly the published files, minutes after their publish, without a warehouse.
--
-- Written by `python -m spotify_assets.serving.snowflake.pipes`; docs/snowflake.md says how it is used. Before running
-- it, put in the bucket of the tables (stack output LakeUrl), its prefix if any, and the ARN of a role that may read.
--
-- AUTO_INGEST stays FALSE: a file lies in the bucket before it is audited, and one that fails stays there. Whoever
-- published calls insertFiles with the files that the catalog names; nothing else is ever loaded.

USE ROLE ACCOUNTADMIN;
USE DATABASE MUSIC;

CREATE STORAGE INTEGRATION IF NOT EXISTS spotify_tables
    TYPE = EXTERNAL_STAGE
    STORAGE_PROVIDER = 'S3'
    ENABLED = TRUE
    STORAGE_AWS_ROLE_ARN = 'arn:aws:iam::123456789012:role/snowflake-reads-spotify'
    STORAGE_ALLOWED_LOCATIONS = ('s3://my-table-bucket/');

CREATE SCHEMA IF NOT EXISTS SPOTIFY_LANDING COMMENT = 'What Snowpipe loaded: every published file, also replaced ones';
CREATE SCHEMA IF NOT EXISTS SPOTIFY_PIPED COMMENT = 'The published tables: of each day the run that was loaded last';

CREATE STAGE IF NOT EXISTS SPOTIFY_LANDING.published
    URL = 's3://my-table-bucket/'
    STORAGE_INTEGRATION = spotify_tables
    FILE_FORMAT = (TYPE = PARQUET USE_LOGICAL_TYPE = TRUE USE_VECTORIZED_SCANNER = TRUE);

CREATE TABLE IF NOT EXISTS SPOTIFY_LANDING.artists (
    snapshot_date DATE NOT NULL COMMENT 'UTC day the playlist was captured; the partition',
    artist_id VARCHAR NOT NULL COMMENT 'Spotify artist id',
    name VARCHAR COMMENT 'Name of the artist; empty if it could not be read',
    genres ARRAY COMMENT 'Genres of the artist, as named in the genre vocabulary; empty list or null if unknown',
    followers BIGINT COMMENT 'Followers; empty if the API withholds it',
    popularity BIGINT COMMENT 'Spotify’s popularity, 0 to 100, if given',
    image_url VARCHAR COMMENT 'Largest picture of the artist',
    profile_fetched_at TIMESTAMP_LTZ(6) COMMENT 'UTC time the profile was read; null if none was',
    profile_age_days BIGINT COMMENT 'Days from reading the profile to snapshot_date; negative if it was read later',
    url VARCHAR COMMENT 'Page of the artist on Spotify',
    genre_source VARCHAR COMMENT 'Source of the genres: spotify, wikidata if Spotify has none, or none',
    country VARCHAR COMMENT 'Country of origin, else of citizenship, from Wikidata: ISO 3166-1 alpha-2; empty if unknown or if there are several',
    active_since BIGINT COMMENT 'Year in which the artist became active, from Wikidata',
    wikidata_id VARCHAR COMMENT 'The artist’s item in Wikidata',
    musicbrainz_id VARCHAR COMMENT 'The artist’s id in MusicBrainz (a UUID), from Wikidata',
    file VARCHAR NOT NULL COMMENT 'File the row was loaded from',
    loaded_at TIMESTAMP_LTZ NOT NULL COMMENT 'When Snowpipe began to read that file'
) COMMENT = 'One row per artist and day: everyone credited on a song or whose profile was captured that day.';
CREATE PIPE IF NOT EXISTS SPOTIFY_LANDING.artists_pipe AUTO_INGEST = FALSE AS
    COPY INTO SPOTIFY_LANDING.artists FROM @SPOTIFY_LANDING.published
    PATTERN = '(.*/)?artists_data/data/.*[.]parquet'
    MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE
    INCLUDE_METADATA = (file = METADATA$FILENAME, loaded_at = METADATA$START_SCAN_TIME);
CREATE VIEW IF NOT EXISTS SPOTIFY_PIPED.artists COMMENT = 'One row per artist and day: everyone credited on a song or whose profile was captured that day.' AS
    SELECT snapshot_date, artist_id, name, genres, followers, popularity, image_url, profile_fetched_at, profile_age_days, url, genre_source, country, active_since, wikidata_id, musicbrainz_id
    FROM SPOTIFY_LANDING.artists
    QUALIFY REGEXP_SUBSTR(file, '-[^/]*$') = FIRST_VALUE(REGEXP_SUBSTR(file, '-[^/]*$')) OVER (PARTITION BY snapshot_date ORDER BY loaded_at DESC, file);

CREATE TABLE IF NOT EXISTS SPOTIFY_LANDING.albums (
    snapshot_date DATE NOT NULL COMMENT 'UTC day the playlist was captured; the partition',
    album_id VARCHAR NOT NULL COMMENT 'Spotify album id',
    name VARCHAR COMMENT 'Title of the album',
    album_type VARCHAR COMMENT 'album, single or compilation',
    release_date DATE COMMENT 'Release date; the first day of the year or month if only that is known',
    release_date_precision VARCHAR COMMENT 'year, month or day: how much of release_date is known',
    total_tracks BIGINT COMMENT 'Songs on the album',
    image_url VARCHAR COMMENT 'Largest cover image',
    url VARCHAR COMMENT 'Page of the album on Spotify',
    file VARCHAR NOT NULL COMMENT 'File the row was loaded from',
    loaded_at TIMESTAMP_LTZ NOT NULL COMMENT 'When Snowpipe began to read that file'
) COMMENT = 'One row per album and day, for the albums of all songs of that day.';
CREATE PIPE IF NOT EXISTS SPOTIFY_LANDING.albums_pipe AUTO_INGEST = FALSE AS
    COPY INTO SPOTIFY_LANDING.albums FROM @SPOTIFY_LANDING.published
    PATTERN = '(.*/)?albums_data/data/.*[.]parquet'
    MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE
    INCLUDE_METADATA = (file = METADATA$FILENAME, loaded_at = METADATA$START_SCAN_TIME);
CREATE VIEW IF NOT EXISTS SPOTIFY_PIPED.albums COMMENT = 'One row per album and day, for the albums of all songs of that day.' AS
    SELECT snapshot_date, album_id, name, album_type, release_date, release_date_precision, total_tracks, image_url, url
    FROM SPOTIFY_LANDING.albums
    QUALIFY REGEXP_SUBSTR(file, '-[^/]*$') = FIRST_VALUE(REGEXP_SUBSTR(file, '-[^/]*$')) OVER (PARTITION BY snapshot_date ORDER BY loaded_at DESC, file);

CREATE TABLE IF NOT EXISTS SPOTIFY_LANDING.songs (
    snapshot_date DATE NOT NULL COMMENT 'UTC day the playlist was captured; the partition',
    song_id VARCHAR NOT NULL COMMENT 'Spotify track id',
    name VARCHAR COMMENT 'Title of the song; empty if it could not be read',
    album_id VARCHAR COMMENT 'Album in albums',
    duration_ms BIGINT COMMENT 'Length in milliseconds',
    is_explicit BOOLEAN COMMENT 'Whether the lyrics are marked explicit',
    popularity BIGINT COMMENT 'Spotify’s popularity, 0 to 100; empty if the API withholds it',
    disc_number BIGINT COMMENT 'Disc of the album, 1-based',
    track_number BIGINT COMMENT 'Position on that disc, 1-based',
    isrc VARCHAR COMMENT 'International Standard Recording Code, if given',
    url VARCHAR COMMENT 'Page of the song on Spotify',
    is_playable BOOLEAN COMMENT 'Whether Spotify plays it in the requested market; empty if none was requested',
    linked_from_id VARCHAR COMMENT 'Id on the playlist, if Spotify plays this song of the same recording instead',
    recording_id VARCHAR COMMENT 'Identifies the recording across ids: the ISRC in capital letters, else the song_id; empty only in rows written by an older version',
    artists_text VARCHAR COMMENT 'Artists as the chart writes them, if it gives no artist ids and song_artists has no rows; never split, since names may contain commas',
    release_date DATE COMMENT 'Release date as reported by a chart; otherwise see albums.release_date',
    file VARCHAR NOT NULL COMMENT 'File the row was loaded from',
    loaded_at TIMESTAMP_LTZ NOT NULL COMMENT 'When Snowpipe began to read that file'
) COMMENT = 'One row per song and day, for every song on a captured playlist.';
CREATE PIPE IF NOT EXISTS SPOTIFY_LANDING.songs_pipe AUTO_INGEST = FALSE AS
    COPY INTO SPOTIFY_LANDING.songs FROM @SPOTIFY_LANDING.published
    PATTERN = '(.*/)?songs_data/data/.*[.]parquet'
    MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE
    INCLUDE_METADATA = (file = METADATA$FILENAME, loaded_at = METADATA$START_SCAN_TIME);
CREATE VIEW IF NOT EXISTS SPOTIFY_PIPED.songs COMMENT = 'One row per song and day, for every song on a captured playlist.' AS
    SELECT snapshot_date, song_id, name, album_id, duration_ms, is_explicit, popularity, disc_number, track_number, isrc, url, is_playable, linked_from_id, recording_id, artists_text, release_date
    FROM SPOTIFY_LANDING.songs
    QUALIFY REGEXP_SUBSTR(file, '-[^/]*$') = FIRST_VALUE(REGEXP_SUBSTR(file, '-[^/]*$')) OVER (PARTITION BY snapshot_date ORDER BY loaded_at DESC, file);

CREATE TABLE IF NOT EXISTS SPOTIFY_LANDING.song_artists (
    snapshot_date DATE NOT NULL COMMENT 'UTC day the playlist was captured; the partition',
    song_id VARCHAR NOT NULL COMMENT 'Song in songs',
    artist_position BIGINT NOT NULL COMMENT 'Order of credit, 1 is the main artist',
    artist_id VARCHAR COMMENT 'Artist in artists',
    file VARCHAR NOT NULL COMMENT 'File the row was loaded from',
    loaded_at TIMESTAMP_LTZ NOT NULL COMMENT 'When Snowpipe began to read that file'
) COMMENT = 'One row per song, artist credited on it, and day.';
CREATE PIPE IF NOT EXISTS SPOTIFY_LANDING.song_artists_pipe AUTO_INGEST = FALSE AS
    COPY INTO SPOTIFY_LANDING.song_artists FROM @SPOTIFY_LANDING.published
    PATTERN = '(.*/)?song_artists_data/data/.*[.]parquet'
    MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE
    INCLUDE_METADATA = (file = METADATA$FILENAME, loaded_at = METADATA$START_SCAN_TIME);
CREATE VIEW IF NOT EXISTS SPOTIFY_PIPED.song_artists COMMENT = 'One row per song, artist credited on it, and day.' AS
    SELECT snapshot_date, song_id, artist_position, artist_id
    FROM SPOTIFY_LANDING.song_artists
    QUALIFY REGEXP_SUBSTR(file, '-[^/]*$') = FIRST_VALUE(REGEXP_SUBSTR(file, '-[^/]*$')) OVER (PARTITION BY snapshot_date ORDER BY loaded_at DESC, file);

CREATE TABLE IF NOT EXISTS SPOTIFY_LANDING.playlists (
    snapshot_date DATE NOT NULL COMMENT 'UTC day the playlist was captured; the partition',
    playlist_id VARCHAR NOT NULL COMMENT 'Spotify id of the playlist; liked for liked songs',
    name VARCHAR COMMENT 'Name of the playlist',
    description VARCHAR COMMENT 'Description written by the owner',
    owner_id VARCHAR COMMENT 'Spotify user id of the owner',
    owner_name VARCHAR COMMENT 'Display name of the owner',
    region VARCHAR COMMENT 'Region of the chart: its own, or the one in playlists.yaml at capture',
    tags ARRAY COMMENT 'Tags of the playlist, from playlists.yaml',
    followers BIGINT COMMENT 'Followers of the playlist',
    is_public BOOLEAN COMMENT 'Whether it is shown on the owner’s profile',
    is_collaborative BOOLEAN COMMENT 'Whether others may edit it',
    version_id VARCHAR COMMENT 'Spotify’s snapshot_id; changes whenever the playlist does',
    entries BIGINT COMMENT 'Number of entries captured, of any type',
    fetched_at TIMESTAMP_LTZ(6) COMMENT 'UTC time of capture',
    source VARCHAR COMMENT 'Who captured it: sample, spotify, import (a file that somebody imported), or foreign (landed by another program)',
    doubt VARCHAR COMMENT 'Doubt about the capture, such as fewer entries than Spotify reports; empty if there is none',
    chart_type VARCHAR COMMENT 'Kind of chart: regional, viral, city or another word of Spotify’s, or playlist. With recurrence it forms the series, within which charts are compared; empty only in rows written by an older version',
    recurrence VARCHAR COMMENT 'Period that the chart covers, daily or weekly; empty for a playlist',
    file VARCHAR NOT NULL COMMENT 'File the row was loaded from',
    loaded_at TIMESTAMP_LTZ NOT NULL COMMENT 'When Snowpipe began to read that file'
) COMMENT = 'One row per playlist and day: the playlist as captured.';
CREATE PIPE IF NOT EXISTS SPOTIFY_LANDING.playlists_pipe AUTO_INGEST = FALSE AS
    COPY INTO SPOTIFY_LANDING.playlists FROM @SPOTIFY_LANDING.published
    PATTERN = '(.*/)?playlists_data/data/.*[.]parquet'
    MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE
    INCLUDE_METADATA = (file = METADATA$FILENAME, loaded_at = METADATA$START_SCAN_TIME);
CREATE VIEW IF NOT EXISTS SPOTIFY_PIPED.playlists COMMENT = 'One row per playlist and day: the playlist as captured.' AS
    SELECT snapshot_date, playlist_id, name, description, owner_id, owner_name, region, tags, followers, is_public, is_collaborative, version_id, entries, fetched_at, source, doubt, chart_type, recurrence
    FROM SPOTIFY_LANDING.playlists
    QUALIFY REGEXP_SUBSTR(file, '-[^/]*$') = FIRST_VALUE(REGEXP_SUBSTR(file, '-[^/]*$')) OVER (PARTITION BY snapshot_date ORDER BY loaded_at DESC, file);

CREATE TABLE IF NOT EXISTS SPOTIFY_LANDING.playlist_items (
    snapshot_date DATE NOT NULL COMMENT 'UTC day the playlist was captured; the partition',
    playlist_id VARCHAR NOT NULL COMMENT 'Playlist the entry is on',
    position BIGINT NOT NULL COMMENT 'Position on the playlist, 1 is the top',
    entry_type VARCHAR COMMENT 'track, episode, local (the owner’s own file) or unavailable (removed from Spotify or unreadable)',
    song_id VARCHAR COMMENT 'Song in songs; empty for other types and for a rejected song',
    name VARCHAR COMMENT 'Title of the entry, including episodes and local files',
    uri VARCHAR COMMENT 'Spotify URI of the entry',
    added_at TIMESTAMP_LTZ(6) COMMENT 'UTC time it was added',
    added_by VARCHAR COMMENT 'Spotify user id of whoever added it',
    label VARCHAR COMMENT 'Label of the song as the chart writes it; empty if it names none',
    streams BIGINT COMMENT 'Streams reported by the chart, if any',
    previous_rank BIGINT COMMENT 'Position on the previous chart, as reported by the chart itself',
    was_on_previous_chart BOOLEAN COMMENT 'Whether the chart says the song was on the previous one; empty if it does not say',
    peak_rank BIGINT COMMENT 'Best position so far, as reported by the chart itself',
    periods_on_chart BIGINT COMMENT 'Days (daily chart) or weeks (weekly) on it, as reported by the chart itself',
    file VARCHAR NOT NULL COMMENT 'File the row was loaded from',
    loaded_at TIMESTAMP_LTZ NOT NULL COMMENT 'When Snowpipe began to read that file'
) COMMENT = 'One row per playlist entry and day, of any type, so that positions have no gaps.';
CREATE PIPE IF NOT EXISTS SPOTIFY_LANDING.playlist_items_pipe AUTO_INGEST = FALSE AS
    COPY INTO SPOTIFY_LANDING.playlist_items FROM @SPOTIFY_LANDING.published
    PATTERN = '(.*/)?playlist_items_data/data/.*[.]parquet'
    MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE
    INCLUDE_METADATA = (file = METADATA$FILENAME, loaded_at = METADATA$START_SCAN_TIME);
CREATE VIEW IF NOT EXISTS SPOTIFY_PIPED.playlist_items COMMENT = 'One row per playlist entry and day, of any type, so that positions have no gaps.' AS
    SELECT snapshot_date, playlist_id, position, entry_type, song_id, name, uri, added_at, added_by, label, streams, previous_rank, was_on_previous_chart, peak_rank, periods_on_chart
    FROM SPOTIFY_LANDING.playlist_items
    QUALIFY REGEXP_SUBSTR(file, '-[^/]*$') = FIRST_VALUE(REGEXP_SUBSTR(file, '-[^/]*$')) OVER (PARTITION BY snapshot_date ORDER BY loaded_at DESC, file);

CREATE TABLE IF NOT EXISTS SPOTIFY_LANDING.imports (
    snapshot_date DATE NOT NULL COMMENT 'UTC day the playlist was captured; the partition',
    sha256 VARCHAR NOT NULL COMMENT 'SHA-256 of the file',
    raw_object VARCHAR NOT NULL COMMENT 'Raw object with the file’s lines for the day',
    file VARCHAR COMMENT 'Name of the file; for a file in an archive, its path there',
    format VARCHAR COMMENT 'Format of the file',
    origin VARCHAR COMMENT 'Where it is from, as stated at import',
    licence VARCHAR COMMENT 'Terms under which it may be used, as stated at import',
    imported_at TIMESTAMP_LTZ(6) COMMENT 'UTC time of the import',
    charts BIGINT COMMENT 'Charts or playlists of the day in the file',
    rows_read BIGINT COMMENT 'Lines read as positions on these',
    lines_not_read BIGINT COMMENT 'Lines that could not be read; rejected_rows lists each with its reason',
    file VARCHAR NOT NULL COMMENT 'File the row was loaded from',
    loaded_at TIMESTAMP_LTZ NOT NULL COMMENT 'When Snowpipe began to read that file'
) COMMENT = 'One row per imported file and day it has rows for: the file’s provenance.';
CREATE PIPE IF NOT EXISTS SPOTIFY_LANDING.imports_pipe AUTO_INGEST = FALSE AS
    COPY INTO SPOTIFY_LANDING.imports FROM @SPOTIFY_LANDING.published
    PATTERN = '(.*/)?imports_data/data/.*[.]parquet'
    MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE
    INCLUDE_METADATA = (file = METADATA$FILENAME, loaded_at = METADATA$START_SCAN_TIME);
CREATE VIEW IF NOT EXISTS SPOTIFY_PIPED.imports COMMENT = 'One row per imported file and day it has rows for: the file’s provenance.' AS
    SELECT snapshot_date, sha256, raw_object, file, format, origin, licence, imported_at, charts, rows_read, lines_not_read
    FROM SPOTIFY_LANDING.imports
    QUALIFY REGEXP_SUBSTR(file, '-[^/]*$') = FIRST_VALUE(REGEXP_SUBSTR(file, '-[^/]*$')) OVER (PARTITION BY snapshot_date ORDER BY loaded_at DESC, file);

CREATE TABLE IF NOT EXISTS SPOTIFY_LANDING.rejected_rows (
    snapshot_date DATE NOT NULL COMMENT 'UTC day of the raw object; the partition',
    table_name VARCHAR COMMENT 'Table the row was meant for',
    key VARCHAR COMMENT 'Key of the row within its table and day',
    rule VARCHAR COMMENT 'Rule it breaks, as named in the contract; for playlists held_back and the reason',
    raw_object VARCHAR COMMENT 'Raw object it came from',
    row_json VARCHAR COMMENT 'The row itself, as JSON',
    file VARCHAR NOT NULL COMMENT 'File the row was loaded from',
    loaded_at TIMESTAMP_LTZ NOT NULL COMMENT 'When Snowpipe began to read that file'
) COMMENT = 'Content of the day’s raw objects that could not be published as it was, and why.';
CREATE PIPE IF NOT EXISTS SPOTIFY_LANDING.rejected_rows_pipe AUTO_INGEST = FALSE AS
    COPY INTO SPOTIFY_LANDING.rejected_rows FROM @SPOTIFY_LANDING.published
    PATTERN = '(.*/)?rejected_rows_data/data/.*[.]parquet'
    MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE
    INCLUDE_METADATA = (file = METADATA$FILENAME, loaded_at = METADATA$START_SCAN_TIME);
CREATE VIEW IF NOT EXISTS SPOTIFY_PIPED.rejected_rows COMMENT = 'Content of the day’s raw objects that could not be published as it was, and why.' AS
    SELECT snapshot_date, table_name, key, rule, raw_object, row_json
    FROM SPOTIFY_LANDING.rejected_rows
    QUALIFY REGEXP_SUBSTR(file, '-[^/]*$') = FIRST_VALUE(REGEXP_SUBSTR(file, '-[^/]*$')) OVER (PARTITION BY snapshot_date ORDER BY loaded_at DESC, file);

CREATE TABLE IF NOT EXISTS SPOTIFY_LANDING.playlist_songs (
    snapshot_date DATE NOT NULL COMMENT 'UTC day the playlist was captured; the partition',
    playlist_id VARCHAR NOT NULL COMMENT 'Playlist in playlists',
    song_id VARCHAR NOT NULL COMMENT 'Spotify track id',
    song_name VARCHAR COMMENT 'Title of the song, as last seen',
    artist_names VARCHAR COMMENT 'Artists in order of credit, joined by commas, as last seen',
    first_seen DATE COMMENT 'First captured day on which the song was on the playlist',
    last_seen DATE COMMENT 'Last captured day on which it was on it, up to snapshot_date',
    last_position BIGINT COMMENT 'Its position on last_seen',
    days_on_chart BIGINT COMMENT 'Captured days on which it was on the playlist, up to snapshot_date',
    streak BIGINT COMMENT 'Captured days in a row up to last_seen; days not captured neither count nor end it',
    peak_position BIGINT COMMENT 'Best position so far',
    peak_date DATE COMMENT 'First day at that position',
    is_first_seen_known BOOLEAN COMMENT 'Whether the song is known to have arrived on first_seen, since an earlier capture lacks it. Otherwise it may have arrived earlier: peak, days and streak count from the first capture on. Empty only in rows written by an older version',
    last_capture DATE COMMENT 'Last captured day of the playlist, up to snapshot_date',
    series VARCHAR COMMENT 'Charts the playlist is compared with: chart_type and recurrence, such as ’regional-daily’, or the chart_type alone, such as ’playlist’; empty only in rows written by an older version',
    region VARCHAR COMMENT 'Region of the playlist on last_capture, or ’unassigned’',
    region_since DATE COMMENT 'First captured day since which the playlist has had that series and region',
    recording_id VARCHAR COMMENT 'Identifies the recording across ids: its ISRC if one is known, else the first id that it had on the playlist; empty only in rows written by an older version',
    previous_song_id VARCHAR COMMENT 'Previous id of the recording on the playlist, if any',
    occurrences BIGINT COMMENT 'Entries of the playlist that were this song on last_seen; usually 1',
    added_at TIMESTAMP_LTZ(6) COMMENT 'UTC time it was added, as last seen',
    linked_from_id VARCHAR COMMENT 'Id on the playlist on last_seen, if Spotify played this song instead',
    is_available BOOLEAN COMMENT 'Whether Spotify offers the song; also false if the playlist has held its entry without the song since last_seen; empty for a song that is no longer on the playlist',
    continued_as VARCHAR COMMENT 'Id under which the recording continues from this day on; empty if that is song_id',
    file VARCHAR NOT NULL COMMENT 'File the row was loaded from',
    loaded_at TIMESTAMP_LTZ NOT NULL COMMENT 'When Snowpipe began to read that file'
) COMMENT = 'One row per song that was on a playlist, or left it, on the day, with its history there so far.';
CREATE PIPE IF NOT EXISTS SPOTIFY_LANDING.playlist_songs_pipe AUTO_INGEST = FALSE AS
    COPY INTO SPOTIFY_LANDING.playlist_songs FROM @SPOTIFY_LANDING.published
    PATTERN = '(.*/)?playlist_songs_data/data/.*[.]parquet'
    MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE
    INCLUDE_METADATA = (file = METADATA$FILENAME, loaded_at = METADATA$START_SCAN_TIME);
CREATE VIEW IF NOT EXISTS SPOTIFY_PIPED.playlist_songs COMMENT = 'One row per song that was on a playlist, or left it, on the day, with its history there so far.' AS
    SELECT snapshot_date, playlist_id, song_id, song_name, artist_names, first_seen, last_seen, last_position, days_on_chart, streak, peak_position, peak_date, is_first_seen_known, last_capture, series, region, region_since, recording_id, previous_song_id, occurrences, added_at, linked_from_id, is_available, continued_as
    FROM SPOTIFY_LANDING.playlist_songs
    QUALIFY REGEXP_SUBSTR(file, '-[^/]*$') = FIRST_VALUE(REGEXP_SUBSTR(file, '-[^/]*$')) OVER (PARTITION BY snapshot_date ORDER BY loaded_at DESC, file);

CREATE TABLE IF NOT EXISTS SPOTIFY_LANDING.playlist_changes (
    snapshot_date DATE NOT NULL COMMENT 'UTC day the playlist was captured; the partition',
    playlist_id VARCHAR NOT NULL COMMENT 'Playlist in playlists',
    song_id VARCHAR NOT NULL COMMENT 'Spotify track id',
    series VARCHAR COMMENT 'Charts the playlist is compared with: chart_type and recurrence, such as ’regional-daily’, or the chart_type alone, such as ’playlist’; empty only in rows written by an older version',
    region VARCHAR COMMENT 'Region of the playlist on this day, or ’unassigned’',
    song_name VARCHAR COMMENT 'Title of the song, as last seen',
    artist_names VARCHAR COMMENT 'Artists in order of credit, joined by commas, as last seen',
    change VARCHAR COMMENT 'added (not on the playlist on previous_capture), removed (no longer there), moved, relinked, became_unavailable, available_again; a song with several entries is also added or removed if the day has more or fewer of them',
    position BIGINT COMMENT 'Position on this day; empty if it is not there',
    previous_position BIGINT COMMENT 'Position on previous_capture; empty if not there',
    movement BIGINT COMMENT 'previous_position - position: positions climbed; empty unless it was there on both',
    first_seen DATE COMMENT 'First captured day on which the song was on the playlist',
    last_seen DATE COMMENT 'Last such day: this one, or previous_capture for a removed song',
    previous_capture DATE COMMENT 'Captured day compared with; empty only in rows written by an older version',
    recording_id VARCHAR COMMENT 'Identifies the recording across ids: its ISRC if one is known, else the first id that it had on the playlist; empty only in rows written by an older version',
    previous_song_id VARCHAR COMMENT 'Previous id of the recording there, if it differs',
    occurrences BIGINT COMMENT 'Playlist entries that are this song on this day',
    previous_occurrences BIGINT COMMENT 'The same on previous_capture',
    file VARCHAR NOT NULL COMMENT 'File the row was loaded from',
    loaded_at TIMESTAMP_LTZ NOT NULL COMMENT 'When Snowpipe began to read that file'
) COMMENT = 'One row per song added to, removed from or moved on a playlist since its previous captured day.';
CREATE PIPE IF NOT EXISTS SPOTIFY_LANDING.playlist_changes_pipe AUTO_INGEST = FALSE AS
    COPY INTO SPOTIFY_LANDING.playlist_changes FROM @SPOTIFY_LANDING.published
    PATTERN = '(.*/)?playlist_changes_data/data/.*[.]parquet'
    MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE
    INCLUDE_METADATA = (file = METADATA$FILENAME, loaded_at = METADATA$START_SCAN_TIME);
CREATE VIEW IF NOT EXISTS SPOTIFY_PIPED.playlist_changes COMMENT = 'One row per song added to, removed from or moved on a playlist since its previous captured day.' AS
    SELECT snapshot_date, playlist_id, song_id, series, region, song_name, artist_names, change, position, previous_position, movement, first_seen, last_seen, previous_capture, recording_id, previous_song_id, occurrences, previous_occurrences
    FROM SPOTIFY_LANDING.playlist_changes
    QUALIFY REGEXP_SUBSTR(file, '-[^/]*$') = FIRST_VALUE(REGEXP_SUBSTR(file, '-[^/]*$')) OVER (PARTITION BY snapshot_date ORDER BY loaded_at DESC, file);

CREATE TABLE IF NOT EXISTS SPOTIFY_LANDING.song_trends (
    snapshot_date DATE NOT NULL COMMENT 'UTC day the playlist was captured; the partition',
    playlist_id VARCHAR NOT NULL COMMENT 'Playlist in playlists',
    song_id VARCHAR NOT NULL COMMENT 'Spotify track id',
    series VARCHAR COMMENT 'Charts the playlist is compared with: chart_type and recurrence, such as ’regional-daily’, or the chart_type alone, such as ’playlist’; empty only in rows written by an older version',
    region VARCHAR COMMENT 'Region of the playlist on this day, or ’unassigned’',
    song_name VARCHAR COMMENT 'Title of the song, as last seen',
    artist_names VARCHAR COMMENT 'Artists in order of credit, joined by commas, as last seen',
    position BIGINT COMMENT 'Position on the playlist, 1 is the top; the better one if it is there twice',
    previous_position BIGINT COMMENT 'Position on previous_capture; empty if not there',
    movement BIGINT COMMENT 'previous_position - position: positions climbed, negative if it fell',
    status VARCHAR COMMENT 'first capture (of the playlist in its series and region: earlier positions are unknown), new (never there before; on a first capture only if the chart itself says so), re-entry (there before, but not on previous_capture), up, down, same',
    points BIGINT COMMENT 'Entries of the playlist + 1 - position',
    peak_position BIGINT COMMENT 'Best position so far, including this day',
    peak_date DATE COMMENT 'First day at that position',
    days_on_chart BIGINT COMMENT 'Captured days on which it was on the playlist, including this one',
    streak BIGINT COMMENT 'Captured days in a row up to this one; days not captured neither count nor end it',
    first_seen DATE COMMENT 'First captured day on which the song was on the playlist',
    is_first_seen_known BOOLEAN COMMENT 'Whether the song is known to have arrived on first_seen, since an earlier capture lacks it. Otherwise it may have arrived earlier: peak, days and streak count from the first capture on. Empty only in rows written by an older version',
    previous_capture DATE COMMENT 'Captured day compared with; empty on a first capture',
    release_date DATE COMMENT 'Release date; empty if the exact day is unknown',
    popularity BIGINT COMMENT 'Spotify’s popularity on this day, 0 to 100; empty if the API withholds it',
    recording_id VARCHAR COMMENT 'Identifies the recording across ids: its ISRC if one is known, else the first id that it had on the playlist; empty only in rows written by an older version',
    previous_song_id VARCHAR COMMENT 'Id of the same recording on previous_capture, if it differs',
    label VARCHAR COMMENT 'Label of the song as the chart writes it; empty if it names none',
    streams BIGINT COMMENT 'Streams reported by the chart, if any',
    streams_change_day BIGINT COMMENT 'streams minus those on the playlist’s captured day before (1 to 7 days ago); empty if it was not there then, or none were reported',
    streams_change_week BIGINT COMMENT 'The same against one week before (the playlist’s last captured day 7 to 13 days ago)',
    file VARCHAR NOT NULL COMMENT 'File the row was loaded from',
    loaded_at TIMESTAMP_LTZ NOT NULL COMMENT 'When Snowpipe began to read that file'
) COMMENT = 'One row per song on a playlist and day: its position, its previous position, and its history so far.';
CREATE PIPE IF NOT EXISTS SPOTIFY_LANDING.song_trends_pipe AUTO_INGEST = FALSE AS
    COPY INTO SPOTIFY_LANDING.song_trends FROM @SPOTIFY_LANDING.published
    PATTERN = '(.*/)?song_trends_data/data/.*[.]parquet'
    MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE
    INCLUDE_METADATA = (file = METADATA$FILENAME, loaded_at = METADATA$START_SCAN_TIME);
CREATE VIEW IF NOT EXISTS SPOTIFY_PIPED.song_trends COMMENT = 'One row per song on a playlist and day: its position, its previous position, and its history so far.' AS
    SELECT snapshot_date, playlist_id, song_id, series, region, song_name, artist_names, position, previous_position, movement, status, points, peak_position, peak_date, days_on_chart, streak, first_seen, is_first_seen_known, previous_capture, release_date, popularity, recording_id, previous_song_id, label, streams, streams_change_day, streams_change_week
    FROM SPOTIFY_LANDING.song_trends
    QUALIFY REGEXP_SUBSTR(file, '-[^/]*$') = FIRST_VALUE(REGEXP_SUBSTR(file, '-[^/]*$')) OVER (PARTITION BY snapshot_date ORDER BY loaded_at DESC, file);

CREATE TABLE IF NOT EXISTS SPOTIFY_LANDING.artist_trends (
    snapshot_date DATE NOT NULL COMMENT 'UTC day the playlist was captured; the partition',
    series VARCHAR NOT NULL COMMENT 'Charts that are compared with each other: their chart_type and recurrence, such as ’regional-daily’, or the chart_type alone, such as ’playlist’',
    region VARCHAR NOT NULL COMMENT 'Region of the chart, or ’unassigned’',
    artist_id VARCHAR NOT NULL COMMENT 'Spotify artist id',
    artist_name VARCHAR COMMENT 'Name of the artist, as last seen',
    entries BIGINT COMMENT 'Positions of the artist’s songs on the region’s charts on this day',
    best_position BIGINT COMMENT 'Best of these positions; empty if the artist is not there',
    points BIGINT COMMENT 'Total points of these positions',
    rank BIGINT COMMENT 'Rank by points among the artists of the series and region on this day',
    points_change BIGINT COMMENT 'Points minus those of the region’s captured day before (1 to 7 days ago; empty if there is none)',
    rank_change BIGINT COMMENT 'Ranks climbed since that day; empty if the artist is not on the charts of both days',
    week_points BIGINT COMMENT 'Total points of the captured days among the seven up to this one',
    week_rank BIGINT COMMENT 'Rank by week_points among the artists of the series and region',
    week_points_change BIGINT COMMENT 'week_points minus those of one week before (the region’s last captured day 7 to 13 days ago)',
    week_rank_change BIGINT COMMENT 'Ranks climbed since one week before; empty if the artist had no week_rank then',
    week_days BIGINT COMMENT 'Captured days of the region among the seven up to this one',
    popularity BIGINT COMMENT 'Spotify’s popularity on this day, 0 to 100; empty if the API withholds it',
    streams BIGINT COMMENT 'Total streams of the day’s positions; empty if the charts report none',
    streams_change BIGINT COMMENT 'streams minus those of the day used for points_change; empty if either day has none',
    week_streams BIGINT COMMENT 'Total streams of the captured days among the seven up to this one',
    week_streams_change BIGINT COMMENT 'week_streams minus those of one week before; empty if either week has none',
    file VARCHAR NOT NULL COMMENT 'File the row was loaded from',
    loaded_at TIMESTAMP_LTZ NOT NULL COMMENT 'When Snowpipe began to read that file'
) COMMENT = 'One row per artist with a song on a region’s charts of one series in the seven days up to this one.';
CREATE PIPE IF NOT EXISTS SPOTIFY_LANDING.artist_trends_pipe AUTO_INGEST = FALSE AS
    COPY INTO SPOTIFY_LANDING.artist_trends FROM @SPOTIFY_LANDING.published
    PATTERN = '(.*/)?artist_trends_data/data/.*[.]parquet'
    MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE
    INCLUDE_METADATA = (file = METADATA$FILENAME, loaded_at = METADATA$START_SCAN_TIME);
CREATE VIEW IF NOT EXISTS SPOTIFY_PIPED.artist_trends COMMENT = 'One row per artist with a song on a region’s charts of one series in the seven days up to this one.' AS
    SELECT snapshot_date, series, region, artist_id, artist_name, entries, best_position, points, rank, points_change, rank_change, week_points, week_rank, week_points_change, week_rank_change, week_days, popularity, streams, streams_change, week_streams, week_streams_change
    FROM SPOTIFY_LANDING.artist_trends
    QUALIFY REGEXP_SUBSTR(file, '-[^/]*$') = FIRST_VALUE(REGEXP_SUBSTR(file, '-[^/]*$')) OVER (PARTITION BY snapshot_date ORDER BY loaded_at DESC, file);

CREATE TABLE IF NOT EXISTS SPOTIFY_LANDING.genre_trends (
    snapshot_date DATE NOT NULL COMMENT 'UTC day the playlist was captured; the partition',
    series VARCHAR NOT NULL COMMENT 'Charts that are compared with each other: their chart_type and recurrence, such as ’regional-daily’, or the chart_type alone, such as ’playlist’',
    region VARCHAR NOT NULL COMMENT 'Region of the chart, or ’unassigned’',
    genre VARCHAR NOT NULL COMMENT 'Genre of artists, as named in artists.genres, or ’unknown’',
    points FLOAT COMMENT 'Points of the genre',
    share FLOAT COMMENT 'Share of these points in all points of the region on this day; 0 to 1',
    artists BIGINT COMMENT 'Artists of the genre on the region’s charts on this day',
    share_change_7_days FLOAT COMMENT 'share minus that of the region’s last captured day 7 to 13 days ago',
    share_change_28_days FLOAT COMMENT 'share minus that of the region’s last captured day 28 to 34 days ago',
    streams FLOAT COMMENT 'Streams of the genre; empty if the region’s charts report none',
    streams_share FLOAT COMMENT 'Share of these streams in all reported for the region on this day; 0 to 1, empty without any',
    streams_share_change_7_days FLOAT COMMENT 'streams_share minus that of the day used for share_change_7_days; empty if either day has none',
    streams_share_change_28_days FLOAT COMMENT 'The same, 28 to 34 days ago',
    file VARCHAR NOT NULL COMMENT 'File the row was loaded from',
    loaded_at TIMESTAMP_LTZ NOT NULL COMMENT 'When Snowpipe began to read that file'
) COMMENT = 'One row per genre, region, series and day: the genre’s share of all points and streams, and how it changed.';
CREATE PIPE IF NOT EXISTS SPOTIFY_LANDING.genre_trends_pipe AUTO_INGEST = FALSE AS
    COPY INTO SPOTIFY_LANDING.genre_trends FROM @SPOTIFY_LANDING.published
    PATTERN = '(.*/)?genre_trends_data/data/.*[.]parquet'
    MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE
    INCLUDE_METADATA = (file = METADATA$FILENAME, loaded_at = METADATA$START_SCAN_TIME);
CREATE VIEW IF NOT EXISTS SPOTIFY_PIPED.genre_trends COMMENT = 'One row per genre, region, series and day: the genre’s share of all points and streams, and how it changed.' AS
    SELECT snapshot_date, series, region, genre, points, share, artists, share_change_7_days, share_change_28_days, streams, streams_share, streams_share_change_7_days, streams_share_change_28_days
    FROM SPOTIFY_LANDING.genre_trends
    QUALIFY REGEXP_SUBSTR(file, '-[^/]*$') = FIRST_VALUE(REGEXP_SUBSTR(file, '-[^/]*$')) OVER (PARTITION BY snapshot_date ORDER BY loaded_at DESC, file);

CREATE TABLE IF NOT EXISTS SPOTIFY_LANDING.label_trends (
    snapshot_date DATE NOT NULL COMMENT 'UTC day the playlist was captured; the partition',
    series VARCHAR NOT NULL COMMENT 'Charts that are compared with each other: their chart_type and recurrence, such as ’regional-daily’, or the chart_type alone, such as ’playlist’',
    region VARCHAR NOT NULL COMMENT 'Region of the chart, or ’unassigned’',
    label VARCHAR NOT NULL COMMENT 'Label as the chart writes it, or ’unknown’',
    songs BIGINT COMMENT 'Positions of the label’s songs on the region’s charts on this day',
    points BIGINT COMMENT 'Total points of these positions',
    share FLOAT COMMENT 'Share of these points in all points of the region on this day; 0 to 1',
    streams BIGINT COMMENT 'Total streams of these positions, if any are reported',
    streams_share FLOAT COMMENT 'Share of these streams in all reported for the region on this day; 0 to 1, empty without any',
    share_change_7_days FLOAT COMMENT 'share minus that of the region’s last day with labels 7 to 13 days ago',
    share_change_28_days FLOAT COMMENT 'The same, 28 to 34 days ago',
    streams_share_change_7_days FLOAT COMMENT 'streams_share minus that of the region’s last day with labels 7 to 13 days ago',
    streams_share_change_28_days FLOAT COMMENT 'The same, 28 to 34 days ago',
    file VARCHAR NOT NULL COMMENT 'File the row was loaded from',
    loaded_at TIMESTAMP_LTZ NOT NULL COMMENT 'When Snowpipe began to read that file'
) COMMENT = 'One row per label, region, series and day, if charts name labels: its share of points and streams.';
CREATE PIPE IF NOT EXISTS SPOTIFY_LANDING.label_trends_pipe AUTO_INGEST = FALSE AS
    COPY INTO SPOTIFY_LANDING.label_trends FROM @SPOTIFY_LANDING.published
    PATTERN = '(.*/)?label_trends_data/data/.*[.]parquet'
    MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE
    INCLUDE_METADATA = (file = METADATA$FILENAME, loaded_at = METADATA$START_SCAN_TIME);
CREATE VIEW IF NOT EXISTS SPOTIFY_PIPED.label_trends COMMENT = 'One row per label, region, series and day, if charts name labels: its share of points and streams.' AS
    SELECT snapshot_date, series, region, label, songs, points, share, streams, streams_share, share_change_7_days, share_change_28_days, streams_share_change_7_days, streams_share_change_28_days
    FROM SPOTIFY_LANDING.label_trends
    QUALIFY REGEXP_SUBSTR(file, '-[^/]*$') = FIRST_VALUE(REGEXP_SUBSTR(file, '-[^/]*$')) OVER (PARTITION BY snapshot_date ORDER BY loaded_at DESC, file);

CREATE TABLE IF NOT EXISTS SPOTIFY_LANDING.domestic_share (
    snapshot_date DATE NOT NULL COMMENT 'UTC day the playlist was captured; the partition',
    series VARCHAR NOT NULL COMMENT 'Charts that are compared with each other: their chart_type and recurrence, such as ’regional-daily’, or the chart_type alone, such as ’playlist’',
    region VARCHAR NOT NULL COMMENT 'Region of the chart, or ’unassigned’',
    country VARCHAR COMMENT 'The region as written in artists.country',
    points FLOAT COMMENT 'All points of the region’s charts on this day',
    domestic_points FLOAT COMMENT 'Of these, those of domestic artists',
    foreign_points FLOAT COMMENT 'Of these, those of artists from elsewhere',
    unknown_points FLOAT COMMENT 'Of these, those of artists without a single known country',
    share FLOAT COMMENT 'Share of domestic_points in all points; 0 to 1, empty if no artist’s country is known',
    known_share FLOAT COMMENT 'Share of points of artists whose country is known; 0 to 1',
    artists BIGINT COMMENT 'Artists on the region’s charts on this day',
    domestic_artists BIGINT COMMENT 'Domestic artists among these',
    points_without_song BIGINT COMMENT 'Points of the positions that count in no figure here, since they hold no song of their own: episodes, local files, songs that Spotify does not offer or that could not be read, and second entries of a song; empty only in rows written by an older version',
    streams FLOAT COMMENT 'All streams that the region’s charts report for songs; empty if none',
    domestic_streams FLOAT COMMENT 'Of these, those of domestic artists',
    streams_share FLOAT COMMENT 'Share of domestic_streams in all streams; 0 to 1, empty without any, or if no artist’s country is known',
    file VARCHAR NOT NULL COMMENT 'File the row was loaded from',
    loaded_at TIMESTAMP_LTZ NOT NULL COMMENT 'When Snowpipe began to read that file'
) COMMENT = 'One row per country region, series and day: the share of domestic artists on its charts.';
CREATE PIPE IF NOT EXISTS SPOTIFY_LANDING.domestic_share_pipe AUTO_INGEST = FALSE AS
    COPY INTO SPOTIFY_LANDING.domestic_share FROM @SPOTIFY_LANDING.published
    PATTERN = '(.*/)?domestic_share_data/data/.*[.]parquet'
    MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE
    INCLUDE_METADATA = (file = METADATA$FILENAME, loaded_at = METADATA$START_SCAN_TIME);
CREATE VIEW IF NOT EXISTS SPOTIFY_PIPED.domestic_share COMMENT = 'One row per country region, series and day: the share of domestic artists on its charts.' AS
    SELECT snapshot_date, series, region, country, points, domestic_points, foreign_points, unknown_points, share, known_share, artists, domestic_artists, points_without_song, streams, domestic_streams, streams_share
    FROM SPOTIFY_LANDING.domestic_share
    QUALIFY REGEXP_SUBSTR(file, '-[^/]*$') = FIRST_VALUE(REGEXP_SUBSTR(file, '-[^/]*$')) OVER (PARTITION BY snapshot_date ORDER BY loaded_at DESC, file);

CREATE TABLE IF NOT EXISTS SPOTIFY_LANDING.artist_consistency (
    snapshot_date DATE NOT NULL COMMENT 'UTC day the playlist was captured; the partition',
    series VARCHAR NOT NULL COMMENT 'Charts that are compared with each other: their chart_type and recurrence, such as ’regional-daily’, or the chart_type alone, such as ’playlist’',
    region VARCHAR NOT NULL COMMENT 'Region of the chart, or ’unassigned’',
    artist_id VARCHAR NOT NULL COMMENT 'Spotify artist id',
    artist_name VARCHAR COMMENT 'Name of the artist, as last seen',
    days_captured BIGINT COMMENT 'Captured days of the region among the 28 up to this one',
    days_present BIGINT COMMENT 'Of these, days on which the artist had a song on its charts',
    mean_position FLOAT COMMENT 'Mean of the best positions on the days present',
    position_spread FLOAT COMMENT 'Their standard deviation (population); 0 for a single day',
    steepest_climb BIGINT COMMENT 'Most positions climbed from one captured day to another at most 3 days later; 0 if none',
    trend FLOAT COMMENT 'Mean position of the 21 earlier days minus that of the last 7: positions gained, negative if lost; empty if the region was not captured in one of the two',
    chart_length BIGINT COMMENT 'Entries of the region’s longest chart on these days',
    label VARCHAR COMMENT 'viral, occasional, rising, fading or steady; see the table’s description',
    file VARCHAR NOT NULL COMMENT 'File the row was loaded from',
    loaded_at TIMESTAMP_LTZ NOT NULL COMMENT 'When Snowpipe began to read that file'
) COMMENT = 'One row per artist on a region’s charts in the 28 days up to this one: viral, rising, steady or fading.';
CREATE PIPE IF NOT EXISTS SPOTIFY_LANDING.artist_consistency_pipe AUTO_INGEST = FALSE AS
    COPY INTO SPOTIFY_LANDING.artist_consistency FROM @SPOTIFY_LANDING.published
    PATTERN = '(.*/)?artist_consistency_data/data/.*[.]parquet'
    MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE
    INCLUDE_METADATA = (file = METADATA$FILENAME, loaded_at = METADATA$START_SCAN_TIME);
CREATE VIEW IF NOT EXISTS SPOTIFY_PIPED.artist_consistency COMMENT = 'One row per artist on a region’s charts in the 28 days up to this one: viral, rising, steady or fading.' AS
    SELECT snapshot_date, series, region, artist_id, artist_name, days_captured, days_present, mean_position, position_spread, steepest_climb, trend, chart_length, label
    FROM SPOTIFY_LANDING.artist_consistency
    QUALIFY REGEXP_SUBSTR(file, '-[^/]*$') = FIRST_VALUE(REGEXP_SUBSTR(file, '-[^/]*$')) OVER (PARTITION BY snapshot_date ORDER BY loaded_at DESC, file);

CREATE TABLE IF NOT EXISTS SPOTIFY_LANDING.release_performance (
    snapshot_date DATE NOT NULL COMMENT 'UTC day the playlist was captured; the partition',
    series VARCHAR NOT NULL COMMENT 'Charts that are compared with each other: their chart_type and recurrence, such as ’regional-daily’, or the chart_type alone, such as ’playlist’',
    region VARCHAR NOT NULL COMMENT 'Region of the chart, or ’unassigned’',
    song_id VARCHAR NOT NULL COMMENT 'Spotify track id',
    song_name VARCHAR COMMENT 'Title of the song, as last seen',
    artist_names VARCHAR COMMENT 'Artists in order of credit, joined by commas, as last seen',
    release_date DATE COMMENT 'Release date, as last seen',
    days_since_release BIGINT COMMENT 'Days from release_date to snapshot_date',
    debut_date DATE COMMENT 'First captured day on the region’s charts since the release',
    debut_position BIGINT COMMENT 'Position on that day',
    is_debut_known BOOLEAN COMMENT 'Whether it is known to have arrived on debut_date: no chart was captured for the first time then, or it is the release date. Otherwise its debut may be earlier, its peak better and its days more. Empty only in rows written by an older version',
    peak_position BIGINT COMMENT 'Best position since the release',
    peak_date DATE COMMENT 'First day at that position',
    days_to_peak BIGINT COMMENT 'Days from release_date to peak_date',
    days_on_chart BIGINT COMMENT 'Captured days on the region’s charts since the release',
    position BIGINT COMMENT 'Position on this day; empty if it is no longer there',
    popularity BIGINT COMMENT 'Spotify’s popularity on this day, 0 to 100; empty if the API withholds it',
    file VARCHAR NOT NULL COMMENT 'File the row was loaded from',
    loaded_at TIMESTAMP_LTZ NOT NULL COMMENT 'When Snowpipe began to read that file'
) COMMENT = 'One row per song released at most 56 days before and seen on a region’s charts since: how the release performs.';
CREATE PIPE IF NOT EXISTS SPOTIFY_LANDING.release_performance_pipe AUTO_INGEST = FALSE AS
    COPY INTO SPOTIFY_LANDING.release_performance FROM @SPOTIFY_LANDING.published
    PATTERN = '(.*/)?release_performance_data/data/.*[.]parquet'
    MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE
    INCLUDE_METADATA = (file = METADATA$FILENAME, loaded_at = METADATA$START_SCAN_TIME);
CREATE VIEW IF NOT EXISTS SPOTIFY_PIPED.release_performance COMMENT = 'One row per song released at most 56 days before and seen on a region’s charts since: how the release performs.' AS
    SELECT snapshot_date, series, region, song_id, song_name, artist_names, release_date, days_since_release, debut_date, debut_position, is_debut_known, peak_position, peak_date, days_to_peak, days_on_chart, position, popularity
    FROM SPOTIFY_LANDING.release_performance
    QUALIFY REGEXP_SUBSTR(file, '-[^/]*$') = FIRST_VALUE(REGEXP_SUBSTR(file, '-[^/]*$')) OVER (PARTITION BY snapshot_date ORDER BY loaded_at DESC, file);

CREATE TABLE IF NOT EXISTS SPOTIFY_LANDING.region_links (
    snapshot_date DATE NOT NULL COMMENT 'UTC day the playlist was captured; the partition',
    series VARCHAR NOT NULL COMMENT 'Charts that are compared with each other: their chart_type and recurrence, such as ’regional-daily’, or the chart_type alone, such as ’playlist’',
    region VARCHAR NOT NULL COMMENT 'Region of the chart, or ’unassigned’',
    other_region VARCHAR NOT NULL COMMENT 'The region it is compared with',
    songs BIGINT COMMENT 'Different songs on the charts of region',
    other_songs BIGINT COMMENT 'Different songs on the charts of other_region',
    shared_songs BIGINT COMMENT 'Songs on the charts of both',
    songs_only_here BIGINT COMMENT 'Songs of region that are not on the charts of other_region',
    overlap FLOAT COMMENT 'Share of shared songs in all songs of the two; 0 to 1, empty without any song',
    compared_songs BIGINT COMMENT 'Shared songs that were seen to arrive in both regions',
    median_lead_days FLOAT COMMENT 'Median days by which compared songs appear in region before other_region; negative if after',
    leader VARCHAR COMMENT 'The region that leads, by the sign of the median lead; empty at 0',
    file VARCHAR NOT NULL COMMENT 'File the row was loaded from',
    loaded_at TIMESTAMP_LTZ NOT NULL COMMENT 'When Snowpipe began to read that file'
) COMMENT = 'One row per series, ordered pair of its regions and day: what their charts share, and who leads.';
CREATE PIPE IF NOT EXISTS SPOTIFY_LANDING.region_links_pipe AUTO_INGEST = FALSE AS
    COPY INTO SPOTIFY_LANDING.region_links FROM @SPOTIFY_LANDING.published
    PATTERN = '(.*/)?region_links_data/data/.*[.]parquet'
    MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE
    INCLUDE_METADATA = (file = METADATA$FILENAME, loaded_at = METADATA$START_SCAN_TIME);
CREATE VIEW IF NOT EXISTS SPOTIFY_PIPED.region_links COMMENT = 'One row per series, ordered pair of its regions and day: what their charts share, and who leads.' AS
    SELECT snapshot_date, series, region, other_region, songs, other_songs, shared_songs, songs_only_here, overlap, compared_songs, median_lead_days, leader
    FROM SPOTIFY_LANDING.region_links
    QUALIFY REGEXP_SUBSTR(file, '-[^/]*$') = FIRST_VALUE(REGEXP_SUBSTR(file, '-[^/]*$')) OVER (PARTITION BY snapshot_date ORDER BY loaded_at DESC, file);
