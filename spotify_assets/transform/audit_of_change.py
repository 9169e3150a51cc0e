"""Checks of a day's playlists against prior days: which are missing, and how many songs were added and removed.

They only warn, by name: an emptied or shortened playlist may be its owner's doing. A day's published rows never depend
on other days.
"""

import polars as pl

from spotify_assets.schemas.table import Table
from spotify_assets.transform.audit_of_doubt import MOST_NAMED, MOST_SHOWN, held_back
from spotify_assets.transform.audited_day import Audit, History
from spotify_assets.transform.findings import Finding, counted, listed
from spotify_assets.transform.tables import HELD_BACK

# Observed daily charts keep four fifths of their songs from one day to the next; replacing half is rare.
CHURN_TOLERANCE = 0.5


def churn(audit: Audit, _: Table, history: History) -> Finding:
    """Each playlist keeps most of its songs from the previous published day, and most of its songs were on it then.

    Emptied or shortened playlists are named here, with how many songs were added and removed.
    """
    if history.previous_rows is None:
        return Finding("churn", True, False, "Not evaluated: no earlier day to compare with.")
    changes = _changes(audit, history.previous_rows)
    if changes.is_empty():
        return Finding("churn", True, False, "Not evaluated: no playlist was there on the previous day.")
    came, left = (changes[share].max() for share in ("share_new", "share_left"))
    figures = {"largest_share_new": float(str(came)), "largest_share_left": float(str(left))}
    most = changes.filter((pl.col("share_new") > CHURN_TOLERANCE) | (pl.col("share_left") > CHURN_TOLERANCE))
    if most.is_empty():
        sentence = f"At most {came:.0%} of a playlist's songs were added and {left:.0%} removed since the day before"
        return Finding("churn", True, False, f"{sentence} (limit {CHURN_TOLERANCE:.0%}).", figures)
    rows = tuple(
        most.head(MOST_SHOWN)
        .select("playlist", "playlist_id", songs="today", songs_before="before", came="came", left="left")
        .iter_rows(named=True)
    )
    told = "; ".join(
        f"{row['playlist']}: {row['came']:,} of {counted(row['songs'], 'song')} added, {row['left']:,} of "
        f"{row['songs_before']:,} removed"
        for row in rows[:MOST_NAMED]
    )
    sentence = (
        f"{counted(most.height, 'playlist', 'has', 'have')} changed by more than {CHURN_TOLERANCE:.0%} since the day "
        f"before: {told}. Look at the playlist in Spotify; replace a bad capture by landing another one."
    )
    return Finding("churn", False, False, sentence, figures, rows)


def _changes(audit: Audit, previous_rows: pl.LazyFrame) -> pl.DataFrame:
    """For each playlist of today that was there before: songs today, before, added, removed; most changed first."""
    songs = ["playlist_id", "song_id"]
    today = audit.tables["playlist_items"].select(songs).drop_nulls().unique()
    before = previous_rows.select(songs).drop_nulls().unique()

    def per_playlist(frame: pl.LazyFrame, name: str) -> pl.LazyFrame:
        return frame.group_by("playlist_id").agg(pl.len().cast(pl.Int64).alias(name))

    return (
        audit.tables["playlists"]
        .select("playlist_id", playlist=pl.col("name").fill_null(pl.col("playlist_id")))
        .join(per_playlist(before, "before"), on="playlist_id")
        .join(per_playlist(today, "today"), on="playlist_id", how="left")
        .join(per_playlist(today.join(before, on=songs, how="anti"), "came"), on="playlist_id", how="left")
        .join(per_playlist(before.join(today, on=songs, how="anti"), "left"), on="playlist_id", how="left")
        .with_columns(pl.col("today", "came", "left").fill_null(0))
        .with_columns(
            share_new=pl.col("came") / pl.max_horizontal("today", 1), share_left=pl.col("left") / pl.col("before")
        )
        .sort(pl.max_horizontal("share_new", "share_left"), "playlist_id", descending=[True, False])
        .collect()
    )


def usual_playlists(audit: Audit, _: Table, history: History) -> Finding:
    """Every playlist present on most of the latest published days is present today, or reported as held back."""
    if history.previous_rows is None:
        return Finding("usual_playlists", True, False, "Not evaluated: no earlier day to compare with.")
    days = pl.col("snapshot_date")
    before = history.previous_rows.select("snapshot_date", "playlist_id", "name").collect()
    usual = (
        before.sort(days)
        .group_by("playlist_id")
        .agg(days.n_unique().alias("days"), pl.col("name").last(), days.max().alias("last_day"))
        .filter(pl.col("days") * 2 > before["snapshot_date"].n_unique())
    )
    there = audit.tables["playlists"].select("playlist_id").collect()
    told = [row["playlist_id"] for row in held_back(audit, HELD_BACK)]
    missing = (
        usual.join(there, on="playlist_id", how="anti").filter(~pl.col("playlist_id").is_in(told)).sort("playlist_id")
    )
    figures = {"usual": usual.height, "missing": missing.height}
    if missing.is_empty():
        sentence = f"All of {counted(usual.height, 'usual playlist')} are present."
        return Finding("usual_playlists", True, False, sentence, figures)
    rows = tuple(
        {"playlist": name or playlist_id, "playlist_id": playlist_id, "last_day": str(last_day)}
        for playlist_id, name, last_day in missing.select("playlist_id", "name", "last_day").iter_rows()
    )
    named = listed([f"{row['playlist']} (last on {row['last_day']})" for row in rows], MOST_NAMED)
    sentence = (
        f"{len(rows):,} of {counted(usual.height, 'usual playlist', 'is', 'are')} missing: {named}. Capture them again "
        "today, or land an object of each for the day."
    )
    return Finding("usual_playlists", False, False, sentence, figures, rows[:MOST_SHOWN])
