"""Records of a file before their cells are typed, and what its name and the caller state about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from spotify_assets.charts.chart_file import PlaylistFacts, Problem
from spotify_assets.charts.errors import UnreadableChart
from spotify_assets.charts.identity import Chart, chart_of, check_day, named_in


@dataclass(frozen=True)
class Source:
    """Records of a file: `line`, and their columns, by lower-case names, as text or lists."""

    frame: pl.DataFrame
    # The text of a line, for a problem.
    line_text: Callable[[int], str]
    problems: list[Problem] = field(default_factory=list[Problem])
    oddities: list[str] = field(default_factory=list[str])
    # Charts and days that the file itself names, with or without rows.
    charts: Sequence[tuple[Chart, date]] = ()
    playlist: PlaylistFacts | None = None


@dataclass(frozen=True)
class Told:
    """Statements about a file from outside: by its name and the caller."""

    name: str
    chart: Chart | None = None
    day: date | None = None
    playlist_id: str | None = None

    def chart_and_day(self) -> tuple[Chart, date]:
        """Chart and day of a file that states neither itself.

        Raises:
            UnreadableChart: one of them is unknown.
        """
        if self.chart is None:
            raise UnreadableChart(
                "its chart is unknown: name it as charts.spotify.com does, "
                "such as regional-global-daily-2024-10-31.csv",
                missing="chart",
            )
        day = self.required_day()
        check_day(self.chart, day)
        return self.chart, day

    def required_day(self) -> date:
        """The day of a file that does not state it itself.

        Raises:
            UnreadableChart: it is unknown.
        """
        if self.day is None:
            raise UnreadableChart("its day is unknown: state it as YYYY-MM-DD", missing="day")
        return self.day


def told(name: str, day: date | None, chart_id: str | None, playlist_id: str | None) -> Told:
    """The combined statements of name and caller.

    Raises:
        UnreadableChart: they contradict each other, or name no chart.
    """
    named = named_in(name)
    chart = chart_of(chart_id) if chart_id is not None else None
    if named.chart is not None and chart not in (None, named.chart):
        raise UnreadableChart(
            f"its name says {named.chart.chart_id}, but it is read as {chart_id}: one of the two is wrong"
        )
    if named.day is not None and day not in (None, named.day):
        raise UnreadableChart(f"its name says {named.day}, but it is read as of {day}: one of the two is wrong")
    return Told(name, named.chart or chart, named.day or day, playlist_id)
