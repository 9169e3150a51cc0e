"""The request to a transform and its result: all that passes between Dagster and an engine or its job."""

from datetime import date
from functools import lru_cache

import msgspec
import polars as pl
import pyarrow as pa

from spotify_assets.lake.raw import READERS, RawEntry, RawZone
from spotify_assets.lake.read_once import ReadOnce
from spotify_assets.lake.reference import artist_reference, track_reference
from spotify_assets.lake.side_by_side import side_by_side
from spotify_assets.lake.staged_file import FileWriter, StagedFile
from spotify_assets.lake.storage import Storage
from spotify_assets.schemas.base import BASE
from spotify_assets.spotify.playlist_entry import DeclaredPlaylist
from spotify_assets.transform.artist_details import ArtistDetails
from spotify_assets.transform.cells import OddCell
from spotify_assets.transform.observations import QuarantinedObject
from spotify_assets.transform.track_details import details_of


class DayRequest(msgspec.Struct, frozen=True):
    """The transform of one day: the lake's location, the raw objects to read, and the columns of the tables.

    `arrow_schemas` holds each table's schema with the catalog's field ids, as an Arrow IPC message, so a job needs no
    access to the catalog. `declared` is what `playlists.yaml` says of all playlists, so a job needs no file either.
    `track_details` and `artist_details` are the keys of the reference objects about tracks and artists.
    """

    snapshot_date: date
    run_id: str
    source: str
    lake_url: str
    raw_url: str | None
    aws_endpoint_url: str | None
    rejected_rows_limit: float
    entries: list[RawEntry]
    arrow_schemas: dict[str, bytes]
    declared: list[DeclaredPlaylist]
    track_details: list[str]
    artist_details: list[str]

    def details(self) -> pl.DataFrame:
        """Details of tracks, read once by this process, however many days it builds."""
        return _details(self.raw_url or self.lake_url, self.aws_endpoint_url, tuple(self.track_details))

    def details_of_artists(self) -> ArtistDetails:
        """Details of artists, also read once."""
        home = self.raw_url or self.lake_url
        return _details_of_artists(home, self.aws_endpoint_url, tuple(self.artist_details), self.source)

    def raw_zone(self) -> RawZone:
        """Where the raw objects are."""
        return RawZone(Storage(self.raw_url or self.lake_url, self.aws_endpoint_url))

    def write(self, frames: dict[str, pl.DataFrame]) -> dict[str, list[StagedFile]]:
        """Writes rows of tables: one file for each that has any."""
        storage = Storage(self.lake_url, self.aws_endpoint_url)
        writer = FileWriter(storage, self.snapshot_date, self.run_id)

        def write(name: str) -> list[StagedFile]:
            schema = pa.ipc.read_schema(pa.BufferReader(self.arrow_schemas[name]))
            return list(writer.write(BASE.tables[name], frames[name], schema))

        return dict(zip(frames, side_by_side(write, frames, READERS if storage.is_s3 else 1), strict=True))


class DayResult(msgspec.Struct, frozen=True):
    """A transform's files of each table, which no reader sees yet, and the objects and cells it could not read.

    `declared` is the part of the request's that the rows used. `completed` names the songs and artists whose details
    come from the reference objects, as in `DayTables`.
    """

    files: dict[str, list[StagedFile]]
    quarantined: list[QuarantinedObject]
    odd_cells: list[OddCell]
    declared: list[DeclaredPlaylist]
    completed: list[str]


@lru_cache(maxsize=1)
def _details(home: str, endpoint_url: str | None, keys: tuple[str, ...]) -> pl.DataFrame:
    return details_of(track_reference(Storage(home, endpoint_url), ReadOnce(0)).read(keys))


@lru_cache(maxsize=1)
def _details_of_artists(home: str, endpoint_url: str | None, keys: tuple[str, ...], source: str) -> ArtistDetails:
    return ArtistDetails(artist_reference(Storage(home, endpoint_url), ReadOnce(0)).read(keys), source)
