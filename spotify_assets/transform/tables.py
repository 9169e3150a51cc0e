"""Candidates to tables: rows that satisfy their contracts, valid foreign keys, every refusal with its rule.

Each function builds one table, of an entire day or of any part of it that has all candidates of its keys. A table that
depends on another one gets the keys refused there, which are few.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from spotify_assets.charts.identity import PLAYLIST_TYPE
from spotify_assets.schemas.base import BASE
from spotify_assets.spotify.playlist_entry import DeclaredPlaylist
from spotify_assets.transform.artist_details import completed_artists
from spotify_assets.transform.artist_facts import with_facts
from spotify_assets.transform.candidates import (
    LastCaptures,
    candidates_on,
    fact_candidates,
    last_captures,
    profile_candidates,
)
from spotify_assets.transform.declared import what_counts, with_declared
from spotify_assets.transform.observations import Observations
from spotify_assets.transform.recordings import recording_id
from spotify_assets.transform.rejection import Splitter
from spotify_assets.transform.track_details import completed_in

SPOTIFY_PAGES = "https://open.spotify.com"
# Columns of artists that only a profile fills.
OF_PROFILES = {"genres", "followers", "popularity", "image_url", "profile_fetched_at", "profile_age_days"}
# Entries widened to rows at a time: with all their texts at once they would outweigh everything else.
ENTRIES_PER_PART = 50_000
# Rules in `rejected_rows`: a held-back playlist, and a capture whose playlist has a better one that day.
HELD_BACK, PASSED_OVER = "held_back", "passed_over"
PRECISION_STEPS = {"year": "1y", "month": "1mo", "day": "1d"}


@dataclass(frozen=True)
class DayTables:
    """The tables of one `snapshot_date`, keyed by table name; each satisfies its schema and is sorted by its key.

    `declared` is what the rows used of `playlists.yaml`; `completed` names whose details came later: songs by their id,
    artists as in `artist_details.py`.
    """

    frames: dict[str, pl.DataFrame]
    declared: list[DeclaredPlaylist] = field(default_factory=list)
    completed: list[str] = field(default_factory=list)


def build_tables(
    observations: Observations, snapshot_date: date, limit: float, declared: Sequence[DeclaredPlaylist] = ()
) -> DayTables:
    """All tables of a day. Rows that break a rule, and rows that depend on them, go to `rejected_rows`.

    A playlist that lost more than the share `limit` of its entries is held back: it is only in `rejected_rows`.

    If a song is rejected, its entry keeps its position in `playlist_items`, without `song_id`; if an album is
    rejected, its songs stay, without `album_id`.
    """
    splitter = Splitter(snapshot_date)
    captures = last_captures(observations, limit)
    candidates = candidates_on(captures)
    frames: dict[str, pl.DataFrame] = {}
    profiles, facts = profile_candidates(observations.profiles), fact_candidates(observations.facts)
    frames["artists"] = artists(profiles, candidates["artists"], facts, splitter)
    frames["albums"] = albums(candidates["albums"], splitter)
    frames["songs"], frames["song_artists"] = songs_and_credits(
        candidates["songs"],
        refused("album_id", candidates["albums"], frames["albums"]),
        refused("artist_id", candidates["artists"], frames["artists"]),
        splitter,
    )
    frames["playlists"], frames["playlist_items"] = playlists_and_items(
        captures, refused("song_id", candidates["songs"], frames["songs"]), splitter, declared
    )
    frames["imports"] = imports(captures, splitter)
    frames["rejected_rows"] = splitter.rejected()
    counted = declared_on(captures, frames["playlists"], declared)
    completed = [
        *completed_in(candidates["songs"], frames["songs"]),
        *completed_artists(profiles, facts, frames["artists"]),
    ]
    return DayTables({name: frames[name] for name in BASE.tables}, counted, completed)


def refused(key: str, candidates: pl.DataFrame, published: pl.DataFrame) -> pl.DataFrame:
    """Keys of candidates that did not become rows, each once; null is one of them if a candidate has none."""
    return candidates.select(key).unique().join(published, on=key, how="anti")


def artists(profiles: pl.DataFrame, mentions: pl.DataFrame, facts: pl.DataFrame, splitter: Splitter) -> pl.DataFrame:
    """The profile of each artist, with the name on a song if it has none, or only that name without a profile.

    Both include a second source's facts about the artist.
    """
    age = pl.lit(splitter.snapshot_date) - pl.col("profile_fetched_at").dt.date()
    is_mentioned = pl.col("artist_id").is_in(mentions["artist_id"].drop_nulls().implode())
    named = (
        # Late details complete the day's artists, and add none.
        profiles.filter(~pl.col("is_completed") | is_mentioned)
        .join(mentions.select("artist_id", mentioned="name"), on="artist_id", how="left")
        # Nor do they know an artist's name on that day.
        .with_columns(
            pl.when("is_completed")
            .then(pl.coalesce("mentioned", "name"))
            .otherwise(pl.coalesce("name", "mentioned"))
            .alias("name")
        )
    )
    dated = named.with_columns(_page("artist", "artist_id"), profile_age_days=age.dt.total_days())
    profiled = splitter.split("artists", with_facts(dated, facts))
    mentioned = mentions.join(profiled, on="artist_id", how="anti").with_columns(
        _page("artist", "artist_id"),
        *(pl.lit(None, dtype).alias(name) for name, dtype in profiled.schema.items() if name in OF_PROFILES),
    )
    return pl.concat([profiled, splitter.split("artists", with_facts(mentioned, facts))]).sort(
        BASE.tables["artists"].order
    )


def albums(candidates: pl.DataFrame, splitter: Splitter) -> pl.DataFrame:
    """The albums, with parsed release dates."""
    dated = (
        candidates.rename({"release_date": "release_date_text"})
        .with_columns(_release_date(), _precision())
        .with_columns(
            pl.col("release_date").dt.truncate(pl.col("release_date_precision").replace_strict(PRECISION_STEPS)),
            pl.when(pl.col("release_date").is_not_null()).then("release_date_precision"),
            _page("album", "album_id"),
        )
    )
    splitter.note(_unreadable_release_dates(dated))
    return splitter.split("albums", dated).sort(BASE.tables["albums"].order)


def songs_and_credits(
    candidates: pl.DataFrame, refused_albums: pl.DataFrame, refused_artists: pl.DataFrame, splitter: Splitter
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The songs, without refused albums, and `song_artists`."""
    has_album = ~pl.col("album_id").is_in(refused_albums["album_id"].implode())
    songs = splitter.split(
        "songs",
        candidates.with_columns(
            pl.when(has_album).then("album_id"), _page("track", "song_id"), recording_id=recording_id()
        ),
    )
    credited = (
        candidates.select(
            "song_id",
            "raw_object",
            artist_id="artist_ids",
            artist_position=pl.int_ranges(pl.col("artist_ids").list.len()),
        )
        .explode("artist_id", "artist_position", empty_as_null=False)
        .with_columns(pl.col("artist_position") + 1)
    )
    refused_parents = {"song_id": refused("song_id", candidates, songs), "artist_id": refused_artists}
    credited_songs = splitter.split_by_parents("song_artists", credited, refused_parents)
    return songs.sort(BASE.tables["songs"].order), credited_songs.sort(BASE.tables["song_artists"].order)


def playlists_and_items(
    captures: LastCaptures,
    refused_songs: pl.DataFrame,
    splitter: Splitter,
    declared: Sequence[DeclaredPlaylist] = (),
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The playlists, and their entries in order; a refused song keeps its place without `song_id`."""
    _note_held_back(captures, splitter)
    splitter.note(_unreadable_lines(captures.problems))
    said = with_declared(captures.playlists, declared)
    playlists = splitter.split("playlists", said.with_columns(pl.col("chart_type").fill_null(PLAYLIST_TYPE)))
    parents = {"playlist_id": refused("playlist_id", captures.playlists, playlists)}
    # They come in order: sorting the rows would take as much memory again.
    parts: list[pl.DataFrame] = [BASE.tables["playlist_items"].schema.create_empty()]
    for part in _items(captures, refused_songs):
        splitter.note(_unreadable_times(part))
        parts.append(splitter.split_by_parents("playlist_items", part, parents))
    return playlists.sort(BASE.tables["playlists"].order), pl.concat(parts)


def declared_on(
    captures: LastCaptures, playlists: pl.DataFrame, declared: Sequence[DeclaredPlaylist]
) -> list[DeclaredPlaylist]:
    """The declarations that rows of `playlists` used."""
    return what_counts(captures.playlists.join(playlists, on="playlist_id", how="semi"), declared)


def imports(captures: LastCaptures, splitter: Splitter) -> pl.DataFrame:
    """The files that chart files of the day were imported from."""
    return splitter.split("imports", captures.imports).sort(BASE.tables["imports"].order)


def _note_held_back(captures: LastCaptures, splitter: Splitter) -> None:
    """Held-back playlists, each with its reasons, and their entries; captures replaced by another one."""
    kind = pl.when("stands_for").then(pl.lit(HELD_BACK)).otherwise(pl.lit(PASSED_OVER))
    playlists = captures.held_back.with_columns(rule=pl.format("{}|{}", kind, "rule"))
    splitter.note_rows("playlists", playlists, besides=["reason"])
    entries = captures.held_entries.with_columns(rule=pl.lit(f"playlist_id|{HELD_BACK}"))
    splitter.note_rows("playlist_items", entries)


def _items(captures: LastCaptures, refused_songs: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Rows of all entries, a part at a time."""
    of_playlists = captures.playlists.select("playlist_index", "playlist_id", "raw_object")
    of_songs = captures.songs.select("song_index", "song_id", "name", "uri")
    names_a_song = (pl.col("entry_type") == "track") & ~pl.col("song_id").is_in(refused_songs["song_id"].implode())
    for part in captures.entries.iter_slices(ENTRIES_PER_PART):
        yield (
            part.join(of_playlists, on="playlist_index", maintain_order="left")
            .join(of_songs, on="song_index", how="left", maintain_order="left")
            .join(captures.told, on=["playlist_index", "position"], how="left", maintain_order="left")
            .with_columns(pl.when(names_a_song).then("song_id"), pl.col("entry_type").cast(pl.String))
        )


def _release_date() -> pl.Expr:
    """The first day of the year, month or day that the text names; null if it names none ('0000', '1999-13')."""
    text = pl.col("release_date_text")
    day = pl.concat_str(text, pl.lit("-01-01").str.head(10 - text.str.len_chars().clip(4, 10)))
    readable = text.str.contains(r"^\d{4}(-\d{2}(-\d{2})?)?$") & (text.str.head(4) != "0000")
    padded = pl.when(text.str.len_chars() == 7).then(pl.concat_str(text, pl.lit("-01"))).otherwise(day)
    return pl.when(readable).then(padded.str.to_date("%Y-%m-%d", strict=False)).alias("release_date")


def _precision() -> pl.Expr:
    """The coarser of what the API says and what the text shows."""
    shown = pl.col("release_date_text").str.len_chars().replace_strict({4: 0, 7: 1, 10: 2}, default=0)
    said = pl.col("release_date_precision").replace_strict({"year": 0, "month": 1, "day": 2}, default=2)
    return (
        pl.min_horizontal(shown, said)
        .replace_strict({0: "year", 1: "month", 2: "day"}, return_dtype=pl.String)
        .alias("release_date_precision")
    )


def _page(kind: str, id_column: str) -> pl.Expr:
    return pl.format(f"{SPOTIFY_PAGES}/{kind}/{{}}", pl.col(id_column)).alias("url")


def _unreadable_times(entries: pl.DataFrame) -> pl.DataFrame:
    unreadable = entries.filter(pl.col("unreadable_added_at").is_not_null())
    return unreadable.select(
        "raw_object",
        table_name=pl.lit("playlist_items"),
        key=pl.format("{}/{}", "playlist_id", "position"),
        rule=pl.lit("added_at|unreadable"),
        row_json=pl.struct("playlist_id", "position", added_at="unreadable_added_at").struct.json_encode(),
    )


def _unreadable_lines(problems: pl.DataFrame) -> pl.DataFrame:
    """Lines of chart files that are no rows, and cells that are null since they were unreadable."""
    return problems.select(
        "raw_object",
        table_name=pl.lit("playlist_items"),
        key=pl.format("{}:{}", "file", "line"),
        rule=pl.format("{}|unreadable", pl.col("column").fill_null("line")),
        row_json=pl.struct("file", "line", "reason", "text").struct.json_encode(),
    )


def _unreadable_release_dates(albums: pl.DataFrame) -> pl.DataFrame:
    unreadable = albums.filter(
        pl.col("release_date").is_null()
        & pl.col("release_date_text").is_not_null()
        & ~pl.col("release_date_text").str.starts_with("0000")  # Spotify's value for unknown
    )
    return unreadable.select(
        "raw_object",
        table_name=pl.lit("albums"),
        key=pl.col("album_id"),
        rule=pl.lit("release_date|unreadable"),
        row_json=pl.struct("album_id", "name", "release_date_text").struct.json_encode(),
    )
