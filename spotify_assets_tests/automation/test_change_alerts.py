"""People are told of what they watch once a day is published: once, of today or yesterday, whatever else happens."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg
import polars as pl
import pytest
from pydantic import SecretStr

from spotify_assets.automation.change_alerts import day_to_tell, tell, watched_changes
from spotify_assets.definitions import defs
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.marks import ToldMarks
from spotify_assets.schemas.base import BASE
from spotify_assets.spotify.playlist_entry import PlaylistEntry, Watch
from spotify_assets_tests.conftest import IN_A_FOLDER, OpenLake
from spotify_assets_tests.support.dagster_internals import SensorExecutionData
from spotify_assets_tests.support.data.builders import spotify_id
from spotify_assets_tests.support.data.small_days import CHART, DAY, NEXT, capture, frames_of, publish, stage
from spotify_assets_tests.support.data.two_charts import publish_insights
from spotify_assets_tests.support.processes.at_once import at_once
from spotify_assets_tests.support.processes.web_hook import WebHook, web_hook

CHART_ENTRY = PlaylistEntry(CHART, "My Chart", None, (), (Watch(),))
TODAY = datetime.now(UTC).date()
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def hook() -> Iterator[WebHook]:
    with web_hook() as found:
        yield found


@pytest.fixture
def told_lake(open_lake: OpenLake, hook: WebHook) -> Lake:
    """A lake whose alerts go to the web hook, and whose playlists are those of `watching`."""
    return open_lake(alert_addresses=SecretStr(hook.address), playlists_file=Path("watched.yaml"))


def watching(watch: str, playlist_id: str = CHART) -> None:
    Path("watched.yaml").write_text(f"playlists: [{{id: {playlist_id}, name: My Chart, watch: {watch}}}]")


def published(lake: Lake, day: date, songs: Sequence[str], minute: int = 0) -> None:
    publish(lake, day, songs, minute)
    publish_insights(lake, [day])


def told(lake: Lake, *entries: PlaylistEntry, day: date = NEXT, seconds: float = 60) -> tuple[list[str], list[str]]:
    """What was said, and what was warned of."""
    said, warned = list[str](), list[str]()
    tell(lake, entries or (CHART_ENTRY,), day, said.append, warned.append, seconds=seconds)
    return said, warned


def tick(lake: Lake, instance: dg.DagsterInstance, cursor: str | None = None) -> SensorExecutionData:
    context = dg.build_sensor_context(instance=instance, definitions=defs, resources={"lake": lake}, cursor=cursor)
    with context:
        return watched_changes.evaluate_tick(context)


@pytest.mark.parametrize(
    ("published_days", "expected"),
    [
        ([], None),
        ([DAY], DAY),
        ([DAY, NEXT], NEXT),
        ([DAY - timedelta(days=1)], DAY - timedelta(days=1)),
        ([DAY - timedelta(days=2)], None),
        ([DAY - timedelta(days=1), NEXT], NEXT),
        ([NEXT + timedelta(days=1), DAY], None),
    ],
)
def test_only_the_newest_day_is_told_while_it_is_today_or_yesterday(
    published_days: list[date], expected: date | None
) -> None:
    today = NEXT if NEXT in published_days else DAY
    assert day_to_tell(published_days, today) == expected


def test_changes_arrive_once_and_are_not_told_again_by_a_rerun_with_other_rows(told_lake: Lake, hook: WebHook) -> None:
    published(told_lake, DAY, "ABC")
    published(told_lake, NEXT, "BAD")
    said, warned = told(told_lake)
    assert (len(said), warned) == (1, [])
    assert hook.taken[0]["title"] == f"My Chart: 4 changes on {NEXT}"
    assert hook.taken[0]["message"].splitlines() == [
        f"My Chart on {NEXT}, compared with {DAY}:",
        "- Song D by Artist DArtist was added at 3",
        "- Song C by Artist CArtist was removed (was at 3)",
        "- Song B by Artist BArtist climbed from 2 to 1",
        "- Song A by Artist AArtist fell from 1 to 2",
    ]
    assert told(told_lake) == ([], [])
    published(told_lake, NEXT, "EFG", minute=1)
    assert told(told_lake) == ([], [])
    assert len(hook.taken) == 1


def test_of_several_processes_one_tells(told_lake: Lake, open_lake: OpenLake, hook: WebHook) -> None:
    published(told_lake, DAY, "A")
    published(told_lake, NEXT, "B")
    others = [open_lake(alert_addresses=told_lake.settings.alert_addresses) for _ in range(4)]
    said = at_once(*(lambda lake=lake: told(lake)[0] for lake in others))
    assert sorted(map(len, said)) == [0, 0, 0, 1]
    assert len(hook.taken) == 1


@IN_A_FOLDER
def test_a_process_that_dies_before_it_sends_has_told_and_left_the_message_in_the_mark(
    told_lake: Lake, hook: WebHook
) -> None:
    published(told_lake, DAY, "A")
    published(told_lake, NEXT, "B")
    assert ToldMarks(told_lake.storage).make(NEXT, CHART, "the message")
    assert told(told_lake) == ([], [])
    assert hook.taken == []
    assert told_lake.storage.read(f"published/told/snapshot_date={NEXT}/{CHART}") == b"the message"


@IN_A_FOLDER
def test_a_channel_that_refuses_is_a_warning_and_not_tried_again(told_lake: Lake, hook: WebHook) -> None:
    hook.status = 500
    published(told_lake, DAY, "A")
    published(told_lake, NEXT, "B")
    said, warned = told(told_lake)
    assert (len(said), len(warned)) == (1, 1)
    assert told(told_lake) == ([], [])
    assert len(hook.taken) == 1


@IN_A_FOLDER
def test_a_first_capture_tells_nothing_and_spends_nothing(told_lake: Lake, hook: WebHook) -> None:
    published(told_lake, DAY, "AB")
    assert told(told_lake, day=DAY) == ([], [])
    # What lands later on the day is told of then.
    published(told_lake, NEXT, "AB")
    assert told(told_lake) == ([], [])
    published(told_lake, NEXT, "BC", minute=1)
    assert len(told(told_lake)[0]) == 1


@IN_A_FOLDER
def test_artists_are_known_by_id_and_name_also_of_songs_that_left(told_lake: Lake) -> None:
    published(told_lake, DAY, "ABC")
    published(told_lake, NEXT, "AD")
    watches = (Watch(artist="artist BARTIST"), Watch(artist=spotify_id("DArtist")))
    [said], _ = told(told_lake, PlaylistEntry(CHART, "Mine", None, (), watches))
    assert [line for line in said.splitlines() if line.startswith("-")] == [
        "- Song D by Artist DArtist was added at 2",
        "- Song B by Artist BArtist was removed (was at 2)",
    ]


@IN_A_FOLDER
def test_what_does_not_fit_into_a_look_is_left_for_the_next_one(told_lake: Lake, hook: WebHook) -> None:
    published(told_lake, DAY, "A")
    published(told_lake, NEXT, "B")
    assert told(told_lake, seconds=0) == ([], [])
    assert len(told(told_lake)[0]) == 1


@IN_A_FOLDER
@pytest.mark.parametrize(("source", "times"), [("foreign", 1), ("imported", 0)])
def test_what_another_program_landed_is_news_and_what_was_imported_is_not(
    told_lake: Lake, source: str, times: int
) -> None:
    published(told_lake, DAY, "A")
    capture(told_lake, NEXT, "B")
    of_day = frames_of(told_lake, NEXT)["playlists"].with_columns(source=pl.lit(source))
    # No rule of the schema lets an import in yet, and no audit of it is wanted here.
    staged = stage(told_lake, NEXT, {"playlists": of_day})
    for name in BASE.tables:
        told_lake.staging.record(staged, name, [])
    told_lake.publish([NEXT])
    publish_insights(told_lake, [NEXT])
    assert len(told(told_lake)[0]) == times


@IN_A_FOLDER
def test_the_sensor_tells_of_today_once_and_looks_no_further_until_something_changes(
    told_lake: Lake, hook: WebHook, instance: dg.DagsterInstance
) -> None:
    published(told_lake, YESTERDAY, "AB")
    published(told_lake, TODAY, "BC")
    watching("[{song: Song C}]")
    first = tick(told_lake, instance)
    assert first.skip_message == f"Checked the watched changes of {TODAY}."
    assert [taken["title"] for taken in hook.taken] == [f"My Chart: 1 change on {TODAY}"]
    again = tick(told_lake, instance, first.cursor)
    assert again.skip_message == f"All watched changes of {TODAY} were reported."
    # Other wishes are looked at; the day was told all the same.
    watching("any")
    assert tick(told_lake, instance, first.cursor).cursor != first.cursor
    assert len(hook.taken) == 1


@IN_A_FOLDER
def test_days_of_the_past_are_no_news_however_late_they_are_published(
    told_lake: Lake, hook: WebHook, instance: dg.DagsterInstance
) -> None:
    watching("any")
    for back in (4, 3, 2):
        published(told_lake, TODAY - timedelta(days=back), "ABC"[back - 2 :])
    assert tick(told_lake, instance).skip_message == "The insights of today and yesterday are not published."
    published(told_lake, TODAY, "CDE")
    published(told_lake, YESTERDAY, "AE")
    tick(told_lake, instance)
    assert [taken["title"].rpartition(" ")[2] for taken in hook.taken] == [str(TODAY)]


@IN_A_FOLDER
def test_the_sensor_says_why_it_tells_nothing(told_lake: Lake, instance: dg.DagsterInstance) -> None:
    assert "watched.yaml: no such file" in str(tick(told_lake, instance).skip_message)
    watching("")
    assert tick(told_lake, instance).skip_message == "No playlist in playlists.yaml has `watch`."


@IN_A_FOLDER
def test_a_playlist_that_nobody_watches_is_not_told_of(told_lake: Lake, hook: WebHook) -> None:
    published(told_lake, DAY, "A")
    published(told_lake, NEXT, "B")
    assert told(told_lake, PlaylistEntry(spotify_id("Other"), "Other", None, (), (Watch(),))) == ([], [])
    assert hook.taken == []
