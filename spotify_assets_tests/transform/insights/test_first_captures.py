"""A first capture is no arrival, and a region that changes leaves its past behind."""

from datetime import date, timedelta

import polars as pl
import pytest

from spotify_assets.transform.insights.day import NOTHING_EARLIER, EarlierDays, build_insights
from spotify_assets.transform.insights.memory import MEMORY, memory_after
from spotify_assets_tests.support.data.chart_histories import (
    FIRST_DAY,
    OTHER,
    Chart,
    ChartDay,
    base_tables,
    playlist_id,
    song_id,
)

Made = dict[str, pl.DataFrame]
DAYS = [FIRST_DAY + timedelta(days=number) for number in range(6)]


def made(*charts: dict[int, Chart], earlier: EarlierDays = NOTHING_EARLIER) -> list[Made]:
    """The insights of days one after another."""
    found: list[Made] = []
    for day, of_day in zip(DAYS, charts, strict=False):
        found.append(build_insights(day, base_tables(day, ChartDay(of_day)), earlier))
        earlier = earlier.followed_by(day, found[-1])
    return found


def statuses(of_day: Made, playlist: int = 0) -> dict[str, str]:
    rows = of_day["song_trends"].filter(playlist_id=playlist_id(playlist))
    return dict(rows.select("song_id", "status").rows())


def changes(of_day: Made) -> set[tuple[str, str, date]]:
    return set(of_day["playlist_changes"].select("song_id", "change", "previous_capture").rows())


def test_nothing_is_new_on_the_first_capture_of_a_playlist() -> None:
    first, second = made({0: Chart("us", [0, 1])}, {0: Chart("us", [1, 2]), 1: Chart("us", [3])})
    assert statuses(first) == {song_id(0): "first capture", song_id(1): "first capture"}
    assert (
        first["song_trends"].select("previous_capture", "previous_position", "movement").null_count().row(0) == (2,) * 3
    )
    assert changes(first) == set()
    assert statuses(second) == {song_id(1): "up", song_id(2): "new"}
    assert statuses(second, 1) == {song_id(3): "first capture"}
    assert changes(second) == {
        (song_id(0), "removed", DAYS[0]),
        (song_id(1), "moved", DAYS[0]),
        (song_id(2), "added", DAYS[0]),
    }


def test_a_song_that_left_and_came_back_is_not_new() -> None:
    *_, last = made({0: Chart("us", [0, 1])}, {0: Chart("us", [1])}, {0: Chart("us", [1, 0])})
    assert statuses(last) == {song_id(1): "same", song_id(0): "re-entry"}


def test_a_change_of_region_is_a_first_capture_there() -> None:
    before, moved, after = made({0: Chart("gb", [0, 1])}, {0: Chart("ie", [1, 2])}, {0: Chart("ie", [2, 1, 3])})
    assert set(statuses(before).values()) == {"first capture"}
    assert set(statuses(moved).values()) == {"first capture"}
    assert moved["song_trends"]["movement"].null_count() == 2
    assert statuses(after) == {song_id(1): "down", song_id(2): "up", song_id(3): "new"}


def test_a_change_of_series_is_a_first_capture_there() -> None:
    _, moved, after = made(
        {0: Chart("gb", [0, 1])},
        {0: Chart("gb", [1, 2], "viral", "daily")},
        {0: Chart("gb", [2, 1, 3], "viral", "daily")},
    )
    assert set(statuses(moved).values()) == {"first capture"}
    assert moved[MEMORY].select("series", "region_since").unique().rows() == [("viral-daily", DAYS[1])]
    assert statuses(after) == {song_id(1): "down", song_id(2): "up", song_id(3): "new"}


def test_the_list_itself_keeps_its_past() -> None:
    _, moved = made({0: Chart("gb", [0, 1])}, {0: Chart("ie", [1, 2])})
    assert changes(moved) == {
        (song_id(0), "removed", DAYS[0]),
        (song_id(1), "moved", DAYS[0]),
        (song_id(2), "added", DAYS[0]),
    }
    known = moved["song_trends"].filter(song_id=song_id(1))
    assert known.select("first_seen", "days_on_chart", "streak").row(0) == (DAYS[0], 2, 2)
    assert moved[MEMORY]["region_since"].unique().to_list() == [DAYS[1]]
    assert moved[MEMORY].height == 3


def test_a_region_leads_by_nothing_that_came_before_it_was_there() -> None:
    *_, last = made(
        {0: Chart("us", [0]), 1: Chart("gb", [0])},
        {0: Chart("us", [0]), 1: Chart("gb", [0, 1])},
        {0: Chart("us", [0]), 1: Chart("ie", [0, 1])},
        {0: Chart("us", [0, 1]), 1: Chart("ie", [0, 1])},
    )
    assert last["region_links"].select("region", "compared_songs", "leader").rows() == [
        ("ie", 0, None),
        ("us", 0, None),
    ]


def test_a_region_leads_by_what_came_after() -> None:
    *_, last = made(
        {0: Chart("us", [0]), 1: Chart("gb", [0])},
        {0: Chart("us", [0]), 1: Chart("ie", [0])},
        {0: Chart("us", [0]), 1: Chart("ie", [0, 1])},
        {0: Chart("us", [0, 1]), 1: Chart("ie", [0, 1])},
    )
    told = last["region_links"].select("region", "compared_songs", "median_lead_days", "leader")
    assert told.rows() == [("ie", 1, 1.0, "ie"), ("us", 1, -1.0, "ie")]


def test_a_region_that_comes_back_begins_anew() -> None:
    *_, last = made({0: Chart("us", [0])}, {0: Chart("gb", [0])}, {0: Chart("us", [0])})
    assert statuses(last) == {song_id(0): "first capture"}
    assert last[MEMORY]["region_since"].to_list() == [DAYS[2]]


def test_an_empty_capture_shows_that_songs_were_not_there() -> None:
    *_, last = made({0: Chart("gb", [0])}, {0: Chart("us", [OTHER])}, {0: Chart("us", [1])})
    assert statuses(last) == {song_id(1): "new"}


def test_a_playlist_that_was_not_captured_keeps_its_region() -> None:
    first, second, third = made(
        {0: Chart("gb", [0]), 1: Chart("us", [1])}, {1: Chart("us", [1])}, {0: Chart("gb", [2]), 1: Chart("us", [1])}
    )
    kept = memory_after(first[MEMORY], second[MEMORY]).filter(playlist_id=playlist_id(0))
    assert kept.select("region", "region_since").rows() == [("gb", DAYS[0])]
    assert statuses(third) == {song_id(2): "new"}


@pytest.mark.parametrize("region", ["gb", None])
def test_what_an_older_version_remembers_is_taken_for_the_same_region(region: str | None) -> None:
    before, after = made({0: Chart(region, [0, 1])}, {0: Chart(region, [1, 2])})
    unknown = pl.lit(None, pl.String)
    old = before[MEMORY].with_columns(series=unknown, region=unknown, region_since=pl.lit(None, pl.Date))
    windows = NOTHING_EARLIER.followed_by(DAYS[0], before).windows
    earlier = EarlierDays.of(
        old, {name: window.rows().with_columns(series=unknown) for name, window in windows.items()}
    )
    again = build_insights(DAYS[1], base_tables(DAYS[1], ChartDay({0: Chart(region, [1, 2])})), earlier)
    for name, frame in after.items():
        assert again[name].equals(frame), name
