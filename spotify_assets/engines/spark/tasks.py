"""The tasks of a job: each takes the bundles of its part of the day, and gives bundles to the next.

Nothing here decides what a row may be; that is `transform/`. A task may run twice, on two machines: its files are
named by their content, and only files the job reports are ever staged.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import msgspec
import polars as pl

from spotify_assets.engines.day_request import DayRequest, DayResult
from spotify_assets.engines.spark.bundles import Bundle, frames_of, pack, split, unpack
from spotify_assets.lake.raw import RawEntry
from spotify_assets.lake.staged_file import StagedFile
from spotify_assets.schemas.base import BASE
from spotify_assets.spotify.playlist_entry import DeclaredPlaylist
from spotify_assets.transform.artist_details import completed_artists
from spotify_assets.transform.candidates import (
    KEYS,
    LastCaptures,
    candidates_on,
    fact_candidates,
    last_captures,
    profile_candidates,
    winners,
)
from spotify_assets.transform.cells import OddCell, listed
from spotify_assets.transform.declared import in_order
from spotify_assets.transform.observations import Observations, QuarantinedObject, observe
from spotify_assets.transform.rejection import Splitter
from spotify_assets.transform.tables import (
    albums,
    artists,
    declared_on,
    imports,
    playlists_and_items,
    refused,
    songs_and_credits,
)
from spotify_assets.transform.track_details import completed_in

CAPTURES, QUARANTINED, ODD_CELLS, FILES = "captures", "quarantined", "odd_cells", "files"
DECLARED, COMPLETED = "declared", "completed"
REFUSED_DIMENSIONS, REFUSED_SONGS = "refused_dimensions", "refused_songs"

FilesByTable = dict[str, list[StagedFile]]

OF_CAPTURES = ("playlists", "entries", "songs", "told", "problems", "imports")
# Parts of a day may be empty; these have the columns all the same.
NOTHING = observe([], date.min, "")
NO_CANDIDATES = {
    **candidates_on(last_captures(NOTHING, 0)),
    "profiles": profile_candidates(NOTHING.profiles),
    "facts": fact_candidates(NOTHING.facts),
}


def day_result(
    reports: Iterable[FilesByTable],
    unreadable: Iterable[QuarantinedObject],
    odd_cells: Iterable[OddCell],
    declared: Iterable[DeclaredPlaylist],
    completed: Iterable[str],
) -> DayResult:
    """All written files by table, unreadable objects and cells by name, and what was declared.

    Also whose details came later.
    """
    held = list(reports)
    files = {name: [file for report in held for file in report.get(name, ())] for name in BASE.tables}
    quarantined = sorted(unreadable, key=lambda found: found.raw_object)
    return DayResult(files, quarantined, listed(odd_cells), in_order(declared), sorted(completed))


def chunk_bundle(part: int, entries: Sequence[RawEntry]) -> Bundle:
    """Raw objects for one task to decode."""
    return Bundle("chunk", part, msgspec.msgpack.encode(entries))


@dataclass(frozen=True)
class Decode:
    """Chunks of raw objects to captures by playlist, profiles and facts by artist, and what could not be read.

    `parts` are Spark's numbers of the parts of the day.
    """

    request: DayRequest
    parts: Sequence[int]

    def __call__(self, bundles: Iterable[Bundle]) -> Iterator[Bundle]:
        """Reads the chunks that the bundles name."""
        request, zone = self.request, self.request.raw_zone()
        for bundle in bundles:
            observations = observe(
                zone.read(msgspec.msgpack.decode(bundle.data, type=list[RawEntry])),
                request.snapshot_date,
                request.source,
                request.details,
                request.details_of_artists,
            )
            yield from self._captures(observations)
            yield from _split_bundles("profiles", profile_candidates(observations.profiles), self.parts)
            yield from _split_bundles("facts", fact_candidates(observations.facts), self.parts)
            if observations.quarantined:
                yield Bundle(QUARANTINED, self.parts[0], msgspec.msgpack.encode(observations.quarantined))
            if observations.odd_cells:
                yield Bundle(ODD_CELLS, self.parts[0], msgspec.msgpack.encode(observations.odd_cells))

    def _captures(self, observations: Observations) -> Iterator[Bundle]:
        for number, playlists in split(observations.playlists, "playlist_id", len(self.parts)).items():
            entries = observations.entries.join(playlists, on="snapshot_index", how="semi")
            songs = observations.songs.join(entries, on="song_index", how="semi")
            of_charts = {
                name: getattr(observations, name).join(playlists, on="snapshot_index", how="semi")
                for name in ("told", "problems", "imports")
            }
            captures = pack(playlists=playlists, entries=entries, songs=songs, **of_charts)
            yield Bundle(CAPTURES, self.parts[number], captures)


@dataclass(frozen=True)
class FindCandidates:
    """Captures of some playlists to candidates by key; above `limit` a playlist is held back."""

    parts: Sequence[int]
    limit: float

    def __call__(self, bundles: Iterable[Bundle]) -> Iterator[Bundle]:
        """Takes all captures of the playlists of its part."""
        for kind, candidates in candidates_on(_captures_in(bundles, self.limit)).items():
            yield from _split_bundles(kind, candidates, self.parts)


@dataclass(frozen=True)
class Writing:
    """How a task writes the rows of its part, and reports them."""

    request: DayRequest

    def splitter(self) -> Splitter:
        """One for the rows of this part."""
        return Splitter(self.request.snapshot_date)

    def write(self, splitter: Splitter, **frames: pl.DataFrame) -> Bundle:
        """Writes accepted and rejected rows; gives the bundle that reports the files."""
        files = self.request.write({**frames, "rejected_rows": splitter.rejected()})
        return Bundle(FILES, 0, msgspec.msgpack.encode(files))


@dataclass(frozen=True)
class WriteDimensions(Writing):
    """Candidates for artists and albums to those tables, and the keys that were refused."""

    def __call__(self, bundles: Iterable[Bundle]) -> Iterator[Bundle]:
        """Takes all candidates of the keys of its part."""
        held = list(bundles)
        profiles, mentions, facts = (_merged(held, kind) for kind in ("profiles", "artists", "facts"))
        candidates = _merged(held, "albums")
        splitter = self.splitter()
        artist_rows, album_rows = artists(profiles, mentions, facts, splitter), albums(candidates, splitter)
        yield self.write(splitter, artists=artist_rows, albums=album_rows)
        if taken := completed_artists(profiles, facts, artist_rows):
            yield Bundle(COMPLETED, 0, msgspec.msgpack.encode(taken))
        refusals = {
            "artists": refused("artist_id", mentions, artist_rows),
            "albums": refused("album_id", candidates, album_rows),
        }
        if any(not keys.is_empty() for keys in refusals.values()):
            yield Bundle(REFUSED_DIMENSIONS, 0, pack(**refusals))


@dataclass(frozen=True)
class WriteSongs(Writing):
    """Candidates for songs to `songs` and `song_artists`, and the songs that were refused."""

    def __call__(self, bundles: Iterable[Bundle]) -> Iterator[Bundle]:
        """Takes all candidates of the keys of its part, and every refused album and artist of the day."""
        held = list(bundles)
        candidates = _merged(held, "songs")
        refusals = {
            name: pl.concat([_no_keys(KEYS[name]), *frames_of(held, REFUSED_DIMENSIONS, name)])
            for name in ("albums", "artists")
        }
        splitter = self.splitter()
        songs, credited = songs_and_credits(candidates, refusals["albums"], refusals["artists"], splitter)
        yield self.write(splitter, songs=songs, song_artists=credited)
        keys = refused("song_id", candidates, songs)
        if not keys.is_empty():
            yield Bundle(REFUSED_SONGS, 0, pack(songs=keys))
        if ids := completed_in(candidates, songs):
            yield Bundle(COMPLETED, 0, msgspec.msgpack.encode(ids))


@dataclass(frozen=True)
class WritePlaylists(Writing):
    """Captures of some playlists to `playlists` and `playlist_items`."""

    def __call__(self, bundles: Iterable[Bundle]) -> Iterator[Bundle]:
        """Takes all captures of the playlists of its part, and every refused song of the day."""
        held = list(bundles)
        keys = pl.concat([_no_keys("song_id"), *frames_of(held, REFUSED_SONGS, "songs")])
        splitter, captures = self.splitter(), _captures_in(held, self.request.rejected_rows_limit)
        playlists, items = playlists_and_items(captures, keys, splitter, self.request.declared)
        imported = imports(captures, splitter)
        yield self.write(splitter, playlists=playlists, playlist_items=items, imports=imported)
        if counted := declared_on(captures, playlists, self.request.declared):
            yield Bundle(DECLARED, 0, msgspec.msgpack.encode(counted))


def _split_bundles(kind: str, frame: pl.DataFrame, parts: Sequence[int]) -> Iterator[Bundle]:
    for number, rows in split(frame, KEYS[kind], len(parts)).items():
        yield Bundle(kind, parts[number], pack(rows=rows))


def _no_keys(name: str) -> pl.DataFrame:
    return pl.DataFrame(schema={name: pl.String})


def _merged(bundles: Iterable[Bundle], kind: str) -> pl.DataFrame:
    """The winners among the winners of all bundles of a kind."""
    return winners(kind, [NO_CANDIDATES[kind], *frames_of(bundles, kind, "rows")])


def _captures_in(bundles: Iterable[Bundle], limit: float) -> LastCaptures:
    """The captures that count in all bundles; each numbers its own playlists and songs, so numbers are shifted."""
    shift = {"snapshot_index": 0, "song_index": 0}
    joined = {name: [getattr(NOTHING, name)] for name in OF_CAPTURES}
    for bundle in bundles:
        if bundle.kind == CAPTURES:
            frames = unpack(bundle.data)
            for name, frame in frames.items():
                joined[name].append(frame.with_columns(pl.col(key) + by for key, by in shift.items() if key in frame))
            shift = {
                "snapshot_index": shift["snapshot_index"] + _numbers(frames["playlists"]["snapshot_index"]),
                "song_index": shift["song_index"] + _numbers(frames["songs"]["song_index"]),
            }
    return last_captures(replace(NOTHING, **{name: pl.concat(frames) for name, frames in joined.items()}), limit)


def _numbers(used: pl.Series) -> int:
    """How many numbers are in use, from 0 to the largest."""
    return 0 if used.is_empty() else int(used.max()) + 1  # pyright: ignore[reportArgumentType]  integers have a maximum
