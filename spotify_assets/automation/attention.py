"""What needs a person in a lake and its Dagster instance: held-back days, quarantined objects, failed runs.

Each comes with the next step; `doctor` and `run` print them, for no more days than a person would read.
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

# Days that are examined, and findings that are named.
MOST_LOOKED_INTO, MOST_NAMED = 20, 3
# Earlier failures have been reported elsewhere by now.
RECENT = timedelta(days=7)
MOST_RUNS = 200


@dataclass(frozen=True)
class Notice:
    """One kind of problem: its name, whether it needs a person, and a sentence that ends with what to do."""

    name: str
    needs_person: bool
    sentence: str


def notices_of_lake(lake: Lake) -> Iterator[Notice]:
    """Notices of the lake: held-back days, waiting objects, quarantined objects."""
    left = look_for_unfinished(lake)
    held = held_back(lake, left.to_process[-MOST_LOOKED_INTO:])
    if held:
        told = listed([f"{day}: {why}" for day, why in held], MOST_NAMED)
        last = held[-1][0]
        step = REJECTED.format(day=last)
        yield Notice(
            "held-back days", True, f"{counted(len(held), 'day')} staged but not published. {told} See: {step}"
        )
    else:
        yield Notice("held-back days", False, "none")
    other = [day for day in left.to_process if day not in dict(held)]
    taken = f"objects of {named(ranges(other))} wait: spotify-assets run, or a running UI, processes them"
    yield Notice("waiting objects", False, taken if other else "none")
    quarantined = lake.raw.quarantined_by_day()
    if quarantined:
        where = lake.raw_storage.address("raw/quarantine/")
        days = listed([f"{number:,} of {day}" for day, number in quarantined.items()], MOST_NAMED)
        step = "See each object's .reason.json; fix it and move it back to raw/to_be_processed/, or delete both"
        number = counted(sum(quarantined.values()), "object")
        yield Notice("quarantine", True, f"{number} in {where}: {days}. {step}")
    else:
        yield Notice("quarantine", False, "empty")


def held_back(lake: Lake, days: Iterable[date]) -> list[tuple[date, str]]:
    """The given days that are staged and failed a blocking check, each with the first failure's sentence."""
    found: list[tuple[date, str]] = []
    for day in days:
        if failed := lake.staging.failed_checks(day):
            table, finding = failed[0]
            found.append((day, f"{table} failed its check '{finding.check}': {finding.sentence}"))
    return found


def notice_of_runs(instance: dg.DagsterInstance) -> Notice:
    """Failed runs of the last week that no successful run of the same job and days followed."""
    since = dg.RunsFilter(
        statuses=[dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.SUCCESS], updated_after=datetime.now(UTC) - RECENT
    )
    mended = set[tuple[str, date | None]]()
    failed: list[dg.DagsterRun] = []
    # Newest first.
    for record in instance.get_run_records(since, limit=MOST_RUNS):
        run = record.dagster_run
        days = days_of_tags(run.tags) or frozenset([None])
        if run.status is dg.DagsterRunStatus.SUCCESS:
            mended.update((run.job_name, day) for day in days)
        elif any((run.job_name, day) not in mended for day in days):
            failed.append(run)
            # One failed run of a day is enough to report.
            mended.update((run.job_name, day) for day in days)
    if not failed:
        return Notice("failed runs", False, "none in the last week")
    told = listed([_titled(run) for run in failed], MOST_NAMED)
    step = "Its page in the UI (make ui, Runs) says why; fix the cause, then re-execute it there"
    return Notice("failed runs", True, f"{counted(len(failed), 'run')} in the last week: {told}. {step}")


def _titled(run: dg.DagsterRun) -> str:
    days = named(ranges(days_of_tags(run.tags)))
    return f"{run.job_name}{f' of {days}' if days else ''} ({run.run_id[:8]})"
