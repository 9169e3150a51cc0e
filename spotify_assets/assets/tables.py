"""Table assets: turn a day's raw objects into one Parquet file per table, staged where readers do not see it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from functools import partial

import dagster as dg

from spotify_assets.assets.audit_checks import days_looked_at
from spotify_assets.assets.clear_failures import clear_failures
from spotify_assets.assets.column_metadata import PREVIEW_ROWS, column_schema, preview
from spotify_assets.assets.landed_objects import landed_objects
from spotify_assets.assets.partitions import days_of, one_run_per_range, snapshot_dates
from spotify_assets.assets.raw import raw_artist_facts, raw_artists, raw_playlists
from spotify_assets.assets.raw_artist_details import raw_artist_details
from spotify_assets.assets.raw_tracks import raw_tracks
from spotify_assets.assets.versions import code_version, data_version, versioned
from spotify_assets.capture.playlists_file import declared_playlists
from spotify_assets.config import SettingsError, settings
from spotify_assets.engines.day_request import DayRequest
from spotify_assets.engines.engine import TransformEngine
from spotify_assets.lake.completed_days import completed_counts, completed_version
from spotify_assets.lake.declared_days import declared_version
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.marks import made_from
from spotify_assets.lake.raw import RawEntry
from spotify_assets.lake.side_by_side import side_by_side
from spotify_assets.lake.staging import Stage
from spotify_assets.schemas.base import BASE
from spotify_assets.schemas.table import Table
from spotify_assets.spotify.playlist_entry import DeclaredPlaylist
from spotify_assets.transform.days import named, ranges
from spotify_assets.transform.genre_vocabulary import vocabulary_version
from spotify_assets.transform.observations import observe
from spotify_assets.transform.tables import build_tables

GROUP = "tables"
# The kind of what is written and not yet published.
STAGED = "staged"
DECLARED, COMPLETED = "declared_playlists", "completed_details"
# The vocabulary of genres is data, and decides rows as the code does.
CODE_VERSION = f"{code_version(observe.__module__, build_tables.__module__)}-{vocabulary_version()}"
# On a run that left an unreadable object waiting, since it was young: when (UTC) to look at it again.
LOOK_AGAIN_TAG = "look_again_at"
# What details of tracks, artist profiles and facts can add rows or values to.
CAN_ADD = {
    **{name: [COMPLETED] for name in ("songs", "song_artists", "albums")},
    "artists": [COMPLETED, *raw_artists.keys, *raw_artist_facts.keys],
    "rejected_rows": [COMPLETED, *raw_artists.keys],
}


def _spec(table: Table, lake: Lake) -> dg.AssetSpec:
    name = lake.catalog.name(table)
    return dg.AssetSpec(
        key=table.name,
        deps=[*raw_playlists.keys, landed_objects.key, DECLARED, *(CAN_ADD.get(table.name, ()))],
        group_name=GROUP,
        partitions_def=snapshot_dates,
        kinds={settings().transform_engine, "parquet", STAGED},
        code_version=CODE_VERSION,
        description=f"{table.summary}\n\nThese rows are staged, not published: readers see them as table `{name}` "
        "after every blocking check of the day has passed and `published_tables` has run. Materializing this asset "
        f"builds all {len(BASE.tables)} base tables of the day in one step.",
        metadata={
            "dagster/column_schema": column_schema(table),
            # No table name: that belongs to what is published.
            "dagster/uri": lake.storage.address(table.folder),
        },
    )


@dg.multi_asset(
    name="tables",
    specs=[
        dg.AssetSpec(
            DECLARED,
            group_name=GROUP,
            partitions_def=snapshot_dates,
            kinds={"yaml"},
            description="What playlists.yaml declares about the day's landed and imported playlists: region, series, "
            "tags, and a name if they have none. The data version covers only what applies to the day. If the file "
            "changes what a published day would contain, the day is shown as stale here and stays unchanged until "
            "somebody runs the job apply_playlists_file, or spotify-assets rebuild --playlists-file.",
        ),
        dg.AssetSpec(
            COMPLETED,
            deps=[*raw_tracks.keys, *raw_artist_details.keys],
            group_name=GROUP,
            partitions_def=snapshot_dates,
            kinds={"json"},
            description="Details that the day's charts leave out: album, artist ids, length, ISRC and release date of "
            "songs that a chart lists with artist names only (from raw_tracks), and genres, picture and country of "
            "artists without a profile that day (from raw_artist_details). The data version names the songs and "
            "artists whose details were known. If details arrive after a day was published, the day is shown as stale "
            "here and stays unchanged until somebody runs the job apply_details, or spotify-assets rebuild --details.",
        ),
        *(_spec(table, Lake(settings())) for table in BASE.tables.values()),
    ],
    backfill_policy=one_run_per_range,
)
@clear_failures
def tables(
    context: dg.AssetExecutionContext,
    lake: dg.ResourceParam[Lake],
    transform_engine: dg.ResourceParam[TransformEngine],
) -> Iterator[dg.MaterializeResult]:
    """Builds all base tables of each day from all of its raw objects, waiting or processed."""
    lake.claim()
    days = days_of(context)
    # The marks first: for as long as they tell of nobody else's publish, no table has to be loaded again.
    lake.published_days()
    lake.read_ahead(lake.staging, days_looked_at(days))
    objects = lake.raw.objects_of(days)
    if without := [day for day in days if not objects[day]]:
        raise dg.Failure(
            f"No raw objects for {', '.join(map(str, without))}: nothing was captured then, or all of it is in "
            "raw/quarantine. Materialize raw_playlists (today only), or put raw objects into raw/to_be_processed.",
            allow_retries=False,
        )
    lake.begin_history(days)
    contents: dict[str, list[str]] = defaultdict(list)
    said: dict[date, tuple[str, Mapping[str, int]]] = {}
    completed: dict[date, tuple[str, Mapping[str, int]]] = {}
    declared, tracks, artists = _declared(lake, days), lake.track_details.keys(), lake.artist_details.keys()
    requests = (
        day_request(
            lake,
            day,
            context.run.run_id,
            objects[day],
            declared=declared,
            track_details=tracks,
            artist_details=artists,
        )
        for day in days
    )
    results = side_by_side(
        partial(transform_engine.transform, context), requests, min(transform_engine.at_once, len(days))
    )
    for number, (day, result) in enumerate(zip(days, results, strict=True), 1):
        entries = {entry.name: entry for entry in objects[day]}
        for unreadable in result.quarantined:
            _set_aside(context, lake, entries.pop(unreadable.raw_object), unreadable.reason)
        lake.raw.forget_mended(day, entries.values())
        said[day] = declared_version(result.declared), {"playlists": len(result.declared)}
        completed[day] = completed_version(result.completed), completed_counts(result.completed)
        stage = lake.staging.adopt(
            day,
            result.files,
            list(entries.values()),
            context.run.run_id,
            made_from=made_from(said[day][0], completed[day][0]),
            odd_cells=result.odd_cells,
            declared=result.declared,
            unreadable={unreadable.raw_object: unreadable.reason for unreadable in result.quarantined},
        )
        shown = side_by_side(partial(_metadata, lake, stage), BASE.tables, lake.catalog.at_once)
        for name, metadata in zip(BASE.tables, shown, strict=True):
            context.add_asset_metadata(metadata, name, day.isoformat())
            contents[name].append(stage.tables[name].sha256)
        context.log.info(f"staged {day} ({number} of {len(days)})")
    yield from _beside(context, DECLARED, said)
    yield from _beside(context, COMPLETED, completed)
    for name in BASE.tables:
        yield dg.MaterializeResult(asset_key=name, data_version=data_version(contents[name]))


def _beside(
    context: dg.AssetExecutionContext, asset: str, told: Mapping[date, tuple[str, Mapping[str, int]]]
) -> Iterator[dg.MaterializeResult]:
    """The version of what each day was made with beside raw objects, and how much of it counted.

    Each day has its own, where a run has several.
    """
    versions = {day: said_version(version) for day, (version, _) in told.items()}
    for day, (_, count) in told.items():
        context.add_asset_metadata(count, asset, day.isoformat())
    yield dg.MaterializeResult(asset_key=asset, data_version=versions[max(told)])
    if len(told) > 1:
        for day, (_, count) in told.items():
            context.log_event(versioned(asset, day, versions[day].value, count))


def said_version(version: str) -> dg.DataVersion:
    """The data version of a day of `declared_playlists` or `completed_details`, given that of what counted."""
    return dg.DataVersion(version or "nothing")


def _declared(lake: Lake, days: list[date]) -> list[DeclaredPlaylist]:
    """What the file says; a day that was made with one is not made without."""
    declared = declared_playlists(lake.settings)
    if declared is None and (lost := [day for day in days if (at := lake.staging.current(day)) and at.declared]):
        raise SettingsError(
            f"{lake.settings.playlists_file}: no such file, and {named(ranges(lost))} was made with what it said. "
            "Start where it is, or set PLAYLISTS_FILE."
        )
    return declared or []


def _set_aside(context: dg.AssetExecutionContext, lake: Lake, entry: RawEntry, reason: str) -> None:
    """Quarantines what could not be read, unless its producer may still be writing it: then it waits, by itself."""
    until = lake.raw.young_until(entry, datetime.now(UTC))
    if until is None:
        context.log.warning(f"quarantined {entry.name}: {reason}")
        lake.raw.quarantine(entry, reason)
        return
    context.log.warning(
        f"{entry.key} cannot be read yet: {reason}. It may still be being written, so it waits, and is looked at again "
        f"when it has changed, or else at {until:%H:%M} UTC."
    )
    context.instance.add_run_tags(context.run.run_id, {LOOK_AGAIN_TAG: until.isoformat()})


def day_request(
    lake: Lake,
    day: date,
    run_id: str,
    entries: list[RawEntry],
    *,
    declared: list[DeclaredPlaylist],
    track_details: list[str],
    artist_details: list[str],
) -> DayRequest:
    """What an engine is asked to do."""
    settings = lake.settings
    return DayRequest(
        snapshot_date=day,
        run_id=run_id,
        source=settings.spotify_source,
        lake_url=settings.lake_url,
        raw_url=settings.raw_url,
        aws_endpoint_url=settings.aws_endpoint_url,
        rejected_rows_limit=settings.rejected_rows_limit,
        entries=entries,
        arrow_schemas={name: lake.staging.arrow_schema(name).serialize().to_pybytes() for name in BASE.tables},
        declared=declared,
        track_details=track_details,
        artist_details=artist_details,
    )


def _metadata(lake: Lake, stage: Stage, name: str) -> dict[str, dg.MetadataValue]:
    table = stage.tables[name]
    metadata: dict[str, dg.MetadataValue] = {
        "dagster/partition_row_count": dg.MetadataValue.int(table.rows),
        "raw_objects": dg.MetadataValue.int(len(stage.inputs)),
        "bytes": dg.MetadataValue.int(table.size),
        "preview": preview(lake.staging.head(stage, name, PREVIEW_ROWS)),
    }
    if table.files:
        metadata["dagster/uri"] = dg.MetadataValue.text(lake.storage.address(table.files[0].key))
    return metadata
