-- Which songs last: those that stood longest on each playlist, with peak, first and last day. Where is_first_seen_known is
-- false, it may have stood there longer.
--
-- $series text = NULL  series of the charts, such as regional-daily; every one where not given
-- $region text = NULL  region of the playlists, as playlists.yaml names it; every region where not given
-- $top integer = 20    how many in all

SELECT
    s.series,
    coalesce(p.region, 'unassigned') AS region,
    p.name AS playlist,
    s.song_name AS song,
    s.artist_names AS artists,
    s.days_on_chart,
    s.streak,
    s.peak_position,
    s.peak_date,
    s.first_seen,
    s.is_first_seen_known,
    s.last_seen,
    s.last_seen = s.last_capture AS is_there_now
FROM playlist_songs AS s
JOIN playlists AS p ON p.snapshot_date = s.last_capture AND p.playlist_id = s.playlist_id
WHERE s.snapshot_date = (SELECT max(snapshot_date) FROM playlist_songs)
    AND ($series IS NULL OR s.series = $series)
    AND coalesce(p.region, 'unassigned') = coalesce($region, p.region, 'unassigned')
ORDER BY s.days_on_chart DESC, s.peak_position, s.first_seen, s.playlist_id, s.song_id
LIMIT $top
