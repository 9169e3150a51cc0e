"""Days in a saved query as literals: by one DuckDB leaves out the files of all other days, by a parameter or the
subquery for the latest day it does not, and would read all of history.
"""

import re
from collections.abc import Mapping
from datetime import date

from spotify_assets.lake.lake import Lake
from spotify_assets.schemas import TABLES
from spotify_assets.serving.saved_queries import Value

# How saved queries write a day that is the latest one where none is given.
_DAY = re.compile(
    r"coalesce\(CAST\(\$(?P<parameter>\w+) AS DATE\), \(SELECT max\(snapshot_date\) FROM (?P<table>\w+)\)\)"
)


def with_literal_days(lake: Lake, sql: str, values: Mapping[str, Value]) -> tuple[str, dict[str, Value]]:
    """The SQL of a saved query with its days as literals, and the values that it still asks for.

    The latest day is known from the manifests of its table; without any row there the SQL stays as it is.
    """

    def literal(found: re.Match[str]) -> str:
        day = values.get(found["parameter"]) or max(lake.catalog.published(TABLES[found["table"]]), default=None)
        return f"DATE '{day}'" if isinstance(day, date) else found[0]

    literally = _DAY.sub(literal, sql)
    return literally, {name: value for name, value in values.items() if f"${name}" in literally}
