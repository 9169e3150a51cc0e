"""What the checks of a day look back on, and how the findings of several days become one result."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

import dagster as dg
import pytest

from spotify_assets.assets.audit_checks import histories, result_of_days
from spotify_assets.config import Settings
from spotify_assets.lake.lake import Lake
from spotify_assets.schemas.base import BASE
from spotify_assets.transform.audit import History
from spotify_assets.transform.findings import Finding
from spotify_assets_tests.support.data.small_days import DAY, publish

ITEMS = BASE.tables["playlist_items"]
# The chart of each published day: of so many songs, and on each day others.
CHARTS = {0: "a", 1: "bc", 2: "def"}


def day(number: int) -> date:
    return DAY + timedelta(days=number)


@pytest.fixture(scope="module")
def three_days(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake in which days 0, 1 and 2 are published."""
    folder = tmp_path_factory.mktemp("three-days")
    lake = Lake(Settings(lake_url=str(folder), spotify_source="spotify", history_start=day(-60)))
    for number, songs in CHARTS.items():
        publish(lake, day(number), songs)
    return lake


def looked_back_on(lake: Lake, numbers: Iterable[int]) -> dict[int, tuple[dict[int, int], list[str]]]:
    """For each day of a run: rows of the days before by their numbers, and the songs of the last of them."""
    found = histories(lake, ITEMS, [day(number) for number in numbers])
    return {(told - DAY).days: (_by_number(history), _songs(history)) for told, history in found.items()}


def _by_number(history: History) -> dict[int, int]:
    return {(past - DAY).days: rows for past, rows in history.rows.items()}


def _songs(history: History) -> list[str]:
    if history.previous_rows is None:
        return []
    return sorted(name.removeprefix("Song ") for name in history.previous_rows.collect()["name"])


def test_a_day_looks_back_on_all_days_before_and_closely_at_the_last_one_alone(three_days: Lake) -> None:
    assert looked_back_on(three_days, [3]) == {3: ({0: 1, 1: 2, 2: 3}, ["d", "e", "f"])}


def test_a_published_range_that_runs_again_compares_no_day_with_itself_or_later_ones(three_days: Lake) -> None:
    assert looked_back_on(three_days, [0, 1, 2]) == {
        0: ({}, []),
        1: ({0: 1}, ["a"]),
        2: ({0: 1, 1: 2}, ["b", "c"]),
    }
    assert looked_back_on(three_days, [1]) == {1: ({0: 1}, ["a"])}


def test_days_count_for_four_weeks_and_not_a_day_longer(three_days: Lake) -> None:
    assert looked_back_on(three_days, [28, 29, 30, 31]) == {
        28: ({0: 1, 1: 2, 2: 3}, ["d", "e", "f"]),
        29: ({1: 2, 2: 3}, ["d", "e", "f"]),
        30: ({2: 3}, ["d", "e", "f"]),
        31: ({}, []),
    }


def test_a_day_before_everything_published_has_nothing_to_look_back_on(three_days: Lake) -> None:
    [history] = histories(three_days, ITEMS, [day(-1)]).values()
    assert history == History()


def test_null_shares_are_those_of_the_last_day(three_days: Lake) -> None:
    [history] = histories(three_days, ITEMS, [day(2)]).values()
    assert (history.null_shares["song_id"], history.null_shares["position"]) == (0.0, 0.0)
    [history] = histories(three_days, BASE.tables["artists"], [day(2)]).values()
    assert history.null_shares["popularity"] == 1.0


def finding(passed: bool, sentence: str = "Said.", *, blocking: bool = False) -> Finding:
    return Finding("volume", passed, blocking, sentence, {"rows": len(sentence)})


def told(*findings: Finding) -> tuple[bool, dg.AssetCheckSeverity, str, Mapping[str, object]]:
    """The result of a run of days 0, 1, 2 and so on, with these findings."""
    result = result_of_days("songs", "volume", {day(number): found for number, found in enumerate(findings)})
    assert (result.asset_key, result.check_name) == (dg.AssetKey("songs"), "volume")
    values = {name: value.value for name, value in result.metadata.items()}
    return result.passed, result.severity, result.description or "", values


def test_of_several_days_the_first_that_fails_speaks_and_all_that_fail_are_named() -> None:
    passed, severity, description, values = told(finding(True), finding(False, "Few."), finding(False, "None."))
    assert (passed, severity) == (False, dg.AssetCheckSeverity.WARN)
    assert description == f"1 of 3 days pass. {day(1)}: Few."
    assert values == {
        "snapshot_date": str(day(1)),
        "days": 3,
        "rows": 4,
        "failed_days": f"{day(1)}, {day(2)}",
    }


def test_of_one_day_that_fails_no_list_is_made() -> None:
    _, _, description, values = told(finding(True), finding(False, "Few."))
    assert description == f"1 of 2 days pass. {day(1)}: Few."
    assert "failed_days" not in values


def test_of_days_that_all_pass_the_last_one_speaks() -> None:
    passed, _, description, values = told(finding(True, "One."), finding(True, "Two."))
    assert (passed, description) == (True, f"2 of 2 days pass. {day(1)}: Two.")
    assert (values["snapshot_date"], values["days"]) == (str(day(1)), 2)


def test_a_single_day_is_not_counted() -> None:
    assert told(finding(True))[2] == f"{day(0)}: Said."


def test_a_finding_that_blocks_is_an_error() -> None:
    assert told(finding(False, blocking=True))[1] == dg.AssetCheckSeverity.ERROR
