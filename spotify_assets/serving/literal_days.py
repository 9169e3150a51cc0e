"""Days in a saved query as literals: with them DuckDB skips the files of all other days. With a parameter, or the
subquery for the latest day, it would read all of history.
"""

import re
from collections.abc import Mapping
from datetime import date

from spotify_assets.lake.lake import Lake
from spotify_assets.schemas import TABLES
from spotify_assets.serving.saved_queries import Value

# How saved queries write a day that defaults to the latest one.
_DAY = re.compile(
    r"coalesce\(CAST\(\$(?P<parameter>\w+) AS DATE\), \(SELECT max\(snapshot_date\) FROM (?P<table>\w+)\)\)"
)


def with_literal_days(lake: Lake, sql: str, values: Mapping[str, Value]) -> tuple[str, dict[str, Value]]:
    """The SQL of a saved query with its days as literals, and the values that it still needs.

    The latest day is known from the manifests of its table; if that has no rows, the SQL is unchanged.
    """

    def literal(found: re.Match[str]) -> str:
        day = values.get(found["parameter"]) or max(lake.catalog.published(TABLES[found["table"]]), default=None)
        return f"DATE '{day}'" if isinstance(day, date) else found[0]

    literally = _DAY.sub(literal, sql)
    asked = set(re.findall(r"\$(\w+)", literally))
    return literally, {name: value for name, value in values.items() if name in asked}
