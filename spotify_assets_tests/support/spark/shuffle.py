"""The tasks of a day's Spark job without Spark: bundles are carried to their parts by hand, in whatever order is asked.

What Spark itself does is tested with Spark; this shows, on many days, that neither chunks, nor parts, nor the order in
which bundles arrive, nor tasks that run twice change a row.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain
from random import Random

import msgspec

from spotify_assets.engines.day_request import DayRequest, DayResult
from spotify_assets.engines.spark.bundles import Bundle, Task
from spotify_assets.engines.spark.tasks import (
    CAPTURES,
    COMPLETED,
    DECLARED,
    FILES,
    ODD_CELLS,
    QUARANTINED,
    REFUSED_DIMENSIONS,
    REFUSED_SONGS,
    Decode,
    FilesByTable,
    FindCandidates,
    WriteDimensions,
    WritePlaylists,
    WriteSongs,
    chunk_bundle,
    day_result,
)
from spotify_assets.lake.raw import RawEntry
from spotify_assets.spotify.playlist_entry import DeclaredPlaylist
from spotify_assets.transform.cells import OddCell
from spotify_assets.transform.observations import QuarantinedObject


class Shuffle:
    """Runs tasks over so many parts; `random` decides the order of bundles, and which tasks run twice."""

    def __init__(self, parts: int, random: Random) -> None:
        self.parts = list(range(parts))
        self.random = random

    def apply(self, task: Task, bundles: Iterable[Bundle]) -> list[Bundle]:
        """Gives each part its bundles, as one task of Spark gets them."""
        held: dict[int, list[Bundle]] = defaultdict(list)
        for bundle in bundles:
            held[bundle.part].append(bundle)
        made: list[Bundle] = []
        for part in self.parts:
            self.random.shuffle(held[part])
            first = list(task(held[part]))
            made.extend(list(task(held[part])) if self.random.random() < 0.3 else first)
        return made

    def everywhere(self, bundles: Iterable[Bundle], kind: str) -> list[Bundle]:
        """Bundles of a kind, for every part."""
        return [
            Bundle(bundle.kind, part, bundle.data) for bundle in bundles if bundle.kind == kind for part in self.parts
        ]


def transform_by_hand(request: DayRequest, chunks: Sequence[Sequence[RawEntry]], shuffle: Shuffle) -> DayResult:
    """A day's transform, step by step as `spark/day.py` has them."""
    decoded = list(Decode(request, shuffle.parts)(chunk_bundle(0, chunk) for chunk in chunks))
    captures = [bundle for bundle in decoded if bundle.kind == CAPTURES]
    of_artists = [bundle for bundle in decoded if bundle.kind in ("profiles", "facts")]
    candidates = [*shuffle.apply(FindCandidates(shuffle.parts, request.rejected_rows_limit), captures), *of_artists]
    dimensions = shuffle.apply(WriteDimensions(request), [bundle for bundle in candidates if bundle.kind != "songs"])
    of_songs = [bundle for bundle in candidates if bundle.kind == "songs"]
    songs = shuffle.apply(WriteSongs(request), [*of_songs, *shuffle.everywhere(dimensions, REFUSED_DIMENSIONS)])
    playlists = shuffle.apply(WritePlaylists(request), [*captures, *shuffle.everywhere(songs, REFUSED_SONGS)])
    reports = [
        msgspec.msgpack.decode(bundle.data, type=FilesByTable)
        for bundle in (*dimensions, *songs, *playlists)
        if bundle.kind == FILES
    ]
    unreadable = [
        msgspec.msgpack.decode(bundle.data, type=list[QuarantinedObject])
        for bundle in decoded
        if bundle.kind == QUARANTINED
    ]
    odd_cells = [
        msgspec.msgpack.decode(bundle.data, type=list[OddCell]) for bundle in decoded if bundle.kind == ODD_CELLS
    ]
    declared = [
        msgspec.msgpack.decode(bundle.data, type=list[DeclaredPlaylist])
        for bundle in playlists
        if bundle.kind == DECLARED
    ]
    completed = [
        msgspec.msgpack.decode(bundle.data, type=list[str])
        for bundle in [*songs, *dimensions]
        if bundle.kind == COMPLETED
    ]
    return day_result(reports, chain(*unreadable), chain(*odd_cells), chain(*declared), chain(*completed))
