from datetime import date

import polars as pl
import pytest

from spotify_assets.serving.known_values import DAYS, KNOWN, OF_DAYS, why_nothing
from spotify_assets.serving.saved_queries import Value, saved_queries

ANSWERS = {KNOWN["region"]: ["global", "us"], KNOWN["label"]: [], OF_DAYS: [date(2026, 3, 1), date(2026, 3, 9)]}


def ask(sql: str) -> pl.DataFrame:
    return pl.DataFrame({"value": ANSWERS[sql]})


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"region": "mars"}, ["region=mars matches nothing: there are global; us."]),
        ({"region": "us", "top": 20, "series": None}, []),
        ({"label": "rising"}, ["label=rising matches nothing: there are none."]),
        (
            {"day": date(2026, 3, 2)},
            ["day=2026-03-02 matches nothing: days are published from 2026-03-01 to 2026-03-09."],
        ),
        ({"from": date(2026, 3, 1), "to": date(2026, 3, 9)}, []),
    ],
)
def test_a_value_that_is_not_there_is_told_with_those_that_are(values: dict[str, Value], told: list[str]) -> None:
    assert why_nothing(values, ask) == told


def test_every_parameter_has_known_values_or_is_a_number_or_a_playlist_which_is_resolved_before() -> None:
    names = {name for query in saved_queries().values() for name in query.parameters}
    assert names == {*KNOWN, *DAYS, "top", "playlist"}
