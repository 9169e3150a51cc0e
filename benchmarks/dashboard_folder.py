"""The page as a folder: how long it takes to write, how large it is, and how soon it shows what is looked at."""

import multiprocessing
import os
import resource
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from benchmarks.dashboard_history import FIRST_DAY, HistoryInFiles, write_history
from spotify_assets.lake.storage import Storage
from spotify_assets.serving.dashboard.folder import write_folder
from spotify_assets.serving.dashboard.page import bundle_library
from spotify_assets_tests.support.data.dashboard_folders import served
from spotify_assets_tests.support.data.dashboard_pages import chromium

READY = "() => document.querySelector('#subject:not([hidden]) .chart svg')"
FOUND = "() => document.querySelectorAll('#found [role=option]').length"


def folder_figures(charts: int, days: int, work: Path, watch: str, window: dict[str, int]) -> Iterator[dict[str, Any]]:
    """Figures of a folder about so many charts and days in a folder to work in: once written, and once read as well."""
    history, site = work / f"history-{charts}-{days}", work / "site"
    if not history.exists():
        # Under its name it is complete.
        unfinished = history.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        write_history(unfinished, charts, days)
        unfinished.rename(history)
    shutil.rmtree(site, ignore_errors=True)
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        written = {**pool.apply(_write, (history, site, days)), "load_after_writing": os.getloadavg()[0]}
    yield written
    with served(site) as address, chromium() as browser:
        page = browser.new_page(viewport=window)  # pyright: ignore[reportArgumentType]  a dict with these two keys
        load = {"load_before_reading": os.getloadavg()[0]}
        yield {**written, **load, **_read(page, address, watch)}


def _write(history: Path, site: Path, days: int) -> dict[str, Any]:
    """In a process of its own, so that the peak of memory is that of the writing."""
    library = bundle_library()
    started = time.perf_counter()
    all_days = [FIRST_DAY + timedelta(days=number) for number in range(days)]
    written = write_folder(HistoryInFiles(history, all_days), Storage(str(site)), library)
    return {
        "days": written.days,
        "chart_rows": written.chart_rows,
        "pieces": written.pieces,
        "bytes": written.size,
        "bytes_of_index": (site / "index.html").stat().st_size,
        "seconds_to_write": round(time.perf_counter() - started, 1),
        "processor_seconds_to_write": round(time.process_time(), 1),
        "megabytes_of_memory_to_write": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
    }


def _read(page: Page, address: str, watch: str) -> dict[str, Any]:
    read: list[tuple[str, int]] = []
    page.on("requestfinished", lambda asked: read.append((asked.url, asked.sizes()["responseBodySize"])))
    page.add_init_script(watch)
    page.goto(address)
    page.locator(".chart svg").first.wait_for()
    song, artist = (
        page.locator(f"#chart tbody a[href^='#{kind}']").nth(20).get_attribute("href") for kind in ("song", "artist")
    )
    figures: dict[str, Any] = {"bytes_read_first": sum(size for _, size in read), **page.evaluate("window.seen")}

    def timed(name: str, work: Callable[[], Any]) -> None:
        before = len(read)
        figures[name] = round(work())
        figures[f"{name}: bytes read"] = sum(size for _, size in read[before:])

    timed("a song's view", lambda: _go(page, song))
    label = page.locator("#subject a[href^='#label']").first.get_attribute("href")
    timed("an artist's view", lambda: _go(page, artist))
    timed("a label's view", lambda: _go(page, label))
    page.evaluate("location.hash = '#overview'")
    page.locator("#chart tbody a[href^='#playlist']").or_(page.locator("#chart .note a")).first.wait_for()
    chart = page.locator("#chart .note a").first.get_attribute("href")
    page.locator("#subject").wait_for(state="hidden")
    timed("a playlist's view", lambda: _go(page, chart, "() => document.querySelector('#subject table')"))
    timed("the first letter in the search field", lambda: _type(page, "s"))
    timed("the next letter", lambda: _type(page, "so"))
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    session.send("HeapProfiler.collectGarbage")
    metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    figures["megabytes_of_script_memory"] = round(metrics["JSHeapUsedSize"] / 1e6)
    figures["megabytes_of_renderer"] = max(_resident(process, "VmRSS") for process in _renderers())
    # Without the browser's program, which all tabs share.
    figures["megabytes_of_renderer_alone"] = max(
        _resident(process, "RssAnon") + _resident(process, "RssShmem") for process in _renderers()
    )
    return figures


def _go(page: Page, address: str | None, ready: str = READY) -> float:
    """Milliseconds from a change of the address until the view is there."""
    return page.evaluate(
        f"""(address) => new Promise((then) => {{
            const started = performance.now();
            const before = document.querySelector("#subject > *");
            const isReady = {ready};
            const look = () => {{
                if (document.querySelector("#subject > *") !== before && isReady()) then(performance.now() - started);
                else requestAnimationFrame(look);
            }};
            location.hash = address;
            look();
        }})""",
        address,
    )


def _type(page: Page, text: str) -> float:
    """Milliseconds from a letter until names are found."""
    return page.evaluate(
        f"""(text) => new Promise((then) => {{
            const found = {FOUND};
            const field = document.getElementById("find");
            const started = performance.now();
            field.value = text;
            field.dispatchEvent(new Event("input", {{ bubbles: true }}));
            const look = () => (found() ? then(performance.now() - started) : setTimeout(look));
            look();
        }})""",
        text,
    )


def _renderers() -> list[Path]:
    """The processes of Chromium that show pages."""
    return [process for process in Path("/proc").glob("[0-9]*") if b"--type=renderer" in _content(process / "cmdline")]


def _resident(process: Path, kind: str) -> int:
    """Megabytes that a process has in memory, of a kind that /proc knows."""
    lines = _content(process / "status").decode().splitlines()
    return max((int(line.split()[1]) // 1000 for line in lines if line.startswith(f"{kind}:")), default=0)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""
