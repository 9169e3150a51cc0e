"""When to list the raw zone, and which S3 announcements are handled: pure decisions.

The listing is the truth and a queue only says when to look, so a lost message costs at most `LISTED_EVERY`, and a
repeated or reordered one costs a listing.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from spotify_assets.automation.arrivals import ActiveRun, Arrival, Decision, NeedsPerson, Request, Wait
from spotify_assets.lake.raw_events import Announcement
from spotify_assets.lake.storage import Storage

LISTED_EVERY = timedelta(minutes=5)


class Listing(msgspec.Struct, frozen=True):
    """The last listing, for later ticks: when (UTC), whether days are still to run, and its message."""

    listed_at: datetime
    is_open: bool
    said: str

    @classmethod
    def of(cls, cursor: str | None) -> "Listing | None":
        """The last listing; None if there was none, or another version of this platform wrote it."""
        try:
            return None if cursor is None else msgspec.json.decode(cursor, type=cls)
        except msgspec.MsgspecError:
            return None

    @property
    def cursor(self) -> str:
        """The same as text, for the sensor's cursor."""
        return msgspec.json.encode(self).decode()

    def is_over(self, now: datetime) -> bool:
        """Whether it is time to list again, even without an announcement."""
        # A clock that was set back must not stop the listing.
        return self.is_open or not timedelta(0) <= now - self.listed_at < LISTED_EVERY

    @property
    def reason(self) -> str:
        """Why nothing is listed now, for people."""
        again = self.listed_at + LISTED_EVERY
        return f"{self.said} Nothing announced since {self.listed_at:%H:%M:%S}; next listing at {again:%H:%M} UTC."


def still_to_run(decisions: Iterable[Decision]) -> bool:
    """Whether a later tick has work that no new object announces."""
    return any(isinstance(decision, Request | Wait) for decision in decisions)


def recorded_keys(arrived: Iterable[Arrival], active: Iterable[ActiveRun], decisions: Iterable[Decision]) -> set[str]:
    """Keys of waiting objects for which Dagster has a run: an active one, or one that needs a person."""
    running = {run.fingerprint for run in active}
    ended = {decision.day for decision in decisions if isinstance(decision, NeedsPerson)}
    return {
        entry.key
        for arrival in arrived
        if arrival.fingerprint in running or arrival.day in ended
        for entry in arrival.objects
    }


def done_with(
    announcements: Sequence[Announcement], raw_home: Storage, waiting: Collection[str], recorded: Collection[str]
) -> list[Announcement]:
    """Announcements none of whose objects still wait for a run to be requested."""
    undone = {raw_home.address(key) for key in waiting} - {raw_home.address(key) for key in recorded}
    return [
        announcement
        for announcement in announcements
        if not any(f"s3://{bucket}/{key}" in undone for bucket, key in announcement.objects)
    ]
