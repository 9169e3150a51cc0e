-- Every song that was ever on a playlist, the earliest first.
--
-- $playlist text = NULL  id, or name that it has now, of the playlist; every playlist where not given

WITH asked AS (
    -- By the name that it has now; an earlier one may be another playlist's by now.
    SELECT playlist_id
    FROM playlists
    WHERE (playlist_id, snapshot_date) IN (SELECT playlist_id, max(snapshot_date) FROM playlists GROUP BY playlist_id)
        AND ($playlist IS NULL OR playlist_id = $playlist OR lower(name) = lower($playlist))
)

SELECT
    p.name AS playlist,
    s.song_name AS song,
    s.artist_names AS artists,
    s.first_seen,
    s.is_first_seen_known,
    s.last_seen,
    s.days_on_chart,
    s.peak_position,
    s.peak_date,
    'https://open.spotify.com/track/' || s.song_id AS url
FROM playlist_songs AS s
JOIN playlists AS p ON p.snapshot_date = s.last_capture AND p.playlist_id = s.playlist_id
WHERE s.snapshot_date = (SELECT max(snapshot_date) FROM playlist_songs)
    AND s.playlist_id IN (SELECT playlist_id FROM asked)
ORDER BY playlist, s.playlist_id, s.first_seen, s.peak_position, s.song_id
