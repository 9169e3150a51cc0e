"""What is one recording."""

import polars as pl
import pytest

from spotify_assets.transform.recordings import recording_id

SONG = "0000000000000000Song01"


@pytest.mark.parametrize(
    ("isrc", "expected"),
    [
        ("GBAYE0601498", "GBAYE0601498"),
        ("gb-aye-06-01498", "GBAYE0601498"),
        ("GB AYE 06 01498", "GBAYE0601498"),
        (None, SONG),
        ("", SONG),
        ("GBAYE060149", SONG),
        ("GBAYE06014981", SONG),
        ("1BAYE0601498", SONG),
        ("GBAYE06O1498", SONG),
    ],
)
def test_a_recording_is_its_code_where_that_is_one_else_its_song(isrc: str | None, expected: str) -> None:
    frame = pl.DataFrame({"isrc": [isrc], "song_id": [SONG]}, schema={"isrc": pl.String, "song_id": pl.String})
    assert frame.select(recording_id()).item() == expected
