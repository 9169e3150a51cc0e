"""Days side by side: in order, no more than are waited for, and nothing after an error."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotify_assets.lake.side_by_side import behind, side_by_side


@given(st.lists(st.integers(), max_size=9), st.integers(1, 3))
def test_results_come_in_the_order_of_the_items(items: list[int], at_once: int) -> None:
    assert list(side_by_side(lambda item: item * 2, items, at_once)) == [item * 2 for item in items]
    assert list(behind(lambda item: item * 2, items)) == [item * 2 for item in items]


def test_two_items_are_worked_on_at_the_same_time() -> None:
    both = threading.Barrier(2, timeout=60)

    assert sorted(side_by_side(lambda _: both.wait(), range(2))) == [0, 1]


def test_alone_an_item_is_worked_on_in_the_callers_thread() -> None:
    assert list(side_by_side(lambda _: threading.get_ident(), range(2), 1)) == [threading.get_ident()] * 2


def test_the_next_item_is_made_while_one_is_worked_on() -> None:
    next_made = threading.Event()

    def items():
        yield "first"
        next_made.set()
        yield "second"

    assert list(behind(lambda item: (item, next_made.wait(60)), items())) == [("first", True), ("second", True)]


@pytest.mark.parametrize(("workers", "ahead"), [(1, 2), (2, 3)])
def test_no_more_are_begun_than_are_waited_for(workers: int, ahead: int) -> None:
    asked = iter(range(100))
    results = side_by_side(str, asked, workers) if workers > 1 else behind(str, asked)

    assert next(results) == "0"
    assert next(asked) == ahead


@pytest.mark.parametrize("in_order", [side_by_side, behind])
def test_the_first_error_ends_it(in_order) -> None:
    worked_on: list[int] = []

    def work(item: int) -> int:
        worked_on.append(item)
        if item == 1:
            raise ValueError("day 1")
        return item

    results = in_order(work, range(100))

    assert next(results) == 0
    with pytest.raises(ValueError, match="day 1"):
        list(results)
    assert max(worked_on) <= 3
