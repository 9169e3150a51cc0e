"""Chart positions: each belongs to one song. Equal duplicates are merged, contradictory ones rejected."""

from collections.abc import Callable

import polars as pl

from spotify_assets.charts.chart_file import Problem

PLACE = ("chart_id", "snapshot_date", "position")
MOST_NAMED = 5


def settle_places(rows: pl.DataFrame, line_text: Callable[[int], str]) -> tuple[pl.DataFrame, list[Problem], list[str]]:
    """Rows with one song at each position, problems of rejected rows, and sentences about missing positions.

    A song listed twice at its position counts once; different songs at one position are all rejected, since nothing
    says which is right.
    """
    is_shared = rows.select(PLACE).is_duplicated()
    if not is_shared.any():
        return rows, [], _gaps(rows)
    shared = rows.filter(is_shared).with_columns(
        songs=pl.col("song_id").n_unique().over(PLACE),
        first=pl.col("line").min().over(PLACE),
        lines=pl.col("line").sort().over(PLACE, mapping_strategy="join"),
    )
    is_repeated = pl.col("songs") == 1
    lost = shared.filter(~is_repeated | (pl.col("line") != pl.col("first")))
    problems = [
        Problem(row["line"], _reason(row), line_text(row["line"]))
        for row in lost.select("line", "songs", "first", "lines", *PLACE).iter_rows(named=True)
    ]
    kept = rows.join(lost.select("line"), on="line", how="anti")
    return kept, problems, _gaps(kept)


def _reason(row: dict[str, object]) -> str:
    place = f"rank {row['position']} of {row['chart_id']} of {row['snapshot_date']}"
    if row["songs"] == 1:
        return f"{place} is already in line {row['first']}, with the same song"
    lines = row["lines"]
    named = ", ".join(str(line) for line in lines[:MOST_NAMED]) if isinstance(lines, list) else ""
    return f"{place} has different songs, in lines {named}: all of them are rejected"


def _gaps(rows: pl.DataFrame) -> list[str]:
    """Sentences about charts with missing positions above their last one, which complete charts may have."""
    counted = rows.group_by("chart_id", "snapshot_date").agg(pl.col("position").max().alias("last"), pl.len())
    short = counted.filter(pl.col("last") > pl.col("len")).sort("snapshot_date", "chart_id")
    if short.is_empty():
        return []
    chart_id, day, last, _ = short.row(0)
    is_first = (pl.col("chart_id") == chart_id) & (pl.col("snapshot_date") == day)
    there = set(rows.filter(is_first)["position"])
    # A position far beyond all others is odd itself; do not list all positions before it.
    missing = [place for place in range(1, min(last, len(there) + MOST_NAMED) + 1) if place not in there]
    named = ", ".join(str(place) for place in missing[:MOST_NAMED])
    more = " and others" if last - len(there) > MOST_NAMED else ""
    of_how_many = f"{short.height:,} of {counted.height:,} charts"
    return [f"positions are missing on {of_how_many}, the first is {chart_id} of {day}: {named}{more}"]
