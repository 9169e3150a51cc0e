-- What was on a playlist on a day, one Spotify address a line: select all, copy, paste into a new playlist.
--
-- $playlist text = NULL  id, or name that it has now, of the playlist; every playlist where not given
-- $day date = NULL       day asked about, or the captured day before that; the latest one where not given

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

-- spotify:track:… and spotify:episode:…; files of the owner's have no address.
SELECT 'https://open.spotify.com/' || replace(substr(i.uri, 9), ':', '/') AS url
FROM captured AS c
JOIN playlist_items AS i ON i.playlist_id = c.playlist_id AND i.snapshot_date = c.snapshot_date
WHERE i.uri LIKE 'spotify:track:%' OR i.uri LIKE 'spotify:episode:%'
GROUP BY i.uri
ORDER BY min(i.position), i.uri
