"""Rows that show what a check found: the rule, their playlist, their key, and the row itself as JSON.

A failed check shows with them where to look; all rows of a day that is held back can also be requested.
"""

from collections.abc import Iterable, Mapping

import msgspec
import polars as pl

from spotify_assets.schemas import TABLES
from spotify_assets.transform.audited_day import Audit
from spotify_assets.transform.findings import Example

# Rows for each broken rule.
MOST_EXAMPLES = 3
# Finds the playlist of a row that names none: a table that links a column, and to which column.
LEADS_ON = {
    "song_id": ("playlist_items", "playlist_id"),
    "album_id": ("songs", "song_id"),
    "artist_id": ("song_artists", "song_id"),
}


def examples(audit: Audit, table_name: str, rows: pl.LazyFrame | pl.DataFrame, rule: str) -> tuple[Example, ...]:
    """The first rows, in the order of the table's key, that break a rule, with any columns."""
    key = [name for name in TABLES[table_name].key if name != "snapshot_date"]
    held = rows.lazy().collect_schema().names()
    first = rows.lazy().sort([name for name in key if name in held]).head(MOST_EXAMPLES).collect()
    found = (_example(audit, row, key, rule) for row in first.iter_rows(named=True))
    return tuple(found)


def _example(audit: Audit, row: Mapping[str, object], key: Iterable[str], rule: str) -> Example:
    playlist_id = playlist_of(audit, row)
    told = {name: value for name, value in row.items() if value is not None}
    return {
        "rule": rule,
        "playlist": name_of(audit, playlist_id),
        "playlist_id": playlist_id,
        "key": "/".join(str(row.get(name)) for name in key),
        "row": as_json(told),
    }


def as_json(row: Mapping[str, object]) -> str:
    """A row as JSON text, whatever its values are."""
    return msgspec.json.encode(row, enc_hook=str).decode()


def playlist_of(audit: Audit, row: Mapping[str, object]) -> str:
    """The first playlist that a row is on; empty if none is known."""
    if isinstance(named := row.get("playlist_id"), str):
        return named
    for column, (table, leads_to) in LEADS_ON.items():
        value = row.get(column)
        if value is None or table not in audit.tables:
            continue
        next_rows = audit.tables[table].filter(pl.col(column) == value).sort(leads_to).head(1).collect()
        for found in next_rows.select(leads_to).iter_rows(named=True):
            if (playlist_id := playlist_of(audit, found)) != "":
                return playlist_id
    return ""


def name_of(audit: Audit, playlist_id: str) -> str:
    """The name of a playlist of the day; its id if it has none, or is not there."""
    if playlist_id and "playlists" in audit.tables:
        named = audit.tables["playlists"].filter(pl.col("playlist_id") == playlist_id).select("name").head(1).collect()
        return next((name for (name,) in named.iter_rows() if name), playlist_id)
    return playlist_id
