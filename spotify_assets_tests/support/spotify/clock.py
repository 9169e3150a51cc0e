"""The time of the fake Spotify, in which days and months pass at a word."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Counts its quotas and the lives of its sign-ins; everything else of a test goes on in its own time."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def advance(self, by: timedelta) -> None:
        self._ahead += by
