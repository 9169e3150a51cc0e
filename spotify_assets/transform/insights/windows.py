"""Trailing days: on which of them a region was captured, and which one is compared with."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from spotify_assets.transform.insights.charts import SERIES_REGION

# Days after which shares are compared.
COMPARED_DAYS = (7, 28)
DAYS_OF_TOLERANCE = 6


def with_numbers(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows whose texts are numbers, each text held once: texts take most time and memory in weeks of rows."""
    return rows.with_columns(pl.col(pl.String).cast(pl.Categorical))


def with_texts(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows whose texts are texts again."""
    return rows.with_columns(pl.col(pl.Categorical).cast(pl.String))


@dataclass(frozen=True)
class Window:
    """A table's rows of some days, one frame a day in day order: selecting days copies nothing.

    Eight weeks of 73 charts are 800,000 rows; most insights read one day or a few. Their texts are numbers
    (`with_numbers`).
    """

    days: Mapping[date, pl.DataFrame]
    empty: pl.DataFrame

    @classmethod
    def of(cls, rows: pl.DataFrame) -> "Window":
        """From rows in any order."""
        numbered = with_numbers(rows)
        by_day = numbered.partition_by("snapshot_date", as_dict=True)
        return cls({day: by_day[day,] for (day,) in sorted(by_day)}, numbered.clear())

    def rows(self) -> pl.DataFrame:
        """The rows of all days, as the table has them."""
        return with_texts(pl.concat([self.empty, *self.days.values()]))

    def on_days(self, day: date, back: int, until: int = 0) -> pl.DataFrame:
        """Rows from `back` days before the day up to `until` days before it, both included."""
        return self.of_days(day - timedelta(days=ago) for ago in range(back, until - 1, -1))

    def of_days(self, days: Iterable[date]) -> pl.DataFrame:
        """Rows of the given days that exist, in that order."""
        return pl.concat([self.empty, *(self.days[day] for day in days if day in self.days)])

    def followed_by(self, day: date, rows: pl.DataFrame, length: int) -> "Window":
        """The last `length` days up to this later one."""
        latest = {past: known for past, known in self.days.items() if past > day - timedelta(days=length)}
        return Window({**latest, day: with_numbers(rows.select(self.empty.columns))}, self.empty)


def captured_days(trends: pl.DataFrame) -> pl.DataFrame:
    """The days on which songs were on a region's charts.

    SERIES_REGION, snapshot_date, chart_length of the longest chart, and whether any has labels: tells_labels.
    """
    return trends.group_by(*SERIES_REGION, "snapshot_date").agg(
        (pl.col("points") + pl.col("position") - 1).max().alias("chart_length"),
        tells_labels=pl.col("label").count() > 0,
    )


def on_days(frame: pl.DataFrame, day: date, back: int, until: int = 0) -> pl.DataFrame:
    """Rows from `back` days before the day up to `until` days before it, both included."""
    first, last = day - timedelta(days=back), day - timedelta(days=until)
    return frame.filter(pl.col("snapshot_date").is_between(first, last))


def days_compared_with(captured: pl.DataFrame, day: date, days: int) -> pl.DataFrame:
    """Each region's last captured day at least `days` ago and at most six more: SERIES_REGION, compared_with.

    Regions without such a day are left out.
    """
    return (
        on_days(captured, day, days + DAYS_OF_TOLERANCE, days)
        .group_by(SERIES_REGION)
        .agg(pl.col("snapshot_date").max().alias("compared_with"))
    )
