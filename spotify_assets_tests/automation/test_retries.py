"""Which failed runs Dagster retries: not those that would fail again."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
import pytest

from spotify_assets.automation.retries import cannot_pass, judge, judged
from spotify_assets.automation.sensors import will_retry
from spotify_assets.config import SettingsError
from spotify_assets.definitions import defs
from spotify_assets.lake.errors import LakeError
from spotify_assets.lake.raw_lake import WrongSource
from spotify_assets.spotify.errors import RateLimited
from spotify_assets_tests.automation.conftest import local_instance

Raise = Callable[[], None]
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@pytest.fixture
def instance(tmp_path: Path, new_instance: Path) -> Iterator[dg.DagsterInstance]:
    shutil.copytree(new_instance, tmp_path, dirs_exist_ok=True)
    retries = {"enabled": True, "max_retries": 1, "retry_on_asset_or_op_failure": True}
    with local_instance(tmp_path, run_retries=retries) as local:
        yield local


def raising(error: BaseException) -> Raise:
    def fail() -> None:
        raise error

    return fail


DEAD = raising(dg.Failure("a playlist was deleted", allow_retries=False))
BRIEF = raising(LakeError("the network is down"))


def run_of(instance: dg.DagsterInstance, *steps: Raise, tags: dict[str, str] | None = None) -> dg.DagsterRun:
    """A run of these steps, in this order, and whatever becomes of it."""

    def asset(number: int, step: Raise) -> dg.AssetsDefinition:
        @dg.asset(name=f"step_{number}")
        def of_step() -> None:
            step()

        return of_step

    assets = [asset(number, step) for number, step in enumerate(steps)]
    result = dg.materialize(judged(assets), instance=instance, raise_on_error=False, run_config=QUIET, tags=tags)
    run = instance.get_run_by_id(result.run_id)
    assert run is not None
    return run


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([DEAD], False),
        ([BRIEF], True),
        ([raising(dg.Failure("Spotify has trouble of its own"))], True),
        ([raising(SettingsError("playlists.yaml:3: …"))], False),
        ([raising(WrongSource("sample"))], False),
        ([DEAD, DEAD], False),
        ([DEAD, BRIEF], True),
        ([BRIEF, DEAD], True),
    ],
)
def test_a_run_is_retried_where_any_failure_may_pass(
    instance: dg.DagsterInstance, steps: list[Raise], expected: bool
) -> None:
    assert will_retry(run_of(instance, *steps)) is expected
    assert will_retry(run_of(instance, *steps, tags={"dagster/max_retries": "2"})) is expected


def test_what_was_withheld_does_not_stay_so_in_a_run_that_inherits_the_tags(instance: dg.DagsterInstance) -> None:
    dead = run_of(instance, DEAD, tags={"dagster/max_retries": "2"})
    inherited = {name: value for name, value in dead.tags.items() if name != "dagster/will_retry"}
    assert will_retry(run_of(instance, BRIEF, tags=inherited))
    brief = run_of(instance, BRIEF)
    inherited = {name: value for name, value in brief.tags.items() if name != "dagster/will_retry"}
    assert not will_retry(run_of(instance, DEAD, tags=inherited))


def test_a_blocking_check_that_fails_is_not_asked_again(instance: dg.DagsterInstance) -> None:
    @dg.asset
    def rows() -> None: ...

    @dg.asset_check(asset=rows, blocking=True)
    def is_good() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=False)

    job = dg.define_asset_job("checking", hooks={judge}, executor_def=dg.in_process_executor)
    loaded = dg.Definitions(assets=[rows], asset_checks=[is_good], jobs=[job])
    result = loaded.resolve_job_def("checking").execute_in_process(
        instance=instance, raise_on_error=False, run_config=QUIET
    )
    run = instance.get_run_by_id(result.run_id)
    assert run is not None
    assert run.status == dg.DagsterRunStatus.FAILURE
    assert not will_retry(run)


def test_an_error_that_nobody_knows_may_pass() -> None:
    assert not cannot_pass(RateLimited(None))
    assert not cannot_pass(None)


def test_every_job_and_every_asset_of_the_platform_is_judged() -> None:
    jobs = [job for job in defs.resolve_all_job_defs() if not job.name.startswith("__")]
    assert {job.name for job in jobs} >= {"capture", "process_raw_objects", "daily_snapshot", "refresh_insights"}
    assert all(judge in job.hook_defs for job in jobs)
    assert all(
        judge in found.hook_defs
        for found in defs.resolve_asset_graph().assets_defs
        if found.keys and found.is_executable
    )
