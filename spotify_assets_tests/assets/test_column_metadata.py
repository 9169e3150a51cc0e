"""How tables look in Dagster."""

import polars as pl

from spotify_assets.assets.column_metadata import PREVIEW_CELL, PREVIEW_ROWS, preview


def test_a_preview_shows_names_first_and_ids_last() -> None:
    frame = pl.DataFrame({"snapshot_date": ["d"], "song_id": ["s"], "position": [1], "name": ["n"], "streams": [2]})
    (record,) = preview(frame).records
    assert list(record.data) == ["name", "position", "streams", "snapshot_date", "song_id"]


def test_a_preview_is_short() -> None:
    shown = preview(pl.DataFrame({"name": ["x" * 1000] * 50, "artists": [["a", "b"]] * 50})).records
    assert len(shown) == PREVIEW_ROWS
    assert len(str(shown[0].data["name"])) == PREVIEW_CELL
    assert shown[0].data["artists"] == "a, b"
