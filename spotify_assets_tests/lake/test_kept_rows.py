"""Rows of many days in one object: what is taken from it, and what becomes of it when it is damaged."""

import hashlib
from datetime import date

import msgspec
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from spotify_assets.lake import kept_rows
from spotify_assets.lake.kept_rows import KeptTable, read_kept, rows_still_true, write_kept
from spotify_assets.lake.lake import Lake
from spotify_assets_tests.conftest import IN_A_FOLDER

FIRST, SECOND = date(2026, 3, 1), date(2026, 3, 2)
KEY = "dashboard/rows.kept"
ROWS = pl.DataFrame({"snapshot_date": [FIRST, FIRST, SECOND], "name": ["a", None, "c"]})
TABLE = KeptTable({FIRST: "one", SECOND: "two"}, ROWS)


def test_what_is_written_is_read_again(lake: Lake) -> None:
    assert read_kept(lake.storage, KEY) == {}
    write_kept(lake.storage, KEY, {"some": TABLE, "none": KeptTable({}, ROWS.clear())})
    kept = read_kept(lake.storage, KEY)
    assert {name: table.versions for name, table in kept.items()} == {"some": TABLE.versions, "none": {}}
    assert_frame_equal(kept["some"].rows, ROWS)
    assert kept["none"].rows.schema == ROWS.schema


@IN_A_FOLDER
def test_what_was_damaged_at_any_byte_or_cut_anywhere_is_not_kept(lake: Lake) -> None:
    write_kept(lake.storage, KEY, {"some": TABLE})
    whole = lake.storage.read(KEY)
    for at in range(0, len(whole), 97):
        for content in (whole[:at], whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]):
            lake.storage.write(KEY, content)
            assert read_kept(lake.storage, KEY) == {}


@IN_A_FOLDER
def test_what_another_version_kept_counts_for_nothing(lake: Lake) -> None:
    content = msgspec.msgpack.encode({"some": [1, 2]})
    lake.storage.write(KEY, hashlib.sha256(content).digest() + content)
    assert read_kept(lake.storage, KEY) == {}


def test_only_days_of_the_wanted_version_and_of_the_wanted_columns_are_true() -> None:
    wanted = {FIRST: "one", SECOND: "another", date(2026, 3, 3): "three"}
    true = rows_still_true(TABLE, wanted, ROWS.clear())
    assert true.versions == {FIRST: "one"}
    assert_frame_equal(true.rows, ROWS.head(2))
    for kept, empty in ((None, ROWS.clear()), (TABLE, ROWS.clear().select("snapshot_date"))):
        true = rows_still_true(kept, wanted, empty)
        assert true.versions == {}
        assert_frame_equal(true.rows, empty)


@IN_A_FOLDER
def test_more_rows_than_matter_are_not_kept(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_rows, "MOST_ROWS", ROWS.height)
    write_kept(lake.storage, KEY, {"some": TABLE})
    assert read_kept(lake.storage, KEY) != {}
    lake.storage.delete([KEY])
    write_kept(lake.storage, KEY, {"some": TABLE, "more": TABLE})
    assert read_kept(lake.storage, KEY) == {}
