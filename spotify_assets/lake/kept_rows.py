"""Rows of many published days in one object, so that looking back on them reads one object instead of one per day.

Each table's rows are stored with the version of each of their days. A day that has another version by now is
read from the table, as is a day that is missing here. So a missing, damaged or old object costs only time, and
nothing has to be removed when a day is republished. The object begins with the hash of the rest.
"""

import hashlib
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import msgspec
import polars as pl

from spotify_assets.lake.storage import Storage

DIGEST_BYTES = hashlib.sha256().digest_size
# With more rows, a day has so many that the overhead per file does not count.
MOST_ROWS = 1_000_000
# The name of the one table of an object that keeps one.
ROWS = "rows"


@dataclass(frozen=True)
class KeptTable:
    """Rows of one table, and the version of each of their days."""

    versions: Mapping[date, str]
    rows: pl.DataFrame


class _Table(msgspec.Struct, frozen=True):
    versions: dict[date, str]
    parquet: bytes


def read_kept(storage: Storage, key: str) -> dict[str, KeptTable]:
    """The rows kept under a key, by table; none if the bytes are not those written."""
    content = storage.read_if_any(key) or b""
    digest, tables = content[:DIGEST_BYTES], content[DIGEST_BYTES:]
    if hashlib.sha256(tables).digest() != digest:
        return {}
    try:
        held = msgspec.msgpack.decode(tables, type=dict[str, _Table])
    except msgspec.ValidationError:
        # Of another version of this platform.
        return {}
    return {name: KeptTable(table.versions, pl.read_parquet(io.BytesIO(table.parquet))) for name, table in held.items()}


def write_kept(storage: Storage, key: str, tables: Mapping[str, KeptTable]) -> None:
    """Keeps rows under a key in place of those before; none if there are too many for it to matter."""
    if sum(table.rows.height for table in tables.values()) > MOST_ROWS:
        return
    held = {name: _Table(dict(table.versions), _parquet(table.rows)) for name, table in tables.items()}
    content = msgspec.msgpack.encode(held)
    storage.write(key, hashlib.sha256(content).digest() + content)


def kept_rows(
    storage: Storage,
    key: str,
    wanted: Mapping[date, str],
    empty: pl.DataFrame,
    *,
    read: Callable[[list[date]], pl.DataFrame | None],
    look_again: Callable[[], Mapping[date, str]],
) -> pl.DataFrame:
    """Rows of all wanted days, of which only those that are new or changed since the last look are read.

    Args:
        storage: where the rows are kept.
        key: the object that keeps them.
        wanted: the days, each with the version of what is kept of it.
        empty: no rows, with the columns of what is kept; `snapshot_date` is one of them.
        read: gives the rows of some days; None if nothing had to be read for that.
        look_again: gives `wanted` as it is by now: a day that changed while it was read is not kept.
    """
    kept = rows_still_true(read_kept(storage, key).get(ROWS), wanted, empty)
    others = [day for day in wanted if day not in kept.versions]
    if not others:
        return kept.rows
    found = read(others)
    rows = kept.rows if found is None else pl.concat([kept.rows, found])
    after = wanted if found is None else look_again()
    same = {day: version for day, version in wanted.items() if after.get(day) == version}
    of_days = rows.filter(pl.col("snapshot_date").is_in(pl.Series(list(same), dtype=pl.Date).implode()))
    write_kept(storage, key, {ROWS: KeptTable(same, of_days)})
    return rows


def _parquet(rows: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    rows.write_parquet(buffer, compression="zstd")
    return buffer.getvalue()


def rows_still_true(kept: KeptTable | None, wanted: Mapping[date, str], empty: pl.DataFrame) -> KeptTable:
    """The kept days that have the wanted version; none if the columns are not those of `empty`."""
    if kept is None or kept.rows.schema != empty.schema:
        return KeptTable({}, empty)
    versions = {day: version for day, version in kept.versions.items() if wanted.get(day) == version}
    of_days = pl.Series(list(versions), dtype=pl.Date)
    return KeptTable(versions, kept.rows.filter(pl.col("snapshot_date").is_in(of_days.implode())))
