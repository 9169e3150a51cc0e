"""The catalog of a lake in a folder: PyIceberg's, in a SQLite file that many processes may open."""

import sqlite3
from collections.abc import Mapping
from typing import Any

from pyiceberg.catalog.sql import SqlCatalog, SqlCatalogBaseTable
from sqlalchemy import create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool


def open_sqlite_catalog(uri: str, properties: Mapping[str, Any]) -> SqlCatalog:
    """The catalog in a SQLite file, created if it does not exist."""
    # Every connection is closed after use: no file that other processes use stays open.
    engine = create_engine(uri, poolclass=NullPool)
    event.listen(engine, "connect", _wait_for_the_disk)
    for attempts_left in (2, 1, 0):
        try:
            SqlCatalogBaseTable.metadata.create_all(engine)
            break
        except OperationalError:
            # Another first user may be creating the two tables at the same moment.
            if not attempts_left:
                raise
    catalog = SqlCatalog("lake", uri=uri, init_catalog_tables="false", **properties)
    catalog.engine.dispose()
    catalog.engine = engine
    return catalog


def _wait_for_the_disk(connection: sqlite3.Connection, _record: object) -> None:
    """A commit is on disk before the marks that refer to it: FULL would leave its end to the file system."""
    connection.execute("PRAGMA synchronous = EXTRA").close()
