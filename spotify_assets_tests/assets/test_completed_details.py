"""Charts that name songs alone: Spotify is asked for them, and published days become stale, then whole when asked."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from spotify_assets.artist_facts.choose import artist_facts_source
from spotify_assets.automation.detail_changes import apply_details, details
from spotify_assets.automation.schedules import daily_details
from spotify_assets.automation.unfinished_days import unfinished_days
from spotify_assets.definitions import defs
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.reference import REFERENCE
from spotify_assets.spotify.sample.source import SampleSource
from spotify_assets_tests.assets.conftest import ALL, LIVE_PLAYLISTS, TABLES_PUBLISHED, Platform, reading
from spotify_assets_tests.assets.test_capture import metadata
from spotify_assets_tests.assets.test_insights import stale_days
from spotify_assets_tests.assets.test_main_path import failed_checks, failure_message, published
from spotify_assets_tests.conftest import HISTORY_START
from spotify_assets_tests.support.dagster_internals import SensorExecutionData
from spotify_assets_tests.support.spotify.state import FakeSpotify

FIRST = date(2026, 3, 14)
HEADER = "rank,uri,artist_names,track_name,source,peak_rank,previous_rank,days_on_chart,streams"


def songs_of(region: str) -> list[dict[str, Any]]:
    """Songs that the fake Spotify knows."""
    entries = SampleSource().playlist("x" * 22, "Chart", region, FIRST)["items"]["items"]
    return [entry["item"] for entry in entries if entry["item"] and entry["item"]["type"] == "track"]


SONGS = songs_of("jp")[:6]


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def land(platform: Platform, number: int, songs: list[dict[str, Any]]) -> None:
    """A chart file as charts.spotify.com gives it."""
    lines = [
        f'{place},spotify:track:{song["id"]},"{song["artists"][0]["name"]}","Title {place}","Label",{place},-1,1,"900"'
        for place, song in enumerate(songs, 1)
    ]
    name = f"regional-jp-daily-{day(number)}.csv"
    platform.land(f"snapshot_date={day(number)}/{name}", "\n".join([HEADER, *lines, ""]).encode())


@pytest.fixture
def charts(tmp_path: Path, instance: dg.DagsterInstance, fake: FakeSpotify) -> Platform:
    """A platform with an account, and two published days of charts that name their songs alone."""
    account = reading(tmp_path, instance, fake, LIVE_PLAYLISTS, fake.refresh_token)
    settings = account.lake.settings.model_copy(update={"history_start": HISTORY_START})
    platform = replace(account, lake=Lake(settings))
    land(platform, 0, SONGS[:4])
    land(platform, 1, SONGS[1:5])
    assert platform.materialize(day(0), day(1), steps=[*TABLES_PUBLISHED]).success
    return platform


def albums(platform: Platform) -> Mapping[date, list[bool]]:
    """Whether each song of a published day, in the order of the chart, has an album."""
    songs = published(platform, "songs").select("snapshot_date", "song_id", "album_id")
    items = published(platform, "playlist_items").join(songs, on=["snapshot_date", "song_id"]).sort("position")
    return {
        number: items.filter(snapshot_date=number)["album_id"].is_not_null().to_list()
        for number in sorted(items["snapshot_date"].unique())
    }


def look(platform: Platform, cursor: str | None = None) -> SensorExecutionData:
    return platform.tick(details, cursor)


def test_details_that_come_later_are_shown_stale_and_reach_published_days_only_when_asked_for(
    charts: Platform, fake: FakeSpotify
) -> None:
    assert albums(charts) == {day(0): [False] * 4, day(1): [False] * 4}
    assert published(charts, "songs")["artists_text"].null_count() == 0
    first = look(charts)
    assert (first.asset_events, str(first.skip_message)) == ([], "No published day lacks details that are known.")
    result = charts.materialize(datetime.now(UTC).date(), steps=["raw_tracks"])
    assert result.success
    # The batch that an app in development mode is refused, then five tracks on two charts, each once.
    told = metadata(result, "raw_tracks")
    assert {name: told[name] for name in ("read", "unknown_to_spotify", "tracks_waiting", "failed")} == {
        "read": 5,
        "unknown_to_spotify": 0,
        "tracks_waiting": 0,
        "failed": 0,
    }
    assert told["requests_by_endpoint"]["tracks"] == 6
    second = look(charts, first.cursor)
    assert [event.partition for event in second.asset_events] == [str(day(0)), str(day(1))]
    assert "songs or artists of 2 published days (2026-03-14 to 2026-03-15)" in str(second.skip_message)
    assert stale_days(charts, range(2), "songs") == [0, 1]
    assert albums(charts) == {day(0): [False] * 4, day(1): [False] * 4}
    # Nothing is told twice, and nobody is asked twice.
    assert look(charts, second.cursor).asset_events == []
    again = charts.materialize(datetime.now(UTC).date(), steps=["raw_tracks"])
    assert metadata(again, "raw_tracks")["api_calls"] == 0
    expect_made_by_the_job(charts)
    third = look(charts, second.cursor)
    assert str(third.skip_message) == "No published day lacks details that are known."
    assert published(charts, "song_artists").height == sum(len(song["artists"]) for song in SONGS[:4] + SONGS[1:5])


def expect_made_by_the_job(platform: Platform) -> None:
    """The job asks for what is stale, and the sensor of unfinished days has it made."""
    resources = {"lake": platform.lake}
    assert apply_details.execute_in_process(instance=platform.instance, resources=resources).success
    with dg.build_sensor_context(instance=platform.instance, definitions=defs, resources=resources) as context:
        [request] = unfinished_days.evaluate_tick(context).run_requests or []
    assert request.tags["dagster/asset_partition_range_start"] == str(day(0))
    assert request.tags["dagster/asset_partition_range_end"] == str(day(1))
    made = platform.materialize(day(0), day(1), steps=[*TABLES_PUBLISHED])
    assert made.success
    assert albums(platform) == {day(0): [True] * 4, day(1): [True] * 4}


def test_what_lands_later_has_the_details_that_are_there(charts: Platform) -> None:
    assert charts.materialize(datetime.now(UTC).date(), steps=["raw_tracks"]).success
    land(charts, 2, [SONGS[5], SONGS[0]])
    assert charts.materialize(day(2), steps=[*TABLES_PUBLISHED]).success
    assert albums(charts)[day(2)] == [False, True]
    # The other days are as they were, and the new one lacks what nobody was asked for.
    assert str(look(charts).skip_message).startswith("Details have arrived for songs or artists of 2 published days")


def test_a_track_that_spotify_does_not_know_is_not_asked_for_every_day(charts: Platform, fake: FakeSpotify) -> None:
    land(charts, 2, [{"id": "7" * 22, "artists": [{"name": "Nobody"}]}])
    assert charts.materialize(day(2), steps=[*TABLES_PUBLISHED]).success
    today = datetime.now(UTC).date()
    first = metadata(charts.materialize(today, steps=["raw_tracks"]), "raw_tracks")
    assert (first["read"], first["unknown_to_spotify"], first["tracks_waiting"]) == (5, 1, 0)
    assert metadata(charts.materialize(today, steps=["raw_tracks"]), "raw_tracks")["api_calls"] == 0
    assert "2 published days" in str(look(charts).skip_message)


def test_what_cannot_be_read_fails_the_run_and_is_asked_for_again(charts: Platform, fake: FakeSpotify) -> None:
    fake.fail(SONGS[2]["id"], status=502, times=2)
    today = datetime.now(UTC).date()
    result = charts.materialize(today, steps=["raw_tracks"])
    assert failed_checks(result) == {"raw_tracks.every_track_read"}
    message = failure_message(result, "every_track_read")
    assert "could not be read; what was read is kept" in message
    assert "Spotify has a server error (502)" in message
    read = metadata(result, "raw_tracks")["read"]
    assert metadata(charts.materialize(today, steps=["raw_tracks"]), "raw_tracks")["read"] == 5 - read


def test_a_damaged_object_of_details_is_named(charts: Platform) -> None:
    charts.lake.raw_storage.write(f"{REFERENCE}/tracks/x.json.zst", b"{}")
    result = charts.materialize(day(0), steps=[*TABLES_PUBLISHED])
    assert "raw/reference/tracks/x.json.zst is damaged" in failure_message(result, "tables")


def test_the_sample_shows_it(sample: Platform) -> None:
    result = sample.materialize(day(0), day(1), steps=[*ALL])
    assert result.success
    made = result.asset_materializations_for_node("raw_tracks")
    first, second = (int(str(event.metadata["read"].value)) for event in made)
    # Most of them stay on the chart.
    assert 0 < second < first / 2
    songs = published(sample, "songs")
    assert songs["artists_text"].null_count() == songs.height
    assert songs["album_id"].null_count() == 0
    wanted = dg.AssetRecordsFilter(dg.AssetKey("completed_details"), asset_partitions=[str(day(0))])
    [latest] = sample.instance.fetch_materializations(wanted, limit=1).records
    assert latest.asset_materialization is not None
    assert int(str(latest.asset_materialization.metadata["songs"].value)) > 0


@pytest.mark.parametrize("asked", [False, True])
def test_the_daily_look_asks_where_something_waits(charts: Platform, asked: bool) -> None:
    if asked:
        assert charts.materialize(datetime.now(UTC).date(), steps=["raw_tracks"]).success
    resources = {"lake": charts.lake, "artist_facts": artist_facts_source(charts.lake.settings)}
    context = dg.build_schedule_context(resources=resources, scheduled_execution_time=datetime.now(UTC))
    found = daily_details(context)
    assert isinstance(found, dg.SkipReason if asked else dg.RunRequest)
