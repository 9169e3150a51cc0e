"""A day of a few songs on its way through a lake, one step at a time: captured, staged, audited, published.

The steps are those of the Dagster assets, without Dagster.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import polars as pl

from spotify_assets.lake.lake import Lake
from spotify_assets.lake.raw import own_name
from spotify_assets.lake.staging import Stage
from spotify_assets.schemas.base import BASE
from spotify_assets.transform.audit import audit_table
from spotify_assets.transform.audited_day import Audit, History
from spotify_assets.transform.findings import Finding
from spotify_assets.transform.observations import observe
from spotify_assets.transform.tables import build_tables
from spotify_assets_tests.support.data.builders import (
    captured,
    captured_facts,
    captured_profiles,
    entries_of,
    playlist,
    profile,
    spotify_id,
    track,
)

DAY = date(2026, 3, 1)
NEXT = DAY + timedelta(days=1)
CHART = spotify_id("Chart")


def capture(lake: Lake, day: date, songs: Iterable[str], minute: int = 0) -> str:
    """Lands the chart of a day; a later minute replaces an earlier one. Gives the key."""
    fetched_at = datetime(day.year, day.month, day.day, 6, minute, tzinfo=UTC)
    document = captured(
        playlist("Chart", entries_of(*map(track, songs))), fetched_at, source=lake.settings.spotify_source
    )
    return lake.raw.land(own_name(f"playlist-{CHART}", fetched_at), document)


def capture_profiles(lake: Lake, day: date, words: Iterable[str]) -> str:
    """Lands the artist profiles of a day."""
    fetched_at = datetime(day.year, day.month, day.day, 7, tzinfo=UTC)
    document = captured_profiles(*map(profile, words), fetched_at=fetched_at)
    document["envelope"]["source"] = lake.settings.spotify_source
    return lake.raw.land(own_name("artists", fetched_at), document)


def capture_facts(lake: Lake, day: date, countries: Mapping[str, str]) -> str:
    """Lands what Wikidata says of the citizenship of some artists on a day."""
    fetched_at = datetime(day.year, day.month, day.day, 7, tzinfo=UTC)
    document = captured_facts(countries, fetched_at)
    document["envelope"]["source"] = lake.settings.spotify_source
    return lake.raw.land(own_name("artist_facts", fetched_at), document)


def frames_of(lake: Lake, day: date) -> dict[str, pl.DataFrame]:
    """Tables of a day from its raw objects, all of which must be readable."""
    entries = lake.raw.objects_of([day])[day]
    observations = observe(lake.raw.read(entries), day, lake.settings.spotify_source)
    assert observations.quarantined == []
    return build_tables(observations, day, lake.settings.rejected_rows_limit).frames


def stage(lake: Lake, day: date, changes: Mapping[str, pl.DataFrame] | None = None) -> Stage:
    """Stages a day from its raw objects, as a run of its own; `changes` takes the place of tables."""
    frames = {**frames_of(lake, day), **(changes or {})}
    return lake.staging.write(day, frames, lake.raw.objects_of([day])[day], str(uuid4()))


def audit(lake: Lake, staged: Stage) -> list[Finding]:
    """Audits all tables of a stage, leaving the receipts; gives the blocking findings that failed."""
    tables = {name: lake.staging.read(staged, name) for name in BASE.tables}
    failed: list[Finding] = []
    for name in BASE.tables:
        findings = audit_table(Audit(staged.snapshot_date, tables), name, History())
        receipt = lake.staging.record(staged, name, findings)
        failed.extend(finding for finding in receipt.findings if finding.blocking and not finding.passed)
    return failed


def prove(lake: Lake, day: date, songs: Iterable[str], minute: int = 0) -> Stage:
    """Captures, stages and audits a day: all that is left is to publish it."""
    capture(lake, day, songs, minute)
    staged = stage(lake, day)
    assert audit(lake, staged) == []
    return staged


def publish(lake: Lake, day: date, songs: Iterable[str], minute: int = 0) -> Mapping[str, list[date]]:
    """The whole way of a day; gives the days that changed per table."""
    prove(lake, day, songs, minute)
    return lake.publish([day]).changed


def rows(lake: Lake, table: str, day: date | None = None) -> pl.DataFrame:
    """Published rows of a table, of one day where it is named."""
    scanned = lake.catalog.scan(BASE.tables[table])
    return (scanned if day is None else scanned.filter(snapshot_date=day)).sort(BASE.tables[table].order).collect()


def titles(lake: Lake, day: date) -> list[str]:
    """Titles of the chart of a day as published, from the top."""
    return [name.removeprefix("Song ") for name in rows(lake, "playlist_items", day)["name"]]


def snapshots(lake: Lake) -> dict[str, int]:
    """Iceberg snapshots of each published table."""
    loaded = {name: lake.catalog.load(table) for name, table in BASE.tables.items()}
    return {name: len(table.snapshots()) for name, table in loaded.items() if table is not None}
