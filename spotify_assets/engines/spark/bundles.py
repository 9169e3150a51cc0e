"""Frames passed between the tasks of a Spark job: a Spark row holds entire frames, as bytes.

Spark decides which task gets which rows, keeps them on disk and recomputes lost ones; it never looks into a frame.
So every value stays as Polars has it, and the JVM handles a few thousand rows instead of millions.
"""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import msgspec
import polars as pl
import pyarrow as pa

BUNDLES = pa.schema([("kind", pa.string()), ("part", pa.int32()), ("data", pa.binary())])
SPARK_BUNDLES = "kind string, part int, data binary"


@dataclass(frozen=True)
class Bundle:
    """A Spark row: its kind, the part of the day it belongs to, and the bytes."""

    kind: str
    part: int
    data: bytes


Task = Callable[[Iterable[Bundle]], Iterator[Bundle]]


def pack(**frames: pl.DataFrame) -> bytes:
    """Frames by name, as bytes."""
    return msgspec.msgpack.encode({name: _to_bytes(frame) for name, frame in frames.items()})


def _to_bytes(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_ipc_stream(buffer, compression="lz4")
    return buffer.getvalue()


def unpack(data: bytes) -> dict[str, pl.DataFrame]:
    """The frames that were packed, by name."""
    return {
        name: pl.read_ipc_stream(io.BytesIO(packed))
        for name, packed in msgspec.msgpack.decode(data, type=dict[str, bytes]).items()
    }


def frames_of(bundles: Iterable[Bundle], kind: str, name: str) -> list[pl.DataFrame]:
    """One frame of each bundle of a kind."""
    return [unpack(bundle.data)[name] for bundle in bundles if bundle.kind == kind]


def split(frame: pl.DataFrame, key: str, parts: int) -> Mapping[int, pl.DataFrame]:
    """Rows by the part of the day that their key belongs to; rows without a key are all in one part."""
    part = (pl.col(key).hash() % parts).cast(pl.Int32).alias("part")
    found = frame.with_columns(part).partition_by("part", as_dict=True, include_key=False)
    return {number: rows for (number,), rows in found.items()}


class OverBatches:
    """A task as Spark's `mapInArrow` calls it."""

    def __init__(self, task: Task) -> None:
        self._task = task

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Runs the task on the bundles of one partition; gives each resulting bundle in its own batch."""
        for made in self._task(_bundles(batches)):
            yield pa.RecordBatch.from_pylist([vars(made)], schema=BUNDLES)


def _bundles(batches: Iterator[pa.RecordBatch]) -> Iterator[Bundle]:
    for batch in batches:
        for row in batch.to_pylist():
            yield Bundle(**row)
