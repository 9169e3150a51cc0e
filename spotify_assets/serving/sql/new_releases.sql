-- How new releases do: songs out for at most 56 days, with debut, peak and place now. Dates that are known only by
-- month or year count for nothing. Where is_debut_known is false, it may be older.
--
-- $series text = NULL      series of the charts, such as regional-daily; every one where not given
-- $region text = 'global'  region of the charts, as playlists.yaml names it
-- $day date = NULL         day asked about; the latest one where not given
-- $top integer = 50        how many

SELECT
    snapshot_date,
    series,
    song_name AS song,
    artist_names AS artists,
    release_date,
    days_since_release,
    debut_date,
    debut_position,
    is_debut_known,
    peak_position,
    days_to_peak,
    days_on_chart,
    position AS position_now
FROM release_performance
WHERE snapshot_date = coalesce(CAST($day AS DATE), (SELECT max(snapshot_date) FROM release_performance))
    AND ($series IS NULL OR series = $series)
    AND region = $region
ORDER BY peak_position, days_to_peak, song_id, series
LIMIT $top
