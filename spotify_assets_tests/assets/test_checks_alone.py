"""Checks that are asked for by themselves, as the UI's button does: which day they are about, and what they say."""

from datetime import date, timedelta

import dagster as dg
import pytest

from spotify_assets.assets.audit_checks import insight_checks, table_checks
from spotify_assets.lake.staging import Staging
from spotify_assets.schemas import BASE, INSIGHTS
from spotify_assets_tests.assets.conftest import Platform
from spotify_assets_tests.assets.test_main_path import playlist, songs

DAYS = [date(2026, 3, 14) + timedelta(days=number) for number in range(3)]
CHECKS = dict(zip([*BASE.tables, *INSIGHTS.tables], [*table_checks, *insight_checks], strict=True))


def run_alone(platform: Platform, table: str) -> dg.ExecuteInProcessResult:
    """The checks of one table, without any partition."""
    job = dg.define_asset_job("alone", dg.AssetSelection.all_asset_checks(), op_retry_policy=dg.RetryPolicy())
    checks = dg.Definitions(asset_checks=[CHECKS[table]], jobs=[job], resources={"lake": platform.lake})
    return checks.resolve_job_def("alone").execute_in_process(
        instance=platform.instance,
        raise_on_error=False,
        run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
    )


@pytest.mark.parametrize("table", ["playlist_items", "song_trends"])
def test_the_latest_staged_day_is_audited_and_named(
    foreign: Platform, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, day in enumerate(DAYS, 1):
        foreign.land(f"snapshot_date={day}/chart.json", playlist(songs(number)))
    steps = ["tables", "published_tables", "insights"]
    foreign.materialize(DAYS[0], DAYS[-1], steps=["checks", *steps])
    known = list(foreign.lake.staging.days())
    # Storage lists in no order at all.
    for listed in (sorted(known), sorted(known, reverse=True)):
        monkeypatch.setattr(Staging, "days", lambda _, listed=listed: iter(listed))
        result = run_alone(foreign, table)
        assert result.success
        told = [evaluation.description or "" for evaluation in result.get_asset_check_evaluations()]
        assert len(told) > 1
        assert {text.partition(":")[0] for text in told} == {f"{DAYS[-1]}, the latest day staged"}


@pytest.mark.parametrize(
    ("table", "job"), [("playlist_items", "process_raw_objects"), ("song_trends", "refresh_insights")]
)
def test_where_nothing_is_staged_it_says_so(foreign: Platform, table: str, job: str) -> None:
    result = run_alone(foreign, table)
    failure = result.failure_data_for_node(f"{table}_checks")
    assert failure is not None
    assert failure.user_failure_data is not None
    assert failure.user_failure_data.description == (
        f"Nothing is staged, so there is nothing to check. Run the job {job} for a day; that checks it."
    )
    assert result.get_asset_check_evaluations() == []
    # Nothing would be staged a moment later either.
    assert dg.DagsterEventType.STEP_UP_FOR_RETRY not in {event.event_type for event in result.all_events}
