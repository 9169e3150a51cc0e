"""What a format is: how its files are known, and where they tell what."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

from spotify_assets.charts.cells import Cell
from spotify_assets.charts.identity import Recurrence

Frame = Callable[[pl.DataFrame], pl.DataFrame]


@dataclass(frozen=True)
class Format:
    """A format of files; what is not among its `cells` it does not tell."""

    # As a sentence calls it, behind "a file of" and the like.
    name: str
    cells: Mapping[str, Cell]
    # Columns without which no row can be told, and those that files of it may lack or have without a word.
    needed: tuple[str, ...]
    optional: tuple[str, ...] = ()
    # Columns that are known, and tell nothing that is taken.
    unused: tuple[str, ...] = ()
    is_playlist: bool = False
    # Columns that charts of one recurrence alone have.
    recurrences: Mapping[str, Recurrence] = field(default_factory=dict[str, Recurrence])
    # For what cells alone do not tell; what it adds is among COLUMNS.
    finish: Frame = field(default=lambda frame: frame)

    @property
    def day_column(self) -> str | None:
        """Where each row tells its day; None where the name of a file does, or whoever has it."""
        return self._column("snapshot_date")

    @property
    def region_column(self) -> str | None:
        """Where each row tells its chart; None where the name of a file does, or whoever has it."""
        return self._column("region")

    @property
    def known(self) -> frozenset[str]:
        """All columns that it is known to have, in small letters."""
        named = (*(cell.column for cell in self.cells.values()), *self.needed, *self.optional, *self.unused)
        return frozenset(column.casefold() for column in named)

    def _column(self, name: str) -> str | None:
        return self.cells[name].column if name in self.cells else None
