"""Numbers of requests sent to a source, visible to every process that captures: empty objects with the counts as names.

    requests/2026-03-01/20260301T060512123456Z-<unique>.<playlists read>.artists=48.playlists-items=12
    requests/2026-03-01/closed.artists.20260301T183000000000Z
    requests/no_batches/2026-03-01

Each process creates its own objects, so two that capture at once lose nothing, and one listing of two days covers the
last 24 hours. The second kind says until when the quota of an endpoint is used up, the third on which day the source
refused a request for many artists at once.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from spotify_assets.lake.storage import Storage

REQUESTS = "requests"
NO_BATCHES = f"{REQUESTS}/no_batches"
AT_FORMAT = "%Y%m%dT%H%M%S%fZ"
WINDOW = timedelta(days=1)
# Whether an app may ask in batches depends on its kind, which hardly ever changes.
REFUSAL_KEPT = timedelta(days=30)
NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9]+")
CLOSED = re.compile(r"closed\.(?P<endpoint>[A-Za-z0-9-]+)\.(?P<until>\d{8}T\d{12}Z)")
NAME = re.compile(r"(?P<at>\d{8}T\d{12}Z)-[0-9a-f]{8}\.(?P<playlists>\d+)(?P<counts>(\.[A-Za-z0-9-]+=\d+)*)")


@dataclass(frozen=True)
class Sent:
    """Requests by endpoint that were sent until `at` (UTC), and the number of playlists read with them."""

    at: datetime
    by_endpoint: Mapping[str, int]
    playlists: int = 0

    @property
    def name(self) -> str:
        """The last part of a key; no two are the same."""
        counts = (f"{_in_a_name(name)}={count}" for name, count in self.by_endpoint.items())
        return ".".join((f"{self.at:{AT_FORMAT}}-{uuid4().hex[:8]}", str(self.playlists), *sorted(counts)))

    @classmethod
    def named(cls, name: str) -> "Sent | None":
        """The counts in a name, words of an endpoint apart again; None if it is no such name."""
        if (found := NAME.fullmatch(name)) is None:
            return None
        told = (count.partition("=") for count in found["counts"].split(".")[1:])
        return cls(
            datetime.strptime(found["at"], AT_FORMAT).replace(tzinfo=UTC),
            {endpoint.replace("-", " "): int(count) for endpoint, _, count in told},
            int(found["playlists"]),
        )


@dataclass(frozen=True)
class LastDay:
    """Requests of 24 hours, in time order, and until when (UTC) endpoints are closed, whoever found that out."""

    sent: Sequence[Sent]
    closed_until: Mapping[str, datetime]


class RequestCounts:
    """The request counts of one lake."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def add(self, sent: Sent) -> None:
        """Records requests."""
        self._storage.write(f"{REQUESTS}/{sent.at.date()}/{sent.name}", b"")

    def close(self, endpoint: str, now: datetime, until: datetime) -> None:
        """Records until when an endpoint's quota is used up; quotas count 24 hours, so no longer than that."""
        at = min(until, now + WINDOW)
        self._storage.write(f"{REQUESTS}/{now.date()}/closed.{_in_a_name(endpoint)}.{at:{AT_FORMAT}}", b"")

    def last_day(self, now: datetime) -> LastDay:
        """What is known about the 24 hours until `now`."""
        begin = now - WINDOW
        names = [
            entry.key.rpartition("/")[2]
            for day in sorted({begin.date(), now.date()})
            for entry in self._storage.list(f"{REQUESTS}/{day}")
        ]
        sent = [found for found in map(Sent.named, names) if found is not None and found.at > begin]
        closed = [found for found in map(_closed, names) if found is not None and found[1] > now]
        # In time order, so that the last of an endpoint counts.
        in_order = sorted(closed, key=lambda found: found[1])
        return LastDay(sorted(sent, key=lambda found: found.at), dict(in_order))

    def refuse_batches(self, day: date) -> None:
        """Records that the source refused a batch of artists on that day."""
        self._storage.write(f"{NO_BATCHES}/{day}", b"")

    def batches_are_refused(self, day: date) -> bool:
        """Whether a batch of artists was refused so recently that another attempt would waste a request."""
        told = (_day_of(found.key) for found in self._storage.list(NO_BATCHES))
        return any(refused is not None and day - refused < REFUSAL_KEPT for refused in told)

    def remove_before(self, day: date) -> int:
        """Removes outdated objects: counts of days before, and refusals not kept; returns how many."""
        days = {entry.key: _day_of(entry.key) for entry in self._storage.list(REQUESTS)}
        unwanted = [
            key
            for key, of_day in days.items()
            if of_day is not None and of_day < (day - REFUSAL_KEPT if key.startswith(f"{NO_BATCHES}/") else day)
        ]
        self._storage.delete(unwanted)
        return len(unwanted)


def _in_a_name(endpoint: str) -> str:
    return NOT_IN_A_NAME.sub("-", endpoint).strip("-")


def _closed(name: str) -> tuple[str, datetime] | None:
    if (found := CLOSED.fullmatch(name)) is None:
        return None
    return found["endpoint"].replace("-", " "), datetime.strptime(found["until"], AT_FORMAT).replace(tzinfo=UTC)


def _day_of(key: str) -> date | None:
    below = key.removeprefix(f"{NO_BATCHES}/").removeprefix(f"{REQUESTS}/")
    try:
        return date.fromisoformat(below.partition("/")[0])
    except ValueError:
        # Not one of ours.
        return None
