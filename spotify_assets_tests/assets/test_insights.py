"""Insights through Dagster: from published days to published insights, and which days become stale when one changes."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from spotify_assets.config import Settings
from spotify_assets.definitions import defs
from spotify_assets.lake.lake import Lake
from spotify_assets.schemas.base import BASE
from spotify_assets.schemas.insights import INSIGHTS
from spotify_assets.spotify.live import LivePlaylists
from spotify_assets_tests.assets.conftest import INSIGHTS_PUBLISHED, TABLES_PUBLISHED, Platform
from spotify_assets_tests.assets.test_main_path import SONG, failed_checks, failure_message, playlist
from spotify_assets_tests.support.dagster_internals import (
    CachingStaleStatusResolver,
    LoadingContextForTest,
    StaleStatus,
)

DAY = date(2026, 3, 14)
EVERYTHING = [*TABLES_PUBLISHED, *(step for step in INSIGHTS_PUBLISHED if step != "checks")]
# Each letter is a song; the days' charts from the top.
CHARTS = ["abc", "bac", "bd", "bda"]
# Nobody tells any here.
NO_GENRES = {"genre_trends.genre_coverage"}


def day(number: int) -> date:
    return DAY + timedelta(days=number)


def land(platform: Platform, number: int, chart: str) -> None:
    album = SONG["album"] | {"release_date": "2026-03-01"}
    entries: list[object] = [
        {"track": SONG | {"id": letter * 22, "name": f"Song {letter}", "album": album}} for letter in chart
    ]
    platform.land(f"snapshot_date={day(number)}/chart.json", playlist(entries))


def rows(platform: Platform, table: str) -> pl.DataFrame:
    return platform.lake.catalog.scan(INSIGHTS.tables[table]).collect().sort(INSIGHTS.tables[table].order)


def everything(platform: Platform) -> dict[str, list[dict[str, object]]]:
    return {name: rows(platform, name).to_dicts() for name in INSIGHTS.tables}


@pytest.fixture
def another(tmp_path: Path) -> Iterator[Platform]:
    """A second lake, with an instance of its own, to compare with."""
    settings = Settings(lake_url=str(tmp_path / "another"), spotify_source="spotify")
    with dg.DagsterInstance.ephemeral() as instance:
        yield Platform(Lake(settings), instance, LivePlaylists(settings))


def stale_days(platform: Platform, numbers: Iterable[int], asset: str = "song_trends") -> list[int]:
    """The days on which Dagster calls the asset stale."""
    context = LoadingContextForTest(platform.instance)
    resolver = CachingStaleStatusResolver(platform.instance, defs.resolve_asset_graph(), context)
    states = {number: resolver.get_status(dg.AssetKey(asset), day(number).isoformat()) for number in numbers}
    assert StaleStatus.MISSING not in states.values()
    return [number for number, state in states.items() if state == StaleStatus.STALE]


def test_days_go_on_to_their_insights(foreign_anywhere: Platform) -> None:
    for number, chart in enumerate(CHARTS[:2]):
        land(foreign_anywhere, number, chart)
    result = foreign_anywhere.materialize(day(0), day(1), steps=EVERYTHING)
    assert result.success
    assert failed_checks(result) == NO_GENRES
    trends = rows(foreign_anywhere, "song_trends").filter(snapshot_date=day(1))
    assert sorted(trends.select("song_name", "position", "previous_position", "status").rows()) == [
        ("Song a", 2, 1, "down"),
        ("Song b", 1, 2, "up"),
        ("Song c", 3, 3, "same"),
    ]
    assert all(
        not rows(foreign_anywhere, name).is_empty()
        for name in INSIGHTS.tables.keys() - {"region_links", "domestic_share", "label_trends"}
    )


def test_a_table_of_an_older_version_has_nothing_to_say_of_what_it_lacks(foreign: Platform) -> None:
    land(foreign, 0, "abc")
    assert foreign.materialize(day(0), steps=EVERYTHING).success
    before = everything(foreign)
    table = foreign.lake.catalog.load(BASE.tables["artists"])
    assert table is not None
    with table.update_schema(allow_incompatible_changes=True) as update:
        for column in ("country", "genre_source"):
            update.delete_column(column)
    assert foreign.materialize(day(0), steps=INSIGHTS_PUBLISHED).success
    assert everything(foreign) == before


def test_a_range_in_one_run_is_the_same_as_day_by_day(foreign: Platform, another: Platform) -> None:
    for number, chart in enumerate(CHARTS):
        land(foreign, number, chart)
        land(another, number, chart)
        assert another.materialize(day(number), steps=EVERYTHING).success
    assert foreign.materialize(day(0), day(3), steps=EVERYTHING).success
    assert everything(foreign) == everything(another)
    for name, table in INSIGHTS.tables.items():
        contents = [
            {found: file.content for found, file in platform.lake.catalog.published(table).items()}
            for platform in (foreign, another)
        ]
        assert contents[0] == contents[1], name
    assert stale_days(foreign, range(4)) == stale_days(another, range(4)) == []


def test_the_state_from_prior_days_is_shown_in_figures(foreign: Platform) -> None:
    for number, chart in enumerate(CHARTS[:3]):
        land(foreign, number, chart)
    assert foreign.materialize(day(0), day(2), steps=EVERYTHING).success
    shown: list[tuple[object, object]] = []
    for number in range(3):
        wanted = dg.AssetRecordsFilter(asset_key=dg.AssetKey("earlier_days"), asset_partitions=[str(day(number))])
        (record,) = foreign.instance.fetch_materializations(wanted, limit=1).records
        assert record.asset_materialization is not None
        said = record.asset_materialization.metadata
        shown.append((said["prior_days"].value, said["songs_remembered"].value))
    assert shown == [(0, 0), (1, 3), (2, 3)]


def test_an_old_day_published_anew_makes_later_ones_stale_until_they_are_made_again(
    foreign: Platform, another: Platform
) -> None:
    for number, chart in enumerate(CHARTS):
        land(foreign, number, chart)
    assert foreign.materialize(day(0), day(3), steps=EVERYTHING).success

    land(foreign, 1, "cab")
    result = foreign.materialize(day(1), steps=EVERYTHING)
    assert failed_checks(result) == {"published_insights.insights_up_to_date", *NO_GENRES}
    assert stale_days(foreign, range(4)) == [2, 3]
    assert stale_days(foreign, range(4), "published_insights") == []

    result = foreign.materialize(day(2), day(3), steps=INSIGHTS_PUBLISHED)
    assert result.success
    assert failed_checks(result) == NO_GENRES
    assert stale_days(foreign, range(4)) == []
    assert stale_days(foreign, range(4), "published_insights") == []

    for number, chart in enumerate([CHARTS[0], "cab", *CHARTS[2:]]):
        land(another, number, chart)
    assert another.materialize(day(0), day(3), steps=EVERYTHING).success
    assert everything(foreign) == everything(another)


def test_a_day_published_again_unchanged_makes_nothing_stale(foreign: Platform) -> None:
    for number, chart in enumerate(CHARTS[:3]):
        land(foreign, number, chart)
    assert foreign.materialize(day(0), day(2), steps=EVERYTHING).success
    result = foreign.materialize(day(0), steps=EVERYTHING)
    assert failed_checks(result) == NO_GENRES
    assert stale_days(foreign, range(3)) == []


def test_what_was_stale_is_fresh_again_where_the_old_day_becomes_what_it_was(foreign: Platform) -> None:
    for number, chart in enumerate(CHARTS[:2]):
        land(foreign, number, chart)
        assert foreign.materialize(day(number), steps=EVERYTHING).success
    land(foreign, 0, "cba")
    assert foreign.materialize(day(0), steps=EVERYTHING).success
    assert stale_days(foreign, [1]) == [1]
    land(foreign, 0, CHARTS[0])
    assert foreign.materialize(day(0), steps=EVERYTHING).success
    assert stale_days(foreign, [1]) == []


def test_a_late_day_makes_the_next_one_stale_also_beyond_every_window(foreign: Platform) -> None:
    far = 80
    for number, chart in ((0, "ab"), (far, "bc")):
        land(foreign, number, chart)
        assert foreign.materialize(day(number), steps=EVERYTHING).success
    land(foreign, 2, "c")
    result = foreign.materialize(day(2), steps=EVERYTHING)
    assert "published_insights.insights_up_to_date" in failed_checks(result)
    assert stale_days(foreign, [0, far]) == [far]
    assert foreign.materialize(day(far), steps=INSIGHTS_PUBLISHED).success
    trends = rows(foreign, "song_trends").filter(snapshot_date=day(far))
    assert sorted(trends.select("song_name", "status", "previous_capture").rows()) == [
        ("Song b", "re-entry", day(2)),
        ("Song c", "down", day(2)),
    ]


def test_only_what_was_audited_is_published(foreign: Platform) -> None:
    for number, chart in enumerate(["ab", "a"]):
        land(foreign, number, chart)
    assert foreign.materialize(day(0), day(1), steps=EVERYTHING).success
    staging = foreign.lake.insight_staging
    stage = staging.current(day(1))
    assert stage is not None
    frames = {name: staging.read(stage, name).collect() for name in INSIGHTS.tables}
    frames["playlist_songs"] = frames["playlist_songs"].filter(pl.col("song_name") != "Song b")
    before = everything(foreign)
    staging.write(day(1), frames, [], "tampered", made_from=stage.made_from)

    unaudited = foreign.materialize(day(1), steps=["published_insights"])
    assert "has not been audited" in failure_message(unaudited, "published_insights")
    audited = foreign.materialize(day(1), steps=["checks", "published_insights"])
    assert not audited.success
    assert "playlist_songs.remembers_every_song" in failed_checks(audited)
    bypassing = foreign.materialize(day(1), steps=["published_insights"])
    assert "playlist_songs failed its check 'remembers_every_song'" in failure_message(bypassing, "published_insights")
    assert everything(foreign) == before


def test_days_that_are_not_published_are_left_out_of_a_range_and_refused_alone(foreign: Platform) -> None:
    land(foreign, 0, "ab")
    assert foreign.materialize(DAY, steps=TABLES_PUBLISHED).success
    assert foreign.materialize(DAY, day(1), steps=INSIGHTS_PUBLISHED).success
    assert list(foreign.lake.published_insights().whole) == [DAY]
    result = foreign.materialize(day(1), steps=["insights"])
    assert f"Nothing is published of {day(1)}" in failure_message(result, "insights")
