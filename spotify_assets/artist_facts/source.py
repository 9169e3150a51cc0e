"""The interface of second sources for captures, and the kinds that send no queries."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, Protocol

from spotify_assets.artist_facts.wikidata import NAME
from spotify_assets.spotify.sample.facts import SampleFacts


class FactsUnavailable(RuntimeError):
    """Facts are unavailable; the message says why. Never a reason for a capture to fail."""


class ArtistFactsSource(Protocol):
    """A source of facts; answers are unchanged, and are read by `transform/artist_facts.py`."""

    name: str
    facts_keep: timedelta
    """How long an answer is valid."""
    unknown_keep: timedelta
    """How long it is valid if the artist is unknown there."""
    requests: int
    """Requests sent so far."""
    is_asked: bool
    """Whether it is queried at all."""

    def ask(self, artist_ids: Sequence[str]) -> Iterator[tuple[str, Any]]:
        """Answers by Spotify id as they arrive, None for an artist unknown there.

        Raises:
            FactsUnavailable: the others are unavailable now.
        """
        ...


class SimulatedFacts:
    """Simulated Wikidata answers about the sample's artists."""

    name = NAME
    # As for profiles: a day does not depend on earlier captures.
    facts_keep = unknown_keep = timedelta(0)
    requests = 0
    is_asked = True

    def __init__(self) -> None:
        self._facts = SampleFacts()

    def ask(self, artist_ids: Sequence[str]) -> Iterator[tuple[str, Any]]:
        """An answer for each artist of the simulation."""
        for artist_id in artist_ids:
            yield artist_id, self._facts.answer(artist_id)


class Unasked:
    """A source that is not queried, and why; earlier answers of `name` are kept while valid."""

    facts_keep = unknown_keep = timedelta(days=30)
    requests = 0
    is_asked = False

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        self.reason = reason

    def ask(self, artist_ids: Sequence[str]) -> Iterator[tuple[str, Any]]:
        """Nothing.

        Raises:
            FactsUnavailable: always, if any artist is requested.
        """
        if artist_ids:
            raise FactsUnavailable(self.reason)
        yield from ()
