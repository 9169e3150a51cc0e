"""A daily and a weekly chart of one region, its viral chart and somebody's playlist are never added up."""

from collections.abc import Mapping
from datetime import timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from spotify_assets.schemas.insights import INSIGHTS
from spotify_assets.transform.insights.day import NOTHING_EARLIER, build_insights
from spotify_assets_tests.support.data.chart_histories import FIRST_DAY, SONGS, Chart, ChartDay, artist_id, base_tables
from spotify_assets_tests.support.data.worked_examples import insights, shown

DAILY, WEEKLY, VIRAL, PLAYLIST = ("regional", "daily"), ("regional", "weekly"), ("viral", "daily"), (None, None)
# What each playlist is, by its number.
KINDS = (DAILY, WEEKLY, VIRAL, PLAYLIST, DAILY, PLAYLIST)
NAMES = {DAILY: "regional-daily", WEEKLY: "regional-weekly", VIRAL: "viral-daily", PLAYLIST: "playlist"}

# Charts by the number of their playlist, for one captured day.
OfDay = Mapping[int, Chart]
charts = st.dictionaries(
    st.integers(0, len(KINDS) - 1),
    st.tuples(st.sampled_from(["gb", "us"]), st.lists(st.integers(0, SONGS - 1), max_size=6)),
    min_size=2,
).map(lambda found: {number: Chart(*told, *KINDS[number]) for number, told in found.items()})


def made(days: Mapping[int, OfDay]) -> list[dict[str, pl.DataFrame]]:
    """The insights of each of these days, one after another."""
    earlier, found = NOTHING_EARLIER, []
    for number in sorted(days):
        day = FIRST_DAY + timedelta(days=number)
        found.append(build_insights(day, base_tables(day, ChartDay(dict(days[number]))), earlier))
        earlier = earlier.followed_by(day, found[-1])
    return found


@settings(max_examples=15, deadline=None, derandomize=True)
@given(st.dictionaries(st.sampled_from([0, 1, 2, 7, 8, 28, 35]), charts, min_size=1, max_size=4))
def test_what_is_told_of_a_series_is_what_its_charts_alone_would_tell(days: Mapping[int, OfDay]) -> None:
    together = made(days)
    for kind, series in NAMES.items():
        alone = made(
            {
                number: {playlist: chart for playlist, chart in of_day.items() if KINDS[playlist] == kind}
                for number, of_day in days.items()
            }
        )
        for all_of_day, own in zip(together, alone, strict=True):
            for name in INSIGHTS.tables:
                # Of a song that has left these charts, popularity is told where another playlist has it.
                told, wanted = (frame.drop("popularity", strict=False) for frame in (all_of_day[name], own[name]))
                assert_frame_equal(told.filter(series=series), wanted)


def test_one_region_has_its_figures_once_in_each_series() -> None:
    of_day = {0: Chart("gb", [0, 1, 3], *DAILY), 1: Chart("gb", [1, 0], *WEEKLY), 2: Chart("gb", [0], *PLAYLIST)}
    found = insights({0: of_day, 1: of_day})
    points = shown(found["artist_trends"], "series", "points", "week_points", "rank", artist_id=artist_id(0))
    assert points == [("playlist", 1, 2, 1), ("regional-daily", 3, 6, 1), ("regional-weekly", 1, 2, 2)]
    lengths = found["artist_consistency"].group_by("series").agg(pl.col("chart_length").max()).sort("series")
    assert lengths.rows() == [("playlist", 1), ("regional-daily", 3), ("regional-weekly", 2)]
    shares = found["genre_trends"].group_by("series").agg(pl.col("share").sum()).sort("series")
    assert [round(share, 9) for share in shares["share"]] == [1, 1, 1]
    assert shown(found["domestic_share"], "series", "points") == [
        ("playlist", 1.0),
        ("regional-daily", 6.0),
        ("regional-weekly", 3.0),
    ]


def test_regions_are_compared_within_a_series_alone() -> None:
    found = insights(
        {
            0: {
                0: Chart("gb", [0, 1], *DAILY),
                1: Chart("us", [0, 2], *DAILY),
                2: Chart("gb", [0], *WEEKLY),
                3: Chart("fr", [0], *PLAYLIST),
            }
        }
    )
    told = shown(found["region_links"], "series", "region", "other_region", "shared_songs")
    assert told == [("regional-daily", "gb", "us", 1), ("regional-daily", "us", "gb", 1)]
