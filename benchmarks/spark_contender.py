"""Runs one way to transform, or only to read, a day's raw data on Spark; prints the seconds of its work as JSON."""

import sys
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from time import perf_counter

import polars as pl
import pyarrow as pa
from msgspec import structs
from pyspark.sql import SparkSession
from pyspark.sql import functions as F  # noqa: N812  its usual name

from benchmarks.generate import DAY, SOURCE
from spotify_assets.config import Settings
from spotify_assets.engines.day_request import DayRequest
from spotify_assets.engines.spark.day import chunks_of, decoded_on, transform_day
from spotify_assets.engines.spark.tasks import Decode
from spotify_assets.lake.raw import RawZone
from spotify_assets.lake.storage import Storage
from spotify_assets.schemas.base import BASE

IMAGES = "images array<struct<url: string>>"
ARTISTS = "artists array<struct<id: string, name: string>>"
ALBUM = (
    "album struct<id: string, name: string, album_type: string, release_date: string, "
    f"release_date_precision: string, total_tracks: bigint, {IMAGES}>"
)
TRACK = (
    "track struct<id: string, name: string, uri: string, type: string, is_local: boolean, duration_ms: bigint, "
    "explicit: boolean, popularity: bigint, disc_number: bigint, track_number: bigint, "
    f"external_ids: struct<isrc: string>, {ALBUM}, {ARTISTS}>"
)
# All that our tables take of a playlist, and nothing else: Spark's reader is spared the rest.
DOCUMENTS = (
    "envelope struct<source: string, fetched_at: string, region: string, tags: array<string>>, "
    "playlist struct<id: string, name: string, description: string, snapshot_id: string, public: boolean, "
    "collaborative: boolean, owner: struct<id: string, display_name: string>, followers: struct<total: bigint>, "
    "tracks: struct<total: bigint, items: array<struct<added_at: string, added_by: struct<id: string>, "
    f"is_local: boolean, {TRACK}>>>>"
)


def main(way: str, raw_folder: str, table_folder: str, master: str) -> None:
    session = SparkSession.Builder().master(master).appName(way).config("spark.ui.enabled", "false").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    # Java and Python workers are there before anything is measured, as they are on a cluster that is up.
    session.range(8).mapInArrow(_same, "id bigint").count()
    zone = RawZone(Storage(raw_folder))
    start = perf_counter()
    request = DayRequest(
        snapshot_date=DAY,
        run_id="benchmark",
        source=SOURCE,
        lake_url=table_folder,
        raw_url=raw_folder,
        aws_endpoint_url=None,
        rejected_rows_limit=Settings().rejected_rows_limit,
        entries=zone.objects_of([DAY])[DAY],
        arrow_schemas=_schemas(),
        declared=[],
        track_details=[],
        artist_details=[],
    )
    WAYS[way](session, request)
    print(f'{{"work_seconds": {perf_counter() - start}}}')


def _same(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    yield from batches


def _schemas() -> dict[str, bytes]:
    empty = {name: table.schema.create_empty() for name, table in BASE.tables.items()}
    return {
        name: frame.to_arrow(compat_level=pl.CompatLevel.oldest()).schema.serialize().to_pybytes()
        for name, frame in empty.items()
    }


def _transform(session: SparkSession, request: DayRequest) -> None:
    transform_day(session, request, partial(print, file=sys.stderr))


def _our_decode(session: SparkSession, request: DayRequest) -> None:
    """Our reading alone, as the transform does it: bytes to columns, in bundles for the next tasks."""
    session.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", "16")
    chunks = chunks_of(request.entries, session.sparkContext.defaultParallelism)
    decode = Decode(structs.replace(request, entries=[]), [0])
    decoded_on(session, chunks, decode).write.format("noop").mode("overwrite").save()


def _their_decode(session: SparkSession, request: DayRequest) -> None:
    """Spark's own JSON reader, and its explode: bytes to a row for each entry."""
    folder = Path(str(request.raw_url), f"raw/to_be_processed/snapshot_date={DAY}")
    documents = session.read.schema(DOCUMENTS).option("multiLine", value=True).json(f"{folder}/playlist-*.json")
    entries = documents.select(
        "envelope", F.col("playlist").dropFields("tracks"), F.posexplode("playlist.tracks.items")
    )
    entries.write.format("noop").mode("overwrite").save()


WAYS = {"transform": _transform, "our_decode": _our_decode, "their_decode": _their_decode}

if __name__ == "__main__":
    main(*sys.argv[1:])
