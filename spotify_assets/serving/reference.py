"""The reference of tables and columns, derived from the schemas: `docs/reference.md`.

`python -m spotify_assets.serving.reference > docs/reference.md` (`make reference`) writes it again.
"""

import inspect
import sys
from collections.abc import Iterator

from spotify_assets.lake.iceberg_schema import iceberg_schema
from spotify_assets.schemas import BASE, INSIGHTS, Table
from spotify_assets.schemas import insights as insight_rules
from spotify_assets.schemas.base import FOREIGN_KEYS

INTRODUCTION = """\
# Tables and columns

Written from the schemas in [spotify_assets/schemas](../spotify_assets/schemas) by `make reference`; change them, not
this file.

All tables are partitioned by `snapshot_date`. Positions start at 1, times are UTC, durations are milliseconds. Types
are those of Iceberg: `long` is `bigint` and `timestamptz` is `timestamp with time zone` in SQL. A column marked *key*
is part of the primary key; only one marked *optional* may be null."""


def reference() -> str:
    """The complete document."""
    # The module's first line introduces its code; the rest are the rules that all its tables keep.
    rules = inspect.cleandoc(insight_rules.__doc__ or "").partition("\n\n")[2]
    sections = [
        INTRODUCTION,
        "## Base tables",
        *(_section(table) for table in BASE.tables.values()),
        "## Insight tables",
        rules,
        *(_section(table) for table in INSIGHTS.tables.values()),
    ]
    return "\n\n".join(sections) + "\n"


def _section(table: Table) -> str:
    header = ["| column | type | | what it says |", "|---|---|---|---|"]
    return "\n".join([f"### {table.name}", "", table.description, "", *header, *_rows(table)])


def _rows(table: Table) -> Iterator[str]:
    types = {field.name: str(field.field_type) for field in iceberg_schema(table).fields}
    references = {key.column: f"{key.parent}.{key.parent_column}" for key in FOREIGN_KEYS if key.table == table.name}
    for name, column in table.schema.columns().items():
        mark = "key" if column.primary_key else "optional" if column.nullable else ""
        said = [column.description or "", *([f"refers to `{references[name]}`"] if name in references else [])]
        cells = [f"`{name}`", f"`{types[name]}`", mark, "; ".join(said)]
        yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


if __name__ == "__main__":
    sys.stdout.write(reference())
