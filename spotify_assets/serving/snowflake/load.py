"""Loads published files over any connection that speaks Snowflake's SQL.

A day of a table is replaced in one transaction: its rows are deleted, the published files are copied in, the rows are
counted. Not MERGE, since that would keep rows that the new file no longer has, and tables without a key have no merge
condition. Tables, columns and the stage are created before the transaction, which any DDL would end.
"""

import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from spotify_assets.config import Source
from spotify_assets.lake.catalog import Catalog
from spotify_assets.lake.published_day import PublishedDay, PublishedFile
from spotify_assets.schemas import Table
from spotify_assets.serving.snowflake.tables import CREATE_LEDGER, LEDGER, add_columns, create_table

# Of this session only; Snowflake drops it with its files when the session ends.
STAGE = "spotify_assets_load"
OF_DAY = "snapshot_date = %s"
COLUMNS = """
SELECT lower(table_name), lower(column_name) FROM information_schema.columns WHERE table_schema = current_schema()
"""
CREATE_STAGE = f"CREATE TEMPORARY STAGE IF NOT EXISTS {STAGE}"


class Cursor(Protocol):
    """The cursor interface used here and in the tests' stand-in."""

    def execute(self, command: str, params: Sequence[Any] | None = None, /) -> Any:
        """Runs one statement; `%s` is a parameter."""
        ...

    def fetchall(self) -> list[Any]:
        """Rows of the last statement."""
        ...


class Connection(Protocol):
    """The connection interface used here: each statement outside of a transaction is committed."""

    def cursor(self) -> Cursor:
        """A cursor of its session."""
        ...

    def close(self) -> None:
        """Ends its session."""
        ...


class SnowflakeError(RuntimeError):
    """Nothing, or no more, is loaded; the message says why and what to do."""


@dataclass(frozen=True)
class LoadedDay:
    """A day of a table as it is in Snowflake now: the published files, none for a day without rows."""

    table: str
    snapshot_date: date
    files: tuple[PublishedFile, ...]

    @property
    def rows(self) -> int:
        """Rows of that day."""
        return sum(file.rows for file in self.files)

    @property
    def addresses(self) -> str:
        """Addresses of its files."""
        return ", ".join(file.address for file in self.files)


class Loader:
    """Loads days into the schema of a connection, which only lakes of one source may fill."""

    def __init__(self, connection: Connection, catalog: Catalog, source: Source) -> None:
        self._cursor = connection.cursor()
        self._catalog = catalog
        self._source: Source = source

    def prepare(self, tables: Sequence[Table]) -> None:
        """Creates the stage, and missing tables and columns.

        Raises:
            SnowflakeError: the schema holds data of the other source.
        """
        self._cursor.execute(CREATE_LEDGER)
        self._require_source()
        for table in tables:
            self._cursor.execute(create_table(table))
        there = self._columns()
        for table in tables:
            for statement in add_columns(table, there[table.name]):
                self._cursor.execute(statement)
        self._cursor.execute(CREATE_STAGE)

    def load(self, table: Table, day: date) -> LoadedDay:
        """Makes Snowflake hold exactly what is published of a day.

        Raises:
            SnowflakeError: the row count differs from that of the files; the day is unchanged.
        """
        published = self._published(table, day)
        while True:
            loaded = LoadedDay(table.name, day, published.files if published else ())
            self._replace(table, day, loaded)
            current = self._published(table, day)
            if current == published:
                return loaded
            # Published again meanwhile: another run may have loaded that before this one loaded the older files.
            published = current

    def _columns(self) -> dict[str, set[str]]:
        """Columns of each table of the schema: one query, since asking for each table would take a minute."""
        self._cursor.execute(COLUMNS)
        there: dict[str, set[str]] = defaultdict(set)
        for table_name, column_name in self._cursor.fetchall():
            there[table_name].add(column_name)
        return there

    def _published(self, table: Table, day: date) -> PublishedDay | None:
        return self._catalog.published(table, [day]).get(day)

    def _replace(self, table: Table, day: date, wanted: LoadedDay) -> None:
        staged = [self._stage(file) for file in wanted.files]
        with self._transaction():
            self._require_source()
            self._cursor.execute(f"DELETE FROM {table.name} WHERE {OF_DAY}", (day,))  # noqa: S608  our own names
            for name in staged:
                self._cursor.execute(_copy(table, name))
            self._cursor.execute(f"SELECT count(*) FROM {table.name} WHERE {OF_DAY}", (day,))  # noqa: S608
            found = self._cursor.fetchall()[0][0]
            if found != wanted.rows:
                raise SnowflakeError(
                    f"{table.name} of {day}: {found:,} rows arrived of {wanted.rows:,} that are published. "
                    "The day was left as it was; load it again."
                )
            self._note(table, day, wanted)

    def _stage(self, file: PublishedFile) -> str:
        """Puts the bytes of a published file on the stage; returns its name there."""
        name = file.address.rsplit("/", 1)[-1]
        with tempfile.TemporaryDirectory() as folder:
            local = Path(folder, name)
            local.write_bytes(self._catalog.content(file))
            self._cursor.execute(f"PUT 'file://{local}' @{STAGE} AUTO_COMPRESS = FALSE OVERWRITE = TRUE")
        return name

    def _note(self, table: Table, day: date, loaded: LoadedDay) -> None:
        self._cursor.execute(f"DELETE FROM {LEDGER} WHERE {OF_DAY} AND table_name = %s", (day, table.name))  # noqa: S608
        self._cursor.execute(
            f"INSERT INTO {LEDGER} SELECT %s, %s, %s, %s, %s, current_timestamp()",
            (table.name, day, self._source, loaded.addresses or None, loaded.rows),
        )

    def _require_source(self) -> None:
        self._cursor.execute(f"SELECT DISTINCT source FROM {LEDGER} WHERE source <> %s", (self._source,))  # noqa: S608
        if others := self._cursor.fetchall():
            raise SnowflakeError(
                f"This schema of Snowflake holds {others[0][0]} data, and the lake {self._source} data. The two are "
                "never mixed: set SNOWFLAKE_SCHEMA to another schema."
            )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._cursor.execute("BEGIN")
        try:
            yield
        except BaseException:
            # If the connection is lost, Snowflake does this by itself; the first error is the one to report.
            with suppress(Exception):
                self._cursor.execute("ROLLBACK")
            raise
        self._cursor.execute("COMMIT")


def _copy(table: Table, staged: str) -> str:
    # FORCE, since Snowflake remembers which files a table got, and would skip one whose rows were just deleted.
    return (
        f"COPY INTO {table.name} FROM @{STAGE}/{staged} "
        "FILE_FORMAT = (TYPE = PARQUET USE_LOGICAL_TYPE = TRUE USE_VECTORIZED_SCANNER = TRUE) "
        "MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE ON_ERROR = ABORT_STATEMENT FORCE = TRUE"
    )
