"""The JSON of the service behind charts.spotify.com, as browsers get it: one chart of a day, or several in an overview.

Accepted as a file, never fetched: that would need a browser session.

    {"displayChart": {"date": …, "chartMetadata": {"alias": "REGIONAL_GLOBAL_DAILY", …}},
     "entries": [{"chartEntryData": {"currentRank": …, "rankingMetric": {"value": …, "type": "STREAMS"}, …},
                  "trackMetadata": {"trackName": …, "trackUri": …, "artists": [{"name": …, "spotifyUri": …}], …}}]}

An overview holds such objects under `chartEntryViewResponses`. Charts of artists and albums have other metadata.
"""

import re
from datetime import date
from typing import Any

from spotify_assets.charts.cells import COUNT, DAY, LIST, PERIODS, PREVIOUS_RANK, RANK, SONG_LINK, TEXT, Cell
from spotify_assets.charts.errors import UnreadableChart
from spotify_assets.charts.format import Format
from spotify_assets.charts.identity import Chart, chart_of, check_day
from spotify_assets.charts.json_files import Entries, document_of, objects, part, texts
from spotify_assets.charts.source import Source, Told

START = re.compile(r'"(?:chartEntryData|displayChart|chartEntryViewResponses)"\s*:')
STREAMS = "STREAMS"
TEXTS = {
    "currentrank": ("chartEntryData", "currentRank"),
    "previousrank": ("chartEntryData", "previousRank"),
    "peakrank": ("chartEntryData", "peakRank"),
    "peakdate": ("chartEntryData", "peakDate"),
    "appearancesonchart": ("chartEntryData", "appearancesOnChart"),
    "entrystatus": ("chartEntryData", "entryStatus"),
    "trackname": ("trackMetadata", "trackName"),
    "trackuri": ("trackMetadata", "trackUri"),
    "releasedate": ("trackMetadata", "releaseDate"),
}
ARTIST_URI = re.compile(r"spotify:artist:([0-9A-Za-z]{22})")
CHART = ("chart_id", "chart_type", "recurrence", "region", "snapshot_date")

FORMAT = Format(
    name="JSON of charts.spotify.com",
    needed=(),
    cells={
        "chart_id": Cell("chart_id", TEXT),
        "chart_type": Cell("chart_type", TEXT),
        "recurrence": Cell("recurrence", TEXT),
        "region": Cell("region", TEXT),
        "snapshot_date": Cell("snapshot_date", DAY),
        "position": Cell("currentRank", RANK),
        "song_id": Cell("trackUri", SONG_LINK),
        "title": Cell("trackName", TEXT),
        "artist_names": Cell("artists", TEXT),
        "artist_name_list": Cell("artist_name_list", LIST),
        "artist_ids": Cell("artist_ids", LIST),
        "label": Cell("labels", TEXT),
        "streams": Cell("streams", COUNT),
        "previous_position": Cell("previousRank", PREVIOUS_RANK),
        "peak_position": Cell("peakRank", RANK),
        "peak_date": Cell("peakDate", DAY),
        "periods_on_chart": Cell("appearancesOnChart", PERIODS),
        "entry_status": Cell("entryStatus", TEXT),
        "release_date": Cell("releaseDate", TEXT),
    },
)


def records_in(content: bytes, told: Told) -> Source:
    """The entries of all charts in a file.

    Raises:
        UnreadableChart: it is not such JSON, holds no chart of songs, or contradicts its name.
    """
    document = document_of(content)
    views = objects(document.get("chartEntryViewResponses")) or [document]
    entries = Entries([*CHART, *TEXTS, "artists", "labels", "streams"], ["artist_name_list", "artist_ids"])
    charts: list[tuple[Chart, date]] = []
    others = 0
    for view in views:
        found = objects(view.get("entries"))
        if any("trackMetadata" not in entry for entry in found):
            others += 1
            continue
        chart, day = _chart_and_day(view, told)
        charts.append((chart, day))
        for entry in found:
            entries.add({**_chart_columns(chart, day), **_values(entry)}, entry)
    if not charts:
        raise UnreadableChart("charts of artists or albums; only charts of songs are supported")
    oddities = [f"charts of artists or albums in it are ignored: {others}"] if others else []
    return Source(entries.frame(), entries.text_of, entries.problems, oddities, charts)


def _chart_columns(chart: Chart, day: date) -> dict[str, object]:
    return dict(zip(CHART, (chart.chart_id, chart.chart_type, chart.recurrence, chart.region, str(day)), strict=True))


def _values(entry: dict[str, Any]) -> dict[str, object]:
    artists, labels = part(entry, "trackMetadata", "artists"), part(entry, "trackMetadata", "labels")
    names, uris = texts(artists, "name"), texts(artists, "spotifyUri") or []
    ids = [match[1] for uri in uris if (match := ARTIST_URI.fullmatch(uri)) is not None]
    metric = part(entry, "chartEntryData", "rankingMetric")
    return {
        **{name: part(entry, *path) for name, path in TEXTS.items()},
        "artists": ", ".join(names) if names else None,
        "artist_name_list": names,
        "artist_ids": ids if ids and len(ids) == len(objects(artists)) else None,
        # Joined as on the site.
        "labels": " / ".join(texts(labels, "name") or []),
        "streams": part(metric, "value") if part(metric, "type") == STREAMS else None,
    }


def _chart_and_day(view: dict[str, Any], told: Told) -> tuple[Chart, date]:
    alias = part(view, "displayChart", "chartMetadata", "alias")
    chart = chart_of(alias.lower().replace("_", "-")) if isinstance(alias, str) and alias else None
    text = part(view, "displayChart", "date")
    try:
        day = date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        raise UnreadableChart(f"its date is {text!r}, which is not a day in the form YYYY-MM-DD") from None
    if told.chart is not None and chart not in (None, told.chart):
        raise UnreadableChart(f"it contains {chart.chart_id if chart else ''}, but its name says {told.chart.chart_id}")
    if told.day is not None and day not in (None, told.day):
        raise UnreadableChart(f"its date is {day}, but its name or option says {told.day}: one of the two is wrong")
    if chart is None or day is None:
        return Told(told.name, chart or told.chart, day or told.day).chart_and_day()
    check_day(chart, day)
    return chart, day
