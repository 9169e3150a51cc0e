"""Counts of requests in the lake: what one process writes, every other sums up, as long as it matters."""

from datetime import UTC, datetime, timedelta
from functools import partial

from spotify_assets.lake.lake import Lake
from spotify_assets.lake.maintenance import remove_old_counts
from spotify_assets.lake.request_counts import REQUESTS, RequestCounts, Sent
from spotify_assets_tests.conftest import IN_A_FOLDER
from spotify_assets_tests.support.processes.at_once import at_once

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_what_is_written_is_read_by_whoever_looks_for_24_hours(lake: Lake) -> None:
    sent = [
        Sent(NOON - 3 * HOUR, {"artists": 48}),
        Sent(NOON + timedelta(microseconds=1), {"api token": 1, "playlists items": 12}, playlists=4),
        Sent(NOON, {"playlists": 8}, playlists=4),
    ]
    for found in sent:
        RequestCounts(lake.raw_storage).add(found)
    in_order = sorted(sent, key=lambda found: found.at)
    counts = RequestCounts(lake.raw_storage)
    assert counts.last_day(NOON + HOUR).sent == in_order
    # The first is 24 hours old to the microsecond, on the day after.
    assert counts.last_day(NOON + 21 * HOUR).sent == in_order[1:]
    assert counts.last_day(NOON + 24 * HOUR).sent == in_order[2:]
    assert counts.last_day(NOON + 25 * HOUR).sent == []


@IN_A_FOLDER
def test_of_those_that_count_at_once_nobody_overwrites_another(lake: Lake) -> None:
    same = Sent(NOON, {"artists": 1})
    at_once(*[partial(RequestCounts(lake.raw_storage).add, same)] * 8)
    assert RequestCounts(lake.raw_storage).last_day(NOON + HOUR).sent == [same] * 8


def test_a_refusal_of_batches_is_remembered_for_30_days(lake: Lake) -> None:
    counts, day = RequestCounts(lake.raw_storage), NOON.date()
    assert not counts.batches_are_refused(day)
    counts.refuse_batches(day)
    assert counts.batches_are_refused(day)
    assert counts.batches_are_refused(day + timedelta(days=29))
    assert not counts.batches_are_refused(day + timedelta(days=30))


def test_maintenance_removes_what_says_nothing_any_more(lake: Lake) -> None:
    counts, day = RequestCounts(lake.raw_storage), NOON.date()
    counts.add(Sent(NOON, {"artists": 1}))
    counts.refuse_batches(day)
    after = timedelta(days=lake.settings.retention_days)
    assert remove_old_counts(lake, NOON + after) == 0
    assert remove_old_counts(lake, NOON + after + timedelta(days=1)) == 1
    assert counts.batches_are_refused(day)
    assert remove_old_counts(lake, NOON + after + timedelta(days=31)) == 1
    assert list(lake.raw_storage.list(REQUESTS)) == []


def test_what_somebody_else_left_there_is_no_count(lake: Lake) -> None:
    counts = RequestCounts(lake.raw_storage)
    others = [f"{REQUESTS}/{NOON.date()}/notes.txt", f"{REQUESTS}/no_batches/never", f"{REQUESTS}/notes.txt"]
    for key in others:
        lake.raw_storage.write(key, b"another's")
    assert counts.last_day(NOON).sent == []
    assert not counts.batches_are_refused(NOON.date())
    remove_old_counts(lake, NOON + timedelta(days=90))
    assert {found.key for found in lake.raw_storage.list(REQUESTS)} == set(others[1:])


def test_a_quota_that_is_used_up_is_known_to_others_until_it_is_free_and_a_day_at_most(lake: Lake) -> None:
    counts = RequestCounts(lake.raw_storage)
    counts.close("playlists items", NOON, NOON + HOUR)
    counts.close("artists", NOON, NOON + 2 * HOUR)
    counts.close("artists", NOON + HOUR, NOON + 90 * HOUR)
    both = {"playlists items": NOON + HOUR, "artists": NOON + 25 * HOUR}
    assert counts.last_day(NOON).closed_until == both
    assert counts.last_day(NOON + HOUR).closed_until == {"artists": NOON + 25 * HOUR}
    assert counts.last_day(NOON + 25 * HOUR).closed_until == {}
    assert counts.last_day(NOON).sent == []
