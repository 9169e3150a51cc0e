"""What a second source may know of an artist, whichever it is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ArtistFacts:
    """Facts of one artist, each of a form that the table `artists` takes; None or empty where it is not known.

    `genres` are as the source calls them, sorted; `country` is an ISO 3166-1 alpha-2 code, `active_since` a year.
    """

    genres: tuple[str, ...] = ()
    country: str | None = None
    active_since: int | None = None
    wikidata_id: str | None = None
    musicbrainz_id: str | None = None
