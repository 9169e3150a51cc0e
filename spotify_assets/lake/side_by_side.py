"""Days of a range, or tables of a day, worked on in parallel, a few at a time.

This module decides how many and in which order; what is done with a day is up to the step. Polars, Parquet and storage
release other threads meanwhile, so a second day costs the memory of a day, and no other process; tables on S3 and in
Glue wait for answers most of the time.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

AT_ONCE = 2

Item = TypeVar("Item")
Result = TypeVar("Result")


def side_by_side(work: Callable[[Item], Result], items: Iterable[Item], at_once: int = AT_ONCE) -> Iterator[Result]:
    """Results in the order of the items, at most `at_once` worked on at a time; in the caller's thread if one.

    One more item is begun than is worked on, and no further ones, so that results do not pile up. The first error ends
    it: items not begun are dropped, and those being worked on are waited for.
    """
    return map(work, items) if at_once == 1 else _in_order(work, items, at_once)


def behind(work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """Results in the order of the items, one worked on at a time, in another thread while the caller makes the next.

    Ends as `side_by_side` does.
    """
    return _in_order(work, items, 1)


def _in_order(work: Callable[[Item], Result], items: Iterable[Item], workers: int) -> Iterator[Result]:
    begun: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(workers) as threads:
        try:
            for item in items:
                begun.append(threads.submit(work, item))
                if len(begun) > workers:
                    yield begun.popleft().result()
            while begun:
                yield begun.popleft().result()
        finally:
            for left in begun:
                left.cancel()
