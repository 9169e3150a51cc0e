-- The top of each chart on a day: place, movement, and how long each song has been there.
--
-- $series text = NULL  series of the charts, such as regional-daily; every one where not given
-- $region text = NULL  region of the charts, as playlists.yaml names it; every region where not given
-- $day date = NULL     day asked about; the latest one where not given
-- $top integer = 10    how many places

SELECT
    t.series,
    t.region,
    p.name AS playlist,
    t.snapshot_date,
    t.position,
    t.previous_position,
    t.status,
    t.song_name AS song,
    t.artist_names AS artists,
    t.days_on_chart,
    t.peak_position
FROM song_trends AS t
JOIN playlists AS p ON p.snapshot_date = t.snapshot_date AND p.playlist_id = t.playlist_id
WHERE t.snapshot_date = coalesce(CAST($day AS DATE), (SELECT max(snapshot_date) FROM song_trends))
    AND ($series IS NULL OR t.series = $series)
    AND t.region = coalesce($region, t.region)
    AND t.position <= $top
ORDER BY t.series, t.region, playlist, t.playlist_id, t.position
