-- Every song that was ever on a playlist, the earliest first.
--
-- $playlist text = NULL  id, or name that it has now, of the playlist; every playlist where not given

WITH asked AS (
    -- By the name that it has now; an earlier one may be another playlist's by now.
    SELECT playlist_id, name
    FROM playlists
    WHERE (playlist_id, snapshot_date) IN (SELECT playlist_id, max(snapshot_date) FROM playlists GROUP BY playlist_id)
        AND ($playlist IS NULL OR playlist_id = $playlist OR lower(name) = lower($playlist))
),

remembered AS (
    -- What is known of each song: its last row.
    SELECT *, row_number() OVER (PARTITION BY playlist_id, song_id ORDER BY snapshot_date DESC) AS nth
    FROM playlist_songs
    WHERE playlist_id IN (SELECT playlist_id FROM asked)
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
FROM remembered AS s
JOIN asked AS p ON p.playlist_id = s.playlist_id
WHERE s.nth = 1 AND s.continued_as IS NULL
ORDER BY playlist, s.playlist_id, s.first_seen, s.peak_position, s.song_id
