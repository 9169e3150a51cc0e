"""Records of a file as they stand in it, before their cells are typed, and what its name and its reader say of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from spotify_assets.charts.chart_file import PlaylistFacts, Problem
from spotify_assets.charts.errors import UnreadableChart
from spotify_assets.charts.identity import Chart, chart_of, check_day, named_in


@dataclass(frozen=True)
class Source:
    """Records of a file: `line`, and their columns, by names in small letters, as text or as lists."""

    frame: pl.DataFrame
    # The text of a line, for a problem.
    line_text: Callable[[int], str]
    problems: list[Problem] = field(default_factory=list[Problem])
    oddities: list[str] = field(default_factory=list[str])
    # Charts and days that the file itself names, whether it has rows of them or not.
    charts: Sequence[tuple[Chart, date]] = ()
    playlist: PlaylistFacts | None = None


@dataclass(frozen=True)
class Told:
    """What is said of a file from outside: by its name, and by whoever has it."""

    name: str
    chart: Chart | None = None
    day: date | None = None
    playlist_id: str | None = None

    def chart_and_day(self) -> tuple[Chart, date]:
        """Both, of a file that says neither itself.

        Raises:
            UnreadableChart: one of them is not told.
        """
        if self.chart is None:
            raise UnreadableChart(
                "nothing says of which chart it is: name it as charts.spotify.com does, "
                "such as regional-global-daily-2024-10-31.csv",
                missing="chart",
            )
        day = self.required_day()
        check_day(self.chart, day)
        return self.chart, day

    def required_day(self) -> date:
        """The day, of a file that does not say it itself.

        Raises:
            UnreadableChart: it is not told.
        """
        if self.day is None:
            raise UnreadableChart("nothing says of which day it is: tell it, as YYYY-MM-DD", missing="day")
        return self.day


def told(name: str, day: date | None, chart_id: str | None, playlist_id: str | None) -> Told:
    """What name and reader say together.

    Raises:
        UnreadableChart: they say different things, or something that is no chart.
    """
    named = named_in(name)
    chart = chart_of(chart_id) if chart_id is not None else None
    if named.chart is not None and chart not in (None, named.chart):
        raise UnreadableChart(
            f"its name says {named.chart.chart_id}, and it is read as {chart_id}: one of both is wrong"
        )
    if named.day is not None and day not in (None, named.day):
        raise UnreadableChart(f"its name says {named.day}, and it is read as of {day}: one of both is wrong")
    return Told(name, named.chart or chart, named.day or day, playlist_id)
