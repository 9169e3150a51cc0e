"""Songs, artists, labels and playlists in a real browser: their views, their addresses, and what they are found by.

One page with a year between its two weeks is opened once; each test goes to the address that it is about.
"""

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

import polars as pl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ViewportSize, expect

from spotify_assets_tests.serving.dashboard.conftest import Open, OpenPage, exported, opened_in
from spotify_assets_tests.support.data.chart_histories import (
    FIRST_DAY,
    OTHER,
    Chart,
    ChartDay,
    artist_id,
    playlist_id,
    song_id,
)
from spotify_assets_tests.support.data.dashboard_pages import Tables, dashboard_tables, with_hostile_names
from spotify_assets_tests.support.data.two_weeks import BRITISH, GLOBAL, LAST, VIRAL, YEAR

PHONE = ViewportSize(width=360, height=740)
WIDE = ViewportSize(width=1280, height=900)
NAMES = {"gb": "United Kingdom", "global": "Global", "jp": "Japan"}
REGIONAL = "#subject section:has(h2:text-is('Regional-daily'))"


@pytest.fixture(scope="module")
def year_page(browser: Browser, tmp_path_factory: pytest.TempPathFactory, year_tables: Tables) -> Iterator[OpenPage]:
    context = browser.new_context(viewport=WIDE)
    yield opened_in(context, tmp_path_factory.mktemp("year"), year_tables)
    context.close()


@pytest.fixture
def shown(year_page: OpenPage) -> Iterator[OpenPage]:
    """The page of two weeks a year apart, at its beginning; nothing may be said to the console or the network."""
    go(year_page, "#overview")
    year_page.messages.clear()
    yield year_page
    assert year_page.messages == []
    assert [url for url in year_page.requests if not url.startswith(("file:", "blob:"))] == []


def go(opened: OpenPage, address: str) -> None:
    opened.page.evaluate("(address) => { location.hash = address; }", address)
    expect(opened.page.locator("#subject" if not address.startswith("#overview") else "#views")).to_be_visible()


def facts(opened: OpenPage) -> dict[str, str]:
    terms = opened.page.locator("#subject dl.tiles > div")
    return {one.locator("dt").inner_text(): " ".join(one.locator("dd").inner_text().split()) for one in terms.all()}


def text(opened: OpenPage, selector: str = "#subject") -> str:
    return opened.page.locator(selector).inner_text()


def test_a_song_s_figures_are_those_of_the_tables(shown: OpenPage, year_tables: Tables) -> None:
    trends = year_tables["song_trends"].sort("snapshot_date")
    for number in range(7):
        go(shown, f"#song/{song_id(number)}")
        of_song = trends.filter(song_id=song_id(number))
        told = {
            (row["First seen"], row["Peak"], row["Peak day"], row["Days"], row["Last seen"])
            for row in exported(shown, "Chart by chart")
        }
        last = of_song.unique("playlist_id", keep="last")
        columns = ("first_seen", "peak_position", "peak_date", "days_on_chart", "snapshot_date")
        assert told == {tuple(map(str, row)) for row in last.select(columns).rows()}
        days = exported(shown, "Every day")
        assert sorted((row["Day"], int(row["#"]), int(row["Points"])) for row in days) == sorted(
            of_song.select(pl.col("snapshot_date").dt.to_string(), "position", "points").rows()
        )


def test_a_song_tells_where_it_is_and_what_is_known_of_it(shown: OpenPage) -> None:
    go(shown, f"#song/{song_id(2)}")
    assert shown.page.title() == "Song 2 · Playlist charts"
    assert facts(shown) == {
        "Now": "2 in Global and on 1 other chart",
        "Best place": "1 in Global, 14 Feb 2027",
        "Album": "The Album",
        "Released": "February 2026",
    }
    assert [link.inner_text() for link in shown.page.locator("#subject .below a").all()] == [
        "Artist 0", "Artist 1", "Open in Spotify",
    ]  # fmt: skip
    # Songs are not compared across series: it was seen to come to the one, and was there as the other began.
    assert "It first appeared on 4 Mar 2026 in Global, then United Kingdom (1 day later)." in text(shown)
    assert "It was already there when captures began in Global." in text(shown)
    go(shown, f"#song/{song_id(0)}")
    assert facts(shown)["Label"] == "Label A"
    assert "or before" in text(shown)
    # Of song 3 no streams are told, and on viral charts of none.
    assert shown.page.locator("#subject h3", has_text="Streams").count() == 1


def test_a_line_has_gaps_where_a_song_was_not_or_no_day_was_captured(shown: OpenPage) -> None:
    go(shown, f"#song/{song_id(5)}")
    lines = shown.page.locator("#subject .chart").first.locator(".mark-line path")
    # Away on the second day; then a year without captures, after which it is there for a day alone.
    expect(lines).to_have_count(3)
    (row,) = exported(shown, "Chart by chart")
    assert (row["Longest streak"], row["Re-entries"]) == ("3", "2")
    go(shown, f"#song/{song_id(0)}")
    # Of two charts, on one of which a year is missing.
    expect(shown.page.locator("#subject .chart").first.locator(".mark-line path")).to_have_count(3)


def test_a_song_on_no_chart_today_says_so(shown: OpenPage) -> None:
    go(shown, f"#song/{song_id(6)}")
    assert facts(shown)["Now"] == "On no chart"
    assert "4 Mar" not in text(shown, "#subject table >> nth=0")


def test_an_artist_s_points_and_streams_are_those_of_the_tables(shown: OpenPage, year_tables: Tables) -> None:
    rows = year_tables["artist_trends"].filter(pl.col("entries") > 0, series="regional-daily")
    for number in range(4):
        go(shown, f"#artist/{artist_id(number)}")
        best = exported(shown, "Days with most points", REGIONAL)
        of_artist = rows.filter(artist_id=artist_id(number))
        wanted = of_artist.sort("points", "snapshot_date", descending=[True, False])
        told = {(row["Day"], row["Region"]): row for row in best}
        assert len(told) == min(10, wanted.height)
        for row in wanted.iter_rows(named=True):
            found = told.get((str(row["snapshot_date"]), NAMES[row["region"]]))
            if found is None:
                assert row["points"] <= min(int(one["Points"]) for one in best)
                continue
            assert (int(found["Points"]), int(found["Songs"])) == (row["points"], row["entries"])
            assert found["Streams"] == ("not reported" if row["streams"] is None else str(row["streams"]))


def test_an_artist_tells_genres_and_country_with_their_source(shown: OpenPage) -> None:
    go(shown, f"#artist/{artist_id(0)}")
    assert shown.page.locator("#subject h2").first.inner_text() == "Artist 0"
    told = facts(shown)
    assert (told["Genres"], told["Country"]) == ("pop from Wikidata", "United Kingdom from Wikidata")
    songs = exported(shown, "Songs, the earliest first", REGIONAL)
    assert [row["Song"] for row in songs] == ["Déjà Vu", "Song 2"]
    assert (songs[0]["First"], songs[0]["Last"], songs[0]["Days"]) == (str(FIRST_DAY), str(LAST), "10")
    # Each has a bar for either week.
    expect(shown.page.locator("#subject .chart").first.locator(".mark-rect path")).to_have_count(4)
    go(shown, f"#artist/{artist_id(3)}")
    assert (facts(shown)["Genres"], facts(shown)["Country"]) == ("Not known", "Japan from Wikidata")


def test_a_label_s_points_are_those_of_the_tables(shown: OpenPage, year_tables: Tables) -> None:
    go(shown, "#label/Label%20A%20%2F%20Label%20B")
    assert [row["Song"] for row in exported(shown, "Songs, the earliest first", REGIONAL)] == ["Song 1"]
    rows = year_tables["label_trends"].filter(label="Label A / Label B", series="regional-daily")
    best = exported(shown, "Days with most points", REGIONAL)
    wanted = {
        (str(row["snapshot_date"]), NAMES[row["region"]], str(row["points"])) for row in rows.iter_rows(named=True)
    }
    assert len(best) == 10
    assert {(row["Day"], row["Region"], row["Points"]) for row in best} <= wanted


def test_a_playlist_is_as_it_was_on_any_captured_day(shown: OpenPage) -> None:
    day = FIRST_DAY + timedelta(days=2)
    go(shown, f"#playlist/{playlist_id(BRITISH)}/{day}")
    assert [(row["#"], row["Song"]) for row in exported(shown, "As it was on 3 Mar 2026")] == [
        ("1", "Déjà Vu"), ("3", "Song 6"), ("4", "Song 1"),
    ]  # fmt: skip
    assert "No song at 2" in text(shown)
    # Without a day it is the last one, compared with the one before.
    go(shown, f"#playlist/{playlist_id(GLOBAL)}")
    assert "As it was on 18 Feb 2027".replace("18", str(LAST.day)) in text(shown)
    ever = exported(shown, "Every song on it")
    assert {row["Song"] for row in ever} == {
        "Déjà Vu",
        *(f"Song {number}" for number in (1, 2, 4, 5, 6)),
        "'=cmd|'/c calc'!A1",
    }


def test_what_changed_between_two_days_is_told_whichever_comes_first(shown: OpenPage) -> None:
    first, then = FIRST_DAY, FIRST_DAY + timedelta(days=3)
    for address in (f"{then}/{first}", f"{first}/{then}"):
        go(shown, f"#playlist/{playlist_id(GLOBAL)}/{address}")
        assert "What changed from 1 Mar 2026 to 4 Mar 2026" in text(shown)
        assert [(row["Song"], row["At"]) for row in exported(shown, "Added between")] == [("Song 2", "3")]
        assert [(row["Song"], row["Was at"]) for row in exported(shown, "Removed between")] == [("Song 6", "3")]
        moved = {row["Song"]: (row["Climb"], row["From"], row["To"]) for row in exported(shown, "Moved between")}
        assert moved == {"Song 1": ("1", "2", "1"), "Déjà Vu": ("-1", "1", "2")}


def test_days_are_chosen_on_the_view_and_are_in_its_address(shown: OpenPage) -> None:
    page = shown.page
    go(shown, f"#playlist/{playlist_id(BRITISH)}/{FIRST_DAY}")
    assert "No day before it was captured" in text(shown)
    page.get_by_label("As it was on", exact=True).focus()
    page.get_by_label("As it was on", exact=True).select_option("3 Mar 2026")
    expect(page.locator("#subject h2", has_text="As it was on 3 Mar 2026")).to_be_visible()
    assert page.evaluate("location.hash").endswith("/2026-03-03")
    assert page.evaluate("document.activeElement.id") == "subject-day"
    page.get_by_label("Compared with").select_option("5 Mar 2026")
    expect(page.locator("#subject h2", has_text="What changed from 3 Mar 2026 to 5 Mar 2026")).to_be_visible()


def test_a_day_that_was_not_captured_is_said_with_those_beside_it(shown: OpenPage) -> None:
    go(shown, f"#playlist/{playlist_id(GLOBAL)}/2026-07-01")
    assert "Not captured on 1 Jul 2026" in text(shown)
    assert shown.page.locator("#subject section li a").all_inner_texts() == ["5 Mar 2026", "14 Feb 2027"]
    shown.page.get_by_role("link", name="5 Mar 2026").click()
    expect(shown.page.locator("#subject h2", has_text="As it was on 5 Mar 2026")).to_be_visible()


def test_addresses_of_a_playlist_s_songs_are_copied(shown: OpenPage) -> None:
    page = shown.page
    go(shown, f"#playlist/{playlist_id(BRITISH)}/{FIRST_DAY}")
    addresses = [f"https://open.spotify.com/track/{song_id(number)}" for number in (0, 6)]
    assert page.get_by_label("Addresses of its songs").input_value().split("\n") == addresses
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy 2 addresses").click()
    expect(page.locator(".copy [role=status]")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()").split() == addresses
    # Where a page may not copy, they are selected for the reader to do it.
    page.context.clear_permissions()
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true })")
    page.get_by_role("button", name="Copy 2 addresses").click()
    expect(page.locator(".copy [role=status]")).to_contain_text("press Ctrl+C")
    assert page.evaluate("document.activeElement.id") == "addresses"
    page.evaluate("delete navigator.clipboard")


def test_back_and_forward_lead_where_the_reader_was(shown: OpenPage) -> None:
    page = shown.page
    page.get_by_label("Charts", exact=True).select_option("Viral-daily")
    page.get_by_role("button", name="All", exact=True).click()
    chosen = page.evaluate("location.hash")
    assert "series=viral-daily&region=global" in chosen
    page.locator("#chart").get_by_role("link", name="Song 2").click()
    expect(page.locator("#subject h2").first).to_have_text("Song 2")
    assert page.locator("#choices").is_hidden()
    page.locator("#subject").get_by_role("link", name="Artist 1").click()
    expect(page.locator("#subject h2").first).to_have_text("Artist 1")
    page.go_back()
    expect(page.locator("#subject h2").first).to_have_text("Song 2")
    page.go_back()
    expect(page.locator("#status")).to_contain_text("Viral-daily, Global, 1 Mar 2026")
    assert page.evaluate("location.hash") == chosen
    page.go_back()
    expect(page.locator("#status")).to_contain_text("Viral-daily, Global, 14 Feb 2027")
    page.go_back()
    expect(page.locator("#status")).to_contain_text("Regional-daily")
    for _ in range(4):
        page.go_forward()
    expect(page.locator("#subject h2").first).to_have_text("Artist 1")
    page.get_by_role("link", name="Overview").click()
    expect(page.locator("#status")).to_contain_text("Viral-daily, Global, 1 Mar 2026")


def test_an_overview_s_address_gives_the_same_choice_again(shown: OpenPage) -> None:
    page = shown.page
    go(shown, "#overview?region=global&measure=streams&from=2026-03-02&to=2026-03-04&part=genres")
    status = page.locator("#status")
    expect(status).to_have_text(
        "Regional-daily, Global, 2 Mar 2026 to 4 Mar 2026: 3 captured days. Counted in streams."
    )
    assert page.get_by_label("From", exact=True).input_value() == "2026-03-02"
    expect(page.locator("#genres h2")).to_be_in_viewport()
    assert "part=chart" in (page.locator("#chart-link a").get_attribute("href") or "")
    # What it does not name is as the page begins, or else what is there.
    go(shown, "#overview?series=viral-daily")
    expect(status).to_contain_text("Viral-daily, Global")
    go(shown, "#overview")
    expect(status).to_contain_text("Counted in points")
    # An address of earlier pages names a part alone.
    page.evaluate("location.hash = '#artists'")
    expect(page.locator("#artists h2")).to_be_in_viewport()
    assert page.locator("#subject").is_hidden()


def test_an_address_that_names_nothing_says_so_and_offers_the_overview(shown: OpenPage) -> None:
    playlist = playlist_id(GLOBAL)
    for address in (
        *("#nothing", "#song", "#song/", "#song/unknown", "#song/%E0%A4%A", "#artist/__proto__", "#label/constructor"),
        *(f"#playlist/{playlist}/2026-02-30", f"#playlist/{playlist}/a/b", f"#playlist/{playlist}/2026-03-01/x/y"),
        *("#overview?region=nowhere", "#overview?from=yesterday", "#overview?from=2026-03-04&to=2026-03-02"),
        *("#overview?measure=__proto__", "#overview?playlist=unknown", "#overview?series=x", "#<img src=x>"),
    ):
        shown.page.evaluate("(address) => { location.hash = address; }", address)
        expect(shown.page.locator("#subject h2")).to_have_text("Not on this page")
        assert shown.page.locator("#subject p").first.inner_text().endswith(".")
        shown.page.get_by_role("link", name="Go to the overview").click()
        expect(shown.page.locator("#views")).to_be_visible()
        assert shown.page.locator("#subject").is_hidden()


def test_one_field_finds_songs_artists_labels_and_playlists_by_keyboard(shown: OpenPage) -> None:
    page = shown.page
    field, options = page.get_by_role("combobox", name="Find songs"), page.locator("#found [role=option]")
    page.locator("body").press("/")
    expect(field).to_be_focused()
    page.keyboard.type("DEJA  v")
    expect(options).to_have_count(1)
    assert options.first.inner_text().split("\n") == ["Déjà Vu", "Song · Artist 0"]
    assert field.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Escape")
    expect(page.locator("#found")).to_be_hidden()
    assert field.input_value() == "DEJA  v"
    page.keyboard.press("Escape")
    assert field.input_value() == ""

    page.keyboard.type("artist")
    # Artists by their names first, songs by their artists after them.
    kinds = [one.split("\n")[1].split(" ")[0] for one in options.all_inner_texts()]
    assert kinds == sorted(kinds)
    assert kinds.count("Artist") == 4
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") == "found-1"
    assert page.locator("[aria-selected=true]").count() == 1
    found = Axe().run(page)
    assert found.response["violations"] == []
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert field.get_attribute("aria-activedescendant") == f"found-{len(kinds) - 1}"
    name = options.last.inner_text().split("\n")[0]
    page.keyboard.press("Enter")
    expect(page.locator("#subject h2").first).to_have_text(name)
    assert field.input_value() == ""

    for wanted, heading in (("label b", "Label B"), ("top gb", "Top gb"), ("song 4", "Song 4"), ("kingdom", "Top gb")):
        page.locator("#subject").press("/")
        page.keyboard.type(wanted)
        page.keyboard.press("Enter")
        expect(page.locator("#subject h2").first).to_have_text(heading)
    field.fill("no such name")
    expect(page.locator("#found-status")).to_have_text("Nothing on this page has this name.")
    # A slash within the field is a letter.
    field.fill("")
    field.press("/")
    assert field.input_value() == "/"
    field.fill("song 4")
    options.first.click()
    expect(page.locator("#subject h2").first).to_have_text("Song 4")


def test_a_table_is_saved_as_csv_that_runs_no_formula(shown: OpenPage) -> None:
    page = shown.page
    go(shown, f"#playlist/{playlist_id(VIRAL)}/{LAST}")
    with page.expect_download() as waiting:
        page.get_by_role("button", name=f"Save as CSV: As it was on {LAST.day} Feb 2027").click()
    assert waiting.value.suggested_filename == "top-global-as-it-was-on-18-feb-2027.csv"
    content = Path(waiting.value.path()).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows[0] == ["#", "Move", "Song", "Artists", "Address", "Peak", "Days", "Streams"]
    assert rows[1][2] == "'=cmd|'/c calc'!A1"
    assert rows[2][:5] == [
        "2",
        "unchanged",
        "Song 2",
        "Artist 0, Artist 1",
        f"https://open.spotify.com/track/{song_id(2)}",
    ]


def test_a_chart_is_saved_as_svg(shown: OpenPage) -> None:
    go(shown, f"#song/{song_id(2)}")
    with shown.page.expect_download() as waiting:
        shown.page.get_by_role("button", name="Save as SVG").first.click()
    assert waiting.value.suggested_filename == "song-2-positions-over-time.svg"
    picture = ElementTree.parse(waiting.value.path()).getroot()
    space = "{http://www.w3.org/2000/svg}"
    assert picture.tag == f"{space}svg"
    assert "Positions over time" in (picture.findtext(f"{space}title") or "")
    assert picture.find(f"{space}rect") is not None


VIEWS = [f"#song/{song_id(2)}", f"#playlist/{playlist_id(GLOBAL)}"]
OTHERS = [f"#artist/{artist_id(0)}", "#label/Label%20A", f"#playlist/{playlist_id(GLOBAL)}/2026-07-01", "#nothing"]


@pytest.mark.parametrize(
    ("size", "theme", "addresses"),
    [(PHONE, "dark", [*VIEWS, *OTHERS]), (WIDE, "light", VIEWS)],
    ids=["phone, dark", "wide, light"],
)
def test_axe_finds_nothing_on_any_view_and_none_scrolls_sideways(
    shown: OpenPage, size: ViewportSize, theme: Literal["dark", "light"], addresses: list[str]
) -> None:
    page = shown.page
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=theme)
    for address in addresses:
        go(shown, address)
        expect(page.locator("#subject .chart:not(:has(svg))")).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), address
        assert Axe().run(page).response["violations"] == [], address
        for table in page.locator("#subject table").all():
            assert table.locator("caption").inner_text()
            assert table.locator("tbody tr").count() == table.locator("tbody th[scope=row]").count()
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light")


def test_paper_has_the_view_alone(shown: OpenPage) -> None:
    go(shown, f"#playlist/{playlist_id(GLOBAL)}")
    shown.page.emulate_media(media="print")
    for hidden in ("#find", "#theme", "#back", ".days", ".tools", "#copy"):
        assert shown.page.locator(hidden).first.is_hidden(), hidden
    assert shown.page.locator("#subject table").first.is_visible()
    shown.page.emulate_media(media="screen")


def test_days_on_the_axis_are_those_of_the_charts_in_any_time_zone(open_page: Open) -> None:
    days = [date(2026, 3, 1), date(2026, 3, 2)]
    tables = dashboard_tables({day: ChartDay({0: Chart("gb", [0, 1])}) for day in days})
    opened = open_page(tables, timezone_id="America/Los_Angeles")
    go(opened, f"#song/{song_id(0)}")
    axis = opened.page.locator("#subject .chart .role-axis-label").first
    expect(axis).to_contain_text("1 Mar")
    assert "28 Feb" not in (axis.text_content() or "")


def test_one_day_of_history_is_enough_for_every_view(open_page: Open) -> None:
    opened = open_page(dashboard_tables({FIRST_DAY: ChartDay({0: Chart(None, [3, 4, OTHER])})}))
    for address in (
        f"#song/{song_id(4)}",
        f"#artist/{artist_id(2)}",
        "#label/Label%20B",
        f"#playlist/{playlist_id(0)}",
    ):
        go(opened, address)
        expect(opened.page.locator("#subject .chart:not(:has(svg))")).to_have_count(0)
        assert opened.page.locator("#subject table").count() > 0
        assert "undefined" not in text(opened)
        assert "NaN" not in text(opened)
    assert opened.messages == []


def test_a_song_is_told_of_from_before_the_page_s_first_day(open_page: Open, year_tables: Tables) -> None:
    late = {name: frame.filter(pl.col("snapshot_date") > FIRST_DAY + YEAR) for name, frame in year_tables.items()}
    opened = open_page(late)
    go(opened, f"#song/{song_id(5)}")
    (row,) = exported(opened, "Chart by chart")
    # Before the page begins it was there for four days, best at number 4, and left.
    trends = year_tables["song_trends"].filter(song_id=song_id(5)).sort("snapshot_date")
    assert (row["First seen"], row["Peak day"]) == (str(FIRST_DAY), str(trends["peak_date"][-1]))
    assert (row["Days"], row["Re-entries"]) == (str(trends["days_on_chart"][-1]), "1+")


def test_hostile_names_stay_names_on_every_view(open_page: Open, year_tables: Tables) -> None:
    tables = with_hostile_names(year_tables)
    opened = open_page(tables, viewport=PHONE)
    page = opened.page
    labels = tables["song_trends"]["label"].drop_nulls().unique().to_list()
    addresses = [
        *(f"song/{song_id(number)}" for number in range(7)),
        *(f"artist/{artist_id(number)}" for number in range(4)),
        *(f"playlist/{playlist_id(number)}" for number in range(3)),
    ]
    for address in addresses:
        go(opened, f"#{address}")
        expect(page.locator("#subject .chart:not(:has(svg))")).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), address
        assert page.locator("#subject h2").first.inner_text() != "Not on this page"
    for label in labels:
        page.evaluate(
            "(label) => { location.hash = `#label/${encodeURIComponent([...label].slice(0, 200).join(''))}`; }", label
        )
        expect(page.locator("#subject h2").first).not_to_have_text("Not on this page")
    field = page.get_by_role("combobox")
    for wanted in ("harmed", "img", "😀", "unbroken"):
        field.fill(wanted)
        assert page.locator("#found [role=option]").count() > 0, wanted
    assert page.evaluate("window.harmed") is None
    assert page.evaluate("document.scripts.length") == 3
    assert page.locator("main img, main script, #found img, #found script").count() == 0
    assert opened.messages == []
