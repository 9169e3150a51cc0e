"""Capturing details of artists whom published days credit without a profile: each once, as the budget allows.

That is who is on charts that were imported or landed, and whom Spotify did not know. Spotify is asked for profiles,
and the second source for facts; either goes on without the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import msgspec

from spotify_assets.artist_facts.source import ArtistFactsSource, FactsUnavailable
from spotify_assets.capture.counted_requests import CountedRequests, counted_requests, left_for_another_day
from spotify_assets.capture.request_budget import Budget
from spotify_assets.capture.track_details import AT_ONCE, UNKNOWN_KEPT, asked_at
from spotify_assets.lake.completed_days import published_artists_to_ask_about
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.raw import as_json
from spotify_assets.lake.reference import Reference
from spotify_assets.spotify.errors import CaptureError
from spotify_assets.spotify.source import PlaylistSource
from spotify_assets.transform.artist_details import ArtistAnswer

# Artists whom Spotify is asked about before those it does not know are told from those that were not reached.
ARTISTS_EACH = 100


@dataclass(frozen=True)
class ToAskAbout:
    """Ids of artists whose profile is to be asked for, and whose facts; those on most published days first."""

    profiles: Sequence[str]
    facts: Sequence[str]


@dataclass(frozen=True)
class ArtistDetailsCaptured:
    """Profiles that were `read`, artists whom Spotify does not know (`unknown`), and who wait for another day.

    `failure` and `left_out` are as for tracks. `facts_read`, `facts_unknown` and `facts_waiting` count the same of the
    second source; `facts_failure` is why not all were asked about there. `requests` are those to Spotify.
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
    """Published artists without a profile, less those whose answers are there; of both sources.

    Whom one source was asked about the other is asked about, too. `published` is as
    `published_artists_to_ask_about` gives it, where that is known already.
    """
    details = lake.artist_details
    answers = list(details.read(details.keys()))
    wanted = published_artists_to_ask_about(lake) if published is None else published
    ids = list(dict.fromkeys([*wanted, *sorted(answer.id for answer in answers)]))

    def unanswered(by: str) -> list[str]:
        had = {answer.id for answer in answers if answer.source == by and _counts(answer, now)}
        return [artist_id for artist_id in ids if artist_id not in had]

    return ToAskAbout(
        unanswered(source) if lake.settings.captures else [], unanswered(facts.name) if facts.is_asked else []
    )


def _counts(answer: ArtistAnswer, now: datetime) -> bool:
    """Whether an answer is good; a source may come to know an artist whom it did not."""
    return answer.is_known or now - datetime.fromisoformat(answer.fetched_at) < UNKNOWN_KEPT


def capture_artist_details(
    lake: Lake, source: PlaylistSource, facts: ArtistFactsSource, day: date, published: Sequence[str]
) -> ArtistDetailsCaptured:
    """Lands profiles and facts of the `published` artists, in their order, none asked about twice.

    What was answered once is kept for good, and that a source does not know an artist for 30 days. Without an account
    Spotify is not asked, and the second source all the same.

    Raises:
        LakeError: the lake belongs to another source, or cannot be read or written.
    """
    lake.require_source()
    wanted = artists_to_ask_about(lake, source.name, facts, source.now(), published)
    if not wanted.profiles and not wanted.facts:
        return ArtistDetailsCaptured()
    lake.claim()
    at = asked_at(source, day).isoformat()
    profiles, told = _Landing(lake.artist_details, source.name, at), _Landing(lake.artist_details, facts.name, at)
    failure, requests, budget = None, 0, None
    if wanted.profiles:
        with counted_requests(lake, source) as counted:
            counted.leave_to_profiles(lake, day, "artists of published charts")
            failure = _read_profiles(source, wanted.profiles, day, counted, profiles)
        requests, budget = counted.requests, counted.budget if source.counts_requests else None
    facts_failure = _read_facts(facts, wanted.facts, told)
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


@dataclass
class _Landing:
    """Answers of one source as they come, written a few hundred at a time, so that who is killed loses few."""

    reference: Reference[ArtistAnswer]
    source: str
    fetched_at: str
    known: int = 0
    unknown: int = 0
    _held: list[ArtistAnswer] = field(default_factory=list[ArtistAnswer])

    def take(self, artist_id: str, answer: Any) -> None:
        self.known += answer is not None
        self.unknown += answer is None
        self._held.append(ArtistAnswer(artist_id, self.source, self.fetched_at, msgspec.Raw(as_json(answer))))
        if len(self._held) >= AT_ONCE:
            self.land()

    def land(self) -> None:
        self.reference.land(self._held)
        self._held = []


def _read_profiles(
    source: PlaylistSource, artist_ids: Sequence[str], day: date, counted: CountedRequests, landing: _Landing
) -> CaptureError | None:
    """Lands profiles; gives why not all were read."""
    failure = None
    try:
        with counted.batches(day):
            for start in range(0, len(artist_ids), ARTISTS_EACH):
                _read_some(source, artist_ids[start : start + ARTISTS_EACH], day, counted, landing)
    except CaptureError as error:
        failure = error
    landing.land()
    return failure


def _read_some(
    source: PlaylistSource, artist_ids: Sequence[str], day: date, counted: CountedRequests, landing: _Landing
) -> None:
    unknown = dict.fromkeys(artist_ids)
    for profile in source.artists(artist_ids, day):
        if (artist_id := profile.get("id")) in unknown:
            del unknown[artist_id]
            landing.take(artist_id, profile)
        counted.note()
    # Nothing failed, so the source does not know the others.
    for artist_id in unknown:
        landing.take(artist_id, None)


def _read_facts(facts: ArtistFactsSource, artist_ids: Sequence[str], landing: _Landing) -> FactsUnavailable | None:
    """Lands facts; gives why not all were asked for."""
    failure = None
    try:
        for artist_id, answer in facts.ask(artist_ids):
            landing.take(artist_id, answer)
    except FactsUnavailable as error:
        failure = error
    landing.land()
    return failure
