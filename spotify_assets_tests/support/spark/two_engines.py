"""The tables of a day by either engine, from raw objects in a lake: what must be equal, row for row."""

from collections.abc import Callable, Mapping
from datetime import date
from uuid import uuid4

import polars as pl
from polars.testing import assert_frame_equal

from spotify_assets.assets.tables import day_request
from spotify_assets.capture.playlists_file import declared_playlists
from spotify_assets.engines.day_request import DayRequest, DayResult
from spotify_assets.lake.lake import Lake
from spotify_assets.schemas.base import BASE
from spotify_assets.transform.cells import OddCell, listed
from spotify_assets.transform.observations import QuarantinedObject, observe
from spotify_assets.transform.tables import DayTables, build_tables

Frames = Mapping[str, pl.DataFrame]


def request_of(lake: Lake, day: date) -> DayRequest:
    """The request for a day of a lake, as a run makes it."""
    entries, declared = lake.raw.objects_of([day])[day], declared_playlists(lake.settings) or []
    tracks, artists = lake.track_details.keys(), lake.artist_details.keys()
    return day_request(
        lake, day, str(uuid4()), entries, declared=declared, track_details=tracks, artist_details=artists
    )


def by_polars(request: DayRequest) -> tuple[DayTables, list[QuarantinedObject], list[OddCell]]:
    """The tables without any engine, file or Spark, and what could not be read."""
    raw = request.raw_zone().read(request.entries)
    day, source = request.snapshot_date, request.source
    observations = observe(raw, day, source, request.details, request.details_of_artists)
    made = build_tables(observations, day, request.rejected_rows_limit, request.declared)
    return made, observations.quarantined, listed(observations.odd_cells)


def written(lake: Lake, result: DayResult) -> Frames:
    """The tables as the files of a result hold them, in the order of their keys."""
    frames: dict[str, pl.DataFrame] = {}
    for name, table in BASE.tables.items():
        rows = [pl.read_parquet(lake.storage.read(file.key)) for file in result.files[name]]
        frames[name] = pl.concat([table.schema.create_empty(), *rows]).sort(table.order)
    return frames


def expect_equal(lake: Lake, request: DayRequest, transform: Callable[[DayRequest], DayResult]) -> Frames:
    """Transforms a day both ways; gives the tables if they are equal."""
    wanted, quarantined, odd_cells = by_polars(request)
    result = transform(request)
    found = written(lake, result)
    for name in BASE.tables:
        assert_frame_equal(found[name], wanted.frames[name])
    assert result.declared == wanted.declared
    assert sorted(result.completed) == sorted(wanted.completed)
    assert sorted(result.quarantined, key=str) == sorted(quarantined, key=str)
    assert result.odd_cells == odd_cells
    return found
