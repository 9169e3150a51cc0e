"""Checks of what was captured, on what captures said of themselves: of several days, and of an earlier version."""

from collections.abc import Mapping
from datetime import date, timedelta

import dagster as dg
import pytest

from spotify_assets.assets.capture_checks import capture_checks
from spotify_assets.assets.raw import raw_playlists
from spotify_assets_tests.assets.test_main_path import failed_checks

DAYS = [date(2026, 3, 14) + timedelta(days=number) for number in range(2)]
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def failed(number: int, *, may_pass: bool) -> dict[str, object]:
    return {"failed": number, "why_failed": f"- {number} of them", "another_attempt_may_succeed": may_pass}


def checked(instance: dg.DagsterInstance, *said: Mapping[str, object]) -> dg.ExecuteInProcessResult:
    """A run over days whose captures say this, with the checks of it; what may pass is tried again."""
    days = DAYS[: len(said)]

    @dg.asset(
        key=raw_playlists.key,
        partitions_def=raw_playlists.partitions_def,
    )
    def captured(context: dg.AssetExecutionContext) -> None:
        for day, metadata in zip(days, said, strict=True):
            context.add_asset_metadata(metadata, partition_key=str(day))

    checks = [check for check in capture_checks if {key.asset_key for key in check.check_keys} == {captured.key}]
    job = dg.define_asset_job("checked", op_retry_policy=dg.RetryPolicy(max_retries=1))
    return (
        dg.Definitions([captured], asset_checks=checks, jobs=[job])
        .resolve_job_def("checked")
        .execute_in_process(
            instance=instance,
            raise_on_error=False,
            run_config=QUIET,
            tags={
                "dagster/asset_partition_range_start": str(days[0]),
                "dagster/asset_partition_range_end": str(days[-1]),
            },
        )
    )


def retried(result: dg.ExecuteInProcessResult) -> bool:
    return any(event.event_type == dg.DagsterEventType.STEP_UP_FOR_RETRY for event in result.all_events)


@pytest.mark.parametrize("said", [[{}], [{}, {"doubtful": 0, "failed": 0}]])
def test_a_capture_that_says_nothing_of_failures_passes(
    instance: dg.DagsterInstance, said: list[Mapping[str, object]]
) -> None:
    result = checked(instance, *said)
    assert result.success
    assert failed_checks(result) == set()


@pytest.mark.parametrize("passing", [(True, False), (False, True), (True, True), (False, False)])
def test_days_are_told_one_by_one_and_tried_again_where_one_may_pass(
    instance: dg.DagsterInstance, passing: tuple[bool, bool]
) -> None:
    result = checked(instance, *(failed(number, may_pass=may) for number, may in enumerate(passing, 1)))
    assert not result.success
    assert failed_checks(result) == {"raw_playlists.every_playlist_captured"}
    assert retried(result) == any(passing)
    told = next(found for found in result.get_asset_check_evaluations() if not found.passed)
    first, second = (told.description or "").splitlines()[:4:2]
    assert first.startswith(f"{DAYS[0]}: 1 playlist could not be captured")
    assert second.startswith(f"{DAYS[1]}: 2 playlists could not be captured")
    assert told.metadata["failed"].value == 3
    culprits = told.metadata["culprits"].value
    assert isinstance(culprits, dg.TableMetadataValue)
    assert [(row.data["day"], row.data["why"]) for row in culprits.records] == [
        (str(DAYS[0]), "1 of them"),
        (str(DAYS[1]), "2 of them"),
    ]


def test_doubt_is_a_warning_of_its_day(instance: dg.DagsterInstance) -> None:
    result = checked(instance, {"doubtful": 2, "doubts": "- One"}, {"doubtful": 0})
    assert result.success
    told = next(found for found in result.get_asset_check_evaluations() if not found.passed)
    assert (told.check_name, told.severity) == ("captured_without_doubt", dg.AssetCheckSeverity.WARN)
    assert told.description == f"{DAYS[0]}: 2 playlists landed as read, with doubt.\n- One"
