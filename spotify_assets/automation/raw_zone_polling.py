"""When the raw zone is listed, and which of S3's announcements are done with: decided without asking anybody.

The listing is the truth and a queue only says when to look, so a lost message costs `LISTED_EVERY` at most, and a
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
    """What a tick that listed leaves for the next ones: when (UTC), whether a day is still to run, and what it said."""

    listed_at: datetime
    is_open: bool
    said: str

    @classmethod
    def of(cls, cursor: str | None) -> "Listing | None":
        """The last listing; None where there was none, or another version of this platform wrote it."""
        try:
            return None if cursor is None else msgspec.json.decode(cursor, type=cls)
        except msgspec.MsgspecError:
            return None

    @property
    def cursor(self) -> str:
        """The same as text, for the sensor's cursor."""
        return msgspec.json.encode(self).decode()

    def is_over(self, now: datetime) -> bool:
        """Whether it is time to list again, also without an announcement."""
        # A clock that was set back must not stop the listing.
        return self.is_open or not timedelta(0) <= now - self.listed_at < LISTED_EVERY

    @property
    def reason(self) -> str:
        """Why nothing is listed now, for people."""
        again = self.listed_at + LISTED_EVERY
        return f"{self.said} Nothing was announced since {self.listed_at:%H:%M:%S}; listed again at {again:%H:%M} UTC."


def still_to_run(decisions: Iterable[Decision]) -> bool:
    """Whether a later tick has something to do that no new object announces."""
    return any(isinstance(decision, Request | Wait) for decision in decisions)


def recorded_keys(arrived: Iterable[Arrival], active: Iterable[ActiveRun], decisions: Iterable[Decision]) -> set[str]:
    """Keys of waiting objects for which Dagster has a run: one that goes on, or that a person has to look at."""
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
    """Announcements none of whose objects wait for a run that is still to be made."""
    undone = {raw_home.address(key) for key in waiting} - {raw_home.address(key) for key in recorded}
    return [
        announcement
        for announcement in announcements
        if not any(f"s3://{bucket}/{key}" in undone for bucket, key in announcement.objects)
    ]
