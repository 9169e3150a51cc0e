"""Checks of what is doubtful about a day, by name: held back, rejected, quarantined or null, and doubtful captures.

They only warn: what they report is held back by itself, null, or published with its doubt, and the day continues.
"""

from collections.abc import Iterator, Mapping, Sequence

import msgspec
import polars as pl

from spotify_assets.schemas.table import Table
from spotify_assets.transform.audited_day import Audit, History, SetAside
from spotify_assets.transform.examples import MOST_EXAMPLES, name_of, playlist_of
from spotify_assets.transform.findings import Example, Finding, counted, listed, part_of
from spotify_assets.transform.holding_back import REMEDY
from spotify_assets.transform.tables import HELD_BACK, PASSED_OVER

# Rows that a check lists, and those that its sentence names.
MOST_SHOWN, MOST_NAMED = 100, 5
# Warn if a smaller share of chart points than this belongs to songs with known artists.
LEAST_COVERAGE = 0.5


def no_playlist_held_back(audit: Audit, _: Table, __: History) -> Finding:
    """No playlist of the day is held back: each lost few enough entries and is complete.

    A playlist is held back by itself: the others are published, and its rows of the day are in `rejected_rows`.
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
    """Name, id, reason and raw object of playlists that are held back, or of captures that were passed over."""
    rules = pl.col("rule").str.starts_with(f"{kind}|")
    noted = audit.tables["rejected_rows"].filter((pl.col("table_name") == "playlists") & rules).sort("key", "rule")
    for playlist_id, rule, raw_object, row in (
        noted.select("key", "rule", "raw_object", "row_json").collect().iter_rows()
    ):
        told = msgspec.json.decode(row)
        name, reason = told.get("name") or playlist_id, told["reason"]
        yield {
            "playlist": name,
            "playlist_id": playlist_id,
            "rule": rule,
            "reason": reason,
            "raw_object": raw_object or "",
        }


def named(rows: Sequence[Mapping[str, str]]) -> str:
    """The first playlists that are held back, each with its reason."""
    return listed([f"{row['playlist']} ({row['playlist_id']}): {row['reason']}" for row in rows], MOST_NAMED)


def no_doubtful_captures(audit: Audit, _: Table, __: History) -> Finding:
    """No playlist was captured with doubt. Doubtful captures are published; their column `doubt` says why."""
    doubtful = audit.tables["playlists"].filter(pl.col("doubt").is_not_null()).sort("playlist_id")
    rows = doubtful.select(pl.col("name").fill_null(pl.col("playlist_id")), "playlist_id", "doubt").collect()
    sentence = "No playlist was captured with doubt."
    if not rows.is_empty():
        named = "; ".join(f"{name} ({doubt})" for name, _, doubt in rows.head(MOST_NAMED).iter_rows())
        verb = "was captured" if rows.height == 1 else "were captured"
        sentence = f"{counted(rows.height, 'playlist')} {verb} with doubt and published as read: {named}."
    shown = tuple(rows.head(MOST_SHOWN).iter_rows(named=True))
    return Finding("no_doubtful_captures", rows.is_empty(), False, sentence, {"doubtful": rows.height}, shown)


def no_odd_cells(audit: Audit, _: Table, __: History) -> Finding:
    """Every value of the raw objects could be read. Unreadable values are null, and their rows are published."""
    cells = sum(cell.count for cell in audit.odd_cells)
    sentence = "Every value of the raw objects could be read."
    if cells:
        first = audit.odd_cells[0]
        sentence = (
            f"{counted(cells, 'value')} of the raw objects could not be read and {'is' if cells == 1 else 'are'} null, "
            f"such as {first.places[0] if first.places else first.path} of {first.raw_object}: {first.found} instead "
            f"of {first.expected}."
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


def no_rejected_rows(audit: Audit, _: Table, __: History) -> Finding:
    """No row of the day was rejected."""
    counts = (
        audit.tables["rejected_rows"].group_by("table_name", "rule").agg(pl.len()).sort("table_name", "rule").collect()
    )
    found = {f"{table}: {rule}": count for table, rule, count in counts.iter_rows()}
    sentence = "No row was rejected."
    shown = list[Example]()
    if found:
        sentence = "Rejected: " + ", ".join(f"{name} ({count:,})" for name, count in found.items()) + "."
        for table, rule, _count in counts.iter_rows():
            shown += rejected_examples(audit, (pl.col("table_name") == table) & (pl.col("rule") == rule))
    return Finding("no_rejected_rows", not found, False, sentence, found, tuple(shown[:MOST_SHOWN]))


def rejected_examples(audit: Audit, wanted: pl.Expr) -> Iterator[Example]:
    """The first of some rejected rows, each with its playlist."""
    rows = audit.tables["rejected_rows"].filter(wanted).sort("key", "raw_object", "row_json").head(MOST_EXAMPLES)
    for row in rows.collect().iter_rows(named=True):
        told = msgspec.json.decode(row["row_json"])
        playlist_id = playlist_of(audit, told if isinstance(told, dict) else {})
        yield {
            "table": row["table_name"],
            "rule": row["rule"],
            "playlist": name_of(audit, playlist_id),
            "playlist_id": playlist_id,
            "key": row["key"] or "",
            "raw_object": row["raw_object"] or "",
            "row": row["row_json"],
        }


def no_quarantined_objects(audit: Audit, _: Table, __: History) -> Finding:
    """Every raw object of the day could be read."""
    return quarantine_finding(audit.quarantined, audit.set_aside)


def quarantine_finding(number: int, set_aside: Sequence[SetAside]) -> Finding:
    """What `no_quarantined_objects` says of a day with so many objects in quarantine, of which some are given."""
    sentence = "Every raw object of the day could be read."
    if number:
        named_objects = [f"{found.raw_object}: {found.reason.rstrip('.')}" for found in set_aside[:MOST_NAMED]]
        if named_objects and number > len(named_objects):
            named_objects.append(f"and {number - len(named_objects):,} more")
        which = f": {'; '.join(named_objects)}" if named_objects else ""
        sentence = f"{counted(number, 'raw object', 'is', 'are')} in quarantine{which}."
    shown = tuple(
        {"rule": "unreadable", "raw_object": found.raw_object, "reason": found.reason, "key_in_raw": found.key}
        for found in set_aside
    )
    figures = {"quarantined_objects": number}
    return Finding("no_quarantined_objects", number == 0, False, sentence, figures, shown)


def every_track_has_a_song(audit: Audit, _: Table, __: History) -> Finding:
    """Each entry of type track has a song; an entry whose song was rejected keeps its position without one."""
    items, playlists = audit.tables["playlist_items"], audit.tables["playlists"]
    tracks = items.filter(pl.col("entry_type") == "track")
    lost = (
        tracks.filter(pl.col("song_id").is_null())
        .join(playlists.select("playlist_id", playlist="name"), on="playlist_id", how="left")
        .sort("playlist_id", "position")
    )
    number, total = (frame.select(pl.len()).collect().item() for frame in (lost, tracks))
    sentence = f"Each of {counted(total, 'track')} has a song."
    rows = lost.select(
        *(pl.col("playlist").fill_null(pl.col("playlist_id")), "playlist_id", "position", pl.col("name").fill_null(""))
    )
    shown = rows.head(MOST_SHOWN).collect().to_dicts()
    if number:
        named = ", ".join(f"{row['playlist']} number {row['position']} ({row['name']})" for row in shown[:MOST_NAMED])
        sentence = f"{part_of(number, total, 'track', 'has', 'have')} no readable song: {named}."
    figures = {"tracks": total, "without_song": number}
    return Finding("every_track_has_a_song", number == 0, False, sentence, figures, tuple(shown))


def artist_coverage(audit: Audit, _: Table, __: History) -> Finding:
    """Most chart points belong to songs whose artist ids are known, as insights about artists need them."""
    entries = audit.tables["playlists"].select("playlist_id", "entries", playlist_name="name")
    known = audit.tables["song_artists"].select("song_id", is_known=pl.lit(value=True)).unique()
    points = pl.col("entries") + 1 - pl.col("position")
    weighed = (
        audit.tables["playlist_items"]
        .drop_nulls("song_id")
        .join(entries, on="playlist_id")
        .join(known, on="song_id", how="left")
    )
    of_all, of_known = weighed.select(all=points.sum(), known=points.filter("is_known").sum()).collect().row(0)
    if not of_all:
        return Finding("artist_coverage", True, False, "No song has points.")
    unknown = 1 - of_known / of_all
    sentence = f"{unknown:.0%} of all chart points belong to songs whose artists are given only as text, or not at all."
    passed, shown = unknown <= 1 - LEAST_COVERAGE, tuple[Example, ...]()
    if not passed:
        shown = tuple(
            weighed.group_by("playlist_id", playlist=pl.col("playlist_name").fill_null(pl.col("playlist_id")))
            .agg(songs=pl.len(), songs_without_known_artists=pl.col("is_known").is_null().sum())
            .filter(pl.col("songs_without_known_artists") > 0)
            .sort("songs_without_known_artists", "playlist_id", descending=[True, False])
            .head(MOST_SHOWN)
            .select("playlist", "playlist_id", "songs", "songs_without_known_artists")
            .collect()
            .iter_rows(named=True)
        )
        sentence += " Insights about artists and genres leave them out; docs/charts.md lists the files with artist ids."
    return Finding("artist_coverage", passed, False, sentence, {"share_without_known_artists": unknown}, shown)
