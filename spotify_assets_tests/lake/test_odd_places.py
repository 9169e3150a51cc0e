"""A lake whose address has characters that mean something to whoever expands patterns: it is read like any other."""

import pytest

from spotify_assets.config import Settings
from spotify_assets.lake.errors import LakeError
from spotify_assets.lake.insight_inputs import BaseDays
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.maintenance import tidy_lake
from spotify_assets.lake.sql import query
from spotify_assets.lake.storage import Storage
from spotify_assets.schemas.base import BASE
from spotify_assets_tests.conftest import IN_A_FOLDER, OpenLake
from spotify_assets_tests.support.data.small_days import DAY, NEXT, capture, publish, rows, stage, titles

# Patterns in brackets and braces, and whatever else a shell, an address or SQL might make something of.
ODD_NAME = "lake[1]{a,b} *é'q+x&y;z=$!"


@pytest.fixture
def odd_lake(open_lake: OpenLake, lake_settings: Settings) -> Lake:
    return open_lake(lake_url=f"{lake_settings.lake_url}/{ODD_NAME}/it")


def test_every_way_to_read_finds_every_row(odd_lake: Lake) -> None:
    publish(odd_lake, DAY, ["A", "B"])
    publish(odd_lake, NEXT, ["C"])
    publish(odd_lake, NEXT, ["C", "A"], minute=1)
    assert titles(odd_lake, DAY) == ["A", "B"]
    for name, table in BASE.tables.items():
        known = rows(odd_lake, name)
        read = odd_lake.catalog.read(table, odd_lake.catalog.published(table).values())
        assert read.sort(table.order).collect().equals(known), name
        assert query(odd_lake, f"SELECT count(*) AS n FROM {name}")["n"].item() == known.height
    tidy_lake(odd_lake)
    assert titles(odd_lake, NEXT) == ["C", "A"]


def test_a_stage_too_large_for_memory_is_read_whole(odd_lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spotify_assets.lake.staging.IN_MEMORY_ROWS", 0)
    capture(odd_lake, DAY, ["A", "B"])
    staged = stage(odd_lake, DAY)
    assert odd_lake.staging.read(staged, "songs").collect().height == 2


@pytest.mark.parametrize("place", ["lake?x", "lake#x", "lake%20x", "s3://bucket/lake?x", "s3://bucket/lake#x"])
def test_a_place_whose_tables_would_be_looked_for_elsewhere_is_refused(place: str) -> None:
    with pytest.raises(LakeError, match=r"has a '[?#%]' in its path\. Choose another LAKE_URL"):
        Storage(place)


@IN_A_FOLDER
def test_history_of_which_rows_are_missing_is_no_history(lake: Lake) -> None:
    table = BASE.tables["songs"]
    publish(lake, DAY, ["A", "B"])
    publish(lake, NEXT, ["A"])
    published = lake.catalog.published(table)
    (long,), (short,) = published[DAY].files, published[NEXT].files
    lake.storage.write(lake.storage.key(long.address) or "", lake.catalog.content(short))
    fewer = r"The files of spotify\.songs hold 2 rows where its manifests say 3: "
    for reading in (lake.catalog.read, lake.catalog.rows):
        with pytest.raises(LakeError, match=fewer):
            reading(table, published.values())
    with pytest.raises(LakeError, match=r"The files of spotify\.songs hold 1 rows where its manifests say 2: "):
        BaseDays(lake, [DAY]).read(DAY)
    changed = r"Of the 2 files of spotify\.songs, 1 are gone or were changed after they were published"
    for asking in (lambda: query(lake, "SELECT count(*) FROM songs"), lambda: lake.catalog.collect(table)):
        with pytest.raises(LakeError, match=changed):
            asking()
