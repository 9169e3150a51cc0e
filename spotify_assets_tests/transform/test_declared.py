"""What `playlists.yaml` says of what others land: which rows take it, and what of it counts."""

from collections.abc import Callable

import polars as pl
import pytest

from spotify_assets.spotify.playlist_entry import DeclaredPlaylist
from spotify_assets.transform.decode import RawObject
from spotify_assets.transform.observations import observe
from spotify_assets.transform.tables import DayTables, build_tables
from spotify_assets_tests.charts.files import csv_of, row
from spotify_assets_tests.support.data.builders import DAY, captured, entries_of, page, playlist, raw, spotify_id, track
from spotify_assets_tests.transform.test_chart_files import DAY as CHART_DAY
from spotify_assets_tests.transform.test_chart_files import imported, landed

CHART, LIST = "regional-global-daily", spotify_id("Chart")
SAID = DeclaredPlaylist(LIST, "Top of here", "de", "top50", "daily", ("chart", "mine"))
COLUMNS = ("name", "region", "chart_type", "recurrence", "tags")


def made(document: object, *declared: DeclaredPlaylist, name: str = "object.json") -> DayTables:
    return build_tables(observe([raw(document, name)], DAY, "spotify"), DAY, 0.05, declared)


def of_chart(found: RawObject, *declared: DeclaredPlaylist) -> DayTables:
    return build_tables(observe([found], CHART_DAY, "spotify"), CHART_DAY, 0.05, declared)


def said(tables: DayTables) -> tuple[object, ...]:
    (found,) = tables.frames["playlists"].select(COLUMNS).rows()
    return found


def test_a_foreign_object_takes_region_series_and_tags_and_keeps_its_own_name() -> None:
    document = playlist("Chart", entries_of(track("A")), name="Its own")
    tables = made(document, SAID)
    assert said(tables) == ("Its own", "de", "top50", "daily", ["chart", "mine"])
    assert tables.declared == [DeclaredPlaylist(LIST, None, "de", "top50", "daily", ("chart", "mine"))]
    assert said(made(document)) == ("Its own", None, "playlist", None, [])


def test_what_has_no_name_takes_that_of_the_file() -> None:
    tables = made(page("Chart", entries_of(track("A")), total=1), SAID)
    assert said(tables)[0] == "Top of here"
    assert tables.declared == [SAID]


def test_the_name_of_a_capture_in_several_pages_is_still_its_own() -> None:
    whole = playlist("Chart", entries_of(track("A"), track("B")), name="Its own")
    first = whole | {"tracks": whole["tracks"] | {"items": whole["tracks"]["items"][:1], "offset": 0, "total": 2}}
    second = page("Chart", entries_of(track("B")), offset=1, total=2)
    objects = [raw(first, f"{LIST}/page_1.json"), raw(second, f"{LIST}/page_2.json")]
    tables = build_tables(observe(objects, DAY, "spotify"), DAY, 0.05, [SAID])
    assert said(tables)[:2] == ("Its own", "de")
    assert tables.frames["playlist_items"].height == 2


def test_an_own_capture_keeps_what_was_true_when_it_was_captured() -> None:
    document = captured(playlist("Chart", entries_of(track("A"))), region="fr", tags=["then"])
    assert said(made(document, SAID)) == said(made(document))
    assert said(made(document, SAID))[1:] == ("fr", "playlist", None, ["then"])
    assert made(document, SAID).declared == []


def test_an_own_capture_is_of_the_series_of_its_envelope() -> None:
    document = captured(playlist("Chart", entries_of(track("A"))), chart_type="mood", recurrence="weekly")
    assert said(made(document))[2:4] == ("mood", "weekly")


@pytest.mark.parametrize("land", [landed, imported])
def test_a_chart_says_its_series_and_region_itself_and_takes_name_and_tags(
    land: Callable[[bytes], RawObject],
) -> None:
    other = DeclaredPlaylist(CHART, "Top of the world", "de", "viral", "weekly", ("chart",))
    tables = of_chart(land(csv_of(row(1))), other)
    assert said(tables) == ("Top of the world", "global", "regional", "daily", ["chart"])
    assert tables.declared == [DeclaredPlaylist(CHART, "Top of the world", tags=("chart",))]
    assert said(of_chart(land(csv_of(row(1))))) == (CHART, "global", "regional", "daily", [])


@pytest.mark.parametrize(
    "declared", [[], [DeclaredPlaylist(LIST)], [DeclaredPlaylist(spotify_id("Other"), "Other", "de", tags=("x",))]]
)
def test_what_says_nothing_of_the_day_counts_for_nothing(declared: list[DeclaredPlaylist]) -> None:
    document = playlist("Chart", entries_of(track("A")))
    assert made(document, *declared).declared == []
    assert said(made(document, *declared)) == said(made(document))


def test_what_is_not_said_stays_as_it_is() -> None:
    tables = made(playlist("Chart", entries_of(track("A"))), DeclaredPlaylist(LIST, region="de"))
    assert said(tables)[1:] == ("de", "playlist", None, [])
    assert tables.frames["playlists"]["tags"].dtype == pl.List(pl.String)
