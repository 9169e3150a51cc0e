"""Identifies a file's chart and day: chart ids in Spotify's words, and days in file names."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from spotify_assets.charts.countries import is_region
from spotify_assets.charts.errors import UnreadableChart

Recurrence = Literal["daily", "weekly"]
# The word in an id of charts.spotify.com, and the type of chart that it stands for.
CHART_TYPES = {"regional": "regional", "viral": "viral", "citytoptrack": "city", "citypulsetrack": "city_pulse"}
OF_COUNTRIES = {"regional", "viral"}
OTHER_CHARTS = re.compile(r"(?:^|[^0-9a-z])(?P<kind>artist|album)-[0-9a-z-]+-(?:daily|weekly)(?![0-9a-z])")
IN_NAME = re.compile(
    rf"(?:^|[^0-9a-z])(?P<word>{'|'.join(CHART_TYPES)})-(?P<place>[0-9a-z-]+?)-(?P<recurrence>daily|weekly)"
    r"(?:-(?P<first>\d{4}-\d\d-\d\d)(?:--(?P<last>\d{4}-\d\d-\d\d))?)?(?![0-9a-z])"
)
OF_ANY_KIND = re.compile(r"(?P<word>[a-z][0-9a-z]*)-(?P<place>[0-9a-z-]+)-(?P<recurrence>daily|weekly)")
THURSDAY, FRIDAY = 3, 4
WEEK = timedelta(days=7)
PLAYLIST_ID = re.compile(r"[0-9A-Za-z]{22}")
PLAYLIST_TYPE = "playlist"


@dataclass(frozen=True)
class Chart:
    """A chart: `chart_type` and `recurrence` form its series, within which charts may be compared.

    `region` is a lower-case country code (ISO 3166-1 alpha-2), `global`, or the word for a city; empty for a playlist,
    which has no recurrence either.
    """

    chart_id: str
    chart_type: str
    recurrence: Recurrence | None = None
    region: str | None = None


@dataclass(frozen=True)
class Named:
    """The chart and day in a file name."""

    chart: Chart | None = None
    day: date | None = None


def chart_of(chart_id: str) -> Chart:
    """The chart of an id such as `regional-global-daily`.

    Raises:
        UnreadableChart: it is not the id of a chart of songs.
    """
    named = IN_NAME.fullmatch(chart_id.lower())
    if named is None or named["first"]:
        raise UnreadableChart(f"{chart_id[:80]!r} is not a chart id, such as regional-global-daily")
    return _chart(named)


def said_by(chart_id: str) -> Chart | None:
    """The chart described by an id of any kind; None if it does not have that form, as playlist ids."""
    found = OF_ANY_KIND.fullmatch(chart_id)
    if found is None:
        return None
    recurrence = "daily" if found["recurrence"] == "daily" else "weekly"
    return Chart(chart_id, CHART_TYPES.get(found["word"], found["word"]), recurrence, found["place"])


def playlist_of(playlist_id: str) -> Chart:
    """A playlist as a chart.

    Raises:
        UnreadableChart: it is not a playlist id.
    """
    if not PLAYLIST_ID.fullmatch(playlist_id):
        raise UnreadableChart(
            f"{playlist_id[:80]!r} is not a playlist id, which has 22 letters and digits", missing="playlist"
        )
    return Chart(playlist_id, PLAYLIST_TYPE)


def named_in(name: str) -> Named:
    """The chart and day in a file name, as used by charts.spotify.com and spotifycharts.com.

    Raises:
        UnreadableChart: it names a chart that is not of songs, an impossible day, or a week that does not end like
            chart weeks.
    """
    file = re.split(r"[/\\]", name)[-1].lower().replace("_", "-")
    if (other := OTHER_CHARTS.search(file)) is not None:
        raise UnreadableChart(f"a chart of {other['kind']}s, by its name; only charts of songs are supported")
    if (found := IN_NAME.search(file)) is None:
        return Named()
    chart = _chart(found)
    return Named(chart, _day(chart, found) if found["first"] else None)


def check_day(chart: Chart, day: date) -> None:
    """Refuses a day on which no chart of that kind ends.

    Raises:
        UnreadableChart: the chart is weekly, but the day is not a Thursday.
    """
    if chart.recurrence == "weekly" and day.weekday() != THURSDAY:
        raise UnreadableChart(
            f"{chart.chart_id} is a weekly chart, which ends on a Thursday, but {day} is a {day:%A}: use the day that "
            "charts.spotify.com shows for it"
        )


def _chart(found: re.Match[str]) -> Chart:
    word, place, recurrence = found["word"], found["place"], found["recurrence"]
    if word in OF_COUNTRIES and not is_region(place):
        raise UnreadableChart(f"a chart of {place!r}, which is neither a country code nor global")
    return Chart(
        f"{word}-{place}-{recurrence}", CHART_TYPES[word], "daily" if recurrence == "daily" else "weekly", place
    )


def _day(chart: Chart, found: re.Match[str]) -> date:
    try:
        first = date.fromisoformat(found["first"])
        last = date.fromisoformat(found["last"]) if found["last"] else None
    except ValueError:
        raise UnreadableChart(f"its name has an impossible day: {found.group().strip('-')!r}") from None
    if last is None:
        check_day(chart, first)
        return first
    # spotifycharts.com named weeks by two Fridays; the second one begins the next week.
    if chart.recurrence != "weekly" or last - first != WEEK or last.weekday() != FRIDAY:
        raise UnreadableChart(f"its name says {first} to {last}, which is not a week from one Friday to the next")
    return last - timedelta(days=1)
