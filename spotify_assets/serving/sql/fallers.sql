-- The songs that fell most places since the day before, on any chart of a region.
--
-- $series text = NULL      series of the charts, such as regional-daily; every one where not given
-- $region text = 'global'  region of the charts, as playlists.yaml names it
-- $day date = NULL         day asked about; the latest one where not given
-- $top integer = 20        how many

SELECT
    t.series,
    p.name AS playlist,
    t.snapshot_date,
    t.song_name AS song,
    t.artist_names AS artists,
    t.movement,
    t.previous_position,
    t.position,
    t.previous_capture AS compared_with
FROM song_trends AS t
JOIN playlists AS p ON p.snapshot_date = t.snapshot_date AND p.playlist_id = t.playlist_id
WHERE t.snapshot_date = coalesce(CAST($day AS DATE), (SELECT max(snapshot_date) FROM song_trends))
    AND ($series IS NULL OR t.series = $series)
    AND t.region = $region
    AND t.movement < 0
ORDER BY t.movement ASC, t.position, t.playlist_id, t.song_id
LIMIT $top
