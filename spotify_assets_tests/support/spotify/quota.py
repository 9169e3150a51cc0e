"""Quotas of the fake Spotify: so many requests of an endpoint in a rolling window, on a clock of the fake's own."""

import math
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta


class Clock:
    """The fake's time, in which days pass at a word; everything else of a test goes on in its own."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def advance(self, by: timedelta) -> None:
        self._ahead += by


@dataclass
class Quota:
    """At most `requests` in any 24 hours, refused ones not counted; `tells` says whether it gives Retry-After."""

    requests: int
    tells: bool = True
    window: timedelta = timedelta(hours=24)
    taken: deque[datetime] = field(default_factory=deque)

    def wait(self, now: datetime) -> int | None:
        """Whole seconds until a request is free again; none where this one is."""
        while self.taken and self.taken[0] <= now - self.window:
            self.taken.popleft()
        if len(self.taken) < self.requests:
            self.taken.append(now)
            return None
        first = self.taken[0] if self.taken else now
        return math.ceil((first + self.window - now) / timedelta(seconds=1))


def bucket(path: str) -> str:
    """The endpoint that a path of the API counts for."""
    parts = path.removeprefix("/v1/").split("/")
    return "playlist items" if parts[0] == "playlists" and len(parts) > 2 else parts[0]
