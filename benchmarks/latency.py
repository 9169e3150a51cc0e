"""How long after a raw object lands its rows can be queried, with the daemon running: `python -m benchmarks.latency`.

Drops a playlist of 100 songs into a folder lake the way another program does, at a random moment between two ticks of
the sensor, and asks for its rows until they are there. The parts are taken from Dagster's own records of the run.
"""

import argparse
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg
import msgspec
from rich.console import Console
from rich.table import Table

from benchmarks.measure import use_few_processors
from spotify_assets.automation.instance import open_instance
from spotify_assets.config import Settings
from spotify_assets.lake.lake import Lake
from spotify_assets.schemas.base import BASE
from spotify_assets.spotify.playlist_entry import PlaylistEntry
from spotify_assets.spotify.source import SimulatedPlaylists

RESULTS = Path(__file__).parent / "results"
CHART = PlaylistEntry("5ampleChartGlobal00000", "Top 100 Global", "global", ())
LONGEST_SECONDS = 180
POLL_SECONDS = 0.05
RUN_UI = "import sys; from spotify_assets.cli.main import main; sys.exit(main())"


@dataclass(frozen=True)
class Latency:
    """Seconds from the landing of an object to its queryable rows, and the parts that they are made of."""

    whole: float
    sensor: float
    queue: float
    process: float
    run: float


PARTS = {
    "sensor": "until a tick of the sensor asks for a run (interval, two seconds in which a file must be left alone)",
    "queue": "until the queue lets the run go",
    "process": "until the run's process has started and imported the platform",
    "run": "until the rows are published: tables, checks, commits",
    "whole": "from the landing to the rows",
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.latency", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="landings (default: 5)")
    parser.add_argument("--interval", type=int, default=10, help="SENSOR_SECONDS (default: 10)")
    arguments = parser.parse_args()
    processors = use_few_processors()
    with tempfile.TemporaryDirectory() as folder:
        measured = _measure(Path(folder), arguments.runs, arguments.interval)
    middle = Latency(
        **{part.name: statistics.median(asdict(one)[part.name] for one in measured) for part in fields(Latency)}
    )
    _print(Console(), middle, measured, arguments.interval, processors)
    figures = {"sensor_seconds": arguments.interval, "processors": processors, "median": middle, "landings": measured}
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "latency.json").write_bytes(msgspec.json.format(msgspec.json.encode(figures), indent=2) + b"\n")


def _print(console: Console, middle: Latency, measured: list[Latency], interval: int, processors: int) -> None:
    title = (
        f"From a raw object to its rows: median of {len(measured)} landings, a look every {interval} s, "
        f"{processors} processors"
    )
    table = Table("part", "median, s", "least, s", "most, s", title=title)
    for name, meaning in PARTS.items():
        seconds = [asdict(one)[name] for one in measured]
        table.add_row(meaning, f"{asdict(middle)[name]:.1f}", f"{min(seconds):.1f}", f"{max(seconds):.1f}")
    console.print(table)


def _measure(folder: Path, runs: int, interval: int) -> list[Latency]:
    os.environ["DAGSTER_HOME"] = str(folder / "home")
    lake = Lake(Settings(lake_url=str(folder / "lake"), spotify_source="sample"))
    # The hour of the daily snapshot is the one just past, so that none is taken meanwhile.
    hour = (datetime.now(UTC) - timedelta(hours=1)).hour
    settings = {"LAKE_URL": str(folder / "lake"), "SENSOR_SECONDS": str(interval), "SNAPSHOT_HOUR": str(hour)}
    command = [sys.executable, "-c", RUN_UI, "ui", "--port", str(_free_port())]
    with open_instance() as instance, (folder / "ui.log").open("wb") as log:
        environment = {**os.environ, "SPOTIFY_SOURCE": "sample", **settings}
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
        try:
            _await_first_tick(instance)
            today = datetime.now(UTC).date()
            return [_land(lake, instance, today - timedelta(days=runs - number), interval) for number in range(runs)]
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _await_first_tick(instance: dg.DagsterInstance) -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    while not any(
        instance.get_ticks(state.instigator_origin_id, state.selector_id, limit=1)
        for state in instance.all_instigator_state()
        if state.instigator_name == "raw_objects"
    ):
        _check(deadline)


def _land(lake: Lake, instance: dg.DagsterInstance, day: date, interval: int) -> Latency:
    """Lands one object of a day, and waits for its rows."""
    time.sleep(random.uniform(0, interval))
    source = SimulatedPlaylists()
    envelope = {"source": "sample", "fetched_at": source.captured_at(day).isoformat(), "region": "global", "tags": []}
    document = msgspec.json.encode({"envelope": envelope, "playlist": source.playlist(CHART, day)})
    landed = time.time()
    lake.storage.write(f"raw/to_be_processed/export-{day}.json", document)
    deadline = time.monotonic() + LONGEST_SECONDS
    while lake.catalog.scan(BASE.tables["playlist_items"]).filter(snapshot_date=day).head(1).collect().is_empty():
        _check(deadline)
    queryable = time.time()
    [record] = instance.get_run_records(dg.RunsFilter(tags={"dagster/partition": day.isoformat()}))
    stats = instance.get_run_stats(record.dagster_run.run_id)
    created, launched, started = record.create_timestamp.timestamp(), stats.launch_time, stats.start_time
    assert launched is not None
    assert started is not None
    return Latency(
        whole=queryable - landed,
        sensor=created - landed,
        queue=launched - created,
        process=started - launched,
        run=queryable - started,
    )


def _check(deadline: float) -> None:
    if time.monotonic() > deadline:
        raise TimeoutError(f"nothing within {LONGEST_SECONDS} s")
    time.sleep(POLL_SECONDS)


if __name__ == "__main__":
    main()
