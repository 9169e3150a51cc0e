"""What to do about waiting raw objects: a pure decision for each day, from the state of the lake and Dagster.

The rules: a day is run once for its waiting objects, never twice at once, and again when others have landed. A failed
day waits for a person. Nothing is remembered between decisions: a day's *fingerprint* identifies its waiting objects,
and every run carries the fingerprint it was requested for.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from spotify_assets.automation.importing import IMPORT_GOES_ON
from spotify_assets.lake.raw import RawEntry

# Dagster retries within seconds; a retry that has not started by then never will.
RETRY_BEGINS_WITHIN = timedelta(minutes=10)
# A producer that never pauses does not hold its day back for longer.
LONGEST_UNSETTLED = timedelta(minutes=5)
# Objects that landed this long before a successful run were there, however the clocks of storage and Dagster differ.
CLOCKS_DIFFER_BY = timedelta(minutes=5)
NAMED_DAYS = 5

FAILED = (
    "The failed check or step of that run says why. Fix the raw objects it names, which starts a new run; or remove "
    "them, and run the job process_raw_objects for the day if no others of it wait; for any other cause, fix it and "
    "re-execute the run."
)
CANCELED = "Re-execute a canceled run to process its day after all."
LEFT_BEHIND = "Look at the log of that run: processing the same objects again would leave them there again."


@dataclass(frozen=True)
class Arrival:
    """The waiting raw objects of one day, and whether all of them are surely complete."""

    day: date
    objects: tuple[RawEntry, ...]
    is_settled: bool = True

    @property
    def is_import(self) -> bool:
        """Whether all of them were imported: the command that landed them also publishes them."""
        return all(entry.is_import for entry in self.objects)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the day and its sorted keys and ETags: equal for the same objects of a day, whenever they landed.

        It includes the day, since equal bytes may land at an undated key on two days, which must not affect each other.
        """
        lines = [self.day.isoformat(), *sorted(f"{entry.key}\t{entry.etag}" for entry in self.objects)]
        # Keys come from strangers, and need not be text.
        return hashlib.sha256("\n".join(lines).encode(errors="surrogateescape")).hexdigest()


class Outcome(Enum):
    """How a run for the waiting objects ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    WILL_RETRY = "will be retried"
    CANCELED = "was canceled"


@dataclass(frozen=True)
class EndedRun:
    """An ended run that was requested for a fingerprint. Times are UTC.

    `look_again_at` is set if it left an unreadable object that may still have been being written.
    """

    run_id: str
    outcome: Outcome
    created_at: datetime
    ended_at: datetime
    look_again_at: datetime | None = None


@dataclass(frozen=True)
class ActiveRun:
    """A run or backfill that has not ended: the days it may touch, and its fingerprint, if known."""

    title: str
    days: frozenset[date]
    fingerprint: str | None = None


@dataclass(frozen=True)
class Request:
    """A run to request. `run_key` distinguishes it from every earlier run."""

    arrival: Arrival
    run_key: str

    @property
    def day(self) -> date:
        """The day to run."""
        return self.arrival.day


@dataclass(frozen=True)
class Wait:
    """Nothing to do yet; the day is looked at again at the next tick."""

    day: date
    reason: str


@dataclass(frozen=True)
class NeedsPerson:
    """Nothing happens until a person acts: what happened, and what to do."""

    day: date
    reason: str
    remedy: str


Decision = Request | Wait | NeedsPerson


def arrivals(waiting: Iterable[RawEntry], unsettled: Iterable[RawEntry] = ()) -> list[Arrival]:
    """Waiting objects by day, in order of days; a day is unsettled if one of its objects is."""
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

    `ended` holds the ended runs of each fingerprint; `now` (UTC) was taken before any lookup. At most `most` runs are
    requested; the other days wait. Oldest first, since checks compare a day with the days before it; but today does not
    queue behind an imported history, and imported objects are left to the import while it is in progress: its last run
    was seen at `imported_at`, if there was one.
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
    """The decision after earlier runs for exactly these objects."""
    day, last = arrival.day, ended[-1]
    if last.ended_at >= now:
        return Wait(day, f"run {last.run_id} ended just now; the listing may be from before")
    if last.look_again_at is not None and last.outcome in (Outcome.SUCCEEDED, Outcome.FAILED):
        if now < last.look_again_at:
            return Wait(day, f"an object cannot be read yet; looked at again at {last.look_again_at:%H:%M} UTC")
        return Request(arrival, f"{arrival.fingerprint}-again-{len(ended)}")
    return _verdict(arrival, ended, now)


def _verdict(arrival: Arrival, ended: Sequence[EndedRun], now: datetime) -> Decision:
    """The decision by the outcome of the last of these runs."""
    day, last = arrival.day, ended[-1]
    match last.outcome:
        case Outcome.SUCCEEDED:
            if max(entry.landed_at for entry in arrival.objects) < last.created_at - CLOCKS_DIFFER_BY:
                return NeedsPerson(day, f"run {last.run_id} succeeded and left its raw objects waiting", LEFT_BEHIND)
            # The same objects were delivered again since then, and get their own run.
            successes = sum(run.outcome is Outcome.SUCCEEDED for run in ended)
            return Request(arrival, f"{arrival.fingerprint}-{successes}")
        case Outcome.WILL_RETRY if now - last.ended_at < RETRY_BEGINS_WITHIN:
            return Wait(day, f"run {last.run_id} failed and is about to be retried")
        case Outcome.CANCELED:
            return NeedsPerson(day, f"run {last.run_id} was canceled", CANCELED)
        case _:
            return NeedsPerson(day, f"run {last.run_id} failed", FAILED)


def explain(decisions: Sequence[Decision]) -> str:
    """Why days are not run, for people: what needs them comes first. Empty if every day is run."""
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
