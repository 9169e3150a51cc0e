"""What a second source for artists is to those who capture, and the kinds that ask nobody."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, Protocol

from spotify_assets.artist_facts.wikidata import NAME
from spotify_assets.spotify.sample.facts import SampleFacts


class FactsUnavailable(RuntimeError):
    """Facts that could not be had; the message says why. Never a reason for a capture to fail."""


class ArtistFactsSource(Protocol):
    """Where facts come from; answers are as the source gives them, and are read by `transform/artist_facts.py`."""

    name: str
    facts_keep: timedelta
    """How long an answer is good for."""
    unknown_keep: timedelta
    """How long it is good for where the artist is not known there."""
    requests: int
    """Requests sent so far."""
    is_asked: bool
    """Whether it is asked at all."""

    def ask(self, artist_ids: Sequence[str]) -> Iterator[tuple[str, Any]]:
        """Answers by Spotify id as they come, None for an artist who is not known there.

        Raises:
            FactsUnavailable: the others cannot be had now.
        """
        ...


class SimulatedFacts:
    """What Wikidata would say of the sample's artists."""

    name = NAME
    # As for their profiles: every day is the same whichever days were captured before it.
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
    """A source that is not asked, and why; answers that `name` gave before are kept for as long as they may be."""

    facts_keep = unknown_keep = timedelta(days=30)
    requests = 0
    is_asked = False

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        self.reason = reason

    def ask(self, artist_ids: Sequence[str]) -> Iterator[tuple[str, Any]]:
        """Nothing.

        Raises:
            FactsUnavailable: always, where there is something to ask.
        """
        if artist_ids:
            raise FactsUnavailable(self.reason)
        yield from ()
