"""Quotas of the fake Spotify: so many requests of an endpoint in a rolling window."""

import math
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta


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
