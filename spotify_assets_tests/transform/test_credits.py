import json
from datetime import UTC, date, datetime

from spotify_assets.transform.credits import credited_artists
from spotify_assets.transform.decode import RawObject
from spotify_assets_tests.support.data.builders import (
    captured,
    captured_profiles,
    credit,
    entries_of,
    episode,
    local_file,
    playlist,
    profile,
    spotify_id,
    track,
)

DAY, AT = date(2026, 3, 1), datetime(2026, 3, 1, 6, tzinfo=UTC)


def credited(*documents: object) -> list[str]:
    objects = [RawObject(f"object-{number}", json.dumps(found).encode(), AT) for number, found in enumerate(documents)]
    return credited_artists(objects, DAY, "spotify")


def test_the_artists_to_ask_for_are_those_credited_once_each_and_sorted() -> None:
    songs = [track("a", artists=[credit("y"), credit("x")]), track("b", artists=[credit("x")]), local_file("File")]
    chart = captured(playlist("list", entries_of(*songs, episode("e"), None)), AT)
    assert credited(chart, chart) == sorted([spotify_id("x"), spotify_id("y")])


def test_profiles_of_the_day_and_unreadable_objects_credit_nobody() -> None:
    chart = captured(playlist("list", entries_of(track("a", artists=[credit("x")]))), AT)
    assert credited(captured_profiles(profile("y"), fetched_at=AT), {"odd": 1}, chart) == [spotify_id("x")]
