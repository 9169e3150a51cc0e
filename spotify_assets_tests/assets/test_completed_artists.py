"""Artists of charts that were landed: sources are asked about them once, and published days learn of it when asked."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl
import pytest

from spotify_assets.artist_facts.asking import AskedService, Limits
from spotify_assets.artist_facts.source import ArtistFactsSource
from spotify_assets.artist_facts.wikidata import Wikidata
from spotify_assets.automation.detail_changes import apply_details, details
from spotify_assets.automation.schedules import daily_details
from spotify_assets.config import Settings
from spotify_assets.lake.lacking_artists import KEPT, lacking_artists
from spotify_assets.lake.lake import Lake
from spotify_assets.schemas import TABLES
from spotify_assets.spotify.live import LivePlaylists
from spotify_assets_tests.assets.conftest import (
    INSIGHTS_PUBLISHED,
    LIVE_PLAYLISTS,
    TABLES_PUBLISHED,
    Platform,
    reading,
)
from spotify_assets_tests.assets.test_capture import metadata
from spotify_assets_tests.assets.test_completed_details import day, songs_of
from spotify_assets_tests.assets.test_insights import stale_days
from spotify_assets_tests.assets.test_main_path import failed_checks, failure_message, published
from spotify_assets_tests.conftest import HISTORY_START
from spotify_assets_tests.support.data.builders import playlist, to_json
from spotify_assets_tests.support.spotify.state import FakeSpotify
from spotify_assets_tests.support.wikidata.fake import FakeWikidata, fake_wikidata

ASK = ["raw_artist_details"]
NOBODY = "7" * 22
SONGS = songs_of("us")[:5]
ARTISTS = list(dict.fromkeys(artist["id"] for song in SONGS for artist in song["artists"]))


def today() -> date:
    return datetime.now(UTC).date()


@pytest.fixture
def wikidata() -> Iterator[FakeWikidata]:
    with fake_wikidata() as fake:
        yield fake


def land(platform: Platform, number: int, songs: list[dict[str, Any]]) -> None:
    """A playlist as another program saved it: with the ids of artists, and no profile of any."""
    document = playlist("Landed", [{"track": song, "is_local": False} for song in songs])
    platform.land(f"snapshot_date={day(number)}/landed.json", to_json(document))


@pytest.fixture
def charts(tmp_path: Path, instance: dg.DagsterInstance, fake: FakeSpotify, wikidata: FakeWikidata) -> Platform:
    """A platform with an account, and two published days of a playlist that somebody landed."""
    account = reading(tmp_path, instance, fake, LIVE_PLAYLISTS, fake.refresh_token)
    settings = account.lake.settings.model_copy(update={"history_start": HISTORY_START})
    asked = AskedService(Wikidata("tests@example.org", wikidata.url), Limits(capture=20, answer=5, wait=1))
    platform = replace(account, lake=Lake(settings), facts=asked)
    land(platform, 0, SONGS[:4])
    land(platform, 1, SONGS[1:])
    assert platform.materialize(day(0), day(1), steps=[*TABLES_PUBLISHED]).success
    return platform


def asked_about(result: dg.ExecuteInProcessResult) -> Mapping[str, Any]:
    told = metadata(result, "raw_artist_details")
    names = ("read", "unknown_to_spotify", "artists_waiting", "facts_read", "facts_unknown", "facts_waiting")
    return {name: told[name] for name in names}


def profiles(platform: Platform) -> dict[date, int]:
    """How many artists of each published day have a profile."""
    known = published(platform, "artists").drop_nulls("profile_fetched_at")
    return dict(known.group_by("snapshot_date").len().sort("snapshot_date").iter_rows())


def test_details_that_come_later_reach_published_days_and_their_insights_only_when_asked_for(
    charts: Platform, fake: FakeSpotify, wikidata: FakeWikidata
) -> None:
    wikidata.add_artist(500, ARTISTS[0])
    assert profiles(charts) == {}
    first = charts.tick(details)
    assert (first.asset_events, str(first.skip_message)) == ([], "No published day lacks details that are known.")
    result = charts.materialize(today(), steps=ASK)
    assert result.success
    count = len(ARTISTS)
    assert asked_about(result) == {
        "read": count,
        "unknown_to_spotify": 0,
        "artists_waiting": 0,
        "facts_read": 1,
        "facts_unknown": count - 1,
        "facts_waiting": 0,
    }
    assert len(wikidata.asked) == 1
    second = charts.tick(details, first.cursor)
    assert [event.partition for event in second.asset_events] == [str(day(0)), str(day(1))]
    assert "songs or artists of 2 published days (2026-03-14 to 2026-03-15)" in str(second.skip_message)
    assert stale_days(charts, range(2), "artists") == [0, 1]
    assert profiles(charts) == {}
    # Nobody is asked twice.
    requests = len(fake.requests)
    assert charts.materialize(today(), steps=ASK).success
    assert (len(fake.requests), len(wikidata.asked)) == (requests, 1)
    resources = {"lake": charts.lake}
    assert apply_details.execute_in_process(instance=charts.instance, resources=resources).success
    assert charts.materialize(day(0), day(1), steps=[*TABLES_PUBLISHED, *INSIGHTS_PUBLISHED]).success
    of_days = {number: {a["id"] for song in SONGS[number : number + 4] for a in song["artists"]} for number in (0, 1)}
    assert profiles(charts) == {day(number): len(ids) for number, ids in of_days.items()}
    assert published(charts, "artists").filter(artist_id=ARTISTS[0])["country"].unique().to_list() == ["US"]
    trends = charts.lake.catalog.scan(TABLES["genre_trends"]).collect()
    assert trends.drop_nulls("genre")["snapshot_date"].unique().sort().to_list() == [day(0), day(1)]
    third = charts.tick(details, second.cursor)
    assert str(third.skip_message) == "No published day lacks details that are known."


def test_an_artist_whom_a_source_does_not_know_is_not_asked_about_every_day(
    charts: Platform, fake: FakeSpotify
) -> None:
    land(charts, 2, [{**SONGS[0], "artists": [{"id": NOBODY, "name": "Nobody"}]}])
    assert charts.materialize(day(2), steps=[*TABLES_PUBLISHED]).success
    told = asked_about(charts.materialize(today(), steps=ASK))
    assert (told["read"], told["unknown_to_spotify"], told["artists_waiting"]) == (len(ARTISTS), 1, 0)
    requests = len(fake.requests)
    assert charts.materialize(today(), steps=ASK).success
    assert len(fake.requests) == requests


def test_what_cannot_be_read_fails_the_run_keeps_the_others_and_is_asked_again(
    charts: Platform, fake: FakeSpotify
) -> None:
    fake.fail(ARTISTS[2], status=502, times=2)
    result = charts.materialize(today(), steps=ASK)
    assert failed_checks(result) == {"raw_artist_details.every_artist_read"}
    assert "could not be read; what was read is kept" in failure_message(result, "every_artist_read")
    read = asked_about(result)["read"]
    again = asked_about(charts.materialize(today(), steps=ASK))
    assert (again["read"], again["artists_waiting"]) == (len(ARTISTS) - read, 0)
    assert asked_about(result)["facts_unknown"] == len(ARTISTS)


def asked_for_artists(fake: FakeSpotify) -> int:
    return sum("/artists" in request.path for request in fake.requests)


def test_a_quota_that_is_used_up_leaves_the_others_for_another_day(charts: Platform, fake: FakeSpotify) -> None:
    fake.quota("artists", requests=4)
    result = charts.materialize(today(), steps=ASK)
    assert result.success
    told = metadata(result, "raw_artist_details")
    assert told["left_out"] == told["artists_waiting"] == len(ARTISTS) - told["read"] > 0
    assert "QUOTA_EXCEEDED" in told["why_left_out"]
    # Another process knows it, and does not ask.
    requests = asked_for_artists(fake)
    later = replace(charts, source=LivePlaylists(charts.lake.settings))
    again = metadata(later.materialize(today(), steps=ASK), "raw_artist_details")
    assert asked_for_artists(fake) == requests
    assert (again["read"], again["why_left_out"]) == (0, told["why_left_out"])


def test_three_hundred_requests_about_artists_are_the_most_in_a_day(
    charts: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spotify_assets.capture.counted_requests.ARTIST_REQUESTS", 4)
    told = metadata(charts.materialize(today(), steps=ASK), "raw_artist_details")
    # One was for a token, and one the batch that an app in development mode is refused.
    assert told["read"] == 2
    assert told["why_left_out"].startswith("4 requests about artists in 24 hours are the limit for artists of")
    # Later runs of the day find that they were sent, the last of which is left, since the token was none of them.
    again = [metadata(charts.materialize(today(), steps=ASK), "raw_artist_details")["read"] for _ in range(2)]
    assert again == [1, 0]


@pytest.mark.parametrize("is_asked", [False, True])
def test_without_an_account_the_second_source_is_asked_all_the_same(
    charts: Platform, wikidata: FakeWikidata, is_asked: bool
) -> None:
    wikidata.add_artist(500, ARTISTS[0])
    settings = Settings(
        lake_url=charts.lake.settings.lake_url,
        spotify_source="spotify",
        playlists_file=charts.lake.settings.playlists_file,
    )
    alone = replace(charts, lake=Lake(settings), source=LivePlaylists(settings))
    if is_asked:
        result = alone.materialize(today(), steps=ASK)
        assert result.success
        assert asked_about(result) == {
            "read": 0,
            "unknown_to_spotify": 0,
            "artists_waiting": 0,
            "facts_read": 1,
            "facts_unknown": len(ARTISTS) - 1,
            "facts_waiting": 0,
        }
    found = look(alone.lake, charts.facts)
    if is_asked:
        assert isinstance(found, dg.SkipReason)
    else:
        assert isinstance(found, dg.RunRequest)
        assert found.asset_selection == [dg.AssetKey("raw_artist_details")]


def look(lake: Lake, facts: ArtistFactsSource | None) -> object:
    resources = {"lake": lake, "artist_facts": facts}
    return daily_details(dg.build_schedule_context(resources=resources, scheduled_execution_time=datetime.now(UTC)))


def test_a_look_at_who_lacks_something_reads_the_days_that_are_new(charts: Platform) -> None:
    before = lacking_artists(charts.lake, facts=True)
    assert before["lacks_profile"].all()
    assert before.group_by("snapshot_date").len().height == 2
    kept = charts.lake.storage.read(KEPT)
    assert lacking_artists(charts.lake, facts=True).equals(before)
    assert charts.lake.storage.read(KEPT) == kept
    land(charts, 2, SONGS[:1])
    assert charts.materialize(day(2), steps=[*TABLES_PUBLISHED]).success
    after = lacking_artists(charts.lake, facts=True)
    assert after.filter(pl.col("snapshot_date") < day(2)).equals(before)
    assert after.height == before.height + len(SONGS[0]["artists"])
    # One that is damaged costs a look at all days, and nothing else.
    charts.lake.storage.write(KEPT, b"damaged")
    assert (
        lacking_artists(charts.lake, facts=True)
        .sort("snapshot_date", "artist_id")
        .equals(after.sort("snapshot_date", "artist_id"))
    )
