-- The artists with most points on a region's charts in the seven days up to a day.
--
-- $series text = NULL      series of the charts, such as regional-daily; every one where not given
-- $region text = 'global'  region of the charts, as playlists.yaml names it
-- $day date = NULL         last of the seven days; the latest one where not given
-- $top integer = 10        ranks to show; equal points share one

SELECT
    snapshot_date AS week_ends,
    series,
    week_rank AS rank,
    week_rank_change AS rank_change,
    artist_name AS artist,
    week_points AS points,
    week_points_change AS points_change,
    week_days AS days_captured
FROM artist_trends
WHERE snapshot_date = coalesce(CAST($day AS DATE), (SELECT max(snapshot_date) FROM artist_trends))
    AND ($series IS NULL OR series = $series)
    AND region = $region
    AND week_rank <= $top
ORDER BY series, week_rank, artist, artist_id
