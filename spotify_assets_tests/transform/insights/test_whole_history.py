"""Insights made day by day, each from what the days before say, equal those computed anew from the whole history."""

import math
from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from spotify_assets.lake.insight_inputs import Contents
from spotify_assets.schemas.insights import INSIGHTS
from spotify_assets.transform.insights.day import (
    NOTHING_EARLIER,
    SAYING,
    WINDOWS,
    EarlierDays,
    build_insights,
    looked_back_on,
)
from spotify_assets.transform.insights.memory import MEMORY, memory_after
from spotify_assets_tests.support.data.chart_histories import ChartDay, History, base_tables, chart_days, histories
from spotify_assets_tests.support.data.insight_oracle import Oracle

Tables = Mapping[str, pl.DataFrame]
KEY = ["playlist_id", "song_id"]

few = settings(max_examples=40, deadline=None, derandomize=True)
fewer = settings(max_examples=25, deadline=None, derandomize=True)


def oracle(history: History, day: date) -> Oracle:
    return Oracle({past: base_tables(past, told) for past, told in history.items()}, day)


def assert_remembers_all(memory: pl.DataFrame, day: date, history: History) -> None:
    """Each row as of the day on which it changed last, all else as of today."""
    wanted = pl.DataFrame(oracle(history, day).memory(), schema=memory.schema, orient="row").sort(KEY)
    assert_frame_equal(memory.sort(KEY).drop("snapshot_date"), wanted.drop("snapshot_date"))
    assert memory.filter(pl.col("snapshot_date") > day).is_empty()


def assert_same(made: Tables, day: date, history: History) -> None:
    expected = oracle(history, day).tables()
    for name, table in INSIGHTS.tables.items():
        rows = sorted(expected[name], key=lambda row: [row[column] for column in table.key])
        assert made[name].height == len(rows), (day, name, made[name].to_dicts(), rows)
        for found, wanted in zip(made[name].to_dicts(), rows, strict=True):
            assert found.keys() == wanted.keys()
            differing = {column for column in found if not _equal(found[column], wanted[column])}
            assert not differing, (day, name, differing, found, wanted)


def _equal(found: object, wanted: object) -> bool:
    if isinstance(found, float) and isinstance(wanted, float | int):
        return math.isclose(found, wanted, abs_tol=1e-9)
    return found == wanted


@few
@given(histories(max_days=8, max_span=70))
def test_day_by_day_equals_the_whole_history(history: History) -> None:
    earlier = NOTHING_EARLIER
    for day in sorted(history):
        made = build_insights(day, base_tables(day, history[day]), earlier)
        for name, table in INSIGHTS.tables.items():
            assert table.schema.filter(made[name])[1].counts() == {}, name
        assert_same(made, day, history)
        earlier = earlier.followed_by(day, made)
        assert_remembers_all(earlier.memory, day, history)


class Shelf:
    """Published insights, as a lake holds them, and the versions of what each day was made from."""

    def __init__(self) -> None:
        self.published: dict[date, Tables] = {}
        self.made_from: dict[date, str] = {}
        self.contents = Contents({name: {} for name in SAYING})
        self.base: dict[date, str] = {}

    def make(self, day: date, told: ChartDay) -> None:
        self.base[day] = str(told)
        self.made_from[day] = self.contents.version(day, self.base[day])
        self.published[day] = build_insights(day, base_tables(day, told), self.earlier(day))
        frames = [self.published[day][name] for name in SAYING]
        self.contents.put(day, [str(frame.rows()) if frame.height else "" for frame in frames])

    def earlier(self, day: date) -> EarlierDays:
        memory = NOTHING_EARLIER.memory
        for past in sorted(past for past in self.published if past < day):
            memory = memory_after(memory, self.published[past][MEMORY])
        windows = {
            name: pl.concat(
                [
                    NOTHING_EARLIER.windows[name].rows(),
                    *(
                        looked_back_on(name, self.published[past][name])
                        for past in sorted(self.published)
                        if day - timedelta(days=length) <= past < day
                    ),
                ]
            )
            for name, length in WINDOWS.items()
        }
        return EarlierDays.of(memory, windows)

    def stale(self) -> list[date]:
        return sorted(
            day for day, version in self.made_from.items() if version != self.contents.version(day, self.base[day])
        )

    def refresh(self, history: History) -> list[date]:
        """Makes stale days again, the first one first, until there is none."""
        refreshed: list[date] = []
        while stale := self.stale():
            self.make(stale[0], history[stale[0]])
            refreshed.append(stale[0])
        return refreshed


@fewer
@given(histories(max_days=6, max_span=70), st.randoms(use_true_random=False))
def test_days_in_any_order_then_the_stale_ones_again_equal_the_whole_history(history: History, order) -> None:
    shelf = Shelf()
    days = list(history)
    order.shuffle(days)
    for day in days:
        shelf.make(day, history[day])
    shelf.refresh(history)
    for day in history:
        assert_same(shelf.published[day], day, history)


@fewer
@given(histories(max_days=7, max_span=70), chart_days, st.data())
def test_an_old_day_published_anew_makes_stale_exactly_what_it_changes(
    history: History, anew: ChartDay, data: st.DataObject
) -> None:
    shelf = Shelf()
    for day in sorted(history):
        shelf.make(day, history[day])
    assert shelf.stale() == []
    before = dict(shelf.published)
    changed_day = data.draw(st.sampled_from(sorted(history)))
    changed = history | {changed_day: anew}
    shelf.make(changed_day, anew)
    refreshed = shelf.refresh(changed)
    assert all(day > changed_day for day in refreshed)
    assert len(refreshed) == len(set(refreshed))
    for day in changed:
        assert_same(shelf.published[day], day, changed)
        if day not in (changed_day, *refreshed):
            assert shelf.published[day] is before[day]


@fewer
@given(histories(max_days=6, max_span=70))
def test_the_same_day_published_again_makes_nothing_stale(history: History) -> None:
    shelf = Shelf()
    for day in sorted(history):
        shelf.make(day, history[day])
    for day in history:
        shelf.make(day, history[day])
        assert shelf.stale() == []
