"""Reads and proves every byte that is kept: published files by the hash in their name, raw objects by their content.

Nothing here fixes anything. A published file is rebuilt from its day's raw objects; a raw object, only from a copy.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

from spotify_assets.lake.errors import LakeError
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.raw import READERS, RawEntry
from spotify_assets.schemas.table import Table
from spotify_assets.transform.chart_files import chart_in
from spotify_assets.transform.containers import UnreadableObject
from spotify_assets.transform.decode import decode_object


@dataclass(frozen=True)
class Verified:
    """One file or object that was read: its place, its day, its bytes, and what is wrong with it, if anything."""

    place: str
    snapshot_date: date
    size: int
    damage: str | None = None


def verify_published(lake: Lake, table: Table) -> Iterator[Verified]:
    """Reads every published file of a table: it exists, with the manifest's size and the hash in its name."""
    published = lake.catalog.published(table)
    files = [(day, file) for day in sorted(published) for file in published[day].files]
    with ThreadPoolExecutor(READERS) as readers:
        damages = readers.map(lambda found: lake.catalog.damage_of(found[1]), files)
        for (day, file), damage in zip(files, damages, strict=True):
            yield Verified(file.address, day, file.size, damage)


def verify_raw(lake: Lake) -> Iterator[Verified]:
    """Reads every raw object that a day was built from, or that waits; not the unreadable ones in quarantine."""
    source = lake.require_source()
    made_from = {day: stage.inputs for day in lake.staging.days() if (stage := lake.staging.current(day)) is not None}
    waiting = {entry.snapshot_date for entry in lake.raw.waiting() if isinstance(entry, RawEntry)}
    for day, objects in lake.raw.seen_of(sorted(made_from.keys() | waiting)).items():
        there = {entry.name: entry for entry in objects}
        for wanted in made_from.get(day, ()):
            found = there.get(wanted.name)
            # An object replaced by another store, or in a folder that was copied in part, differs in size.
            if found is None or (found.size != wanted.size and not found.is_waiting):
                damage = "is gone" if found is None else f"has {found.size:,} bytes where {wanted.size:,} had landed"
                there.pop(wanted.name, None)
                yield Verified(f"raw/processed/{wanted.name}", day, 0, damage)
        with ThreadPoolExecutor(READERS) as readers:
            yield from readers.map(lambda entry: _verified(lake, entry, source), there.values())


def _verified(lake: Lake, entry: RawEntry, source: str) -> Verified:
    damage = None
    try:
        (content,) = lake.raw.read([entry])
        decode_object(content, entry.snapshot_date, source, chart_in)
    except (UnreadableObject, LakeError) as error:
        damage = f"cannot be read: {error}"
    return Verified(entry.key, entry.snapshot_date, entry.size, damage)
