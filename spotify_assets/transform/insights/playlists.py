"""A playlist's memory of its songs, what changed on it, and each song's trend."""

import polars as pl

from spotify_assets.transform.insights.availability import is_kept_unavailable
from spotify_assets.transform.insights.charts import PLAYLIST_SONG, SERIES_REGION, Charts

NAMES = ["song_name", "artist_names"]
# Columns of the memory that describe a song when it was last there.
LAST_TOLD = [*NAMES, "occurrences", "linked_from_id", "added_at"]


def playlist_songs(charts: Charts, before: pl.DataFrame, unavailable: pl.DataFrame) -> pl.DataFrame:
    """The memory after a day, from the memory before it; playlists that were not captured keep theirs."""
    remembered = (
        before.drop("snapshot_date", "continued_as")
        .join(
            charts.places.select(*PLAYLIST_SONG, "position", *LAST_TOLD, "recording_id", "is_playable"),
            on=PLAYLIST_SONG,
            how="full",
            coalesce=True,
            suffix="_today",
        )
        .join(_regions(charts, before), on="playlist_id", how="left")
        .join(unavailable.with_columns(is_unavailable=True), on=PLAYLIST_SONG, how="left")
    )
    is_captured = pl.col("since_today").is_not_null()
    is_here = pl.col("position").is_not_null()
    is_better = (pl.col("position") < pl.col("peak_position")).fill_null(value=True)
    today = pl.lit(charts.day)
    was_here = pl.col("last_seen") == pl.col("last_capture")
    counted = pl.col("days_on_chart").fill_null(0) + 1
    streak = pl.when(was_here).then(pl.col("streak") + 1).otherwise(1)
    memory = remembered.select(
        today.alias("snapshot_date"),
        *PLAYLIST_SONG,
        *(_if(is_here, pl.col(f"{name}_today"), name) for name in LAST_TOLD),
        _recording().alias("recording_id"),
        pl.coalesce("relinked_from", "previous_song_id").alias("previous_song_id"),
        pl.col("first_seen").fill_null(today),
        _if(is_here, today, "last_seen"),
        _if(is_here, pl.col("position"), "last_position"),
        _if(is_here, counted, "days_on_chart"),
        _if(is_here, streak, "streak"),
        _if(is_here & is_better, pl.col("position"), "peak_position"),
        _if(is_here & is_better, today, "peak_date"),
        _if(is_captured, today, "last_capture"),
        _if(is_captured, _is_available(is_here), "is_available"),
        *(_if(is_captured, pl.col(f"{name}_today"), name) for name in SERIES_REGION),
        _if(is_captured, pl.col("since_today"), "region_since"),
    )
    # What was there on the first captured day may have been there long before.
    first_capture = pl.col("first_seen").min().over("playlist_id")
    return memory.with_columns(is_first_seen_known=pl.col("first_seen") > first_capture).sort(PLAYLIST_SONG)


def _recording() -> pl.Expr:
    """The last reported ISRC; without any, the first id under which the recording was there."""
    has_code = pl.col("recording_id_today") != pl.col("song_id")
    return pl.when(has_code).then("recording_id_today").otherwise(pl.coalesce("recording_id", "recording_id_today"))


def _is_available(is_here: pl.Expr) -> pl.Expr:
    """Whether a song on a captured playlist is available; null if it is no longer on it."""
    return (
        pl.when(is_here)
        .then(pl.col("is_playable").fill_null(value=True))
        .when("is_unavailable")
        .then(pl.lit(value=False))
    )


def _regions(charts: Charts, before: pl.DataFrame) -> pl.DataFrame:
    """Series and region of each playlist captured today, as `…_today`, and since when it has both: `since_today`."""
    known = before.group_by("playlist_id").agg(
        pl.col(*SERIES_REGION, "region_since").first(), first_capture=pl.col("first_seen").min()
    )
    today = charts.playlists.select("playlist_id", *(pl.col(name).alias(f"{name}_today") for name in SERIES_REGION))
    # An older version's memory has no regions: then it has been this one all along.
    is_unchanged = pl.all_horizontal(
        pl.col(name).eq(pl.col(f"{name}_today")).fill_null(value=True) for name in SERIES_REGION
    )
    since = pl.when(is_unchanged).then(pl.coalesce("region_since", "first_capture"))
    return (
        today.join(known, on="playlist_id", how="left")
        .with_columns(since_today=since.fill_null(pl.lit(charts.day)))
        .select(*today.columns, "since_today")
    )


def _if(condition: pl.Expr, then: pl.Expr, column: str) -> pl.Expr:
    """The column, with another value if the condition holds."""
    return pl.when(condition).then(then).otherwise(pl.col(column)).alias(column)


def song_trends(charts: Charts, memory: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """The trend of each song on a playlist, from the memory after and before the day."""
    kept = (
        "peak_position",
        "peak_date",
        "days_on_chart",
        "streak",
        "first_seen",
        "is_first_seen_known",
        "region_since",
        "recording_id",
    )
    is_first = pl.col("region_since") == pl.col("snapshot_date")
    return (
        charts.places.drop("recording_id")
        .join(memory.select("snapshot_date", *PLAYLIST_SONG, *kept), on=PLAYLIST_SONG)
        .join(_on_previous_capture(before), on=PLAYLIST_SONG, how="left")
        .join(_previous_captures(before), on="playlist_id", how="left")
        .with_columns(pl.when(~is_first).then(pl.col("previous_position", "previous_song_id", "previous_capture")))
        .with_columns(movement=pl.col("previous_position") - pl.col("position"))
        .with_columns(_status())
    )


def _status() -> pl.Expr:
    movement = pl.col("movement")
    return (
        pl.when(pl.col("previous_capture").is_null() & ~_is_told_new())
        .then(pl.lit("first capture"))
        .when(pl.col("previous_capture").is_null())
        .then(pl.lit("new"))
        .when(movement > 0)
        .then(pl.lit("up"))
        .when(movement < 0)
        .then(pl.lit("down"))
        .when(movement == 0)
        .then(pl.lit("same"))
        .when(pl.col("days_on_chart") == 1)
        .then(pl.lit("new"))
        .otherwise(pl.lit("re-entry"))
        .alias("status")
    )


def _is_told_new() -> pl.Expr:
    """Whether the chart itself says that the song is new on it."""
    told = (pl.col("was_on_previous_chart") == pl.lit(value=False)) & (pl.col("periods_on_chart") == 1)
    return told.fill_null(value=False)


def playlist_changes(
    charts: Charts, memory: pl.DataFrame, before: pl.DataFrame, unavailable: pl.DataFrame
) -> pl.DataFrame:
    """What has changed since the previous captured day of each playlist captured today."""
    told = memory.select("snapshot_date", *PLAYLIST_SONG, *NAMES, "recording_id", "first_seen", "last_seen")
    places = charts.places.select(*PLAYLIST_SONG, "position", "occurrences", "is_playable")
    movement = pl.col("previous_position") - pl.col("position")
    return (
        _on_list_then(before)
        .join(places, on=PLAYLIST_SONG, how="full", coalesce=True)
        .join(unavailable.with_columns(is_unavailable=True), on=PLAYLIST_SONG, how="left")
        .join(charts.playlists.select("playlist_id", *SERIES_REGION), on="playlist_id")
        # What was there on a first capture may have been there before: nothing was added.
        .join(_previous_captures(before), on="playlist_id")
        .join(told, on=PLAYLIST_SONG)
        .with_columns(movement=movement)
        .with_columns(change=_change())
        .drop_nulls("change")
    )


def _change() -> pl.Expr:
    """What happened to a song, the most important first; null if nothing did."""
    here, was_here = pl.col("position").is_not_null(), pl.col("previous_position").is_not_null()
    is_gone = pl.when(here).then(~pl.col("is_playable")).otherwise("is_unavailable").fill_null(value=False)
    was_gone = (~pl.col("was_available")).fill_null(value=False)
    fewer = pl.col("occurrences") < pl.col("previous_occurrences")
    more = pl.col("occurrences") > pl.col("previous_occurrences")
    return (
        pl.when(here & was_here & pl.col("previous_song_id").is_not_null())
        .then(pl.lit("relinked"))
        .when(is_gone & ~was_gone & was_here)
        .then(pl.lit("became_unavailable"))
        .when(here & was_gone & ~is_gone)
        .then(pl.lit("available_again"))
        .when(fewer | (~here & ~is_gone))
        .then(pl.lit("removed"))
        .when(more | (~was_here & here))
        .then(pl.lit("added"))
        .when(pl.col("movement") != 0)
        .then(pl.lit("moved"))
    )


def _on_list_then(before: pl.DataFrame) -> pl.DataFrame:
    """Each playlist's songs on its previous capture, including those Spotify did not offer."""
    was_there = pl.col("last_seen") == pl.col("last_capture")
    return before.filter(was_there | is_kept_unavailable()).select(
        *PLAYLIST_SONG,
        pl.when(was_there).then("last_position").alias("previous_position"),
        pl.when(was_there).then("occurrences").alias("previous_occurrences"),
        previous_song_id="relinked_from",
        was_available="is_available",
    )


def _on_previous_capture(before: pl.DataFrame) -> pl.DataFrame:
    return before.filter(pl.col("last_seen") == pl.col("last_capture")).select(
        *PLAYLIST_SONG, previous_song_id="relinked_from", previous_position="last_position"
    )


def _previous_captures(before: pl.DataFrame) -> pl.DataFrame:
    return before.select("playlist_id", previous_capture="last_capture").unique()
