"""The insight tables, computed day by day from the history of the base tables.

Rules for all of them:

- A song is an entry with a `song_id`. Positions are those of the complete playlist, so episodes and local files keep
  theirs; a song that is on a playlist twice counts once, at its better position.
- points = entries of the playlist + 1 - position: the top of a chart of 100 earns 100, its last position 1.
- A playlist is *captured* on the days for which it has a row in `playlists`. A day without a capture is unknown: it
  ends no streak, counts as no absence, and "previous" means the last captured day before, however long ago.
- A first capture is no arrival: a song on a playlist's first captured day may have been there long before. A change of
  series or region is a first capture there; the playlist's own memory of its songs is kept.
- "One week before" is the last captured day at least 7 and at most 13 days ago; "the day before" 1 to 7 days ago, and
  "four weeks before" 28 to 34. If there is none, the change is empty.
- A *series* groups charts that may be compared: `chart_type` and `recurrence` of a chart (`regional-daily`), or the
  `chart_type` alone (`playlist`, also for lists without one). Nothing is added up or compared across series.
- A region's charts are the playlists captured with that `region` on that day, series by series; all playlists without
  one form the region `unassigned`. A region is captured in a series on the days on which one of its charts there has a
  song; on other days it has no rows.
- Every artist credited on a song earns the song's points in full; genres and countries share them
  (see `genre_trends`, `domestic_share`).
- History is that of this lake: anything before its first captured day is unknown.
"""

from spotify_assets.schemas import region_insights, song_insights
from spotify_assets.schemas.table import Table, table_group

# The memory is published first: a reader who finds a day's trends also finds its memory.
INSIGHTS = table_group(
    "insights",
    Table("playlist_songs", song_insights.PlaylistSongs),
    Table("playlist_changes", song_insights.PlaylistChanges),
    Table("song_trends", song_insights.SongTrends),
    Table("artist_trends", region_insights.ArtistTrends),
    Table("genre_trends", region_insights.GenreTrends),
    Table("label_trends", region_insights.LabelTrends),
    Table("domestic_share", region_insights.DomesticShare),
    Table("artist_consistency", region_insights.ArtistConsistency),
    Table("release_performance", song_insights.ReleasePerformance),
    Table("region_links", region_insights.RegionLinks),
)
