"""Capturing today from Spotify through Dagster: what lands, what a failure leaves, and what a retry asks for."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import dagster as dg
import msgspec
import pytest

from spotify_assets.assets.capture_checks import capture_checks
from spotify_assets.assets.raw import raw_artists, raw_playlists
from spotify_assets.automation.failures import failure_reasons
from spotify_assets.automation.jobs import capture
from spotify_assets.capture.playlists_file import configured_playlists
from spotify_assets.capture.profiles import capture_artists
from spotify_assets.capture.snapshots import capture_playlists, lacks_captures
from spotify_assets.charts.imported_object import compressed
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.raw import own_name
from spotify_assets.lake.request_counts import REQUESTS
from spotify_assets.schemas import TABLES
from spotify_assets.spotify.live import LivePlaylists
from spotify_assets.spotify.sign_in import LIBRARY_SCOPE
from spotify_assets.transform.containers import decompress
from spotify_assets.transform.credits import credited_artists
from spotify_assets_tests.assets.conftest import LIVE_PLAYLISTS, Platform, reading
from spotify_assets_tests.assets.test_main_path import failed_checks, failure_message, published
from spotify_assets_tests.support.data.builders import entries_of, playlist, track
from spotify_assets_tests.support.spotify.state import FakeSpotify

CAPTURE = ["raw_playlists", "raw_artists"]
EVE = datetime(2026, 3, 14, 23, 59, 59, tzinfo=UTC)
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def today() -> date:
    return datetime.now(UTC).date()


def landed(platform: Platform, day: date | None = None) -> list[str]:
    return sorted(found.kind for found in platform.lake.raw.captures(day or today()))


def asked(fake: FakeSpotify, part: str) -> list[str]:
    return [request.path for request in fake.requests if part in request.path]


def metadata(result: dg.ExecuteInProcessResult, asset: str) -> dict[str, Any]:
    (event,) = result.asset_materializations_for_node(asset)
    return {name: value.value for name, value in event.metadata.items()}


def profiles(platform: Platform, day: date | None = None) -> list[dict[str, Any]]:
    data = platform.lake.raw.latest("artists", day or today(), 0)
    assert data is not None
    return msgspec.json.decode(decompress(data))["artists"]


def test_today_goes_from_spotify_to_published(live: Platform, fake: FakeSpotify) -> None:
    result = live.materialize(today())
    assert result.success
    playlists = published(live, "playlists").sort("name")
    assert playlists["name"].to_list() == ["One", "Three", "Two"]
    assert playlists["source"].unique().to_list() == ["spotify"]
    items = published(live, "playlist_items")
    assert items.height == 3 * 63
    assert set(items["entry_type"]) == {"track", "local", "episode", "unavailable"}
    artists = published(live, "artists")
    assert artists["profile_age_days"].unique().to_list() == [0]
    # 63 entries are two pages of 50: the playlist with the first, the second, and the version again.
    assert metadata(result, "raw_playlists") == {
        "playlists": 3,
        "landed_before": 0,
        "doubtful": 0,
        "api_calls": 3 * 3 + 1,
        "requests_used": 3 * 3 + 1,
        "requests_by_endpoint": {"api token": 1, "playlists": 3 * 2, "playlists items": 3},
        "failed": 0,
    }
    # The batch that an app in development mode is refused, then each artist by itself.
    expected = {"artists": artists.height, "read": artists.height, "carried_over": 0, "unknown_to_spotify": 0}
    told = metadata(result, "raw_artists")
    assert told.pop("requests_by_endpoint")["artists"] == artists.height + 1
    assert told == {
        **expected,
        "profiles_waiting": 0,
        "api_calls": artists.height + 1,
        "requests_used": 3 * 3 + 1 + artists.height + 1,
        "failed": 0,
    }


def test_liked_songs_go_from_spotify_to_published(
    tmp_path: Path, instance: dg.DagsterInstance, fake: FakeSpotify
) -> None:
    fake.add_playlist(LIVE_PLAYLISTS["One"], songs=60)
    of_list = fake.playlists[LIVE_PLAYLISTS["One"]].entries
    fake.liked = [{"added_at": row["added_at"], "track": row["item"]} for row in of_list]
    agreed = fake.sign_in.another_refresh_token(LIBRARY_SCOPE)
    platform = reading(tmp_path, instance, fake, {"Mine": "liked"}, agreed)
    assert platform.materialize(today()).success
    columns = ("playlist_id", "name", "entries", "doubt", "source")
    assert published(platform, "playlists").select(columns).rows() == [("liked", "Liked Songs", 60, None, "spotify")]
    assert published(platform, "playlist_items")["song_id"].to_list() == [row["item"]["id"] for row in of_list]


@pytest.mark.parametrize("away", [-1, -40])
def test_any_day_but_today_is_refused(live: Platform, fake: FakeSpotify, away: int) -> None:
    day = today() + timedelta(days=away)
    result = live.materialize(day, steps=["raw_playlists"])
    assert "would be false" in failure_message(result, "raw_playlists")
    assert fake.requests == []
    assert live.lake.source() is None


def test_a_failure_names_its_playlists_and_keeps_the_others(live: Platform, fake: FakeSpotify) -> None:
    del fake.playlists[LIVE_PLAYLISTS["Two"]]
    fake.fail(LIVE_PLAYLISTS["Three"], status=502, times=99)
    result = live.materialize(today(), steps=CAPTURE)
    message = failure_message(result, "every_playlist_captured")
    assert message.startswith(f"{today()}: 2 playlists could not be captured; the others have landed and are kept.\n")
    assert f"- Two ({'2' * 22}): it was deleted, is private" in message
    assert f"- Three ({'3' * 22}): Spotify has a server error (502)" in message
    assert "- One" not in message
    assert landed(live) == ["artists", f"playlist-{LIVE_PLAYLISTS['One']}"]


def test_one_dead_playlist_withholds_nothing_of_the_others_and_fails_the_run(live: Platform, fake: FakeSpotify) -> None:
    del fake.playlists[LIVE_PLAYLISTS["Two"]]
    result = live.materialize(today())
    assert not result.success
    assert failed_checks(result) == {"raw_playlists.every_playlist_captured"}
    (reason,) = failure_reasons(result.all_events)
    assert reason.startswith(
        f"Check raw_playlists / every_playlist_captured: {today()}: 1 playlist could not be captur"
    )
    assert f"- Two ({'2' * 22}): it was deleted, is private" in reason
    told = metadata(result, "raw_playlists")
    assert (told["playlists"], told["failed"], told["another_attempt_may_succeed"]) == (3, 1, False)
    assert published(live, "playlists").height == 2
    assert published(live, "artists")["profile_age_days"].unique().to_list() == [0]


def test_a_playlist_that_spotify_tells_inconsistently_lands_as_read_and_is_published_with_its_doubt(
    live: Platform, fake: FakeSpotify
) -> None:
    fake.playlists[LIVE_PLAYLISTS["One"]].told_more = 1
    fake.playlists[LIVE_PLAYLISTS["Two"]].always_new = True
    result = live.materialize(today())
    assert result.success
    assert failed_checks(result) == {"raw_playlists.captured_without_doubt", "playlists.no_doubtful_captures"}
    told = metadata(result, "raw_playlists")
    assert (told["failed"], told["doubtful"]) == (0, 2)
    one, two = sorted(told["doubts"].splitlines())
    assert one == (f"- One ({'1' * 22}): read 2 times, two readings equal; Spotify reported 64 entries and gave 63")
    assert two.startswith(f"- Two ({'2' * 22}): read 2 times, two readings equal, in 4 versions; ")
    doubts = dict(published(live, "playlists").select("name", "doubt").iter_rows())
    assert doubts["One"].startswith("holds 63 of the 64 entries that it tells; read 2 times")
    assert (doubts["Three"], "in 4 versions" in doubts["Two"]) == (None, True)
    assert published(live, "playlist_items").group_by("playlist_id").len()["len"].to_list() == [63] * 3


def test_half_a_character_in_names_lands_as_it_came_and_is_told_of(live: Platform, fake: FakeSpotify) -> None:
    playlist = fake.playlists[LIVE_PLAYLISTS["One"]]
    playlist.name = "One \ud83d"
    song = playlist.entries[0]["item"]
    playlist.entries[0] = {**playlist.entries[0], "item": {**song, "name": "Half \ude00"}}
    result = live.materialize(today())
    assert result.success
    assert failed_checks(result) == {"playlists.no_odd_cells"}
    assert "One \ufffd" in published(live, "playlists")["name"].to_list()
    assert "Half \ufffd" in published(live, "playlist_items")["name"].to_list()


def test_profiles_are_carried_over_though_one_has_half_a_character(live: Platform, fake: FakeSpotify) -> None:
    live.materialize(today(), steps=CAPTURE)
    found = profiles(live)
    found[0]["name"] = "Half \ud83d"
    envelope = {"source": "spotify", "fetched_at": datetime.now(UTC).isoformat()}
    later = datetime.now(UTC) + timedelta(seconds=1)
    live.lake.raw.land(own_name("artists", later), {"envelope": envelope, "artists": found})
    result = live.materialize(today(), steps=["raw_artists"])
    assert metadata(result, "raw_artists")["read"] == 0


def test_one_profile_that_cannot_be_read_withholds_nothing_and_fails_the_run(live: Platform, fake: FakeSpotify) -> None:
    fake.fail("/artists/", status=500, times=999)
    result = live.materialize(today())
    assert failed_checks(result) == {"raw_artists.every_profile_read"}
    assert not result.success
    assert published(live, "playlists").height == 3


def test_a_quota_of_artists_that_is_used_up_reddens_no_day_and_is_made_up_for(
    live: Platform, fake: FakeSpotify
) -> None:
    fake.quota("artists", 10)
    result = live.materialize(today())
    assert result.success
    assert failed_checks(result) == {"raw_artists.every_profile_read"}
    told = metadata(result, "raw_artists")
    # The batch that is refused in development mode is one of the ten.
    assert told["read"] == len(profiles(live)) == 9
    assert (told["failed"], told["unknown_to_spotify"]) == (0, 0)
    assert told["left_out"] == published(live, "artists").height - told["read"]
    assert "quota for artists is used up" in told["why_left_out"]
    assert published(live, "playlists").height == 3
    fake.clock.advance(timedelta(hours=24))
    fake.quota("artists", 1000)
    # A day later it says nothing any more that the quota was found used up; the capture's own clock has not moved.
    remembered = [found.key for found in live.lake.raw_storage.list(REQUESTS) if "/closed." in found.key]
    assert len(remembered) == 1
    live.lake.raw_storage.delete(remembered)
    result = replace(live, source=LivePlaylists(live.lake.settings)).materialize(today(), steps=CAPTURE)
    assert (result.success, failed_checks(result)) == (True, set())
    assert metadata(result, "raw_artists")["carried_over"] == told["read"]


def test_a_quota_of_playlists_that_is_used_up_keeps_what_landed_and_is_asked_for_no_more(
    live: Platform, fake: FakeSpotify
) -> None:
    settings = live.lake.settings.model_copy(update={"spotify_concurrency": 1})
    # Each playlist of these is asked for twice: first, and for its version after its pages.
    fake.quota("playlists", 2)
    result = replace(live, source=LivePlaylists(settings)).materialize(today(), steps=CAPTURE)
    message = failure_message(result, "every_playlist_captured")
    assert message.count("quota for playlists is used up") == 2
    assert metadata(result, "raw_playlists")["another_attempt_may_succeed"] is False
    assert len([path for path in asked(fake, "/playlists/") if not path.endswith("/items")]) == 3
    assert landed(live) == ["artists", f"playlist-{LIVE_PLAYLISTS['One']}"]


def test_profiles_that_do_not_fit_the_budget_wait_and_redden_no_day(live: Platform, fake: FakeSpotify) -> None:
    settings = live.lake.settings.model_copy(update={"spotify_daily_requests": 40})
    source = LivePlaylists(settings, clock=fake.clock.now)
    live = replace(live, lake=Lake(settings), source=source)
    result = live.materialize(today(), steps=CAPTURE)
    assert result.success
    assert failed_checks(result) == {"raw_artists.every_profile_read"}
    assert metadata(result, "raw_playlists")["requests_left"] == 40 - (3 * 3 + 1)
    told = metadata(result, "raw_artists")
    # Of 30 that are left, tomorrow's playlists may need 10 and a tenth; one is the batch that is refused.
    assert (told["read"], told["requests_left"], told["requests_used"]) == (30 - 11 - 1, 11, 29)
    assert (told["failed"], told["profiles_waiting"]) == (0, told["left_out"])
    assert "playlists may need 11" in told["why_left_out"]


def test_what_may_pass_is_asked_for_once_more_after_the_others(live: Platform, fake: FakeSpotify) -> None:
    fake.fail(LIVE_PLAYLISTS["Two"], status=502, times=2)
    assert live.materialize(today(), steps=["raw_playlists"]).success
    assert len(landed(live)) == 3


def test_spotify_is_not_asked_for_the_artists_of_an_import(live: Platform, fake: FakeSpotify) -> None:
    data = compressed(json.dumps(playlist("Imported", entries_of(track("Of nobody we capture")))).encode())
    assert live.lake.raw.imports.land(today(), "0" * 64, "archive.json", data)
    result = live.materialize(today(), steps=CAPTURE)
    assert result.success
    assert metadata(result, "raw_artists")["unknown_to_spotify"] == 0
    assert live.lake.raw.imports.land(today() - timedelta(days=1), "0" * 64, "archive.json", data)
    before = len(asked(fake, "/artists"))
    assert not live.materialize(today() - timedelta(days=1), steps=["raw_artists"]).success
    assert len(asked(fake, "/artists")) == before


def test_a_day_that_was_captured_in_part_or_not_at_all_is_known(live: Platform, fake: FakeSpotify) -> None:
    entries = configured_playlists(live.lake.settings)
    assert lacks_captures(live.lake, entries, today())
    dead = fake.playlists.pop(LIVE_PLAYLISTS["Two"])
    live.materialize(today(), steps=["raw_playlists"])
    assert lacks_captures(live.lake, entries, today())
    fake.playlists[LIVE_PLAYLISTS["Two"]] = dead
    live.materialize(today(), steps=["raw_playlists"])
    assert not lacks_captures(live.lake, entries, today())


def midnight_after(looks: int) -> Callable[[], datetime]:
    """A clock that is looked at so often before midnight: once for the day, for what was sent, and each playlist."""
    times = chain(repeat(EVE, looks), repeat(EVE + timedelta(seconds=2)))
    return lambda: next(times)


def test_a_day_that_ends_after_its_playlists_is_published_with_the_profiles_that_are_known(
    live: Platform, fake: FakeSpotify
) -> None:
    day = EVE.date()
    before = LivePlaylists(live.lake.settings, clock=lambda: EVE - timedelta(days=1))
    assert replace(live, source=before).materialize(day - timedelta(days=1), steps=CAPTURE).success
    fake.add_playlist(LIVE_PLAYLISTS["Two"], name="Two", songs=70)
    fake.requests.clear()
    live.source = LivePlaylists(live.lake.settings, clock=midnight_after(5))
    result = live.materialize(day)
    assert result.success
    told = metadata(result, "raw_artists")
    assert told["why_left_out"] == f"{day} (UTC) has ended since its playlists were captured; the next capture retries."
    assert (told["read"], told["unknown_to_spotify"], told["failed"]) == (0, 0, 0)
    assert asked(fake, "/artists") == []
    artists = published(live, "artists")
    assert artists.filter(profile_age_days=1).height == told["carried_over"] > 0
    assert artists.height == told["carried_over"] + told["left_out"]


def test_a_playlist_that_midnight_overtakes_is_left_out_and_told_of(live: Platform, fake: FakeSpotify) -> None:
    live.source = LivePlaylists(live.lake.settings, clock=midnight_after(4))
    result = live.materialize(EVE.date())
    assert failed_checks(result) == {"raw_playlists.every_playlist_captured", "raw_artists.every_profile_read"}
    message = failure_message(result, "every_playlist_captured")
    assert f"Spotify shows only today ({EVE.date() + timedelta(days=1)} UTC)" in message
    assert published(live, "playlists").height == 2


def test_a_retry_after_midnight_keeps_what_was_captured_before(live: Platform, fake: FakeSpotify) -> None:
    entries, day = configured_playlists(live.lake.settings), EVE.date()
    source = LivePlaylists(live.lake.settings, clock=midnight_after(4))
    assert capture_playlists(live.lake, source, entries, day, since=None).landed == 2
    again = capture_playlists(live.lake, source, entries, day, since=EVE - timedelta(minutes=1))
    assert (again.landed, again.found, len(again.failed), again.may_pass) == (0, 2, 1, False)


def test_the_check_asked_for_alone_tells_of_the_last_capture(live: Platform, fake: FakeSpotify) -> None:
    del fake.playlists[LIVE_PLAYLISTS["Two"]]
    live.materialize(today(), steps=["raw_playlists"])
    alone = dg.materialize(
        [raw_playlists, *capture_checks],
        selection=dg.AssetSelection.checks(*capture_checks),
        instance=live.instance,
        resources={"lake": live.lake, "playlist_source": live.source},
        raise_on_error=False,
        run_config=QUIET,
    )
    assert failed_checks(alone) == {"raw_playlists.every_playlist_captured"}


def test_a_capture_that_lands_nothing_leaves_the_lake_to_either_source(live: Platform, fake: FakeSpotify) -> None:
    fake.revoke_refresh_token()
    message = failure_message(live.materialize(today(), steps=CAPTURE), "raw_playlists")
    assert message.startswith("None of 3 playlists could be captured.\n")
    assert message.count("Sign in again: spotify-assets login") == 3
    assert live.lake.source() is None


def _capture_job() -> dg.JobDefinition:
    """Built anew by whoever executes it, from this platform's assets and the running test's resources."""
    defs = dg.Definitions(
        assets=[raw_playlists, raw_artists],
        asset_checks=capture_checks,
        jobs=[dg.define_asset_job("capture", executor_def=dg.in_process_executor)],
        resources={"lake": _RUNNING.lake, "playlist_source": _RUNNING.source},
    )
    return defs.resolve_job_def("capture")


_RUNNING: Platform


def test_a_retry_asks_only_for_what_is_missing(live: Platform, fake: FakeSpotify) -> None:
    global _RUNNING  # noqa: PLW0603  a job that is executed again is built by a function without parameters
    _RUNNING = live
    fake.fail(LIVE_PLAYLISTS["Two"], status=502, times=4)
    job, options = dg.reconstructable(_capture_job), QUIET
    partition = {"dagster/partition": today().isoformat()}
    with dg.execute_job(job, live.instance, run_config=options, tags=partition) as first:
        assert not first.success
    assert len(landed(live)) == 3
    fake.requests.clear()
    # As the daemon does: the job's tags ask for all steps.
    assert (capture.tags or {})["dagster/retry_strategy"] == "ALL_STEPS"
    again = dg.ReexecutionOptions(parent_run_id=first.run_id)
    with dg.execute_job(job, live.instance, run_config=options, tags=partition, reexecution_options=again) as second:
        assert second.success
    assert set(landed(live)) == {"artists", *(f"playlist-{number * 22}" for number in "123")}
    assert set(asked(fake, "/playlists/")) == {
        f"/v1/playlists/{LIVE_PLAYLISTS['Two']}",
        f"/v1/playlists/{LIVE_PLAYLISTS['Two']}/items",
    }
    # Somebody who asks anew wants a new snapshot.
    fake.requests.clear()
    with dg.execute_job(job, live.instance, run_config=options, tags=partition) as third:
        assert third.success
    assert len({path.split("/")[3] for path in asked(fake, "/playlists/")}) == 3


def test_profiles_are_carried_over_until_they_are_thirty_days_old(live: Platform, fake: FakeSpotify) -> None:
    assert live.materialize(today(), steps=CAPTURE).success
    (known, old, *_), now = profiles(live), datetime.now(UTC)
    yesterday = now - timedelta(days=1)
    kept = {**known, "name": "As it was", "fetched_at": (now - timedelta(days=22, hours=23)).isoformat()}
    too_old = {**old, "name": "As it was", "fetched_at": (now - timedelta(days=30, hours=1)).isoformat()}
    for found in list(live.lake.raw.captures(today())):
        if found.kind == "artists":
            live.lake.storage.delete([found.key])
    live.lake.raw.land(
        own_name("artists", yesterday),
        {"envelope": {"source": "spotify", "fetched_at": yesterday.isoformat()}, "artists": [kept, too_old]},
    )
    fake.requests.clear()
    result = live.materialize(today(), steps=["raw_artists"])
    assert metadata(result, "raw_artists")["carried_over"] == 1
    assert f"/v1/artists/{known['id']}" not in asked(fake, "/artists/")
    assert f"/v1/artists/{old['id']}" in asked(fake, "/artists/")
    by_id = {profile["id"]: profile for profile in profiles(live)}
    assert by_id[known["id"]] == kept
    assert by_id[old["id"]]["name"] != "As it was"


def test_a_day_that_is_captured_twice_asks_for_no_artist_twice(live: Platform, fake: FakeSpotify) -> None:
    assert live.materialize(today(), steps=CAPTURE).success
    fake.requests.clear()
    assert live.materialize(today(), steps=["raw_artists"]).success
    assert asked(fake, "/artists") == []


def test_profiles_read_before_trouble_are_kept(live: Platform, fake: FakeSpotify) -> None:
    assert live.materialize(today(), steps=CAPTURE).success
    *_, last = credited_artists(live.lake.raw.read(live.lake.raw.objects_of([today()])[today()]), today(), "spotify")
    for found in list(live.lake.raw.captures(today())):
        if found.kind == "artists":
            live.lake.storage.delete([found.key])
    fake.fail(last, status=500, times=2)
    message = failure_message(live.materialize(today(), steps=["raw_artists"]), "every_profile_read")
    assert message.startswith(f"{today()}: 1 artist profile could not be read")
    assert "Spotify has a server error (500)" in message
    fake.requests.clear()
    assert live.materialize(today(), steps=["raw_artists"]).success
    assert asked(fake, "/artists") == [f"/v1/artists/{last}"]


def test_an_object_of_artists_that_is_spoilt_is_read_anew(live: Platform, fake: FakeSpotify) -> None:
    assert live.materialize(today(), steps=CAPTURE).success
    (key,) = [found.key for found in live.lake.raw.captures(today()) if found.kind == "artists"]
    live.lake.storage.write(key, b"spoilt")
    fake.requests.clear()
    captured = capture_artists(live.lake, live.source, today(), live.lake.raw.objects_of([today()])[today()])
    assert (captured.carried, captured.missing, captured.failure) == (0, 0, None)
    assert captured.read > 10


def test_a_lake_that_fails_names_the_playlists_that_did_not_land(live: Platform) -> None:
    waiting = live.lake.storage.folder / "raw"
    live.lake.storage.write("raw/to_be_processed", b"a file in the way")
    assert waiting.exists()
    captured = capture_playlists(live.lake, live.source, configured_playlists(live.lake.settings), today(), since=None)
    assert captured.landed == 0
    assert all("a file is in the way" in str(failure) and failure.may_pass for failure in captured.failed)


def test_the_published_day_grows_when_the_missing_playlist_lands(live: Platform, fake: FakeSpotify) -> None:
    fake.fail(LIVE_PLAYLISTS["Two"], status=502, times=4)
    assert not live.materialize(today(), steps=CAPTURE).success
    assert live.materialize(today(), steps=["tables", "checks", "published_tables"]).success
    assert live.lake.catalog.published(TABLES["playlists"])[today()].rows == 2
    assert live.materialize(today()).success
    assert live.lake.catalog.published(TABLES["playlists"])[today()].rows == 3
