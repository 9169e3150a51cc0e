"""One staged Parquet file: how it is written and named, whichever process computed its rows."""

import hashlib
from dataclasses import dataclass
from datetime import date

import msgspec
import polars as pl
import pyarrow as pa

from spotify_assets.lake.parquet import encode
from spotify_assets.lake.storage import Storage
from spotify_assets.schemas.table import Table

# Digits of the content hash that a file's name starts with.
CONTENT_LENGTH = 32


class StagedFile(msgspec.Struct, frozen=True):
    """A staged Parquet file: key in the lake, SHA-256 of its bytes, rows, bytes."""

    key: str
    sha256: str
    rows: int
    size: int


@dataclass(frozen=True)
class FileWriter:
    """Writes the files of one stage: of one day, by one run."""

    storage: Storage
    snapshot_date: date
    run_id: str

    def write(self, table: Table, frame: pl.DataFrame, arrow_schema: pa.Schema) -> tuple[StagedFile, ...]:
        """Writes rows with the columns and field ids of `arrow_schema`; no file if there are no rows.

        Another attempt of the same run writes equal rows to the same file.
        """
        if frame.is_empty():
            return ()
        data = encode(frame, arrow_schema)
        sha256 = hashlib.sha256(data).hexdigest()
        # The hash shows equal content; the run keeps the name from ever meaning an older, unpublished file.
        name = f"{sha256[:CONTENT_LENGTH]}-{self.run_id}.parquet"
        key = f"{table.folder}/data/snapshot_date={self.snapshot_date}/{name}"
        self.storage.write(key, data)
        return (StagedFile(key, sha256, frame.height, len(data)),)
