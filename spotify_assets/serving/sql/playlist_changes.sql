-- What changed on a playlist, day by day: songs added, removed and moved, and those that Spotify took off, brought back
-- or gave another id.
--
-- $playlist text = NULL  id, or name that it has now, of the playlist; every playlist where not given
-- $change text = NULL    added, removed, moved, became_unavailable, available_again or relinked; every change where not given
-- $from date = NULL      first day; the latest one where not given
-- $to date = NULL        last day; the latest one where not given

WITH asked AS (
    -- By the name that it has now; an earlier one may be another playlist's by now.
    SELECT playlist_id
    FROM playlists
    WHERE (playlist_id, snapshot_date) IN (SELECT playlist_id, max(snapshot_date) FROM playlists GROUP BY playlist_id)
        AND ($playlist IS NULL OR playlist_id = $playlist OR lower(name) = lower($playlist))
)

SELECT
    p.name AS playlist,
    c.snapshot_date,
    c.change,
    c.song_name AS song,
    c.artist_names AS artists,
    c.position,
    c.previous_position,
    c.movement,
    c.first_seen,
    c.last_seen,
    c.previous_capture AS compared_with
FROM playlist_changes AS c
JOIN playlists AS p ON p.snapshot_date = c.snapshot_date AND p.playlist_id = c.playlist_id
WHERE c.snapshot_date >= coalesce(CAST($from AS DATE), (SELECT max(snapshot_date) FROM song_trends))
    AND c.snapshot_date <= coalesce(CAST($to AS DATE), (SELECT max(snapshot_date) FROM song_trends))
    AND c.change = coalesce($change, c.change)
    AND c.playlist_id IN (SELECT playlist_id FROM asked)
ORDER BY playlist, c.playlist_id, c.snapshot_date, c.change, coalesce(c.position, c.previous_position), c.song_id
