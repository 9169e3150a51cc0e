"""The dashboard through Dagster: made after the insights of whatever days, and opened from the lake."""

from datetime import date, timedelta
from pathlib import Path

import dagster as dg
from playwright.sync_api import expect

from spotify_assets.assets.dashboard import PAGE
from spotify_assets.serving.dashboard.inputs import read_dashboard_rows
from spotify_assets_tests.assets.conftest import ALL, INSIGHTS_PUBLISHED, TABLES_PUBLISHED, Platform
from spotify_assets_tests.assets.test_main_path import playlist, songs
from spotify_assets_tests.conftest import REGION, aws_client
from spotify_assets_tests.support.data.dashboard_pages import chromium

DAY = date(2026, 3, 14)
LANDED_TO_PAGE = [*TABLES_PUBLISHED, "insights", "published_insights", "dashboard"]


def metadata(result: dg.ExecuteInProcessResult) -> dict[str, dg.MetadataValue]:
    event = next(
        event for event in result.get_asset_materialization_events() if event.asset_key == dg.AssetKey("dashboard")
    )
    assert event.partition is None
    return dict(event.step_materialization_data.materialization.metadata)


def test_the_page_is_made_in_the_run_that_publishes(foreign_anywhere: Platform) -> None:
    foreign_anywhere.land(f"snapshot_date={DAY}/list.json", playlist(songs(5)))
    result = foreign_anywhere.materialize(DAY, steps=LANDED_TO_PAGE)
    assert result.success
    storage = foreign_anywhere.lake.storage
    shown = metadata(result)
    if storage.is_s3:
        # With the tests' own key: the platform writes the page and never reads it.
        s3 = aws_client("s3", str(storage.endpoint_url))
        stored = s3.get_object(Bucket=storage.bucket, Key=storage.prefix + PAGE)
        html = stored["Body"].read()
        assert stored["ContentType"] == "text/html; charset=utf-8"
        query = f"region={REGION}&prefix=team%2Fdashboard%2Findex.html"
        link = f"https://console.aws.amazon.com/s3/object/{storage.bucket}?{query}"
        assert shown["page"].value == link
    else:
        html = Path(str(shown["page"].value)).read_bytes()
    assert html.startswith(b"<!doctype html>")
    assert (shown["bytes"].value, shown["chart_rows"].value, shown["days"].value) == (len(html), 5, "1 day")
    assert str(shown["preview"].value).startswith("![Top ten of the first chart](data:image/jpeg;base64,/9j/")


def test_days_without_any_song_do_not_fail_the_run(foreign: Platform) -> None:
    foreign.land(f"snapshot_date={DAY}/list.json", playlist([{"track": None}]))
    result = foreign.materialize(DAY, steps=LANDED_TO_PAGE)
    assert result.success
    assert metadata(result)["chart_rows"].value == 0
    assert "preview" not in metadata(result)


def test_the_page_holds_as_many_of_the_latest_days_as_it_has_room_for(foreign: Platform) -> None:
    last = DAY + timedelta(days=4)
    for day in (DAY, DAY + timedelta(days=1), DAY + timedelta(days=3), last):
        foreign.land(f"snapshot_date={day}/list.json", playlist(songs(3)))
    for day in (DAY, DAY + timedelta(days=1), DAY + timedelta(days=3), last):
        assert foreign.materialize(day, steps=LANDED_TO_PAGE).success
    for room, first in {9: DAY + timedelta(days=1), 8: DAY + timedelta(days=3), 1: last, 250: DAY}.items():
        shown = read_dashboard_rows(foreign.lake, most_chart_rows=room)
        assert (shown.first, shown.last) == (first, last)


def test_the_sample_s_page_opens_from_the_lake(sample: Platform) -> None:
    steps = [*ALL, *(step for step in INSIGHTS_PUBLISHED if step != "checks"), "dashboard"]
    result = sample.materialize(DAY, DAY + timedelta(days=1), steps=steps)
    assert result.success
    with chromium() as browser:
        page = browser.new_page()
        messages: list[str] = []
        page.on("console", lambda message: messages.append(message.text))
        page.goto(Path(str(metadata(result)["page"].value)).as_uri())
        rows = page.locator("#chart tbody tr")
        expect(rows).to_have_count(25)
        page.get_by_role("button", name="Show all 100").press("Enter")
        expect(rows).to_have_count(100)
        # The keyboard goes on at the first row that came.
        assert page.evaluate("document.activeElement.closest('tr').sectionRowIndex") == 25
        assert page.get_by_role("status").inner_text() == "All 100 songs are shown."
        expect(page.locator("#chart .sparkline svg").first).to_be_visible()
        assert "songs and artists are invented" in page.locator("header").inner_text()
        assert messages == []
