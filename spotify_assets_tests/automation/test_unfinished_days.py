"""What is unfinished is worked off: what comes first, as a pure function; the sensor on real lakes and run records."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import dagster as dg
import pytest

from spotify_assets.automation.unfinished_days import (
    MOST_DAYS,
    WORK_TAG,
    Attempts,
    Work,
    next_work,
    unfinished_days,
    why_not_now,
)
from spotify_assets.definitions import defs
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.marks import Marks, PageMark, PublishedDays, page_version
from spotify_assets.lake.unfinished import Unfinished
from spotify_assets.transform.findings import counted
from spotify_assets_tests.conftest import IN_A_FOLDER
from spotify_assets_tests.support.dagster_internals import SensorExecutionData
from spotify_assets_tests.support.data.small_days import DAY, NEXT, publish
from spotify_assets_tests.support.data.two_charts import publish_insights

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)
WORK = Work("refresh_insights", (DAY,), "v")


def days(first: int, number: int) -> tuple[date, ...]:
    return tuple(DAY + timedelta(days=first + ahead) for ahead in range(number))


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (Unfinished((), (), (), False), None),
        (Unfinished((DAY,), (), (), False), None),
        (Unfinished((), (), (), True), Work("page", (), "lake")),
        (Unfinished((), (), days(0, 2) + days(5, 3), True), Work("refresh_insights", days(0, 2), "insights")),
        (Unfinished((), days(3, 2), days(0, 2), True), Work("process_raw_objects", days(3, 2), "lake")),
        (Unfinished((), (), days(0, 100), False), Work("refresh_insights", days(0, MOST_DAYS), "insights")),
    ],
)
def test_cut_off_days_come_first_then_insights_from_the_lowest_on_then_the_page(
    left: Unfinished, expected: Work | None
) -> None:
    assert next_work(left, "lake", "insights") == expected


def test_a_run_takes_a_month_of_days_at_most() -> None:
    for number, taken in ((30, 30), (31, 31), (32, 31)):
        work = next_work(Unfinished((), (), days(0, number), False), "lake", "insights")
        assert work is not None
        assert len(work.days) == taken


def test_days_of_a_run_are_named_in_order() -> None:
    work = Work("refresh_insights", days(0, 9), "v")
    reason = why_not_now(work, {*days(6, 2), *days(0, 1), *days(3, 1)}, None, NOW)
    assert reason == "a run of 2026-03-01, 2026-03-04, 2026-03-07 to 2026-03-08 has not ended"


def test_work_waits_for_a_run_of_one_of_its_days_alone() -> None:
    assert why_not_now(WORK, {NEXT}, None, NOW) is None
    assert str(DAY) in str(why_not_now(WORK, {DAY}, None, NOW))


def test_the_last_of_failures_counts_whatever_their_order() -> None:
    assert Attempts.ended([]) is None
    times = [NOW.timestamp() - hours * 3600 for hours in (2, 0, 5)]
    assert Attempts.ended(times) == Attempts(3, NOW)


@pytest.mark.parametrize(("failures", "hours"), [(1, 1), (2, 2), (3, 4), (6, 24), (40, 24)])
def test_failed_work_is_tried_again_after_an_hour_then_after_longer_but_every_day(failures: int, hours: int) -> None:
    attempts = Attempts(failures, NOW - timedelta(hours=hours))
    assert why_not_now(WORK, set(), attempts, NOW) is None
    why = str(why_not_now(WORK, set(), attempts, NOW - timedelta(seconds=1)))
    assert f"failed {counted(failures, 'time')}, and" in why


def tick(lake: Lake, instance: dg.DagsterInstance) -> SensorExecutionData:
    with dg.build_sensor_context(instance=instance, definitions=defs, resources={"lake": lake}) as context:
        return unfinished_days.evaluate_tick(context)


def record(instance: dg.DagsterInstance, found: SensorExecutionData, status: dg.DagsterRunStatus) -> None:
    """A record of the run that a tick asked for."""
    [request] = found.run_requests or []
    job = defs.resolve_job_def(str(request.job_name))
    run = instance.create_run_for_job(job, tags=request.tags, status=dg.DagsterRunStatus.STARTED)
    if status is dg.DagsterRunStatus.FAILURE:
        instance.report_run_failed(run)


@IN_A_FOLDER
def test_days_without_insights_are_asked_for_in_one_run_once(lake: Lake, instance: dg.DagsterInstance) -> None:
    for day in (DAY, NEXT):
        publish(lake, day, ["A"])
    found = tick(lake, instance)
    [request] = found.run_requests or []
    assert request.job_name == "refresh_insights"
    assert request.tags["dagster/asset_partition_range_start"] == str(DAY)
    assert request.tags["dagster/asset_partition_range_end"] == str(NEXT)
    record(instance, found, dg.DagsterRunStatus.STARTED)
    again = tick(lake, instance)
    assert not again.run_requests
    assert "has not ended" in str(again.skip_message)


@IN_A_FOLDER
def test_what_failed_is_told_and_left_for_a_while(lake: Lake, instance: dg.DagsterInstance) -> None:
    publish(lake, DAY, ["A"])
    record(instance, tick(lake, instance), dg.DagsterRunStatus.FAILURE)
    found = tick(lake, instance)
    assert not found.run_requests
    assert "refresh_insights of 2026-03-01 is next; it failed 1 time," in str(found.skip_message)
    # Other rows are other work.
    publish(lake, DAY, ["B"], minute=1)
    [request] = tick(lake, instance).run_requests or []
    assert request.tags[WORK_TAG].startswith("refresh_insights-")


def start(instance: dg.DagsterInstance, job: str, tags: Mapping[str, str]) -> None:
    instance.create_run_for_job(defs.resolve_job_def(job), tags=dict(tags), status=dg.DagsterRunStatus.STARTED)


@IN_A_FOLDER
def test_a_run_of_its_own_is_waited_for_whatever_else_is_going_on(lake: Lake, instance: dg.DagsterInstance) -> None:
    for day in (DAY, NEXT):
        publish(lake, day, ["A"])
    start(instance, "process_raw_objects", {"dagster/partition": str(NEXT + timedelta(days=9))})
    start(instance, "page", {WORK_TAG: "page-v"})
    found = tick(lake, instance)
    assert not found.run_requests
    assert "a run of this sensor has not ended" in str(found.skip_message)


@IN_A_FOLDER
def test_a_page_is_left_to_a_run_of_days_that_goes_on(lake: Lake, instance: dg.DagsterInstance) -> None:
    publish(lake, DAY, ["A"])
    publish_insights(lake, [DAY])
    start(instance, "process_raw_objects", {"dagster/partition": str(NEXT)})
    found = tick(lake, instance)
    assert not found.run_requests
    assert str(found.skip_message) == f"page is next; a run of {NEXT} has not ended, which will do it."


@IN_A_FOLDER
def test_published_days_are_told_to_dagster_once_and_those_of_a_run_after_it(
    lake: Lake, instance: dg.DagsterInstance
) -> None:
    for day in (DAY, NEXT):
        publish(lake, day, ["A"])
    publish_insights(lake, [DAY, NEXT])
    start(instance, "process_raw_objects", {"dagster/partition": str(NEXT)})

    def told() -> list[tuple[str, str | None]]:
        events = [event for event in tick(lake, instance).asset_events if isinstance(event, dg.AssetMaterialization)]
        for event in events:
            instance.report_runless_asset_event(event)
        return [(event.asset_key.to_user_string(), event.partition) for event in events]

    assert told() == [("published_tables", str(DAY)), ("published_insights", str(DAY))]
    assert told() == []
    (run,) = instance.get_runs()
    instance.report_run_failed(run)
    assert told() == [("published_tables", str(NEXT)), ("published_insights", str(NEXT))]


@IN_A_FOLDER
def test_what_failed_twice_is_left_for_longer(lake: Lake, instance: dg.DagsterInstance) -> None:
    publish(lake, DAY, ["A"])
    found = tick(lake, instance)
    for _ in range(2):
        record(instance, found, dg.DagsterRunStatus.FAILURE)
    assert "it failed 2 times" in str(tick(lake, instance).skip_message)


@IN_A_FOLDER
def test_a_day_that_was_cut_off_is_processed_again_and_a_page_that_is_behind_made_again(
    lake: Lake, instance: dg.DagsterInstance
) -> None:
    publish(lake, DAY, ["A"])
    publish_insights(lake, [DAY])
    [request] = tick(lake, instance).run_requests or []
    assert request.job_name == "page"
    PageMark(lake.storage).write(page_version(lake.published_insights()))
    assert tick(lake, instance).skip_message == "Nothing is unfinished."
    Marks(lake.storage, "base").begin([DAY], PublishedDays({}, frozenset()))
    [request] = tick(lake, instance).run_requests or []
    assert request.job_name == "process_raw_objects"


@IN_A_FOLDER
def test_a_today_that_another_instance_published_is_told_of_once_and_no_other_day(
    lake: Lake, instance: dg.DagsterInstance
) -> None:
    today = datetime.now(UTC).date()
    publish(lake, today - timedelta(days=1), ["A"])

    def told() -> list[dg.AssetMaterialization]:
        events = [event for event in tick(lake, instance).asset_events if isinstance(event, dg.AssetMaterialization)]
        for event in events:
            instance.report_runless_asset_event(event)
        return [event for event in events if event.asset_key == dg.AssetKey("todays_snapshot")]

    assert told() == []
    publish(lake, today, ["A"])
    (event,) = told()
    assert event.metadata["snapshot_date"].value == str(today)
    assert told() == []
