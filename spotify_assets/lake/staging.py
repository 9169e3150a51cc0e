"""Written but unpublished: a day's Parquet files, the manifest that names them, and the receipts of their audit.

No reader sees a staged file until a catalog commit names it. `proven` is the gate before that commit: it returns files
only if every table of the day has a passing receipt for exactly the bytes that are there now.
"""

import hashlib
import io
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache, partial

import msgspec
import polars as pl
from pyiceberg.io.pyarrow import schema_to_pyarrow

from spotify_assets.lake.catalog import Catalog
from spotify_assets.lake.published_day import content_of
from spotify_assets.lake.raw import RawEntry
from spotify_assets.lake.side_by_side import side_by_side
from spotify_assets.lake.staged_file import FileWriter, StagedFile
from spotify_assets.lake.storage import Storage
from spotify_assets.schemas.table import TableGroup
from spotify_assets.spotify.playlist_entry import DeclaredPlaylist
from spotify_assets.transform.cells import OddCell
from spotify_assets.transform.findings import Finding

# Larger tables are read from their files as needed, at the price of reading some of them more than once.
IN_MEMORY_ROWS = 1_000_000


class StagedTable(msgspec.Struct, frozen=True):
    """The files of one table of a stage; none if it has no rows."""

    files: tuple[StagedFile, ...]

    @property
    def rows(self) -> int:
        """Rows of all its files."""
        return sum(file.rows for file in self.files)

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(file.size for file in self.files)

    @property
    def sha256(self) -> str:
        """Hash over the content of its files, in any order."""
        return hashlib.sha256("".join(sorted(file.sha256 for file in self.files)).encode()).hexdigest()

    @property
    def content(self) -> str | None:
        """Content as shown by the names of its files; None if it has no rows."""
        return content_of(file.key for file in self.files) or None


class Stage(msgspec.Struct, frozen=True):
    """One transform of one day: its inputs, and the files that came out.

    Base tables come from raw objects (`inputs`), with some cells perhaps unreadable, from what `playlists.yaml`
    declared for them (`declared`), and from details of songs that came later; insights come from published days.
    `made_from` is the version of the latter three. `unreadable` has the reason for each raw object left out.
    """

    snapshot_date: date
    run_id: str
    inputs: tuple[RawEntry, ...]
    tables: dict[str, StagedTable]
    made_from: str | None = None
    odd_cells: tuple[OddCell, ...] = ()
    declared: tuple[DeclaredPlaylist, ...] = ()
    unreadable: Mapping[str, str] = {}

    def keys(self, table_name: str) -> list[str]:
        """Keys of a table's files."""
        return [file.key for file in self.table(table_name).files]

    def table(self, name: str) -> StagedTable:
        """The staged files of a table; none if an older version that did not know the table staged it."""
        return self.tables.get(name, StagedTable(()))

    @property
    def content(self) -> str:
        """Hash over the content of all tables: two stages with equal rows have the same."""
        text = "".join(f"{name}:{self.tables[name].sha256};" for name in sorted(self.tables))
        return hashlib.sha256(f"{self.snapshot_date}|{text}".encode()).hexdigest()


class Receipt(msgspec.Struct, frozen=True):
    """The audit of one table of a stage, and its findings."""

    content: str
    table: str
    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        """Whether no blocking check failed."""
        return all(finding.passed for finding in self.findings if finding.blocking)


class NotAudited(RuntimeError):
    """A day must not be published: what is staged has not passed its audit. The message says which table and why."""


class Staging:
    """The staging zone of one group of tables."""

    def __init__(self, storage: Storage, catalog: Catalog, group: TableGroup) -> None:
        self.group = group
        self._storage = storage
        self._files, self._at_once = catalog.files, catalog.at_once
        self._folder = f"staging/{group.name}"
        # Stages of this process, for the audits of the same run.
        self._written: dict[date, Stage] = {}
        # Looked up once: a table's column ids never change, and a day has many tables, a run many days.
        self.arrow_schema = cache(lambda name: schema_to_pyarrow(catalog.ensure(group.tables[name]).schema()))

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
        writer = FileWriter(self._storage, day, run_id)

        def write(name: str) -> tuple[StagedFile, ...]:
            return writer.write(self.group.tables[name], frames[name], self.arrow_schema(name))

        files = dict(zip(frames, side_by_side(write, frames, self._at_once), strict=True))
        return self.adopt(day, files, inputs, run_id, made_from=made_from)

    def adopt(
        self,
        day: date,
        files: Mapping[str, Sequence[StagedFile]],
        inputs: list[RawEntry],
        run_id: str,
        *,
        made_from: str | None = None,
        odd_cells: Sequence[OddCell] = (),
        declared: Sequence[DeclaredPlaylist] = (),
        unreadable: Mapping[str, str] | None = None,
    ) -> Stage:
        """Makes files that are already written the day's current stage."""
        tables = {name: StagedTable(tuple(of_table)) for name, of_table in files.items()}
        stage = Stage(
            day, run_id, tuple(inputs), tables, made_from, tuple(odd_cells), tuple(declared), dict(unreadable or {})
        )
        self._storage.write(self._manifest_key(day), msgspec.json.encode(stage))
        self._written[day] = stage
        return stage

    def to_audit(self, day: date, run_id: str) -> Stage | None:
        """The stage that a run wrote for a day, without a look if it was this process; otherwise the day's latest one.

        If another run has staged the day since, its receipts are for other content, and nothing is published by them.
        """
        written = self._written.get(day)
        return written if written is not None and written.run_id == run_id else self.current(day)

    def current(self, day: date) -> Stage | None:
        """The day's latest stage; None if another version of this platform staged it."""
        data = self._storage.read_if_any(self._manifest_key(day))
        try:
            return None if data is None else msgspec.json.decode(data, type=Stage)
        except msgspec.ValidationError:
            return None

    def days(self) -> Iterator[date]:
        """Days that have a stage."""
        for found in self._storage.list(self._folder):
            if found.key.endswith("/stage.json"):
                yield date.fromisoformat(found.key.split("snapshot_date=")[1].split("/")[0])

    def read(self, stage: Stage, table_name: str) -> pl.LazyFrame:
        """A staged table as it is in the lake now.

        Raises:
            NotAudited: the bytes are no longer those that were staged.
        """
        table, schema = stage.table(table_name), self.group.tables[table_name].schema
        verified = (self._verified(stage, table_name, file) for file in table.files)
        if table.rows <= IN_MEMORY_ROWS:
            rows = [pl.read_parquet(io.BytesIO(data)) for data in verified]
            return _in_order(pl.concat(rows), schema.column_names()).lazy() if rows else schema.create_empty(lazy=True)
        # One file at a time: all of them together may exceed memory.
        deque(verified, maxlen=0)
        return pl.scan_parquet(
            [self._storage.address(key) for key in stage.keys(table_name)],
            # An address is not a pattern, whatever characters it has.
            glob=False,
            hive_partitioning=False,
            storage_options=self._storage.polars_options(),
        )

    def head(self, stage: Stage, table_name: str, rows: int) -> pl.DataFrame:
        """The first rows of a staged table, as a preview: those of one of its files."""
        table, schema = stage.table(table_name), self.group.tables[table_name].schema
        if not table.files:
            return schema.create_empty()
        return pl.read_parquet(io.BytesIO(self._verified(stage, table_name, table.files[0])), n_rows=rows)

    def _verified(self, stage: Stage, table_name: str, file: StagedFile, *, anew: bool = False) -> bytes:
        """The bytes of a staged file as stored in the lake; with `anew`, read now even if they were read before."""
        data = None if anew else self._files.get(file.key)
        data = self._storage.read_if_any(file.key) if data is None else data
        if data is None or hashlib.sha256(data).hexdigest() != file.sha256:
            state = "is gone" if data is None else "was changed"
            raise NotAudited(
                f"{stage.snapshot_date}: the staged file of {table_name} {state} since it was written ({file.key}). "
                f"Run the job process_raw_objects for {stage.snapshot_date}."
            )
        self._files.put(file.key, data)
        return data

    def record(self, stage: Stage, table_name: str, findings: list[Finding]) -> Receipt:
        """Writes the receipt of a table's audit."""
        receipt = Receipt(stage.content, table_name, tuple(findings))
        self._storage.write(self._receipt_key(stage.snapshot_date, table_name), msgspec.json.encode(receipt))
        return receipt

    def proven(self, day: date) -> Stage:
        """The day's stage, proven: every table has a passing receipt, and its bytes are those that were audited.

        Raises:
            NotAudited: nothing is staged, a table has no receipt for this content, failed, or changed since.
        """
        stage = self.current(day)
        if stage is None:
            raise NotAudited(f"{day}: nothing is staged. Run the job process_raw_objects for {day}.")
        deque(side_by_side(partial(self._require_proof, stage), self.group.tables, self._at_once), maxlen=0)
        return stage

    def _require_proof(self, stage: Stage, table_name: str) -> None:
        self._require_pass(stage, table_name)
        for file in stage.tables[table_name].files:
            self._verified(stage, table_name, file, anew=True)

    def _receipt(self, stage: Stage, table_name: str) -> Receipt | None:
        """The receipt of a table's audit; None if it was not audited, or was staged again since."""
        data = self._storage.read_if_any(self._receipt_key(stage.snapshot_date, table_name))
        receipt = None if data is None else msgspec.json.decode(data, type=Receipt)
        return receipt if receipt is not None and receipt.content == stage.content else None

    def _require_pass(self, stage: Stage, table_name: str) -> None:
        day, receipt = stage.snapshot_date, self._receipt(stage, table_name)
        if receipt is None:
            raise NotAudited(
                f"{day}: {table_name} has not been audited as it is staged now. "
                f"Run the job process_raw_objects for {day}: tables, checks and publish."
            )
        if not receipt.passed:
            failed = next(finding for finding in receipt.findings if finding.blocking and not finding.passed)
            raise NotAudited(f"{day}: {table_name} failed its check '{failed.check}': {failed.sentence}")

    def failed_checks(self, day: date) -> list[tuple[str, Finding]]:
        """Blocking checks that failed for what is staged of a day now, each with its table."""
        stage = self.current(day)
        receipts = {} if stage is None else {name: self._receipt(stage, name) for name in self.group.tables}
        return [
            (name, found)
            for name, receipt in receipts.items()
            if receipt is not None
            for found in receipt.findings
            if found.blocking and not found.passed
        ]

    def finding(self, day: date, table_name: str, check: str) -> Finding | None:
        """A check's finding for a day as staged now; None if it was not audited."""
        stage = self.current(day)
        receipt = None if stage is None else self._receipt(stage, table_name)
        return next((found for found in receipt.findings if found.check == check), None) if receipt else None

    def _manifest_key(self, day: date) -> str:
        return f"{self._folder}/snapshot_date={day}/stage.json"

    def _receipt_key(self, day: date, table_name: str) -> str:
        return f"{self._folder}/snapshot_date={day}/audit-{table_name}.json"


def _in_order(frame: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """The columns in schema order: a table of an older lake got the newer ones at its end."""
    return frame.select(*(name for name in names if name in frame.columns), pl.exclude(names))
