-- What was on a playlist on a day, one Spotify address a line: select all, copy, paste into a new playlist.
--
-- $playlist text = NULL  id or name of the playlist; every playlist where not given
-- $day date = NULL       day asked about, or the captured day before that; the latest one where not given

WITH captured AS (
    SELECT playlist_id, max(snapshot_date) AS snapshot_date
    FROM playlists
    WHERE ($playlist IS NULL OR playlist_id = $playlist OR name = $playlist)
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
