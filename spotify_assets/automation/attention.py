"""What waits for a person in a lake and its Dagster instance: days held back, objects set aside, failed runs.

Each with what to do next; `doctor` and `run` say it, and look at no more days than a person reads of.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import dagster as dg

from spotify_assets.automation.sensors import days_of_tags
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.unfinished import look_for_unfinished
from spotify_assets.transform.days import named, ranges
from spotify_assets.transform.findings import counted, listed
from spotify_assets.transform.next_steps import REJECTED

# Days that are looked into, and of what is found named.
MOST_LOOKED_INTO, MOST_NAMED = 20, 3
# A run that failed before is told of elsewhere by now.
RECENT = timedelta(days=7)
MOST_RUNS = 200


@dataclass(frozen=True)
class Notice:
    """One kind of thing: how it is called, whether it waits for a person, and a sentence that ends with what to do."""

    name: str
    needs_person: bool
    sentence: str


def notices_of_lake(lake: Lake) -> Iterator[Notice]:
    """What the lake tells of: days held back, objects that wait, objects in quarantine."""
    left = look_for_unfinished(lake)
    held = held_back(lake, left.to_process[-MOST_LOOKED_INTO:])
    if held:
        told = listed([f"{day}: {why}" for day, why in held], MOST_NAMED)
        last = held[-1][0]
        step = REJECTED.format(day=last)
        yield Notice(
            "held-back days", True, f"{counted(len(held), 'day')} written and not published. {told} See: {step}"
        )
    else:
        yield Notice("held-back days", False, "none")
    other = [day for day in left.to_process if day not in dict(held)]
    taken = f"objects of {named(ranges(other))} wait: spotify-assets run, or a running UI, takes them"
    yield Notice("waiting objects", False, taken if other else "none")
    quarantined = lake.raw.quarantined_by_day()
    if quarantined:
        where = lake.raw_storage.address("raw/quarantine/")
        days = listed([f"{number:,} of {day}" for day, number in quarantined.items()], MOST_NAMED)
        step = "Each has its .reason.json beside it; mend it and put it back into raw/to_be_processed/, or delete both"
        number = counted(sum(quarantined.values()), "object")
        yield Notice("quarantine", True, f"{number} in {where}: {days}. {step}")
    else:
        yield Notice("quarantine", False, "empty")


def held_back(lake: Lake, days: Iterable[date]) -> list[tuple[date, str]]:
    """Those of some days that are staged and failed a blocking check, each with the first one's sentence."""
    found: list[tuple[date, str]] = []
    for day in days:
        if failed := lake.staging.failed_checks(day):
            table, finding = failed[0]
            found.append((day, f"{table} failed its check '{finding.check}': {finding.sentence}"))
    return found


def notice_of_runs(instance: dg.DagsterInstance) -> Notice:
    """Which runs of the last week failed, and were not followed by one of the same job and days that did not."""
    since = dg.RunsFilter(
        statuses=[dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.SUCCESS], updated_after=datetime.now(UTC) - RECENT
    )
    mended = set[tuple[str, date | None]]()
    failed: list[dg.DagsterRun] = []
    # The newest first.
    for record in instance.get_run_records(since, limit=MOST_RUNS):
        run = record.dagster_run
        days = days_of_tags(run.tags) or frozenset([None])
        if run.status is dg.DagsterRunStatus.SUCCESS:
            mended.update((run.job_name, day) for day in days)
        elif any((run.job_name, day) not in mended for day in days):
            failed.append(run)
            # One run of a day is enough to say.
            mended.update((run.job_name, day) for day in days)
    if not failed:
        return Notice("failed runs", False, "none in the last week")
    told = listed([_titled(run) for run in failed], MOST_NAMED)
    step = "Its page in the UI (make ui, Runs) says why; mend the cause, then re-execute it there"
    return Notice("failed runs", True, f"{counted(len(failed), 'run')} in the last week: {told}. {step}")


def _titled(run: dg.DagsterRun) -> str:
    days = named(ranges(days_of_tags(run.tags)))
    return f"{run.job_name}{f' of {days}' if days else ''} ({run.run_id[:8]})"
