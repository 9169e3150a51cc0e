-- Every song that was ever on a playlist, the earliest first.
--
-- $playlist text = NULL  id or name of the playlist; every playlist where not given

SELECT
    p.name AS playlist,
    s.song_name AS song,
    s.artist_names AS artists,
    s.first_seen,
    s.last_seen,
    s.days_on_chart,
    s.peak_position,
    s.peak_date,
    'https://open.spotify.com/track/' || s.song_id AS url
FROM playlist_songs AS s
JOIN playlists AS p ON p.snapshot_date = s.last_capture AND p.playlist_id = s.playlist_id
WHERE s.snapshot_date = (SELECT max(snapshot_date) FROM playlist_songs)
    AND ($playlist IS NULL OR p.playlist_id = $playlist OR p.name = $playlist)
ORDER BY playlist, s.playlist_id, s.first_seen, s.peak_position, s.song_id
