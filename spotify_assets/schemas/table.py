"""A table of the lake: name, folder, schema, keys, and the group it is published with.

Conventions of all tables: positions are 1-based, times are UTC, durations are milliseconds, ids are Spotify's
22-character base-62 ids (https://developer.spotify.com/documentation/web-api/concepts/spotify-uris-ids).
"""

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter

import dataframely as dy

UTC = "UTC"


def partition_date() -> dy.Date:
    """The first column of every table, `snapshot_date`: the partition column."""
    return dy.Date(primary_key=True, description="UTC day the playlist was captured; the partition")


def told_label() -> dy.String:
    """The label of a song, as a chart names it."""
    return dy.String(nullable=True, description="Label of the song as the chart writes it; empty if it names none")


def told_streams() -> dy.Int64:
    """The streams that a chart reports for a position."""
    return dy.Int64(nullable=True, min=0, description="Streams reported by the chart, if any")


@dataclass(frozen=True)
class Table:
    """A table of the lake: its name everywhere (asset, catalog, SQL), its folder, and its schema."""

    name: str
    schema: type[dy.Schema]

    @property
    def folder(self) -> str:
        """Folder under the lake, named as users of hand-wired pipelines know it, such as `songs_data`."""
        return f"{self.name}_data"

    @property
    def description(self) -> str:
        """The schema's docstring: what one row is, and the rules for the table."""
        return inspect.cleandoc(self.schema.__doc__ or "")

    @property
    def summary(self) -> str:
        """First line of the schema's docstring: what one row is."""
        return self.description.splitlines()[0]

    @property
    def key(self) -> list[str]:
        """Primary key columns, `snapshot_date` first; empty for tables without one."""
        return self.schema.primary_key()

    @property
    def order(self) -> list[str]:
        """Columns that rows are sorted by, so that equal content gives equal files."""
        return self.key or self.schema.column_names()


@dataclass(frozen=True)
class ForeignKey:
    """Every non-null `column` of `table` appears as `parent_column` of `parent` on the same day."""

    table: str
    column: str
    parent: str
    parent_column: str


@dataclass(frozen=True)
class TableGroup:
    """Tables that are staged, audited and published together, a day at a time."""

    name: str
    tables: Mapping[str, Table]
    foreign_keys: Sequence[ForeignKey]

    def waves(self) -> list[list[str]]:
        """The tables in publishing order: parents before children; tables of one wave do not depend on each other."""
        parents = {name: {key.parent for key in self.foreign_keys if key.table == name} for name in self.tables}
        waves, sorter = list[list[str]](), TopologicalSorter(parents)
        sorter.prepare()
        while sorter.is_active():
            ready = set(sorter.get_ready())
            waves.append([name for name in self.tables if name in ready])
            sorter.done(*ready)
        return waves


def table_group(name: str, *tables: Table, foreign_keys: Sequence[ForeignKey] = ()) -> TableGroup:
    """A group of tables, by their names."""
    return TableGroup(name, {table.name: table for table in tables}, foreign_keys)
