"""The insight tables: what the history of the base tables tells, day by day.

Rules that all of them keep:

- A song is an entry with a `song_id`. Positions are those of the whole playlist, so episodes and local files keep
  their places; a song that stands on a playlist twice counts once, at its better place.
- points = entries of the playlist + 1 - position: the top of a chart of 100 earns 100, its last place 1.
- A playlist is *captured* on the days on which it has a row in `playlists`. A day that was not captured says nothing:
  it ends no streak, counts as no absence, and "previous" means the captured day before, however long ago.
- A first capture is no arrival: what stands on a playlist on its first captured day may have been there long before.
  A change of its series or region is a first capture there; what the list itself remembers of its songs stays.
- "One week before" is the last captured day at least 7 and at most 13 days ago; "the day before" 1 to 7 days ago, and
  "four weeks before" 28 to 34. Where there is none, the change is empty.
- A *series* is what may be compared with one another: `chart_type` and `recurrence` of a chart (`regional-daily`), or
  the `chart_type` alone (`playlist`, also of what names none). Nothing is added up or compared across series.
- A region's charts are the playlists captured with that `region` on that day, series by series; all playlists without
  one form the region `unassigned`. A region is captured in a series on the days on which a song stands on one of its
  charts there; on other days it has no rows.
- Every artist credited on a song earns the song's points in full; genres and countries share them
  (see `genre_trends`, `domestic_share`).
- The history is that of this lake: what happened before its first captured day is not known.
"""

from spotify_assets.schemas import region_insights, song_insights
from spotify_assets.schemas.table import Table, table_group

# What is carried from day to day comes first: a reader who finds a day's trends finds its memory, too.
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
