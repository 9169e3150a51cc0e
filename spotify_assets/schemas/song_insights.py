"""Insight tables about songs: on their playlists, and since their release."""

import dataframely as dy
import polars as pl

from spotify_assets.schemas import insight_columns as columns
from spotify_assets.schemas.table import partition_date, told_label, told_streams
from spotify_assets.spotify.payloads import ID

STATUSES = ("first capture", "new", "re-entry", "up", "down", "same")
CHANGES = ("added", "removed", "moved", "relinked", "became_unavailable", "available_again")


class PlaylistSongs(dy.Schema):
    """One row per song that was on a playlist, or left it, on the day, with its history there so far.

    A song's last row on a playlist, the one with the latest `snapshot_date`, holds all that is known of it there. These
    rows are the playlist's memory: the next day is computed from them, so that peaks, first days and returns never need
    the entire history again. A song is on the playlist now if `last_seen` equals `last_capture` in its last row. A
    recording that Spotify gives another id continues under the new `song_id`; the last row under the old one says so in
    `continued_as`, and should be left out. For an empty playlist, a row of one of its songs records the capture.
    """

    snapshot_date = partition_date()
    playlist_id = columns.playlist_id()
    song_id = columns.song_id()
    song_name = columns.song_name()
    artist_names = columns.artist_names()
    first_seen = dy.Date(description="First captured day on which the song was on the playlist")
    last_seen = dy.Date(description="Last captured day on which it was on it, up to snapshot_date")
    last_position = dy.Int64(min=1, description="Its position on last_seen")
    days_on_chart = dy.Int64(min=1, description="Captured days on which it was on the playlist, up to snapshot_date")
    streak = dy.Int64(
        min=1, description="Captured days in a row up to last_seen; days not captured neither count nor end it"
    )
    peak_position = dy.Int64(min=1, description="Best position so far")
    peak_date = dy.Date(description="First day at that position")
    is_first_seen_known = columns.is_first_seen_known()
    last_capture = dy.Date(description="Last captured day of the playlist, up to snapshot_date")
    series = columns.series_of_playlist()
    # Carried along, since a change may be older than the window that a day looks back on.
    region = dy.String(nullable=True, description="Region of the playlist on last_capture, or 'unassigned'")
    region_since = dy.Date(
        nullable=True,
        description="First captured day since which the playlist has had that series and region",
    )
    recording_id = columns.recording_id()
    previous_song_id = dy.String(
        nullable=True, regex=ID, description="Previous id of the recording on the playlist, if any"
    )
    occurrences = dy.Int64(
        nullable=True, min=1, description="Entries of the playlist that were this song on last_seen; usually 1"
    )
    added_at = dy.Datetime(
        nullable=True, time_zone="UTC", time_unit="us", description="UTC time it was added, as last seen"
    )
    linked_from_id = dy.String(
        nullable=True, description="Id on the playlist on last_seen, if Spotify played this song instead"
    )
    is_available = dy.Bool(
        nullable=True,
        description="Whether Spotify offers the song; also false if the playlist has held its entry without the song "
        "since last_seen; empty for a song that is no longer on the playlist",
    )
    continued_as = dy.String(
        nullable=True,
        regex=ID,
        description="Id under which the recording continues from this day on; empty if that is song_id",
    )

    @dy.rule()
    def days_are_in_order(cls) -> pl.Expr:  # noqa: N805, D102  dataframely rules are class-level
        return (
            (pl.col("first_seen") <= pl.col("peak_date"))
            & (pl.col("peak_date") <= pl.col("last_seen"))
            & (pl.col("last_seen") <= pl.col("last_capture"))
            & (pl.col("last_capture") <= pl.col("snapshot_date"))
            & (pl.col("region_since").is_null() | (pl.col("region_since") <= pl.col("last_capture")))
        )

    @dy.rule()
    def peak_is_the_best(cls) -> pl.Expr:  # noqa: N805, D102
        return pl.col("peak_position") <= pl.col("last_position")

    @dy.rule()
    def a_streak_is_part_of_its_days(cls) -> pl.Expr:  # noqa: N805, D102
        return pl.col("streak") <= pl.col("days_on_chart")


class PlaylistChanges(dy.Schema):
    """One row per song added to, removed from or moved on a playlist since its previous captured day.

    It is about the playlist alone, whatever its series and region. On a playlist's first captured day nothing is known
    to have been added, so it has no rows then; nor does a playlist that was not captured on the day. Changes made by
    Spotify are not the curator's: `became_unavailable` means that the playlist still holds the entry, but Spotify does
    not offer its song; `available_again` that it offers it again; `relinked` that the same recording has another id. Of
    several changes the row names the first of: relinked, became_unavailable, available_again, removed, added, moved.
    """

    snapshot_date = partition_date()
    playlist_id = columns.playlist_id()
    song_id = columns.song_id()
    series = columns.series_of_playlist()
    region = columns.region_of_playlist()
    song_name = columns.song_name()
    artist_names = columns.artist_names()
    change = dy.String(
        check=lambda column: column.is_in(CHANGES),
        description="added (not on the playlist on previous_capture), removed (no longer there), moved, relinked, "
        "became_unavailable, available_again; a song with several entries is also added or removed if the day has "
        "more or fewer of them",
    )
    position = dy.Int64(nullable=True, min=1, description="Position on this day; empty if it is not there")
    previous_position = dy.Int64(nullable=True, min=1, description="Position on previous_capture; empty if not there")
    movement = dy.Int64(
        nullable=True, description="previous_position - position: positions climbed; empty unless it was there on both"
    )
    first_seen = dy.Date(description="First captured day on which the song was on the playlist")
    last_seen = dy.Date(description="Last such day: this one, or previous_capture for a removed song")
    previous_capture = dy.Date(
        nullable=True, description="Captured day compared with; empty only in rows written by an older version"
    )

    recording_id = columns.recording_id()
    previous_song_id = dy.String(
        nullable=True, regex=ID, description="Previous id of the recording there, if it differs"
    )
    occurrences = dy.Int64(nullable=True, min=1, description="Playlist entries that are this song on this day")
    previous_occurrences = dy.Int64(nullable=True, min=1, description="The same on previous_capture")

    @dy.rule()
    def positions_fit_the_change(cls) -> pl.Expr:  # noqa: N805, D102
        here, was_here = pl.col("position").is_not_null(), pl.col("previous_position").is_not_null()
        change = pl.col("change")
        return (
            (here | change.is_in(["removed", "became_unavailable"]))
            & (was_here | change.is_in(["added", "removed", "available_again"]))
            & pl.col("movement").eq_missing(pl.col("previous_position") - pl.col("position"))
            & ((change != "moved") | (pl.col("movement") != 0))
            & ((change != "relinked") | pl.col("previous_song_id").is_not_null())
        )


class SongTrends(dy.Schema):
    """One row per song on a playlist and day: its position, its previous position, and its history so far.

    Figures count this playlist alone, over its captured days. `previous` is its last captured day before this one,
    however long ago: a day without a capture is no absence. A first capture is no arrival: a song on a playlist's first
    captured day may have been there long before. A playlist whose series or region has changed counts as captured for
    the first time there: on that day it has no movements and no new songs on the charts of its region.
    """

    snapshot_date = partition_date()
    playlist_id = columns.playlist_id()
    song_id = columns.song_id()
    series = columns.series_of_playlist()
    region = columns.region_of_playlist()
    song_name = columns.song_name()
    artist_names = columns.artist_names()
    position = dy.Int64(
        min=1, description="Position on the playlist, 1 is the top; the better one if it is there twice"
    )
    previous_position = dy.Int64(nullable=True, min=1, description="Position on previous_capture; empty if not there")
    movement = dy.Int64(
        nullable=True, description="previous_position - position: positions climbed, negative if it fell"
    )
    status = dy.String(
        check=lambda column: column.is_in(STATUSES),
        description="first capture (of the playlist in its series and region: earlier positions are unknown), "
        "new (never there before; on a first capture only if the chart itself says so), "
        "re-entry (there before, but not on previous_capture), up, down, same",
    )
    points = dy.Int64(min=1, description="Entries of the playlist + 1 - position")
    peak_position = dy.Int64(min=1, description="Best position so far, including this day")
    peak_date = dy.Date(description="First day at that position")
    days_on_chart = dy.Int64(min=1, description="Captured days on which it was on the playlist, including this one")
    streak = dy.Int64(
        min=1, description="Captured days in a row up to this one; days not captured neither count nor end it"
    )
    first_seen = dy.Date(description="First captured day on which the song was on the playlist")
    is_first_seen_known = columns.is_first_seen_known()
    previous_capture = dy.Date(nullable=True, description="Captured day compared with; empty on a first capture")
    release_date = dy.Date(nullable=True, description="Release date; empty if the exact day is unknown")
    popularity = columns.popularity()
    recording_id = columns.recording_id()
    previous_song_id = dy.String(
        nullable=True, regex=ID, description="Id of the same recording on previous_capture, if it differs"
    )
    label = told_label()
    streams = told_streams()
    streams_change_day = dy.Int64(
        nullable=True,
        description="streams minus those on the playlist's captured day before (1 to 7 days ago); empty if it was not "
        "there then, or none were reported",
    )
    streams_change_week = dy.Int64(
        nullable=True,
        description="The same against one week before (the playlist's last captured day 7 to 13 days ago)",
    )

    @dy.rule()
    def movement_is_a_difference(cls) -> pl.Expr:  # noqa: N805, D102
        return pl.col("movement").eq_missing(pl.col("previous_position") - pl.col("position"))

    @dy.rule()
    def status_fits_the_movement(cls) -> pl.Expr:  # noqa: N805, D102
        moved = pl.col("movement").sign().replace_strict({1: "up", -1: "down", 0: "same"}, return_dtype=pl.String)
        arrived = pl.when(pl.col("days_on_chart") == 1).then(pl.lit("new")).otherwise(pl.lit("re-entry"))
        is_first = pl.col("previous_capture").is_null()
        first = pl.when(is_first).then(pl.lit("first capture"))
        # A chart may say that a song is new to it.
        told_new = is_first & (pl.col("status") == "new")
        return told_new | (pl.col("status") == first.otherwise(moved.fill_null(arrived)))

    @dy.rule()
    def peak_is_the_best(cls) -> pl.Expr:  # noqa: N805, D102
        return pl.col("peak_position") <= pl.col("position")

    @dy.rule()
    def days_are_in_order(cls) -> pl.Expr:  # noqa: N805, D102
        return (
            (pl.col("first_seen") <= pl.col("peak_date"))
            & (pl.col("peak_date") <= pl.col("snapshot_date"))
            & (pl.col("previous_capture").is_null() | (pl.col("previous_capture") < pl.col("snapshot_date")))
        )


class ReleasePerformance(dy.Schema):
    """One row per song released at most 56 days before and seen on a region's charts since: how the release performs.

    Only songs with a known release day are included: a month or a year is never taken for its first day. Days before
    the release do not count. A song's position in a region is its best on the region's charts of one series on the day.
    Its debut is the first day it was captured there; on a chart's first capture it may have been there before, which
    `is_debut_known` shows. One recording is one song here, under the id seen last.
    """

    snapshot_date = partition_date()
    series = columns.series()
    region = columns.region()
    song_id = columns.song_id()
    song_name = columns.song_name()
    artist_names = columns.artist_names()
    release_date = dy.Date(description="Release date, as last seen")
    days_since_release = dy.Int64(min=0, max=56, description="Days from release_date to snapshot_date")
    debut_date = dy.Date(description="First captured day on the region's charts since the release")
    debut_position = dy.Int64(min=1, description="Position on that day")
    is_debut_known = dy.Bool(
        nullable=True,
        description="Whether it is known to have arrived on debut_date: no chart was captured for the first time then, "
        "or it is the release date. Otherwise its debut may be earlier, its peak better and its days more. Empty only "
        "in rows written by an older version",
    )
    peak_position = dy.Int64(min=1, description="Best position since the release")
    peak_date = dy.Date(description="First day at that position")
    days_to_peak = dy.Int64(min=0, max=56, description="Days from release_date to peak_date")
    days_on_chart = dy.Int64(min=1, max=57, description="Captured days on the region's charts since the release")
    position = dy.Int64(nullable=True, min=1, description="Position on this day; empty if it is no longer there")
    popularity = columns.popularity()

    @dy.rule()
    def days_are_in_order(cls) -> pl.Expr:  # noqa: N805, D102
        return (
            (pl.col("release_date") <= pl.col("debut_date"))
            & (pl.col("debut_date") <= pl.col("peak_date"))
            & (pl.col("peak_date") <= pl.col("snapshot_date"))
        )

    @dy.rule()
    def peak_is_the_best(cls) -> pl.Expr:  # noqa: N805, D102
        peak = pl.col("peak_position")
        return (peak <= pl.col("debut_position")) & (pl.col("position").is_null() | (peak <= pl.col("position")))
