"""What is said of a day that lies in one file, several or none."""

from collections.abc import Mapping
from datetime import date
from itertools import permutations

import pytest
from pyiceberg.expressions.visitors import expression_evaluator
from pyiceberg.schema import Schema
from pyiceberg.typedef import Record
from pyiceberg.types import DateType, NestedField
from pyiceberg.utils.datetime import date_to_days

from spotify_assets.lake.published_day import PARTITION_COLUMN, PublishedDay, PublishedFile, content_of, on_days

DAY = date(2026, 3, 1)
FOLDER = "s3://lake/songs_data/data/snapshot_date=2026-03-01"


def published(*files: tuple[str, Mapping[str, int]]) -> PublishedDay:
    """A day of these files: the hash that each is named after, and its null values; each has 10 rows in 100 bytes."""
    return PublishedDay(
        DAY, tuple(PublishedFile(f"{FOLDER}/{name}-a-run.parquet", 10, 100, nulls) for name, nulls in files)
    )


def test_the_content_of_a_day_does_not_depend_on_the_order_of_its_files_or_on_who_wrote_them() -> None:
    names = [f"{FOLDER}/bb-first-run.parquet", "aa-second-run.parquet", "elsewhere/cc-run.parquet"]
    assert {content_of(order) for order in permutations(names)} == {"aa+bb+cc"}
    assert content_of(["other/aa-run.parquet", "bb-x.parquet", "cc-y.parquet"]) == "aa+bb+cc"


def test_a_file_less_another_file_or_the_same_one_twice_is_other_content() -> None:
    contents = [content_of(names) for names in ([], ["aa-r"], ["bb-r"], ["aa-r", "bb-r"], ["aa-r", "aa-s"])]
    assert len(set(contents)) == len(contents)


def test_a_day_counts_the_rows_and_bytes_of_all_its_files() -> None:
    day = published(("bb", {}), ("aa", {}), ("cc", {}))
    assert (day.rows, day.size, day.content) == (30, 300, "aa+bb+cc")


@pytest.mark.parametrize("numbers", [[3], [3, 4], [4, 3, 5], [3, 3, 4], [3, 5], [3, 4, 6], [3, 4, 4, 6]])
def test_the_filter_of_days_lets_them_pass_and_no_day_beside_or_between(numbers: list[int]) -> None:
    schema = Schema(NestedField(1, PARTITION_COLUMN, DateType(), required=True))
    passes = expression_evaluator(schema, on_days([date(2026, 3, number) for number in numbers]), case_sensitive=True)
    found = [number for number in range(1, 9) if passes(Record(date_to_days(date(2026, 3, number))))]
    assert found == sorted(set(numbers))


def test_null_values_are_told_of_columns_that_all_files_tell_of() -> None:
    assert published(("aa", {"name": 1, "isrc": 2}), ("bb", {"name": 3})).nulls == {"name": 4}
