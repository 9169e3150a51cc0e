"""A check and its input: a function of a day under audit and of the history before it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from spotify_assets.schemas.table import Table
from spotify_assets.transform.cells import OddCell
from spotify_assets.transform.findings import Finding


@dataclass(frozen=True)
class History:
    """The prior published days of a table: how many rows each has, and null shares of the last one.

    `previous_rows` are those of the last one, for `playlists` those of the last seven, if a check needs them.
    """

    rows: Mapping[date, int] = field(default_factory=dict)
    null_shares: Mapping[str, float] = field(default_factory=dict)
    previous_rows: pl.LazyFrame | None = None


@dataclass(frozen=True)
class SetAside:
    """A raw object that could not be read: its name, the reason, and its current key."""

    raw_object: str
    reason: str
    key: str


@dataclass(frozen=True)
class Audit:
    """One day under audit: its staged tables, the number of quarantined raw objects, and unreadable cells.

    `set_aside` are the first of the quarantined objects. `sound` names tables already known to have no row that breaks
    the contract and no repeated key. `unreadable` has the reason for each raw object that could not be read.
    """

    snapshot_date: date
    tables: Mapping[str, pl.LazyFrame]
    quarantined: int = 0
    odd_cells: Sequence[OddCell] = ()
    set_aside: Sequence[SetAside] = ()
    sound: frozenset[str] = frozenset()
    unreadable: Mapping[str, str] = field(default_factory=dict)
    _rows: dict[str, int] = field(default_factory=dict, init=False, repr=False, compare=False)

    def rows(self, name: str) -> int:
        """Number of rows staged for a table."""
        if name not in self._rows:
            self._rows[name] = self.tables[name].select(pl.len()).collect().item()
        return self._rows[name]


Check = Callable[[Audit, Table, History], Finding]
