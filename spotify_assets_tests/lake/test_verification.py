"""Every byte that is kept is read: whatever is lost, cut short or changed is named, and nothing else."""

import obstore
import pytest

from spotify_assets.lake.lake import Lake
from spotify_assets.lake.verification import Verified, verify_published, verify_raw
from spotify_assets.schemas.base import BASE
from spotify_assets_tests.support.data.small_days import DAY, NEXT, capture, publish, titles

SONGS = BASE.tables["songs"]
HARMS = {
    "lost": (None, "is gone"),
    "emptied": (lambda _: b"", "has 0 bytes where"),
    "cut short": (lambda data: data[:-1], "bytes where"),
    "rotten": (lambda data: data[:-1] + bytes([data[-1] ^ 1]), "has other content"),
}


def damaged(found: list[Verified]) -> list[Verified]:
    return [one for one in found if one.damage is not None]


@pytest.mark.parametrize("harm", HARMS)
def test_a_harmed_file_of_a_table_is_named_and_republishing_its_day_mends_it(lake: Lake, harm: str) -> None:
    publish(lake, DAY, ["A", "B"])
    publish(lake, NEXT, ["A"])
    assert [(one.snapshot_date, one.damage) for one in verify_published(lake, SONGS)] == [(DAY, None), (NEXT, None)]
    (published,) = [one for one in verify_published(lake, SONGS) if one.snapshot_date == DAY]
    key = lake.storage.key(published.place) or ""
    change, sentence = HARMS[harm]
    if change is None:
        lake.storage.delete([key])
    else:
        lake.storage.write(key, change(lake.storage.read(key)))
    (found,) = damaged(list(verify_published(lake, SONGS)))
    assert (found.place, found.snapshot_date) == (published.place, DAY)
    assert sentence in (found.damage or "")
    publish(lake, DAY, ["A", "B"])
    assert damaged(list(verify_published(lake, SONGS))) == []
    assert titles(lake, DAY) == ["A", "B"]


@pytest.mark.parametrize("harm", HARMS)
def test_a_harmed_raw_object_of_a_published_day_is_named(lake: Lake, harm: str) -> None:
    publish(lake, DAY, ["A", "B"])
    publish(lake, NEXT, ["A"])
    assert [one.damage for one in verify_raw(lake)] == [None, None]
    key = next(one.place for one in verify_raw(lake) if one.snapshot_date == DAY)
    change, _ = HARMS[harm]
    if change is None:
        lake.storage.delete([key])
    else:
        lake.storage.write(key, change(lake.storage.read(key)))
    (found,) = damaged(list(verify_raw(lake)))
    assert (found.place, found.snapshot_date) == (key, DAY)
    # What is not there, or not what had landed, was not read.
    assert (found.size == 0) == (harm != "rotten")


def test_what_waits_is_read_too_before_any_day_is_made_from_it(lake: Lake) -> None:
    capture(lake, DAY, ["A"])
    assert [one.damage for one in verify_raw(lake)] == [None]
    obstore.put(lake.storage.store, f"raw/to_be_processed/snapshot_date={DAY}/cut.json", b'{"id": ')
    (found,) = damaged(list(verify_raw(lake)))
    assert "cannot be read" in (found.damage or "")
    assert found.place.endswith("cut.json")
