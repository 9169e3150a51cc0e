"""What a check is given, and what it is: a day under audit, what the days before tell, and a function of both."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from spotify_assets.schemas.table import Table
from spotify_assets.transform.cells import OddCell
from spotify_assets.transform.findings import Finding


@dataclass(frozen=True)
class History:
    """What the published days before tell of a table: how many rows each has, and null shares of the last one.

    `previous_rows` are those of the last one, of `playlists` those of the last seven, where a check looks at them.
    """

    rows: Mapping[date, int] = field(default_factory=dict)
    null_shares: Mapping[str, float] = field(default_factory=dict)
    previous_rows: pl.LazyFrame | None = None


@dataclass(frozen=True)
class SetAside:
    """A raw object that could not be read: its name, why, and the key at which it lies now."""

    raw_object: str
    reason: str
    key: str


@dataclass(frozen=True)
class Audit:
    """One day under audit: its staged tables, how many raw objects were quarantined, and cells that were not read.

    `set_aside` are the first of the quarantined objects. `sound` names tables of which it is known already that no row
    breaks the contract and no key stands twice.
    """

    snapshot_date: date
    tables: Mapping[str, pl.LazyFrame]
    quarantined: int = 0
    odd_cells: Sequence[OddCell] = ()
    set_aside: Sequence[SetAside] = ()
    sound: frozenset[str] = frozenset()
    _rows: dict[str, int] = field(default_factory=dict, init=False, repr=False, compare=False)

    def rows(self, name: str) -> int:
        """Number of rows staged for a table."""
        if name not in self._rows:
            self._rows[name] = self.tables[name].select(pl.len()).collect().item()
        return self._rows[name]


Check = Callable[[Audit, Table, History], Finding]
