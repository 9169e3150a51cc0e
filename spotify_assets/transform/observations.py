"""Snapshots to columns: every distinct song, playlist and profile of a day as frames, before anything is decided.

A repeated song object is kept once, and packed, so memory grows with distinct songs, not with playlists.
Choosing between differing observations is `tables.py`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import msgspec
import polars as pl

from spotify_assets.spotify.payloads import Entry, Track
from spotify_assets.transform.artist_details import ReadArtists, no_artists, with_artist_details
from spotify_assets.transform.artist_facts import FACT_COLUMNS, fact_row
from spotify_assets.transform.cells import OddCell
from spotify_assets.transform.chart_files import chart_in
from spotify_assets.transform.chart_observations import ChartFiles
from spotify_assets.transform.containers import UnreadableObject
from spotify_assets.transform.decode import FactsSnapshot, ProfileSnapshot, RawObject, decode_object
from spotify_assets.transform.observed_columns import (
    ENTRY_COLUMNS,
    PLAYLIST_COLUMNS,
    PROFILE_COLUMNS,
)
from spotify_assets.transform.odd_values import OF_PLAYLISTS, OF_PROFILES, OF_SONGS, in_range, odd_rows, odd_songs
from spotify_assets.transform.pages import PlaylistSnapshot
from spotify_assets.transform.song_rows import song_frames
from spotify_assets.transform.track_details import ReadDetails, no_details, with_details

# Entries held as Python objects before they become a frame.
ENTRIES_PER_FRAME = 20_000
# Comparing two packed songs takes a third of the time of two `Track`s, whose fields are scattered in memory.
_PACK = msgspec.msgpack.Encoder().encode
_UNPACK = msgspec.msgpack.Decoder(Track).decode
_REMOVED = Entry()


@dataclass(frozen=True)
class QuarantinedObject:
    """A raw object without rows, and why."""

    raw_object: str
    reason: str


@dataclass(frozen=True)
class Observations:
    """All content of a day's raw objects, undecided. Columns are those of `observed_columns.py`.

    Columns of `facts` are those of `artist_facts.py`. `told`, `problems` and `imports` are only of chart files; each
    of their rows belongs to a capture.
    """

    playlists: pl.DataFrame
    entries: pl.DataFrame
    songs: pl.DataFrame
    profiles: pl.DataFrame
    facts: pl.DataFrame
    told: pl.DataFrame
    problems: pl.DataFrame
    imports: pl.DataFrame
    quarantined: list[QuarantinedObject]
    odd_cells: list[OddCell]


def observe(
    objects: Iterable[RawObject],
    snapshot_date: date,
    lake_source: str,
    details: ReadDetails = no_details,
    artist_details: ReadArtists = no_artists,
) -> Observations:
    """Observations of all readable objects of a day; the unreadable ones are listed with their reasons.

    `details` are read only if a song's artists are only named, `artist_details` only if an artist has no profile or no
    facts.
    """
    collector = _Collector(details, artist_details)
    for raw in objects:
        try:
            content = decode_object(raw, snapshot_date, lake_source, chart_in)
        except UnreadableObject as error:
            collector.quarantined.append(QuarantinedObject(raw.name, str(error)))
            continue
        for snapshot in content.playlists:
            collector.add_playlist(raw.name, snapshot)
        for chart in content.charts:
            collector.charts.add(raw.name, chart)
        collector.profiles.extend((raw.name, profile) for profile in content.profiles)
        collector.facts.extend((raw.name, found) for found in content.facts)
        collector.odd_cells.extend(content.odd_cells)
    return collector.finish()


@dataclass
class _EntryBuffer:
    """Columns of entries that are not a frame yet."""

    snapshot_index: list[int] = field(default_factory=list)
    position: list[int] = field(default_factory=list)
    song_index: list[int | None] = field(default_factory=list)
    is_local: list[bool | None] = field(default_factory=list)
    added_at: list[str | None] = field(default_factory=list)
    added_by: list[str | None] = field(default_factory=list)
    is_lost: list[bool] = field(default_factory=list)

    def frame(self) -> pl.DataFrame:
        # A stated format: an inferred one is the first value's, and would make all others null.
        added_at = pl.col("added_at").str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False)
        return (
            pl.DataFrame(vars(self), schema_overrides=ENTRY_COLUMNS | {"added_at": pl.String})
            .with_columns(added_at, unreadable_added_at=pl.when(added_at.is_null()).then("added_at"))
            .select(list(ENTRY_COLUMNS))
        )


@dataclass
class _Collector:
    details: ReadDetails
    artist_details: ReadArtists
    playlists: list[tuple[object, ...]] = field(default_factory=list)
    profiles: list[tuple[str, ProfileSnapshot]] = field(default_factory=list)
    facts: list[tuple[str, FactsSnapshot]] = field(default_factory=list)
    quarantined: list[QuarantinedObject] = field(default_factory=list)
    odd_cells: list[OddCell] = field(default_factory=list)
    charts: ChartFiles = field(default_factory=ChartFiles)
    song_indexes: dict[bytes, int] = field(default_factory=dict)
    buffer: _EntryBuffer = field(default_factory=_EntryBuffer)
    frames: list[pl.DataFrame] = field(default_factory=list)

    def add_playlist(self, raw_object: str, snapshot: PlaylistSnapshot) -> None:
        snapshot_index = len(self.playlists)
        self.playlists.append(_playlist_row(snapshot_index, raw_object, snapshot))
        self._add_entries(snapshot_index, snapshot.entries)
        # Lost entries are few, if any.
        first = len(self.buffer.is_lost)
        self.buffer.is_lost.extend([False] * len(snapshot.entries))
        for number in snapshot.lost:
            self.buffer.is_lost[first + number] = True
        if len(self.buffer.position) >= ENTRIES_PER_FRAME:
            self._flush()

    def _add_entries(self, snapshot_index: int, entries: list[Entry | None]) -> None:
        buffer = self.buffer
        present = [entry or _REMOVED for entry in entries]
        buffer.snapshot_index.extend([snapshot_index] * len(entries))
        buffer.position.extend(range(1, len(entries) + 1))
        buffer.song_index.extend([self._song_index(entry.item or entry.track) for entry in present])
        buffer.is_local.extend([entry.is_local for entry in present])
        buffer.added_at.extend([entry.added_at for entry in present])
        buffer.added_by.extend([entry.added_by.id if entry.added_by else None for entry in present])

    def _song_index(self, track: Track | None) -> int | None:
        return None if track is None else self.song_indexes.setdefault(_PACK(track), len(self.song_indexes))

    def _flush(self) -> None:
        self.frames.append(self.buffer.frame())
        self.buffer = _EntryBuffer()

    def finish(self) -> Observations:
        self._flush()
        charts = self.charts.frames(len(self.playlists), len(self.song_indexes))
        entries = pl.concat([*self.frames, charts.entries])
        tracks = ((index, _UNPACK(packed)) for packed, index in self.song_indexes.items())
        all_songs = with_details(pl.concat([*song_frames(tracks), charts.songs]), self.details)
        playlist_rows = pl.DataFrame(self.playlists, schema=PLAYLIST_COLUMNS, orient="row")
        all_playlists = pl.concat([playlist_rows, charts.playlists])
        observed_profiles = [_profile_row(raw_object, snapshot) for raw_object, snapshot in self.profiles]
        observed_facts = [fact_row(raw_object, snapshot) for raw_object, snapshot in self.facts]
        all_profiles, facts = with_artist_details(
            all_songs,
            pl.DataFrame(observed_profiles, schema=PROFILE_COLUMNS, orient="row"),
            pl.DataFrame(observed_facts, schema=FACT_COLUMNS, orient="row"),
            self.artist_details,
        )
        playlists, odd_playlists = in_range(all_playlists, OF_PLAYLISTS)
        songs, of_songs = in_range(all_songs, OF_SONGS)
        profiles, odd_profiles = in_range(all_profiles, OF_PROFILES)
        self.odd_cells.extend(odd_rows(odd_playlists, OF_PLAYLISTS))
        self.odd_cells.extend(odd_songs(playlists, entries, songs, of_songs))
        self.odd_cells.extend(odd_rows(odd_profiles, OF_PROFILES))
        return Observations(
            playlists=playlists,
            entries=entries,
            songs=songs,
            profiles=profiles,
            facts=facts,
            told=charts.told,
            problems=charts.problems,
            imports=charts.imports,
            quarantined=self.quarantined,
            odd_cells=self.odd_cells,
        )


def _playlist_row(snapshot_index: int, raw_object: str, snapshot: PlaylistSnapshot) -> tuple[object, ...]:
    playlist, page = snapshot.playlist, snapshot.page
    return (
        snapshot_index,
        raw_object,
        snapshot.playlist_id,
        playlist.name,
        playlist.description,
        playlist.owner.id if playlist.owner else None,
        playlist.owner.display_name if playlist.owner else None,
        snapshot.region,
        snapshot.tags,
        playlist.followers.total if playlist.followers else None,
        playlist.public,
        playlist.collaborative,
        playlist.snapshot_id,
        len(snapshot.entries),
        snapshot.fetched_at,
        snapshot.source,
        snapshot.missing,
        "; ".join(snapshot.doubts) or None,
        *((page.first, page.total, page.has_next) if page else (None, None, None)),
        snapshot.chart_type,
        snapshot.recurrence,
    )


def _profile_row(raw_object: str, snapshot: ProfileSnapshot) -> tuple[object, ...]:
    profile = snapshot.profile
    return (
        raw_object,
        profile.id,
        profile.name,
        None if profile.genres is None else list(profile.genres),
        profile.followers.total if profile.followers else None,
        profile.popularity,
        profile.images[0].url if profile.images else None,
        snapshot.fetched_at,
        False,
    )
