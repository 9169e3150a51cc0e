"""Captures a day from the source into the raw zone, for an asset or a Lambda function.

Each playlist lands by itself as soon as it is complete, so a failed one affects no other, and a retry reads only what
is missing.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, TypeVar

import msgspec

from spotify_assets.artist_facts.source import ArtistFactsSource, FactsUnavailable
from spotify_assets.capture.counted_requests import CountedRequests, counted_requests
from spotify_assets.capture.request_budget import Budget
from spotify_assets.lake.errors import LakeError
from spotify_assets.lake.raw import ARTIST_FACTS, ARTISTS, RawEntry, own_name, playlist_kind
from spotify_assets.lake.raw_lake import RawLake
from spotify_assets.spotify.errors import CaptureError, NotToday
from spotify_assets.spotify.payloads import Doubts
from spotify_assets.spotify.playlist_entry import PlaylistEntry
from spotify_assets.spotify.reading import Reading
from spotify_assets.spotify.source import PlaylistSource
from spotify_assets.transform.cells import mended
from spotify_assets.transform.containers import UnreadableObject, decompress
from spotify_assets.transform.credits import ReadCredits, credited_artists

Form = TypeVar("Form")


@dataclass(frozen=True)
class Failed:
    """A playlist that did not land, and why."""

    entry: PlaylistEntry
    error: CaptureError | LakeError

    @property
    def may_pass(self) -> bool:
        """Whether another attempt may succeed."""
        return not isinstance(self.error, CaptureError) or self.error.may_pass

    def __str__(self) -> str:
        """One line that names the playlist and the reason."""
        return f"{self.entry.name} ({self.entry.playlist_id}): {self.error}"


@dataclass(frozen=True)
class Doubtful:
    """A playlist that landed as read, though it may not be one complete version."""

    entry: PlaylistEntry
    doubts: Doubts

    def __str__(self) -> str:
        """One line that names the playlist and the doubts."""
        return f"{self.entry.name} ({self.entry.playlist_id}): {self.doubts}"


@dataclass(frozen=True)
class PlaylistsCaptured:
    """Playlists by outcome; `found` had landed before. `requests` were sent to the source.

    `doubtful` ones are among those that landed. `budget` counts the last 24 hours, None if nobody counts.
    """

    landed: int
    found: int
    failed: tuple[Failed, ...]
    doubtful: tuple[Doubtful, ...]
    requests: int
    budget: Budget | None

    @property
    def may_pass(self) -> bool:
        """Whether another attempt may land one that failed."""
        return any(failure.may_pass for failure in self.failed)


@dataclass(frozen=True)
class ArtistFactsCaptured:
    """Facts of the second source about a day's artists: `answered` now, `carried` over, and never answered (`missing`).

    `unknown` are those of the first two that it does not know; `failure` is why it was not asked about all due ones.
    """

    answered: int
    carried: int
    unknown: int
    missing: int
    requests: int
    failure: FactsUnavailable | None


def capture_playlists(
    lake: RawLake, source: PlaylistSource, entries: Sequence[PlaylistEntry], day: date, since: datetime | None
) -> PlaylistsCaptured:
    """Lands every playlist not captured since `since` (UTC); all of them if that is None.

    Temporary failures are retried once after the others, unless all failed. The day is the one on which the capture
    began: playlists overtaken by its end have failed, and the others are kept.

    Raises:
        CaptureError: the source cannot show that day, and nothing of it was captured since then.
        LakeError: the lake belongs to another source, or cannot be listed.
    """
    lake.require_source()
    had = _captured_since(lake, day, since)
    if not had:
        source.captured_at(day)
    missing = [entry for entry in entries if playlist_kind(entry.playlist_id) not in had]
    with counted_requests(lake, source) as counted:
        counted.allow(counted.budget.left, "No request is left for playlists: raise SPOTIFY_DAILY_REQUESTS.")
        told = _capture_each(lake, source, missing, day, counted)
    failed = tuple(found for found in told if isinstance(found, Failed))
    return PlaylistsCaptured(
        landed=len(missing) - len(failed),
        found=len(entries) - len(missing),
        failed=failed,
        doubtful=tuple(found for found in told if isinstance(found, Doubtful)),
        requests=counted.requests,
        budget=counted.budget if source.counts_requests else None,
    )


def _capture_each(
    lake: RawLake, source: PlaylistSource, missing: Sequence[PlaylistEntry], day: date, counted: CountedRequests
) -> list[Failed | Doubtful]:
    # Only captured data claims a lake: a failed capture leaves a new lake open to either source.
    claim = cache(lake.claim)

    def capture(entry: PlaylistEntry) -> Failed | Doubtful | None:
        try:
            fetched_at = source.captured_at(day)
            reading = source.playlist(entry, day)
            claim()
            document = {"envelope": _envelope(source, fetched_at, entry, reading), "playlist": reading.document}
            lake.raw.land(own_name(playlist_kind(entry.playlist_id), fetched_at), document)
        except (CaptureError, LakeError) as error:
            return Failed(entry, error)
        counted.note(playlists=1)
        return None if reading.doubts is None else Doubtful(entry, reading.doubts)

    with ThreadPoolExecutor(source.concurrency) as readers:
        told = list(filter(None, readers.map(capture, missing)))
        failed = tuple(found for found in told if isinstance(found, Failed))
        if len(failed) < len(missing):
            again = [failure.entry for failure in failed if failure.may_pass]
            told = [found for found in told if isinstance(found, Doubtful) or not found.may_pass]
            told.extend(filter(None, readers.map(capture, again)))
    return told


def lacks_captures(lake: RawLake, entries: Sequence[PlaylistEntry], day: date) -> bool:
    """Whether some of the playlists were not captured on that day, apart from imports and landed objects."""
    had = {found.kind for found in lake.raw.captures(day)}
    return not {playlist_kind(entry.playlist_id) for entry in entries} <= had


def _captured_since(lake: RawLake, day: date, since: datetime | None) -> set[str]:
    if since is None:
        return set()
    # Names have full seconds.
    first = since.replace(microsecond=0)
    return {found.kind for found in lake.raw.captures(day) if found.captured_at >= first}


def _envelope(source: PlaylistSource, fetched_at: datetime, entry: PlaylistEntry, reading: Reading) -> dict[str, Any]:
    envelope = {
        "source": source.name,
        "fetched_at": fetched_at.isoformat(),
        "playlist_id": entry.playlist_id,
        "api_generation": "items" if "items" in reading.document else "tracks",
        "region": entry.region,
        "tags": entry.tags,
    }
    if entry.chart_type is not None:
        envelope |= {"chart_type": entry.chart_type, "recurrence": entry.recurrence}
    return envelope if reading.doubts is None else {**envelope, "doubts": reading.doubts}


def moment_of(lake: RawLake, source: PlaylistSource, day: date) -> tuple[datetime, str | None]:
    """The capture time (UTC) of requests sent now, and None.

    Once the day has ended: when the last of its playlists was captured, and why not to ask.
    """
    try:
        return source.captured_at(day), None
    except NotToday:
        playlists = [found.captured_at for found in lake.raw.captures(day) if found.kind not in (ARTISTS, ARTIST_FACTS)]
        if not playlists:
            raise
    return max(playlists), f"{day} (UTC) has ended since its playlists were captured; the next capture retries."


def capture_artist_facts(
    lake: RawLake,
    source: PlaylistSource,
    facts: ArtistFactsSource,
    day: date,
    objects: Sequence[RawEntry],
    *,
    details: ReadCredits = dict,
) -> ArtistFactsCaptured:
    """Lands the second source's facts about all artists credited in the day's raw objects.

    New artists come first, then those whose answer is too old; if the source fails, or the day has ended since its
    playlists were captured, old answers are kept, and answers received so far still land. `details` supply the artists
    of tracks that only name them.

    Raises:
        CaptureError: the source of the playlists cannot show that day, and none of its playlists was captured.
        LakeError: the lake belongs to another source, or cannot be read or written.
    """
    (fetched_at, ended), before = moment_of(lake, source, day), facts.requests
    lake.claim()
    wanted = sorted(credited_artists(lake.raw.read(objects), day, source.name, details))
    known = _last_facts(lake, facts, day, objects)
    fresh = {artist_id for artist_id in wanted if artist_id in known and _is_fresh(known[artist_id], facts, fetched_at)}
    due = sorted(set(wanted) - fresh, key=lambda artist_id: (artist_id in known, artist_id))
    answers, failure = ({}, FactsUnavailable(ended)) if ended else _ask(facts, due)
    stamp = {"source": facts.name, "fetched_at": fetched_at.isoformat()}
    told = known | {artist_id: {"artist_id": artist_id, **stamp, "answer": answers[artist_id]} for artist_id in answers}
    landing = [told[artist_id] for artist_id in wanted if artist_id in told]
    if landing:
        envelope = {"source": source.name, "fetched_at": fetched_at.isoformat()}
        lake.raw.land(own_name(ARTIST_FACTS, fetched_at), {"envelope": envelope, "artist_facts": landing})
    return ArtistFactsCaptured(
        answered=len(answers),
        carried=len(landing) - len(answers),
        unknown=sum(found["answer"] is None for found in landing),
        missing=len(wanted) - len(landing),
        requests=facts.requests - before,
        failure=failure,
    )


def _ask(facts: ArtistFactsSource, artist_ids: Sequence[str]) -> tuple[dict[str, Any], FactsUnavailable | None]:
    answers: dict[str, Any] = {}
    try:
        for artist_id, answer in facts.ask(artist_ids):
            answers[artist_id] = answer
    except FactsUnavailable as error:
        return answers, error
    return answers, None


def _last_facts(
    lake: RawLake, facts: ArtistFactsSource, day: date, objects: Sequence[RawEntry]
) -> dict[str, dict[str, Any]]:
    """The last answers of this source, by artist id, as written; however old, since the next request may fail."""
    told = last_capture(lake, ARTIST_FACTS, day, objects, keep=facts.facts_keep, form=_Facts)
    answers = told.artist_facts if told else []
    return {answer["artist_id"]: answer for answer in answers if answer["source"] == facts.name}


def last_capture(
    lake: RawLake, kind: str, day: date, objects: Sequence[RawEntry], *, keep: timedelta, form: type[Form]
) -> Form | None:
    """The last capture of a kind up to a day; None if there is none within `keep`, or it is corrupt.

    `objects` are those of the day itself.
    """
    days = keep // timedelta(days=1)
    data = lake.raw.latest(kind, day, days, objects) if days else None
    if data is None:
        return None
    try:
        return msgspec.json.decode(mended(decompress(data)), type=form)
    except (UnreadableObject, msgspec.MsgspecError):
        # Corrupt: everything is requested again.
        return None


def _is_fresh(answer: dict[str, Any], facts: ArtistFactsSource, now: datetime) -> bool:
    keep = facts.unknown_keep if answer["answer"] is None else facts.facts_keep
    return now - datetime.fromisoformat(answer["fetched_at"]) < keep


class _Facts(msgspec.Struct):
    artist_facts: list[dict[str, Any]]
