"""This platform's way, through the code that a run of the `tables` asset goes through, but without Dagster."""

from pathlib import Path

import polars as pl

from benchmarks.generate import DAY, SOURCE
from spotify_assets.config import Settings
from spotify_assets.lake.parquet import encode
from spotify_assets.lake.raw import RawZone
from spotify_assets.lake.storage import Storage
from spotify_assets.transform.observations import observe
from spotify_assets.transform.tables import build_tables


def run(raw_folder: Path, table_folder: Path) -> None:
    zone = RawZone(Storage(str(raw_folder)))
    observations = observe(zone.read(zone.objects_of([DAY])[DAY]), DAY, SOURCE)
    if observations.quarantined:
        raise RuntimeError(f"unreadable raw data: {observations.quarantined[0]}")
    for name, frame in build_tables(observations, DAY, Settings().rejected_rows_limit).frames.items():
        # As they are staged, but without the field ids of a catalog.
        schema = frame.clear().to_arrow(compat_level=pl.CompatLevel.oldest()).schema
        (table_folder / f"{name}.parquet").write_bytes(encode(frame, schema))
