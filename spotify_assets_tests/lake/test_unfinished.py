"""What is left to do: a publish that is cut off anywhere is seen, and made again it leaves a whole day."""

from datetime import timedelta

import pytest

from spotify_assets.lake.lake import Lake
from spotify_assets.lake.marks import Mark, Marks, PageMark, PublishedDays, page_version
from spotify_assets.lake.unfinished import Unfinished, look_for_unfinished, unfinished
from spotify_assets.schemas.base import BASE
from spotify_assets.schemas.insights import INSIGHTS
from spotify_assets_tests.conftest import IN_A_FOLDER, OpenLake
from spotify_assets_tests.support.data.small_days import DAY, NEXT, audit, prove, publish, rows, stage, titles
from spotify_assets_tests.support.data.two_charts import publish_insights

AFTER = NEXT + timedelta(days=1)
NONE = PublishedDays({}, frozenset())


class CutOffError(Exception):
    """The process ends here."""


def cut_off_before(lake: Lake, table: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the lake's process dies when it is about to publish this table."""
    publish_table = lake.catalog.publish

    def dying(published: object, files: object) -> object:
        if getattr(published, "name", None) == table:
            raise CutOffError
        return publish_table(published, files)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(lake.catalog, "publish", dying)


@pytest.mark.parametrize(
    "mark", [Mark("0" * 16), Mark("1" * 16, "2" * 16, ("3" * 16, "", "")), Mark("1" * 16, "", ("3" * 16,))]
)
def test_the_name_of_a_mark_says_all_of_it(mark: Mark) -> None:
    assert Mark.named(mark.name) == mark
    assert "/" not in mark.name


def test_a_published_day_is_whole(lake: Lake) -> None:
    publish(lake, DAY, ["A"])
    found = lake.published_days()
    assert (list(found.whole), found.begun) == ([DAY], frozenset())
    publish(lake, DAY, ["B"], minute=1)
    assert lake.published_days().whole[DAY] != found.whole[DAY]


@IN_A_FOLDER
@pytest.mark.parametrize("table", list(BASE.tables))
def test_a_publish_that_is_cut_off_before_any_table_is_seen_and_made_good(
    open_lake: OpenLake, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(open_lake(), DAY, ["A", "B"])
    dying = open_lake()
    prove(dying, DAY, ["B", "C"], minute=1)
    cut_off_before(dying, table, monkeypatch)
    with pytest.raises(CutOffError):
        dying.publish([DAY])
    lake = open_lake()
    left = look_for_unfinished(lake)
    assert (left.begun, left.waiting) == ((DAY,), (DAY,))
    assert lake.published_days().whole == {}
    lake.publish([DAY])
    assert titles(lake, DAY) == ["B", "C"]
    left = look_for_unfinished(lake)
    assert (left.begun, left.waiting, left.insights) == ((), (), (DAY,))


@IN_A_FOLDER
def test_a_day_without_insights_or_with_those_of_other_tables_is_listed_until_they_are_made(lake: Lake) -> None:
    for day in (DAY, NEXT):
        publish(lake, day, ["A"])
    assert look_for_unfinished(lake).insights == (DAY, NEXT)
    publish_insights(lake, [DAY, NEXT])
    assert look_for_unfinished(lake).insights == ()
    publish(lake, DAY, ["B"], minute=1)
    assert look_for_unfinished(lake).insights == (DAY,)
    publish_insights(lake, [DAY])
    # The memory of the first day is another one now.
    assert look_for_unfinished(lake).insights == (NEXT,)


@IN_A_FOLDER
def test_insights_cut_off_half_way_are_made_again(open_lake: OpenLake, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(open_lake(), DAY, ["A"])
    dying = open_lake()
    cut_off_before(dying, list(INSIGHTS.tables)[3], monkeypatch)
    with pytest.raises(CutOffError):
        publish_insights(dying, [DAY])
    lake = open_lake()
    assert lake.published_insights().begun == {DAY}
    assert look_for_unfinished(lake).insights == (DAY,)
    publish_insights(lake, [DAY])
    assert look_for_unfinished(lake).insights == ()


@IN_A_FOLDER
def test_the_page_is_behind_until_it_is_made_from_the_last_publish(lake: Lake) -> None:
    assert not look_for_unfinished(lake).page
    publish(lake, DAY, ["A"])
    publish_insights(lake, [DAY])
    assert look_for_unfinished(lake).page
    PageMark(lake.storage).write(page_version(lake.published_insights()))
    assert not look_for_unfinished(lake)
    publish(lake, NEXT, ["A"])
    publish_insights(lake, [NEXT])
    assert look_for_unfinished(lake).page


def test_a_day_whose_tables_are_to_change_has_no_insights_made_before() -> None:
    tables = PublishedDays({DAY: Mark("a"), NEXT: Mark("b")}, frozenset({AFTER}))
    left = unfinished([DAY], tables, NONE, None)
    assert (left.waiting, left.begun, left.insights, left.page) == ((DAY,), (AFTER,), (NEXT,), False)
    assert left.to_process == (DAY, AFTER)


def test_what_is_left_is_told_in_order_of_days() -> None:
    tables = PublishedDays({}, frozenset({AFTER, DAY, NEXT}))
    left = unfinished([AFTER, DAY, NEXT], tables, NONE, None)
    assert left.waiting == left.begun == left.to_process == (DAY, NEXT, AFTER)


@pytest.mark.parametrize("part", range(4))
def test_anything_that_is_left_counts(part: int) -> None:
    of_days = [(DAY,) if part == at else () for at in range(3)]
    assert Unfinished(*of_days, page=part == 3)
    assert not Unfinished((), (), (), page=False)


def test_a_lake_of_an_older_version_is_given_its_marks(lake: Lake) -> None:
    publish(lake, DAY, ["A"])
    publish(lake, NEXT, ["A"])
    before = lake.published_days()
    for found in list(lake.storage.list("published")):
        lake.storage.delete([found.key])
    assert lake.published_days() == before
    assert Marks(lake.storage, "base").look() == before


@IN_A_FOLDER
def test_a_half_published_day_of_an_older_version_counts_as_begun(
    open_lake: OpenLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(open_lake(), DAY, ["A"])
    dying = open_lake()
    prove(dying, NEXT, ["B"])
    cut_off_before(dying, "playlist_items", monkeypatch)
    with pytest.raises(CutOffError):
        dying.publish([NEXT])
    lake = open_lake()
    for found in list(lake.storage.list("published")):
        lake.storage.delete([found.key])
    assert (list(lake.published_days().whole), lake.published_days().begun) == ([DAY], {NEXT})


@pytest.mark.parametrize("harm", ["lost", "emptied", "rotten"])
def test_publishing_a_day_again_repairs_its_files(lake: Lake, harm: str) -> None:
    publish(lake, DAY, ["A", "B"])
    [file] = lake.catalog.published(BASE.tables["songs"])[DAY].files
    key = lake.storage.key(file.address) or ""
    content = lake.storage.read(key)
    match harm:
        case "lost":
            lake.storage.delete([key])
        case "emptied":
            lake.storage.write(key, b"")
        case _:
            lake.storage.write(key, content[:-9] + b"x" + content[-8:])
    assert audit(lake, stage(lake, DAY)) == []
    assert lake.publish([DAY]).changed["songs"] == [DAY]
    assert rows(lake, "songs", DAY).height == 2
    assert lake.published_days().whole.keys() == {DAY}


def test_the_version_of_what_is_published_does_not_depend_on_the_order_of_days() -> None:
    days = [DAY + timedelta(days=ahead) for ahead in range(20)]
    whole = {DAY: Mark("a")}
    version = PublishedDays(whole, frozenset(days)).version
    assert version == PublishedDays(whole, frozenset(reversed(days))).version
    assert version != PublishedDays(whole, frozenset(days[1:])).version
    assert version != PublishedDays({DAY: Mark("b")}, frozenset(days)).version
