"""Facts that any second source may provide about an artist."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ArtistFacts:
    """Facts about one artist, in the form of the table `artists`; None or empty if unknown.

    `genres` are as named by the source, sorted; `country` is an ISO 3166-1 alpha-2 code, `active_since` a year.
    """

    genres: tuple[str, ...] = ()
    country: str | None = None
    active_since: int | None = None
    wikidata_id: str | None = None
    musicbrainz_id: str | None = None
