"""Saved queries in other engines' SQL, ready to run: each parameter is its default, with its name beside it."""

import sqlglot
from sqlglot import exp

from spotify_assets.serving.saved_queries import SavedQuery


def translated(query: SavedQuery, dialect: str) -> str:
    """A saved query in the SQL of `athena` or `snowflake`."""

    def fill_in(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Placeholder):
            return node
        filled = sqlglot.parse_one(query.parameters[node.name].default, read="duckdb")
        filled.add_comments([f" {node.name} "])
        return filled

    statement = sqlglot.parse_one(query.sql, read="duckdb").transform(fill_in)
    return statement.sql(dialect, pretty=True)
