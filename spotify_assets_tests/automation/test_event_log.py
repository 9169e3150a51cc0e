"""The record of runs on this machine: Dagster's own files, opened once."""

import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import dagster as dg
import pytest
from sqlalchemy import Engine, event
from sqlalchemy.pool import Pool

from spotify_assets.automation.dagster_internals import SqliteEventLogStorage
from spotify_assets.automation.event_log import OPEN_FILES, KeptOpenEventLog
from spotify_assets.automation.instance import open_instance

DAYS = [f"2026-11-{day:02}" for day in range(1, 11)]


@dg.multi_asset(
    specs=[dg.AssetSpec("charts", partitions_def=dg.StaticPartitionsDefinition(DAYS))],
    check_specs=[dg.AssetCheckSpec("looks_right", asset="charts")],
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def charts(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    return dg.MaterializeResult(asset_key="charts", check_results=[dg.AssetCheckResult(passed=True)])


JOB = dg.Definitions(assets=[charts], jobs=[dg.define_asset_job("chart_job", "*")]).resolve_job_def("chart_job")


def make(instance: dg.DagsterInstance, day: str) -> str:
    return JOB.execute_in_process(instance=instance, run_id=str(uuid4()), partition_key=day).run_id


def make_range(instance: dg.DagsterInstance, days: list[str]) -> str:
    tags = {"dagster/asset_partition_range_start": days[0], "dagster/asset_partition_range_end": days[-1]}
    return JOB.execute_in_process(instance=instance, run_id=str(uuid4()), tags=tags).run_id


def told(instance: dg.DagsterInstance, run_id: str) -> list[object]:
    """What the record says of a run and of the asset."""
    records = instance.get_records_for_run(run_id).records
    return [
        [(record.storage_id, record.event_log_entry) for record in records],
        sorted(instance.get_materialized_partitions(dg.AssetKey("charts"))),
        instance.get_run_by_id(run_id),
    ]


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    with open_instance() as opened:
        yield opened


def test_dagsters_own_storage_reads_what_is_written_and_the_other_way_round(
    instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    assert isinstance(instance.event_log_storage, KeptOpenEventLog)
    ours = make(instance, DAYS[0])
    (tmp_path / "dagster.yaml").write_text("telemetry: {enabled: false}\n")

    with dg.DagsterInstance.from_config(str(tmp_path)) as dagsters:
        assert type(dagsters.event_log_storage) is SqliteEventLogStorage
        assert told(dagsters, ours) == told(instance, ours)
        theirs = make(dagsters, DAYS[1])
        assert told(instance, theirs) == told(dagsters, theirs)

    assert sorted(instance.get_materialized_partitions(dg.AssetKey("charts"))) == DAYS[:2]


def test_a_file_is_opened_once_however_many_events_it_takes(instance: dg.DagsterInstance) -> None:
    make(instance, DAYS[0])
    opened: list[str] = []

    def note(connection, _record) -> None:
        opened.extend(name for _, _, name in connection.execute("PRAGMA database_list").fetchall())

    event.listen(Pool, "connect", note)
    try:
        run_id = make(instance, DAYS[1])
    finally:
        event.remove(Pool, "connect", note)

    # A second connection is there for a while, as the new file is made, and where a reader comes between.
    assert 1 <= len([name for name in opened if Path(name).stem == run_id]) <= 2
    assert len([name for name in opened if Path(name).stem == "index"]) <= 1
    assert len(instance.get_records_for_run(run_id).records) > 10


def test_an_assets_days_of_a_range_are_two_transactions_a_file(instance: dg.DagsterInstance) -> None:
    make(instance, DAYS[0])
    commits: list[str] = []

    def note(connection) -> None:
        commits.append(Path(connection.engine.url.database).stem)

    def commits_of(days: list[str]) -> int:
        commits.clear()
        make_range(instance, days)
        return len([name for name in commits if name != "runs"])

    event.listen(Engine, "commit", note)
    try:
        of_two, of_ten = commits_of(DAYS[:2]), commits_of(DAYS)
    finally:
        event.remove(Engine, "commit", note)

    assert of_ten == of_two
    assert sorted(instance.get_materialized_partitions(dg.AssetKey("charts"))) == DAYS


def test_events_that_cannot_be_written_together_are_written_once(
    instance: dg.DagsterInstance, capfd: pytest.CaptureFixture[str]
) -> None:
    log = instance.event_log_storage
    assert isinstance(log, KeptOpenEventLog)
    entries = [
        record.event_log_entry
        for record in instance.get_records_for_run(make_range(instance, DAYS)).records
        if record.event_log_entry.dagster_event_type is dg.DagsterEventType.ASSET_MATERIALIZATION
    ]
    before = instance.fetch_materializations(dg.AssetKey("charts"), limit=100).records

    with pytest.raises(Exception, match="EventLogEntry"):
        # What is no event is found out after the others have been written.
        log.store_event_batch([*entries, object()])  # pyright: ignore[reportArgumentType]

    assert len(entries) == len(DAYS)
    assert instance.fetch_materializations(dg.AssetKey("charts"), limit=100).records == before
    log.store_event_batch(entries)
    assert len(instance.fetch_materializations(dg.AssetKey("charts"), limit=100).records) == len(before) + len(DAYS)


def test_no_more_files_stay_open_than_the_runs_of_the_moment_need(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    for day in DAYS:
        make(instance, day)
    runs = tmp_path / "history" / "runs"

    open_files = {found.resolve() for found in Path("/proc/self/fd").iterdir() if found.exists()}

    assert 0 < len([found for found in open_files if found.parent == runs and found.suffix == ".db"]) <= OPEN_FILES
    assert len(list(runs.glob("*.db"))) == len(DAYS) + 1


def test_who_looks_at_a_run_is_told_of_all_its_events_while_its_file_stays_open(instance: dg.DagsterInstance) -> None:
    run_id, told_of, has_ended = str(uuid4()), [], threading.Event()
    run = instance.create_run_for_job(JOB, run_id=run_id, tags={"dagster/partition": DAYS[0]})

    def listen(entry: dg.EventLogEntry, _cursor: str) -> None:
        told_of.append(entry.message)
        if entry.dagster_event and entry.dagster_event.event_type is dg.DagsterEventType.RUN_SUCCESS:
            has_ended.set()

    with dg.DagsterInstance.get() as looking:
        looking.event_log_storage.watch(run_id, None, listen)
        for word in ("first", "second"):
            instance.report_engine_event(word, run)
        instance.report_dagster_event(
            dg.DagsterEvent(dg.DagsterEventType.RUN_SUCCESS.value, JOB.name, message="done"), run_id
        )
        assert has_ended.wait(60)
        looking.event_log_storage.end_watch(run_id, listen)

    assert told_of[-3:] == ["first", "second", "done"]
