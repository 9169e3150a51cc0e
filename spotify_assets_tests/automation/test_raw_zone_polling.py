"""When the raw zone is listed, and which announcements are done with, as pure functions."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from spotify_assets.automation.arrivals import ActiveRun, Arrival, Decision, NeedsPerson, Request, Wait
from spotify_assets.automation.raw_zone_polling import Listing, done_with, recorded_keys, still_to_run
from spotify_assets.lake.raw import RawEntry
from spotify_assets.lake.raw_events import Announcement
from spotify_assets.lake.storage import Storage

NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)
DAY, NEXT = date(2026, 3, 10), date(2026, 3, 11)


def listed(ago: timedelta, *, is_open: bool = False) -> Listing:
    return Listing(NOW - ago, is_open, "Nothing waits.")


@pytest.mark.parametrize(
    ("seconds", "is_over"), [(0, False), (1, False), (299.9, False), (300, True), (301, True), (-0.1, True)]
)
def test_the_zone_is_listed_every_five_minutes_also_where_a_clock_was_set_back(seconds: float, is_over: bool) -> None:
    assert listed(timedelta(seconds=seconds)).is_over(NOW) is is_over


def test_the_zone_is_listed_at_every_tick_while_a_day_is_still_to_run() -> None:
    assert listed(timedelta(seconds=1), is_open=True).is_over(NOW)


def test_a_listing_comes_back_from_its_cursor_and_what_another_version_wrote_is_none() -> None:
    listing = listed(timedelta(0), is_open=True)
    assert Listing.of(listing.cursor) == listing
    assert Listing.of(None) is None
    assert Listing.of("") is None
    assert Listing.of('{"listed_at": "yesterday"}') is None


def test_the_reason_says_what_was_found_and_when_it_is_looked_again() -> None:
    reason = listed(timedelta(minutes=2)).reason
    for part in ("Nothing waits.", "11:58:00", "12:03"):
        assert part in reason


def entry(key: str, day: date = DAY, etag: str = "1") -> RawEntry:
    name = f"snapshot_date={day}/{key}"
    return RawEntry(f"raw/to_be_processed/{key}", name, day, 10, etag, NOW)


ONE, OTHER = Arrival(DAY, (entry("a"), entry("b"))), Arrival(NEXT, (entry("c", NEXT),))
PERSON = NeedsPerson(NEXT, "run r1 failed", "Look.")


@pytest.mark.parametrize(
    ("decisions", "still"),
    [([], False), ([PERSON], False), ([PERSON, Wait(DAY, "why")], True), ([Request(ONE, "key")], True)],
)
def test_what_waits_for_a_person_is_not_still_to_run(decisions: list[Decision], still: bool) -> None:
    assert still_to_run(decisions) is still


def test_objects_are_recorded_where_a_run_was_made_for_exactly_them_or_a_person_has_to_look() -> None:
    running = ActiveRun("run", frozenset({DAY}), ONE.fingerprint)
    keys = {"raw/to_be_processed/a", "raw/to_be_processed/b"}
    assert recorded_keys([ONE, OTHER], [running], []) == keys
    assert recorded_keys([ONE, OTHER], [running], [PERSON]) == {*keys, "raw/to_be_processed/c"}
    # A run of that day which was made for something else, and days that only wait.
    assert recorded_keys([ONE, OTHER], [ActiveRun("run", frozenset({DAY}))], [Wait(DAY, "why")]) == set()


def announced(receipt: str, *keys: str, bucket: str = "lake") -> Announcement:
    return Announcement(receipt, frozenset((bucket, key) for key in keys))


def test_an_announcement_is_done_with_when_none_of_its_objects_waits_for_a_run(tmp_path: Path) -> None:
    home = Storage("s3://lake/home", None)
    announcements = [
        announced("waits", "home/raw/a"),
        announced("recorded", "home/raw/b"),
        announced("gone", "home/raw/gone"),
        announced("elsewhere", "home/raw/a", bucket="other"),
        announced("both", "home/raw/a", "home/raw/b"),
        announced("unreadable"),
    ]
    done = done_with(announcements, home, waiting=["raw/a", "raw/b"], recorded=["raw/b"])
    assert [announcement.receipt for announcement in done] == ["recorded", "gone", "elsewhere", "unreadable"]
