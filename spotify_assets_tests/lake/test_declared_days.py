"""Which published days `playlists.yaml` says something else of: those of whose playlists it does, and no others."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import uuid4

import pytest

from spotify_assets.assets.tables import day_request
from spotify_assets.engines.engine import PolarsEngine
from spotify_assets.lake.declared_days import (
    KEPT,
    begin_again,
    changed_days,
    days_with_raw_objects,
    declared_version,
    landed_playlists,
)
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.unfinished import look_for_unfinished
from spotify_assets.spotify.playlist_entry import DeclaredPlaylist
from spotify_assets_tests.conftest import IN_A_FOLDER, ON_S3
from spotify_assets_tests.support.aws.moto import MotoAws
from spotify_assets_tests.support.data.builders import entries_of, page, playlist, spotify_id, to_json, track
from spotify_assets_tests.support.data.small_days import DAY, NEXT, audit, prove, publish, rows

LIST, OTHER = spotify_id("Chart"), spotify_id("Other")
SAID = DeclaredPlaylist(LIST, region="de", tags=("chart",))


def land(lake: Lake, day: date, word: str = "Chart") -> None:
    """What another program lands of a playlist."""
    document = playlist(word, entries_of(track("A")), name=f"Own name of {word}")
    lake.raw_storage.write(f"raw/to_be_processed/snapshot_date={day}/{word}.json", to_json(document))


def make(lake: Lake, day: date, declared: Sequence[DeclaredPlaylist]) -> None:
    """Makes and publishes a day, as a run does while the file says this."""
    entries = lake.raw.objects_of([day])[day]
    request = day_request(
        lake, day, str(uuid4()), entries, declared=list(declared), track_details=[], artist_details=[]
    )
    made = PolarsEngine().transform(None, request)  # pyright: ignore[reportArgumentType]  it asks it for nothing
    version = declared_version(made.declared)
    staged = lake.staging.adopt(day, made.files, entries, request.run_id, made_from=version, declared=made.declared)
    assert audit(lake, staged) == []
    lake.publish([day])


def changed(lake: Lake, *declared: DeclaredPlaylist) -> list[date]:
    return list(changed_days(lake, declared))


def test_days_that_the_file_says_something_else_of_are_named_until_they_are_made_again(lake: Lake) -> None:
    land(lake, DAY)
    land(lake, NEXT, "Other")
    for day in (DAY, NEXT):
        make(lake, day, [SAID])
    assert changed(lake, SAID) == []
    other = DeclaredPlaylist(LIST, region="fr", tags=("chart",))
    assert changed(lake, other) == [DAY]
    assert rows(lake, "playlists", DAY)["region"].to_list() == ["de"]
    make(lake, DAY, [other])
    assert changed(lake, other) == []
    assert rows(lake, "playlists", DAY)["region"].to_list() == ["fr"]
    assert changed(lake) == [DAY]
    assert changed(lake, other, DeclaredPlaylist(OTHER, chart_type="mood")) == [NEXT]


@IN_A_FOLDER
def test_what_counts_for_no_row_makes_nothing_stale(lake: Lake) -> None:
    land(lake, DAY)
    publish(lake, NEXT, ["A"])
    make(lake, DAY, [SAID])
    unheard_of = DeclaredPlaylist(spotify_id("Elsewhere"), "Elsewhere", "us")
    # The raw object has a name of its own.
    named = DeclaredPlaylist(LIST, "Another name", "de", tags=("chart",))
    assert changed(lake, unheard_of, SAID) == []
    assert changed(lake, named) == []
    # The other day is the platform's own capture of that playlist.
    assert changed(lake, DeclaredPlaylist(LIST, region="us")) == [DAY]


@IN_A_FOLDER
def test_a_name_that_the_file_gave_is_known_as_such(lake: Lake) -> None:
    content = to_json(page("Chart", entries_of(track("A")), total=1))
    lake.raw_storage.write(f"raw/to_be_processed/snapshot_date={DAY}/list.json", content)
    first, second = DeclaredPlaylist(LIST, "First"), DeclaredPlaylist(LIST, "Second")
    make(lake, DAY, [first])
    assert rows(lake, "playlists", DAY)["name"].to_list() == ["First"]
    assert changed(lake, first) == []
    assert changed(lake, second) == [DAY]
    assert changed(lake) == [DAY]
    make(lake, DAY, [second])
    assert rows(lake, "playlists", DAY)["name"].to_list() == ["Second"]
    assert changed(lake, second) == []


@IN_A_FOLDER
def test_days_published_by_a_version_that_knew_no_such_words_are_stale_only_where_some_count_now(lake: Lake) -> None:
    """Their marks say nothing of the file, as an older version made them."""
    publish(lake, DAY, ["A"])
    land(lake, NEXT, "Other")
    make(lake, NEXT, [])
    assert {mark.name.count(".") for mark in lake.published_days().whole.values()} == {0}
    assert changed(lake, SAID) == []
    assert changed(lake, SAID, DeclaredPlaylist(OTHER)) == []
    assert changed(lake, DeclaredPlaylist(OTHER, tags=("archive",))) == [NEXT]


@IN_A_FOLDER
def test_a_stage_that_is_not_published_says_nothing_of_the_day(lake: Lake) -> None:
    land(lake, DAY)
    make(lake, DAY, [SAID])
    prove(lake, DAY, ["A", "B"], minute=1)
    assert changed(lake, SAID) == []
    assert changed(lake, DeclaredPlaylist(LIST, region="fr", tags=("chart",))) == [DAY]


@IN_A_FOLDER
def test_a_day_that_is_begun_again_is_unfinished_and_its_rows_stay(lake: Lake) -> None:
    land(lake, DAY)
    make(lake, DAY, [])
    assert days_with_raw_objects(lake, [DAY, NEXT]) == [DAY]
    begin_again(lake, [DAY])
    assert look_for_unfinished(lake).to_process == (DAY,)
    assert rows(lake, "playlists", DAY)["region"].to_list() == [None]
    assert changed(lake, SAID) == []
    make(lake, DAY, [SAID])
    assert look_for_unfinished(lake).to_process == ()
    assert rows(lake, "playlists", DAY)["region"].to_list() == ["de"]


@ON_S3
def test_a_look_reads_the_days_that_are_new_or_changed(moto_aws: MotoAws, lake: Lake) -> None:
    def reads(*declared: DeclaredPlaylist) -> tuple[list[date], int]:
        before = moto_aws.kinds()
        found = changed(lake, *declared)
        return found, (moto_aws.kinds() - before)[("data file", "GET")]

    days = [DAY, NEXT, NEXT + timedelta(days=1)]
    for day in days[:2]:
        land(lake, day)
        make(lake, day, [SAID])
    two = reads(SAID)[1]
    assert two >= 2
    assert reads(SAID) == ([], 0)
    land(lake, days[2])
    make(lake, days[2], [SAID])
    assert reads(SAID) == ([], two // 2)
    # Published again with other rows.
    land(lake, DAY, "Other")
    make(lake, DAY, [SAID])
    assert reads(SAID) == ([], two // 2)
    assert reads(DeclaredPlaylist(OTHER, region="us")) == (days, 0)
    # What is kept costs a look at all days if it is damaged, and nothing else.
    lake.storage.write(KEPT, b"damaged")
    assert reads(SAID) == ([], two // 2 * 3)


@pytest.mark.parametrize("same", [True, False])
def test_the_version_is_of_what_is_said_and_not_of_its_order(same: bool) -> None:
    other = DeclaredPlaylist(OTHER, region="us")
    again = [other, SAID] if same else [other, DeclaredPlaylist(LIST, region="de", tags=("chart", "daily"))]
    assert (declared_version([SAID, other]) == declared_version(again)) is same
    assert declared_version([]) == declared_version([DeclaredPlaylist(LIST)]) == ""


@IN_A_FOLDER
def test_landed_playlists_are_those_of_others_by_their_latest_name(lake: Lake) -> None:
    publish(lake, DAY, ["A"])
    land(lake, NEXT, "Other")
    make(lake, NEXT, [])
    assert landed_playlists(lake, DAY, NEXT).rows() == [(OTHER, "Own name of Other")]
    assert landed_playlists(lake, DAY, DAY).rows() == []
