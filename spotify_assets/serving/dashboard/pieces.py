"""The rows of some days as pieces of the page: each is what `page_data` computes from the rows of one question.

A piece numbers its songs, artists, names, days, playlists and regions by its own lists; the page translates these
numbers as it reads the piece. So a piece is a function of its rows only: the same rows are the same bytes and name.
"""

import gzip
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec
import polars as pl

from spotify_assets.serving.dashboard.choice import (
    DAYS_BETWEEN_LABELS,
    leading_releases,
    rows_of_parts,
    told_of_regions,
)
from spotify_assets.serving.dashboard.data import COLUMNS, DAY, LONGEST_NAME, page_data
from spotify_assets.serving.dashboard.facts import last_told, latest
from spotify_assets.transform.insights.charts import SERIES_REGION, with_series

Tables = Mapping[str, pl.DataFrame]
# Places on charts in a piece of songs: some 55 kB, of which a song's view reads one for every month.
ROWS_OF_SONGS = 7_000
# Regions whose overlaps are drawn beside each other, as page/views/regions.js has it.
REGIONS_DRAWN = 16
# The lists in every piece that its numbers refer to.
LISTS = ["days", "series", "regions", "region_series", "songs", "artists", "albums", "genres", "labels", "kinds"]
OF_CHARTS = ["chart", "earlier"]
OF_REGIONS = ["top_artists", "genre_shares", "label_shares", "consistency", "releases", "links"]
OF_SERIES = ["told", "domestic", "links"]
OF_OVERLAPS = ["days", "ends", "other_region", "overlap"]
# Tables of which only the last row of each key is shown.
FACTS = {"playlists": "playlist_id", "songs": "song_id", "albums": "album_id", "artists": "artist_id"}
KINDS = SONG, ARTIST, LABEL = "song", "artist", "label"


@dataclass(frozen=True)
class Piece:
    """A piece: its content, and the name that is a hash of it."""

    content: bytes

    @property
    def name(self) -> str:
        """24 hex digits that change with the content."""
        return hashlib.sha256(self.content).hexdigest()[:24]


def packed(data: Any) -> Piece:
    """What JSON can hold, as a piece."""
    return Piece(gzip.compress(msgspec.json.encode(data), compresslevel=6, mtime=0))


@dataclass(frozen=True)
class Unit:
    """The rows of some days, with the last facts about songs and artists in these days.

    `tables` are those of `COLUMNS`; `facts` the same with one row per song, album, artist and credit. `parts` are the
    genres and labels that are shown, by the name of the part.
    """

    tables: Tables
    facts: Tables
    parts: Mapping[str, pl.DataFrame]

    @property
    def trends(self) -> pl.DataFrame:
        """Places on charts."""
        return self.tables["song_trends"]


def unit(read: Callable[[str], pl.DataFrame], parts: Mapping[str, pl.DataFrame]) -> Unit:
    """The unit of some published rows; each song's name, artists as text, label and release are its last ones.

    Args:
        read: gives the rows of a table. Each is read once, and released before the next if little of it is kept.
        parts: the genres and labels to show, by the name of the part.
    """

    def rows(name: str) -> pl.DataFrame:
        found = read(name)
        return with_series(found) if "series" in found.columns else found

    facts = {name: latest(rows(name), key) for name, key in FACTS.items()}
    tables = {name: frame.clear() for name, frame in facts.items()}
    tables |= {name: rows(name) for name in COLUMNS if name not in [*FACTS, "song_trends", "artist_consistency"]}
    # Only those of every seventh day are shown.
    age = (pl.col(DAY).max().over(SERIES_REGION) - pl.col(DAY)).dt.total_days()
    tables["artist_consistency"] = rows("artist_consistency").filter(age % DAYS_BETWEEN_LABELS == 0)
    tables["song_trends"] = _as_last_told(rows("song_trends"))
    facts["song_artists"] = tables["song_artists"].filter(pl.col(DAY) == pl.col(DAY).max().over("song_id"))
    charted = [tables[name].select(DAY, "artist_id", "artist_name") for name in ("artist_trends", "artist_consistency")]
    named = latest(pl.concat(charted), "artist_id").rename({"artist_name": "name"})
    unknown = named.join(facts["artists"], on="artist_id", how="anti")
    facts["artists"] = pl.concat([facts["artists"], unknown], how="diagonal")
    return Unit(tables, facts, parts)


def _as_last_told(trends: pl.DataFrame) -> pl.DataFrame:
    names = latest(trends.select(DAY, "song_id", "song_name", "artist_names"), "song_id").drop(DAY)
    told = names.join(last_told(trends), on="song_id")
    return trends.drop("song_name", "artist_names", "label", "release_date").join(told, on="song_id")


def chart_pieces(of: Unit) -> Iterator[tuple[str, Piece]]:
    """One piece for each playlist: its chart on every day."""
    # One after the other, here and below: all parts at once would hold the rows a second time.
    for playlist in of.trends["playlist_id"].unique().sort():
        yield playlist, _charts(of, of.trends.filter(playlist_id=playlist))


def song_pieces(of: Unit) -> tuple[list[Piece], pl.DataFrame]:
    """Pieces of all places of some songs, on whatever charts; and in which of them each subject's songs are.

    The frame has a row for each `kind` (song, artist or label), `id` and `piece` (a number). Songs of a label, and of
    an artist, are neighbours, so that their views read few pieces.
    """
    lead = of.facts["song_artists"].sort("artist_position").group_by("song_id").agg(pl.col("artist_id").first())
    order = (
        of.trends.group_by("song_id")
        .agg(pl.col("label").first(), rows=pl.len())
        .join(lead, on="song_id", how="left")
        .sort("label", "artist_id", "song_id")
    )
    order = order.with_columns(piece=(pl.col("rows").cum_sum() - pl.col("rows")) // ROWS_OF_SONGS)
    order = order.with_columns(piece=pl.col("piece").rank("dense").cast(pl.Int64) - 1)
    songs = [order.filter(piece=number).select("song_id") for number in order["piece"].unique().sort()]
    pieces = [_charts(of, of.trends.join(some, on="song_id", how="semi")) for some in songs]
    return pieces, pl.concat(
        [
            order.select(pl.lit(SONG).alias("kind"), pl.col("song_id").alias("id"), "piece"),
            order.drop("artist_id")
            .join(of.facts["song_artists"], on="song_id")
            .select(pl.lit(ARTIST).alias("kind"), pl.col("artist_id").alias("id"), "piece"),
            order.drop_nulls("label").select(
                pl.lit(LABEL).alias("kind"), pl.col("label").str.slice(0, LONGEST_NAME).alias("id"), "piece"
            ),
        ]
    ).unique()


def _charts(of: Unit, trends: pl.DataFrame) -> Piece:
    """The piece of some places on charts."""
    return packed(_data(of, {"song_trends": trends}, OF_CHARTS))


def region_pieces(of: Unit) -> Iterator[tuple[tuple[str, str], Piece]]:
    """One piece for each series and region: its artists, genres, labels, releases and links."""
    names = (
        "artist_trends",
        "genre_trends",
        "label_trends",
        "artist_consistency",
        "release_performance",
        "region_links",
    )
    for series, region in of.trends.select(SERIES_REGION).unique().sort(SERIES_REGION).iter_rows():
        tables = {name: of.tables[name].filter(series=series, region=region) for name in ("song_trends", *names)}
        shown = leading_releases(tables["release_performance"])
        # A row a day says which days there are; only songs that are shown need facts.
        is_needed = pl.col("song_id").is_in(shown["song_id"].implode()) | pl.col(DAY).is_first_distinct()
        tables |= {"song_trends": tables["song_trends"].filter(is_needed), "release_performance": shown}
        yield (series, region), packed(_data(of, tables, OF_REGIONS))


def series_pieces(of: Unit) -> Iterator[tuple[str, Piece]]:
    """One piece for each series, of what is compared across its regions: domestic artists, overlaps, coverage."""
    for series in of.trends["series"].unique().sort():
        trends = of.trends.filter(series=series)
        drawn = trends["region"].unique().sort().head(REGIONS_DRAWN).implode()
        is_drawn = pl.col("region").is_in(drawn) & pl.col("other_region").is_in(drawn)
        tables = {
            "song_trends": trends.unique([DAY, *SERIES_REGION], maintain_order=True),
            "domestic_share": of.tables["domestic_share"].filter(series=series),
            "region_links": of.tables["region_links"].filter(is_drawn, series=series),
        }
        told = told_of_regions(trends, of.tables["song_artists"])
        found = _data(of, tables, OF_SERIES, told)
        overlaps = [links and {name: links[name] for name in OF_OVERLAPS} for links in found.pop("links")]
        yield series, packed({**found, "overlaps": overlaps})


def _data(of: Unit, tables: Tables, sections: Sequence[str], told: pl.DataFrame | None = None) -> dict[str, Any]:
    """What the page holds of some tables, with the facts about the songs and artists in these tables."""
    empty = {name: of.tables[name].clear() for name in COLUMNS}
    songs = pl.concat(
        [({**empty, **tables})[name].select("song_id") for name in ("song_trends", "release_performance")]
    )
    facts = {
        name: rows.join(songs, on="song_id", how="semi") for name, rows in of.facts.items() if "song_id" in rows.columns
    }
    artists = pl.concat(
        [facts["song_artists"].select("artist_id")]
        + [tables[name].select("artist_id") for name in ("artist_trends", "artist_consistency") if name in tables]
    )
    facts |= {
        "playlists": of.facts["playlists"],
        "albums": of.facts["albums"].join(facts["songs"], on="album_id", how="semi"),
        "artists": of.facts["artists"].join(artists, on="artist_id", how="semi"),
    }
    return page_data({**empty, **facts, **tables}, partial(_parts, of), told, [*LISTS, "playlists", *sections])


def _parts(of: Unit, rows: pl.DataFrame, part: str) -> pl.DataFrame:
    return rows_of_parts(rows, part, of.parts[part])


def names_of(of: Unit) -> pl.DataFrame:
    """What can be found: kind, id, name, detail (who made a song) and weight, the places that it had on charts."""
    songs = of.trends.group_by("song_id").agg(
        pl.col("song_name", "artist_names", "label").first(), weight=pl.len().cast(pl.Int64)
    )
    credited = (
        of.facts["song_artists"]
        .join(of.facts["artists"].select("artist_id", "name"), on="artist_id")
        .sort("song_id", "artist_position")
        .unique(["song_id", "artist_id"], keep="first", maintain_order=True)
        .join(songs.select("song_id", "weight"), on="song_id")
    )
    made_by = credited.group_by("song_id", maintain_order=True).agg(
        by=pl.col("name").fill_null("").str.slice(0, LONGEST_NAME).str.join(", ")
    )
    found = [
        songs.join(made_by, on="song_id", how="left").select(
            *_subject(SONG, "song_id", "song_name"), _cut(pl.coalesce("by", "artist_names")).alias("detail"), "weight"
        ),
        credited.group_by("artist_id")
        .agg(pl.col("name").first(), pl.col("weight").sum())
        .select(*_subject(ARTIST, "artist_id", "name"), pl.lit("").alias("detail"), "weight"),
        songs.drop_nulls("label")
        .group_by(_cut(pl.col("label")))
        .agg(pl.col("weight").sum())
        .select(*_subject(LABEL, "label", "label"), pl.lit("").alias("detail"), "weight"),
    ]
    return pl.concat(found)


def _subject(kind: str, key: str, name: str) -> list[pl.Expr]:
    return [pl.lit(kind).alias("kind"), pl.col(key).alias("id"), _cut(pl.col(name)).alias("name")]


def _cut(text: pl.Expr) -> pl.Expr:
    return text.fill_null("").str.slice(0, LONGEST_NAME)
