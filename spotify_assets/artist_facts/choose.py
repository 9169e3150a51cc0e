"""Selects the second source by the settings. A third one is a module like `wikidata.py` and a line here."""

from spotify_assets.artist_facts.asking import AskedService, Limits
from spotify_assets.artist_facts.source import ArtistFactsSource, SimulatedFacts, Unasked
from spotify_assets.artist_facts.wikidata import ENDPOINT, NAME, Wikidata
from spotify_assets.config import Settings

NO_CONTACT = (
    "WIKIDATA_CONTACT is not set, and Wikidata asks for a contact. Set it to your email address or a page about your "
    "project, or set ARTIST_FACTS=off."
)


def artist_facts_source(settings: Settings, limits: Limits | None = None) -> ArtistFactsSource:
    """The source of facts; one that sends nothing if none may be queried."""
    if settings.artist_facts == "off":
        # Another name, so that earlier answers are not carried over.
        return Unasked("off", "ARTIST_FACTS=off.")
    if settings.spotify_source == "sample":
        return SimulatedFacts()
    if settings.wikidata_contact is None:
        return Unasked(NAME, NO_CONTACT)
    return AskedService(Wikidata(settings.wikidata_contact, settings.wikidata_endpoint_url or ENDPOINT), limits)
