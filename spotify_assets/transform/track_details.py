"""Late-arriving details of tracks that charts name: album, artists with ids, length, ISRC.

A chart file names a song's artists, without their ids. Such a song gets Spotify's details of its track, whenever it
was asked. A track's details are taken once and never change, so a day is a function of its raw objects and of the ids
of tracks that had details by then. An observation's own values stay, and a song that anybody observed with its artists
that day takes nothing from here.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import msgspec
import polars as pl

from spotify_assets.spotify.payloads import ID, Track
from spotify_assets.transform.cells import OddCells, mended, read_by_cell
from spotify_assets.transform.observed_columns import SONG_COLUMNS
from spotify_assets.transform.odd_values import OF_SONGS, in_range
from spotify_assets.transform.song_rows import song_frames

# Completed songs count as seen before everything else, so that complete observations of a song come first.
COMPLETED_AT = datetime(1970, 1, 1, tzinfo=UTC)
# Columns of a song that its details set, whatever the observation says, since they belong together.
TAKEN = (
    *("album_id", "album_name", "album_type", "release_date", "release_date_precision", "total_tracks"),
    *("album_image_url", "artist_ids", "artist_names", "disc_number", "track_number", "isrc"),
)
# Columns that they set if the observation has no value.
FILLED = ("name", "duration_ms", "is_explicit")

# Frames of details, read when needed; columns are those of songs without their number.
ReadDetails = Callable[[], pl.DataFrame]


class TrackAnswer(msgspec.Struct):
    """Spotify's answer about a requested track, null if it does not know it; times are in UTC."""

    id: str
    fetched_at: str
    track: msgspec.Raw

    @property
    def is_known(self) -> bool:
        """Whether Spotify knows the track."""
        return bytes(self.track) != b"null"


def details_of(answers: Iterable[TrackAnswer]) -> pl.DataFrame:
    """Details of the tracks that Spotify knows, a row for each id: the first ones read.

    An answer that names no artist by id is of no use to a chart, and left out.
    """
    first: dict[str, Track] = {}
    for answer in sorted(answers, key=lambda answer: (answer.fetched_at, bytes(answer.track))):
        if answer.id not in first:
            track = read_by_cell(mended(bytes(answer.track)), Track, OddCells())
            if isinstance(track, Track):
                first[answer.id] = track
    ids = pl.Series("song_id", list(first), dtype=pl.String)
    rows = pl.concat(song_frames(enumerate(first.values())))
    known = in_range(rows.with_columns(ids), OF_SONGS)[0]
    is_id = pl.element().str.contains(ID).fill_null(value=False)
    has_artists = (pl.col("artist_ids").list.len() > 0) & pl.col("artist_ids").list.eval(is_id).list.all()
    has_album = pl.col("album_id").str.contains(ID) | pl.col("album_id").is_null()
    return known.filter(has_artists & has_album).drop("song_index")


def no_details() -> pl.DataFrame:
    """None of any track."""
    return pl.DataFrame(schema=SONG_COLUMNS).drop("song_index")


def with_details(songs: pl.DataFrame, read: ReadDetails) -> pl.DataFrame:
    """Songs in the columns of observations; those whose artists are only named get any known details."""
    lacking = songs.filter(lacks_artists()).select("song_id").unique()
    if lacking.is_empty():
        return songs
    found = read().join(lacking, on="song_id", how="semi").select("song_id", *TAKEN, *FILLED)
    joined = songs.join(
        found.with_columns(has_details=True), on="song_id", how="left", suffix="_told", maintain_order="left"
    )
    takes = lacks_artists() & pl.col("has_details").fill_null(value=False)
    return joined.with_columns(
        *(pl.when(takes).then(f"{name}_told").otherwise(name).alias(name) for name in TAKEN),
        *(pl.when(takes).then(pl.coalesce(name, f"{name}_told")).otherwise(name).alias(name) for name in FILLED),
        pl.when(~takes).then("artists_text").alias("artists_text"),
        is_completed=takes,
    ).select(songs.columns)


def lacks_artists() -> pl.Expr:
    """Whether a song is a track whose artists are only named."""
    return pl.col("song_id").str.contains(ID) & pl.col("artists_text").is_not_null()


def completed_in(candidates: pl.DataFrame, songs: pl.DataFrame) -> list[str]:
    """Ids of the rows of `songs`, in order, whose winner among the candidates got its details later."""
    of_reference = candidates.filter(pl.col("fetched_at") == COMPLETED_AT)
    return songs.join(of_reference, on="song_id", how="semi")["song_id"].sort().to_list()


def to_ask_for(songs: pl.DataFrame, entries: pl.DataFrame) -> list[str]:
    """Ids of observed tracks whose artists are only named, those with the best place first."""
    lacking = songs.filter(lacks_artists()).join(entries.select("song_index", "position"), on="song_index")
    best = lacking.group_by("song_id").agg(pl.col("position").min()).sort("position", "song_id")
    return best["song_id"].to_list()
