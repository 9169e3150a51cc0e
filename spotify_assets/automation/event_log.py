"""This machine's record of runs: Dagster's own SQLite files, kept open from one event to the next.

Only how the files are opened belongs here; what is written and read is Dagster's. Dagster creates an engine for each
event: it opens the file, prepares its statements and, when the last connection closes, merges SQLite's log into the
file and waits for the disk. That was half of the time of a day of few rows. Events written as a batch, such as an
asset's days of a range, are one transaction.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import dagster as dg
from sqlalchemy import Connection, Engine, create_engine, event

from spotify_assets.automation.dagster_internals import (
    INDEX_SHARD_NAME,
    SQLITE_BUSY_TIMEOUT_SECONDS,
    DagsterSqliteStorage,
    EventHandlerFn,
    SqliteEventLogStorage,
    SqlPollingEventWatcher,
)

# Files kept open: the index of all runs, and the current runs.
OPEN_FILES = 4


class KeptOpenEventLog(SqliteEventLogStorage):
    """Dagster's events in a file per run and an index of all, through one engine per file."""

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        """Creates the index if it does not exist."""
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        self._engines_lock = threading.Lock()
        # In the thread that writes a batch of events: the transactions of its files.
        self._together = threading.local()
        super().__init__(base_dir, inst_data)
        self._watcher = SqlPollingEventWatcher(self)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        """A transaction on a file, created if missing; for a batch, the one shared by all its events."""
        held = self._of_events_together()
        if held is None:
            with self._db_lock, self._transaction(shard) as connection:
                yield connection
            return
        if shard not in held:
            held[shard] = self._together.transactions.enter_context(self._transaction(shard))
        yield held[shard]

    def _of_events_together(self) -> dict[str, Connection] | None:
        """The transaction of each file to which this thread writes a batch, if it does."""
        return getattr(self._together, "connections", None)

    @contextmanager
    def _transaction(self, shard: str) -> Iterator[Connection]:
        engine = self._engine(shard)
        if shard not in self._initialized_dbs:
            self._initdb(engine)
            self._initialized_dbs.add(shard)
        with engine.connect() as connection, connection.begin():
            yield connection

    def store_event_batch(self, events: Sequence[dg.EventLogEntry]) -> None:
        """Writes events as Dagster does, but those of a file in one transaction: all or none."""
        with self._db_lock, ExitStack() as transactions:
            self._together.transactions, self._together.connections = transactions, {}
            try:
                super().store_event_batch(events)
            finally:
                del self._together.transactions, self._together.connections

    def has_table(self, table_name: str) -> bool:
        """Whether the index has a table of that name."""
        if (held := (self._of_events_together() or {}).get(INDEX_SHARD_NAME)) is not None:
            return bool(held.dialect.has_table(held, table_name))
        with self._engine(INDEX_SHARD_NAME).connect() as connection:
            return bool(connection.dialect.has_table(connection, table_name))

    def watch(self, run_id: str, cursor: str | None, callback: EventHandlerFn) -> None:
        """Calls the callback for each event of a run from now on, for the page of a run.

        Dagster waits for the file to change, but a file kept open changes rarely: events are in its log.
        """
        self._watcher.watch_run(run_id, cursor, callback)

    def end_watch(self, run_id: str, handler: EventHandlerFn) -> None:
        """Stops calling it."""
        self._watcher.unwatch_run(run_id, handler)

    def dispose(self) -> None:
        """Closes the files."""
        self._watcher.close()
        super().dispose()
        while self._engines:
            self._engines.popitem()[1].dispose()

    def _engine(self, shard: str) -> Engine:
        with self._engines_lock:
            if shard not in self._engines:
                self._engines[shard] = _engine(self.conn_string_for_shard(shard))
            self._engines.move_to_end(shard)
            if len(self._engines) > OPEN_FILES:
                self._engines.popitem(last=False)[1].dispose()
            return self._engines[shard]


def _engine(address: str) -> Engine:
    engine = create_engine(address, pool_size=1, max_overflow=-1, connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS})

    @event.listens_for(engine, "connect")
    def relax(connection: Any, _record: object) -> None:
        # The files use WAL, so they stay consistent without waiting for the disk at each event. A power failure may
        # lose the last events; what was published is in the lake, which everything relies on.
        connection.execute("PRAGMA synchronous = NORMAL")

    return engine


class RecordOfRuns(DagsterSqliteStorage):
    """Dagster's storage in SQLite files below a folder, with event files kept open; the same files as Dagster's own."""

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        """Creates the files that do not exist."""
        super().__init__(base_dir, inst_data)
        self._event_log_storage = KeptOpenEventLog(self._event_log_storage._base_dir)

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> "RecordOfRuns":
        """As Dagster creates it from an instance's settings."""
        return cls.from_local(inst_data=inst_data, **config_value)
