"""Objects that landed without a run of this Dagster instance, reported as materializations of the raw assets.

Other programs land their own objects; the extraction function, or another instance, captures ours.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime

import dagster as dg

from spotify_assets.assets.landed_objects import landed_objects
from spotify_assets.automation.arrivals import CLOCKS_DIFFER_BY, Arrival
from spotify_assets.lake.raw import ARTIST_FACTS, ARTISTS, RawEntry

NAMED_KEYS = 20
RAW_PLAYLISTS = "raw_playlists"
LANDED = landed_objects.key.to_user_string()
# The asset whose runs land each kind of own object; all others are playlists.
ASSETS = {ARTISTS: "raw_artists", ARTIST_FACTS: "raw_artist_facts"}
BY_OTHERS = "Landed by another producer."
FROM_FILES = "Imported from files."
ELSEWHERE = "Captured by this platform outside this Dagster instance, as the extraction function does."


def unrecorded(instance: dg.DagsterInstance, arrival: Arrival) -> Iterator[dg.AssetMaterialization]:
    """An event for each raw asset whose objects landed and were not recorded by a run; foreign objects have their own.

    Call it only for a day without an active run: such a run records what it lands as it ends.
    """
    if foreign := [entry for entry in arrival.objects if not entry.is_written_whole]:
        yield _event(LANDED, arrival.day, foreign, BY_OTHERS)
    if imported := [entry for entry in arrival.objects if entry.is_import]:
        yield _event(LANDED, arrival.day, imported, FROM_FILES)
    for asset, own in own_by_asset(arrival.objects).items():
        recorded = _last_recorded(instance, asset, arrival.day)
        if recorded is None or max(entry.landed_at for entry in own) > recorded + CLOCKS_DIFFER_BY:
            yield _event(asset, arrival.day, own, ELSEWHERE)


def own_by_asset(entries: Sequence[RawEntry]) -> Mapping[str, list[RawEntry]]:
    """The objects that this platform captured, by raw asset."""
    found: dict[str, list[RawEntry]] = {}
    for entry in entries:
        if (kind := entry.own_kind) is not None:
            found.setdefault(ASSETS.get(kind, RAW_PLAYLISTS), []).append(entry)
    return found


def _last_recorded(instance: dg.DagsterInstance, asset: str, day: date) -> datetime | None:
    wanted = dg.AssetRecordsFilter(asset_key=dg.AssetKey(asset), asset_partitions=[day.isoformat()])
    records = instance.fetch_materializations(wanted, limit=1).records
    return datetime.fromtimestamp(records[0].timestamp, UTC) if records else None


def _event(asset: str, day: date, entries: Sequence[RawEntry], description: str) -> dg.AssetMaterialization:
    keys = [entry.key for entry in entries[:NAMED_KEYS]]
    return dg.AssetMaterialization(
        asset_key=asset,
        partition=day.isoformat(),
        description=description,
        metadata={
            "objects": len(entries),
            "keys": "\n".join(keys) + ("\n…" if len(entries) > NAMED_KEYS else ""),
            "bytes": sum(entry.size for entry in entries),
            "landed_at": dg.MetadataValue.timestamp(max(entry.landed_at for entry in entries)),
        },
    )
