import json
from typing import Any

import pytest

from spotify_assets.charts.chart_file import ChartFile
from spotify_assets.charts.errors import UnreadableChart
from spotify_assets_tests.charts.files import DAY, artist_id, read_text, song_id, uri, values

NAME = "answer.json"


def entry(rank: object, **changed: object) -> dict[str, Any]:
    told = {
        "currentRank": rank,
        "previousRank": -1,
        "peakRank": 1,
        "peakDate": "2024-10-30",
        "appearancesOnChart": 2,
        "entryStatus": "NEW_ENTRY",
        "rankingMetric": {"value": "5916117", "type": "STREAMS"},
    }
    track = {
        "trackName": "Song",
        "trackUri": uri(1),
        "artists": [{"name": f"A{each}", "spotifyUri": f"spotify:artist:{artist_id(each)}"} for each in (1, 2)],
        "labels": [{"name": "L"}, {"name": "M"}],
        "releaseDate": "2024-10-01",
    }
    return {"chartEntryData": told | changed, "trackMetadata": track}


def view(*entries: dict[str, Any], alias: str = "REGIONAL_GLOBAL_DAILY", day: str = "2024-10-31") -> dict[str, Any]:
    return {"displayChart": {"date": day, "chartMetadata": {"alias": alias}}, "entries": list(entries)}


def read_json(document: object, name: str = NAME, **told: Any) -> ChartFile:
    return read_text(json.dumps(document), name, **told)


def test_an_entry_is_what_its_fields_say() -> None:
    file = read_json(view(entry(1)))
    assert file.format == "JSON of charts.spotify.com"
    (found,) = file.rows.rows(named=True)
    assert {name: value for name, value in found.items() if value is not None} == {
        "line": 1,
        "chart_id": "regional-global-daily",
        "chart_type": "regional",
        "recurrence": "daily",
        "region": "global",
        "snapshot_date": DAY,
        "position": 1,
        "entry_type": "track",
        "song_id": song_id(1),
        "title": "Song",
        "artist_names": "A1, A2",
        "artist_name_list": ["A1", "A2"],
        "artist_ids": [artist_id(1), artist_id(2)],
        "label": "L / M",
        "streams": 5916117,
        "is_previous_told": True,
        "peak_position": 1,
        "peak_date": DAY.replace(day=30),
        "periods_on_chart": 2,
        "entry_status": "NEW_ENTRY",
        "release_date": "2024-10-01",
    }


def test_an_overview_holds_many_charts() -> None:
    other = {"displayChart": {"chartMetadata": {"alias": "ARTIST_GLOBAL_DAILY"}}, "entries": [{"artistMetadata": {}}]}
    views = [view(entry(1)), view(entry(1), alias="VIRAL_DE_DAILY"), view(alias="VIRAL_FR_DAILY"), other]
    file = read_json({"chartEntryViewResponses": views})
    assert [(each.chart.chart_id, each.rows) for each in file.charts] == [
        ("regional-global-daily", 1),
        ("viral-de-daily", 1),
        ("viral-fr-daily", 0),
    ]
    assert file.oddities == ["charts of artists or albums in it are ignored: 1"]


def test_chart_and_day_may_be_in_the_name() -> None:
    file = read_json({"entries": [entry(1)]}, "viral-de-daily-2024-10-31.json")
    assert (values(file, "chart_id"), values(file, "snapshot_date")) == (["viral-de-daily"], [DAY])


@pytest.mark.parametrize(
    ("document", "name", "sentence"),
    [
        (
            view(entry(1)),
            "regional-global-daily-2024-10-30.json",
            "its date is 2024-10-31, but its name or option says",
        ),
        (
            view(entry(1)),
            "viral-global-daily-2024-10-31.json",
            "it contains regional-global-daily, but its name says viral",
        ),
        (view(entry(1), alias="REGIONAL_DE_WEEKLY", day="2024-11-01"), NAME, "2024-11-01 is a Friday"),
        (view(entry(1), day="yesterday"), NAME, "its date is 'yesterday'"),
        (view({"chartEntryData": {}, "artistMetadata": {}}), NAME, "charts of artists or albums"),
        ({"entries": [entry(1)]}, NAME, "its chart is unknown"),
    ],
)
def test_what_is_said_twice_has_to_be_the_same(document: object, name: str, sentence: str) -> None:
    with pytest.raises(UnreadableChart, match=sentence):
        read_json(document, name)


def test_odd_values_cost_their_cell() -> None:
    file = read_json(view(entry(1, peakRank={"x": 1}, rankingMetric={"value": 3, "type": "OTHER"}), entry("x")))
    assert (values(file, "peak_position"), values(file, "streams")) == ([None], [None])
    assert [(problem.line, problem.column) for problem in file.problems] == [(1, "peakrank"), (2, None)]


def test_a_document_that_is_cut_off_is_told() -> None:
    with pytest.raises(UnreadableChart, match="invalid JSON"):
        read_text(json.dumps(view(entry(1)))[:-5], NAME)
