"""Published days for which `playlists.yaml` has changed since they were built.

A day's mark holds the version of its playlists' declarations then, only of those that counted. What would count now
follows from the published rows of `playlists`, so days published by a version that read no such file are judged as
well: nothing was declared for them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import partial

import msgspec
import polars as pl

from spotify_assets.lake.kept_rows import kept_rows
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.marks import MARKS, Mark, Marks, digits
from spotify_assets.lake.raw import RawEntry
from spotify_assets.schemas.base import BASE
from spotify_assets.spotify.playlist_entry import DeclaredPlaylist
from spotify_assets.transform.declared import in_order, is_of_others, what_counts

# The rows that were looked at, so that a look reads the days that are new or changed, and not all of history.
KEPT = f"{MARKS}/declared/playlists.kept"
PLAYLISTS = BASE.tables["playlists"]
COLUMNS = ("snapshot_date", "playlist_id", "name", "source")


def declared_version(counted: Iterable[DeclaredPlaylist]) -> str:
    """Version of what was declared for a day's playlists; empty if nothing was."""
    lines = [msgspec.json.encode(found).decode() for found in in_order(counted)]
    return digits(*lines) if lines else ""


def changed_days(lake: Lake, declared: Sequence[DeclaredPlaylist]) -> dict[date, str]:
    """Published days, in order, that would be built differently now, each with the new version."""
    marks = lake.published_days().whole
    if not declared and not any(mark.declared for mark in marks.values()):
        return {}
    rows = _kept_rows_of_others(lake, marks).partition_by("snapshot_date", as_dict=True)
    changed: dict[date, str] = {}
    for day, mark in marks.items():
        of_day = rows.get((day,))
        counted = [] if of_day is None else what_counts(of_day, declared)
        if declared_version(counted) == mark.declared:
            continue
        if of_day is not None and mark.declared:
            # A published name may come from the file: the declarations of that time are in the stage.
            counted = what_counts(_as_observed(of_day, _said_then(lake, day, mark.declared)), declared)
        if (version := declared_version(counted)) != mark.declared:
            changed[day] = version
    return changed


def begin_again(lake: Lake, days: Collection[date]) -> None:
    """Marks days as begun, so that whoever looks for unfinished days rebuilds them; their rows stay until then."""
    marks = Marks(lake.storage, lake.staging.group.name)
    marks.begin(days, marks.look())


def days_with_raw_objects(lake: Lake, days: Collection[date]) -> list[date]:
    """Days that can be rebuilt, in order."""
    waiting = {entry.snapshot_date for entry in lake.raw.waiting(days) if isinstance(entry, RawEntry)}
    return sorted(set(days) & (lake.raw.processed_days() | waiting))


def landed_playlists(lake: Lake, first: date, last: date) -> pl.DataFrame:
    """Playlists landed by others, published from `first` to `last`: playlist_id and the latest name, by id."""
    days = [day for day in lake.published_days().whole if first <= day <= last]
    rows = _rows_of_others(lake, days).sort("snapshot_date")
    return rows.group_by("playlist_id").agg(pl.col("name").last()).sort("playlist_id")


def _rows_of_others(lake: Lake, days: list[date]) -> pl.DataFrame:
    """Rows of `playlists` without an envelope on these days, in the columns that decide what applies to them."""
    published = lake.catalog.published(PLAYLISTS, days).values()
    return lake.catalog.read(PLAYLISTS, published).filter(is_of_others()).select(COLUMNS).collect()


def _kept_rows_of_others(lake: Lake, marks: Mapping[date, Mark]) -> pl.DataFrame:
    """Those of all published days, of which only new or changed days are read."""

    def look_again() -> Mapping[date, str]:
        return _versions(lake.published_days().whole)

    empty = PLAYLISTS.schema.create_empty().select(COLUMNS)
    read = partial(_rows_of_others, lake)
    return kept_rows(lake.storage, KEPT, _versions(marks), empty, read=read, look_again=look_again)


def _versions(marks: Mapping[date, Mark]) -> Mapping[date, str]:
    """Published days, each with the version of its rows."""
    return {day: mark.content for day, mark in marks.items()}


def _said_then(lake: Lake, day: date, version: str) -> Sequence[DeclaredPlaylist]:
    """Declarations a day was built with; none if another stage has replaced the published one."""
    stage = lake.staging.current(day)
    return stage.declared if stage is not None and declared_version(stage.declared) == version else ()


def _as_observed(rows: pl.DataFrame, said_then: Sequence[DeclaredPlaylist]) -> pl.DataFrame:
    """Rows without the names that came from the file."""
    named = [found.playlist_id for found in said_then if found.name is not None]
    return rows.with_columns(pl.when(~pl.col("playlist_id").is_in(named)).then("name").alias("name"))
