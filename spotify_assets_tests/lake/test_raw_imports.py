"""Imported objects in the raw zone: landed once, filed under their day, and kept by their name."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from spotify_assets.lake.lake import Lake
from spotify_assets.lake.raw import RawEntry, file_entry
from spotify_assets.lake.raw_imports import IMPORT_NAME, import_name
from spotify_assets.lake.raw_keys import TO_BE_PROCESSED
from spotify_assets.lake.storage import StoredObject

DAY = date(2026, 3, 1)
DIGEST = "0123456789abcdef"
# A week that spotifycharts.com named by two days, neither of which is the chart's.
FILE = "regional-gb-weekly-2026-02-20--2026-02-27.csv"


@given(file=st.text(min_size=1, max_size=300))
def test_any_file_gives_a_name(file: str) -> None:
    assert IMPORT_NAME.match(import_name(DAY, DIGEST, file))


def test_the_day_is_that_of_the_folder() -> None:
    key = f"{TO_BE_PROCESSED}/{import_name(DAY, DIGEST, FILE)}"
    entry = file_entry(StoredObject(key, 1, "", datetime.now(UTC)), date(2026, 12, 31))
    assert isinstance(entry, RawEntry)
    assert (entry.snapshot_date, entry.name) == (DAY, import_name(DAY, DIGEST, FILE))
    assert (entry.is_import, entry.is_own, entry.is_written_whole) == (True, False, True)


def test_the_same_content_lands_once_whatever_its_file_is_called(lake: Lake) -> None:
    assert lake.raw.imports.land(DAY, DIGEST, FILE, b"first")
    again = Lake(lake.settings).raw
    assert not again.imports.land(DAY, DIGEST, FILE, b"second")
    assert not again.imports.land(DAY, DIGEST, "renamed.csv", b"second")
    assert again.imports.land(DAY + timedelta(days=1), DIGEST, FILE, b"other day")
    (entry,) = lake.raw.seen_of([DAY])[DAY]
    assert lake.storage.read(entry.key) == b"first"
    assert lake.raw.is_settled(entry, entry.landed_at)
    assert lake.raw.young_until(entry, entry.landed_at) is None


def test_what_is_processed_keeps_its_name_and_does_not_land_again(lake: Lake) -> None:
    lake.raw.imports.land(DAY, DIGEST, FILE, b"first")
    assert lake.raw.file_as_processed(lake.raw.objects_of([DAY])[DAY]) == 1
    assert not Lake(lake.settings).raw.imports.land(DAY, DIGEST, FILE, b"first")
    (entry,) = lake.raw.seen_of([DAY])[DAY]
    assert (entry.name, entry.is_waiting) == (import_name(DAY, DIGEST, FILE), False)
