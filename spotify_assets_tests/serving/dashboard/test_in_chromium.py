"""The page in a real browser, opened from disk: what it shows, how it is used, and what it keeps from happening."""

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from spotify_assets.serving.dashboard.page import VIEWS
from spotify_assets_tests.serving.dashboard.conftest import Open, OpenPage, opened_in
from spotify_assets_tests.support.data.chart_histories import (
    FIRST_DAY,
    OTHER,
    Chart,
    ChartDay,
    artist_id,
    gone,
    song_id,
)
from spotify_assets_tests.support.data.dashboard_pages import HOSTILE, Tables, dashboard_tables, with_hostile_names

LAST = FIRST_DAY + timedelta(days=29)
PHONE = {"viewport": {"width": 360, "height": 740}}


def assert_quiet(opened: OpenPage) -> None:
    assert opened.messages == []
    assert [url for url in opened.requests if not url.startswith("file:")] == []
    assert len(opened.requests) == 1


def no_wider_than_the_screen(opened: OpenPage) -> bool:
    return opened.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def brightness(color: str) -> int:
    """Of a color as the browser tells it, `rgb(16, 19, 22)`: 0 to 765."""
    return sum(map(int, color.removeprefix("rgb(").removesuffix(")").split(",")))


@pytest.mark.parametrize("options", [{}, PHONE, {"color_scheme": "dark"}], ids=["wide", "phone", "dark"])
def test_every_view_is_drawn_without_a_word_to_console_or_network(
    open_page: Open, tables: Tables, options: dict
) -> None:
    opened = open_page(tables, **options)
    opened.draw_everything()
    assert opened.page.locator("#views > section").count() == len(VIEWS)
    assert opened.page.locator("main .chart svg path").count() > 10
    assert opened.page.locator(".nothing").all_inner_texts() == []
    assert no_wider_than_the_screen(opened)
    assert_quiet(opened)


@pytest.mark.parametrize("options", [{}, PHONE, {"color_scheme": "dark"}], ids=["wide", "phone", "dark"])
def test_axe_finds_nothing(open_page: Open, tables: Tables, options: dict) -> None:
    opened = open_page(tables, **options)
    opened.draw_everything()
    found = Axe().run(opened.page)
    assert found.response["violations"] == []
    assert {rule["id"] for rule in found.response["passes"]} >= {"color-contrast", "label", "region", "role-img-alt"}


def test_the_last_day_is_shown_with_movement(open_page: Open, tables: Tables) -> None:
    opened = open_page(tables)
    assert opened.column("chart", 1) == ["1", "2", "3", "4", "5"]
    assert [" ".join(text.split()) for text in opened.column("chart", 2)] == [
        "▲ up 1", "▼ down 1", "▲ up 2", "▼ down 1", "back",
    ]  # fmt: skip
    assert [text.split("\n")[0] for text in opened.column("chart", 3)] == [
        "Song 1",
        "Song 0",
        "Song 4",
        "Song 2",
        "Song 5",
    ]
    # Those that were there as history began are bounds; song 5 came later.
    assert opened.column("chart", 6) == ["1", "1", "≤ 3", "≤ 3", "5"]
    assert [days.endswith("+") for days in opened.column("chart", 7)] == [True, True, True, True, False]
    trend = opened.page.locator("#chart .sparkline").first.get_attribute("aria-label")
    assert trend == "27 days, from 2 to 1, best 1"


def test_on_a_first_capture_nothing_is_new(open_page: Open) -> None:
    opened = open_page(dashboard_tables({FIRST_DAY: ChartDay({0: Chart("global", [0, 1])})}))
    assert opened.column("chart", 2) == ["first capture", "first capture"]
    arrived = opened.page.locator("#glance dt", has_text="Arrived this day").locator("xpath=following-sibling::dd")
    assert arrived.inner_text() == "Not known"
    assert_quiet(opened)


def test_places_without_a_song_are_told(open_page: Open) -> None:
    opened = open_page(dashboard_tables({FIRST_DAY: ChartDay({0: Chart("global", [OTHER, gone(3), 0, 1, OTHER, 2])})}))
    note = opened.page.locator("#chart .note").inner_text()
    assert "No song at 1\N{EN DASH}2, 5: these hold episodes" in note
    top = opened.page.locator("#glance dt", has_text="Top of the chart").locator("xpath=following-sibling::dd")
    assert top.inner_text() == "No song at number 1"
    whole = open_page(dashboard_tables({FIRST_DAY: ChartDay({0: Chart("global", [0, 1])})}))
    assert "No song" not in whole.page.locator("#chart .note").inner_text()
    assert_quiet(opened)


def test_a_region_is_chosen_then_one_of_its_playlists(open_page: Open, tables: Tables) -> None:
    opened = open_page(tables)
    page = opened.page
    assert page.get_by_label("Region", exact=True).locator("option").all_inner_texts() == [
        "United Kingdom",
        "Global",
        "Japan",
    ]
    assert page.locator("#playlist-choice").is_hidden()
    assert page.locator("#series-choice").is_hidden()
    page.get_by_label("Region", exact=True).select_option("United Kingdom")
    assert "United Kingdom" in page.get_by_role("status").inner_text()
    assert len(opened.column("chart", 1)) == 3
    page.get_by_label("Playlist", exact=True).select_option(index=1)
    assert [text.split("\n")[0] for text in opened.column("chart", 3)] == ["Song 5", "Song 6"]
    assert "United Kingdom and the others" in page.locator("#regions").inner_text()
    assert_quiet(opened)


def test_a_series_is_chosen_where_there_are_several(open_page: Open) -> None:
    of_day = {
        0: Chart("global", [0, 1], "regional", "daily"),
        1: Chart("gb", [1, 0, 2], "regional", "daily"),
        2: Chart("gb", [3, 0], "viral", "weekly"),
        3: Chart("jp", [5]),
    }
    days = [FIRST_DAY + timedelta(days=number) for number in range(3)]
    opened = open_page(dashboard_tables({day: ChartDay(of_day) for day in days}))
    page, regions = opened.page, opened.page.get_by_label("Region", exact=True).locator("option")
    assert page.get_by_label("Charts", exact=True).locator("option").all_inner_texts() == [
        "Playlists",
        "Regional-daily",
        "Viral-weekly",
    ]
    # It begins with the global chart.
    assert regions.all_inner_texts() == ["United Kingdom", "Global"]
    assert page.get_by_role("status").inner_text().startswith("Regional-daily, Global, ")
    assert "United Kingdom" in page.locator("#regions").inner_text()
    page.get_by_label("Region", exact=True).select_option("United Kingdom")
    page.get_by_label("Charts", exact=True).select_option("Viral-weekly")
    assert regions.all_inner_texts() == ["United Kingdom"]
    assert [text.split("\n")[0] for text in opened.column("chart", 3)] == ["Song 3", "Song 0"]
    assert "no other region to compare with" in page.locator("#regions").inner_text()
    assert opened.column("domestic", 1) == ["United Kingdom"]
    page.get_by_label("Charts", exact=True).select_option("Playlists")
    assert page.get_by_role("status").inner_text().startswith("Playlists, Japan, ")
    opened.draw_everything()
    assert Axe().run(page).response["violations"] == []
    assert_quiet(opened)


def test_points_or_streams_are_counted_never_both(open_page: Open) -> None:
    of_day = {
        0: Chart("global", [0, 1, 3, 6, 2, 5], "regional", "daily"),
        1: Chart("gb", [1, 0, 2], "regional", "daily"),
        2: Chart("global", [3, 0], "viral", "daily"),
    }
    days = [FIRST_DAY + timedelta(days=number) for number in range(9)]
    tables = dashboard_tables({day: ChartDay(of_day) for day in days})
    silent = pl.col("series") == "viral-daily"
    # The last place of a chart has most streams.
    told = pl.when(song_id=song_id(5)).then(4_000).otherwise("streams")
    tables = {
        name: frame.with_columns(pl.when(~silent).then(pl.col("^.*streams.*$")).name.keep())
        if "series" in frame.columns
        else frame
        for name, frame in {**tables, "song_trends": tables["song_trends"].with_columns(streams=told)}.items()
    }
    opened = open_page(tables)
    page, status = opened.page, opened.page.get_by_role("status")
    points, streams = (page.get_by_role("button", name=name, exact=True) for name in ("Points", "Streams"))
    assert status.inner_text().endswith("Counted in points.")
    assert (points.get_attribute("aria-pressed"), streams.get_attribute("aria-pressed")) == ("true", "false")
    assert page.locator("#chart thead th").all_inner_texts()[-1] == "Days"

    streams.focus()
    page.keyboard.press("Enter")
    assert status.inner_text().endswith("Counted in streams.")
    assert (points.get_attribute("aria-pressed"), streams.get_attribute("aria-pressed")) == ("false", "true")
    assert opened.column("chart", 8) == ["800", "701", "\N{EN DASH}\nnot reported", "506", "402", "4,000"]
    assert "Streams of 1 of 6 songs are not reported." in page.locator("#chart .note").inner_text()
    last = tables["artist_trends"].filter(snapshot_date=days[-1], series="regional-daily", region="global")
    by_streams = last.sort("streams", "artist_id", descending=[True, False])
    assert opened.column("artists", 2) == by_streams["artist_name"].to_list()
    assert opened.column("artists", 4) == [f"{earned:,}" for earned in by_streams["streams"]]
    assert "Streams of 7 of 42 places from" in page.locator("#artists .note").inner_text()
    for section, table in (("genres", "genre_trends"), ("labels", "label_trends")):
        part = table.removesuffix("_trends")
        rows = tables[table].filter(pl.col(part) != "unknown", snapshot_date=days[-1], region="global")
        rows = rows.filter(series="regional-daily").sort("streams_share", descending=True)
        assert opened.column(section, 2) == [f"{share:.1%}" for share in rows["streams_share"]]
        note = page.locator(f"#{section} .note").inner_text()
        assert "Share of streams" in note
        assert "Streams of 9 of 54 places from 1 Mar 2026 to 9 Mar 2026 are not reported" in note
    home = tables["domestic_share"].filter(snapshot_date=days[-1], series="regional-daily")
    assert opened.column("domestic", 2) == [f"{home['streams_share'].item():.1%}"]
    assert "streams" in page.locator("#glance").inner_text()
    opened.draw_everything()
    assert Axe().run(page).response["violations"] == []

    # Where charts tell none, points are counted meanwhile, and the reason is told.
    page.get_by_label("Charts", exact=True).select_option("Viral-daily")
    assert "Counted in points: these charts report no streams" in status.inner_text()
    assert (streams.get_attribute("aria-disabled"), streams.get_attribute("aria-describedby")) == ("true", "status")
    streams.focus()
    page.keyboard.press("Enter")
    assert "Share of chart points" in page.locator("#labels .note").inner_text()
    assert Axe().run(page).response["violations"] == []
    page.get_by_label("Charts", exact=True).select_option("Regional-daily")
    assert status.inner_text().endswith("Counted in streams.")
    assert_quiet(opened)


def test_charts_without_streams_labels_or_ids_of_artists(open_page: Open, tables: Tables) -> None:
    """Playlists tell neither streams nor labels, so nothing is there of them; artists of one song are text alone."""
    silent = {
        name: frame.with_columns(
            pl.lit(None, frame.schema[column]).alias(column) for column in frame.columns if "streams" in column
        )
        for name, frame in tables.items()
    }
    names = pl.when(song_id=song_id(1)).then(pl.lit(HOSTILE[1])).otherwise("artist_names")
    opened = open_page(
        {
            **silent,
            "label_trends": tables["label_trends"].clear(),
            "genre_trends": silent["genre_trends"].with_columns(share_change_7_days=pl.lit(0.0004)),
            "song_artists": tables["song_artists"].filter(pl.col("song_id") != song_id(1)),
            **{name: silent[name].with_columns(artist_names=names) for name in ("song_trends", "release_performance")},
        }
    )
    page = opened.page
    assert (
        page.locator("#labels, #labels-link, #measure-choice").evaluate_all("(all) => all.map((one) => one.hidden)")
        == [True] * 3
    )
    assert "Counted in" not in page.get_by_role("status").inner_text()
    assert opened.column("chart", 3)[0].split("\n") == ["Song 1", HOSTILE[1]]
    # Less than is shown is no change.
    assert {" ".join(cell.split()) for cell in opened.column("genres", 3)} == {"= unchanged"}
    # 5 of 15 points, and 3 of song 4, of which nobody is credited.
    assert "53.3% of chart points on 30 Mar 2026 belong to songs whose artists are named as text only" in (
        page.locator("#artists .note").inner_text()
    )
    assert page.evaluate("window.harmed") is None
    assert_quiet(opened)


def test_artists_at_home_are_told_of_every_country(open_page: Open, tables: Tables) -> None:
    opened = open_page(tables)
    last = tables["domestic_share"].filter(snapshot_date=LAST).sort("share", descending=True)
    names = {"gb": "United Kingdom", "jp": "Japan"}
    assert opened.column("domestic", 1) == [names[region] for region in last["region"]]
    assert opened.column("domestic", 2) == [f"{share:.1%}" for share in last["share"]]
    assert opened.column("domestic", 5) == [
        f"{own} of {everyone}" for own, everyone in last[["domestic_artists", "artists"]].rows()
    ]
    assert last["share"].sum() > 0
    # The chosen country comes first in the chart, whatever its share.
    opened.page.get_by_label("Region", exact=True).select_option("United Kingdom")
    opened.draw_everything()
    legend = opened.page.locator("#domestic .role-legend-label").all_text_contents()
    assert legend[0] == "United Kingdom"
    assert_quiet(opened)


def test_without_countries_the_view_says_what_is_missing(open_page: Open, tables: Tables) -> None:
    told = tables["domestic_share"]
    unplaced = told.with_columns(share=pl.lit(None, pl.Float64), known_share=pl.lit(0.0))
    some_days = told.with_columns(share=pl.when(pl.col("snapshot_date") < LAST).then("share"))
    for shares, said in (
        (told.clear(), "No region is a country"),
        (unplaced, "Of no artist on these charts is a country known"),
    ):
        opened = open_page({**tables, "domestic_share": shares})
        opened.draw_everything()
        assert said in opened.page.locator("#domestic .nothing").inner_text()
        assert_quiet(opened)
    opened = open_page({**tables, "domestic_share": some_days})
    opened.draw_everything()
    assert opened.column("domestic", 2) == opened.column("domestic", 3) == ["\u2013", "\u2013"]
    assert_quiet(opened)


def test_dates_are_chosen(open_page: Open, tables: Tables) -> None:
    opened = open_page(tables)
    page, status = opened.page, opened.page.get_by_role("status")
    assert "28 Mar" not in status.inner_text()
    # Three captured days: the tenth was not.
    page.get_by_label("From", exact=True).fill(str(FIRST_DAY + timedelta(days=7)))
    page.get_by_label("To", exact=True).fill(str(FIRST_DAY + timedelta(days=10)))
    page.keyboard.press("Tab")
    assert "3 captured days" in status.inner_text()
    assert [text.split("\n")[0] for text in opened.column("chart", 3)] == [
        "Song 0",
        "Song 1",
        "Song 2",
        "Song 3",
        "Song 4",
    ]
    assert "11 Mar 2026" in page.locator("#chart").inner_text()
    assert "Since 8 Mar 2026" in page.locator("#movers").inner_text()
    # On a day that was not captured, the last one before it counts.
    page.get_by_label("To", exact=True).fill(str(FIRST_DAY + timedelta(days=9)))
    assert "9 Mar 2026" in page.locator("#chart").inner_text()
    page.get_by_label("From", exact=True).fill(str(FIRST_DAY + timedelta(days=12)))
    assert "No day was captured in this period" in status.inner_text()
    assert page.get_by_label("From", exact=True).get_attribute("aria-invalid") == "true"
    page.get_by_role("button", name="7 days").click()
    assert "7 captured days" in status.inner_text()
    assert page.get_by_role("button", name="7 days").get_attribute("aria-pressed") == "true"
    assert page.get_by_label("To", exact=True).input_value() == str(LAST)
    page.get_by_role("button", name="All", exact=True).click()
    assert "29 captured days" in status.inner_text()
    assert_quiet(opened)


def test_the_theme_is_that_of_the_system_until_it_is_switched(open_page: Open, tables: Tables) -> None:
    opened = open_page(tables, color_scheme="dark")
    background = "getComputedStyle(document.body).backgroundColor"
    dark = opened.page.evaluate(background)
    opened.page.get_by_role("button", name="Light theme").click()
    light = opened.page.evaluate(background)
    assert brightness(dark) < 150
    assert brightness(light) > 600
    opened.draw_everything()
    assert opened.page.locator("#genres .chart svg [stroke='#0072b2']").count() > 0
    assert_quiet(opened)


def test_everything_is_reached_by_keyboard_and_shows_its_focus(open_page: Open, tables: Tables) -> None:
    page = open_page(tables).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the charts"
    reached = []
    wanted = page.locator("a:visible, button:visible, select:visible, input:visible").count()
    for _ in range(wanted * 3):
        focused = page.evaluate(
            """() => {
                const style = getComputedStyle(document.activeElement);
                return [document.activeElement.outerHTML, style.outlineStyle, parseFloat(style.outlineWidth)];
            }"""
        )
        if focused[0].startswith("<body"):
            break
        assert focused[1] == "solid", focused
        assert focused[2] >= 2, focused
        reached.append(focused[0])
        page.keyboard.press("Tab")
    # A date takes several stops: day, month, year, and its calendar.
    there = page.locator("a:visible, button:visible, select:visible, input:visible")
    assert len(set(reached)) == len(set(there.evaluate_all("(all) => all.map((one) => one.outerHTML)")))
    page.keyboard.press("Shift+Tab")
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_charts_have_words_and_a_table_beside_them(open_page: Open, tables: Tables) -> None:
    opened = open_page(tables)
    page = opened.page
    opened.draw_everything()
    charts = page.locator("main .chart")
    assert charts.count() == 5
    for chart in charts.all():
        assert len(chart.get_attribute("aria-label") or "") > 40
        assert chart.locator("xpath=ancestor::section").locator("table").count() > 0
    for table in page.locator("table").all():
        assert table.locator("caption").inner_text()
        assert table.locator("thead th[scope=col]").count() == table.locator("thead th").count()
        assert table.locator("tbody tr").count() == table.locator("tbody th[scope=row]").count()


def test_a_mark_tells_its_figures_as_text(open_page: Open, tables: Tables) -> None:
    named = {name: frame.with_columns(pl.col("^artist_name$") + HOSTILE[1]) for name, frame in tables.items()}
    opened = open_page(named)
    opened.draw_everything()
    opened.page.locator("#consistency .mark-symbol.role-mark path").first.hover(force=True)
    told = opened.page.locator("#tooltip").inner_text()
    assert f"{HOSTILE[1]}\n" in told
    assert "Label: steady" in told
    assert opened.page.locator("#tooltip img").count() == 0
    assert opened.page.evaluate("window.harmed") is None
    assert_quiet(opened)


def test_hostile_names_stay_names(open_page: Open, tables: Tables) -> None:
    opened = open_page(with_hostile_names(tables), **PHONE)
    opened.draw_everything()
    for number in range(3):
        opened.page.get_by_label("Region", exact=True).select_option(index=number)
        opened.draw_everything()
    assert opened.page.evaluate("window.harmed") is None
    assert opened.page.evaluate("document.scripts.length") == 3
    assert opened.page.locator("main img, main script").count() == 0
    shown = {name.strip() for name in opened.page.locator("bdi").all_inner_texts()}
    assert shown & set(HOSTILE[:5])
    assert no_wider_than_the_screen(opened)
    assert_quiet(opened)


def test_links_lead_to_spotify_by_checked_ids_alone(open_page: Open, tables: Tables) -> None:
    bad = {"0" * 17 + "Song1": "javascript:alert(1)//"}
    trends = tables["song_trends"].with_columns(pl.col("song_id").replace(bad))
    page = open_page({**tables, "song_trends": trends}).page
    # On the overview names lead to their own views, by whatever id; from there to Spotify, by one of its ids alone.
    links = page.locator("main a").evaluate_all("(all) => all.map((one) => one.getAttribute('href'))")
    assert len(links) > 20
    assert all(link.startswith(("#song/", "#artist/", "#label/", "#playlist/")) for link in links)
    page.locator("#chart").get_by_role("link", name="Song 1", exact=True).click()
    assert page.locator("#subject h2").first.inner_text() == "Song 1"
    assert page.locator("#subject a[target]").count() == 0
    for link, kind in (("#song/" + song_id(0), "track"), ("#artist/" + artist_id(1), "artist")):
        page.goto(page.url.split("#")[0] + link)
        out = page.get_by_role("link", name="Open in Spotify")
        assert out.get_attribute("href") == f"https://open.spotify.com/{kind}/{link.split('/')[1]}"
        assert (out.get_attribute("rel"), out.get_attribute("target")) == ("noopener noreferrer", "_blank")


def test_the_policy_forbids_scripts_styles_and_requests_that_are_not_the_page_s_own(
    open_page: Open, tables: Tables
) -> None:
    page = open_page(tables).page
    page.evaluate(
        """() => {
            for (const [tag, code] of [["script", "window.harmed = 1"], ["style", "body { display: none }"]]) {
                document.body.append(Object.assign(document.createElement(tag), { textContent: code }));
            }
            document.body.insertAdjacentHTML("beforeend", "<i id=inline onclick='window.harmed = 1'></i>");
            document.getElementById("inline").click();
        }"""
    )
    assert page.evaluate("window.harmed") is None
    assert page.locator("h1").is_visible()
    assert page.evaluate("fetch('https://open.spotify.com/').then(() => 'sent', (error) => error.name)") == "TypeError"
    policy = page.locator("meta[http-equiv]").get_attribute("content") or ""
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    ("days", "missing"),
    [
        (1, {"movers", "regions"}),
        (2, {"regions"}),
    ],
)
def test_little_data_gives_a_page_that_says_what_is_missing(open_page: Open, days: int, missing: set[str]) -> None:
    """One playlist without a region, whose songs have neither genres nor dates."""
    history = {FIRST_DAY + timedelta(days=number): ChartDay({0: Chart(None, [3, 4, number])}) for number in range(days)}
    tables = dashboard_tables(history)
    opened = open_page(tables)
    opened.draw_everything()
    assert "No region" in opened.page.get_by_role("status").inner_text()
    assert len(opened.column("chart", 1)) == 3
    for section in missing:
        assert opened.page.locator(f"#{section} .nothing").count() > 0
    assert_quiet(opened)


@pytest.mark.parametrize("script", ["", "window.requestIdleCallback = undefined"], ids=["idle", "as in Safari"])
def test_charts_far_below_the_screen_are_drawn_without_scrolling_so_that_print_has_them(
    browser: Browser, tmp_path: Path, tables: Tables, script: str
) -> None:
    context = browser.new_context()
    context.add_init_script(script)
    opened = opened_in(context, tmp_path, tables)
    expect(opened.page.locator(".chart:visible")).not_to_have_count(0)
    expect(opened.page.locator(".chart:visible:not(:has(svg))")).to_have_count(0)
    assert opened.page.evaluate("scrollY") == 0
    assert_quiet(opened)
    context.close()


def test_a_lake_without_anything_gives_a_page_that_says_so(open_page: Open, tables: Tables) -> None:
    opened = open_page({name: frame.clear() for name, frame in tables.items()})
    assert "Nothing is published yet." in opened.page.locator("main").inner_text()
    assert_quiet(opened)
