"""What is decided about waiting raw objects, as a pure function."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotify_assets.automation.arrivals import (
    ActiveRun,
    Arrival,
    Decision,
    EndedRun,
    NeedsPerson,
    Outcome,
    Request,
    Wait,
    arrivals,
    decide,
    explain,
)
from spotify_assets.automation.importing import IMPORT_GOES_ON
from spotify_assets.lake.raw import RawEntry

NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)
DAY = date(2026, 3, 10)
LANDED = NOW - timedelta(minutes=20)


def entry(day: date = DAY, key: str = "a.json", etag: str = "1", landed_at: datetime = LANDED) -> RawEntry:
    return RawEntry(f"raw/to_be_processed/{key}", f"snapshot_date={day}/{key}", day, 10, etag, landed_at)


def ended(outcome: Outcome, minutes_ago: float = 1, run_id: str = "r1") -> EndedRun:
    at = NOW - timedelta(minutes=minutes_ago)
    return EndedRun(run_id, outcome, at - timedelta(seconds=30), at)


def decide_one(arrival: Arrival, *earlier: EndedRun, active: ActiveRun | None = None) -> Decision:
    [decision] = decide([arrival], [active] if active else [], {arrival.fingerprint: earlier}, NOW, 50)
    return decision


def one(*entries: RawEntry) -> Arrival:
    [arrival] = arrivals(entries or [entry()])
    return arrival


@given(st.permutations([entry(key="a"), entry(key="b"), entry(key="c", etag="2")]))
def test_the_same_objects_have_the_same_fingerprint_in_any_order_and_at_any_time(entries: list[RawEntry]) -> None:
    later = [replace(found, landed_at=NOW) for found in entries]
    assert one(*later).fingerprint == one(entry(key="a"), entry(key="b"), entry(key="c", etag="2")).fingerprint


def test_another_object_another_content_and_one_object_less_are_other_fingerprints() -> None:
    sets = [[entry()], [entry(etag="2")], [entry(key="b")], [entry(), entry(key="b")], [entry(key="a.json\t1\nb")]]
    assert len({one(*entries).fingerprint for entries in sets}) == len(sets)


@pytest.mark.parametrize("outcome", list(Outcome))
def test_equal_bytes_at_an_undated_key_do_not_wait_for_the_run_of_another_day(outcome: Outcome) -> None:
    yesterday, today = one(entry(DAY)), one(entry(DAY + timedelta(days=1)))
    [decision] = decide([today], [], {yesterday.fingerprint: [ended(outcome)]}, NOW, 50)
    assert isinstance(decision, Request)


def test_a_key_that_is_not_text_has_a_fingerprint() -> None:
    assert len(one(entry(key="\udcff.json")).fingerprint) == 64


def test_new_objects_are_run() -> None:
    assert decide_one(one()) == Request(one(), one().fingerprint)


def test_a_day_with_a_run_waits_until_it_has_ended() -> None:
    active = ActiveRun("run r0 (capture, started)", frozenset({DAY}))
    assert decide_one(one(), active=active) == Wait(DAY, "run r0 (capture, started) has not ended")
    assert isinstance(decide_one(one(), active=replace(active, days=frozenset({DAY + timedelta(1)}))), Request)


def test_what_landed_during_a_run_is_run_once_after_it() -> None:
    first, both = one(entry()), one(entry(), entry(key="b"))
    earlier = {first.fingerprint: [ended(Outcome.SUCCEEDED)]}
    [decision] = decide([both], [], earlier, NOW, 50)
    assert decision == Request(both, both.fingerprint)
    assert both.fingerprint != first.fingerprint


def test_a_run_that_ends_while_things_are_looked_up_makes_its_day_wait() -> None:
    assert isinstance(decide_one(one(), ended(Outcome.SUCCEEDED, minutes_ago=-0.01)), Wait)


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.CANCELED])
def test_what_failed_or_was_canceled_waits_for_a_person(outcome: Outcome) -> None:
    decision = decide_one(one(), ended(outcome, minutes_ago=60 * 24 * 30))
    assert isinstance(decision, NeedsPerson)
    assert decision.reason == f"run r1 {outcome.value}"


def test_a_failed_run_that_is_retried_makes_its_day_wait_but_not_for_ever() -> None:
    assert isinstance(decide_one(one(), ended(Outcome.WILL_RETRY, minutes_ago=1)), Wait)
    assert isinstance(decide_one(one(), ended(Outcome.WILL_RETRY, minutes_ago=11)), NeedsPerson)


def test_only_the_last_run_of_the_same_objects_counts() -> None:
    failed, succeeded = ended(Outcome.FAILED, 9, "old"), ended(Outcome.SUCCEEDED, 5, "new")
    back = one(entry(landed_at=NOW - timedelta(minutes=1)))
    assert isinstance(decide_one(back, succeeded, failed), Request)
    assert isinstance(decide_one(back, ended(Outcome.FAILED, 1), succeeded), NeedsPerson)


def test_the_same_objects_delivered_again_are_run_again_under_another_key_each_time() -> None:
    back = one(entry(landed_at=NOW - timedelta(seconds=30)))
    keys: list[str] = []
    earlier: list[EndedRun] = []
    for _ in range(3):
        decision = decide_one(back, *earlier)
        assert isinstance(decision, Request)
        keys.append(decision.run_key)
        earlier.append(ended(Outcome.SUCCEEDED, 3 - len(earlier)))
    assert len(set(keys)) == 3


def test_objects_that_a_successful_run_left_behind_are_not_run_for_ever() -> None:
    decision = decide_one(one(entry(landed_at=NOW - timedelta(days=1))), ended(Outcome.SUCCEEDED))
    assert isinstance(decision, NeedsPerson)
    assert "left its raw objects waiting" in decision.reason


@pytest.mark.parametrize("outcome", [Outcome.SUCCEEDED, Outcome.FAILED])
def test_an_object_that_was_too_young_to_judge_is_looked_at_again_once_it_is_not(outcome: Outcome) -> None:
    left = replace(ended(outcome), look_again_at=NOW + timedelta(minutes=1))
    assert isinstance(decide_one(one(), left), Wait)
    ripe = replace(ended(outcome), look_again_at=NOW)
    decision = decide_one(one(), ripe)
    assert isinstance(decision, Request)
    assert decision.run_key != one().fingerprint


def test_a_day_that_has_not_begun_waits() -> None:
    tomorrow = NOW.date() + timedelta(days=1)
    assert decide_one(one(entry(tomorrow))) == Wait(tomorrow, "that day has not begun (UTC)")


def test_an_object_that_may_be_half_written_makes_its_day_wait_but_not_for_ever() -> None:
    fresh, old = entry(key="b", landed_at=NOW), entry(landed_at=NOW - timedelta(minutes=4))
    [unsettled] = arrivals([fresh, old], [fresh])
    assert decide_one(unsettled) == Wait(DAY, "an object may still be being written")
    [unsettled] = arrivals([fresh, replace(old, landed_at=NOW - timedelta(minutes=6))], [fresh])
    assert isinstance(decide_one(unsettled), Request)


def test_the_oldest_of_several_objects_says_how_long_a_day_has_been_unsettled() -> None:
    for minutes in ((0, 6), (6, 0)):
        objects = [entry(key=f"{ago}", landed_at=NOW - timedelta(minutes=ago)) for ago in minutes]
        [unsettled] = arrivals(objects, objects[:1])
        assert isinstance(decide_one(unsettled), Request), minutes


def test_the_newest_of_several_objects_says_whether_a_run_left_them_or_they_came_again() -> None:
    run = ended(Outcome.SUCCEEDED, minutes_ago=10)
    old, new = entry(landed_at=NOW - timedelta(days=1)), entry(key="b", landed_at=NOW - timedelta(minutes=1))
    for objects in ((old, new), (new, old)):
        assert isinstance(decide_one(one(*objects), run), Request)
    both_old = replace(new, landed_at=old.landed_at)
    assert isinstance(decide_one(one(old, both_old), run), NeedsPerson)


def test_a_day_is_settled_where_none_of_its_own_objects_may_be_half_written() -> None:
    other = entry(DAY + timedelta(days=1), key="b")
    assert [found.is_settled for found in arrivals([entry(), other], [other])] == [True, False]


@pytest.mark.parametrize(("seconds", "decision"), [(-1, NeedsPerson), (0, Request), (1, Request)])
def test_clocks_may_differ_by_five_minutes(seconds: int, decision: type[Decision]) -> None:
    run = ended(Outcome.SUCCEEDED, minutes_ago=10)
    landed = run.created_at - timedelta(minutes=5) + timedelta(seconds=seconds)
    assert isinstance(decide_one(one(entry(landed_at=landed)), run), decision)


@pytest.mark.parametrize(("minutes", "decision"), [(4.99, Wait), (5, Request)])
def test_an_unsettled_day_waits_for_five_minutes(minutes: float, decision: type[Decision]) -> None:
    fresh = entry(landed_at=NOW - timedelta(minutes=minutes))
    assert isinstance(decide_one(arrivals([fresh], [fresh])[0]), decision)


@pytest.mark.parametrize(("minutes", "decision"), [(9.99, Wait), (10, NeedsPerson)])
def test_a_retry_is_waited_for_for_ten_minutes(minutes: float, decision: type[Decision]) -> None:
    assert isinstance(decide_one(one(), ended(Outcome.WILL_RETRY, minutes)), decision)


def test_a_run_that_ended_in_the_very_moment_makes_its_day_wait() -> None:
    assert isinstance(decide_one(one(), ended(Outcome.FAILED, minutes_ago=0)), Wait)


def test_runs_are_requested_up_to_the_most_and_days_that_wait_anyway_take_no_place() -> None:
    days = [DAY + timedelta(days=number) for number in range(4)]
    active = ActiveRun("run", frozenset({days[3]}))
    decisions = decide(arrivals([entry(day) for day in days]), [active], {}, NOW, 2)
    assert [(found.day, type(found)) for found in decisions] == [
        (days[3], Wait),
        (days[0], Request),
        (days[1], Request),
        (days[2], Wait),
    ]


def test_today_is_run_and_tomorrow_is_not() -> None:
    assert isinstance(decide_one(one(entry(NOW.date()))), Request)


@pytest.mark.parametrize("count", [1, 5, 6, 7])
def test_the_explanation_names_five_days_and_counts_the_others(count: int) -> None:
    text = explain([Wait(DAY + timedelta(days=number), "why") for number in range(count)])
    assert text.count(": why") == min(count, 5)
    assert (f"{count - 5} more" in text) == (count > 5)
    if count > 5:
        assert f"{DAY + timedelta(days=5)} to {DAY + timedelta(days=count - 1)}" in text


def test_of_many_days_the_latest_goes_first_and_then_the_oldest() -> None:
    days = [DAY - timedelta(days=number) for number in range(10)]
    decisions = decide(arrivals([entry(day) for day in days]), [], {}, NOW, 3)
    assert [found.day for found in decisions if isinstance(found, Request)] == [days[0], days[-1], days[-2]]
    assert {found.reason for found in decisions if isinstance(found, Wait)} == {"other days go first"}
    assert len(decisions) == 10


def test_no_run_is_requested_where_enough_are_active() -> None:
    assert isinstance(decide([one()], [], {}, NOW, -3)[0], Wait)


@given(
    days=st.lists(st.integers(-3, 30), max_size=8),
    busy=st.sets(st.integers(-3, 30)),
    outcomes=st.lists(st.tuples(st.sampled_from(Outcome), st.floats(0, 9000)), max_size=4),
    most=st.integers(-2, 5),
)
def test_each_day_gets_one_decision_and_a_busy_day_no_run(
    days: list[int], busy: set[int], outcomes: list[tuple[Outcome, float]], most: int
) -> None:
    arrived = arrivals([entry(DAY + timedelta(days=number), key=f"{number}") for number in days])
    active = [ActiveRun("run", frozenset(DAY + timedelta(days=number) for number in busy))]
    earlier = {arrival.fingerprint: [ended(*found) for found in outcomes] for arrival in arrived}
    decisions = decide(arrived, active, earlier, NOW, most)
    assert sorted(found.day for found in decisions) == [arrival.day for arrival in arrived]
    requested = {found.day for found in decisions if isinstance(found, Request)}
    assert not requested & active[0].days
    assert len(requested) <= max(most, 0)
    assert bool(explain(decisions)) == (len(requested) < len(decisions))


def test_the_explanation_begins_with_what_needs_a_person_and_says_what_to_do() -> None:
    failing = [decide_one(one(entry(DAY + timedelta(days=number))), ended(Outcome.FAILED)) for number in range(2)]
    text = explain([Wait(DAY, "why"), *failing])
    assert text.startswith("Waiting for a person: 2026-03-10: run r1 failed; 2026-03-11: run r1 failed. The failed ")
    assert text.count("re-execute the run") == 1
    assert text.endswith("Waiting: 2026-03-10: why.")


def test_the_explanation_of_thousands_of_days_stays_short() -> None:
    days = [DAY - timedelta(days=number) for number in range(3000)]
    text = explain([Wait(day, "other days go first") for day in days])
    assert text.endswith("; and 2995 more, 2017-12-23 to 2026-03-05.")
    assert len(text) < 500


def imported_entry(day: date, landed_at: datetime) -> RawEntry:
    name = f"snapshot_date={day}/import-0123456789ab-chart.csv.zst"
    return replace(entry(day, key=name, landed_at=landed_at), name=name)


def test_imported_days_are_left_to_the_import_while_it_goes_on_and_others_are_not() -> None:
    long_ago, just_now, minute = NOW - timedelta(hours=5), NOW - timedelta(minutes=1), timedelta(minutes=1)
    early, late = DAY - timedelta(days=400), DAY - timedelta(days=399)

    def asked_for(*entries: RawEntry, imported_at: datetime | None = None) -> list[date]:
        found = decide(arrivals(entries), [], {}, NOW, 50, imported_at=imported_at)
        return sorted(decision.day for decision in found if isinstance(decision, Request))

    old = imported_entry(early, long_ago)
    # It lands for as long as something has just landed, and then has runs.
    assert asked_for(old, imported_entry(late, just_now), entry()) == [DAY]
    assert asked_for(old, entry(), imported_at=NOW - IMPORT_GOES_ON + minute) == [DAY]
    # Where it was cut off the sensor finishes its days.
    assert asked_for(old, entry(), imported_at=NOW - IMPORT_GOES_ON - minute) == [early, DAY]
    assert asked_for(old, entry()) == [early, DAY]
    # A day of which something else waits, too, is nobody's history.
    assert asked_for(imported_entry(DAY, just_now), entry(), imported_at=NOW) == [DAY]
