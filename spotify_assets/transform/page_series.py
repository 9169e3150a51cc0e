"""Joins pages of a playlist that are in one raw object each, as a loop over the API's answers saves them, to one list.

Pages belong together if another program landed them for the same playlist, in one folder, under names that differ only
by the page number (`series_of`), and each within an hour of the one before it. A repeated offset begins another
capture, so pages of a morning and an evening are never mixed. A capture is complete under the same rule as one object:
its pages must follow each other from 0, and have as many entries as they state. A single page remains an incomplete
list.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain

import polars as pl

from spotify_assets.transform.key_words import series_of
from spotify_assets.transform.observations import Observations
from spotify_assets.transform.observed_columns import PLAYLIST_COLUMNS
from spotify_assets.transform.pages import Run, missing_of

# Longer than the slowest loop waits for a page, shorter than the time between two captures.
LONGEST_PAUSE = timedelta(hours=1)
OF_PAGES = ("page_first", "page_total", "page_has_next")
MOVES = {"snapshot_index": pl.Int32, "whole_index": pl.Int32, "shift": pl.Int64}


@dataclass(frozen=True)
class _Page:
    """A page as it landed; `row` is all that is known of its playlist."""

    row: dict[str, object]
    run: Run
    landed_at: datetime
    raw_object: str
    index: int


def with_pages_joined(observations: Observations) -> Observations:
    """The observations with each capture of several pages as one, in place of its first page."""
    pages = observations.playlists.filter(pl.col("page_first").is_not_null())
    captures = [capture for capture in _captures(pages) if len(capture) > 1]
    if not captures:
        return observations
    joined = pl.DataFrame([_joined(capture) for capture in captures], schema=PLAYLIST_COLUMNS, orient="row")
    moves = pl.DataFrame(list(chain.from_iterable(map(_moves, captures))), schema=MOVES, orient="row")
    single = observations.playlists.join(moves, on="snapshot_index", how="anti", maintain_order="left")
    entries = observations.entries.join(moves, on="snapshot_index", how="left", maintain_order="left")
    return replace(
        observations,
        playlists=pl.concat([single, joined]),
        entries=entries.with_columns(
            pl.coalesce("whole_index", "snapshot_index").alias("snapshot_index"),
            pl.col("position") + pl.col("shift").fill_null(0),
        ).drop("whole_index", "shift"),
    )


def _captures(pages: pl.DataFrame) -> Iterator[list[_Page]]:
    """Pages that belong together, in the order of their offsets."""
    series: dict[tuple[str, str], list[_Page]] = {}
    for row in pages.iter_rows(named=True):
        run = Run(row["page_first"], row["entries"], row["page_total"], row["page_has_next"])
        page = _Page(row, run, row["fetched_at"], row["raw_object"], row["snapshot_index"])
        series.setdefault((row["playlist_id"], series_of(row["raw_object"])), []).append(page)
    for of_series in series.values():
        of_series.sort(key=lambda page: (page.landed_at, page.raw_object, page.run.first))
        capture: list[_Page] = []
        for page in of_series:
            is_another = capture and (
                page.landed_at - capture[-1].landed_at > LONGEST_PAUSE
                or page.run.first in {known.run.first for known in capture}
            )
            if is_another:
                yield _in_order(capture)
                capture = []
            capture.append(page)
        yield _in_order(capture)


def _in_order(capture: Sequence[_Page]) -> list[_Page]:
    return sorted(capture, key=lambda page: page.run.first)


def _joined(capture: list[_Page]) -> tuple[object, ...]:
    """The row of a capture: of the page that describes the playlist, with totals of all pages."""
    missing, doubts = missing_of([page.run for page in capture])
    described = next((page for page in capture if page.row["name"] is not None), capture[0])
    changes: dict[str, object] = {
        "snapshot_index": capture[0].index,
        "raw_object": capture[0].raw_object,
        "entries": sum(page.run.length for page in capture),
        # It was complete with the last page.
        "fetched_at": max(page.landed_at for page in capture),
        "missing": missing,
        "doubt": "; ".join(doubts) or None,
        **dict.fromkeys(OF_PAGES),
    }
    return tuple((described.row | changes)[name] for name in PLAYLIST_COLUMNS)


def _moves(capture: list[_Page]) -> Iterator[tuple[int, int, int]]:
    """The number of each page's entries in the capture, and by how much their positions rise."""
    before = 0
    for page in capture:
        yield page.index, capture[0].index, before
        before += page.run.length
