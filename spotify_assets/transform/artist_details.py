"""Late-arriving details of credited artists: genres and picture of a profile, and facts.

Artists of imported charts have no profile and no facts among the raw objects of those days. Such an artist gets the
answers of Spotify and the second source, whenever they were asked. Each source's first answer counts and never
changes, so a day is a function of its raw objects and of whose details there were. Details captured on the day itself
come first. Followers and popularity differ from day to day and are not taken.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

import msgspec
import polars as pl

from spotify_assets.spotify.payloads import ID, ArtistFactsAnswer, ArtistProfile
from spotify_assets.transform.artist_facts import FACT_COLUMNS, fact_row, tells_something
from spotify_assets.transform.cells import OddCells, mended, read_by_cell
from spotify_assets.transform.decode import FactsSnapshot
from spotify_assets.transform.observed_columns import PROFILE_COLUMNS
from spotify_assets.transform.track_details import COMPLETED_AT

# What these rows name as their raw object.
REFERENCE_OBJECT = "raw/reference/artists"
# Prefixes of artists whose profile or facts a day got later; the artist's id follows.
PROFILE, FACTS = "profile", "facts"


class ArtistAnswer(msgspec.Struct):
    """The answer of `source` about a requested artist, null if it does not know them; times are in UTC.

    A profile's source is that of playlists (spotify or sample); facts name theirs (wikidata).
    """

    id: str
    source: str
    fetched_at: str
    answer: msgspec.Raw

    @property
    def is_known(self) -> bool:
        """Whether the source knows the artist."""
        return bytes(self.answer) != b"null"


class ArtistDetails:
    """Rows of artists that a day may use, in columns of observed profiles and facts: at most one per artist."""

    def __init__(self, answers: Iterable[ArtistAnswer], lake_source: str) -> None:
        """Sorts answers by kind; those of `lake_source` are profiles."""
        first: dict[tuple[str, str], ArtistAnswer] = {}
        for answer in sorted(answers, key=lambda found: (found.fetched_at, bytes(found.answer))):
            if answer.is_known:
                first.setdefault((answer.source, answer.id), answer)
        profiles = [answer for answer in first.values() if answer.source == lake_source]
        self.profiles = pl.DataFrame(list(_profile_rows(profiles)), schema=PROFILE_COLUMNS, orient="row")
        facts = [_fact_row(answer) for answer in first.values() if answer.source != lake_source]
        self.facts = pl.DataFrame(facts, schema=FACT_COLUMNS, orient="row").filter(tells_something())


# Details, read when needed.
ReadArtists = Callable[[], ArtistDetails]


def no_artists() -> ArtistDetails:
    """None of any artist."""
    return ArtistDetails([], "")


def with_artist_details(
    songs: pl.DataFrame, profiles: pl.DataFrame, facts: pl.DataFrame, read: ReadArtists
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Observed profiles and facts, plus details of artists credited on `songs` who have none."""
    credited = songs.select(artist_id=pl.col("artist_ids").explode(empty_as_null=False)).unique().drop_nulls()
    without_profile = credited.join(profiles, on="artist_id", how="anti")
    without_facts = credited.join(facts.filter(tells_something()), on="artist_id", how="anti")
    if without_profile.is_empty() and without_facts.is_empty():
        return profiles, facts
    details = read()
    return (
        pl.concat([profiles, details.profiles.join(without_profile, on="artist_id", how="semi")]),
        pl.concat([facts, details.facts.join(without_facts, on="artist_id", how="semi")]),
    )


def completed_artists(profiles: pl.DataFrame, facts: pl.DataFrame, artists: pl.DataFrame) -> list[str]:
    """Late details used in `artists`, given the winners among profiles and facts: 'profile:<id>', 'facts:<id>'."""
    taken: list[str] = []
    for kind, candidates in ((PROFILE, profiles), (FACTS, facts)):
        later = candidates.filter(pl.col("fetched_at") == COMPLETED_AT)
        ids = artists.join(later, on="artist_id", how="semi")["artist_id"]
        taken.extend(completed(kind, artist_id) for artist_id in ids)
    return sorted(taken)


def completed(kind: str, artist_id: str) -> str:
    """The name in a day's version of an artist's late details."""
    return f"{kind}:{artist_id}"


def lacks_profile() -> pl.Expr:
    """Whether a published artist has no profile."""
    return pl.col("artist_id").str.contains(ID) & pl.col("profile_fetched_at").is_null()


def lacks_facts() -> pl.Expr:
    """Whether a published artist has no facts; an answer with any names the artist's item."""
    return pl.col("artist_id").str.contains(ID) & pl.col("wikidata_id").is_null()


def _profile_rows(answers: Iterable[ArtistAnswer]) -> Iterator[tuple[object, ...]]:
    for answer in answers:
        profile = read_by_cell(mended(bytes(answer.answer)), ArtistProfile, OddCells())
        if isinstance(profile, ArtistProfile):
            genres = None if profile.genres is None else list(profile.genres)
            picture = profile.images[0].url if profile.images else None
            at = datetime.fromisoformat(answer.fetched_at)
            yield (REFERENCE_OBJECT, answer.id, profile.name, genres, None, None, picture, at, True)


def _fact_row(answer: ArtistAnswer) -> tuple[object, ...]:
    told = ArtistFactsAnswer(answer.id, answer.source, answer.fetched_at, answer.answer)
    return fact_row(REFERENCE_OBJECT, FactsSnapshot(told, COMPLETED_AT))
