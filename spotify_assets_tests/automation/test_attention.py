"""What waits for a person: a day held back, an object set aside, runs that failed and were not made again."""

import json
from collections.abc import Mapping
from datetime import timedelta

import dagster as dg

from spotify_assets.automation.attention import Notice, notice_of_runs, notices_of_lake
from spotify_assets.definitions import defs
from spotify_assets.lake.lake import Lake
from spotify_assets_tests.conftest import IN_A_FOLDER
from spotify_assets_tests.support.data.small_days import DAY, NEXT, audit, capture, publish, stage

JOB = "process_raw_objects"


def noticed(lake: Lake) -> Mapping[str, Notice]:
    return {notice.name: notice for notice in notices_of_lake(lake)}


@IN_A_FOLDER
def test_a_lake_in_order_waits_for_nobody(lake: Lake) -> None:
    publish(lake, DAY, ["A"])
    assert not any(notice.needs_person for notice in noticed(lake).values())


@IN_A_FOLDER
def test_a_day_that_is_held_back_is_named_with_its_check_and_is_not_said_to_wait(lake: Lake) -> None:
    publish(lake, DAY, ["A"])
    capture(lake, NEXT, ["B"])
    staged = stage(lake, NEXT, {"songs": lake.staging.group.tables["songs"].schema.create_empty()})
    assert noticed(lake)["waiting objects"].sentence.startswith(f"objects of {NEXT} wait: ")
    assert audit(lake, staged) != []
    told = noticed(lake)
    assert told["held-back days"].needs_person
    assert f"1 day staged but not published. {NEXT}: songs failed its check" in told["held-back days"].sentence
    assert f"query --staged {NEXT}" in told["held-back days"].sentence
    assert told["waiting objects"].sentence == "none"


@IN_A_FOLDER
def test_objects_in_quarantine_are_counted_by_day(lake: Lake) -> None:
    publish(lake, DAY, ["A"])
    for day in (DAY, NEXT, NEXT):
        key = f"raw/to_be_processed/snapshot_date={day}/{len(list(lake.raw.waiting()))}.json"
        lake.raw_storage.write(key, json.dumps({"no": "playlist"}).encode())
        lake.raw.quarantine(lake.raw.objects_of([day])[day][-1], "It is none.")
    told = noticed(lake)["quarantine"]
    assert told.needs_person
    assert f" of {DAY}; " in told.sentence
    assert ".reason.json" in told.sentence


def test_a_failed_run_is_told_of_until_one_of_its_days_succeeds(instance: dg.DagsterInstance) -> None:
    job = defs.resolve_job_def(JOB)

    def ran(status: dg.DagsterRunStatus, number: int) -> None:
        tags = {"dagster/partition": str(DAY + timedelta(days=number))}
        instance.create_run_for_job(job, tags=tags, status=status)

    assert not notice_of_runs(instance).needs_person
    ran(dg.DagsterRunStatus.FAILURE, 0)
    ran(dg.DagsterRunStatus.FAILURE, 0)
    ran(dg.DagsterRunStatus.FAILURE, 1)
    told = notice_of_runs(instance)
    assert told.needs_person
    assert told.sentence.startswith("2 runs in the last week: ")
    assert f"{JOB} of {DAY} (" in told.sentence
    ran(dg.DagsterRunStatus.SUCCESS, 0)
    assert notice_of_runs(instance).sentence.startswith("1 run in the last week: ")
    ran(dg.DagsterRunStatus.SUCCESS, 1)
    assert notice_of_runs(instance).sentence == "none in the last week"
