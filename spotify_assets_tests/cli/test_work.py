"""What commands that publish go on to make again, and when they are done."""

from datetime import date
from typing import Any, cast

import dagster as dg
import pytest

from spotify_assets.cli import work
from spotify_assets.cli.work import Work
from spotify_assets.lake.lake import Lake
from spotify_assets.lake.unfinished import Unfinished

WEEKS = [date(2026, 3, day) for day in (5, 12, 19, 26)]


class Asked(Work):
    """Notes what is to be done instead of doing it."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, list[date]]] = []

    def do(self, instance: dg.DagsterInstance, job: str, days: list[date]) -> None:
        self.asked.append((job, days))


def finished(monkeypatch: pytest.MonkeyPatch, *stale: list[date]) -> list[tuple[str, list[date]]]:
    """What is done where one look after the other finds these days' insights to be made."""
    looks = iter([*stale, []])
    monkeypatch.setattr(work, "look_for_unfinished", lambda _: Unfinished((), (), tuple(next(looks)), page=False))
    doing = Asked()
    doing.finish(cast("dg.DagsterInstance", None), cast("Lake", cast("Any", None)))
    return doing.asked


def test_a_day_that_came_late_has_all_days_after_it_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = [[day] for day in WEEKS]
    assert finished(monkeypatch, *looks, []) == [("refresh_insights", [day]) for day in WEEKS]


def test_a_day_that_stays_as_it_was_is_not_tried_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    assert finished(monkeypatch, WEEKS[:2], WEEKS[:2], []) == [("refresh_insights", WEEKS[:2])]
