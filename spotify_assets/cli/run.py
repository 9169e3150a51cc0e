"""`run`: publish the days of the last weeks that are missing, through the assets, and say what there is now."""

import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from math import inf
from pathlib import Path
from uuid import uuid4

import dagster as dg
from rich.console import Console

from spotify_assets.assets.dashboard import PAGE
from spotify_assets.assets.partitions import named, range_tags, ranges
from spotify_assets.automation.change_alerts import day_to_tell, tell, watched_playlists
from spotify_assets.automation.failures import failure_reasons
from spotify_assets.automation.instance import files_kept_open, open_instance
from spotify_assets.automation.jobs import daily_snapshot, page, process_raw_objects, refresh_insights
from spotify_assets.automation.run_launcher import this_process
from spotify_assets.capture.playlists_file import configured_playlists
from spotify_assets.capture.snapshots import captured_in_part
from spotify_assets.cli.errors import CommandError
from spotify_assets.cli.progress import follow_run
from spotify_assets.cli.rows import print_frame
from spotify_assets.config import SettingsError
from spotify_assets.definitions import defs
from spotify_assets.lake.errors import LakeError
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.sql import query
from spotify_assets.lake.unfinished import look_for_unfinished
from spotify_assets.schemas import TABLES
from spotify_assets.transform.findings import counted

ROUNDS = 2
SAID = {
    process_raw_objects.name: "Published again, or for the first time: {days}.",
    refresh_insights.name: "Insights made again: {days}.",
    page.name: "The page is made again.",
}

TOP_TEN = """
SELECT position AS "#",
       CASE status WHEN 'up' THEN '▲ ' || movement WHEN 'down' THEN '▼ ' || -movement WHEN 'same' THEN '='
            ELSE status END AS move,
       song_name AS song, artist_names AS artists
FROM song_trends
WHERE snapshot_date = DATE '{today}' AND playlist_id = (
    SELECT playlist_id FROM playlists WHERE snapshot_date = DATE '{today}'
    ORDER BY region = 'global' DESC NULLS LAST, name LIMIT 1)
ORDER BY position LIMIT 10
"""


def run_days(lake: Lake, days: int) -> int:
    """Publishes what is missing of the last `days` days (UTC), finishes what is unfinished of any day, and prints both.

    Raises:
        CommandError: something could not be finished; all the rest was.
    """
    console = Console()
    source = lake.require_source()
    today = datetime.now(UTC).date()
    # Spotify's API shows only today.
    days = days if source == "sample" else 1
    if days > (today - lake.settings.history_start).days + 1:
        raise CommandError(
            f"--days {days} begins before HISTORY_START={lake.settings.history_start}; set that earlier."
        )
    wanted = [today - timedelta(days=back) for back in reversed(range(days))]
    before = lake.published_days().whole
    missing, left = [day for day in wanted if day not in before], look_for_unfinished(lake)
    if source == "spotify" and not missing and captured_in_part(lake, configured_playlists(lake.settings), today):
        missing = [today]
    work, started = _Work(), time.monotonic()
    if missing or left:
        with open_instance() as instance:
            work.do(instance, daily_snapshot.name, missing)
            work.do(instance, process_raw_objects.name, [day for day in left.to_process if day not in missing])
            # Insights that are made again may change those of later days, once.
            for _ in range(ROUNDS):
                work.do(instance, refresh_insights.name, list(look_for_unfinished(lake).insights))
            if look_for_unfinished(lake).page:
                work.do(instance, page.name, [])
    if came := lake.published_days().whole.keys() - before.keys():
        console.print(f"Published {counted(len(came), 'day')} in {time.monotonic() - started:.1f} s.")
    for line in work.done:
        console.print(line)
    if not (missing or left):
        console.print(f"Published already: {counted(days, 'day')} from {wanted[0]} to {today}; nothing to do.")
    _tell_of_changes(console, lake, today)
    console.print()
    if work.failures:
        raise CommandError("\n".join(work.failures))
    _say_what_there_is(console, lake, today)
    return 0


class _Work:
    """Runs of jobs, one after the other: what was done, and what failed."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.failures: list[str] = []
        self._failed: set[tuple[str, date]] = set()

    def do(self, instance: dg.DagsterInstance, job: str, days: list[date]) -> None:
        """Runs a job over each range of days, or once without any where the job has none; not what failed before."""
        to_do = [day for day in days if (job, day) not in self._failed]
        for span in [None] if job == page.name else ranges(to_do):
            failure = _materialize(instance, job, span)
            if failure is not None:
                self.failures.append(failure)
                self._failed.update((job, day) for day in to_do)
            elif job in SAID:
                self.done.append(SAID[job].format(days=named([span]) if span else ""))


def _materialize(instance: dg.DagsterInstance, job: str, span: tuple[date, date] | None) -> str | None:
    """Runs a job; gives why it failed, if it did."""
    run_id = str(uuid4())
    title = job if span is None else named([span])
    tags = this_process()
    if span is not None:
        tags |= range_tags(*span)
    with files_kept_open(instance, run_id), follow_run(instance, run_id, title):
        result = defs.resolve_job_def(job).execute_in_process(
            instance=instance,
            run_id=run_id,
            tags=tags,
            raise_on_error=False,
            # What a person needs is the bar and the summary; the whole log is in the UI.
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
    return None if result.success else _why_failed(title, result.all_events, run_id)


def _why_failed(title: str, events: Sequence[dg.DagsterEvent], run_id: str) -> str:
    first = f"The run of {title} failed. What it had published stays, and so does what was published before."
    return "\n  ".join([first, *failure_reasons(events), f"Whole log: make ui, run {run_id}"])


def _tell_of_changes(console: Console, lake: Lake, today: date) -> None:
    """What the daemon's sensor does; whichever looks first tells."""

    def show(text: str) -> None:
        console.print(text, highlight=False, soft_wrap=True, markup=False)

    try:
        watched = watched_playlists(lake)
        day = day_to_tell(lake.published_insights().whole, today) if watched else None
        if day is not None:
            tell(lake, watched, day, show, show, seconds=inf)
    except (LakeError, SettingsError) as error:
        show(f"Nobody was told of changes: {error}")


def _say_what_there_is(console: Console, lake: Lake, today: date) -> None:
    print_frame(query(lake, TOP_TEN.format(today=today)), f"Top ten of {today}")
    counts = " UNION ALL ".join(
        f"SELECT {number} AS n, '{name}' AS \"table\", count(*) AS rows, "  # noqa: S608  our own table names
        f"count(DISTINCT snapshot_date) AS days FROM {name}"
        for number, name in enumerate(TABLES)
    )
    print_frame(query(lake, f'SELECT "table", rows, days FROM ({counts}) ORDER BY n'), "Published")  # noqa: S608
    console.print(f"\nThe lake: {lake.storage.address('')}", soft_wrap=True)
    if any(found.key == PAGE for found in lake.storage.list(PAGE.partition("/")[0])):
        console.print(f"The page: {lake.storage.link(PAGE)}", soft_wrap=True)
    program = ".venv/bin/spotify-assets" if Path(".venv/bin/spotify-assets").exists() else "spotify-assets"
    ui = "make ui" if Path("Makefile").exists() else f"{program} ui"
    console.print(f"Next:     {ui}      assets, checks and lineage at http://127.0.0.1:3000", highlight=False)
    console.print(
        f'          {program} query "SELECT * FROM playlists ORDER BY snapshot_date DESC LIMIT 5"',  # noqa: S608  shown, not run
        highlight=False,
        soft_wrap=True,
        markup=False,
    )
