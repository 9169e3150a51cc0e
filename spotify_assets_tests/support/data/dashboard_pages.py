"""Tables as the dashboard reads them, made of small histories, and the browser that opens its pages."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import polars as pl
import pytest
from playwright.sync_api import Browser, sync_playwright

from spotify_assets.schemas import TABLES
from spotify_assets.serving.dashboard.data import COLUMNS, DAY
from spotify_assets.transform.insights.day import NOTHING_EARLIER, build_insights
from spotify_assets_tests.support.data.chart_histories import FIRST_DAY, Chart, ChartDay, History, base_tables

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
Tables = dict[str, pl.DataFrame]

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
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
