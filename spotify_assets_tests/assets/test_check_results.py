"""How the findings of several days become one result in the UI."""

from collections.abc import Mapping
from datetime import date, timedelta

import dagster as dg

from spotify_assets.assets.check_results import result_of_days
from spotify_assets.transform.findings import Finding


def day(number: int) -> date:
    return date(2026, 3, 1) + timedelta(days=number)


def finding(passed: bool, sentence: str = "Said.", *, blocking: bool = False) -> Finding:
    return Finding("volume", passed, blocking, sentence, {"rows": len(sentence)})


def told(
    *findings: Finding, others: Mapping[str, Finding] | None = None
) -> tuple[bool, dg.AssetCheckSeverity, str, Mapping[str, object]]:
    """The result of a run of days 0, 1, 2 and so on, with these findings; and of other days that still fail."""
    by_day = {day(number): found for number, found in enumerate(findings)}
    result = result_of_days(
        "songs",
        "volume",
        by_day,
        still_failing=others or {},
        details=lambda shown, _: {"of": dg.MetadataValue.text(shown)},
    )
    assert (result.asset_key, result.check_name) == (dg.AssetKey("songs"), "volume")
    values = {name: value.value for name, value in result.metadata.items()}
    return result.passed, result.severity, result.description or "", values


def test_of_several_days_the_first_that_fails_speaks_and_all_that_fail_are_named() -> None:
    passed, severity, description, values = told(finding(True), finding(False, "Few."), finding(False, "None."))
    assert (passed, severity) == (False, dg.AssetCheckSeverity.WARN)
    assert description == f"1 of 3 days passes. {day(1)}: Few."
    assert values == {
        "snapshot_date": str(day(1)),
        "days": f"{day(0)} to {day(2)}",
        "rows": 4,
        "failed_days": f"{day(1)}, {day(2)}",
        "of": str(day(1)),
    }


def test_one_day_that_fails_is_listed_for_the_next_result() -> None:
    _, _, description, values = told(finding(True), finding(False, "Few."))
    assert description == f"1 of 2 days passes. {day(1)}: Few."
    assert values["failed_days"] == str(day(1))


def test_a_day_outside_the_run_that_still_fails_keeps_the_check_red_without_stopping_the_run() -> None:
    before = {"2026-02-01": finding(False, "None.", blocking=True)}
    passed, severity, description, values = told(finding(True, blocking=True), others=before)
    assert (passed, severity) == (False, dg.AssetCheckSeverity.WARN)
    assert description == f"{day(0)}: Said. Still failing: 2026-02-01: None."
    assert (values["snapshot_date"], values["of"], values["failed_days"]) == ("2026-02-01",) * 3


def test_a_run_of_which_no_day_passes_stops_whatever_else_still_fails() -> None:
    before = {"2026-02-01": finding(False, "None.", blocking=True)}
    _, severity, _, values = told(finding(False, "Bad.", blocking=True), others=before)
    assert severity == dg.AssetCheckSeverity.ERROR
    assert (values["snapshot_date"], values["failed_days"]) == (str(day(0)), f"2026-02-01, {day(0)}")


def test_of_many_days_that_still_fail_the_first_are_said() -> None:
    before = {f"2026-02-0{number}": finding(False, f"{number}.") for number in (5, 4, 3, 2)}
    _, _, description, values = told(finding(True), others=before)
    assert description.endswith("Still failing: 2026-02-02: 2.; 2026-02-03: 3.; 2026-02-04: 4.; and 1 more")
    assert values["failed_days"] == "2026-02-02, 2026-02-03, 2026-02-04, 2026-02-05"


def test_of_days_that_all_pass_the_last_one_speaks() -> None:
    passed, _, description, values = told(finding(True, "One."), finding(True, "Two."))
    assert (passed, description) == (True, f"2 of 2 days pass. {day(1)}: Two.")
    assert (values["snapshot_date"], values["days"]) == (str(day(1)), f"{day(0)} to {day(1)}")


def test_a_single_day_is_not_counted() -> None:
    assert told(finding(True))[2] == f"{day(0)}: Said."


def test_a_day_that_fails_what_blocks_is_held_back_alone_where_another_passes() -> None:
    _, severity, description, _ = told(finding(True, blocking=True), finding(False, "Bad.", blocking=True))
    assert severity == dg.AssetCheckSeverity.WARN
    assert description == f"1 of 2 days passes. Held back: {day(1)}: Bad."
    assert told(*[finding(False, blocking=True)] * 2)[1] == dg.AssetCheckSeverity.ERROR


def test_a_finding_that_does_not_block_is_a_warning() -> None:
    assert told(finding(False))[1] == dg.AssetCheckSeverity.WARN


def test_a_finding_that_blocks_is_an_error() -> None:
    assert told(finding(False, blocking=True))[1] == dg.AssetCheckSeverity.ERROR
