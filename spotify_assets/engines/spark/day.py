"""The transform of one day on a cluster, from raw objects to staged files.

    chunks of raw objects ── decode ──► captures, by playlist ──► candidates, by key ──► artists, albums
                                            │                         └─ + refused ────► songs, song_artists
                                            └───────────── + refused ──────────────────► playlists, playlist_items

Each arrow is a shuffle between tasks. An artist on every song, or a song on every playlist, is one row per task
before it is sent, so no part of the day grows with it. The driver sees numbers of chunks, reports of files and names
of unreadable objects, never a row of data.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple
from itertools import chain

import msgspec
from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812  its usual name

from spotify_assets.engines.day_request import DayRequest, DayResult
from spotify_assets.engines.spark.bundles import SPARK_BUNDLES, OverBatches, Task
from spotify_assets.engines.spark.tasks import (
    CAPTURES,
    COMPLETED,
    DECLARED,
    FILES,
    ODD_CELLS,
    QUARANTINED,
    REFUSED_DIMENSIONS,
    REFUSED_SONGS,
    Decode,
    FilesByTable,
    FindCandidates,
    WriteDimensions,
    WritePlaylists,
    WriteSongs,
    chunk_bundle,
    day_result,
)
from spotify_assets.lake.raw import RawEntry
from spotify_assets.schemas.base import BASE
from spotify_assets.spotify.playlist_entry import DeclaredPlaylist
from spotify_assets.transform.cells import OddCell
from spotify_assets.transform.findings import counted
from spotify_assets.transform.observations import QuarantinedObject

# A task's input: some 50,000 entries, or objects so small that reading them one by one takes the time. A worker runs
# as many tasks as it has processors, and their Python has only a part of its memory: 1.5 GB of 16 on Glue's smallest.
CHUNK_BYTES, CHUNK_OBJECTS = 200_000_000, 1_000
# The input of one part of the day: some 100,000 entries, which a task holds in memory.
PART_BYTES = 400_000_000
# JSON of playlists compresses about this much, and only an object's stored size is known.
COMPRESSED, COMPRESSION = (".zst", ".gz", ".bz2", ".xz", ".zip"), 10
# Chunks for each processor, so that none waits long for the last one.
CHUNKS_EACH = 4

Progress = Callable[[str], None]


def transform_day(session: SparkSession, request: DayRequest, progress: Progress) -> DayResult:
    """Writes the files of a day's tables and lists them. None is staged yet, so no reader sees them.

    Raises:
        pyspark.errors.PySparkException: a task failed as often as Spark tries; its text has the task's own error.
    """
    day = _Day(session.newSession(), request)
    try:
        return day.transform(progress)
    finally:
        day.forget()


class _Day:
    def __init__(self, session: SparkSession, request: DayRequest) -> None:
        # Bundles are large, so few at a time are handed to Python; their parts are chosen here.
        # Said of a session of its own, not of its maker's.
        session.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", "16")
        session.conf.set("spark.sql.adaptive.enabled", "false")
        # Of what is not cut into parts: a list of numbers.
        session.conf.set("spark.sql.shuffle.partitions", "1")
        self._session = session
        # Each task gets its own chunk, not the entire list with its code.
        self._request = msgspec.structs.replace(request, entries=[])
        processors = session.sparkContext.defaultParallelism
        total = sum(map(_json_bytes, request.entries))
        self._chunks = chunks_of(request.entries, processors)
        self._parts = _numbers_of_partitions(session, max(processors, total // PART_BYTES))
        self._kept: list[DataFrame] = []

    def transform(self, progress: Progress) -> DayResult:
        objects = counted(sum(map(len, self._chunks)), "raw object")
        progress(f"{objects} in {counted(len(self._chunks), 'chunk')}; {counted(len(self._parts), 'part')} of the day")
        decoded = self._keep(decoded_on(self._session, self._chunks, Decode(self._request, self._parts)))
        captures = decoded.filter(F.col("kind") == CAPTURES)
        of_artists = decoded.filter(F.col("kind").isin("profiles", "facts"))
        candidates = self._keep(
            self._by_part(
                _apply(self._by_part(captures), FindCandidates(self._parts, self._request.rejected_rows_limit)).union(
                    of_artists
                )
            )
        )
        dimensions = self._keep(_apply(candidates.filter(F.col("kind") != "songs"), WriteDimensions(self._request)))
        files = [_reported(dimensions, FilesByTable, FILES)]
        quarantined = _reported(decoded, list[QuarantinedObject], QUARANTINED)
        odd_cells = _reported(decoded, list[OddCell], ODD_CELLS)
        progress(_said(files[-1]))
        refusals = self._to_every_part(dimensions, REFUSED_DIMENSIONS)
        of_songs = self._by_part(candidates.filter(F.col("kind") == "songs").union(refusals))
        songs = self._keep(_apply(of_songs, WriteSongs(self._request)))
        files.append(_reported(songs, FilesByTable, FILES))
        progress(_said(files[-1]))
        of_playlists = self._by_part(captures.union(self._to_every_part(songs, REFUSED_SONGS)))
        playlists = self._keep(_apply(of_playlists, WritePlaylists(self._request)))
        files.append(_reported(playlists, FilesByTable, FILES))
        declared = _reported(playlists, list[DeclaredPlaylist], DECLARED) if self._request.declared else []
        completed = [*_reported(songs, list[str], COMPLETED), *_reported(dimensions, list[str], COMPLETED)]
        progress(_said(files[-1]))
        return day_result(chain(*files), chain(*quarantined), chain(*odd_cells), chain(*declared), chain(*completed))

    def forget(self) -> None:
        """Frees what executors keep on their disks for this day."""
        for kept in self._kept:
            kept.unpersist()

    def _keep(self, bundles: DataFrame) -> DataFrame:
        """Cached for later reads; what a lost machine held is recomputed."""
        self._kept.append(bundles.persist(StorageLevel.DISK_ONLY))
        return bundles

    def _by_part(self, bundles: DataFrame) -> DataFrame:
        return bundles.repartition(len(self._parts), "part")

    def _to_every_part(self, bundles: DataFrame, kind: str) -> DataFrame:
        parts = F.explode(F.array(*map(F.lit, self._parts)).cast("array<int>")).alias("part")
        return bundles.filter(F.col("kind") == kind).select("kind", parts, "data")


def chunks_of(entries: Sequence[RawEntry], processors: int) -> list[list[RawEntry]]:
    """Raw objects in order, cut into chunks for tasks on that many processors."""
    total = sum(map(_json_bytes, entries))
    return list(_chunks(entries, min(CHUNK_BYTES, total // (CHUNKS_EACH * processors))))


def decoded_on(session: SparkSession, chunks: Sequence[Sequence[RawEntry]], decode: Decode) -> DataFrame:
    """The decoded chunks, one task for each."""
    numbers = _numbers_of_partitions(session, len(chunks))
    bundles = [astuple(chunk_bundle(number, chunk)) for number, chunk in zip(numbers, chunks, strict=True)]
    return _apply(session.createDataFrame(bundles, SPARK_BUNDLES).repartition(len(bundles), "part"), decode)


def _apply(bundles: DataFrame, task: Task) -> DataFrame:
    return bundles.mapInArrow(OverBatches(task), SPARK_BUNDLES)  # pyright: ignore[reportArgumentType]  any callable will do


def _reported(bundles: DataFrame, kind_of_report: type, kind: str) -> list:
    rows = bundles.filter(F.col("kind") == kind).select("data").collect()
    return [msgspec.msgpack.decode(row.data, type=kind_of_report) for row in rows]


def _said(reports: Sequence[FilesByTable]) -> str:
    rows = {name: sum(file.rows for report in reports for file in report.get(name, ())) for name in BASE.tables}
    return "written: " + ", ".join(f"{name} {count:,} rows" for name, count in rows.items() if count)


def _json_bytes(entry: RawEntry) -> int:
    return entry.size * (COMPRESSION if entry.name.endswith(COMPRESSED) else 1)


def _chunks(entries: Sequence[RawEntry], most_bytes: int) -> Iterator[list[RawEntry]]:
    """Raw objects in the given order, cut where they have become many or large enough for one task."""
    chunk: list[RawEntry] = []
    size = 0
    for entry in entries:
        if chunk and (size + _json_bytes(entry) > most_bytes or len(chunk) >= CHUNK_OBJECTS):
            yield chunk
            chunk, size = [], 0
        chunk.append(entry)
        size += _json_bytes(entry)
    if chunk:
        yield chunk


def _numbers_of_partitions(session: SparkSession, count: int) -> list[int]:
    """A number for each of `count` partitions that Spark's hash maps to it, so all are alike."""
    numbers = session.range(count * 64).select(F.col("id").cast("int").alias("number"))
    partition = F.expr(f"pmod(hash(number), {count})").alias("partition")
    found = numbers.groupBy(partition).agg(F.min("number").alias("number")).collect()
    return sorted(row.number for row in found)
