"""Checks of a day's base tables before it is published: pure functions over the staged tables of one day.

Each gives a finding: a sentence for people and figures for metadata. Blocking findings hold the day back; the others
warn. Nothing here knows Dagster or where tables are stored.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from statistics import median

import polars as pl

from spotify_assets.schemas.base import BASE, FOREIGN_KEYS
from spotify_assets.schemas.table import Table
from spotify_assets.transform.audit_of_change import churn, usual_playlists
from spotify_assets.transform.audit_of_doubt import (
    MOST_NAMED,
    MOST_SHOWN,
    artist_coverage,
    every_track_has_a_song,
    held_back,
    named,
    no_doubtful_captures,
    no_odd_cells,
    no_playlist_held_back,
    no_quarantined_objects,
    no_rejected_rows,
    rejected_examples,
)
from spotify_assets.transform.audited_day import Audit, Check, History
from spotify_assets.transform.candidates import IMPORT
from spotify_assets.transform.examples import examples
from spotify_assets.transform.findings import Example, Finding, counted, listed, part_of
from spotify_assets.transform.holding_back import REMEDY
from spotify_assets.transform.tables import HELD_BACK

# A day may be larger than memory; `primary_key` finds keys that are repeated across batches.
ROWS_AT_A_TIME = 250_000
# Warn if a day's row count is this far from the median of the days before, or a null share has moved by this much.
VOLUME_TOLERANCE = 0.5
NULL_SHARE_TOLERANCE = 0.2
# Prior days listed by a warning about the number of rows.
DAYS_SHOWN = 7
OTHER_DAY = "snapshot_date|other day"


def are_sound(table: Table, days: Mapping[date, pl.LazyFrame]) -> bool:
    """Whether no row of some days of a table breaks its contract and no key is repeated, checked for all days at once.

    Calling the rules costs as much as a thousand rows. Each is about a row or a key, so what holds for all days
    together holds for each. If this is false, checking each day shows what is wrong.
    """
    if any(_wrong_types(table, frame) for frame in days.values()):
        return False
    columns = table.schema.column_names()
    # Keys include the day, so those of two days never collide.
    rows = pl.concat([frame.select(*columns, audited=pl.lit(day)) for day, frame in days.items()]).collect()
    of_other_days = rows.select((pl.col("snapshot_date") != pl.col("audited")).any()).item()
    return not of_other_days and table.schema.is_valid(rows.select(columns))


def _wrong_types(table: Table, frame: pl.LazyFrame) -> list[str]:
    held = frame.collect_schema()
    wanted = {name: column.dtype for name, column in table.schema.columns().items()}
    return [f"{name} is {held.get(name, 'missing')}" for name, dtype in wanted.items() if held.get(name) != dtype]


def contract(audit: Audit, table: Table, _: History) -> Finding:
    """Every row, read back from the file, satisfies the table's schema and belongs to the audited day."""
    frame, is_sound = audit.tables[table.name], table.name in audit.sound
    if not is_sound and (wrong_types := _wrong_types(table, frame)):
        shown = tuple({"rule": "columns", "column": column} for column in wrong_types)
        return Finding(
            "contract", False, True, f"Columns differ from the contract: {'; '.join(wrong_types)}.", rows=shown
        )
    rows, broken, shown = audit.rows(table.name), Counter[str](), list[Example]()
    for first in () if is_sound else range(0, rows, ROWS_AT_A_TIME):
        some = frame.slice(first, ROWS_AT_A_TIME).collect()
        _good, failure = table.schema.filter(some)
        other_days = some.filter(pl.col("snapshot_date") != audit.snapshot_date)
        counts = Counter(failure.counts()) + Counter({OTHER_DAY: other_days.height})
        for rule in counts.keys() - broken.keys():
            rows_of_rule = other_days if rule == OTHER_DAY else failure.details().filter(pl.col(rule) == "invalid")
            held_columns = [name for name in table.schema.column_names() if name in rows_of_rule.columns]
            shown.extend(examples(audit, table.name, rows_of_rule.select(held_columns), rule))
        broken += counts
    sentence = (
        f"{counted(rows, 'row', 'satisfies', 'satisfy')} the contract of {table.name}."
        if not broken
        else f"Some of {counted(rows, 'row')} of {table.name} break its contract: "
        + ", ".join(f"{rule} ({count:,})" for rule, count in broken.items())
        + "."
    )
    by_rule = tuple(sorted(shown, key=lambda example: str(example["rule"])))
    return Finding("contract", not broken, True, sentence, {"rows": rows, **broken}, by_rule[:MOST_SHOWN])


def primary_key(audit: Audit, table: Table, _: History) -> Finding:
    """Primary keys are unique."""
    rows = audit.rows(table.name)
    # All keys at once take the most memory, so they are counted in shares; equal keys are in the same share.
    shares = rows // ROWS_AT_A_TIME + 1
    key_of_row, frame = pl.struct(table.key), audit.tables[table.name]
    keys = sum(
        frame.filter(key_of_row.hash() % shares == share).select(key_of_row.n_unique()).collect().item()
        for share in range(0 if table.name in audit.sound else shares)
    )
    doubles = 0 if table.name in audit.sound else rows - keys
    key = ", ".join(table.key)
    sentence = f"Each key ({key}) is unique among {counted(rows, 'row')}."
    if doubles:
        sentence = f"{part_of(doubles, rows, 'row', 'repeats', 'repeat')} a key ({key})."
    figures = {"rows": rows, "repeated_keys": doubles}
    if not doubles:
        return Finding("primary_key", True, True, sentence, figures)
    repeated = frame.group_by(table.key).len().filter(pl.col("len") > 1).sort(table.key).head(1).select(table.key)
    rows_of_key = frame.join(repeated, on=table.key, how="semi", nulls_equal=True)
    shown = examples(audit, table.name, rows_of_key, "primary_key")
    return Finding("primary_key", False, True, sentence, figures, shown)


def foreign_keys(audit: Audit, table: Table, _: History) -> Finding:
    """No orphaned foreign keys: every reference to another table is to a row of the same day."""
    orphans: dict[str, int] = {}
    references, shown = 0, list[Example]()
    for reference in FOREIGN_KEYS:
        if reference.table == table.name:
            parent = audit.tables[reference.parent].select(pl.col(reference.parent_column).alias(reference.column))
            child = audit.tables[table.name].filter(pl.col(reference.column).is_not_null())
            references += child.select(pl.len()).collect().item()
            orphaned = child.join(parent, on=reference.column, how="anti")
            rule = f"{reference.column}_without_{reference.parent}"
            orphans[rule] = orphaned.select(pl.len()).collect().item()
            shown.extend(examples(audit, table.name, orphaned, rule) if orphans[rule] else ())
    lost = sum(orphans.values())
    sentence = f"No orphaned foreign keys in {table.name} ({references:,} checked)."
    if lost:
        sentence = (
            f"{part_of(lost, references, 'foreign key', 'is', 'are')} orphaned in {table.name}: "
            + ", ".join(f"{name} {count:,}" for name, count in orphans.items() if count)
            + "."
        )
    return Finding("foreign_keys", lost == 0, True, sentence, dict(orphans), tuple(shown))


def completeness(audit: Audit, _: Table, __: History) -> Finding:
    """Each playlist has as many entries as it states, at positions 1 to that number."""
    items = (
        audit.tables["playlist_items"]
        .group_by("playlist_id")
        .agg(pl.len().alias("found"), pl.col("position").max().alias("last"))
    )
    compared = (
        audit.tables["playlists"]
        .join(items, on="playlist_id", how="left")
        .with_columns(pl.col("found", "last").fill_null(0))
    )
    wrong = compared.filter((pl.col("found") != pl.col("entries")) | (pl.col("last") != pl.col("entries"))).collect()
    said = compared.select(pl.col("entries").sum()).collect().item()
    sentence = f"All {said:,} entries stated by the playlists are present."
    if not wrong.is_empty():
        first = wrong.sort("playlist_id").row(0, named=True)
        sentence = (
            f"{counted(wrong.height, 'playlist', 'is', 'are')} incomplete; {first['name'] or first['playlist_id']} "
            f"states {first['entries']:,} entries, {first['found']:,} are present."
        )
    shown = tuple(
        wrong.sort("playlist_id")
        .head(MOST_SHOWN)
        .select(
            pl.lit("completeness").alias("rule"),
            pl.col("name").fill_null(pl.col("playlist_id")).alias("playlist"),
            *("playlist_id", "entries", "found", pl.col("last").alias("last_position")),
        )
        .iter_rows(named=True)
    )
    figures = {"entries": said, "playlists_not_whole": wrong.height}
    return Finding("completeness", wrong.is_empty(), True, sentence, figures, shown)


def not_empty(audit: Audit, table: Table, _: History) -> Finding:
    """The table has rows, unless the day's playlists hold nothing for it."""
    rows = audit.rows(table.name)
    excused = table.name != "playlists" and rows == 0 and not _has_source_rows(audit, table)
    sentence, shown = f"{table.name} has {counted(rows, 'row')}.", list[Example]()
    if rows == 0:
        sentence = "No playlist holds anything for it." if excused else f"{table.name} has no rows."
        if table.name == "playlists" and (held := list(held_back(audit, HELD_BACK))):
            sentence += f" All of the day's playlists are held back: {named(held)}. {REMEDY}"
            shown.extend(held[:MOST_SHOWN])
        elif table.name == "playlists" and audit.unreadable:
            reasons = [f"{name}: {reason.rstrip('.')}" for name, reason in audit.unreadable.items()]
            sentence += f" None of the day's raw objects could be read: {listed(reasons, MOST_NAMED)}."
            shown += [{"raw_object": name, "reason": reason} for name, reason in audit.unreadable.items()][:MOST_SHOWN]
    if rows == 0 and not excused and not shown:
        shown.extend(rejected_examples(audit, pl.col("table_name") == table.name))
    return Finding("not_empty", rows > 0 or excused, True, sentence, {"rows": rows}, tuple(shown))


def _has_source_rows(audit: Audit, table: Table) -> bool:
    if table.name == "playlist_items":
        return audit.tables["playlists"].select(pl.col("entries").sum()).collect().item() > 0
    if table.name == "imports":
        return audit.tables["playlists"].select((pl.col("source") == IMPORT).any()).collect().item()
    if table.name == "albums":
        # Extractors that request few fields from Spotify leave albums out.
        return audit.tables["songs"].select(pl.col("album_id").is_not_null().any()).collect().item()
    if table.name == "song_artists" and audit.rows("artists") == 0:
        # No song names its artists, or none could be read; those would be rejected rows.
        return False
    if table.name == "artists":
        return audit.rows("song_artists") > 0
    tracks = audit.tables["playlist_items"].filter(pl.col("entry_type") == "track")
    return tracks.select(pl.len()).collect().item() > 0


def volume(audit: Audit, table: Table, history: History) -> Finding:
    """The table has about as many rows as on the days before."""
    rows = audit.rows(table.name)
    if not history.rows:
        sentence = f"{counted(rows, 'row')}; not evaluated: no earlier day to compare with."
        return Finding("volume", True, False, sentence, {"rows": rows})
    usual = median(history.rows.values())
    passed = abs(rows - usual) <= VOLUME_TOLERANCE * usual
    days = counted(len(history.rows), "day")
    sentence = f"{counted(rows, 'row')}; the median of {days} before is {usual:,.0f} (limit ±{VOLUME_TOLERANCE:.0%})."
    last = sorted(history.rows.items(), reverse=True)[:DAYS_SHOWN]
    compared = (
        {"rule": "volume", "day": str(day), "rows": count} for day, count in [(audit.snapshot_date, rows), *last]
    )
    figures = {"rows": rows, "median_before": float(usual)}
    return Finding("volume", passed, False, sentence, figures, () if passed else tuple(compared))


def null_drift(audit: Audit, table: Table, history: History) -> Finding:
    """No column's share of empty values has changed much since the day before."""
    frame = audit.tables[table.name]
    columns = [name for name in table.schema.column_names() if name in history.null_shares]
    rows = audit.rows(table.name)
    if not columns or not rows:
        return Finding("null_drift", True, False, "Not evaluated: no earlier day to compare with.")
    shares = frame.select(pl.col(columns).is_null().mean()).collect().row(0, named=True)
    moved = {
        name: f"{history.null_shares[name]:.0%} → {share:.0%}"
        for name, share in shares.items()
        if abs(share - history.null_shares[name]) > NULL_SHARE_TOLERANCE
    }
    sentence = f"The share of empty values is as before in {counted(len(columns), 'column')}."
    if moved:
        sentence = (
            "Share of empty values changed: " + ", ".join(f"{name} {change}" for name, change in moved.items()) + "."
        )
    shown = tuple(
        {
            "rule": "null_drift",
            "column": name,
            "empty_before": f"{history.null_shares[name]:.0%}",
            "empty": f"{shares[name]:.0%}",
            "first_empty_key": _first_key(frame.filter(pl.col(name).is_null()), table),
        }
        for name in moved
    )
    return Finding("null_drift", not moved, False, sentence, dict(moved), shown)


def _first_key(rows: pl.LazyFrame, table: Table) -> str:
    key = [name for name in table.key if name != "snapshot_date"]
    first = rows.select(key).sort(key).head(1).collect()
    return next(("/".join(map(str, row)) for row in first.iter_rows()), "")


def checks_of(table: Table) -> tuple[Check, ...]:
    """The checks of a table, blocking ones first."""
    if table.name == "rejected_rows":
        return (contract, no_rejected_rows)
    blocking: list[Check] = [contract, primary_key, not_empty]
    if any(reference.table == table.name for reference in FOREIGN_KEYS):
        blocking.append(foreign_keys)
    warning: list[Check] = [volume, null_drift]
    if table.name == "playlist_items":
        blocking.append(completeness)
        warning.extend((every_track_has_a_song, churn))
    if table.name == "song_artists":
        warning.append(artist_coverage)
    if table.name == "playlists":
        warning.extend(
            (usual_playlists, no_playlist_held_back, no_doubtful_captures, no_odd_cells, no_quarantined_objects)
        )
    return (*blocking, *warning)


BLOCKING = frozenset(check.__name__ for check in (contract, primary_key, not_empty, foreign_keys, completeness))


def audit_table(audit: Audit, table_name: str, history: History) -> list[Finding]:
    """Findings of all checks of one table."""
    table = BASE.tables[table_name]
    return [check(audit, table, history) for check in checks_of(table)]
