"""`run`: publishes the missing days of the last weeks through the assets, and prints what is published now."""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import partial
from math import inf
from pathlib import Path

from rich.console import Console

from spotify_assets.automation.change_alerts import day_to_tell, tell, watched_playlists
from spotify_assets.automation.instance import open_instance
from spotify_assets.automation.sign_in_alerts import tell_of_end
from spotify_assets.capture.playlists_file import declared_playlists, playlists_to_capture, why_nothing_is_captured
from spotify_assets.capture.snapshots import lacks_captures
from spotify_assets.cli.errors import CommandError
from spotify_assets.cli.terminal import print_frame
from spotify_assets.config import SettingsError
from spotify_assets.lake.errors import LakeError
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.raw import Misfiled, RawEntry
from spotify_assets.lake.rebuilding import days_without_tables
from spotify_assets.lake.sql import query
from spotify_assets.lake.unfinished import left_of
from spotify_assets.schemas import TABLES
from spotify_assets.spotify.access import sign_in_outlook
from spotify_assets.spotify.errors import CaptureError
from spotify_assets.transform.days import FIRST_DAY
from spotify_assets.transform.findings import counted

TOP_TEN = """
SELECT position AS "#",
       CASE status WHEN 'up' THEN '▲ ' || movement WHEN 'down' THEN '▼ ' || -movement WHEN 'same' THEN '='
            ELSE status END AS move,
       song_name AS song, artist_names AS artists
FROM song_trends
WHERE snapshot_date = DATE '{day}' AND playlist_id = (
    SELECT playlist_id FROM playlists WHERE snapshot_date = DATE '{day}'
    ORDER BY region = 'global' DESC NULLS LAST, name LIMIT 1)
ORDER BY position LIMIT 10
"""


def run_days(lake: Lake, days: int) -> int:
    """Publishes the missing ones of the last `days` days (UTC), finishes unfinished work of any day, and prints both.

    Raises:
        CommandError: something could not be finished; the rest was.
    """
    console = Console()
    source = lake.require_source()
    _require_settings(lake)
    today = datetime.now(UTC).date()
    # Spotify's API shows only today.
    days = days if source == "sample" else 1
    if days > (today - FIRST_DAY).days + 1:
        raise CommandError(f"--days {days} begins before Spotify's launch in October 2008.")
    nothing = why_nothing_is_captured(lake.settings)
    wanted = [] if nothing else [today - timedelta(days=back) for back in reversed(range(days))]
    published = lake.published_days()
    before = published.whole
    left = left_of(lake, published, lake.published_insights(), _what_waits(console, lake))
    missing = [day for day in wanted if day not in before]
    if nothing is not None:
        console.print(nothing, soft_wrap=True)
    elif source == "spotify" and not missing and lacks_captures(lake, playlists_to_capture(lake.settings), today):
        missing = [today]
    lake.begin_history([*missing, *left.to_process])
    # Definitions read the first day from the lake on import.
    from spotify_assets.automation.jobs import daily_snapshot, process_raw_objects
    from spotify_assets.cli.work import Work

    work, started = Work(), time.monotonic()
    if missing or left:
        with open_instance() as instance:
            work.do(instance, daily_snapshot.name, missing)
            work.do(instance, process_raw_objects.name, [day for day in left.to_process if day not in missing])
            work.finish(instance, lake)
    if came := lake.published_days().whole.keys() - before.keys():
        console.print(f"Published {counted(len(came), 'day')} in {time.monotonic() - started:.1f} s.")
    for line in work.done:
        console.print(line)
    if wanted and not (missing or left):
        console.print(f"Already published: {counted(days, 'day')} from {wanted[0]} to {today}; nothing to do.")
    _tell_of_changes(console, lake, today)
    _tell_of_sign_in(console, lake)
    if unmade := days_without_tables(lake):
        console.print(
            f"Nothing is published for {counted(len(unmade), 'day')} in raw/processed, {unmade[0]} to {unmade[-1]}. "
            "Rebuild them: spotify-assets rebuild."
        )
    _say_what_needs_a_person(console, lake)
    console.print()
    if work.failures:
        raise CommandError("\n".join(work.failures))
    if published := lake.published_insights().whole:
        _say_what_there_is(console, lake, max(published))
    return 0


def _require_settings(lake: Lake) -> None:
    """Checks settings before anything begins: otherwise a run would fail half way, and its day with it.

    Raises:
        SettingsError: the playlists file is invalid, or missing although one was named.
    """
    declared_playlists(lake.settings)
    if lake.settings.captures:
        playlists_to_capture(lake.settings)


def _say_what_needs_a_person(console: Console, lake: Lake) -> None:
    """A line for everything that no run can fix."""
    from spotify_assets.automation.attention import notices_of_lake

    for notice in notices_of_lake(lake):
        if notice.needs_person:
            console.print(f"! {notice.name}: {notice.sentence}", highlight=False, soft_wrap=True, markup=False)


def _what_waits(console: Console, lake: Lake) -> list[RawEntry]:
    """What waits in the raw zone. Like the sensor, takes back changed objects and quarantines those without a day."""
    lake.raw.take_back_changed()
    now, found = datetime.now(UTC), list(lake.raw.waiting())
    for entry in found:
        if isinstance(entry, Misfiled) and lake.raw.is_settled(entry, now):
            lake.raw.quarantine_misfiled(entry)
            console.print(f"Quarantined {entry.key!r}: {entry.reason}", soft_wrap=True, highlight=False, markup=False)
    return [entry for entry in found if isinstance(entry, RawEntry)]


def _tell_of_changes(console: Console, lake: Lake, today: date) -> None:
    """Sends alerts of changes, as the daemon's sensor does; whichever looks first sends them."""
    show = _printer(console)
    try:
        watched = watched_playlists(lake)
        day = day_to_tell(lake.published_insights().whole, today) if watched else None
        if day is not None:
            tell(lake, watched, day, show, show, seconds=inf)
    except (LakeError, SettingsError) as error:
        show(f"No alert of changes was sent: {error}")


def _tell_of_sign_in(console: Console, lake: Lake) -> None:
    """The same for the end of the sign-in."""
    show = _printer(console)
    # Missing credentials were reported by the capture.
    with suppress(CaptureError):
        ahead = sign_in_outlook(lake.settings, datetime.now(UTC))
        try:
            tell_of_end(lake, ahead, show, show)
        except LakeError as error:
            show(f"No alert about the end of the sign-in was sent: {error}")


def _printer(console: Console) -> Callable[[str], None]:
    """Prints text as it is."""
    return partial(console.print, highlight=False, soft_wrap=True, markup=False)


def _say_what_there_is(console: Console, lake: Lake, last_day: date) -> None:
    print_frame(query(lake, TOP_TEN.format(day=last_day)), f"Top ten of {last_day}")
    counts = " UNION ALL ".join(
        f"SELECT {number} AS n, '{name}' AS \"table\", count(*) AS rows, "  # noqa: S608  our own table names
        f"count(DISTINCT snapshot_date) AS days FROM {name}"
        for number, name in enumerate(TABLES)
    )
    print_frame(query(lake, f'SELECT "table", rows, days FROM ({counts}) ORDER BY n'), "Published")  # noqa: S608
    console.print(f"\nThe lake: {lake.storage.address('')}", soft_wrap=True)
    from spotify_assets.assets.dashboard import PAGE

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
