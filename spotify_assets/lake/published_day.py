"""What is published of a table, day by day, according to the manifests of its current snapshot."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain

from pyiceberg.expressions import And, BooleanExpression, GreaterThanOrEqual, In, LessThanOrEqual
from pyiceberg.manifest import DataFile, DataFileContent
from pyiceberg.table import ALWAYS_TRUE, ManifestGroupPlanner
from pyiceberg.table import Table as IcebergTable
from pyiceberg.utils.datetime import days_to_date

PARTITION_COLUMN = "snapshot_date"


@dataclass(frozen=True)
class PublishedFile:
    """A file with rows of one day of a table: its address, rows, bytes, and null values per column."""

    address: str
    rows: int
    size: int
    nulls: Mapping[str, int]


@dataclass(frozen=True)
class PublishedDay:
    """One day of a table: the files that hold its rows, one or more, by address."""

    snapshot_date: date
    files: tuple[PublishedFile, ...]

    @property
    def rows(self) -> int:
        """Rows of the day."""
        return sum(file.rows for file in self.files)

    @property
    def size(self) -> int:
        """Bytes of its files."""
        return sum(file.size for file in self.files)

    @property
    def nulls(self) -> Mapping[str, int]:
        """Null values per column that all its files report."""
        told = set.intersection(*(set(file.nulls) for file in self.files))
        return {name: sum(file.nulls[name] for file in self.files) for name in told}

    @property
    def content(self) -> str:
        """Distinguishes its content from other content of the table and day."""
        return content_of(file.address for file in self.files)


def content_of(files: Iterable[str]) -> str:
    """The content hashes that the names of data files start with, given their addresses or keys."""
    return "+".join(sorted(file.rsplit("/", 1)[-1].split("-", 1)[0] for file in files))


def published_days(table: IcebergTable, days: list[date] | None) -> dict[date, PublishedDay]:
    """What a table's current snapshot holds of each day that has rows; of all days if none are given."""
    snapshot = table.current_snapshot()
    if snapshot is None:
        return {}
    # A scan's own plan would also compute each file's residual filter: for complete days, there is none.
    planner = ManifestGroupPlanner(table.metadata, table.io, ALWAYS_TRUE if days is None else on_days(days))
    columns = {field.field_id: field.name for field in table.schema().fields}
    files: dict[date, list[PublishedFile]] = defaultdict(list)
    for entry in chain.from_iterable(planner.plan_manifest_entries(snapshot.manifests(table.io))):
        # Other writers may have added delete files, which hold no rows.
        if entry.data_file.content == DataFileContent.DATA:
            files[days_to_date(entry.data_file.partition[0])].append(_published_file(entry.data_file, columns))
    return {
        day: PublishedDay(day, tuple(sorted(of_day, key=lambda file: file.address))) for day, of_day in files.items()
    }


def on_days(days: list[date]) -> BooleanExpression:
    """The filter for rows of these days."""
    first, last = min(days, default=date.max), max(days, default=date.min)
    if len(set(days)) == (last - first).days + 1:
        # Binding many literals to each file takes far longer than two.
        return And(GreaterThanOrEqual(PARTITION_COLUMN, first), LessThanOrEqual(PARTITION_COLUMN, last))  # pyright: ignore[reportCallIssue]  its model hides the constructors
    return In(PARTITION_COLUMN, days)  # pyright: ignore[reportCallIssue]


def _published_file(file: DataFile, columns: Mapping[int, str]) -> PublishedFile:
    counts = file.null_value_counts or {}
    nulls = {columns[field_id]: count for field_id, count in counts.items() if field_id in columns}
    return PublishedFile(file.file_path, file.record_count, file.file_size_in_bytes, nulls)
