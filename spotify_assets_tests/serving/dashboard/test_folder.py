"""The page as a folder, in a real browser and from a web server: it says what the one file says, and reads no more."""

import gzip
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ViewportSize, expect

from spotify_assets.lake.storage import Storage
from spotify_assets.serving.dashboard.folder import write_folder
from spotify_assets.serving.dashboard.page import bundle_library
from spotify_assets_tests.serving.dashboard.conftest import OpenPage, exported, listened_to, opened_in
from spotify_assets_tests.support.data.chart_histories import FIRST_DAY, artist_id, playlist_id, song_id
from spotify_assets_tests.support.data.dashboard_folders import HistoryInFrames, served
from spotify_assets_tests.support.data.dashboard_pages import Tables, with_hostile_names
from spotify_assets_tests.support.data.two_weeks import BRITISH, GLOBAL, LAST, VIRAL

WIDE = ViewportSize(width=1280, height=900)
ADDRESSES = [
    *(f"#song/{song_id(number)}" for number in range(7)),
    *(f"#artist/{artist_id(number)}" for number in range(4)),
    *(f"#playlist/{playlist_id(number)}" for number in (GLOBAL, BRITISH, VIRAL)),
    *(f"#label/{name}" for name in ("Label%20A", "Label%20B")),
    f"#playlist/{playlist_id(GLOBAL)}/{FIRST_DAY}",
    f"#playlist/{playlist_id(GLOBAL)}/{LAST}/{FIRST_DAY}",
    f"#playlist/{playlist_id(GLOBAL)}/2026-07-01",
    "#overview",
    f"#overview?from={FIRST_DAY}&to={FIRST_DAY + timedelta(days=2)}",
    f"#overview?region=gb&from={FIRST_DAY}&to={LAST}&measure=streams",
    "#song/nowhere",
    "#nothing",
]
LOOKED_AT = [
    *(f"#song/{song_id(2)}", f"#artist/{artist_id(0)}", f"#playlist/{playlist_id(GLOBAL)}", "#label/Label%20A"),
    "#nothing",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, year_tables: Tables) -> Path:
    folder = tmp_path_factory.mktemp("folder")
    write_folder(HistoryInFrames(year_tables), Storage(str(folder)), bundle_library())
    return folder


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[str]:
    with served(folder) as address:
        yield address


def read(opened: OpenPage) -> list[str]:
    """The names of the pieces that were asked for."""
    return [url.rpartition("/")[2].removesuffix(".piece") for url in opened.requests if "/pieces/" in url]


def known(folder: Path) -> dict[str, list[str]]:
    """The names of sections and lists in each piece, by the piece's name."""
    files = (folder / "pieces").iterdir()
    return {file.stem: list(json.loads(gzip.decompress(file.read_bytes()))) for file in files}


def go(opened: OpenPage, address: str) -> None:
    opened.page.evaluate(
        """(address) => location.hash === address || new Promise((then) => {
            addEventListener("hashchange", then, { once: true });
            location.hash = address;
        }).then(() => true)""",
        address,
    )
    expect(opened.page.locator("#status")).not_to_have_text("Reading …")
    shown = "#views" if address.startswith("#overview") else "#subject"
    expect(opened.page.locator(shown)).to_be_visible()


def said(opened: OpenPage) -> str:
    """All that the page says in the place of its views, and in the line about what is chosen."""
    # Without charts, which are drawn while the page is idle.
    return opened.page.evaluate(
        """() => {
            document.querySelectorAll(".chart svg").forEach((svg) => svg.remove());
            return ["#status", "main"].map((part) => document.querySelector(part).innerText).join("\\n");
        }"""
    )


def test_every_address_says_what_the_one_file_says(
    browser: Browser, tmp_path: Path, site: str, year_tables: Tables
) -> None:
    context = browser.new_context(viewport=WIDE)
    one, pieces = opened_in(context, tmp_path, year_tables), listened_to(context, site)
    for address in ADDRESSES:
        go(one, address)
        go(pieces, address)
        assert said(pieces).splitlines() == said(one).splitlines(), address
        tables = ("#views", "#subject")
        assert [exported(pieces, "", part) for part in tables] == [exported(one, "", part) for part in tables], address
    assert pieces.messages == []
    assert {url for url in pieces.requests if not url.startswith(site)} == set()
    context.close()


def test_nothing_is_read_that_is_not_looked_at(browser: Browser, folder: Path, site: str) -> None:
    context = browser.new_context(viewport=WIDE)
    opened = listened_to(context, site)
    sections = known(folder)
    # The overview of the last 28 days: its chart, its region and what is compared, of the one quarter that has them.
    asked = [set(sections[name]) & {"chart", "releases", "domestic"} for name in read(opened)]
    assert sorted(map(list, asked)) == [["chart"], ["domestic"], ["releases"]]
    opened.requests.clear()
    go(opened, f"#song/{song_id(6)}")
    # Where it is, and the one quarter in which it was on a chart; then all of it is there.
    assert ["song" in sections[name] for name in read(opened)] == [True, False]
    go(opened, f"#artist/{artist_id(2)}")
    opened.requests.clear()
    go(opened, f"#song/{song_id(6)}")
    go(opened, "#overview")
    assert read(opened) == []
    go(opened, f"#playlist/{playlist_id(VIRAL)}")
    assert len(read(opened)) == 1
    context.close()


def test_what_was_looked_at_long_ago_is_let_go_and_read_again(
    browser: Browser, tmp_path: Path, site: str, year_tables: Tables
) -> None:
    write_folder(HistoryInFrames(year_tables), Storage(str(tmp_path)), bundle_library())
    index = tmp_path / "index.html"
    kept = index.read_text(encoding="utf-8")
    assert "ROWS_KEPT = 300_000;" in kept
    index.write_text(kept.replace("ROWS_KEPT = 300_000;", "ROWS_KEPT = 0;"), encoding="utf-8")
    # Its scripts are no longer those that its policy names.
    context = browser.new_context(viewport=WIDE, bypass_csp=True)
    all_kept = listened_to(context, site)
    with served(tmp_path) as forgetful_site:
        forgetful = listened_to(context, forgetful_site)
        for address in ADDRESSES:
            go(all_kept, address)
            go(forgetful, address)
            assert said(forgetful).splitlines() == said(all_kept).splitlines(), address
        all_kept.requests.clear()
        go(forgetful, "#overview")
        forgetful.requests.clear()
        for opened in (all_kept, forgetful):
            go(opened, f"#song/{song_id(6)}")
    assert read(all_kept) == []
    # Where the song is, it knows; the piece it reads again.
    assert len(read(forgetful)) == 1
    assert forgetful.messages == []
    context.close()


def test_the_signature_of_a_signed_address_goes_with_every_piece(browser: Browser, site: str) -> None:
    signature = "?Policy=a~b&Signature=c-d_&Key-Pair-Id=E"
    context = browser.new_context(viewport=WIDE)
    opened = listened_to(context, f"{site}{signature}")
    go(opened, f"#song/{song_id(6)}")
    expect(opened.page.locator("#subject .chart svg").first).to_be_visible()
    opened.page.locator("#subject a[href^='#artist']").first.click()
    opened.page.locator("#find").fill("song")
    expect(opened.page.locator("#found [role=option]").first).to_be_visible()
    pieces = [url for url in opened.requests if "/pieces/" in url]
    assert len(pieces) > 3
    assert {url.partition(".piece")[2] for url in pieces} == {signature}
    # Nor does it leave the page: links out say nothing of where they come from.
    assert opened.page.locator("meta[name=referrer]").get_attribute("content") == "no-referrer"
    context.close()


def test_a_view_that_arrives_while_somebody_types_leaves_them_in_the_field(browser: Browser, site: str) -> None:
    context = browser.new_context(viewport=WIDE)
    page = listened_to(context, site).page
    field, options = page.locator("#find"), page.locator("#found [role=option]")
    field.fill("song")
    expect(options.first).to_be_visible()
    # Held until the route is taken away, which lets them go on.
    page.route("**/pieces/*", lambda _: None)
    page.evaluate("(address) => { location.hash = address }", f"#artist/{artist_id(0)}")
    expect(page.locator("#status")).to_have_text("Reading …")
    field.fill("label b")
    expect(options.first).to_contain_text("Label B")
    page.unroute("**/pieces/*")
    expect(page.locator("#subject-name")).to_have_text("Artist 0")
    expect(field).to_be_focused()
    expect(options.first).to_be_visible()
    # Who has chosen is taken to what they chose.
    field.press("Enter")
    expect(page.locator("#subject-name")).to_have_text("Label B")
    expect(page.locator("#subject-name")).to_be_focused()
    context.close()


def test_one_search_over_all_names(browser: Browser, site: str) -> None:
    context = browser.new_context(viewport=WIDE)
    opened = listened_to(context, site)
    opened.requests.clear()
    field = opened.page.locator("#find")
    field.fill("deja")
    option = opened.page.locator("#found [role=option]")
    expect(option).to_have_count(1)
    assert option.inner_text().splitlines() == ["Déjà Vu", "Song · Artist 0"]
    field.fill("label b")
    expect(option.first).to_contain_text("Label B")
    assert len(read(opened)) == 1
    field.press("Enter")
    expect(opened.page.locator("#subject-name")).to_have_text("Label B")
    context.close()


def test_a_piece_that_cannot_be_read_is_one_sentence_and_is_asked_for_again(
    browser: Browser, tmp_path: Path, year_tables: Tables
) -> None:
    write_folder(HistoryInFrames(year_tables), Storage(str(tmp_path)), bundle_library())
    away = tmp_path / "away"
    context = browser.new_context(viewport=WIDE)
    with served(tmp_path) as site:
        opened = listened_to(context, site)
        (tmp_path / "pieces").rename(away)
        go(opened, f"#playlist/{playlist_id(GLOBAL)}")
        failure = opened.page.get_by_role("alert")
        expect(failure).to_contain_text("cannot be read (answered with 404). Reload the page")
        field = opened.page.locator("#find")
        field.fill("song")
        expect(opened.page.locator("#found-status")).to_contain_text("answered with 404")
        away.rename(tmp_path / "pieces")
        field.fill("song 2")
        expect(opened.page.locator("#found [role=option]").first).to_contain_text("Song 2")
        go(opened, "#overview")
        go(opened, f"#playlist/{playlist_id(GLOBAL)}")
        expect(opened.page.locator("#subject-name")).to_have_text("Top global")
        expect(failure).to_have_count(0)
        for file in (tmp_path / "pieces").iterdir():
            file.write_bytes(file.read_bytes()[:-9])
        go(opened, f"#song/{song_id(0)}")
        expect(failure).to_contain_text("cannot be read (")
    context.close()


def test_from_disk_it_says_what_to_do(browser: Browser, folder: Path) -> None:
    context = browser.new_context()
    opened = listened_to(context, (folder / "index.html").as_uri())
    sentence = opened.page.get_by_role("alert").inner_text()
    assert "dashboard/index.html" in sentence
    assert "python3 -m http.server" in sentence
    assert [url for url in opened.requests if not url.startswith("file:")] == []
    assert opened.messages == []
    context.close()


def test_hostile_names_stay_names(browser: Browser, tmp_path: Path, year_tables: Tables) -> None:
    tables = with_hostile_names(year_tables)
    write_folder(HistoryInFrames(tables), Storage(str(tmp_path)), bundle_library())
    context = browser.new_context(viewport=WIDE)
    labels = [label[:200] for label in tables["song_trends"]["label"].drop_nulls().unique().to_list()]
    with served(tmp_path) as site:
        opened = listened_to(context, site)
        for address in [*ADDRESSES[:14], "#overview"]:
            go(opened, address)
        for label in labels:
            go(opened, opened.page.evaluate("(label) => `#label/${encodeURIComponent(label)}`", label))
            expect(opened.page.locator("#subject h2").first).not_to_have_text("Not on this page")
        opened.page.locator("#find").fill("harmed")
        expect(opened.page.locator("#found [role=option]").first).to_be_visible()
        assert opened.page.evaluate("window.harmed") is None
        assert opened.page.evaluate("document.scripts.length") == 3
    assert opened.messages == []
    context.close()


def test_a_page_of_the_same_history_is_the_same_files(tmp_path: Path, folder: Path, year_tables: Tables) -> None:
    written = write_folder(HistoryInFrames(year_tables), Storage(str(tmp_path)), bundle_library())
    assert (written.first, written.last) == (FIRST_DAY, LAST)
    assert len(list((tmp_path / "pieces").glob("*.piece"))) == written.pieces
    files = [file.relative_to(folder) for file in folder.rglob("*") if file.is_file()]
    assert {file: (tmp_path / file).read_bytes() for file in files} == {
        file: (folder / file).read_bytes() for file in files
    }


def test_a_history_without_a_day_is_a_page_that_says_so(browser: Browser, tmp_path: Path, year_tables: Tables) -> None:
    nothing = {name: frame.clear() for name, frame in year_tables.items()}
    written = write_folder(HistoryInFrames(nothing), Storage(str(tmp_path)), bundle_library())
    assert (written.first, written.days, written.chart_rows) == (None, 0, 0)
    context = browser.new_context()
    with served(tmp_path) as site:
        opened = listened_to(context, site)
        assert "Nothing is published yet." in opened.page.locator("main").inner_text()
    context.close()


@pytest.mark.parametrize("width", [390, 1024, 1600])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    browser: Browser, site: str, width: int, theme: Literal["light", "dark"]
) -> None:
    context = browser.new_context(viewport=ViewportSize(width=width, height=900), color_scheme=theme)
    opened = listened_to(context, site)
    page = opened.page
    for address in ("#overview", *LOOKED_AT):
        go(opened, address)
        if address != "#overview":
            expect(page.locator("#subject .chart:not(:has(svg))")).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), address
        # A view is looked at in each theme, and at each width in one of them.
        if (width == 1024) == (theme == "light"):
            assert Axe().run(page).response["violations"] == [], address
    assert opened.messages == []
    context.close()


def test_paper_has_the_view_alone_with_its_charts(browser: Browser, site: str) -> None:
    context = browser.new_context(viewport=WIDE)
    opened = listened_to(context, site)
    go(opened, f"#playlist/{playlist_id(GLOBAL)}")
    opened.page.emulate_media(media="print")
    for hidden in ("#find", "#theme", "#back", ".days", ".tools", "#copy"):
        assert opened.page.locator(hidden).first.is_hidden(), hidden
    assert opened.page.locator("#subject table").first.is_visible()
    go(opened, f"#song/{song_id(2)}")
    assert opened.page.locator("#subject .chart svg").first.is_visible()
    context.close()
