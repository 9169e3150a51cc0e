"""The same recording under another id: the memory before a day, under the ids its songs have on the day.

The rule: a song continues under its own id if that is on the playlist. A song whose id was never on the playlist
continues another id of the same recording that is not there today: one with the same ISRC, or one that Spotify itself
links (`linked_from`). If there are several, it continues the one seen last, and at the better place.

A chart may show it, too: it states the song's place on the previous chart, that chart was captured, and a song of the
same title by the same artists was at that place under another id.
"""

import polars as pl

from spotify_assets.transform.insights.charts import PLAYLIST_SONG, Charts, period

# Columns of an added song (first) and a gone one (second) that are equal if they are one recording.
LINKS = (
    ("recording_id", "recording_id"),
    ("linked_from_id", "song_id"),
    ("song_id", "linked_from_id"),
    ("linked_from_id", "linked_from_id"),
)


def under_ids_of_today(charts: Charts, before: pl.DataFrame) -> pl.DataFrame:
    """The memory before a day; a relinked song has the new id, and the old one as `relinked_from`."""
    # Older versions have no recordings.
    known = before.with_columns(pl.coalesce("recording_id", "song_id"))
    pairs = _relinked(charts, known)
    return (
        known.join(pairs, left_on=PLAYLIST_SONG, right_on=["playlist_id", "song_id_then"], how="left")
        .with_columns(relinked_from=pl.when(pl.col("song_id_today").is_not_null()).then("song_id"))
        .with_columns(song_id=pl.coalesce("song_id_today", "song_id"))
        .drop("song_id_today")
    )


def _relinked(charts: Charts, known: pl.DataFrame) -> pl.DataFrame:
    """Each relinked id: playlist_id, song_id_then, song_id_today; none of them twice."""
    places = charts.places
    new, gone = places.join(known, on=PLAYLIST_SONG, how="anti"), known.join(places, on=PLAYLIST_SONG, how="anti")
    came = new.select("playlist_id", "recording_id", "linked_from_id", "position", song_id_today="song_id")
    went = gone.select(
        "playlist_id", "recording_id", "linked_from_id", "last_seen", "last_position", song_id_then="song_id"
    ).sort("last_seen", "last_position", "song_id_then", descending=[True, False, False])
    found = [
        came.with_columns(link="song_id_today" if now == "song_id" else now)
        .drop_nulls("link")
        .join(
            # At most one of them continues: a code that many songs share must not pair each with each.
            went.with_columns(link="song_id_then" if then == "song_id" else then)
            .drop_nulls("link")
            .unique(["playlist_id", "link"], keep="first", maintain_order=True),
            on=["playlist_id", "link"],
        )
        .select("playlist_id", "song_id_then", "song_id_today", "last_seen", "last_position", "position")
        for now, then in LINKS
    ]
    return (
        pl.concat([*found, _told_by_charts(charts, new, gone)])
        .unique()
        .sort(
            *("last_seen", "last_position", "position", "song_id_then", "song_id_today"),
            descending=[True, False, False, False, False],
        )
        .unique(["playlist_id", "song_id_today"], keep="first", maintain_order=True)
        .unique(["playlist_id", "song_id_then"], keep="first", maintain_order=True)
        .select("playlist_id", "song_id_then", "song_id_today")
    )


def _told_by_charts(charts: Charts, new: pl.DataFrame, gone: pl.DataFrame) -> pl.DataFrame:
    """Pairs of ids: a chart names a previous place at which the song had another id."""
    was_on_chart_before = (pl.col("last_seen") == pl.col("last_capture")) & (
        pl.col("last_capture") == pl.lit(charts.day) - period()
    )
    then = gone.filter(was_on_chart_before).select(
        *("playlist_id", "song_name", "artist_names", "last_seen", "last_position"), song_id_then="song_id"
    )
    return (
        new.join(
            then,
            left_on=["playlist_id", "song_name", "artist_names", "previous_rank"],
            right_on=["playlist_id", "song_name", "artist_names", "last_position"],
            coalesce=False,
        )
        .select("playlist_id", "song_id_then", "last_seen", "last_position", "position", song_id_today="song_id")
        .select("playlist_id", "song_id_then", "song_id_today", "last_seen", "last_position", "position")
    )
