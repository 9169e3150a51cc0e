"""Facts about artists from a second source, read and joined to Spotify's.

Genres come from Spotify, since they are about the music its charts rank and are finer; the second source is the
fallback if Spotify has none. All names are folded to one vocabulary.
"""

from collections.abc import Callable, Mapping

import msgspec
import polars as pl

from spotify_assets.artist_facts import wikidata
from spotify_assets.artist_facts.facts import ArtistFacts
from spotify_assets.transform.decode import FactsSnapshot
from spotify_assets.transform.genre_vocabulary import fold_genres

# How the answers of each source are read.
READERS: Mapping[str, Callable[[msgspec.Raw], ArtistFacts]] = {wikidata.NAME: wikidata.read}

FACT_COLUMNS = {
    "raw_object": pl.String,
    "artist_id": pl.String,
    "fetched_at": pl.Datetime("us", "UTC"),
    "fact_source": pl.String,
    "fact_genres": pl.List(pl.String),
    "country": pl.String,
    "active_since": pl.Int64,
    "wikidata_id": pl.String,
    "musicbrainz_id": pl.String,
}
TAKEN = ("country", "active_since", "wikidata_id", "musicbrainz_id")


def tells_something() -> pl.Expr:
    """Whether a row of `FACT_COLUMNS` has any fact about its artist."""
    return (pl.col("fact_genres").list.len() > 0) | pl.any_horizontal(pl.col(name).is_not_null() for name in TAKEN)


def fact_row(raw_object: str, snapshot: FactsSnapshot) -> tuple[object, ...]:
    """One answer as a row of `FACT_COLUMNS`; without facts if the source is unknown or did not know the artist."""
    answer = snapshot.answer
    read = READERS.get(answer.source or "")
    facts = ArtistFacts() if read is None or bytes(answer.answer) == b"null" else read(answer.answer)
    return (
        raw_object,
        answer.artist_id,
        snapshot.fetched_at,
        answer.source,
        list(facts.genres),
        facts.country,
        facts.active_since,
        facts.wikidata_id,
        facts.musicbrainz_id,
    )


def with_facts(artists: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Artists (`artist_id`, `genres`) with the columns that facts fill, and genres by the rule above.

    `facts` has at most one row per artist. If neither has a genre, `genres` stays as Spotify has it: empty or null.
    """
    told, filled = pl.col("genres").list.len() > 0, pl.col("fact_genres").list.len() > 0
    return (
        artists.with_columns(_folded(artists["genres"]))
        .join(
            facts.with_columns(_folded(facts["fact_genres"])).drop("raw_object", "fetched_at"),
            on="artist_id",
            how="left",
        )
        .with_columns(
            genres=pl.when(told.fill_null(value=False) | ~filled.fill_null(value=False))
            .then("genres")
            .otherwise("fact_genres"),
            genre_source=pl.when(told)
            .then(pl.lit("spotify"))
            .when(filled)
            .then("fact_source")
            .otherwise(pl.lit("none")),
        )
        .drop("fact_source", "fact_genres")
    )


def _folded(genres: pl.Series) -> pl.Series:
    """Lists of genres in the vocabulary's names; each distinct list is folded once, since most artists share few."""
    distinct = genres.drop_nulls().unique()
    if distinct.is_empty():
        return genres
    names = pl.DataFrame({"names": distinct}).with_columns(
        folded=pl.Series([fold_genres(filter(None, found)) for found in distinct.to_list()], dtype=pl.List(pl.String))
    )
    rows = pl.DataFrame({"names": genres}).join(names, on="names", how="left", maintain_order="left")
    return rows["folded"].alias(genres.name)
