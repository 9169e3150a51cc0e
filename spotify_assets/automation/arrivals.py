"""What to do about the raw objects that wait: a pure decision for each day, on what the lake and Dagster know.

The rules: a day is run once for what lies there, never twice at once, and again when something else has landed. What
failed waits for a person. Nothing is remembered between two decisions: a day's *fingerprint* says what lies there, and
every run carries the fingerprint it was made for.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from spotify_assets.automation.importing import IMPORT_GOES_ON
from spotify_assets.lake.raw import RawEntry

# Dagster retries within seconds; a retry that has not begun by then will not come.
RETRY_BEGINS_WITHIN = timedelta(minutes=10)
# A producer that never pauses does not hold its day back for longer.
LONGEST_UNSETTLED = timedelta(minutes=5)
# What landed this long before a run that succeeded had surely landed, whatever the clocks of storage and Dagster say.
CLOCKS_DIFFER_BY = timedelta(minutes=5)
NAMED_DAYS = 5

FAILED = (
    "The failed check or step of that run says why. Correct the raw objects it names, which starts a new run, or "
    "remove them, and run the job process_raw_objects for the day where nothing else of it waits; where the cause was "
    "another, mend it and re-execute the run."
)
CANCELED = "Re-execute a canceled run when its day is to be processed after all."
LEFT_BEHIND = "Look at the log of that run: to process the same objects again would leave them there again."


@dataclass(frozen=True)
class Arrival:
    """The raw objects of one day that wait, and whether all of them are surely whole."""

    day: date
    objects: tuple[RawEntry, ...]
    is_settled: bool = True

    @property
    def is_import(self) -> bool:
        """Whether all of them were imported: the command that landed them publishes them, too."""
        return all(entry.is_import for entry in self.objects)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the day and the sorted keys and ETags: the same objects of one day have the same, landed whenever.

        The day, since equal bytes may land at an undated key on two days: neither waits for what became of the other.
        """
        lines = [self.day.isoformat(), *sorted(f"{entry.key}\t{entry.etag}" for entry in self.objects)]
        # Keys come from strangers, and need not be text.
        return hashlib.sha256("\n".join(lines).encode(errors="surrogateescape")).hexdigest()


class Outcome(Enum):
    """How a run ended that was made for the objects that wait."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    WILL_RETRY = "will be retried"
    CANCELED = "was canceled"


@dataclass(frozen=True)
class EndedRun:
    """A run that was made for a fingerprint, and has ended. Times are UTC.

    `look_again_at` is set where it could not read an object that may still have been being written, and left it.
    """

    run_id: str
    outcome: Outcome
    created_at: datetime
    ended_at: datetime
    look_again_at: datetime | None = None


@dataclass(frozen=True)
class ActiveRun:
    """A run, or a backfill, that has not ended: the days it may touch, and what it was made for, if known."""

    title: str
    days: frozenset[date]
    fingerprint: str | None = None


@dataclass(frozen=True)
class Request:
    """A run is to be made. `run_key` tells it from every run that was made before."""

    arrival: Arrival
    run_key: str

    @property
    def day(self) -> date:
        """The day to run."""
        return self.arrival.day


@dataclass(frozen=True)
class Wait:
    """Nothing is to be done yet; the day is looked at again at the next tick."""

    day: date
    reason: str


@dataclass(frozen=True)
class NeedsPerson:
    """Nothing will be done until a person acts: what happened, and what to do."""

    day: date
    reason: str
    remedy: str


Decision = Request | Wait | NeedsPerson


def arrivals(waiting: Iterable[RawEntry], unsettled: Iterable[RawEntry] = ()) -> list[Arrival]:
    """Waiting objects by their day, in order of the days; a day is unsettled when one of its objects is."""
    by_day: dict[date, list[RawEntry]] = defaultdict(list)
    for entry in waiting:
        by_day[entry.snapshot_date].append(entry)
    unsettled_days = {entry.snapshot_date for entry in unsettled}
    return [Arrival(day, tuple(by_day[day]), day not in unsettled_days) for day in sorted(by_day)]


def decide(
    arrived: Sequence[Arrival],
    active: Sequence[ActiveRun],
    ended: Mapping[str, Sequence[EndedRun]],
    now: datetime,
    most: int,
    *,
    imported_at: datetime | None = None,
) -> list[Decision]:
    """A decision for each arrival: the latest day first, then from the oldest on.

    `ended` holds the runs made for each fingerprint; `now` (UTC) is from before anything was looked up. At most `most`
    runs are requested; the other days wait. Oldest first, since checks compare a day with the days before it; but
    today does not queue behind an imported history, and what an import landed is left to it while it goes on: its last
    run was seen at `imported_at`, if there was one.
    """
    busy = {day: run for run in active for day in run.days}
    landed = [entry.landed_at for arrival in arrived if arrival.is_import for entry in arrival.objects]
    seen_at = [*landed, *([] if imported_at is None else [imported_at])]
    import_ends = max(seen_at, default=now - IMPORT_GOES_ON) + IMPORT_GOES_ON
    decisions: list[Decision] = []
    for arrival in [*arrived[-1:], *arrived[:-1]]:
        decision = _decide(arrival, busy.get(arrival.day), ended.get(arrival.fingerprint, ()), now)
        if isinstance(decision, Request) and arrival.is_import and now < import_ends:
            decision = Wait(arrival.day, f"it is left to the import that landed it until {import_ends:%H:%M} UTC")
        if isinstance(decision, Request):
            if most <= 0:
                decision = Wait(arrival.day, "other days go first")
            most -= 1
        decisions.append(decision)
    return decisions


def _decide(arrival: Arrival, active: ActiveRun | None, ended: Sequence[EndedRun], now: datetime) -> Decision:
    day = arrival.day
    if day > now.date():
        return Wait(day, "that day has not begun (UTC)")
    if not arrival.is_settled and now - min(entry.landed_at for entry in arrival.objects) < LONGEST_UNSETTLED:
        return Wait(day, "an object may still be being written")
    if active is not None:
        return Wait(day, f"{active.title} has not ended")
    if not ended:
        return Request(arrival, arrival.fingerprint)
    return _after(arrival, sorted(ended, key=lambda run: run.created_at), now)


def _after(arrival: Arrival, ended: Sequence[EndedRun], now: datetime) -> Decision:
    """What follows on the runs that there were for exactly these objects."""
    day, last = arrival.day, ended[-1]
    if last.ended_at >= now:
        return Wait(day, f"run {last.run_id} ended this moment; what was listed may have been from before")
    if last.look_again_at is not None and last.outcome in (Outcome.SUCCEEDED, Outcome.FAILED):
        if now < last.look_again_at:
            return Wait(day, f"an object cannot be read yet; looked at again at {last.look_again_at:%H:%M} UTC")
        return Request(arrival, f"{arrival.fingerprint}-again-{len(ended)}")
    return _verdict(arrival, ended, now)


def _verdict(arrival: Arrival, ended: Sequence[EndedRun], now: datetime) -> Decision:
    """What the outcome of the last of these runs means."""
    day, last = arrival.day, ended[-1]
    match last.outcome:
        case Outcome.SUCCEEDED:
            if max(entry.landed_at for entry in arrival.objects) < last.created_at - CLOCKS_DIFFER_BY:
                return NeedsPerson(day, f"run {last.run_id} succeeded and left its raw objects waiting", LEFT_BEHIND)
            # The very same objects were delivered again since: a run of its own for them.
            successes = sum(run.outcome is Outcome.SUCCEEDED for run in ended)
            return Request(arrival, f"{arrival.fingerprint}-{successes}")
        case Outcome.WILL_RETRY if now - last.ended_at < RETRY_BEGINS_WITHIN:
            return Wait(day, f"run {last.run_id} failed and is about to be retried")
        case Outcome.CANCELED:
            return NeedsPerson(day, f"run {last.run_id} was canceled", CANCELED)
        case _:
            return NeedsPerson(day, f"run {last.run_id} failed", FAILED)


def explain(decisions: Sequence[Decision]) -> str:
    """Why days are not run, for people: what needs them comes first. Empty where every day is run."""
    needing = [decision for decision in decisions if isinstance(decision, NeedsPerson)]
    waiting = [decision for decision in decisions if isinstance(decision, Wait)]
    parts: list[str] = []
    if needing:
        remedies = dict.fromkeys(decision.remedy for decision in needing)
        parts.append(f"Waiting for a person: {_listed(needing)}. {' '.join(remedies)}")
    if waiting:
        parts.append(f"Waiting: {_listed(waiting)}.")
    return " ".join(parts)


def _listed(decisions: Sequence[Wait | NeedsPerson]) -> str:
    named = "; ".join(f"{decision.day}: {decision.reason}" for decision in decisions[:NAMED_DAYS])
    more = [decision.day for decision in decisions[NAMED_DAYS:]]
    return f"{named}; and {len(more)} more, {min(more)} to {max(more)}" if more else named
