"""What this platform captured counts before what other programs landed of the same playlist and day, visibly."""

from datetime import datetime

import polars as pl
import pytest

from spotify_assets.transform.holding_back import FLOOR
from spotify_assets.transform.observations import observe
from spotify_assets.transform.tables import build_tables
from spotify_assets_tests.support.data.builders import (
    DAY,
    LIMIT,
    Json,
    at,
    captured,
    entries_of,
    playlist,
    raw,
    spotify_id,
    track,
)


def chart(*songs: str, **changes: object) -> Json:
    return playlist("Chart", entries_of(*(track(song, **changes) for song in songs)))


def own(minutes: int, *songs: str, **changes: object) -> tuple[Json, datetime]:
    return captured(chart(*songs, **changes), at(minutes)), at(minutes)


def foreign(minutes: int, *songs: str) -> tuple[Json, datetime]:
    return chart(*songs), at(minutes)


def made(*landed: tuple[Json, datetime]) -> tuple[list[str], str, list[str]]:
    """Titles and source of the published chart, and the rules by which captures of it were passed over."""
    objects = [raw(document, f"object-{number}", moment) for number, (document, moment) in enumerate(landed)]
    frames = build_tables(observe(objects, DAY, "spotify"), DAY, LIMIT).frames
    titles = [name.removeprefix("Song ") for name in frames["playlist_items"].sort("position")["name"]]
    noted = frames["rejected_rows"].filter(pl.col("table_name") == "playlists")
    assert set(noted["key"]) <= {spotify_id("Chart")}
    return titles, frames["playlists"]["source"].item(), noted["rule"].to_list()


@pytest.mark.parametrize("minutes", [-60, 0, 60])
def test_a_foreign_object_never_replaces_an_own_capture_and_a_later_one_is_told_of(minutes: int) -> None:
    titles, source, rules = made(own(0, "A", "B"), foreign(minutes, "C"))
    assert (titles, source) == (["A", "B"], "spotify")
    assert rules == (["passed_over|less_trusted"] if minutes > 0 else [])


def test_of_one_source_the_last_capture_counts() -> None:
    assert made(own(0, "A"), own(5, "B")) == (["B"], "spotify", [])
    assert made(foreign(0, "A"), foreign(5, "B")) == (["B"], "foreign", [])


def test_a_foreign_object_stands_in_for_an_own_capture_that_is_held_back() -> None:
    lost = [f"S{number}" for number in range(FLOOR)]
    titles, source, rules = made(own(5, *lost, id="malformed"), foreign(0, "C"))
    assert (titles, source) == (["C"], "foreign")
    assert "passed_over|entries_without_song" in rules
    assert "passed_over|less_trusted" not in rules
