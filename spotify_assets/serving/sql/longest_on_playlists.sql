-- Which songs last: those that stood longest on each playlist, with peak, first and last day. Where is_first_seen_known is
-- false, it may have stood there longer.
--
-- $series text = NULL  series of the charts, such as regional-daily; every one where not given
-- $region text = NULL  region of the playlists, as playlists.yaml names it; every region where not given
-- $top integer = 20    how many in all

WITH remembered AS (
    -- What is known of each song, its last row, with the series that its playlist has now.
    SELECT
        *,
        row_number() OVER (PARTITION BY playlist_id, song_id ORDER BY snapshot_date DESC) AS nth,
        first_value(series) OVER (PARTITION BY playlist_id ORDER BY snapshot_date DESC) AS series_now
    FROM playlist_songs
),

latest AS (
    SELECT playlist_id, name, region
    FROM playlists
    WHERE (playlist_id, snapshot_date) IN (SELECT playlist_id, max(snapshot_date) FROM playlists GROUP BY playlist_id)
)

SELECT
    s.series_now AS series,
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
FROM remembered AS s
JOIN latest AS p ON p.playlist_id = s.playlist_id
WHERE s.nth = 1 AND s.continued_as IS NULL
    AND ($series IS NULL OR s.series_now = $series)
    AND coalesce(p.region, 'unassigned') = coalesce($region, p.region, 'unassigned')
ORDER BY s.days_on_chart DESC, s.peak_position, s.first_seen, s.playlist_id, s.song_id
LIMIT $top
