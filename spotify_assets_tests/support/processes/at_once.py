"""Several calls at the same moment, as several processes would make them."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")


def at_once(*calls: Callable[[], Result]) -> list[Result]:
    """Results of calls that all start together, each in a thread of its own; raises what the first failure raised."""
    barrier = threading.Barrier(len(calls))

    def wait_and_call(call: Callable[[], Result]) -> Result:
        barrier.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        return [started.result() for started in [threads.submit(wait_and_call, call) for call in calls]]
