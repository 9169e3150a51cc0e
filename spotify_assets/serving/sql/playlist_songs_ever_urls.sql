-- Every song that was ever on a playlist, one Spotify address a line: select all, copy, paste into a new playlist.
--
-- $playlist text = NULL  id or name of the playlist; every playlist where not given

SELECT 'https://open.spotify.com/track/' || s.song_id AS url
FROM playlist_songs AS s
JOIN playlists AS p ON p.snapshot_date = s.last_capture AND p.playlist_id = s.playlist_id
WHERE s.snapshot_date = (SELECT max(snapshot_date) FROM playlist_songs)
    AND ($playlist IS NULL OR p.playlist_id = $playlist OR p.name = $playlist)
GROUP BY s.song_id
ORDER BY min(s.first_seen), min(s.peak_position), s.song_id
