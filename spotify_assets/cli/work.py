"""Runs jobs in this process for commands that publish, with a progress bar and failures in words."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from uuid import uuid4

import dagster as dg

from spotify_assets.assets.partitions import range_tags
from spotify_assets.automation.code_location import of_this_code, show_in_ui
from spotify_assets.automation.failures import failure_reasons
from spotify_assets.automation.jobs import page, process_raw_objects, refresh_insights
from spotify_assets.automation.run_launcher import this_process
from spotify_assets.automation.unfinished_days import MOST_DAYS
from spotify_assets.cli.progress import follow_run
from spotify_assets.definitions import defs
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.unfinished import look_for_unfinished
from spotify_assets.transform.days import named, ranges

SAID = {
    process_raw_objects.name: "Published again, or for the first time: {days}.",
    refresh_insights.name: "Insights recomputed: {days}.",
    page.name: "The page was rebuilt.",
}


class Work:
    """Runs jobs with some tags, one after the other, and records what was done and what failed."""

    def __init__(self, tags: Mapping[str, str] | None = None) -> None:
        self._tags = tags or {}
        self.done: list[str] = []
        self.failures: list[str] = []
        self._failed: set[tuple[str, date]] = set()

    def do(self, instance: dg.DagsterInstance, job: str, days: list[date]) -> None:
        """Runs a job for each range of days, or once if it has no days; skips what failed before."""
        to_do = [day for day in days if (job, day) not in self._failed]
        for span in [None] if job == page.name else ranges(to_do):
            failure = _materialize(instance, job, span, self._tags)
            if failure is not None:
                self.failures.append(failure)
                self._failed.update((job, day) for day in to_do)
            elif job in SAID:
                self.done.append(SAID[job].format(days=named([span]) if span else ""))

    def finish(self, instance: dg.DagsterInstance, lake: Lake) -> None:
        """Recomputes insights and rebuilds the page if they are behind."""
        made_before = date.min
        # Recomputed insights may change those of the next day, and so on.
        while (stale := list(look_for_unfinished(lake).insights)) and stale[0] > made_before:
            made_before = stale[0]
            self.do(instance, refresh_insights.name, stale)
        if look_for_unfinished(lake).page:
            self.do(instance, page.name, [])


def parts(days: Iterable[date]) -> list[list[date]]:
    """Days in order, in batches small enough that an interrupted run loses little."""
    found: list[list[date]] = []
    for first, last in ranges(days):
        known = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
        found += [known[start : start + MOST_DAYS] for start in range(0, len(known), MOST_DAYS)]
    return found


def _materialize(
    instance: dg.DagsterInstance, job: str, span: tuple[date, date] | None, more_tags: Mapping[str, str]
) -> str | None:
    """Runs a job; gives the reason if it failed."""
    run_id = str(uuid4())
    title = job if span is None else named([span])
    tags = {**this_process(), **of_this_code(), **more_tags}
    if span is not None:
        tags |= range_tags(*span)
    with follow_run(instance, run_id, title):
        result = defs.resolve_job_def(job).execute_in_process(
            instance=instance,
            run_id=run_id,
            tags=tags,
            raise_on_error=False,
            # The terminal shows the bar and the summary; the full log is in the UI.
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
    if (run := instance.get_run_by_id(run_id)) is not None:
        show_in_ui(instance, run)
    return None if result.success else _why_failed(title, result.all_events, run_id)


def _why_failed(title: str, events: Sequence[dg.DagsterEvent], run_id: str) -> str:
    first = f"The run of {title} failed. Everything that was published stays."
    return "\n  ".join([first, *failure_reasons(events), f"Full log: make ui, run {run_id}"])
