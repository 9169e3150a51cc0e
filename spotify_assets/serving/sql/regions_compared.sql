-- Region by region: what a region's charts share with each other one, what is only there, and which of the two leads.
--
-- $series text = NULL  series of the charts, such as regional-daily; every one where not given
-- $region text = NULL  region to compare with all others; every region where not given
-- $day date = NULL     day asked about; the latest one where not given

SELECT
    snapshot_date,
    series,
    region,
    other_region,
    overlap,
    shared_songs,
    songs_only_here,
    leader,
    median_lead_days,
    compared_songs
FROM region_links
WHERE snapshot_date = coalesce(CAST($day AS DATE), (SELECT max(snapshot_date) FROM region_links))
    AND ($series IS NULL OR series = $series)
    AND region = coalesce($region, region)
ORDER BY series, region, overlap DESC, other_region
