"""Tables as the dashboard reads them, made of small histories, and the browser that opens its pages."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import polars as pl
import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from spotify_assets.schemas import TABLES
from spotify_assets.serving.dashboard.data import COLUMNS, DAY
from spotify_assets.transform.insights.day import NOTHING_EARLIER, build_insights
from spotify_assets_tests.support.data.chart_histories import FIRST_DAY, Chart, ChartDay, History, base_tables, song_id

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
Tables = dict[str, pl.DataFrame]
HOSTILE = [
    "</script><script>window.harmed = 1</script>",
    "<img src=x onerror='window.harmed = 1'>",
    "<!--<script>",
    "\"'`><svg onload=window.harmed=1>",
    "${window.harmed = 1} {{harmed}} datum.harmed",
    "\u202eليس\u2066 right to left \u202e",
    "😀" * 3_000,
    "unbroken" * 1_300,
    "__proto__",
]

# The charts of two days in turn: a global chart, two of one country, one of another.
TURNS = (
    {0: Chart("global", [0, 1, 2, 3, 4]), 1: Chart("gb", [1, 0, 5]), 2: Chart("gb", [6, 5]), 3: Chart("jp", [2, 6, 0])},
    {0: Chart("global", [1, 0, 4, 2, 5]), 1: Chart("gb", [0, 1, 2]), 2: Chart("gb", [5, 6]), 3: Chart("jp", [6, 2, 1])},
)


def month() -> History:
    """Thirty days, the last of which is of the second kind; the tenth was not captured."""
    days = [number for number in range(30) if number != 9]
    return {FIRST_DAY + timedelta(days=number): ChartDay(TURNS[number % 2]) for number in days}


def dashboard_tables(history: History) -> Tables:
    """What the lake would hold of a history, as the dashboard reads it."""
    found: dict[str, list[pl.DataFrame]] = {name: [TABLES[name].schema.create_empty()] for name in COLUMNS}
    earlier = NOTHING_EARLIER
    for day in sorted(history):
        base = base_tables(day, history[day])
        insights = build_insights(day, base, earlier)
        earlier = earlier.followed_by(day, insights)
        for name, frames in found.items():
            frames.append({**base, **insights}[name])
    return {
        name: pl.concat(frames, how="vertical_relaxed").select(DAY, *COLUMNS[name]) for name, frames in found.items()
    }


@contextmanager
def chromium() -> Iterator[Browser]:
    """A real browser without a window; the test is skipped where there is none, except in CI, which has to have one."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(f"CI has none of {', '.join(BROWSERS)}; .ci/run installs one.")
        pytest.skip(f"none of {', '.join(BROWSERS)} is installed")
    # Five seconds, Playwright's own, are too few on two cores that others use, too.
    expect.set_options(timeout=60_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def with_hostile_names(tables: Tables) -> Tables:
    """The same tables with names that try to be more than text: of songs, artists, labels, genres, albums, regions."""

    def renamed(frame: pl.DataFrame, column: str, key: str) -> pl.DataFrame:
        names = pl.col(key).hash(7).mod(len(HOSTILE)).replace_strict(list(range(len(HOSTILE))), HOSTILE)
        return frame.with_columns(names.alias(column))

    named = (
        ("song_name", "song_id"), ("artist_names", "song_id"), ("artist_name", "artist_id"), ("name", "artist_id"),
        ("name", "playlist_id"), ("genre", "genre"), ("name", "album_id"),
    )  # fmt: skip
    hostile = {name: renamed(tables[name], "label", "label") for name in ("label_trends", "song_trends")}
    # Of one song the artists are told as text.
    hostile["song_artists"] = tables["song_artists"].filter(pl.col("song_id") != song_id(1))
    for name, frame in tables.items():
        for column, key in named:
            if {column, key} <= set(frame.columns):
                hostile[name] = renamed(hostile.get(name, frame), column, key)
    regions = {"gb": HOSTILE[0], "global": HOSTILE[4], "jp": HOSTILE[7]}
    return {
        name: frame.with_columns(pl.col("^(other_)?region$").replace(regions))
        for name, frame in {**tables, **hostile}.items()
    }
