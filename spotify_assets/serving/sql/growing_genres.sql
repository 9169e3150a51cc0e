-- Which genres grow: their share of a region's points, and how it changed in a week and in four.
--
-- $series text = NULL      series of the charts, such as regional-daily; every one where not given
-- $region text = 'global'  region of the charts, as playlists.yaml names it
-- $day date = NULL         day asked about; the latest one where not given
-- $top integer = 20        how many

SELECT
    snapshot_date,
    series,
    genre,
    share,
    share_change_7_days,
    share_change_28_days,
    artists
FROM genre_trends
WHERE snapshot_date = coalesce(CAST($day AS DATE), (SELECT max(snapshot_date) FROM genre_trends))
    AND ($series IS NULL OR series = $series)
    AND region = $region
ORDER BY coalesce(share_change_7_days, 0) DESC, share DESC, genre, series
LIMIT $top
