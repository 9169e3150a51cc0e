"""Removing unreferenced data: expired snapshots, unpublished and half-written files, old metadata.

A file is removed only if it is older than the retention, no kept snapshot and no day's current stage names it, and it
is not a memory of days as they are published. Files are listed before references are read, so anything published in
between counts as referenced.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pyiceberg.exceptions import CommitFailedException
from pyiceberg.manifest import ManifestFile
from pyiceberg.table import Table as IcebergTable

from spotify_assets.lake.folder import HALF_WRITTEN
from spotify_assets.lake.insight_inputs import Contents
from spotify_assets.lake.insight_memory import kept_keys
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.marks import MARKS
from spotify_assets.lake.quarantine import QUARANTINE
from spotify_assets.lake.raw import OWN_NAME, PROCESSED, TO_BE_PROCESSED
from spotify_assets.lake.raw_imports import IMPORT_NAME
from spotify_assets.lake.raw_lake import MARKER
from spotify_assets.lake.request_counts import REQUESTS, RequestCounts
from spotify_assets.lake.storage import StoredObject
from spotify_assets.schemas import TABLES, Table

# Where only this platform writes, besides the waiting raw objects and the lake's marker.
WRITTEN = tuple(
    f"{folder}/"
    for folder in (
        "staging",
        "dashboard",
        MARKS,
        REQUESTS,
        PROCESSED,
        QUARANTINE,
        *(table.folder for table in TABLES.values()),
    )
)


@dataclass(frozen=True)
class Removed:
    """What maintenance removed from one table: snapshots, files, and bytes of those files."""

    snapshots: int
    files: int
    size: int


def tidy_lake(lake: Lake, now: datetime | None = None) -> dict[str, Removed]:
    """Removes from every table what is unreferenced and older than the lake's retention; returns what was removed."""
    cutoff = _cutoff(lake, now)
    kept = _staged_keys(lake) | kept_keys(lake, Contents.of(lake.published_insights()))
    return {name: _tidy_table(lake, table, cutoff, kept) for name, table in TABLES.items()}


def remove_half_written(lake: Lake, now: datetime | None = None) -> Removed:
    """Removes files left half-written by killed writers, once they are older than the lake's retention.

    Where others write, only those of this platform's own captures and imports: others may have such names.
    """
    cutoff = _cutoff(lake, now)
    removed: list[StoredObject] = []
    for home in dict.fromkeys((lake.storage, lake.raw_storage)):
        for found in list(home.half_written("")):
            if found.written_at < cutoff and _is_ours(HALF_WRITTEN.sub("", found.key)):
                home.remove_half_written(found)
                removed.append(found)
    return Removed(0, len(removed), sum(found.size for found in removed))


def remove_old_counts(lake: Lake, now: datetime | None = None) -> int:
    """Removes counts of requests older than the lake's retention; only the last 24 hours matter."""
    return RequestCounts(lake.raw_storage).remove_before(_cutoff(lake, now).date())


def _is_ours(key: str) -> bool:
    if key.startswith(f"{TO_BE_PROCESSED}/"):
        name = key.removeprefix(f"{TO_BE_PROCESSED}/")
        return any(known.match(name) for known in (OWN_NAME, IMPORT_NAME))
    return key == MARKER or key.startswith(WRITTEN)


def _cutoff(lake: Lake, now: datetime | None) -> datetime:
    return (now or datetime.now(UTC)) - timedelta(days=lake.settings.retention_days)


def _tidy_table(lake: Lake, table: Table, cutoff: datetime, kept: set[str]) -> Removed:
    old = {found.key: found.size for found in lake.storage.list(table.folder) if found.written_at < cutoff}
    lake.catalog.look_anew([table])
    found = lake.catalog.load(table)
    if found is None:
        return Removed(0, 0, 0)
    expired = _expire_snapshots(found, cutoff)
    lake.catalog.look_anew([table])
    current = lake.catalog.load(table)
    if current is None:
        return Removed(expired, 0, 0)
    referred = {key for address in _referred(current) if (key := lake.storage.key(address))} | kept
    unwanted = sorted(old.keys() - referred)
    lake.storage.delete(unwanted)
    return Removed(expired, len(unwanted), sum(old[key] for key in unwanted))


def _expire_snapshots(table: IcebergTable, cutoff: datetime) -> int:
    heads = {reference.snapshot_id for reference in table.metadata.refs.values()}
    limit = int(cutoff.timestamp() * 1000)
    expired = sum(found.timestamp_ms < limit and found.snapshot_id not in heads for found in table.snapshots())
    # Without any, the library would still write new metadata.
    if expired:
        try:
            table.maintenance.expire_snapshots().older_than(cutoff).commit()
        except CommitFailedException:
            # Somebody is publishing; what is old today is still old next time.
            return 0
    return expired


def _referred(table: IcebergTable) -> set[str]:
    """Addresses of everything that the table's metadata names, in all snapshots it keeps."""
    addresses = {table.metadata_location}
    addresses.update(entry.metadata_file for entry in table.metadata.metadata_log)
    addresses.update(statistics.statistics_path for statistics in table.metadata.statistics)
    # Snapshots share most of their manifests.
    manifests: dict[str, ManifestFile] = {}
    for snapshot in table.snapshots():
        addresses.add(snapshot.manifest_list)
        manifests |= {manifest.manifest_path: manifest for manifest in snapshot.manifests(table.io)}
    for manifest in manifests.values():
        addresses.update(entry.data_file.file_path for entry in manifest.fetch_manifest_entry(table.io))
    return addresses | manifests.keys()


def _staged_keys(lake: Lake) -> set[str]:
    stages = [staging.current(day) for staging in (lake.staging, lake.insight_staging) for day in staging.days()]
    return {key for stage in stages if stage is not None for name in stage.tables for key in stage.keys(name)}
