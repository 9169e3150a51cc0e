"""What landed without a run of this instance is told of once; what a run recorded is not told of again."""

from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest

from spotify_assets.automation.arrivals import CLOCKS_DIFFER_BY, Arrival
from spotify_assets.automation.landings import BY_OTHERS, ELSEWHERE, FROM_FILES, unrecorded
from spotify_assets.lake.raw import RawEntry, own_name
from spotify_assets.lake.raw_imports import import_name
from spotify_assets_tests.support.data.small_days import CHART, DAY

AT = datetime(2026, 3, 1, 6, tzinfo=UTC)
NOW = datetime.now(UTC)


def entry(name: str, landed_at: datetime = NOW) -> RawEntry:
    return RawEntry(f"raw/to_be_processed/{name}", name, DAY, 100, "etag", landed_at)


def own(kind: str, landed_at: datetime = NOW) -> RawEntry:
    return entry(own_name(kind, AT), landed_at)


PLAYLIST, FOREIGN = f"playlist-{CHART}", f"snapshot_date={DAY}/landed_at=20260301T060000000000Z/export.json"


def told(instance: dg.DagsterInstance, *objects: RawEntry) -> list[tuple[str, str | None]]:
    """The assets that are told of, and why; each for the day alone."""
    events = list(unrecorded(instance, Arrival(DAY, objects)))
    assert {event.partition for event in events} <= {str(DAY)}
    return [(event.asset_key.to_user_string(), event.description) for event in events]


def record(instance: dg.DagsterInstance, asset: str, day: str = str(DAY)) -> None:
    instance.report_runless_asset_event(dg.AssetMaterialization(asset, partition=day))


def test_own_objects_that_no_run_recorded_are_told_of_by_their_assets(instance: dg.DagsterInstance) -> None:
    objects = [own(PLAYLIST), own("artists"), own("artist_facts"), entry(FOREIGN)]
    assert told(instance, *objects) == [
        ("landed_objects", BY_OTHERS),
        ("raw_playlists", ELSEWHERE),
        ("raw_artists", ELSEWHERE),
        ("raw_artist_facts", ELSEWHERE),
    ]


def test_what_was_imported_is_told_apart_from_what_others_landed(instance: dg.DagsterInstance) -> None:
    imported = entry(import_name(DAY, "0123456789ab", "charts.csv"))
    assert told(instance, imported) == [("landed_objects", FROM_FILES)]
    assert told(instance, imported, entry(FOREIGN)) == [("landed_objects", BY_OTHERS), ("landed_objects", FROM_FILES)]


def test_own_objects_that_a_run_recorded_are_not_told_of_again(instance: dg.DagsterInstance) -> None:
    record(instance, "raw_playlists")
    assert told(instance, own(PLAYLIST), own("artists")) == [("raw_artists", ELSEWHERE)]


def test_a_record_of_another_day_says_nothing_of_this_one(instance: dg.DagsterInstance) -> None:
    record(instance, "raw_playlists", "2026-03-02")
    assert told(instance, own(PLAYLIST)) == [("raw_playlists", ELSEWHERE)]


@pytest.mark.parametrize(("later", "is_told"), [(timedelta(seconds=-60), False), (timedelta(seconds=60), True)])
def test_what_landed_after_the_last_record_is_told_of_where_clocks_cannot_explain_it(
    instance: dg.DagsterInstance, later: timedelta, is_told: bool
) -> None:
    record(instance, "raw_playlists")
    assert bool(told(instance, own(PLAYLIST, datetime.now(UTC) + CLOCKS_DIFFER_BY + later))) is is_told


@pytest.mark.parametrize("late_first", [True, False])
def test_the_last_of_several_objects_says_whether_they_are_told_of(
    instance: dg.DagsterInstance, late_first: bool
) -> None:
    record(instance, "raw_playlists")
    late = own(PLAYLIST, datetime.now(UTC) + CLOCKS_DIFFER_BY + timedelta(seconds=60))
    objects = [late, own(PLAYLIST)] if late_first else [own(PLAYLIST), late]
    assert told(instance, *objects) == [("raw_playlists", ELSEWHERE)]


@pytest.mark.parametrize(("number", "more"), [(20, False), (21, True)])
def test_an_event_says_how_many_objects_how_large_which_ones_and_when_the_last_landed(
    instance: dg.DagsterInstance, number: int, more: bool
) -> None:
    objects = [entry(f"{FOREIGN}{at:02}", NOW - timedelta(minutes=abs(at - 5))) for at in range(number)]
    (event,) = unrecorded(instance, Arrival(DAY, tuple(objects)))
    told = {name: value.value for name, value in event.metadata.items()}
    keys = "\n".join(found.key for found in objects[:20])
    assert told == {
        "objects": number,
        "keys": f"{keys}\n…" if more else keys,
        "bytes": 100 * number,
        "landed_at": NOW.timestamp(),
    }
