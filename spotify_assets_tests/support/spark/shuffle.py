"""The tasks of a day's Spark job without Spark: cells are carried to their parts by hand, in whatever order is asked.

What Spark itself does is tested with Spark; this shows, on many days, that neither chunks, nor parts, nor the order in
which cells arrive, nor tasks that run twice change a row.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain
from random import Random

import msgspec

from spotify_assets.engines.day_request import DayRequest, DayResult
from spotify_assets.engines.spark.frame_rows import Cell, Task
from spotify_assets.engines.spark.tasks import (
    CAPTURES,
    FILES,
    QUARANTINED,
    REFUSED_DIMENSIONS,
    REFUSED_SONGS,
    Decode,
    FilesByTable,
    FindCandidates,
    WriteDimensions,
    WritePlaylists,
    WriteSongs,
    chunk_cell,
    day_result,
)
from spotify_assets.lake.raw import RawEntry
from spotify_assets.transform.observations import QuarantinedObject


class Shuffle:
    """Runs tasks over so many parts; `random` decides the order of cells, and which tasks run twice."""

    def __init__(self, parts: int, random: Random) -> None:
        self.parts = list(range(parts))
        self.random = random

    def apply(self, task: Task, cells: Iterable[Cell]) -> list[Cell]:
        """Gives each part its cells, as one task of Spark gets them."""
        held: dict[int, list[Cell]] = defaultdict(list)
        for cell in cells:
            held[cell.part].append(cell)
        made: list[Cell] = []
        for part in self.parts:
            self.random.shuffle(held[part])
            first = list(task(held[part]))
            made.extend(list(task(held[part])) if self.random.random() < 0.3 else first)
        return made

    def everywhere(self, cells: Iterable[Cell], kind: str) -> list[Cell]:
        """Cells of a kind, for every part."""
        return [Cell(cell.kind, part, cell.data) for cell in cells if cell.kind == kind for part in self.parts]


def transform_by_hand(request: DayRequest, chunks: Sequence[Sequence[RawEntry]], shuffle: Shuffle) -> DayResult:
    """A day's transform, step by step as `spark/day.py` has them."""
    decoded = list(Decode(request, shuffle.parts)(chunk_cell(0, chunk) for chunk in chunks))
    captures = [cell for cell in decoded if cell.kind == CAPTURES]
    of_artists = [cell for cell in decoded if cell.kind in ("profiles", "facts")]
    candidates = [*shuffle.apply(FindCandidates(shuffle.parts), captures), *of_artists]
    dimensions = shuffle.apply(WriteDimensions(request), [cell for cell in candidates if cell.kind != "songs"])
    of_songs = [cell for cell in candidates if cell.kind == "songs"]
    songs = shuffle.apply(WriteSongs(request), [*of_songs, *shuffle.everywhere(dimensions, REFUSED_DIMENSIONS)])
    playlists = shuffle.apply(WritePlaylists(request), [*captures, *shuffle.everywhere(songs, REFUSED_SONGS)])
    reports = [
        msgspec.msgpack.decode(cell.data, type=FilesByTable)
        for cell in (*dimensions, *songs, *playlists)
        if cell.kind == FILES
    ]
    unreadable = [
        msgspec.msgpack.decode(cell.data, type=list[QuarantinedObject]) for cell in decoded if cell.kind == QUARANTINED
    ]
    return day_result(reports, chain(*unreadable))
