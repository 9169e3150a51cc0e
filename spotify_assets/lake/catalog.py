"""The published tables: Iceberg, in the Glue Data Catalog for a lake on S3 and in SQLite for a folder.

A publish is one commit per table that replaces complete days, so a reader always sees a day's old rows or its new
ones. A day whose content is unchanged makes no commit.
"""

import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from functools import cached_property

import polars as pl
from pyiceberg.catalog import Catalog as IcebergCatalog
from pyiceberg.exceptions import (
    CommitFailedException,
    NamespaceAlreadyExistsError,
    NoSuchIcebergTableError,
    NoSuchNamespaceError,
    NoSuchPropertyException,
    NoSuchTableError,
    TableAlreadyExistsError,
    ValidationError,
    ValidationException,
)
from pyiceberg.io import PY_IO_IMPL
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.table import Table as IcebergTable
from pyiceberg.transforms import IdentityTransform
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from spotify_assets.lake.errors import CATALOG_FILE, LakeError, explain
from spotify_assets.lake.glue_catalog import CarefulGlueCatalog
from spotify_assets.lake.iceberg_files import FILES, STORAGE, LakeFileIO
from spotify_assets.lake.iceberg_schema import iceberg_schema
from spotify_assets.lake.published_day import (
    PARTITION_COLUMN,
    PublishedDay,
    PublishedFile,
    content_of,
    on_days,
    published_days,
)
from spotify_assets.lake.raw import READERS
from spotify_assets.lake.read_once import MOST_BYTES, ReadOnce
from spotify_assets.lake.side_by_side import side_by_side
from spotify_assets.lake.sqlite_catalog import open_sqlite_catalog
from spotify_assets.lake.storage import Storage
from spotify_assets.schemas import TABLES, Table

COMMIT_ATTEMPTS = 12
# Another publisher was faster: look again at what the day holds.
CONFLICTS = (CommitFailedException, ValidationException)
TABLE_PROPERTIES = {
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "50",
    # Each publish adds a manifest per table, and a plan reads every one of them. Merged as they come, some two months
    # of days share one: a day's insights look back on one or two, and another year adds six.
    "commit.manifest-merge.enabled": "true",
    "commit.manifest.min-count-to-merge": "2",
    "commit.manifest.target-size-bytes": str(32 * 1024),
    # Publishing rebuilds its entire commit after a conflict. The library's own retry would re-apply an append without
    # checking what the day holds by then: two first publishers of a day would both leave their file.
    "commit.retry.num-retries": "0",
}
# Set by older versions: replaced by the value above.
OLDER_PROPERTIES = {"commit.manifest.min-count-to-merge": "8"}


class Catalog:
    """Published tables of one lake.

    With `remembers`, a loaded table is not loaded again until `look_anew` is called, nor a file read again.
    """

    def __init__(self, storage: Storage, glue_database: str, *, remembers: bool = False) -> None:
        self._storage = storage
        self._database = glue_database if storage.is_s3 else "spotify"
        self._remembers = remembers
        self._loaded: dict[str, IcebergTable] = {}
        # Tables read or changed at the same time; in a folder they would wait for one another.
        self.at_once = READERS if remembers and storage.is_s3 else 1
        self.files = ReadOnce(MOST_BYTES if remembers else 0)

    @cached_property
    def iceberg(self) -> IcebergCatalog:
        """The underlying Iceberg catalog."""
        storage = self._storage
        properties = {
            "warehouse": storage.address("").rstrip("/"),
            PY_IO_IMPL: f"{LakeFileIO.__module__}.{LakeFileIO.__name__}",
            STORAGE: storage,
            FILES: self.files,
        }
        if not storage.is_s3:
            storage.make_folder()
            return open_sqlite_catalog(f"sqlite:///{storage.folder}/{CATALOG_FILE}?timeout=60", properties)
        return CarefulGlueCatalog("lake", storage.endpoint_url, storage.patience, **properties)

    def name(self, table: Table) -> str:
        """Full name of a table in Athena: `database.table`."""
        return f"{self._database}.{table.name}"

    def ensure(self, table: Table) -> IcebergTable:
        """The table; created, or given its missing columns and properties, if necessary."""
        found = self.load(table)
        if found is None:
            found = self._create(table)
        missing = set(table.schema.column_names()) - set(found.schema().column_names)
        # A table of an older version lacks some; values set by its owner stay.
        held = dict(found.properties.items() - OLDER_PROPERTIES.items())
        properties = {name: value for name, value in TABLE_PROPERTIES.items() if name not in held}
        if missing or properties:
            try:
                with self._clear_errors(f"bring {self.name(table)} up to date"), found.transaction() as transaction:
                    if properties:
                        transaction.set_properties(properties)
                    if missing:
                        wanted = iceberg_schema(table, found.schema())
                        with transaction.update_schema() as update:
                            update.union_by_name(wanted)
                            update.set_identifier_fields(*wanted.identifier_field_names())
            except CommitFailedException:
                # Another process changed the table meanwhile, perhaps in the same way.
                self.look_anew([table])
                return self.ensure(table)
        return found

    def look_anew(self, tables: Iterable[Table]) -> None:
        """Forgets loaded tables, which may have changed since."""
        for table in tables:
            self._loaded.pop(table.name, None)

    def load(self, table: Table) -> IcebergTable | None:
        """The table, or None before its first publish. A remembered table is as it was when loaded.

        Raises:
            LakeError: the catalog's table of that name is not an Iceberg table, or is outside this lake.
        """
        found = self._loaded.get(table.name) or self._load(table)
        if found is not None and self._remembers:
            self._loaded[table.name] = found
        return found

    def _load(self, table: Table) -> IcebergTable | None:
        """The table in its current state.

        Raises:
            LakeError: the catalog's table of that name is not an Iceberg table, or is outside this lake.
        """
        with self._clear_errors(f"open table {self.name(table)}"):
            try:
                return self.iceberg.load_table(self.name(table))
            except (NoSuchIcebergTableError, NoSuchPropertyException, ValidationError, ValueError) as error:
                raise LakeError(
                    f"{self.name(table)} cannot be read as an Iceberg table ({str(error).splitlines()[0]}). "
                    "If a crawler made it, set GLUE_DATABASE to a database of this lake's own."
                ) from error
            except (NoSuchTableError, NoSuchNamespaceError):
                return None

    def forget(self, table: Table) -> None:
        """Removes a table from a folder's catalog without looking at its files."""
        with self._clear_errors(f"take {self.name(table)} out of the catalog"), suppress(NoSuchTableError):
            self.iceberg.drop_table(self.name(table))

    def _create(self, table: Table) -> IcebergTable:
        schema = iceberg_schema(table)
        partition = schema.find_field(PARTITION_COLUMN)
        spec = PartitionSpec(PartitionField(partition.field_id, 1000, IdentityTransform(), PARTITION_COLUMN))
        with self._clear_errors(f"create table {self.name(table)}"):
            # The second is SQLite's error if another first user was faster.
            with suppress(NamespaceAlreadyExistsError, IntegrityError):
                self.iceberg.create_namespace_if_not_exists(self._database)
            try:
                return self.iceberg.create_table(
                    self.name(table),
                    schema,
                    location=self._storage.address(table.folder),
                    partition_spec=spec,
                    properties=TABLE_PROPERTIES | {"format-version": "2", "comment": table.summary},
                )
            except TableAlreadyExistsError:
                return self.iceberg.load_table(self.name(table))

    def published(self, table: Table, days: Iterable[date] | None = None) -> dict[date, PublishedDay]:
        """What is published of each day that has rows; of all days if none are given."""
        found = self.load(table)
        if found is None:
            return {}
        with self._clear_errors(f"read table {self.name(table)}"):
            return published_days(found, None if days is None else list(days))

    def content(self, file: PublishedFile) -> bytes:
        """The bytes of a published file.

        Raises:
            LakeError: it is missing or cannot be read.
        """
        with self._clear_errors(f"read {file.address}"):
            return self._storage.read(self._storage.key(file.address) or "")

    def publish(self, table: Table, files: Mapping[date, Sequence[str]]) -> list[date]:
        """Replaces days with the given files (none: a day without rows) in one commit; returns the days that changed.

        A day published with equal content stays: the content hash in each file name shows that, provided that the
        bytes are there and match the hash. Otherwise equal files replace them.

        Raises:
            LakeError: other publishers kept interfering.
        """
        was_loaded = table.name in self._loaded
        found, held = self._look(table, files)
        planned = self._changed_days(held, files)
        if was_loaded and not planned:
            # No commit would detect a change made since.
            self.look_anew([table])
            found, held = self._look(table, files)
            planned = self._changed_days(held, files)
        contending = Retrying(
            retry=retry_if_exception_type(CONFLICTS),
            stop=stop_after_attempt(COMMIT_ATTEMPTS),
            # Contenders with equal waits would collide again.
            wait=wait_random_exponential(multiplier=0.05, max=2),
            reraise=True,
        )
        try:
            for attempt in contending:
                with attempt:
                    if attempt.retry_state.attempt_number > 1:
                        self.look_anew([table])
                        found, held = self._look(table, files)
                    self._replace_days(found, held, {day: files[day] for day in self._changed_days(held, files)})
        except CONFLICTS as error:
            raise LakeError(
                f"Table {table.name}: other publishers changed it {COMMIT_ATTEMPTS} times in a row; run again."
            ) from error
        except LakeError:
            raise
        except Exception as error:
            # The answer was lost: only the catalog knows whether the commit landed.
            self.look_anew([table])
            _, held = self._look(table, files)
            if self._changed_days(held, files):
                raise LakeError(explain(self._storage.url, f"publish {table.name}", error)) from error
        return planned

    def _look(
        self, table: Table, files: Mapping[date, Sequence[str]]
    ) -> tuple[IcebergTable, Mapping[date, PublishedDay]]:
        """The table in its current state, and what it holds of the days of these files."""
        found = self.ensure(table)
        return found, published_days(found, list(files))

    def _changed_days(self, held: Mapping[date, PublishedDay], files: Mapping[date, Sequence[str]]) -> list[date]:
        return sorted(day for day, of_day in files.items() if not self._holds(held.get(day), of_day))

    def _holds(self, held: PublishedDay | None, files: Sequence[str]) -> bool:
        """Whether a day is published with these files' content, and all its own files are there, undamaged."""
        if held is None or held.content != content_of(files):
            return held is None and not files
        # Staged files are proven; files of another run are checked.
        return all(file.address in files or self.damage_of(file) is None for file in held.files)

    def damage_of(self, file: PublishedFile) -> str | None:
        """What is wrong with a published file; None if its bytes are there and match its name."""
        data = self._storage.read_if_any(self._storage.key(file.address) or "")
        if data is None:
            return "is gone"
        if len(data) != file.size:
            return f"has {len(data):,} bytes where {file.size:,} were published"
        if not hashlib.sha256(data).hexdigest().startswith(content_of([file.address])):
            return "has other content than was published"
        return None

    def _replace_days(
        self, found: IcebergTable, held: Mapping[date, PublishedDay], files: Mapping[date, Sequence[str]]
    ) -> None:
        if not files:
            return
        added = [file for of_day in files.values() for file in of_day]
        with found.transaction() as transaction:
            if replaced := [day for day in files if day in held]:
                transaction.delete(on_days(replaced))
            if added:
                # None of them is there: their days hold other content. Looking would read every manifest of the table.
                transaction.add_files(added, check_duplicate_files=False)

    def scan(self, table: Table) -> pl.LazyFrame:
        """Published rows of a table, lazily; no rows before its first publish. See `require_files`."""
        found = self.load(table)
        if found is None or found.current_snapshot() is None:
            return table.schema.create_empty(lazy=True)
        return pl.scan_iceberg(found, storage_options=self._storage.polars_options())

    def require_files(self, table: Table) -> None:
        """Checks by a listing that all files of a table are there as published.

        Raises:
            LakeError: one is missing, or differs in size from the manifests.
        """
        files = [file for day in self.published(table).values() for file in day.files]
        held = {self._storage.address(stored.key): stored.size for stored in self._storage.list(table.folder)}
        if changed := sum(held.get(file.address) != file.size for file in files):
            raise LakeError(
                f"Of the {len(files):,} files of {self.name(table)}, {changed:,} are gone or were changed after they "
                "were published. Restore them, or publish their days again."
            )

    def collect(self, table: Table) -> pl.DataFrame:
        """All published rows of a table.

        Raises:
            LakeError: they cannot be read, or some are missing.
        """
        self.require_files(table)
        with self._clear_errors(f"read table {self.name(table)}"):
            return self.scan(table).collect()

    def rows(self, table: Table, days: Iterable[PublishedDay], columns: Sequence[str] | None = None) -> pl.DataFrame:
        """Rows of published days; only the given columns, if any are given.

        Raises:
            LakeError: the files hold fewer or more rows than the manifests say.
        """
        files = [file for day in days for file in day.files]
        found = self._of_files(table, files)
        with self._clear_errors(f"read table {self.name(table)}"):
            frame = found.select(columns or table.schema.column_names()).collect()
        self._require_rows(table, frame.height, files)
        return frame

    def read(self, table: Table, days: Iterable[PublishedDay]) -> pl.LazyFrame:
        """Rows of published days, lazily; null in columns that an older file lacks.

        Equals a scan of those days, without planning it again.

        Raises:
            LakeError: the files hold fewer or more rows than the manifests say.
        """
        files = [file for day in days for file in day.files]
        found = self._of_files(table, files)
        # Only the file footers.
        with self._clear_errors(f"read table {self.name(table)}"):
            held = found.select(pl.len()).collect().item()
        self._require_rows(table, held, files)
        return found

    def _of_files(self, table: Table, files: Sequence[PublishedFile]) -> pl.LazyFrame:
        if not files:
            return table.schema.create_empty(lazy=True)
        schema = {name: column.dtype for name, column in table.schema.columns().items()}
        with self._clear_errors(f"read table {self.name(table)}"):
            contents = self._contents(files)
        return pl.scan_parquet(
            [file.address for file in files] if contents is None else [io.BytesIO(content) for content in contents],
            # An address is not a pattern, whatever characters it has.
            glob=False,
            schema=schema,
            missing_columns="insert",
            extra_columns="ignore",
            hive_partitioning=False,
            storage_options=self._storage.polars_options(),
        )

    def _contents(self, files: Sequence[PublishedFile]) -> list[bytes] | None:
        """The complete files, each requested once in a run; None if they are read in place, or are too large for that.

        Reading in place takes two requests per file: for its footer and its columns.
        """
        if self.at_once == 1 or sum(file.size for file in files) > MOST_BYTES:
            return None

        def read(file: PublishedFile) -> bytes:
            key = self._storage.key(file.address) or ""
            if (content := self.files.get(key)) is None:
                content = self._storage.read(key)
                self.files.put(key, content)
            return content

        return list(side_by_side(read, files, self.at_once))

    def _require_rows(self, table: Table, held: int, files: Sequence[PublishedFile]) -> None:
        """History with a part missing would be reported as if it were complete."""
        wanted = sum(file.rows for file in files)
        if held != wanted:
            raise LakeError(
                f"The files of {self.name(table)} hold {held:,} rows where its manifests say {wanted:,}: some were "
                "changed after they were published. Restore them, or publish their days again."
            )

    def tables(self) -> list[Table]:
        """Tables of this platform that the catalog holds."""
        found = side_by_side(self.load, TABLES.values(), self.at_once)
        return [table for table, loaded in zip(TABLES.values(), found, strict=True) if loaded is not None]

    @contextmanager
    def _clear_errors(self, action: str) -> Iterator[None]:
        """Like the storage's, plus errors of a catalog: a file that its metadata names must be there."""
        try:
            with self._storage.clear_errors(action):
                yield
        except FileNotFoundError as error:
            raise LakeError(
                f"Cannot {action} in {self._storage.url}: a file of the table is gone ({str(error).splitlines()[0]}). "
                "What was deleted must be restored."
            ) from error
        except (SQLAlchemyError, pl.exceptions.PolarsError) as error:
            raise LakeError(explain(self._storage.url, action, error)) from error
