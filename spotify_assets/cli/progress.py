"""A progress bar for a run, read from its events in Dagster."""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
from dagster import DagsterEventType
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column

PLANNED = {DagsterEventType.ASSET_MATERIALIZATION_PLANNED, DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED}
DONE = {DagsterEventType.ASSET_MATERIALIZATION, DagsterEventType.ASSET_CHECK_EVALUATION}
POLL_SECONDS = 0.2


@contextmanager
def follow_run(instance: dg.DagsterInstance, run_id: str, title: str) -> Iterator[None]:
    """Shows the run's progress while the body executes it: assets and checks done of those planned."""
    ended = threading.Event()
    # Dagster redirects this process's stdout into its logs while a step runs; a copy stays on the terminal.
    copy = os.dup(sys.stdout.fileno())
    with (
        os.fdopen(copy, "w", encoding=sys.stdout.encoding, errors="replace") as terminal,
        _bar(Console(file=terminal)) as progress,
    ):
        follower = threading.Thread(target=_follow, args=(progress, instance, run_id, title, ended), daemon=True)
        follower.start()
        try:
            yield
        finally:
            ended.set()
            follower.join()


def _bar(console: Console) -> Progress:
    # On a narrow terminal the message is cut, not the days or the time.
    last = Column(no_wrap=True, overflow="ellipsis", ratio=1)
    columns = (
        TextColumn("{task.description}", table_column=Column(no_wrap=True, min_width=10)),
        BarColumn(bar_width=20, table_column=Column(min_width=10)),
        TextColumn("{task.fields[last]}", table_column=last),
        TimeElapsedColumn(table_column=Column(no_wrap=True, min_width=7)),
    )
    return Progress(*columns, console=console, expand=True)


def _follow(progress: Progress, instance: dg.DagsterInstance, run_id: str, title: str, ended: threading.Event) -> None:
    task = progress.add_task(title, total=None, last="starting")
    cursor: str | None = None
    planned = done = 0
    while True:
        # Checked before reading, so that events written just before the end are still read.
        is_last = ended.wait(POLL_SECONDS)
        page = instance.get_records_for_run(run_id, cursor=cursor)
        cursor = page.cursor
        for record in page.records:
            entry = record.event_log_entry
            kind = entry.dagster_event.event_type if entry.dagster_event else None
            planned += kind in PLANNED
            done += kind in DONE
            if kind is None and entry.user_message:
                progress.update(task, last=entry.user_message)
        progress.update(task, total=planned or None, completed=done)
        if is_last and not page.has_more:
            return
