"""Checks of what is doubtful about a day, each by name: playlists held back, captures in doubt, odd cells, lost songs.

They warn: what they tell of is held back alone, or null, or published with its doubt, and the day goes on.
"""

from collections.abc import Iterator, Mapping, Sequence

import msgspec
import polars as pl

from spotify_assets.schemas.table import Table
from spotify_assets.transform.audited_day import Audit, History
from spotify_assets.transform.findings import Finding, counted, listed
from spotify_assets.transform.holding_back import REMEDY
from spotify_assets.transform.tables import HELD_BACK, PASSED_OVER

# Rows of a list that a check shows, and of those that its sentence names.
MOST_SHOWN, MOST_NAMED = 100, 5
# Warn where fewer chart points than this are those of songs whose artists are known.
LEAST_COVERAGE = 0.5


def no_playlist_held_back(audit: Audit, _: Table, __: History) -> Finding:
    """No playlist of the day is held back: each lost few enough entries, and is whole.

    One that is not, alone: the others are published, and its rows of the day are in `rejected_rows`.
    """
    held, passed_over = list(held_back(audit, HELD_BACK)), list(held_back(audit, PASSED_OVER))
    playlists = len({row["playlist_id"] for row in held})
    sentence = "No playlist of the day is held back."
    if held:
        sentence = f"{counted(playlists, 'playlist is', plural='playlists are')} held back: {named(held)}. {REMEDY}"
    if passed_over:
        sentence += (
            f" {counted(len(passed_over), 'later capture was', plural='later captures were')} passed over for an "
            f"earlier one of the day: {named(passed_over)}."
        )
    figures = {"held_back": playlists, "passed_over": len(passed_over)}
    rows = (*held, *passed_over)
    return Finding("no_playlist_held_back", not rows, False, sentence, figures, tuple(rows[:MOST_SHOWN]))


def held_back(audit: Audit, kind: str) -> Iterator[dict[str, str]]:
    """Name, id and reason of playlists that are held back, or of captures that were passed over."""
    rules = pl.col("rule").str.starts_with(f"{kind}|")
    noted = audit.tables["rejected_rows"].filter((pl.col("table_name") == "playlists") & rules).sort("key", "rule")
    for playlist_id, rule, row in noted.select("key", "rule", "row_json").collect().iter_rows():
        told = msgspec.json.decode(row)
        name, reason = told.get("name") or playlist_id, told["reason"]
        yield {"playlist": name, "playlist_id": playlist_id, "rule": rule, "reason": reason}


def named(rows: Sequence[Mapping[str, str]]) -> str:
    """The first of the playlists that are held back, each with its reason."""
    return listed([f"{row['playlist']} ({row['playlist_id']}), since {row['reason']}" for row in rows], MOST_NAMED)


def no_doubtful_captures(audit: Audit, _: Table, __: History) -> Finding:
    """Nothing is doubtful about what was captured of each playlist: it is published, and `doubt` says what is."""
    doubtful = audit.tables["playlists"].filter(pl.col("doubt").is_not_null()).sort("playlist_id")
    rows = doubtful.select(pl.col("name").fill_null(pl.col("playlist_id")), "playlist_id", "doubt").collect()
    sentence = "Every playlist was captured without doubt."
    if not rows.is_empty():
        named = "; ".join(f"{name} ({doubt})" for name, _, doubt in rows.head(MOST_NAMED).iter_rows())
        verb = "was captured" if rows.height == 1 else "were captured"
        sentence = f"{counted(rows.height, 'playlist')} {verb} with doubt and published as read: {named}."
    shown = tuple(rows.head(MOST_SHOWN).iter_rows(named=True))
    return Finding("no_doubtful_captures", rows.is_empty(), False, sentence, {"doubtful": rows.height}, shown)


def no_odd_cells(audit: Audit, _: Table, __: History) -> Finding:
    """Every value of the raw objects could be read: those that could not are null, and their rows are published."""
    cells = sum(cell.count for cell in audit.odd_cells)
    sentence = "Every value of the raw objects could be read."
    if cells:
        first = audit.odd_cells[0]
        sentence = (
            f"{counted(cells, 'value')} of the raw objects could not be read and {'is' if cells == 1 else 'are'} null, "
            f"such as {first.places[0] if first.places else first.path} of {first.raw_object}: {first.found} where "
            f"{first.expected} belongs."
        )
    rows = tuple(
        {
            "path": cell.path,
            "expected": cell.expected,
            "found": cell.found,
            "cells": cell.count,
            "playlist_id": cell.playlist_id or "",
            "raw_object": cell.raw_object,
            "first": ", ".join(cell.places),
        }
        for cell in audit.odd_cells[:MOST_SHOWN]
    )
    return Finding("no_odd_cells", not cells, False, sentence, {"odd_cells": cells}, rows)


def every_track_has_a_song(audit: Audit, _: Table, __: History) -> Finding:
    """Each entry of type track leads to a song; one whose song was rejected keeps its place without."""
    items, playlists = audit.tables["playlist_items"], audit.tables["playlists"]
    tracks = items.filter(pl.col("entry_type") == "track")
    lost = (
        tracks.filter(pl.col("song_id").is_null())
        .join(playlists.select("playlist_id", playlist="name"), on="playlist_id", how="left")
        .sort("playlist_id", "position")
    )
    number, total = (frame.select(pl.len()).collect().item() for frame in (lost, tracks))
    sentence = f"Each of {counted(total, 'track')} leads to a song."
    rows = lost.select(
        *(pl.col("playlist").fill_null(pl.col("playlist_id")), "playlist_id", "position", pl.col("name").fill_null(""))
    )
    shown = rows.head(MOST_SHOWN).collect().to_dicts()
    if number:
        named = ", ".join(f"{row['playlist']} number {row['position']} ({row['name']})" for row in shown[:MOST_NAMED])
        verb = "has" if number == 1 else "have"
        sentence = f"{number:,} of {counted(total, 'track')} {verb} no song that can be read: {named}."
    figures = {"tracks": total, "without_song": number}
    return Finding("every_track_has_a_song", number == 0, False, sentence, figures, tuple(shown))


def artist_coverage(audit: Audit, _: Table, __: History) -> Finding:
    """Most chart points are those of songs whose artists are known by their ids; what tells of artists needs them."""
    entries = audit.tables["playlists"].select("playlist_id", "entries")
    known = audit.tables["song_artists"].select("song_id", is_known=pl.lit(value=True)).unique()
    points = pl.col("entries") + 1 - pl.col("position")
    of_all, of_known = (
        audit.tables["playlist_items"]
        .drop_nulls("song_id")
        .join(entries, on="playlist_id")
        .join(known, on="song_id", how="left")
        .select(all=points.sum(), known=points.filter("is_known").sum())
        .collect()
        .row(0)
    )
    if not of_all:
        return Finding("artist_coverage", True, False, "No points of songs to have artists.")
    unknown = 1 - of_known / of_all
    sentence = (
        f"{unknown:.0%} of all chart points are those of songs whose artists are told as text alone, or not at all."
    )
    passed = unknown <= 1 - LEAST_COVERAGE
    if not passed:
        sentence += (
            " Insights of artists and genres leave them out; docs/charts.md says which files tell ids of artists."
        )
    return Finding("artist_coverage", passed, False, sentence, {"share_without_known_artists": unknown})
