-- Consistency against virality: the artists of a region's last 28 days with their label, the most present first.
--
-- $series text = NULL      series of the charts, such as regional-daily; every one where not given
-- $region text = 'global'  region of the charts, as playlists.yaml names it
-- $label text = NULL       steady, rising, viral, fading or occasional; every label where not given
-- $day date = NULL         last of the 28 days; the latest one where not given
-- $top integer = 50        how many

SELECT
    snapshot_date,
    series,
    label,
    artist_name AS artist,
    days_present,
    days_captured,
    mean_position,
    position_spread,
    steepest_climb,
    trend
FROM artist_consistency
WHERE snapshot_date = coalesce(CAST($day AS DATE), (SELECT max(snapshot_date) FROM artist_consistency))
    AND ($series IS NULL OR series = $series)
    AND region = $region
    AND label = coalesce($label, label)
ORDER BY days_present DESC, mean_position, artist_id, series
LIMIT $top
