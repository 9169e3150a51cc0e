"""How often the raw zone is listed, counted where the requests arrive, by a stand-in that gives five keys at a time."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import dagster as dg
import pytest

from spotify_assets.automation.sensors import raw_objects
from spotify_assets.automation.unfinished_days import unfinished_days
from spotify_assets.definitions import defs
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.raw import ARTISTS, own_name
from spotify_assets.lake.raw_keys import MOST_FOLDERS
from spotify_assets.transform.containers import decompress
from spotify_assets_tests.conftest import ON_S3
from spotify_assets_tests.support.aws.moto import MotoAws
from spotify_assets_tests.support.data.small_days import DAY, NEXT, capture, publish

KEYS_A_PAGE = 5
THIRD = date(2026, 3, 3)


@pytest.fixture(scope="module")
def moto_aws() -> Iterator[MotoAws]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", str(KEYS_A_PAGE))
        with MotoAws() as own:
            yield own


def land(lake: Lake, *names: str) -> None:
    for name in names:
        lake.storage.write(f"raw/to_be_processed/{name}", b"{}")


def lists(moto_aws: MotoAws, lake: Lake) -> int:
    """Requests so far that listed this lake's bucket."""
    resource = f"arn:aws:s3:::{lake.storage.bucket}"
    return sum(n for call, n in moto_aws.calls().items() if (call.action, call.resource) == ("s3:ListBucket", resource))


def listed(moto_aws: MotoAws, lake: Lake, *days: date) -> tuple[int, list[str]]:
    """How many requests it takes to list these days, and the keys that were found."""
    before = lists(moto_aws, lake)
    by_day = lake.raw.seen_of(days)
    return lists(moto_aws, lake) - before, sorted(entry.key.split("/", 2)[2] for day in days for entry in by_day[day])


@ON_S3
def test_the_requests_of_a_day_do_not_grow_with_what_waits_of_other_days(moto_aws: MotoAws, lake: Lake) -> None:
    own = [f"snapshot_date={DAY}/{number}.json" for number in range(3)]
    land(lake, *own, f"export-{DAY}.json", f"others/{DAY}.json", f"snapshot_date={NEXT}/0.json", f"{THIRD}/0.json")
    expected = [f"export-{DAY}.json", f"others/{DAY}.json", *own]
    # What is processed of the day, what lies at the top, and two folders.
    assert listed(moto_aws, lake, DAY) == (4, expected)
    land(lake, *(f"{folder}/{n}.json" for folder in (f"snapshot_date={NEXT}", THIRD) for n in range(1, 11)))
    assert listed(moto_aws, lake, DAY) == (4, expected)
    before = lists(moto_aws, lake)
    assert len(list(lake.raw.waiting())) == 27
    assert lists(moto_aws, lake) - before == 6
    assert listed(moto_aws, lake, NEXT)[0] == 3 + 3


@ON_S3
def test_many_folders_of_a_run_are_listed_all_at_once(moto_aws: MotoAws, lake: Lake) -> None:
    """Names that say no day, or a run of many days: a request for each folder would be more than listing all."""
    names = [f"chart {number}/{DAY}.json" for number in range(MOST_FOLDERS)]
    land(lake, *names)
    pages = -(-MOST_FOLDERS // KEYS_A_PAGE)
    assert listed(moto_aws, lake, DAY) == (1 + pages + MOST_FOLDERS, sorted(names))
    land(lake, f"snapshot_date={DAY}/x.json", f"snapshot_date={NEXT}/x.json")
    names.append(f"snapshot_date={DAY}/x.json")
    assert listed(moto_aws, lake, DAY) == (1 + 2 * (pages + 1), sorted(names))


@ON_S3
@pytest.mark.parametrize(
    ("sensor", "requests"),
    # The second lists the marks of tables and of insights, the page's, the first day, and the raw zone.
    [(raw_objects, 1), (unfinished_days, 5)],
    ids=["raw_objects", "unfinished_days"],
)
def test_a_tick_lists_the_raw_zone_once(
    moto_aws: MotoAws, lake: Lake, sensor: dg.SensorDefinition, requests: int
) -> None:
    publish(lake, DAY, ["One"])
    lake.begin_history([DAY])
    capture(lake, DAY, ["One"], minute=5)
    land(lake, f"snapshot_date={NEXT}/x.json", "snapshot_date=never/x.json", f"{THIRD}.json")
    with (
        dg.DagsterInstance.ephemeral() as instance,
        dg.build_sensor_context(instance=instance, definitions=defs, resources={"lake": lake}) as context,
    ):
        before = lists(moto_aws, lake)
        sensor.evaluate_tick(context)
    assert lists(moto_aws, lake) - before == requests


@ON_S3
def test_who_has_listed_a_day_does_not_list_it_again_for_its_last_capture(moto_aws: MotoAws, lake: Lake) -> None:
    for hour in (6, 7):
        lake.raw.land(own_name(ARTISTS, datetime(2026, 3, 1, hour, tzinfo=UTC)), {"artists": [hour]})
    objects = lake.raw.seen_of([DAY])[DAY]
    before = lists(moto_aws, lake)
    assert b"7" in decompress(lake.raw.latest(ARTISTS, DAY, 0, objects) or b"")
    assert lists(moto_aws, lake) == before
    assert b"7" in decompress(lake.raw.latest(ARTISTS, NEXT, 1, []) or b"")
