-- The songs that were added to a playlist (or removed from it), one Spotify address a line: select all, copy, paste
-- into a new playlist.
--
-- $playlist text = NULL   id, or name that it has now, of the playlist; every playlist where not given
-- $change text = 'added'  added, removed, moved, became_unavailable, available_again or relinked
-- $from date = NULL       first day; the latest one where not given
-- $to date = NULL         last day; the latest one where not given

WITH asked AS (
    -- By the name that it has now; an earlier one may be another playlist's by now.
    SELECT playlist_id
    FROM playlists
    WHERE (playlist_id, snapshot_date) IN (SELECT playlist_id, max(snapshot_date) FROM playlists GROUP BY playlist_id)
        AND ($playlist IS NULL OR playlist_id = $playlist OR lower(name) = lower($playlist))
)

SELECT 'https://open.spotify.com/track/' || c.song_id AS url
FROM playlist_changes AS c
JOIN playlists AS p ON p.snapshot_date = c.snapshot_date AND p.playlist_id = c.playlist_id
WHERE c.snapshot_date >= coalesce(CAST($from AS DATE), (SELECT max(snapshot_date) FROM song_trends))
    AND c.snapshot_date <= coalesce(CAST($to AS DATE), (SELECT max(snapshot_date) FROM song_trends))
    AND c.change = $change
    AND c.playlist_id IN (SELECT playlist_id FROM asked)
GROUP BY c.song_id
ORDER BY min(c.snapshot_date), min(coalesce(c.position, c.previous_position)), c.song_id
