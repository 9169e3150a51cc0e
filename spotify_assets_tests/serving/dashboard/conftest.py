"""Fixtures for tests of the page: a browser, and a way to open a page from disk and to hear all that it says."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from spotify_assets.serving.dashboard.data import page_data
from spotify_assets.serving.dashboard.page import bundle_library, page_html
from spotify_assets_tests.support.data.dashboard_pages import Tables, chromium, dashboard_tables, month
from spotify_assets_tests.support.data.two_weeks import two_weeks_tables

Open = Callable[..., "OpenPage"]


@dataclass
class OpenPage:
    """A page in the browser: what it wrote to the console, which errors it raised, what it asked the network for."""

    page: Page
    messages: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def column(self, section: str, column: int) -> list[str]:
        """The texts of a column (from 1) of a section's first table."""
        return self.page.locator(f"#{section} table >> nth=0 >> tbody tr > :nth-child({column})").all_inner_texts()

    def draw_everything(self) -> None:
        """Brings every chart and sparkline near the screen, and waits until it is drawn."""
        size = self.page.viewport_size
        assert size is not None
        height = self.page.evaluate("document.documentElement.scrollHeight")
        self.page.set_viewport_size({"width": size["width"], "height": height + 500})
        expect(self.page.locator(".chart:not(:has(svg)):visible, .sparkline:not(:has(svg)):visible")).to_have_count(0)


def opened_in(context: BrowserContext, folder: Path, tables: Tables) -> OpenPage:
    """The page of some tables, written to a folder and opened from there."""
    file = folder / "index.html"
    file.write_text(page_html(page_data(tables), bundle_library()), encoding="utf-8")
    return listened_to(context, file.as_uri())


def listened_to(context: BrowserContext, address: str) -> OpenPage:
    """The page at an address, as soon as it shows anything."""
    opened = OpenPage(context.new_page())
    opened.page.on("console", lambda message: opened.messages.append(message.text))
    opened.page.on("pageerror", lambda error: opened.messages.append(str(error)))
    opened.page.on("request", lambda request: opened.requests.append(request.url))
    opened.page.goto(address)
    opened.page.locator(".cards > section, .cards > .nothing").first.wait_for()
    return opened


def exported(opened: OpenPage, caption: str, within: str = "#subject") -> list[dict[str, str]]:
    """The rows of the tables whose captions begin so, as their files would have them."""
    files = opened.page.locator(f"{within} table").evaluate_all(
        """(all, caption) => all.filter((table) => table.caption.textContent.startsWith(caption))
            .map((table) => table.exported())""",
        caption,
    )
    return [row for file in files for row in csv.DictReader(io.StringIO(file.removeprefix("\ufeff"), newline=""))]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # No longer than a module: its event loop stays in the thread, where Dagster in other tests would trip over it.
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def tables() -> Tables:
    return dashboard_tables(month())


@pytest.fixture
def open_page(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens the page of some tables from disk, in a browser profile of its own; keywords are Playwright's."""
    contexts = []

    def open_page(tables: Tables, **options: Any) -> OpenPage:
        contexts.append(browser.new_context(**options))
        return opened_in(contexts[-1], tmp_path, tables)

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def year_tables() -> Tables:
    return two_weeks_tables()
