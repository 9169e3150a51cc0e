"""The memory of all published days before a day, read in a time that does not grow with history.

The rows of `playlist_songs` are what each day changed. To avoid reading all of them for each day, the memory after
some days is kept next to the table, as a file named by the version of that memory:

    playlist_songs_data/memory/<version>.<hash of the file>.parquet

Such a file is written when more rows have to be read since the last one than that one holds. So each holds less than
twice the rows since the last one, and all together less than twice those of the table. Each can be rebuilt from the
table, so a missing or damaged one costs only time.

Most days are computed after the one before them. So what a day looks back on, memory and windows, is also kept as
the last run left it (`lake/kept_rows.py`): a day reads one object instead of one per day.
"""

import hashlib
import io
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import polars as pl

from spotify_assets.lake.insight_inputs import Contents, RememberedDay
from spotify_assets.lake.kept_rows import KeptTable, read_kept, rows_still_true, write_kept
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.marks import DIGITS, digits
from spotify_assets.lake.published_day import PublishedDay
from spotify_assets.schemas.insights import INSIGHTS
from spotify_assets.transform.insights.day import LOOKED_BACK_ON, NOTHING_EARLIER, WINDOWS, EarlierDays
from spotify_assets.transform.insights.memory import MEMORY, memory_after

TABLE = INSIGHTS.tables[MEMORY]
FOLDER = f"{TABLE.folder}/memory"
LATEST = f"{FOLDER}/latest.kept"


def earlier_days(lake: Lake, day: date, contents: Contents) -> EarlierDays:
    """State from the published days before a day."""
    kept = read_kept(lake.storage, LATEST)
    windows = {name: _window(lake, name, contents.window(name, day), kept.get(name)) for name in WINDOWS}
    return EarlierDays.of(memory_before(lake, day, contents, kept.get(MEMORY)), windows)


def keep_latest(lake: Lake, day: date, earlier: EarlierDays, contents: Contents) -> None:
    """Keeps the state up to `day` for the run of the next one; keeps nothing if there are later days already."""
    following = day + timedelta(days=1)
    if contents.last() > day:
        return
    tables = {
        name: KeptTable(contents.window(name, following), window.rows()) for name, window in earlier.windows.items()
    }
    tables[MEMORY] = KeptTable({day: _version_before(following, contents)}, earlier.memory)
    write_kept(lake.storage, LATEST, tables)


def _version_before(day: date, contents: Contents) -> str:
    """Version of the memory before a day; empty if nothing is remembered."""
    days = contents.memories(day)
    return days[-1].memory if days else ""


def _window(lake: Lake, name: str, wanted: Mapping[date, str], kept: KeptTable | None) -> pl.DataFrame:
    """The rows that a day looks back on in one table, in the order of their days."""
    table, columns = INSIGHTS.tables[name], LOOKED_BACK_ON[name]
    true = rows_still_true(kept, wanted, NOTHING_EARLIER.windows[name].rows())
    if not (missing := [day for day in wanted if day not in true.versions]):
        return true.rows
    published = lake.catalog.published(table, missing)
    read = lake.catalog.rows(table, published.values(), columns)
    return pl.concat([true.rows, read]).sort("snapshot_date", maintain_order=True)


def memory_before(lake: Lake, day: date, contents: Contents, latest: KeptTable | None = None) -> pl.DataFrame:
    """The memory of all published days before a day; without rows if there are none.

    `latest` is the memory left by the last run.

    Raises:
        LakeError: files of the table hold fewer or more rows than the manifests say.
    """
    version = _version_before(day, contents)
    memory = lake.memories.get(version)
    if memory is None and latest is not None and version in latest.versions.values() and _has_columns(latest.rows):
        memory = latest.rows
    if memory is None:
        memory = _read_memory(lake, contents.memories(day))
    lake.remember(version, memory)
    return memory


def _read_memory(lake: Lake, days: Sequence[RememberedDay]) -> pl.DataFrame:
    kept, memory = _last_kept(lake, days)
    later = days[kept:]
    if not later:
        return memory
    published = lake.catalog.published(TABLE, [remembered.day for remembered in later])
    rows = lake.catalog.rows(TABLE, [published[past] for past in sorted(published)])
    known = memory_after(memory, rows)
    if rows.height > memory.height and _are_those(published, later):
        _keep(lake, later[-1].memory, known)
    return known


def _last_kept(lake: Lake, days: Sequence[RememberedDay]) -> tuple[int, pl.DataFrame]:
    """The latest kept memory, and the number of days it covers."""
    keys = {_version_of(found.key): found.key for found in lake.storage.list(FOLDER)}
    for number in range(len(days), 0, -1):
        if (key := keys.get(days[number - 1].memory)) is not None and (memory := _read(lake, key)) is not None:
            return number, memory
    return 0, NOTHING_EARLIER.memory


def _read(lake: Lake, key: str) -> pl.DataFrame | None:
    """A kept memory; None if its bytes are not those written, or its columns are not the table's."""
    content = lake.storage.read_if_any(key)
    if content is None or _key(_version_of(key), content) != key:
        return None
    memory = pl.read_parquet(io.BytesIO(content))
    return memory if _has_columns(memory) else None


def _has_columns(memory: pl.DataFrame) -> bool:
    return memory.schema == NOTHING_EARLIER.memory.schema


def _keep(lake: Lake, version: str, memory: pl.DataFrame) -> None:
    buffer = io.BytesIO()
    memory.write_parquet(buffer, compression="zstd")
    lake.storage.write(_key(version, buffer.getvalue()), buffer.getvalue())


def _are_those(published: Mapping[date, PublishedDay], days: Sequence[RememberedDay]) -> bool:
    """Whether the rows read match the marks: another publish may have come since the marks were read."""
    read = {day: digits(found.content) for day, found in published.items()}
    return read == {remembered.day: remembered.content for remembered in days}


def kept_keys(lake: Lake, contents: Contents) -> set[str]:
    """Keys of kept memories that match what is published now."""
    current = {remembered.memory for remembered in contents.memories(date.max)}
    return {found.key for found in lake.storage.list(FOLDER) if _version_of(found.key) in current}


def _key(version: str, content: bytes) -> str:
    return f"{FOLDER}/{version}.{hashlib.sha256(content).hexdigest()[:DIGITS]}.parquet"


def _version_of(key: str) -> str:
    return key.rpartition("/")[2].partition(".")[0]
