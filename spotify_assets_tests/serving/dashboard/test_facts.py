"""What the page tells of songs besides their places: as last seen, and from before its first day."""

from datetime import date, timedelta

import polars as pl

from spotify_assets.serving.dashboard.data import page_data
from spotify_assets.serving.dashboard.facts import song_facts, told_otherwise
from spotify_assets_tests.support.data.chart_histories import FIRST_DAY, Chart, ChartDay, playlist_id, song_id
from spotify_assets_tests.support.data.dashboard_pages import Tables, dashboard_tables

# Song 0 peaks on the first day, song 1 on the third; song 2 comes on the third.
HISTORY = {
    FIRST_DAY + timedelta(days=number): ChartDay({0: Chart("gb", places, "regional", "daily")})
    for number, places in enumerate([[0, 1], [3, 0, 1], [1, 0, 2]])
}


def of_songs(tables: Tables) -> dict[str, tuple]:
    facts = song_facts(tables["songs"], tables["albums"], tables["song_trends"])
    return {row["song_id"]: (row["album"], row["release"], row["label"]) for row in facts.iter_rows(named=True)}


def test_what_is_known_of_a_release_is_told_and_no_more() -> None:
    tables = dashboard_tables({FIRST_DAY: ChartDay({0: Chart("gb", [0, 2, 3, 5, 6], "regional", "daily")})})
    named = {**tables, "albums": tables["albums"].with_columns(name=pl.lit("Album"))}
    day = str(FIRST_DAY - timedelta(days=40))
    assert of_songs(named) == {
        song_id(0): ("Album", day, "Label A"),
        song_id(2): ("Album", "2026-02", None),
        song_id(3): (None, None, "Label B"),
        song_id(5): ("Album", None, "Label A"),
        song_id(6): ("Album", "2026", "Label B"),
    }


def test_a_song_has_the_label_and_the_album_that_were_told_last() -> None:
    tables = dashboard_tables(HISTORY)
    later = pl.col("snapshot_date") > FIRST_DAY
    renamed = tables["albums"].with_columns(name=pl.when(later).then(pl.lit("Deluxe")).otherwise(pl.lit("First")))
    labels = pl.when(later).then(pl.lit("Sold to")).otherwise("label")
    silent = pl.when(pl.col("snapshot_date") == FIRST_DAY + timedelta(days=2)).then(None).otherwise(labels)
    told = {**tables, "albums": renamed, "song_trends": tables["song_trends"].with_columns(label=silent)}
    assert of_songs(told)[song_id(0)] == ("Deluxe", str(FIRST_DAY - timedelta(days=40)), "Sold to")


def test_what_was_before_the_page_is_told_of_songs_that_were_there() -> None:
    trends = dashboard_tables(HISTORY)["song_trends"]
    # All of history: nothing was before it.
    assert told_otherwise(trends).is_empty()
    last = FIRST_DAY + timedelta(days=2)
    found = told_otherwise(trends.filter(snapshot_date=last))
    first = str(FIRST_DAY)
    # Song 1 has its peak on the last day.
    assert found.rows() == [
        (playlist_id(0), song_id(0), first, first),
        (playlist_id(0), song_id(1), first, str(last)),
    ]
    assert told_otherwise(trends.clear()).is_empty()


def test_a_recording_that_had_another_id_is_told_of_from_then_on() -> None:
    # Songs 3 and 4 are one recording.
    days = [FIRST_DAY + timedelta(days=number) for number in range(3)]
    history = {day: ChartDay({0: Chart("gb", [song, 0])}) for day, song in zip(days, (3, 3, 4), strict=True)}
    assert told_otherwise(dashboard_tables(history)["song_trends"]).rows() == [
        (playlist_id(0), song_id(4), str(FIRST_DAY), str(FIRST_DAY)),
    ]


def test_the_page_holds_it_by_playlist() -> None:
    last = FIRST_DAY + timedelta(days=2)
    tables = {name: frame.filter(snapshot_date=last) for name, frame in dashboard_tables(HISTORY).items()}
    data = page_data(tables)
    (told,) = data["earlier"]
    assert [data["songs"]["id"][song] for song in told["song"]] == [song_id(0), song_id(1)]
    assert told["peak_date"] == [str(FIRST_DAY), str(last)]
    assert data["labels"] == ["Label A", "Label A / Label B", "unknown"]
    assert [data["genres"][genre] for genre in data["artists"]["genres"][0]] == ["pop"]
    assert data["artists"]["country"][:2] == ["GB", "US"]
    assert date.fromisoformat(data["songs"]["release"][0]) == FIRST_DAY - timedelta(days=40)
