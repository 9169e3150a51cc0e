import pytest

from spotify_assets.schemas.base import BASE
from spotify_assets.schemas.insights import INSIGHTS
from spotify_assets.transform import audit
from spotify_assets.transform.findings import Finding
from spotify_assets.transform.insights import audit as insight_audit
from spotify_assets.transform.next_steps import NEXT_STEPS, next_step
from spotify_assets_tests.support.data.builders import DAY

OF_TABLES = {(check.__name__, name) for name, table in BASE.tables.items() for check in audit.checks_of(table)}
OF_INSIGHTS = {
    (check.__name__, name) for name, table in INSIGHTS.tables.items() for check in insight_audit.checks_of(table)
}


@pytest.mark.parametrize(("check", "table"), sorted(OF_TABLES | OF_INSIGHTS))
def test_every_check_has_a_next_step_with_its_day_and_table_filled_in(check: str, table: str) -> None:
    step = next_step(Finding(check, False, True, "Bad."), table, str(DAY), is_insight=table in INSIGHTS.tables)
    assert step.endswith((".", ")"))
    assert "{" not in step


def test_no_step_is_of_a_check_that_is_none() -> None:
    assert NEXT_STEPS.keys() == {check for check, _ in OF_TABLES | OF_INSIGHTS}


def test_rows_of_raw_objects_are_corrected_there_and_those_of_insights_are_computed_again() -> None:
    failed = Finding("contract", False, True, "Bad.")
    of_table = next_step(failed, "songs", str(DAY), is_insight=False)
    assert f'spotify-assets query --staged {DAY} "SELECT * FROM songs"' in of_table
    assert f"the job process_raw_objects for {DAY}" in of_table
    assert f"the job refresh_insights for {DAY}" in next_step(failed, "song_trends", str(DAY), is_insight=True)
