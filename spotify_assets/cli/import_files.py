"""`import`: lands chart files as raw objects of their days, then builds and publishes those days."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from spotify_assets.automation.instance import open_instance
from spotify_assets.capture.held_files import files_in
from spotify_assets.capture.imports import FoundFile, Said, Survey, land, survey
from spotify_assets.capture.playlists_file import declared_playlists
from spotify_assets.capture.unpacking import HeldFile
from spotify_assets.cli.errors import CommandError
from spotify_assets.cli.playlist_entries import offered
from spotify_assets.config import SettingsError
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.unfinished import look_for_unfinished
from spotify_assets.transform.days import named, ranges
from spotify_assets.transform.findings import counted

# Nobody reads a line for each of 100,000 files.
MOST_SHOWN = 20
MOST_DAYS_NAMED = 6


def run_import(lake: Lake, paths: list[Path], said: Said, *, is_dry: bool) -> int:
    """Prints what is in the files, lands it, and publishes its days; a dry run only prints.

    The same command continues an interrupted import: landed objects are found again, and waiting days are published.

    Raises:
        CommandError: some files, or some days, could not be imported; the others were.
    """
    console = Console(soft_wrap=True, highlight=False, markup=False)
    with TemporaryDirectory(prefix="spotify-assets-import-") as folder:
        with _bar(console) as bar:
            result = survey(files_in(paths, said.playlist_id), said, Path(folder), partial(_reading, bar))
        _say_what_there_is(console, result)
        refused = _refusals(result)
        if not result.found:
            raise CommandError(
                "\n".join(
                    refused or ["There are no chart files under these paths; docs/charts.md lists the supported ones."]
                )
            )
        known, unreadable = _known(lake)
        told = chain.from_iterable(file.told for file in result.found)
        for line in offered(told, known, str(lake.settings.playlists_file)):
            console.print(line)
        obstacles = [*_obstacles(lake), *unreadable]
        if is_dry:
            for line in (*obstacles, *refused):
                console.print(line)
            console.print("Nothing was changed: this was a dry run.")
            return 1 if obstacles or refused else 0
        if obstacles:
            raise CommandError("\n".join(obstacles))
        lake.claim()
        lake.begin_history(result.days)
        with _bar(console) as bar:
            _land(console, bar, lake, result, said)
    failures = _publish(console, lake, result.days)
    if failures or refused:
        raise CommandError("\n".join([*failures, *refused]))
    return 0


def _known(lake: Lake) -> tuple[set[str], list[str]]:
    """Ids of the playlists in playlists.yaml, and any error in it, which blocks every build."""
    try:
        return {found.playlist_id for found in declared_playlists(lake.settings) or ()}, []
    except SettingsError as error:
        return set(), [str(error)]


def _obstacles(lake: Lake) -> list[str]:
    """Why nothing can be landed in this lake, if anything."""
    found: list[str] = []
    if lake.settings.spotify_source != "spotify":
        found.append(
            f"SPOTIFY_SOURCE={lake.settings.spotify_source}: the sample is simulated, and real charts are never mixed "
            "with it. Set SPOTIFY_SOURCE=spotify and a separate LAKE_URL; importing needs no account."
        )
    else:
        lake.require_source()
    return found


def _land(console: Console, bar: Progress, lake: Lake, result: Survey, said: Said) -> None:
    imported_at = datetime.now(UTC).isoformat(timespec="seconds")
    task = bar.add_task("landing", total=sum(file.records for file in result.found), last="")
    landed, there = 0, 0
    for file in result.found:
        for each, is_new in land(file, said, imported_at, lake.raw.imports):
            landed, there = landed + is_new, there + (not is_new)
            bar.update(task, advance=each.records, last=f"{each.day}, {counted(landed + there, 'object')}")
    if landed:
        console.print(f"Landed {counted(landed, 'raw object')} in {lake.raw_storage.address('raw/to_be_processed')}.")
    if there:
        console.print(f"Already imported: {counted(there, 'raw object')}, not written again.")


def _publish(console: Console, lake: Lake, days: set[date]) -> list[str]:
    """Builds and publishes the waiting days; gives what failed."""
    waiting = [day for day in look_for_unfinished(lake).to_process if day in days]
    if not waiting:
        console.print("All of its days are already published; nothing to do.")
        return []
    # Definitions read the first day from the lake on import.
    from spotify_assets.automation.importing import BY_COMMAND, IMPORT_TAG
    from spotify_assets.automation.jobs import process_raw_objects
    from spotify_assets.cli.work import Work, parts

    work = Work({IMPORT_TAG: BY_COMMAND})
    with open_instance() as instance:
        for part in parts(waiting):
            work.do(instance, process_raw_objects.name, part)
        work.finish(instance, lake)
    for line in work.done:
        console.print(line)
    console.print(f"The lake: {lake.storage.address('')}")
    return [*work.failures, "The same command retries these days."] if work.failures else []


def _say_what_there_is(console: Console, result: Survey) -> None:
    for file in result.found[:MOST_SHOWN]:
        for line in _told(file):
            console.print(line)
    if (more := len(result.found) - MOST_SHOWN) > 0:
        console.print(f"… and {more:,} more files like these")
    if result.found:
        rows = sum(file.records for file in result.found)
        console.print(f"Found {counted(len(result.found), 'file')}: {counted(rows, 'row')} of {_days(result.days)}.")
    if result.others:
        shown = ", ".join(result.others[:3]) + (", …" if len(result.others) > 3 else "")
        console.print(f"Skipped, not charts: {counted(len(result.others), 'file')} ({shown}).")


def _told(file: FoundFile) -> Iterator[str]:
    """The lines for a file: what it is, and what is odd about it."""
    days = {each.day for each in file.days}
    charts = file.charts[0] if len(file.charts) == 1 else f"{len(file.charts):,} charts"
    on = f" on {max(days)}" if len(file.charts) != 1 and len(days) > 1 else ""
    yield f"{file.shown}: {file.format_name}; {charts}{on}, {counted(file.records, 'row')} of {_days(days)}"
    for oddity in file.oddities[:MOST_SHOWN]:
        yield f"  {oddity}"


def _refusals(result: Survey) -> list[str]:
    lines = [f"{refused.shown}: {refused.reason}" for refused in result.refused[:MOST_SHOWN]]
    if (more := len(result.refused) - MOST_SHOWN) > 0:
        lines.append(f"… and {more:,} more files that cannot be imported")
    if lines:
        lines.insert(0, f"Not imported: {counted(len(result.refused), 'file')}.")
    return lines


def _days(days: set[date]) -> str:
    found = ranges(days)
    if len(found) <= MOST_DAYS_NAMED:
        return f"{counted(len(days), 'day')} ({named(found)})"
    return f"{counted(len(days), 'day')} from {min(days)} to {max(days)}, with gaps"


@contextmanager
def _bar(console: Console) -> Iterator[Progress]:
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[last]}", markup=False),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        yield bar


def _reading(bar: Progress, file: HeldFile) -> Callable[[int], None]:
    """Shows a file being read, in place of the previous one."""
    for task in bar.task_ids:
        bar.remove_task(task)
    task, read = bar.add_task("reading", total=file.size, last=file.shown[-60:]), 0

    def advance(count: int) -> None:
        nonlocal read
        read += count
        bar.update(task, completed=read, last=f"{file.shown[-60:]}, {read >> 20:,} MB")

    return advance
