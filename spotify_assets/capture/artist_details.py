"""Captures details of artists credited on published days without a profile: each once, as the budget allows.

These are artists on imported or landed charts, and those whom Spotify did not know. Profiles come from Spotify, facts
from the second source; each continues without the other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec

from spotify_assets.artist_facts.source import ArtistFactsSource, FactsUnavailable
from spotify_assets.capture.counted_requests import CountedRequests, counted_requests, left_for_another_day
from spotify_assets.capture.kept_answers import Landing, asked_at, still_counts
from spotify_assets.capture.request_budget import Budget
from spotify_assets.lake.completed_days import published_artists_to_ask_about
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.raw import as_json
from spotify_assets.spotify.errors import CaptureError
from spotify_assets.spotify.source import PlaylistSource
from spotify_assets.transform.artist_details import ArtistAnswer

# Batch size: after each batch, missing artists count as unknown to Spotify, not as unreached.
ARTISTS_EACH = 100


@dataclass(frozen=True)
class ToAskAbout:
    """Ids of artists whose profile or facts to request; those on most published days first."""

    profiles: Sequence[str]
    facts: Sequence[str]


@dataclass(frozen=True)
class ArtistDetailsCaptured:
    """Counts of profiles `read`, artists `unknown` to Spotify, and artists `waiting` for another day.

    `failure` and `left_out` are as for tracks. `facts_read`, `facts_unknown` and `facts_waiting` count the same for the
    second source; `facts_failure` is why it was not asked about all. `requests` are those to Spotify.
    """

    read: int = 0
    unknown: int = 0
    waiting: int = 0
    requests: int = 0
    failure: CaptureError | None = None
    left_out: str | None = None
    budget: Budget | None = None
    facts_read: int = 0
    facts_unknown: int = 0
    facts_waiting: int = 0
    facts_failure: FactsUnavailable | None = None


def artists_to_ask_about(
    lake: Lake, source: str, facts: ArtistFactsSource, now: datetime, published: Sequence[str] | None = None
) -> ToAskAbout:
    """Published artists without a profile, less those already answered, for both sources.

    Both sources are asked about the same artists. `published` is the result of `published_artists_to_ask_about`, if
    already known.
    """
    details = lake.artist_details
    answers = list(details.read(details.keys()))
    wanted = published_artists_to_ask_about(lake) if published is None else published
    ids = list(dict.fromkeys([*wanted, *sorted(answer.id for answer in answers)]))

    def unanswered(by: str) -> list[str]:
        had = {answer.id for answer in answers if answer.source == by and still_counts(answer, now)}
        return [artist_id for artist_id in ids if artist_id not in had]

    return ToAskAbout(
        unanswered(source) if lake.settings.captures else [], unanswered(facts.name) if facts.is_asked else []
    )


def capture_artist_details(
    lake: Lake, source: PlaylistSource, facts: ArtistFactsSource, day: date, published: Sequence[str]
) -> ArtistDetailsCaptured:
    """Lands profiles and facts of the `published` artists, in their order, none requested twice.

    Answers are kept for good, and "unknown" for 30 days. Without an account only the second source is asked.

    Raises:
        LakeError: the lake belongs to another source, or cannot be read or written.
    """
    lake.require_source()
    wanted = artists_to_ask_about(lake, source.name, facts, source.now(), published)
    if not wanted.profiles and not wanted.facts:
        return ArtistDetailsCaptured()
    lake.claim()
    profiles, told = Landing(lake.artist_details), Landing(lake.artist_details)
    failure, requests, budget = None, 0, None
    if wanted.profiles:
        with counted_requests(lake, source) as counted:
            counted.leave_to_profiles(lake, day, "artists of published charts")
            failure = _read_profiles(source, wanted.profiles, day, counted, profiles)
        requests, budget = counted.requests, counted.budget if source.counts_requests else None
    facts_failure = _read_facts(facts, wanted.facts, told, asked_at(source, day).isoformat())
    failure, left_out = left_for_another_day(failure)
    return ArtistDetailsCaptured(
        read=profiles.known,
        unknown=profiles.unknown,
        waiting=len(wanted.profiles) - profiles.known - profiles.unknown,
        requests=requests,
        failure=failure,
        left_out=left_out,
        budget=budget,
        facts_read=told.known,
        facts_unknown=told.unknown,
        facts_waiting=len(wanted.facts) - told.known - told.unknown,
        facts_failure=facts_failure,
    )


def _read_profiles(
    source: PlaylistSource,
    artist_ids: Sequence[str],
    day: date,
    counted: CountedRequests,
    landing: Landing[ArtistAnswer],
) -> CaptureError | None:
    """Lands profiles; gives why not all were read."""
    at, failure = asked_at(source, day).isoformat(), None
    try:
        with counted.batches(day):
            for artist_id, profile in _profiles(source, artist_ids, day):
                landing.take(_answer(source.name, artist_id, profile, at))
                counted.note()
    except CaptureError as error:
        failure = error
    landing.land()
    return failure


def _profiles(
    source: PlaylistSource, artist_ids: Sequence[str], day: date
) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Profiles as they arrive, each with its requested id; None for ids that the source does not know."""
    for start in range(0, len(artist_ids), ARTISTS_EACH):
        unknown = dict.fromkeys(artist_ids[start : start + ARTISTS_EACH])
        for profile in source.artists(list(unknown), day):
            if (artist_id := profile.get("id")) in unknown:
                del unknown[artist_id]
                yield artist_id, profile
        # Nothing failed, so the source does not know the others.
        yield from unknown.items()


def _read_facts(
    facts: ArtistFactsSource, artist_ids: Sequence[str], landing: Landing[ArtistAnswer], at: str
) -> FactsUnavailable | None:
    """Lands facts; gives why not all were requested."""
    failure = None
    try:
        for artist_id, answer in facts.ask(artist_ids):
            landing.take(_answer(facts.name, artist_id, answer, at))
    except FactsUnavailable as error:
        failure = error
    landing.land()
    return failure


def _answer(source: str, artist_id: str, answer: Any, at: str) -> ArtistAnswer:
    return ArtistAnswer(artist_id, source, at, msgspec.Raw(as_json(answer)))
