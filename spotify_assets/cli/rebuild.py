"""`rebuild`: rebuilds tables from raw objects, for a lake that was moved or copied, or whose catalog was lost; or only
days whose entries in `playlists.yaml` have changed, or whose songs or artists got details later.
"""

from datetime import date

from rich.console import Console

from spotify_assets.automation.instance import open_instance
from spotify_assets.capture.declared_changes import look_for_changes, told, told_of_lost
from spotify_assets.cli.errors import CommandError
from spotify_assets.lake.completed_days import days_to_complete, told_of_days
from spotify_assets.lake.declared_days import begin_again, days_with_raw_objects
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.rebuilding import Lost, begin_rebuild, look_for_lost
from spotify_assets.lake.unfinished import look_for_unfinished
from spotify_assets.transform.days import named, ranges
from spotify_assets.transform.findings import counted


def run_rebuild(lake: Lake, *, is_dry: bool) -> int:
    """Rebuilds what the catalog lacks, continues an interrupted rebuild, and prints both; a dry run only prints.

    A complete lake stays as it is.

    Raises:
        CommandError: some days could not be rebuilt; the others were.
    """
    console = Console()
    lake.require_source()
    lost = look_for_lost(lake)
    left = () if lost else look_for_unfinished(lake).to_process
    for line in _plan(lost, left):
        console.print(line, soft_wrap=True, highlight=False)
    if is_dry:
        console.print("Nothing was changed: this was a dry run.")
        return 0
    if lost:
        begin_rebuild(lake, lost)
    return _work_off(console, lake)


def run_playlists_file(lake: Lake, *, is_dry: bool) -> int:
    """Rebuilds the days whose entries in `playlists.yaml` have changed, and prints them; a dry run only prints.

    Raises:
        CommandError: some days could not be rebuilt; the others were.
    """
    lake.require_source()
    changed = list(look_for_changes(lake))
    return _make_again(lake, changed, told(changed), is_dry=is_dry)


def run_details(lake: Lake, *, is_dry: bool) -> int:
    """Rebuilds the days that lack details which arrived later, and prints them; a dry run only prints.

    Raises:
        CommandError: some days could not be rebuilt; the others were.
    """
    lake.require_source()
    stale = list(days_to_complete(lake))
    return _make_again(lake, stale, told_of_days(stale), is_dry=is_dry)


def _make_again(lake: Lake, stale: list[date], sentence: str, *, is_dry: bool) -> int:
    console = Console()
    again = days_with_raw_objects(lake, stale)
    console.print(sentence, soft_wrap=True, highlight=False)
    if gone := sorted(set(stale) - set(again)):
        console.print(told_of_lost(gone), soft_wrap=True, highlight=False)
    if is_dry:
        console.print("Nothing was changed: this was a dry run.")
        return 0
    if not again:
        return 0
    begin_again(lake, again)
    return _work_off(console, lake)


def _work_off(console: Console, lake: Lake) -> int:
    """Builds and publishes what is unfinished."""
    days = look_for_unfinished(lake).to_process
    lake.begin_history(days)
    # Definitions read the first day from the lake on import.
    from spotify_assets.automation.jobs import process_raw_objects
    from spotify_assets.cli.work import Work, parts

    work = Work()
    with open_instance() as instance:
        for part in parts(days):
            work.do(instance, process_raw_objects.name, part)
        work.finish(instance, lake)
    for line in work.done:
        console.print(line, soft_wrap=True)
    if work.failures:
        raise CommandError("\n".join([*work.failures, "The rest is rebuilt. spotify-assets rebuild retries these."]))
    console.print(f"The lake: {lake.storage.address('')}", soft_wrap=True)
    return 0


def _plan(lost: Lost, left: tuple[date, ...]) -> list[str]:
    if left:
        return [f"Unfinished, or waiting in raw/: {_days(left)}."]
    if not lost:
        return ["The catalog lists everything that was published, in its place; nothing is lost."]
    lines: list[str] = []
    if lost.strays:
        lines.append(
            f"{counted(len(lost.strays), 'table')} of the catalog stored elsewhere: removed from this catalog; no file "
            "is deleted, neither here nor there."
        )
    if lost.base:
        lines.append(f"Tables and insights from raw/: {_days(lost.base)}.")
    if others := sorted(set(lost.insights) - set(lost.base)):
        lines.append(f"Insights from the tables: {_days(others)}.")
    lines.append("If this is interrupted, the same command, run or the sensor unfinished_days continues it.")
    return lines


def _days(days: tuple[date, ...] | list[date]) -> str:
    return f"{counted(len(days), 'day')}, {named(ranges(days))}"
