"""Whether a day's insights cost more the longer the history is: `python -m benchmarks.insights`.

Fills a folder lake with five charts of 100 songs a day and their insights; then measures the next
day after 30 days of history and after 1,000. Every day of the history is published by itself, as it would have been.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
from rich.console import Console
from rich.table import Table

from benchmarks.measure import use_few_processors
from spotify_assets.capture.playlists_file import configured_playlists
from spotify_assets.config import Settings
from spotify_assets.lake.insight_inputs import BaseDays, Contents, stale_days, versions
from spotify_assets.lake.insight_memory import FOLDER, earlier_days, memory_before
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.maintenance import tidy_lake
from spotify_assets.lake.staging import Stage
from spotify_assets.schemas.base import BASE
from spotify_assets.schemas.insights import INSIGHTS
from spotify_assets.spotify.source import SimulatedPlaylists
from spotify_assets.transform import audit as base_audit
from spotify_assets.transform.audited_day import Audit, History
from spotify_assets.transform.credits import credited_artists
from spotify_assets.transform.decode import RawObject
from spotify_assets.transform.insights.audit import audit_table
from spotify_assets.transform.insights.day import NOTHING_EARLIER, EarlierDays, build_insights
from spotify_assets.transform.insights.memory import MEMORY
from spotify_assets.transform.observations import observe
from spotify_assets.transform.tables import build_tables

RESULTS = Path(__file__).parent / "results"
DAYS_BETWEEN_TIDYING = 50
LAST = datetime.now(UTC).date()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.insights", description=__doc__)
    parser.add_argument("--history", type=int, nargs="+", default=[30, 1000], help="days of history (30 1000)")
    parser.add_argument("--runs", type=int, default=5, help="times that the day is made (default: 5)")
    arguments = parser.parse_args()
    processors = use_few_processors()
    measured = {days: _measure(days, arguments.runs) for days in arguments.history}
    shown = Table("part", *(f"{days:,} days" for days in measured), title=f"A day's insights; {processors} processors")
    for part in next(iter(measured.values())):
        shown.add_row(part, *(f"{found[part]:,.3f}" for found in measured.values()))
    Console().print(shown)
    RESULTS.mkdir(parents=True, exist_ok=True)
    figures = {"processors": processors, "runs": arguments.runs, "history": {str(k): v for k, v in measured.items()}}
    (RESULTS / "insights.json").write_text(json.dumps(figures, indent=2) + "\n")


def _measure(history: int, runs: int) -> dict[str, float]:
    """Median seconds of each part of a day's insights after so many days, and what the memory holds by then."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(lake_url=f"{folder}/lake", spotify_source="sample", history_start=date(2015, 1, 1))
        lake = Lake(settings)
        started = time.monotonic()
        _fill(lake, history)
        times = [_make_day(lake, LAST) for _ in range(runs)]
        figures = {part: statistics.median(one[part] for one in times) for part in times[0]}
        filled = time.monotonic() - started
        return {**figures, **_held(lake, history), "filling the lake": filled}


def _held(lake: Lake, history: int) -> dict[str, float]:
    """What the memory holds, and its bytes a day: rows of the table, and memories kept beside it."""
    memory = memory_before(lake, LAST + timedelta(days=1), Contents.of(lake.published_insights()))
    table = lake.catalog.published(INSIGHTS.tables[MEMORY])
    kept = sum(found.size for found in lake.storage.list(FOLDER))
    sizes = {"kB a day, table": sum(day.size for day in table.values()), "kB a day, kept": kept}
    of_a_day = {name: size / (history + 1) / 1e3 for name, size in sizes.items()}
    return {"memory, rows": memory.height, "kB of the last day": table[LAST].size / 1e3, **of_a_day}


def _fill(lake: Lake, history: int) -> None:
    """Publishes the days before the measured one, and the base tables of that day."""
    lake.claim()
    earlier: EarlierDays = NOTHING_EARLIER
    for back in range(history, -1, -1):
        day = LAST - timedelta(days=back)
        base = _base_tables(lake, day)
        _publish(lake, lake.staging.write(day, base, [], "fill"))
        if back:
            made = build_insights(day, base, earlier)
            earlier = earlier.followed_by(day, made)
            _publish_insights(lake, lake.insight_staging.write(day, made, [], "fill"))
            # As a run of each day would, which keeps a memory now and then.
            memory_before(lake, day + timedelta(days=1), Contents.of(lake.published_insights()))
            if back % DAYS_BETWEEN_TIDYING == 1:
                # Else the snapshots of all days would pile up, which the weekly schedule keeps from happening.
                tidy_lake(lake, datetime.now(UTC) + timedelta(days=1 + lake.settings.retention_days))


def _base_tables(lake: Lake, day: date) -> dict[str, pl.DataFrame]:
    source = SimulatedPlaylists()
    fetched_at = source.captured_at(day).isoformat()
    documents = [
        {
            "envelope": {"source": "sample", "fetched_at": fetched_at, "region": entry.region},
            "playlist": source.playlist(entry, day).document,
        }
        for entry in configured_playlists(lake.settings)
    ]
    raw = [
        RawObject(f"snapshot_date={day}/{number}.json", json.dumps(document).encode(), datetime.now(UTC))
        for number, document in enumerate(documents)
    ]
    wanted = credited_artists(raw, day, "sample")
    profiles = [{**profile, "fetched_at": fetched_at} for profile in source.artists(wanted, day)]
    artists = {"envelope": {"source": "sample", "fetched_at": fetched_at}, "artists": profiles}
    raw.append(RawObject(f"snapshot_date={day}/artists.json", json.dumps(artists).encode(), datetime.now(UTC)))
    return build_tables(observe(raw, day, "sample"), day, Settings().rejected_rows_limit).frames


def _publish(lake: Lake, stage: Stage) -> None:
    audit = Audit(stage.snapshot_date, {name: lake.staging.read(stage, name) for name in BASE.tables})
    for name in BASE.tables:
        lake.staging.record(stage, name, base_audit.audit_table(audit, name, History()))
    lake.publish([stage.snapshot_date])


def _publish_insights(lake: Lake, stage: Stage) -> None:
    for name in INSIGHTS.tables:
        lake.insight_staging.record(stage, name, [])
    lake.publish_insights([stage.snapshot_date])


@contextmanager
def _timed(times: dict[str, float], part: str) -> Iterator[None]:
    started = time.monotonic()
    yield
    times[part] = time.monotonic() - started


def _make_day(lake: Lake, day: date) -> dict[str, float]:
    """Seconds of each part of a day's insights, as the assets and checks do them."""
    times: dict[str, float] = {}
    with _timed(times, "read base and earlier days"):
        version = versions(lake.published_days(), lake.published_insights())[day]
        base = BaseDays(lake, [day]).read(day)
        contents = Contents.of(lake.published_insights())
        earlier = earlier_days(lake, day, contents)
    with _timed(times, "compute"):
        made = build_insights(day, base, earlier)
    with _timed(times, "stage"):
        stage = lake.insight_staging.write(day, made, [], "day", made_from=version)
    with _timed(times, "audit"):
        frames = {name: lake.insight_staging.read(stage, name) for name in INSIGHTS.tables}
        audit = Audit(day, {**frames, "playlist_items": base["playlist_items"].lazy()})
        for name in INSIGHTS.tables:
            before = memory_before(lake, day, contents).lazy() if name == MEMORY else None
            history = History(previous_rows=before)
            lake.insight_staging.record(stage, name, audit_table(audit, name, history))
    with _timed(times, "publish"):
        lake.publish_insights([day])
    with _timed(times, "look for stale days"):
        assert day not in stale_days(lake.published_days(), lake.published_insights())
    times["whole"] = sum(times.values())
    return times


if __name__ == "__main__":
    main()
