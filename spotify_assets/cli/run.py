"""`run`: publish the days of the last weeks that are missing, through the assets, and say what there is now."""

import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import dagster as dg
from rich.console import Console

from spotify_assets.assets.dashboard import PAGE
from spotify_assets.assets.partitions import ranges
from spotify_assets.automation.failures import failure_reasons
from spotify_assets.automation.instance import files_kept_open, open_instance
from spotify_assets.automation.jobs import daily_snapshot, refresh_insights
from spotify_assets.capture.playlists_file import configured_playlists
from spotify_assets.capture.snapshots import captured_in_part
from spotify_assets.cli.errors import CommandError
from spotify_assets.cli.progress import follow_run
from spotify_assets.cli.rows import print_frame
from spotify_assets.definitions import defs
from spotify_assets.lake.insight_inputs import stale_days
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.sql import query
from spotify_assets.schemas import BASE, INSIGHTS, TABLES
from spotify_assets.transform.insights.day import MEMORY

RANGE_START_TAG = "dagster/asset_partition_range_start"
RANGE_END_TAG = "dagster/asset_partition_range_end"

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
    """Publishes the missing ones of the last `days` days (UTC, today included) and prints what the lake holds."""
    console = Console()
    source = lake.require_source()
    today = datetime.now(UTC).date()
    # Spotify's API shows only today.
    days = days if source == "sample" else 1
    wanted = [today - timedelta(days=back) for back in reversed(range(days))]
    if wanted[0] < lake.settings.history_start:
        raise CommandError(
            f"--days {days} begins before HISTORY_START={lake.settings.history_start}; set that earlier."
        )
    published = lake.catalog.published(BASE.tables["playlists"], wanted)
    missing = [day for day in wanted if day not in published]
    if source == "spotify" and not missing and captured_in_part(lake, configured_playlists(lake.settings), today):
        missing = [today]
    started = time.monotonic()
    refreshed: list[date] = []
    if missing or _days_to_refresh(lake, wanted):
        with open_instance() as instance:
            for first, last in ranges(missing):
                _materialize(instance, daily_snapshot.name, first, last)
            refreshed = _days_to_refresh(lake, wanted)
            for first, last in ranges(refreshed):
                _materialize(instance, refresh_insights.name, first, last)
    if missing:
        console.print(f"Published {_count(len(missing), 'day')} in {time.monotonic() - started:.1f} s.\n")
    elif refreshed:
        console.print(f"Published already; made the insights of {_count(len(refreshed), 'day')} anew.\n")
    else:
        console.print(f"Published already: {_count(days, 'day')} from {wanted[0]} to {today}; nothing to do.\n")
    _say_what_there_is(console, lake, today)
    return 0


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _days_to_refresh(lake: Lake, wanted: list[date]) -> list[date]:
    """Published days without insights, or whose insights see other days before them now; and the days after those."""
    published = sorted(lake.catalog.published(BASE.tables["playlists"], wanted))
    known = lake.catalog.published(INSIGHTS.tables[MEMORY], wanted)
    unfit = {day for day in published if day not in known}.union(stale_days(lake, wanted[0], wanted[-1]))
    return [day for day in published if unfit and day >= min(unfit)]


def _materialize(instance: dg.DagsterInstance, job: str, first: date, last: date) -> None:
    run_id = str(uuid4())
    title = f"{first} to {last}" if first != last else str(first)
    with files_kept_open(instance, run_id), follow_run(instance, run_id, title):
        result = defs.resolve_job_def(job).execute_in_process(
            instance=instance,
            run_id=run_id,
            tags={RANGE_START_TAG: first.isoformat(), RANGE_END_TAG: last.isoformat()},
            raise_on_error=False,
            # What a person needs is the bar and the summary; the whole log is in the UI.
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
    if not result.success:
        raise CommandError(_why_failed(result.all_events, run_id))


def _why_failed(events: Sequence[dg.DagsterEvent], run_id: str) -> str:
    untouched = "The run failed; what was published before is untouched."
    return "\n  ".join([untouched, *failure_reasons(events), f"Whole log: make ui, run {run_id}"])


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
