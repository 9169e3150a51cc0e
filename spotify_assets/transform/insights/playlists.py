"""What a playlist remembers of its songs, what changed on it, and how each of its songs does."""

import polars as pl

from spotify_assets.transform.insights.charts import PLAYLIST_SONG, Charts

NAMES = ["song_name", "artist_names"]


def playlist_songs(charts: Charts, before: pl.DataFrame) -> pl.DataFrame:
    """The memory after a day, from the memory before it; playlists that were not captured keep theirs as it is."""
    remembered = before.drop("snapshot_date").join(
        charts.places.select(*PLAYLIST_SONG, "position", *NAMES),
        on=PLAYLIST_SONG,
        how="full",
        coalesce=True,
        suffix="_today",
    )
    is_here = pl.col("position").is_not_null()
    is_better = (pl.col("position") < pl.col("peak_position")).fill_null(value=True)
    today = pl.lit(charts.day)
    was_here = pl.col("last_seen") == pl.col("last_capture")
    counted = pl.col("days_on_chart").fill_null(0) + 1
    streak = pl.when(was_here).then(pl.col("streak") + 1).otherwise(1)
    return remembered.select(
        today.alias("snapshot_date"),
        *PLAYLIST_SONG,
        *(_if(is_here, pl.col(f"{name}_today"), name) for name in NAMES),
        pl.col("first_seen").fill_null(today),
        _if(is_here, today, "last_seen"),
        _if(is_here, pl.col("position"), "last_position"),
        _if(is_here, counted, "days_on_chart"),
        _if(is_here, streak, "streak"),
        _if(is_here & is_better, pl.col("position"), "peak_position"),
        _if(is_here & is_better, today, "peak_date"),
        _if(pl.col("playlist_id").is_in(charts.playlists["playlist_id"].implode()), today, "last_capture"),
    ).sort(PLAYLIST_SONG)


def _if(condition: pl.Expr, then: pl.Expr, column: str) -> pl.Expr:
    """The column, with another value where the condition holds."""
    return pl.when(condition).then(then).otherwise(pl.col(column)).alias(column)


def song_trends(charts: Charts, memory: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """How each song on a playlist does, from the memory after the day and before it."""
    so_far = memory.select(
        "snapshot_date", *PLAYLIST_SONG, "peak_position", "peak_date", "days_on_chart", "streak", "first_seen"
    )
    return (
        charts.places.join(so_far, on=PLAYLIST_SONG)
        .join(_on_previous_capture(before), on=PLAYLIST_SONG, how="left")
        .join(_previous_captures(before), on="playlist_id", how="left")
        .with_columns(movement=pl.col("previous_position") - pl.col("position"))
        .with_columns(_status())
    )


def _status() -> pl.Expr:
    movement = pl.col("movement")
    return (
        pl.when(movement > 0)
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


def playlist_changes(charts: Charts, trends: pl.DataFrame, memory: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """What was added, removed and moved since the previous captured day of each playlist captured today."""
    here = trends.with_columns(
        last_seen=pl.col("snapshot_date"),
        change=pl.when(pl.col("movement").is_null()).then(pl.lit("added")).otherwise(pl.lit("moved")),
    ).filter(pl.col("movement").is_null() | (pl.col("movement") != 0))
    gone = (
        _on_previous_capture(before)
        .join(charts.playlists, on="playlist_id")
        .join(trends, on=PLAYLIST_SONG, how="anti")
        .join(memory.select("snapshot_date", *PLAYLIST_SONG, *NAMES, "first_seen", "last_seen"), on=PLAYLIST_SONG)
        .join(_previous_captures(before), on="playlist_id")
        .with_columns(change=pl.lit("removed"))
    )
    return pl.concat([here, gone], how="diagonal")


def _on_previous_capture(before: pl.DataFrame) -> pl.DataFrame:
    return before.filter(pl.col("last_seen") == pl.col("last_capture")).select(
        *PLAYLIST_SONG, previous_position="last_position"
    )


def _previous_captures(before: pl.DataFrame) -> pl.DataFrame:
    return before.select("playlist_id", previous_capture="last_capture").unique()
