"""Captures of playlists that are held back, each alone, and why: the limits beyond which a playlist is not published.

A limit is a share of one playlist's entries, with a floor: fewer than five entries, unless they are all there are,
never hold a playlist back. The decision depends on that capture alone, so it is the same however a day is partitioned.
Further rules are further functions in `RULES`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from spotify_assets.spotify.payloads import ID

# Below this, odd entries are reported, and the rest is published.
FLOOR = 5
# First entries that a reason names.
NAMED = 5
REASONS = {"snapshot_index": pl.Int32, "rule": pl.String, "reason": pl.String}
# What to do, for the check and its reader.
REMEDY = (
    "Land a corrected object of the playlist for the day, or raise REJECTED_ROWS_LIMIT if it is right as it is; then "
    "run the job process_raw_objects for the day."
)


@dataclass(frozen=True)
class Captures:
    """All captures of some playlists: `entries` have their type and the result of `of_songs`; `songs` the names.

    `limit` is the share of a playlist's entries that may be lost before it is held back.
    """

    playlists: pl.DataFrame
    entries: pl.DataFrame
    songs: pl.DataFrame
    limit: float


Rule = Callable[[Captures], pl.DataFrame]


def reasons(captures: Captures) -> pl.DataFrame:
    """Why captures are held back: a row for each and rule, none for those that are not; columns are `REASONS`."""
    return pl.concat([pl.DataFrame(schema=REASONS), *(rule(captures) for rule in RULES)])


def not_whole(captures: Captures) -> pl.DataFrame:
    """Entries are missing: too many, or an unknown number."""
    missing, held = pl.col("missing"), pl.col("entries")
    too_many = _beyond(missing, held + missing, captures.limit)
    return _told(
        captures.playlists.filter(missing.is_null() | too_many),
        "not_whole",
        pl.format("it is incomplete: {}", pl.col("doubt").fill_null("entries are missing")),
    )


def entries_without_song(captures: Captures) -> pl.DataFrame:
    """Entries of type track have no song, since its id is malformed or could not be read."""
    lost = captures.entries.filter(_without_song())
    counted = _counted(captures, lost).filter(_beyond(pl.col("lost"), pl.col("tracks"), captures.limit))
    return _told(counted, "entries_without_song", _lost("no readable song"))


def rejected_rows(captures: Captures) -> pl.DataFrame:
    """Songs, albums or credits of entries are rejected, since an id is malformed."""
    lost = captures.entries.filter(_without_song() | (_is_track() & pl.col("is_spoilt")))
    too_many = _beyond(pl.col("lost"), pl.col("tracks"), captures.limit) & (pl.col("lost") >= FLOOR)
    counted = _counted(captures, lost).filter(too_many)
    return _told(counted, "rejected_rows", _lost("a malformed id of a song, an album or an artist"))


def no_song_has_an_id(captures: Captures) -> pl.DataFrame:
    """Songs without an id were removed from Spotify; if no song has one, whoever landed the file left them out."""
    tracks = captures.entries.filter(_is_track()).select("snapshot_index").unique()
    is_nameless = (pl.col("entry_type") == "unavailable") & pl.col("song_index").is_not_null()
    nameless = captures.entries.filter(is_nameless).group_by("snapshot_index").agg(lost=pl.len().cast(pl.Int64))
    held = nameless.join(tracks, on="snapshot_index", how="anti").filter(
        (pl.col("lost") >= FLOOR) & _beyond(pl.col("lost"), pl.col("lost"), captures.limit)
    )
    return _told(held, "no_song_has_an_id", pl.format("none of its {} songs has an id", "lost"))


RULES: tuple[Rule, ...] = (not_whole, entries_without_song, rejected_rows, no_song_has_an_id)


def of_songs() -> tuple[pl.Expr, pl.Expr]:
    """For a song object: whether its id is valid, and whether it is partly rejected, as another id is not.

    Evaluated once per distinct song: these are far fewer than entries.
    """
    is_id = pl.element().str.contains(ID).fill_null(value=False)
    bad_album = pl.col("album_id").is_not_null() & ~_is_id("album_id")
    bad_credit = ~pl.col("artist_ids").list.eval(is_id).list.all()
    return (
        _is_id("song_id").alias("is_song"),
        (bad_album | bad_credit.fill_null(value=False)).alias("is_spoilt"),
    )


def _is_id(column: str) -> pl.Expr:
    return pl.col(column).str.contains(ID).fill_null(value=False)


def _is_track() -> pl.Expr:
    return pl.col("entry_type") == "track"


def _without_song() -> pl.Expr:
    """Whether an entry should have a song and has none."""
    return pl.col("is_lost") | (_is_track() & ~pl.col("is_song"))


def _beyond(part: pl.Expr, whole: pl.Expr, limit: float) -> pl.Expr:
    return (part > whole * limit) & ((part >= FLOOR) | (part == whole))


def _counted(captures: Captures, lost: pl.DataFrame) -> pl.DataFrame:
    """Captures that lost entries, with how many, of how many tracks, and the first of them."""
    named = lost.join(captures.songs.select("song_index", "name"), on="song_index", how="left")
    first = named.sort("snapshot_index", "position").group_by("snapshot_index", maintain_order=True)
    place = pl.format("position {} ({})", "position", pl.col("name").fill_null("without a name"))
    tracks = captures.entries.filter(_is_track() | pl.col("is_lost")).group_by("snapshot_index")
    return first.agg(lost=pl.len().cast(pl.Int64), places=place.head(NAMED)).join(
        tracks.agg(tracks=pl.len().cast(pl.Int64)), on="snapshot_index"
    )


def _lost(what: str) -> pl.Expr:
    named = pl.col("places").list.join(", ")
    more = pl.when(pl.col("lost") > NAMED).then(pl.lit(" and others")).otherwise(pl.lit(""))
    noun = pl.when(pl.col("tracks") == 1).then(pl.lit("track has")).otherwise(pl.lit("tracks have"))
    return pl.format(f"{{}} of {{}} {{}} {what}: {{}}{{}}", "lost", "tracks", noun, named, more)


def _told(held: pl.DataFrame, rule: str, reason: pl.Expr) -> pl.DataFrame:
    return held.select("snapshot_index", rule=pl.lit(rule), reason=reason)
