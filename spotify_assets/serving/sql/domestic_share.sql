-- Where listeners stay at home: how much of each country's charts falls to artists from there, the most first.
--
-- $series text = NULL  series of the charts, such as regional-daily; every one where not given
-- $region text = NULL  region of the charts, a country; every one where not given
-- $day date = NULL     day asked about; the latest one where not given

SELECT
    snapshot_date,
    series,
    region,
    share,
    known_share,
    domestic_points,
    foreign_points,
    unknown_points,
    points_without_song,
    domestic_artists,
    artists
FROM domestic_share
WHERE snapshot_date = coalesce(CAST($day AS DATE), (SELECT max(snapshot_date) FROM domestic_share))
    AND ($series IS NULL OR series = $series)
    AND region = coalesce($region, region)
ORDER BY coalesce(share, 0) DESC, region, series
