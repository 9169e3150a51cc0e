"""Rejection: rows that break their table's schema, or refer to one that did, become `rejected_rows`."""

from collections.abc import Iterator, Sequence
from datetime import date

import polars as pl

from spotify_assets.schemas.base import BASE


class Splitter:
    """Splits candidate rows into good ones and `rejected_rows`."""

    def __init__(self, snapshot_date: date) -> None:
        self.snapshot_date = snapshot_date
        self._notes: list[pl.DataFrame] = []

    def note(self, rejected: pl.DataFrame) -> None:
        """Adds rows for `rejected_rows`: table_name, key, rule, raw_object, row_json."""
        if not rejected.is_empty():
            self._notes.append(rejected.select("table_name", "key", "rule", "raw_object", "row_json"))

    def split(self, name: str, candidates: pl.DataFrame) -> pl.DataFrame:
        """Rows of `candidates` that satisfy the table's schema; the others are noted with each rule they break."""
        table = BASE.tables[name]
        dated = candidates.with_columns(snapshot_date=pl.lit(self.snapshot_date))
        good, failure = table.schema.filter(dated.select(table.schema.column_names()), cast=False)
        if len(failure):
            self._note_failures(name, failure.details(), dated)
        return good

    def split_by_parents(self, name: str, candidates: pl.DataFrame, refused: dict[str, pl.DataFrame]) -> pl.DataFrame:
        """Like `split`, first noting rows whose `column` has a key that its parent table refused."""
        for column, keys in refused.items():
            if not keys.is_empty():
                orphans = candidates.join(keys, on=column, how="semi", nulls_equal=True)
                self.note_rows(name, orphans.with_columns(rule=pl.lit(f"{column}|rejected")))
                candidates = candidates.join(keys, on=column, how="anti", nulls_equal=True, maintain_order="left")
        return self.split(name, candidates)

    def _note_failures(self, name: str, details: pl.DataFrame, dated: pl.DataFrame) -> None:
        columns = BASE.tables[name].schema.column_names()
        rules = [column for column in details.columns if column not in columns]
        broken = (
            details.unpivot(rules, index=columns, variable_name="rule", value_name="outcome")
            .filter(pl.col("outcome") == "invalid")
            .drop("outcome")
        )
        origins = dated.select(*columns, "raw_object").unique(columns, keep="first")
        self.note_rows(name, broken.join(origins, on=columns, how="left", nulls_equal=True))

    def note_rows(self, name: str, rows: pl.DataFrame, *, besides: Sequence[str] = ()) -> None:
        """Adds rows meant for a table, with their `rule` and `raw_object`; `besides` are columns to show with them."""
        table = BASE.tables[name]
        shown = [column for column in (*table.schema.column_names(), *besides) if column in rows.columns]
        key = [column for column in table.key if column != "snapshot_date"]
        self.note(
            rows.select(
                "rule",
                "raw_object",
                table_name=pl.lit(name),
                key=pl.concat_str(key, separator="/", ignore_nulls=False),
                row_json=pl.struct(shown).struct.json_encode(),
            )
        )

    def rejected(self) -> pl.DataFrame:
        """All notes as the `rejected_rows` table."""
        table = BASE.tables["rejected_rows"]
        empty = table.schema.create_empty()
        return pl.concat([empty, *self._dated_notes()]).unique().sort(table.order)

    def _dated_notes(self) -> Iterator[pl.DataFrame]:
        columns = BASE.tables["rejected_rows"].schema.column_names()
        for note in self._notes:
            yield note.with_columns(snapshot_date=pl.lit(self.snapshot_date)).select(columns)
