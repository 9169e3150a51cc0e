-- Who is rising: the artists whose week of points grew most against the week before, and how steady they are.
--
-- $series text = NULL      series of the charts, such as regional-daily; every one where not given
-- $region text = 'global'  region of the charts, as playlists.yaml names it
-- $day date = NULL         last day of the week; the latest one where not given
-- $top integer = 20        how many

SELECT
    t.snapshot_date AS week_ends,
    t.series,
    t.artist_name AS artist,
    t.week_points AS points,
    t.week_points_change AS points_change,
    t.week_rank AS rank,
    t.week_rank_change AS rank_change,
    c.label,
    c.days_present,
    c.steepest_climb
FROM artist_trends AS t
LEFT JOIN artist_consistency AS c
    ON c.snapshot_date = t.snapshot_date AND c.series = t.series AND c.region = t.region AND c.artist_id = t.artist_id
WHERE t.snapshot_date = coalesce(CAST($day AS DATE), (SELECT max(snapshot_date) FROM artist_trends))
    AND ($series IS NULL OR t.series = $series)
    AND t.region = $region
    AND t.week_points_change > 0
ORDER BY t.week_points_change DESC, t.week_points DESC, t.artist_id, t.series
LIMIT $top
