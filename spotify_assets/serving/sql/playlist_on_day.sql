-- What was on a playlist on a day. For a day on which it was not captured, the captured day before that.
--
-- $playlist text = NULL  id, or name that it has now, of the playlist; every playlist where not given
-- $day date = NULL       day asked about; the latest one where not given

WITH asked AS (
    -- By the name that it has now; an earlier one may be another playlist's by now.
    SELECT playlist_id
    FROM playlists
    WHERE (playlist_id, snapshot_date) IN (SELECT playlist_id, max(snapshot_date) FROM playlists GROUP BY playlist_id)
        AND ($playlist IS NULL OR playlist_id = $playlist OR lower(name) = lower($playlist))
),

captured AS (
    SELECT playlist_id, max(snapshot_date) AS snapshot_date
    FROM playlists
    WHERE playlist_id IN (SELECT playlist_id FROM asked)
        AND ($day IS NULL OR snapshot_date <= CAST($day AS DATE))
    GROUP BY playlist_id
)

SELECT
    p.name AS playlist,
    i.snapshot_date,
    i.position,
    i.name AS entry,
    i.entry_type,
    i.added_at,
    i.uri
FROM captured AS c
JOIN playlists AS p ON p.playlist_id = c.playlist_id AND p.snapshot_date = c.snapshot_date
JOIN playlist_items AS i ON i.playlist_id = c.playlist_id AND i.snapshot_date = c.snapshot_date
ORDER BY playlist, i.playlist_id, i.position
