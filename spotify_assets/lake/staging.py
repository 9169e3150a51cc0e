"""Written but unpublished: a day's Parquet files, the manifest that names them, and the receipts of their audit.

No reader sees a staged file until a catalog commit names it. `proven` is the gate in front of that commit: it gives
files only where every table of the day has a passing receipt for exactly the bytes that are there now.
"""

import hashlib
import io
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache

import msgspec
import polars as pl
from pyiceberg.io.pyarrow import schema_to_pyarrow

from spotify_assets.findings import Finding
from spotify_assets.lake.catalog import Catalog
from spotify_assets.lake.location import Location
from spotify_assets.lake.parquet import encode
from spotify_assets.lake.raw import RawEntry
from spotify_assets.schemas.table import TableGroup

# Digits of the content hash that a file's name starts with.
CONTENT_LENGTH = 32


class StagedFile(msgspec.Struct, frozen=True):
    """A staged Parquet file: key in the lake, SHA-256 of its bytes, rows, bytes. No key for a table without rows."""

    key: str | None
    sha256: str
    rows: int
    size: int

    @property
    def content(self) -> str | None:
        """What its name says of its content; none where there is no file."""
        return self.sha256[:CONTENT_LENGTH] if self.key is not None else None


class Stage(msgspec.Struct, frozen=True):
    """One transform of one day: what went in, and the files that came out.

    Base tables come from raw objects (`inputs`); insights from published days, told by a version (`made_from`).
    """

    snapshot_date: date
    run_id: str
    inputs: tuple[RawEntry, ...]
    files: dict[str, StagedFile]
    made_from: str | None = None

    @property
    def content(self) -> str:
        """Hash over the content of all tables: two stages with equal rows have the same."""
        text = "".join(f"{name}:{self.files[name].sha256};" for name in sorted(self.files))
        return hashlib.sha256(f"{self.snapshot_date}|{text}".encode()).hexdigest()


class Receipt(msgspec.Struct, frozen=True):
    """That one table of a stage was audited, and what was found."""

    content: str
    table: str
    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing that blocks a publish failed."""
        return all(finding.passed for finding in self.findings if finding.blocking)


class NotAudited(RuntimeError):
    """A day must not be published: what is staged has not passed its audit. The message says which table and why."""


class Staging:
    """The staging zone of one group of tables."""

    def __init__(self, location: Location, catalog: Catalog, group: TableGroup) -> None:
        self.group = group
        self._location = location
        self._folder = f"staging/{group.name}"
        # Looked up once: the ids of a table's columns never change, and a day has many tables, a run many days.
        self._arrow_schema = cache(lambda name: schema_to_pyarrow(catalog.ensure(group.tables[name]).schema()))

    def write(
        self,
        day: date,
        frames: Mapping[str, pl.DataFrame],
        inputs: list[RawEntry],
        run_id: str,
        *,
        made_from: str | None = None,
    ) -> Stage:
        """Writes a day's tables and the manifest that makes them the day's current stage."""
        files = {name: self._write_file(name, day, frame, run_id) for name, frame in frames.items()}
        stage = Stage(day, run_id, tuple(inputs), files, made_from)
        self._location.write(self._manifest_key(day), msgspec.json.encode(stage))
        return stage

    def _write_file(self, name: str, day: date, frame: pl.DataFrame, run_id: str) -> StagedFile:
        table = self.group.tables[name]
        # The table's own field ids, since some readers ignore name mappings.
        arrow_schema = self._arrow_schema(name)
        if frame.is_empty():
            return StagedFile(None, hashlib.sha256(b"").hexdigest(), 0, 0)
        data = encode(frame, arrow_schema)
        sha256 = hashlib.sha256(data).hexdigest()
        # The hash tells equal content; the run keeps the name from ever meaning an older, unpublished file.
        key = f"{table.folder}/data/snapshot_date={day}/{sha256[:CONTENT_LENGTH]}-{run_id}.parquet"
        self._location.write(key, data)
        return StagedFile(key, sha256, frame.height, len(data))

    def current(self, day: date) -> Stage | None:
        """The day's latest stage."""
        data = self._location.read_if_any(self._manifest_key(day))
        return None if data is None else msgspec.json.decode(data, type=Stage)

    def days(self) -> Iterator[date]:
        """Days that have a stage."""
        for found in self._location.list(self._folder):
            if found.key.endswith("/stage.json"):
                yield date.fromisoformat(found.key.split("snapshot_date=")[1].split("/")[0])

    def read(self, stage: Stage, table_name: str) -> pl.LazyFrame:
        """A staged table as it stands in the lake now.

        Raises:
            NotAudited: the bytes are no longer those that were staged.
        """
        file = stage.files[table_name]
        if file.key is None:
            return self.group.tables[table_name].schema.create_empty(lazy=True)
        return pl.read_parquet(io.BytesIO(self._verified(stage, table_name))).lazy()

    def _verified(self, stage: Stage, table_name: str) -> bytes:
        file = stage.files[table_name]
        data = self._location.read_if_any(file.key) if file.key else b""
        if data is None or hashlib.sha256(data).hexdigest() != file.sha256:
            state = "is gone" if data is None else "was changed"
            raise NotAudited(
                f"{stage.snapshot_date}: the staged file of {table_name} {state} since it was written ({file.key}). "
                f"Run the job process_raw_objects for {stage.snapshot_date}."
            )
        return data

    def record(self, stage: Stage, table_name: str, findings: list[Finding]) -> Receipt:
        """Writes the receipt of a table's audit."""
        receipt = Receipt(stage.content, table_name, tuple(findings))
        self._location.write(self._receipt_key(stage.snapshot_date, table_name), msgspec.json.encode(receipt))
        return receipt

    def proven(self, day: date) -> Stage:
        """The day's stage, proven: every table has a passing receipt, and its bytes are those that were audited.

        Raises:
            NotAudited: nothing is staged, a table has no receipt for this content, failed, or changed since.
        """
        stage = self.current(day)
        if stage is None:
            raise NotAudited(f"{day}: nothing is staged. Run the job process_raw_objects for {day}.")
        for name in self.group.tables:
            self._require_pass(stage, name)
            self._verified(stage, name)
        return stage

    def _require_pass(self, stage: Stage, table_name: str) -> None:
        day = stage.snapshot_date
        data = self._location.read_if_any(self._receipt_key(day, table_name))
        receipt = None if data is None else msgspec.json.decode(data, type=Receipt)
        if receipt is None or receipt.content != stage.content:
            raise NotAudited(
                f"{day}: {table_name} has not been audited as it is staged now. "
                f"Run the job process_raw_objects for {day}: tables, checks and publish."
            )
        if not receipt.passed:
            failed = next(finding for finding in receipt.findings if finding.blocking and not finding.passed)
            raise NotAudited(f"{day}: {table_name} failed its check '{failed.check}': {failed.sentence}")

    def _manifest_key(self, day: date) -> str:
        return f"{self._folder}/snapshot_date={day}/stage.json"

    def _receipt_key(self, day: date, table_name: str) -> str:
        return f"{self._folder}/snapshot_date={day}/audit-{table_name}.json"
