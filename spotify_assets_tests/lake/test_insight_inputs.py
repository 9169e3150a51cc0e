"""What a day's insights are made from: versions change exactly where an earlier day says something else."""

from datetime import date, timedelta

import pytest

from spotify_assets.lake import insight_inputs
from spotify_assets.lake.insight_inputs import LONGEST_WINDOW, Contents, days_looking_back
from spotify_assets.lake.marks import Mark, PublishedDays
from spotify_assets.transform.insights.day import SAYING, WINDOWS
from spotify_assets.transform.insights.memory import MEMORY

TODAY = date(2026, 6, 1)
TABLES = (MEMORY, *WINDOWS)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def contents(**published: dict[int, str]) -> Contents:
    """Contents of days by how long they are ago, for some tables."""
    return Contents({name: {ago(days): told for days, told in published.get(name, {}).items()} for name in TABLES})


def version(**published: dict[int, str]) -> str:
    return contents(**published).version(TODAY, "base")


NOTHING = version()


@pytest.mark.parametrize(("name", "length"), WINDOWS.items())
def test_a_day_looks_back_as_far_as_the_window_of_each_table_and_no_further(name: str, length: int) -> None:
    for days in (1, length - 1, length):
        assert version(**{name: {days: "a"}}) != NOTHING, days
        assert version(**{name: {days: "a"}}) != version(**{name: {days: "b"}}), days
    for days in (length + 1, 0, -1):
        assert version(**{name: {days: "a"}}) == NOTHING, days


def test_windows_are_those_that_the_tables_promise() -> None:
    assert WINDOWS == {"song_trends": 56, "artist_trends": 27, "genre_trends": 34}
    assert LONGEST_WINDOW == 56


@pytest.mark.parametrize("days", [1, 56, 57, 1000])
def test_the_memory_counts_however_old_it_is(days: int) -> None:
    assert version(**{MEMORY: {days: "a"}}) != version(**{MEMORY: {days: "b"}}) != NOTHING
    [remembered] = contents(**{MEMORY: {days: "a"}}).memories(TODAY)
    assert (remembered.day, remembered.content) == (ago(days), "a")


def test_all_memories_before_a_day_count_and_none_after_it() -> None:
    known = {5: "a", 3: "b"}
    told = contents(**{MEMORY: {**known, 0: "c", -1: "d"}})
    assert [remembered.day for remembered in told.memories(TODAY)] == [ago(5), ago(3)]
    assert told.version(TODAY, "base") == version(**{MEMORY: known})
    assert len({version(**{MEMORY: days}) for days in (known, {5: "z", 3: "b"}, {6: "a", 3: "b"}, {3: "b"})}) == 4
    assert contents(**{MEMORY: {0: "c"}}).memories(TODAY) == []


def test_the_memory_after_a_day_has_the_version_that_the_next_day_is_made_from() -> None:
    told = contents(**{MEMORY: {9: "a", 5: "b", 3: "c"}})
    later, earlier = told.memories(TODAY), told.memories(ago(3))
    assert later[:2] == earlier
    told.put(ago(5), ["other"] * len(TABLES))
    assert [new.memory != old.memory for new, old in zip(told.memories(TODAY), later, strict=True)] == [
        False,
        True,
        True,
    ]


def test_other_tables_of_the_day_itself_are_another_version() -> None:
    assert contents().version(TODAY, "other") != NOTHING


def test_the_same_content_on_another_day_or_in_another_table_is_another_version() -> None:
    versions = [version(**{name: {days: "a"}}) for name in TABLES for days in (1, 2)]
    assert len({*versions, NOTHING}) == len(versions) + 1


def test_what_was_made_in_another_form_is_another_version_so_that_it_is_made_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(insight_inputs, "FORM", insight_inputs.FORM - 1)
    assert version() != NOTHING
    tables = PublishedDays({TODAY: Mark("base")}, frozenset())
    insights = PublishedDays({TODAY: Mark("insights", version(), ("",) * len(SAYING))}, frozenset())
    assert insight_inputs.stale_days(tables, insights) == []
    monkeypatch.undo()
    assert insight_inputs.stale_days(tables, insights) == [TODAY]


def test_the_order_in_which_days_became_known_makes_no_version() -> None:
    assert version(song_trends={1: "a", 2: "b"}) == version(song_trends={2: "b", 1: "a"})


def test_what_was_made_takes_the_place_of_what_was_known_and_nothing_made_leaves_nothing() -> None:
    known = contents(**{name: {1: "old", 2: "kept"} for name in TABLES})
    known.put(ago(1), ["new"] * len(TABLES))
    assert known.version(TODAY, "base") == version(**{name: {1: "new", 2: "kept"} for name in TABLES})
    known.put(ago(1), [""] * len(TABLES))
    assert known.version(TODAY, "base") == version(**{name: {2: "kept"} for name in TABLES})
    assert [remembered.day for remembered in known.memories(TODAY)] == [ago(2)]


@pytest.mark.parametrize(
    ("known", "looking"),
    [
        pytest.param([1, 0, -1, -2, -56], [0, -1, -2, -56], id="those within the longest window"),
        pytest.param([0, -57], [0, -57], id="beyond it the next one, by its memory"),
        pytest.param([0, -56, -57], [0, -56], id="of two the one within"),
        pytest.param([-57, -58], [-57], id="the next one alone"),
        pytest.param([0], [0], id="nothing later"),
        pytest.param([1], [], id="nothing from then on"),
    ],
)
def test_which_days_look_back_on_a_day(known: list[int], looking: list[int]) -> None:
    insights = PublishedDays({ago(days): Mark("content") for days in known}, frozenset())
    assert days_looking_back(insights, TODAY, TODAY) == [ago(days) for days in looking]
