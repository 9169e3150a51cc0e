"""A file format: how its files are recognised, and their columns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

from spotify_assets.charts.cells import Cell
from spotify_assets.charts.identity import Recurrence

Frame = Callable[[pl.DataFrame], pl.DataFrame]


@dataclass(frozen=True)
class Format:
    """A file format; its `cells` are everything that it provides."""

    # Its name in a sentence, after "a file of" and the like.
    name: str
    cells: Mapping[str, Cell]
    # Columns without which no row can be read, and those that may silently be missing.
    needed: tuple[str, ...]
    optional: tuple[str, ...] = ()
    # Known columns that are ignored.
    unused: tuple[str, ...] = ()
    is_playlist: bool = False
    # Columns that only charts of one recurrence have.
    recurrences: Mapping[str, Recurrence] = field(default_factory=dict[str, Recurrence])
    # Derives further COLUMNS from the cells.
    finish: Frame = field(default=lambda frame: frame)

    @property
    def day_column(self) -> str | None:
        """The column with each row's day; None if the file name or the user states it."""
        return self._column("snapshot_date")

    @property
    def region_column(self) -> str | None:
        """The column with each row's chart; None if the file name or the user states it."""
        return self._column("region")

    @property
    def known(self) -> frozenset[str]:
        """All its known columns, in lower case."""
        named = (*(cell.column for cell in self.cells.values()), *self.needed, *self.optional, *self.unused)
        return frozenset(column.casefold() for column in named)

    def _column(self, name: str) -> str | None:
        return self.cells[name].column if name in self.cells else None
