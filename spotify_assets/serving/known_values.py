"""Values that a saved query's parameters can have in a lake, for a query that matches nothing."""

from collections.abc import Callable, Mapping

import polars as pl

from spotify_assets.serving.saved_queries import Value
from spotify_assets.transform.findings import listed

MOST_LISTED = 40
# By parameter name; days are given as the first and the last.
KNOWN = {
    "region": "SELECT DISTINCT region AS value FROM song_trends WHERE region IS NOT NULL ORDER BY ALL",
    "series": "SELECT DISTINCT series AS value FROM song_trends WHERE series IS NOT NULL ORDER BY ALL",
    "label": "SELECT DISTINCT label AS value FROM artist_consistency WHERE label IS NOT NULL ORDER BY ALL",
    "change": "SELECT DISTINCT change AS value FROM playlist_changes ORDER BY ALL",
}
DAYS = {"day", "from", "to"}
OF_DAYS = "SELECT DISTINCT snapshot_date AS value FROM playlists ORDER BY ALL"


def why_nothing(values: Mapping[str, Value], ask: Callable[[str], pl.DataFrame]) -> list[str]:
    """A sentence for each value that is not in the tables, with those that are; `ask` answers SQL."""
    told: list[str] = []
    for name, value in values.items():
        question = OF_DAYS if name in DAYS else KNOWN.get(name)
        if value is None or question is None:
            continue
        known = ask(question)["value"].to_list()
        if value in known:
            continue
        if name in DAYS:
            there = f"days are published from {known[0]} to {known[-1]}" if known else "no day is published"
        else:
            there = f"there are {listed([str(found) for found in known], MOST_LISTED)}" if known else "there are none"
        told.append(f"{name}={value} matches nothing: {there}.")
    return told
