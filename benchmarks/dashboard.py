"""How large the dashboard is, and how soon it shows: `python -m benchmarks.dashboard`.

Reads the lake that LAKE_URL names; for the figures of the documentation it holds a year of the five sample charts:

    LAKE_URL=/tmp/year spotify-assets run --days 365
    LAKE_URL=/tmp/year python -m benchmarks.dashboard

With `--charts`, instead, the page as a folder of a simulated history of so many charts, from a server on this machine:

    python -m benchmarks.dashboard --charts 70 --days 365 --folder /var/tmp/year

Without `--folder` history and page are removed afterwards. With it they stay, and a history of these numbers is reused.

Each opening is a browser process of its own, with nothing cached. Times are the page's own clock, from the start of
navigation; once at full speed and once with the processor slowed four times, as a phone would be.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import msgspec
from playwright.sync_api import Page
from rich.console import Console
from rich.table import Table

from benchmarks.dashboard_folder import folder_figures
from spotify_assets.config import settings
from spotify_assets.lake.lake import Lake
from spotify_assets.serving.dashboard.data import page_data
from spotify_assets.serving.dashboard.inputs import read_dashboard_rows
from spotify_assets.serving.dashboard.library import charting_library
from spotify_assets.serving.dashboard.page import page_html
from spotify_assets_tests.support.data.dashboard_pages import chromium

RESULTS = Path(__file__).parent / "results" / "dashboard.json"
RESULTS_OF_FOLDER = RESULTS.with_name("dashboard_folder.json")
SLOWER = 4
# Notes when the first row of the chart, the first sparkline and the first Vega-Lite chart are on the page.
WATCH = """
window.seen = {};
const wanted = { table: "#chart tbody tr", sparkline: ".sparkline svg", chart: ".chart svg" };
new MutationObserver(() => {
  for (const [name, selector] of Object.entries(wanted)) {
    if (!(name in window.seen) && document.querySelector(selector)) window.seen[name] = performance.now();
  }
}).observe(document, { childList: true, subtree: true });
"""
# The charts lie below the first screen; a tall window brings them onto it.
WINDOW = {"width": 1280, "height": 4000}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dashboard", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="openings of the page at each speed (default: 5)")
    parser.add_argument("--charts", type=int, help="the page as a folder, of so many charts that are made for it")
    parser.add_argument("--days", type=int, default=365, help="of so many days (default: 365)")
    parser.add_argument("--folder", type=Path, help="where history and page are kept (default: they are removed)")
    asked = parser.parse_args()
    if asked.charts:
        with nullcontext(asked.folder) if asked.folder else tempfile.TemporaryDirectory() as work:
            for figures in folder_figures(asked.charts, asked.days, Path(work), WATCH, WINDOW):
                _keep(RESULTS_OF_FOLDER, {"charts": asked.charts, **figures})
        return
    runs = asked.runs
    lake = Lake(settings())
    shown, reading = _timed(lambda: read_dashboard_rows(lake))
    data, choosing = _timed(lambda: page_data(shown.tables))
    library = charting_library(lake.storage)
    html, writing = _timed(lambda: page_html(data, library))
    if not data["days"]:
        sys.exit(f"Nothing is published in {lake.storage.url}; see above for how to fill a lake.")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "index.html")
        file.write_text(html, encoding="utf-8")
        openings = {speed: [_open(file, speed) for _ in range(runs)] for speed in (1, SLOWER)}
    measured = {
        "days": len(data["days"]),
        "playlists": len(data["playlists"]["id"]),
        "chart_rows": shown.tables["song_trends"].height,
        "bytes": len(html.encode()),
        "bytes_without_data": len(page_html({}, library).encode()),
        "seconds_to_read": reading,
        "seconds_to_choose_and_pack": choosing + writing,
        "milliseconds_in_browser": {
            f"processor slowed {speed} times" if speed > 1 else "full speed": {
                name: round(statistics.median(opening[name] for opening in found)) for name in found[0]
            }
            for speed, found in openings.items()
        },
    }
    _keep(RESULTS, measured)


def _keep(file: Path, measured: dict[str, Any]) -> None:
    file.write_bytes(msgspec.json.format(msgspec.json.encode(measured), indent=2) + b"\n")
    _show(measured)


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    started = time.perf_counter()
    result = work()
    return result, round(time.perf_counter() - started, 2)


def _open(file: Path, speed: int) -> dict[str, float]:
    with chromium() as browser:
        page = browser.new_page(viewport=WINDOW)  # pyright: ignore[reportArgumentType]  a dict with these two keys
        page.add_init_script(WATCH)
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": speed})
        page.goto(file.as_uri())
        page.locator(".chart svg").first.wait_for()
        page.locator(".sparkline svg").first.wait_for()
        seen = page.evaluate("window.seen")
        return {**seen, "another region over all days": _change_region(page)}


def _change_region(page: Page) -> float:
    page.get_by_role("button", name="All", exact=True).click()
    return page.evaluate(
        """() => {
            const region = document.getElementById("region");
            region.selectedIndex = region.selectedIndex ? 0 : 1;
            const started = performance.now();
            region.dispatchEvent(new Event("change", { bubbles: true }));
            return performance.now() - started;
        }"""
    )


def _show(measured: dict[str, Any]) -> None:
    table = Table("what", "figure", title="The dashboard")
    for name, figure in measured.items():
        if not isinstance(figure, dict):
            table.add_row(name.replace("_", " "), f"{figure:,}")
            continue
        for speed, times in figure.items():
            for event, milliseconds in times.items():
                table.add_row(f"{event}, {speed}", f"{milliseconds:,} ms")
    Console().print(table)


if __name__ == "__main__":
    main()
