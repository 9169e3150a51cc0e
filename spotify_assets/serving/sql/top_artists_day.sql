-- The artists with most points on a region's charts on a day. Each place earns entries + 1 - position.
--
-- $series text = NULL      series of the charts, such as regional-daily; every one where not given
-- $region text = 'global'  region of the charts, as playlists.yaml names it
-- $day date = NULL         day asked about; the latest one where not given
-- $top integer = 10        ranks to show; equal points share one

SELECT
    snapshot_date,
    series,
    rank,
    rank_change,
    artist_name AS artist,
    points,
    points_change,
    entries,
    best_position
FROM artist_trends
WHERE snapshot_date = coalesce(CAST($day AS DATE), (SELECT max(snapshot_date) FROM artist_trends))
    AND ($series IS NULL OR series = $series)
    AND region = $region
    AND rank <= $top
ORDER BY series, rank, artist, artist_id
